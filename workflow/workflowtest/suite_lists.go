package workflowtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
)

var listPromises = []promise{
	{"lists obey the scope exactly as Scope.Sees says", listsObeyScope},
	{"a list restricts as its query says", listsRestrict},
	{"a list is in the order asked for", listsInOrder},
	{"a page holds what was asked for, at most 100 and 25 by itself", pageSizes},
	{"pages of a list are complete and without doubles while cases are added", pagesComplete},
	{"a row carries the names that a list shows", rowNames},
	{"the board counts what the lists behind it hold", boardCounts},
	{"a figure opens the cases behind it", casesBehindFigure},
	{"the stock of a day opens the cases that were in hand then", casesInHandThen},
}

// crowd stores n cases of every sort and returns them with who assists.
func crowd(t *testing.T, s workflow.Store, c College, n int) (cases []workflow.Case, assists map[int64][]int64) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(7, uint64(n))) //nolint:gosec // the same every time
	assists = map[int64][]int64{}
	nobody := append([]int64{0}, c.Departments()...)
	for i := range n {
		other := int64(0)
		if i > 0 {
			other = cases[0].ID
		}
		one := NewCase(t, s, func(x *workflow.Case) { scatter(rnd, x, c, nobody, other) })
		if rnd.IntN(4) == 0 {
			helper := pick(rnd, c.Departments())
			must(t, s.Assist(t.Context(), one.ID, helper, true, Morning))
			assists[one.ID] = append(assists[one.ID], helper)
		}
		cases = append(cases, one)
	}
	return cases, assists
}

func scatter(rnd *rand.Rand, x *workflow.Case, c College, departments []int64, other int64) {
	category := pick(rnd, c.Categories())
	x.Category, x.CategoryVersion = category.ID, category.Version
	x.Kind, x.Channel, x.Mode = pick(rnd, workflow.CaseKinds), pick(rnd, workflow.Channels), pick(rnd, workflow.Modes)
	x.Department, x.About = pick(rnd, departments), pick(rnd, departments)
	x.Sealed, x.Urgent, x.Refusals = rnd.IntN(4) == 0, rnd.IntN(4) == 0, rnd.IntN(3)
	x.Received = Morning.Add(time.Duration(rnd.IntN(40)-20) * 12 * time.Hour) // many at the same moment
	state := pick(rnd, workflow.States)
	if state == workflow.Merged && other == 0 {
		state = workflow.Received
	}
	inState(x, state, other)
	if x.Open() && rnd.IntN(3) > 0 {
		x.Due, x.DueClock = Morning.Add(time.Duration(rnd.IntN(20)-10)*12*time.Hour), workflow.Overall
	}
}

func pick[T any](rnd *rand.Rand, all []T) T { return all[rnd.IntN(len(all))] }

// scopes are those of every role, and combinations that no role has.
func scopes(c College, cases []workflow.Case) []workflow.Scope {
	out := []workflow.Scope{{}, {Nothing: true}, {Everything: true}, {Sealed: true}, {Everything: true, Sealed: true}, {Case: nowhere}}
	for _, a := range []workflow.Account{c.Clerk, c.OfficeHead, c.Leader, c.Reviewer, c.Discipline, c.Admin, c.LogisticsClerk, c.AcademicHead} {
		out = append(out, workflow.ScopeOf(a.Actor()))
	}
	for _, x := range cases[:3] {
		out = append(out, workflow.ScopeOf(workflow.ByWriter(x.ID)))
	}
	for _, department := range c.Departments() {
		out = append(out, workflow.Scope{Department: department}, workflow.Scope{NotAbout: department},
			workflow.Scope{Department: department, NotAbout: department}, workflow.Scope{Department: department, Sealed: true},
			workflow.Scope{Department: department, Sealed: true, NotAbout: department})
	}
	return out
}

func listsObeyScope(t *testing.T, s workflow.Store, c College) {
	cases, assists := crowd(t, s, c, 60)
	marks := workflow.BoardMarks{Now: Morning, Today: Morning.Add(24 * time.Hour), Soon: Morning.Add(72 * time.Hour)}
	for _, scope := range scopes(c, cases) {
		var want []int64
		open := map[int64]int{}
		for _, x := range cases {
			if !scope.Sees(x, slices.Contains(assists[x.ID], scope.Department)) {
				continue
			}
			want = append(want, x.ID)
			if x.Open() {
				open[x.Department]++
			}
		}
		for _, order := range []workflow.Order{workflow.NewestFirst, workflow.DueFirst} {
			wantList(t, s, workflow.Query{Scope: scope, Order: order, Open: order == workflow.DueFirst}, filterOpen(cases, want, order == workflow.DueFirst))
		}
		for _, row := range ok(s.Board(t.Context(), scope, marks))(t) {
			same(t, fmt.Sprintf("board of %d for %+v", row.Department, scope), row.Total, open[row.Department])
			delete(open, row.Department)
		}
		same(t, fmt.Sprintf("missing on the board for %+v", scope), open, nil)
	}
}

func filterOpen(cases []workflow.Case, seen []int64, open bool) []int64 {
	var out []int64
	for _, x := range cases {
		if slices.Contains(seen, x.ID) && (!open || x.Open()) {
			out = append(out, x.ID)
		}
	}
	return out
}

// wantList wants List, page by page, and CountCases to give exactly these cases.
func wantList(t *testing.T, s workflow.Store, q workflow.Query, want []int64) {
	t.Helper()
	got := ids(wholeList(t, s, q), func(r workflow.Row) int64 { return r.ID })
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	what := fmt.Sprintf("list of %+v", q)
	same(t, what, got, want)
	same(t, "count of "+what, ok(s.CountCases(t.Context(), q))(t), len(want))
}

func wholeList(t *testing.T, s workflow.Store, q workflow.Query) []workflow.Row {
	t.Helper()
	var out []workflow.Row
	seen := map[int64]bool{}
	for {
		page := ok(s.List(t.Context(), q))(t)
		for _, row := range page.Rows {
			if seen[row.ID] { // and perhaps for ever
				t.Fatalf("case %d stands twice in the list of %+v", row.ID, q)
			}
			seen[row.ID] = true
		}
		out = append(out, page.Rows...)
		if page.Next == "" {
			return out
		}
		if len(page.Rows) == 0 {
			t.Fatal("an empty page says there is another")
		}
		q.After = page.Next
	}
}

func listsRestrict(t *testing.T, s workflow.Store, c College) {
	w := workflow.SealedWriter{ID: newUUID(), Sealed: random(40), KeyID: "k1", Created: Morning}
	must(t, s.AddWriter(t.Context(), w))
	cases, _ := crowd(t, s, c, 80)
	known := NewCase(t, s, func(x *workflow.Case) { x.Writer = w.ID })
	cases = append(cases, known)
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	queries := []workflow.Query{{}, {Writer: w.ID}, {Writer: newUUID()}}
	for range 60 {
		queries = append(queries, randomQuery(rnd, c))
	}
	for _, q := range queries {
		q.Scope = workflow.Scope{Everything: true}
		var want []int64
		for _, x := range cases {
			if fitsState(q, x) && fitsWords(q, x) && fitsTimes(q, x) {
				want = append(want, x.ID)
			}
		}
		wantList(t, s, q, want)
	}
}

func randomQuery(rnd *rand.Rand, c College) workflow.Query {
	q := workflow.Query{Open: rnd.IntN(3) == 0}
	maybe := func(set func()) {
		if rnd.IntN(6) == 0 {
			set()
		}
	}
	moment := func() time.Time { return Morning.Add(time.Duration(rnd.IntN(40)-20) * 12 * time.Hour) }
	maybe(func() { q.States = []workflow.State{pick(rnd, workflow.States), pick(rnd, workflow.States)} })
	maybe(func() { q.Department = pick(rnd, c.Departments()) })
	maybe(func() { q.NoOne = true })
	maybe(func() { q.Category = pick(rnd, c.Categories()).ID })
	maybe(func() { q.Kind = pick(rnd, workflow.CaseKinds) })
	maybe(func() { q.Channel = pick(rnd, workflow.Channels) })
	maybe(func() { q.Mode = pick(rnd, workflow.Modes) })
	maybe(func() { q.Urgent = true })
	maybe(func() { q.From = moment() })
	maybe(func() { q.To = moment() })
	maybe(func() { q.DueFrom = moment() })
	maybe(func() { q.DueTo = moment() })
	maybe(func() { q.NoDue = true })
	maybe(func() { q.Calm = moment() })
	maybe(func() { q.Refused = true })
	maybe(func() { q.Unrefused = true })
	if q.Open && rnd.IntN(2) == 0 {
		q.Order = workflow.DueFirst
	}
	q.Limit = rnd.IntN(30)
	return q
}

func listsInOrder(t *testing.T, s workflow.Store, c College) {
	crowd(t, s, c, 60)
	everything := workflow.Scope{Everything: true}
	for _, q := range []workflow.Query{
		{Scope: everything, Order: workflow.NewestFirst, Limit: 7},
		{Scope: everything, Order: workflow.DueFirst, Open: true, Limit: 7},
	} {
		rows := wholeList(t, s, q)
		compare := ordered(q.Order)
		for i := 1; i < len(rows); i++ {
			a, b := rows[i-1].Case, rows[i].Case
			a.ID, b.ID = 0, 0 // which of two of the same moment comes first is the store's choice
			if compare(a, b) > 0 {
				t.Errorf("%s: row %d (due %v, came %v) stands before (due %v, came %v)", q.Order, i, a.Due, a.Received, b.Due, b.Received)
			}
		}
	}
}

func pageSizes(t *testing.T, s workflow.Store, _ College) {
	for range 103 {
		NewCase(t, s)
	}
	q := workflow.Query{Scope: workflow.Scope{Everything: true}, Order: workflow.NewestFirst}
	for limit, want := range map[int]int{0: 25, 1: 1, 99: 99, 100: 100, 1000: 100} {
		q.Limit = limit
		page := ok(s.List(t.Context(), q))(t)
		same(t, fmt.Sprintf("rows for a limit of %d", limit), len(page.Rows), want)
		if page.Next == "" {
			t.Errorf("limit %d: no next page", limit)
		}
	}
	q.After = "../../etc/passwd"
	if _, err := s.List(t.Context(), q); workflow.KindOf(err) == workflow.Internal || err == nil {
		t.Errorf("a forged cursor gives %v, want a kind of its own", err)
	}
}

func pagesComplete(t *testing.T, s workflow.Store, c College) {
	cases, _ := crowd(t, s, c, 40)
	for _, order := range []workflow.Order{workflow.NewestFirst, workflow.DueFirst} {
		q := workflow.Query{Scope: workflow.Scope{Everything: true}, Order: order, Open: true, Limit: 4}
		times := map[int64]int{}
		for {
			page := ok(s.List(t.Context(), q))(t)
			for _, row := range page.Rows {
				if times[row.ID]++; times[row.ID] > 1 {
					t.Fatalf("%s: case %d stands on two pages", order, row.ID)
				}
			}
			if page.Next == "" {
				break
			}
			q.After = page.Next
			NewCase(t, s, func(x *workflow.Case) { x.Received = Morning.Add(1000 * time.Hour) })                  // before all others
			NewCase(t, s, func(x *workflow.Case) { x.Due, x.DueClock = Morning.Add(-1000*time.Hour), "overall" }) // long overdue
		}
		for _, x := range cases {
			if x.Open() && times[x.ID] == 0 {
				t.Errorf("%s: case %d is on no page", order, x.ID)
			}
		}
	}
}

func rowNames(t *testing.T, s workflow.Store, c College) {
	with := NewCase(t, s, func(x *workflow.Case) { x.Department = c.Logistics.ID })
	without := NewCase(t, s, func(x *workflow.Case) { x.Received = Morning.Add(-time.Hour) })
	got := wholeList(t, s, workflow.Query{Scope: workflow.Scope{Everything: true}, Order: workflow.NewestFirst})
	same(t, "rows", got, []workflow.Row{
		{Case: with, CategoryZH: c.Repair.NameZH, CategoryEN: c.Repair.NameEN, DepartmentZH: c.Logistics.NameZH, DepartmentEN: c.Logistics.NameEN},
		{Case: without, CategoryZH: c.Repair.NameZH, CategoryEN: c.Repair.NameEN},
	})
}

func boardCounts(t *testing.T, s workflow.Store, c College) {
	crowd(t, s, c, 80)
	marks := workflow.BoardMarks{Now: Morning, Today: Morning.Add(24 * time.Hour), Soon: Morning.Add(72 * time.Hour)}
	scope := workflow.ScopeOf(c.Clerk.Actor())
	total := 0
	for _, row := range ok(s.Board(t.Context(), scope, marks))(t) {
		behind := func(q workflow.Query) int {
			q.Scope, q.Open, q.Department, q.NoOne = scope, true, row.Department, row.Department == 0
			return ok(s.CountCases(t.Context(), q))(t)
		}
		same(t, "row", row, workflow.BoardRow{
			Department: row.Department,
			Overdue:    behind(workflow.Query{DueTo: marks.Now}),
			Today:      behind(workflow.Query{DueFrom: marks.Now, DueTo: marks.Today}),
			Soon:       behind(workflow.Query{DueFrom: marks.Today, DueTo: marks.Soon}),
			Later:      behind(workflow.Query{Calm: marks.Soon}),
			Total:      behind(workflow.Query{}),
		})
		total += row.Total
	}
	same(t, "all rows", total, ok(s.CountCases(t.Context(), workflow.Query{Scope: scope, Open: true}))(t))
}

func casesBehindFigure(t *testing.T, s workflow.Store, c College) {
	cases, _ := crowd(t, s, c, 30)
	byFact := map[workflow.Fact][]int64{}
	for i, x := range cases {
		was := x
		was.Department = c.Office.ID // every second case has moved since it was first counted
		changes := workflow.FactsBetween(workflow.Case{}, was, Zone)
		if i%2 == 0 {
			changes = append(changes, workflow.FactsBetween(was, x, Zone)...)
			was = x
		}
		must(t, s.AddFacts(t.Context(), x.ID, changes))
		for _, f := range workflow.FactsOf(was, Zone) {
			byFact[f] = append(byFact[f], x.ID)
		}
	}
	for _, measure := range []workflow.Measure{workflow.CountReceived, workflow.CountClosed, workflow.CountDeclined} {
		for _, q := range []workflow.FactQuery{
			{Measure: measure},
			{Measure: measure, Department: c.Office.ID},
			{Measure: measure, Department: c.Logistics.ID, From: "2026-11-15", To: "2026-12-01"},
			{Measure: measure, Category: c.Repair.ID},
			{Measure: measure, Kind: workflow.Complaint, Mode: workflow.Signed},
			{Measure: measure, Channel: workflow.Web, From: "2026-11-23"},
			{Measure: measure, MinBucket: 1},
		} {
			var want []int64
			for f, caseIDs := range byFact {
				if behind(q, f) {
					want = append(want, caseIDs...)
				}
			}
			wantList(t, s, workflow.Query{Scope: workflow.Scope{Everything: true}, Fact: &q}, want)
		}
	}
}
