package workflowtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// List implements workflow.Cases.
func (m *Memory) List(ctx context.Context, q workflow.Query) (workflow.Listing, error) {
	return read(ctx, m, func(d *data) (workflow.Listing, error) {
		after, err := parseCursor(q.After)
		if err != nil {
			return workflow.Listing{}, err
		}
		found := d.matching(q)
		compare := ordered(q.Order)
		slices.SortFunc(found, compare)
		if q.After != "" {
			found = slices.DeleteFunc(found, func(c workflow.Case) bool { return compare(c, after) <= 0 })
		}
		limit := q.Limit
		if limit == 0 {
			limit = 25
		}
		return d.listing(found, min(limit, 100)), nil
	})
}

func (d *data) listing(found []workflow.Case, limit int) workflow.Listing {
	var out workflow.Listing
	for _, c := range first(found, limit) {
		category, department := d.categories.rows[c.CategoryVersion], d.departments.rows[c.Department]
		out.Rows = append(out.Rows, workflow.Row{
			Case: c, CategoryZH: category.NameZH, CategoryEN: category.NameEN, DepartmentZH: department.NameZH, DepartmentEN: department.NameEN,
		})
	}
	if len(found) > limit {
		out.Next = cursorOf(out.Rows[limit-1].Case)
	}
	return out
}

// A cursor names the case a page ended with: when it is due, when it came, its id.
func cursorOf(c workflow.Case) string {
	due := int64(-1)
	if !c.Due.IsZero() {
		due = c.Due.UnixMicro()
	}
	return fmt.Sprintf("%d.%d.%d", due, c.Received.UnixMicro(), c.ID)
}

func parseCursor(s string) (workflow.Case, error) {
	if s == "" {
		return workflow.Case{}, nil
	}
	var n [3]int64
	parts := strings.Split(s, ".")
	if len(parts) != len(n) {
		return workflow.Case{}, workflow.Wrong("after", "invalid.cursor")
	}
	for i, part := range parts {
		var err error
		if n[i], err = strconv.ParseInt(part, 10, 64); err != nil {
			return workflow.Case{}, workflow.Wrong("after", "invalid.cursor")
		}
	}
	c := workflow.Case{ID: n[2], Received: time.UnixMicro(n[1])}
	if n[0] >= 0 {
		c.Due = time.UnixMicro(n[0])
	}
	return c, nil
}

func ordered(o workflow.Order) func(a, b workflow.Case) int {
	if o == workflow.DueFirst {
		return func(a, b workflow.Case) int {
			if a.Due.IsZero() != b.Due.IsZero() {
				return order(b.Due.IsZero(), a.Due.IsZero())
			}
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
		}
	}
	return func(a, b workflow.Case) int {
		return cmp.Or(b.Received.Compare(a.Received), cmp.Compare(b.ID, a.ID))
	}
}

// order puts what is first before what is not.
func order(aFirst, bFirst bool) int {
	switch {
	case aFirst && !bFirst:
		return -1
	case bFirst && !aFirst:
		return 1
	}
	return 0
}

// CountCases implements workflow.Cases.
func (m *Memory) CountCases(ctx context.Context, q workflow.Query) (int, error) {
	return read(ctx, m, func(d *data) (int, error) { return len(d.matching(q)), nil })
}

func (d *data) matching(q workflow.Query) []workflow.Case {
	counted := d.withFact(q.Fact)
	return d.cases.where(func(c workflow.Case) bool {
		return d.inScope(q.Scope, c) && fitsState(q, c) && fitsWords(q, c) && fitsMatters(q, c) && fitsTimes(q, c) &&
			d.fitsSearch(q.Search, c) && (q.Fact == nil || counted[c.ID]) && (q.Happened == nil || d.happened(c.ID, *q.Happened))
	})
}

func (d *data) inScope(s workflow.Scope, c workflow.Case) bool {
	return s.Sees(c, d.assists.has(assist{c.ID, s.Department}.key()))
}

func fitsState(q workflow.Query, c workflow.Case) bool {
	return (len(q.States) == 0 || slices.Contains(q.States, c.State)) &&
		(!q.Open || c.Open()) && (!q.NoOne || c.Department == 0) && (!q.Urgent || c.Urgent) &&
		(!q.Refused || c.Refusals > 0) && (!q.Unrefused || c.Refusals == 0)
}

func fitsWords(q workflow.Query, c workflow.Case) bool {
	return like(q.Department, c.Department) && like(q.Category, c.Category) && like(q.Kind, c.Kind) &&
		like(q.Channel, c.Channel) && like(q.Mode, c.Mode) && like(q.Writer, c.Writer) && like(q.Status, c.WriterStatus.Counted())
}

func fitsMatters(q workflow.Query, c workflow.Case) bool {
	concerned := like(q.Concern, c.Concern) || q.Concern == workflow.AnyConcern && c.Concern != ""
	return concerned && like(q.Decision, c.Decision) && like(q.Campaign, c.Campaign) && like(q.Proposed, c.Proposed)
}

// like reports whether a wish that may be empty is met.
func like[T comparable](want, have T) bool {
	var none T
	return want == none || want == have
}

func fitsTimes(q workflow.Query, c workflow.Case) bool {
	return (q.From.IsZero() || !c.Received.Before(q.From)) && (q.To.IsZero() || c.Received.Before(q.To)) &&
		(q.DueFrom.IsZero() || !c.Due.IsZero() && !c.Due.Before(q.DueFrom)) &&
		(q.DueTo.IsZero() || !c.Due.IsZero() && c.Due.Before(q.DueTo)) &&
		(!q.NoDue || c.Due.IsZero()) && (q.Calm.IsZero() || c.Due.IsZero() || !c.Due.Before(q.Calm))
}

// fitsSearch finds a case by its number, or when every phrase typed stands in
// its words.
func (d *data) fitsSearch(typed string, c workflow.Case) bool {
	if strings.EqualFold(strings.TrimSpace(typed), c.Number) {
		return true
	}
	words := strings.Fields(d.words.rows[c.ID])
	for _, phrase := range workflow.SearchQuery(typed) {
		if !follows(words, phrase) {
			return false
		}
	}
	return true
}

// follows reports whether phrase stands somewhere in words without a gap.
func follows(words, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// Board implements workflow.Cases.
func (m *Memory) Board(ctx context.Context, s workflow.Scope, marks workflow.BoardMarks) ([]workflow.BoardRow, error) {
	return read(ctx, m, func(d *data) ([]workflow.BoardRow, error) {
		rows := map[int64]*workflow.BoardRow{}
		for _, c := range d.matching(workflow.Query{Scope: s, Open: true}) {
			row := rows[c.Department]
			if row == nil {
				row = &workflow.BoardRow{Department: c.Department}
				rows[c.Department] = row
			}
			row.Total++
			*column(row, c, marks)++
		}
		var out []workflow.BoardRow
		for _, row := range rows {
			out = append(out, *row)
		}
		slices.SortFunc(out, func(a, b workflow.BoardRow) int { return cmp.Compare(a.Department, b.Department) })
		return out, nil
	})
}

func column(row *workflow.BoardRow, c workflow.Case, marks workflow.BoardMarks) *int {
	switch {
	case c.Due.IsZero():
		return &row.Later
	case c.Due.Before(marks.Now):
		return &row.Overdue
	case c.Due.Before(marks.Today):
		return &row.Today
	case c.Due.Before(marks.Soon):
		return &row.Soon
	}
	return &row.Later
}
