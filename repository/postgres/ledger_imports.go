package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const importColumns = `
		m.id, m.source, m.name, m.sha256, m.state, m.mapping, m.basis, m.reviewed_by, m.rows, m.done, m.added, m.known, m.wrong,
		m.fault, m.by_id, m.at, m.confirmed_by, m.confirmed_at, m.undone_by, m.undone_at`

type importRow struct {
	ID         int64   `db:"id"`
	Source     string  `db:"source"`
	Name       string  `db:"name"`
	SHA256     string  `db:"sha256"`
	State      string  `db:"state"`
	Mapping    pairs   `db:"mapping"`
	Basis      string  `db:"basis"`
	ReviewedBy string  `db:"reviewed_by"`
	Rows       int     `db:"rows"`
	Done       int     `db:"done"`
	Added      int     `db:"added"`
	Known      int     `db:"known"`
	Wrong      int     `db:"wrong"`
	Fault      string  `db:"fault"`
	By         int64   `db:"by_id"`
	At         instant `db:"at"`
	Confirmer  ref     `db:"confirmed_by"`
	Confirmed  instant `db:"confirmed_at"`
	Undoer     ref     `db:"undone_by"`
	Undone     instant `db:"undone_at"`
}

func (r importRow) toImport() workflow.Import {
	return workflow.Import{
		ID: r.ID, Source: r.Source, Name: r.Name, SHA256: r.SHA256, State: workflow.ImportState(r.State), Mapping: r.Mapping,
		Basis: r.Basis, ReviewedBy: r.ReviewedBy, Rows: r.Rows, Done: r.Done, Added: r.Added, Known: r.Known, Wrong: r.Wrong,
		Fault: r.Fault, By: r.By, At: time.Time(r.At), Confirmer: int64(r.Confirmer), Confirmed: time.Time(r.Confirmed),
		Undoer: int64(r.Undoer), Undone: time.Time(r.Undone),
	}
}

const sqlAddImport = `
	INSERT INTO imports (source, name, sha256, state, mapping, basis, reviewed_by, rows, done, added, known, wrong, by_id, at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
	RETURNING id`

// AddImport implements workflow.Imports.
func (s *Store) AddImport(ctx context.Context, m *workflow.Import) error {
	id, err := one[int64](ctx, s, "add import", sqlAddImport, m.Source, m.Name, m.SHA256, m.State, pairs(m.Mapping), m.Basis,
		m.ReviewedBy, m.Rows, m.Done, m.Added, m.Known, m.Wrong, m.By, instant(m.At).or(s.now()))
	if err == nil {
		m.ID = id
	}
	return err
}

const sqlImport = `SELECT` + importColumns + ` FROM imports m WHERE m.id = $1`

// Import implements workflow.Imports.
func (s *Store) Import(ctx context.Context, id int64) (workflow.Import, error) {
	r, err := one[importRow](ctx, s, "read import", sqlImport, id)
	return r.toImport(), err
}

const sqlLockImport = sqlImport + ` FOR UPDATE`

// LockImport implements workflow.Imports.
func (s *Store) LockImport(ctx context.Context, id int64) (workflow.Import, error) {
	r, err := one[importRow](ctx, s, "lock import", sqlLockImport, id)
	return r.toImport(), err
}

const sqlSaveImport = `
	UPDATE imports SET state = $2, mapping = $3, basis = $4, reviewed_by = $5, rows = $6, done = $7, added = $8, known = $9,
		wrong = $10, fault = $11, confirmed_by = $12, confirmed_at = $13, undone_by = $14, undone_at = $15
	WHERE id = $1`

// SaveImport implements workflow.Imports.
func (s *Store) SaveImport(ctx context.Context, m workflow.Import) error {
	return s.change(ctx, "save import", sqlSaveImport, m.ID, m.State, pairs(m.Mapping), m.Basis, m.ReviewedBy, m.Rows, m.Done,
		m.Added, m.Known, m.Wrong, m.Fault, ref(m.Confirmer), instant(m.Confirmed), ref(m.Undoer), instant(m.Undone))
}

const sqlImports = `SELECT` + importColumns + ` FROM imports m WHERE $1::bigint = 0 OR m.id < $1 ORDER BY m.id DESC LIMIT $2`

// ImportsBefore implements workflow.Imports.
func (s *Store) ImportsBefore(ctx context.Context, before int64, limit int) ([]workflow.Import, error) {
	return many(ctx, s, "list imports", importRow.toImport, sqlImports, before, ref(limit))
}

const sqlTryImports = `SELECT pg_try_advisory_xact_lock($1)`

const sqlQueuedImport = `SELECT` + importColumns + ` FROM imports m WHERE m.state = 'queued' ORDER BY m.id LIMIT 1`

// TakeImport implements workflow.Imports. One import is stored at a time, in
// whatever process; the row itself stays free for its progress.
func (s *Store) TakeImport(ctx context.Context) (workflow.Import, error) {
	mine, err := one[bool](ctx, s, "lock imports", sqlTryImports, importLock)
	if err != nil {
		return workflow.Import{}, err
	}
	if !mine {
		return workflow.Import{}, workflow.Absent()
	}
	r, err := one[importRow](ctx, s, "take import", sqlQueuedImport)
	return r.toImport(), err
}

const sqlProgress = `UPDATE imports SET done = $2 WHERE id = $1 AND state = 'queued'`

// Progress implements workflow.Imports, beside the transaction.
func (s *Store) Progress(ctx context.Context, id int64, done int) error {
	beside := *s
	beside.q = s.db
	_, err := beside.exec(ctx, "note progress of import", sqlProgress, id, done)
	return err
}

// itemArrays are items as columns of a table, for unnest.
const itemArrays = `unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[],
		$9::int[], $10::text[], $11::bigint[], $12::text[], $13::text[])
		WITH ORDINALITY AS n (channel, column_id, title, summary, url, day, made_on, series, serial, meeting, department_id, author,
			external, place)`

// knownItem says whether the ledger has n, by any of its names.
const knownItem = `(
		EXISTS (SELECT FROM items i WHERE i.channel = n.channel AND i.external = n.external AND i.external <> '' AND i.state <> 'undone')
		OR EXISTS (SELECT FROM items i WHERE i.channel = n.channel AND i.day = n.day AND i.title = n.title AND i.url = n.url AND i.state <> 'undone')
		OR EXISTS (SELECT FROM items i WHERE i.channel = 'document' AND n.channel = 'document' AND i.series = n.series AND i.serial = n.serial
			AND i.series <> '' AND i.state NOT IN ('undone', 'withdrawn')))`

const sqlAddItems = `
	INSERT INTO items (channel, column_id, title, summary, url, day, made_on, series, serial, meeting, department_id, author,
		external, import_id, state, created_by, created_at, updated_at)
	SELECT n.channel, nullif(n.column_id, 0), n.title, n.summary, n.url, n.day, n.made_on, n.series, nullif(n.serial, 0), n.meeting,
		nullif(n.department_id, 0), n.author, n.external, $14, 'draft', $15, $16, $16
	FROM ` + itemArrays + `
	WHERE NOT ` + knownItem + `
	ORDER BY n.place
	ON CONFLICT DO NOTHING`

// AddItems implements workflow.Imports. All items are of one import.
func (s *Store) AddItems(ctx context.Context, items []workflow.Item) (int, error) {
	if len(items) == 0 {
		return 0, nil
	}
	first := items[0]
	n, err := s.exec(ctx, "add items", sqlAddItems,
		append(arraysOfItems(items), ref(first.Import), first.CreatedBy, instant(first.Created).or(s.now()))...)
	return int(n), gated(err, "ledger.unreviewed")
}

const sqlKnownItems = `SELECT ` + knownItem + ` FROM ` + itemArrays + ` ORDER BY n.place`

// KnownItems implements workflow.Imports.
func (s *Store) KnownItems(ctx context.Context, items []workflow.Item) ([]bool, error) {
	if len(items) == 0 {
		return nil, nil
	}
	return many(ctx, s, "look items up", same[bool], sqlKnownItems, arraysOfItems(items)...)
}

func arraysOfItems(items []workflow.Item) []any {
	var channels, titles, summaries, urls, days, series, meetings, authors, externals pq.StringArray
	var columns, serials, departments pq.Int64Array
	made := make([]any, 0, len(items))
	for _, i := range items {
		channels, titles, summaries = append(channels, string(i.Channel)), append(titles, i.Title), append(summaries, i.Summary)
		urls, days, series = append(urls, i.URL), append(days, i.Day), append(series, i.Series)
		meetings, authors, externals = append(meetings, string(i.Meeting)), append(authors, i.Author), append(externals, i.External)
		columns, serials = append(columns, i.Column), append(serials, int64(i.Serial))
		departments = append(departments, i.Department)
		made = append(made, date(i.Made))
	}
	return []any{channels, columns, titles, summaries, urls, days, pq.Array(made), series, serials, meetings, departments, authors, externals}
}

const sqlConfirmImport = `
	WITH decided AS (
		INSERT INTO reviews (subject, subject_id, title, content_hash, department_id, asked_by, asked_at, checklist, basis, reviewer_id,
			decided_at, result, remark)
		SELECT 'item', i.id, i.title, i.content_hash, i.department_id, $2, $3, $4, $5, $6, $7, $8, $9
		FROM items i WHERE i.import_id = $1 AND i.state = 'draft'
		RETURNING id, subject_id
	)
	UPDATE items i SET state = 'published', review_id = d.id, review_passed = true, published_at = $7, updated_at = $7,
		version = i.version + 1
	FROM decided d WHERE i.id = d.subject_id`

// ConfirmImport implements workflow.Imports.
func (s *Store) ConfirmImport(ctx context.Context, id int64, r workflow.Review) (int, error) {
	list := r.Checklist
	if list == nil {
		list = map[string]bool{}
	}
	n, err := s.exec(ctx, "confirm import", sqlConfirmImport, id, r.AskedBy, instant(r.Asked), document[map[string]bool]{list},
		r.Basis, ref(r.Reviewer), instant(r.Decided), r.Result, r.Remark)
	return int(n), err
}

const sqlUndoImport = `
	UPDATE items SET state = 'undone', withdrawn_at = CASE WHEN published_at IS NULL THEN NULL ELSE coalesce(withdrawn_at, $2) END,
		updated_at = $2, version = version + 1
	WHERE import_id = $1 AND state <> 'undone'`

// UndoImport implements workflow.Imports.
func (s *Store) UndoImport(ctx context.Context, id int64, at time.Time) (int, error) {
	n, err := s.exec(ctx, "undo import", sqlUndoImport, id, instant(at))
	return int(n), err
}
