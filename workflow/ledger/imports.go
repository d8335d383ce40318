package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// Tables reads tables that people hand in, row by row.
type Tables interface {
	// Rows gives each row of the first sheet to take, counted from 1 as people
	// see them, the head among them. What is no table is an Invalid error; an
	// error of take ends the reading and is returned.
	Rows(name string, content []byte, take func(row int, cells []Cell) error) error
}

// MaxTable is how large a table may be, in bytes.
const MaxTable = 32 << 20

// How much of what is wrong, and of what is right, a preview shows.
const (
	errorsShown = 20
	rowsShown   = 10
	headWithin  = 10 // rows from the top in which the head is looked for
)

// Imports brings tables and archives of mail into the ledger.
type Imports struct {
	*Ledger
	tables   Tables
	archives Archives
	blobs    workflow.Blobs
}

// NewImports returns Imports that keep the files in blobs.
func NewImports(l *Ledger, tables Tables, archives Archives, blobs workflow.Blobs) *Imports {
	return &Imports{Ledger: l, tables: tables, archives: archives, blobs: blobs}
}

// Begin keeps a file that was handed in and guesses what the columns of a table
// mean. Nothing of it is in the ledger yet.
func (x *Imports) Begin(ctx context.Context, by workflow.Actor, name, sha256 string) (workflow.Import, error) {
	if !MayArrange(by) {
		return workflow.Import{}, workflow.Absent()
	}
	source, err := x.sourceOf(ctx, name, sha256)
	if err != nil {
		return workflow.Import{}, err
	}
	m := workflow.Import{Source: source, Name: name, SHA256: sha256, State: workflow.ImportBegun, By: by.ID, At: x.desk.Now()}
	file, err := x.open(ctx, m)
	if err != nil {
		return workflow.Import{}, err
	}
	m.Mapping = Plan{Fields: guesses(file.head), Channel: string(workflow.OnSite)}.remember()
	return m, x.desk.Store.AddImport(ctx, &m)
}

func (x *Imports) content(ctx context.Context, sha256 string) ([]byte, error) {
	r, err := x.blobs.Open(ctx, sha256)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(r, MaxTable+1))
	if len(content) > MaxTable {
		return nil, errors.Join(workflow.Wrong("file", "invalid.file_too_big"), r.Close())
	}
	return content, errors.Join(err, r.Close())
}

var errEnough = errors.New("enough rows were read")

// head finds the row that names the columns: the first that has a title and a
// day among the first few.
func (x *Imports) head(name string, content []byte) (cells []Cell, at int, err error) {
	err = x.tables.Rows(name, content, func(row int, c []Cell) error {
		p := Plan{Fields: guesses(c)}
		if p.knows(TitleField) && p.knows(DayField) {
			cells, at = c, row
			return errEnough
		}
		if row >= headWithin {
			return errEnough
		}
		if cells == nil && len(c) > 1 {
			cells, at = c, row
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil && cells == nil {
		err = workflow.Wrong("file", "ledger.import.empty")
	}
	return cells, at, err
}

// SavePlan changes how the table is read, before it is imported.
func (x *Imports) SavePlan(ctx context.Context, by workflow.Actor, id int64, p Plan) error {
	return x.changing(ctx, by, id, func(_ workflow.Store, m *workflow.Import) error {
		if m.State != workflow.ImportBegun {
			return workflow.Stale()
		}
		m.Mapping = p.remember()
		return nil
	})
}

// Queue lets the import happen. The importer states which review was done at
// the time and who did it; a second person confirms that before anything of it
// counts as public.
func (x *Imports) Queue(ctx context.Context, by workflow.Actor, id int64, basis, reviewedBy string) error {
	if err := errors.Join(workflow.OneLine("basis", &basis, maxReason, true), workflow.OneLine("reviewed_by", &reviewedBy, maxName, true)); err != nil {
		return err
	}
	err := x.changing(ctx, by, id, func(tx workflow.Store, m *workflow.Import) error {
		if m.State != workflow.ImportBegun {
			return workflow.Stale()
		}
		m.State, m.Basis, m.ReviewedBy = workflow.ImportQueued, basis, reviewedBy
		return x.note(ctx, tx, by, "ledger.import", importName(m.ID), map[string]string{"file": m.Name, "sha256": m.SHA256})
	})
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Key == "conflict.imports_once" {
		return workflow.Fail(workflow.Conflict, "ledger.import.known_file")
	}
	return err
}

func importName(id int64) string { return fmt.Sprint("import:", id) }

// changing lets do change an import in a transaction; it is kept afterwards.
func (x *Imports) changing(ctx context.Context, by workflow.Actor, id int64, do func(workflow.Store, *workflow.Import) error) error {
	if !MayArrange(by) {
		return workflow.Absent()
	}
	return x.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		m, err := tx.LockImport(ctx, id)
		if err != nil {
			return err
		}
		if err := do(tx, &m); err != nil {
			return err
		}
		return tx.SaveImport(ctx, m)
	})
}

// Import returns an import for whoever may know of it.
func (x *Imports) Import(ctx context.Context, by workflow.Actor, id int64) (workflow.Import, error) {
	if !MayArrange(by) && !by.Is(workflow.Reviewer) {
		return workflow.Import{}, workflow.Absent()
	}
	return x.desk.Store.Import(ctx, id)
}

// List returns imports, the newest first, ids below before.
func (x *Imports) List(ctx context.Context, by workflow.Actor, before int64, limit int) ([]workflow.Import, error) {
	if !MayArrange(by) && !by.Is(workflow.Reviewer) {
		return nil, workflow.Absent()
	}
	return x.desk.Store.ImportsBefore(ctx, before, limit)
}

// Run stores the next queued import, all of it or nothing, and reports whether
// there was one. What cannot be read as a table fails for good; when something
// is away the next run begins anew.
func (x *Imports) Run(ctx context.Context) (bool, error) {
	var taken workflow.Import
	err := x.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		m, err := tx.TakeImport(ctx)
		if err != nil {
			return err
		}
		taken = m
		return x.store(ctx, tx, m)
	})
	switch {
	case taken.ID == 0 && workflow.KindOf(err) == workflow.NotFound:
		return false, nil
	case err != nil && (workflow.KindOf(err) == workflow.Invalid || workflow.KindOf(err) == workflow.NotFound):
		return true, x.fail(ctx, taken, err)
	}
	return taken.ID != 0, err
}

func (x *Imports) store(ctx context.Context, tx workflow.Store, m workflow.Import) error {
	file, err := x.open(ctx, m)
	if err != nil {
		return err
	}
	m.Added, m.Known = 0, 0
	err = x.each(ctx, tx, m, file, func(b batch) error {
		added, err := tx.AddItems(ctx, b.items)
		if err != nil {
			return err
		}
		m.Added += added
		m.Known += len(b.items) - added
		m.Rows, m.Done, m.Wrong = b.rows, b.rows, b.wrong
		if len(b.items) < rowsAtOnce {
			m.Known += b.twice
			return nil
		}
		return tx.Progress(ctx, m.ID, b.rows)
	})
	if err != nil {
		return err
	}
	m.State = workflow.ImportAdded
	return tx.SaveImport(ctx, m)
}

func (x *Imports) fail(ctx context.Context, m workflow.Import, why error) error {
	m.State, m.Fault = workflow.ImportFailed, "ledger.import.unreadable"
	if e, ok := errors.AsType[*workflow.Error](why); ok && strings.HasPrefix(e.Key, "ledger.") {
		m.Fault = e.Key
	}
	return x.desk.Store.SaveImport(ctx, m)
}

// Confirm makes the items of an import public, each with a review of its own:
// that the review stated by the importer was done at the time. The confirmer is
// another person than the importer.
func (x *Imports) Confirm(ctx context.Context, by workflow.Actor, id int64, remark string) (int, error) {
	n := 0
	err := x.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		m, err := tx.LockImport(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case !MayArrange(by) && !by.Is(workflow.Reviewer):
			return workflow.Absent()
		case m.State != workflow.ImportAdded:
			return workflow.Stale()
		case !MayConfirm(by, m):
			return workflow.Fail(workflow.Forbidden, "ledger.import.second")
		}
		if err := workflow.OneLine("remark", &remark, maxReason, m.Basis == ""); err != nil {
			return err
		}
		if m.Basis == "" { // a feed states none: the confirmer does
			m.Basis, remark = remark, ""
		}
		review := x.review(m, by, remark)
		if n, err = tx.ConfirmImport(ctx, id, review); err != nil {
			return err
		}
		root, err := rootOf(ctx, tx, id, review.Decided)
		if err != nil {
			return err
		}
		m.State, m.Confirmer, m.Confirmed = workflow.ImportConfirmed, by.ID, review.Decided
		detail := map[string]string{"items": strconv.Itoa(n), "basis": m.Basis, "reviewed_by": m.ReviewedBy, "root": root.String()}
		if err := x.note(ctx, tx, by, "ledger.import.confirm", importName(id), detail); err != nil {
			return err
		}
		return tx.SaveImport(ctx, m)
	})
	return n, err
}

// rootOf stands for the items of an import that were let out at that moment.
func rootOf(ctx context.Context, tx workflow.Store, id int64, at time.Time) (workflow.ImportRoot, error) {
	root := workflow.NewImportRoot()
	for after := int64(0); ; {
		some, err := tx.ItemsLetOut(ctx, after, id, rowsAtOnce)
		if err != nil || len(some) == 0 {
			return root, err
		}
		for _, l := range some {
			after = l.ID
			if l.Decided.Equal(at) {
				root.Add(l)
			}
		}
	}
}

// review is the decision about each item of an import.
func (x *Imports) review(m workflow.Import, by workflow.Actor, remark string) workflow.Review {
	list := map[string]bool{}
	for _, q := range workflow.ReviewQuestions {
		list[q] = false
	}
	if remark != "" && m.ReviewedBy != "" {
		remark = "；" + remark
	}
	return workflow.Review{
		AskedBy: m.By, Asked: m.At, Checklist: list, Basis: m.Basis, Reviewer: by.ID, Decided: x.desk.Now().UTC().Truncate(time.Microsecond),
		Result: workflow.ReviewPublic, Remark: m.ReviewedBy + remark,
	}
}

// Undo takes a whole import back: its items count no more. It returns how many
// there were.
func (x *Imports) Undo(ctx context.Context, by workflow.Actor, id int64) (int, error) {
	n := 0
	err := x.changing(ctx, by, id, func(tx workflow.Store, m *workflow.Import) error {
		if m.State == workflow.ImportUndone {
			return workflow.Stale()
		}
		var err error
		if n, err = tx.UndoImport(ctx, id, x.desk.Now()); err != nil {
			return err
		}
		m.State, m.Undoer, m.Undone = workflow.ImportUndone, by.ID, x.desk.Now()
		return x.note(ctx, tx, by, "ledger.import.undo", importName(id), map[string]string{"items": strconv.Itoa(n)})
	})
	return n, err
}
