package api_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
)

type figuresLine struct {
	Code, Month string
	Values      map[string]*float64
	Hidden      []string
}

type figures struct {
	Term    struct{ From, To string }
	Terms   []struct{ From, To string }
	Figures []struct {
		Key, Unit, Nature       string
		Name, Formula, Excludes map[string]string
	}
	Total                           figuresLine
	Months, Departments, Categories []figuresLine
}

// answered stores n cases that a department answered in a term, all but one in
// time, and counts them.
func (m *mailbox) answered(t *testing.T, n int, at time.Time, department int64, category workflow.Category) {
	t.Helper()
	for i := range n {
		inTime := i > 0
		c := workflowtest.NewCase(t, m.Store, func(c *workflow.Case) {
			c.Received, c.Accepted, c.Answered = at, at.Add(time.Hour), at.Add(48*time.Hour)
			c.State, c.Department, c.InTime, c.Worked = workflow.Answered, department, &inTime, 840
			c.Category, c.CategoryVersion = category.ID, category.Version
		})
		must(t, m.Store.AddFacts(t.Context(), c.ID, workflow.FactsBetween(workflow.Case{}, c, workflowtest.Zone)))
	}
	_, err := m.Store.Project(t.Context(), 10_000)
	must(t, err)
}

func TestFigures(t *testing.T) {
	m := start(t)
	spring := time.Date(2026, 5, 12, 2, 0, 0, 0, time.UTC)
	m.answered(t, 30, spring, m.Logistics.ID, m.Repair)
	m.answered(t, 20, spring.AddDate(0, 1, 0), m.Academic.ID, m.Teaching)
	got := as[figures](t, m.get(t, "/figures"))
	if got.Term.From != "2026-03-01" || got.Term.To != "2026-09-01" || len(got.Terms) != 4 || got.Terms[0] != got.Term {
		t.Errorf("term %+v of %+v", got.Term, got.Terms)
	}
	total := got.Total.Values
	if *total["received"] != 50 || *total["answered"] != 50 || *total["on_time"] != 96 || *total["median"] != 2 || total["satisfaction"] != nil {
		t.Errorf("total %v", total)
	}
	if len(got.Departments) != 2 || got.Departments[0].Code != "logistics" || *got.Departments[0].Values["on_time"] != 96.7 {
		t.Errorf("departments %+v", got.Departments)
	}
	if len(got.Categories) != 2 || got.Categories[1].Code != "teaching" || len(got.Months) != 6 || got.Months[2].Month != "2026-05" {
		t.Errorf("categories %+v, months %+v", got.Categories, got.Months)
	}
	for i, f := range report.PublicFigures {
		g := got.Figures[i]
		if g.Key != f.Key || g.Nature != "flow" || g.Formula["zh-CN"] == "" || g.Formula["en"] == "" || g.Excludes["en"] == "" || g.Name["zh-CN"] == "" {
			t.Errorf("figure %d is defined as %+v", i, g)
		}
	}
}

// TestFigures_hideTheFew wants nothing to be learnt of fewer than five letters.
func TestFigures_hideTheFew(t *testing.T) {
	m := start(t)
	spring := time.Date(2026, 5, 12, 2, 0, 0, 0, time.UTC)
	m.answered(t, 30, spring, m.Logistics.ID, m.Repair)
	m.answered(t, 3, spring, m.Academic.ID, m.Teaching)
	got := as[figures](t, m.get(t, "/figures"))
	hidden := 0
	for _, lines := range [][]figuresLine{{got.Total}, got.Months, got.Departments, got.Categories} {
		for _, l := range lines {
			hidden += len(l.Hidden)
			for _, key := range l.Hidden {
				if l.Values[key] != nil {
					t.Errorf("%s is hidden and shown: %v", key, *l.Values[key])
				}
			}
			if n := l.Values["received"]; n != nil && *n > 0 && *n < 5 {
				t.Errorf("%v letters are shown", *n)
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing is hidden")
	}
}

func TestFigures_onlyWholeTermsThatAreOver(t *testing.T) {
	m := start(t)
	if got := as[figures](t, m.get(t, "/figures?term=2025-09-01")); got.Term.From != "2025-09-01" {
		t.Errorf("term %+v", got.Term)
	}
	for _, from := range []string{"2026-09-01", "2026-03-02", "2020-03-01", "x"} {
		m.get(t, "/figures?term="+from).Wants(404)
	}
}
