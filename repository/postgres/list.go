package postgres

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// How long a page is when nobody says, and at most.
const (
	pageLength = 25
	pageMost   = 100
)

// listing is how a list is read in one order.
type listing struct {
	tag    string // of its cursors
	order  string // of the page as a whole
	within func(src source) (order, after string)
}

// Within a source, a list is in the order of an index, and after is the
// condition for what comes behind a cursor.
var listings = map[workflow.Order]listing{
	workflow.DueFirst: {tag: "d", order: "c.due_key, c.id", within: func(source) (order, after string) {
		return "c.due_key, c.id", "(c.due_key, c.id) > (?::timestamptz, ?)"
	}},
	workflow.NewestFirst: {tag: "r", order: "c.received_at DESC, c.id DESC", within: func(src source) (order, after string) {
		return src.at + " DESC, " + src.id + " DESC", "(" + src.at + ", " + src.id + ") < (?::timestamptz, ?)"
	}},
}

// The page is found first, from an index, and then what a list shows of it.
const (
	listHead = `
	SELECT` + caseColumns + `, v.name_zh AS category_zh, v.name_en AS category_en,
		coalesce(d.name_zh, '') AS department_zh, coalesce(d.name_en, '') AS department_en
	FROM (`
	listTail = `) page
	JOIN cases c ON c.id = page.id
	JOIN category_versions v ON v.id = c.category_version_id
	LEFT JOIN departments d ON d.id = c.department_id
	ORDER BY `
)

type listRow struct {
	caseRow
	CategoryZH   string `db:"category_zh"`
	CategoryEN   string `db:"category_en"`
	DepartmentZH string `db:"department_zh"`
	DepartmentEN string `db:"department_en"`
}

func (r listRow) toRow() workflow.Row {
	return workflow.Row{
		Case:       r.toCase(),
		CategoryZH: r.CategoryZH, CategoryEN: r.CategoryEN,
		DepartmentZH: r.DepartmentZH, DepartmentEN: r.DepartmentEN,
	}
}

// List implements workflow.Cases.
func (s *Store) List(ctx context.Context, q workflow.Query) (workflow.Listing, error) {
	if q.Order == "" {
		q.Order = workflow.NewestFirst
	}
	l, known := listings[q.Order]
	if !known {
		return workflow.Listing{}, workflow.Wrong("order", "invalid.choice")
	}
	if q.Limit <= 0 {
		q.Limit = pageLength
	}
	q.Limit = min(q.Limit, pageMost)
	leads, err := s.leading(ctx, q.Fact)
	if err != nil {
		return workflow.Listing{}, err
	}
	statement, args, err := l.statement(q, leads)
	if err != nil {
		return workflow.Listing{}, err
	}
	rows, err := many(ctx, s, "list cases", listRow.toRow, statement, args...)
	if err != nil {
		return workflow.Listing{}, err
	}
	return l.page(rows, q.Limit), nil
}

// statement builds the list; it asks for one case more than the page holds, to
// know whether there is a next one.
func (l listing) statement(q workflow.Query, leads lead) (statement string, args []any, err error) {
	var branches []string
	limit := strconv.Itoa(q.Limit + 1)
	for _, src := range sources(q.Scope) {
		where := conditions{args: &args, leads: leads}
		where.query(q, src)
		order, after := l.within(src)
		if err := l.continueAt(&where, after, q.After); err != nil {
			return "", nil, err
		}
		branches = append(branches,
			"(SELECT c.id FROM "+src.from+" WHERE "+where.String()+" ORDER BY "+order+" LIMIT "+limit+")")
	}
	return listHead + strings.Join(branches, " UNION ALL ") + listTail + l.order + " LIMIT " + limit, args, nil
}

func (l listing) continueAt(where *conditions, after, cursor string) error {
	if cursor == "" {
		return nil
	}
	at, id, err := l.readCursor(cursor)
	if err != nil {
		return workflow.Wrong("after", "invalid.cursor")
	}
	where.add(after, at, id)
	return nil
}

func (l listing) page(rows []workflow.Row, limit int) workflow.Listing {
	if len(rows) <= limit {
		return workflow.Listing{Rows: rows}
	}
	rows = rows[:limit]
	return workflow.Listing{Rows: rows, Next: l.cursor(rows[limit-1].Case)}
}

// never is the due time of a case without a running clock.
const never = "infinity"

// cursor says behind which case the next page begins.
func (l listing) cursor(c workflow.Case) string {
	at := c.Received
	if l.tag == "d" {
		at = c.Due
	}
	moment := never
	if !at.IsZero() {
		moment = at.UTC().Format(time.RFC3339Nano)
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %s %d", l.tag, moment, c.ID))
}

func (l listing) readCursor(cursor string) (at string, id int64, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	var tag string
	if _, err := fmt.Sscanf(string(text), "%s %s %d", &tag, &at, &id); err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	if tag != l.tag {
		return "", 0, fmt.Errorf("cursor of another order: %q", tag)
	}
	if at == never {
		return at, id, nil
	}
	_, err = time.Parse(time.RFC3339Nano, at)
	return at, id, err
}

// CountCases implements workflow.Cases.
func (s *Store) CountCases(ctx context.Context, q workflow.Query) (int, error) {
	statement, args := countStatement(q)
	return one[int](ctx, s, "count cases", statement, args...)
}

func countStatement(q workflow.Query) (statement string, args []any) {
	var counts []string
	for _, src := range sources(q.Scope) {
		where := conditions{args: &args, leads: countLead(q.Fact)}
		where.query(q, src)
		counts = append(counts, "(SELECT count(*) FROM "+src.from+" WHERE "+where.String()+")")
	}
	return "SELECT " + strings.Join(counts, " + "), args
}
