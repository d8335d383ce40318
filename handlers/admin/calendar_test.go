package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

func num(n int64) string { return strconv.FormatInt(n, 10) }

// resend is what the form on a page would send, with the fields named changed.
func resend(t *testing.T, page *webtest.Node, selector string, changed url.Values) url.Values {
	t.Helper()
	out := url.Values{}
	for _, control := range page.All(selector + " [name]") {
		if control.Tag() == "button" || control.Attr("type") == "radio" && !control.Has("checked") {
			continue
		}
		out.Add(control.Attr("name"), control.Value())
	}
	for k, v := range changed {
		out[k] = v
	}
	return out
}

func TestCalendarOfAYear(t *testing.T) {
	s := open(t, nil)
	page := s.as(t, s.world.OfficeHead).Get("/admin/calendar").Wants(http.StatusOK, "国庆节", "10月1日–2日", "暑假").HTML()
	if n := len(page.All(".month")); n != 12 {
		t.Errorf("%d months", n)
	}
	days := 0
	for _, d := range page.All("td.square") {
		if d.Text() != "" {
			days++
		}
	}
	if days != 365 || len(page.All("td.off")) != 2 || len(page.All("td.work")) != 1 || len(page.All("td.today")) != 1 {
		t.Errorf("%d days, %d off, %d worked", days, len(page.All("td.off")), len(page.All("td.work")))
	}
}

// TestChangeCalendar walks from the form over the preview to the new version.
func TestChangeCalendar(t *testing.T) {
	s := open(t, nil)
	w := s.world
	id := w.Send(t).CaseID
	c := s.as(t, w.OfficeHead)
	form := resend(t, c.Get("/admin/calendar/edit").Wants(http.StatusOK).HTML(), "#day", url.Values{
		"day_first": {"2026-11-26"}, "day_last": {"2026-11-27"}, "day_kind": {"off"}, "day_name": {"校运会"},
	})
	preview := c.Post("/admin/calendar/preview", form).Wants(http.StatusOK, "12月7日 17:30", "12月9日 17:30", "校运会", "XZ20261123-0001").HTML()
	webtest.CheckPage(t, preview)
	apply := resend(t, preview, "main form", url.Values{"reason": {""}})
	again := c.Post("/admin/calendar", apply).Wants(http.StatusUnprocessableEntity, "12月9日 17:30").HTML()
	again.One(t, ".problems a[href=#f-reason]")
	c.Post("/admin/calendar", resend(t, again, "main form", url.Values{"reason": {"校运会放假"}})).LeadsTo("/admin/calendar")
	c.Get("/admin/calendar").Wants(http.StatusOK, "校运会放假", "重算了 1 个期限")
	clocks, err := w.Store.ClocksOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range clocks {
		if k.Kind == workflow.Overall && k.Due.In(webtest.Noon.Location()).Format("01-02") != "12-09" {
			t.Errorf("overall is due %v", k.Due)
		}
	}
	c.Post("/admin/calendar", apply).Wants(http.StatusConflict, "刚刚有人修改过")
}

func TestChangeCalendarWrong(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.OfficeHead)
	base := num(s.world.Calendar.ID)
	for name, test := range map[string]struct {
		form  url.Values
		field string
		words string
	}{
		"table":    {url.Values{"act": {"table"}, "table": {"春节放假"}}, "table", "春节放假"},
		"day":      {url.Values{"act": {"day"}, "day_first": {"2026-12-24"}, "day_kind": {"off"}}, "day_name", "2026-12-24"},
		"vacation": {url.Values{"act": {"vacation"}, "vacation_first": {"2026-08-01"}, "vacation_last": {"2026-08-05"}, "vacation_name": {"夏令营"}, "vacation_policy": {"run"}}, "vacation_first", "夏令营"},
		"hours":    {url.Values{"act": {"hours"}, "open": {"09:00"}, "close": {"08:00"}}, "hours", "09:00"},
	} {
		test.form.Set("base", base)
		page := c.Post("/admin/calendar/preview", test.form).Wants(http.StatusUnprocessableEntity, test.words).HTML()
		if len(page.All(".problems a[href=#f-"+test.field+"]")) != 1 {
			t.Errorf("%s: no problem about %s", name, test.field)
		}
		if len(page.All("#f-"+test.field)) != 1 {
			t.Errorf("%s: the summary leads nowhere", name)
		}
		webtest.CheckPage(t, page)
	}
	same := url.Values{"act": {"hours"}, "base": {base}, "open": {"08:30", "14:00"}, "close": {"12:00", "17:30"}}
	c.Post("/admin/calendar/preview", same).Wants(http.StatusUnprocessableEntity, "没有变化")
}

const newYear = `{"year":2027,"papers":["a notice"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2027-01-02","isOffDay":true}]}`

// TestUploadTable takes the table as a file, and carries it to the end.
func TestUploadTable(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.Admin)
	form := resend(t, c.Get("/admin/calendar/edit").HTML(), "#table", nil)
	form.Del("file")
	preview := c.PostFiles("/admin/calendar/preview", form, webtest.Upload{Field: "file", Name: "2027.json", Content: newYear}).
		Wants(http.StatusOK, "2027-01-01", "2027 年国务院放假安排", "2027-12-31").HTML()
	c.Post("/admin/calendar", resend(t, preview, "main form", nil)).LeadsTo("/admin/calendar")
	c.Get("/admin/calendar?year=2027").Wants(http.StatusOK, "1月1日–2日")
	v, err := s.world.Store.CurrentCalendar(t.Context())
	if err != nil || v.KnownUntil != "2027-12-31" || !strings.Contains(v.Name, "2027") {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestVacationIsRemoved(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.Admin)
	page := c.Get("/admin/calendar/edit?vacation=2026-07-11").Wants(http.StatusOK, "修改寒暑假").HTML()
	form := resend(t, page, "#vacation", url.Values{"act": {"drop"}})
	preview := c.Post("/admin/calendar/preview", form).Wants(http.StatusOK, "暑假").HTML()
	c.Post("/admin/calendar", resend(t, preview, "main form", url.Values{"reason": {"不放假"}})).LeadsTo("/admin/calendar")
	c.Get("/admin/calendar").Wants(http.StatusOK, "没有设置寒暑假")
}
