package api_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

type named struct {
	Code   string
	Parent string
	Name   map[string]string
	Hint   map[string]string
	Answer struct {
		Amount int
		Unit   string
	} `json:"answer_within"`
}

type list struct {
	Items []named
	Next  string
}

func codes(l list) string {
	var out []string
	for _, item := range l.Items {
		out = append(out, item.Code)
	}
	return strings.Join(out, " ")
}

func TestCategories(t *testing.T) {
	m := start(t)
	sub := workflow.Category{
		Code: "hot-water", Parent: m.Repair.ID, NameZH: "热水", HintZH: "请写明楼栋和时间", Policy: m.Ordinary.ID, Sort: 9, Active: true, From: m.Now().Add(-time.Hour),
	}
	must(t, m.Store.SaveCategory(t.Context(), &sub, m.Admin.ID))
	a := m.get(t, "/categories")
	a.Wants(200)
	if a.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
	}
	l := as[list](t, a)
	if got := codes(l); got != "repair teaching other misconduct hot-water" || l.Next != "" {
		t.Fatalf("categories %s, next %q", got, l.Next)
	}
	first, last := l.Items[0], l.Items[4]
	if first.Name["zh-CN"] != "后勤维修" || first.Name["en"] != "Repairs" || first.Hint != nil || first.Answer.Amount == 0 || first.Answer.Unit == "" {
		t.Errorf("first %+v", first)
	}
	if last.Parent != "repair" || last.Hint["zh-CN"] != "请写明楼栋和时间" {
		t.Errorf("last %+v", last)
	}
}

func TestLists_comeInPages(t *testing.T) {
	m := start(t)
	var got []string
	for next := "?limit=2"; next != ""; {
		l := as[list](t, m.get(t, "/categories"+next))
		got = append(got, codes(l))
		if next = ""; l.Next != "" {
			next = "?limit=2&after=" + l.Next
		}
	}
	if s := strings.Join(got, "|"); s != "repair teaching|other misconduct" {
		t.Errorf("pages %s", s)
	}
	whole := as[list](t, m.get(t, "/categories?limit=1"))
	m.get(t, "/departments?after="+whole.Next).refused(t, 422, "request.cursor", "after") // a place in another list
	for _, limit := range []string{"0", "-1", "101", "ten", "99999999999999999999"} {
		m.get(t, "/categories?limit="+limit).refused(t, 422, "request.field_number", "limit")
	}
}

func TestDepartments_onlyThoseThereAre(t *testing.T) {
	m := start(t)
	gone := m.Academic
	gone.Active = false
	must(t, m.Store.SaveDepartment(t.Context(), &gone))
	if got := codes(as[list](t, m.get(t, "/departments"))); got != "office logistics" {
		t.Errorf("departments %s", got)
	}
	m.post(t, "/letters", letter(fields{"about": "academic"})).refused(t, 422, "invalid.choice", "about")
}

// TestOffers_areReadAnew wants a new category to be there after a moment.
func TestOffers_areReadAnew(t *testing.T) {
	m := start(t)
	before := m.get(t, "/categories").Header.Get("ETag")
	fresh := workflow.Category{Code: "canteen", NameZH: "食堂", Policy: m.Ordinary.ID, Sort: 9, Active: true, From: m.Now()}
	must(t, m.Store.SaveCategory(t.Context(), &fresh, m.Admin.ID))
	m.Pass(10 * time.Second)
	a := m.get(t, "/categories", "If-None-Match", before)
	a.Wants(200, "canteen")
	m.send(t, fields{"category": "canteen"})
}
