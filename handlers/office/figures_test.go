package office_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/workflowtest"
)

// TestFigures_everyNumberEqualsItsList follows every number of the page, told
// apart by everything, of a period that goes on, of one that is past, and as it
// was known at a moment: the list behind it says as many, and has as many.
func TestFigures_everyNumberEqualsItsList(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 40)
	k.settle(t)
	clerk := k.as(t, k.Clerk)
	counted := map[string]int{}
	for _, period := range []string{"span=year", "from=2026-11-01&to=2026-11-26", "span=year&asof=2026-11-27T12:30", "from=2026-11-25&to=2026-11-28&asof=2026-11-26T09:00"} {
		for _, by := range []string{"month", "department", "category", "kind", "channel", "mode", "status"} {
			page := clerk.Get("/office/figures?" + period + "&by=" + by).Wants(http.StatusOK).HTML()
			n := 0
			for _, number := range append(page.All(".figures-table td.number"), page.All(".stat")...) {
				links := number.All("a")
				if len(links) == 0 {
					continue
				}
				n++
				href := links[0].Attr("href")
				if _, known := counted[href]; !known {
					counted[href] = k.rows(t, clerk, href)
				}
				if want := numberOf(t, number); counted[href] != want {
					t.Errorf("%s by %s: %q opens %d cases at %s", period, by, number.Text(), counted[href], href)
				}
			}
			if n < 20 {
				t.Errorf("%s by %s: only %d numbers open lists", period, by, n)
			}
		}
	}
	if len(counted) < 100 {
		t.Errorf("only %d lists were opened", len(counted))
	}
}

// settle closes half of what was answered, days later: so that what is in hand
// now is not what was in hand.
func (k *college) settle(t *testing.T) {
	t.Helper()
	k.Pass(48 * time.Hour)
	answered, err := k.Store.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}, States: []workflow.State{workflow.Answered}, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range answered.Rows {
		k.Do(t, k.Clerk, row.ID, casework.Act{Action: workflow.CloseCase, Note: "来信人已表示解决。"})
	}
	received, err := k.Store.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}, States: []workflow.State{workflow.Received}, Limit: 3})
	if err != nil || len(received.Rows) == 0 {
		t.Fatal("nothing to decline", err)
	}
	for _, row := range received.Rows {
		k.Do(t, k.Clerk, row.ID, casework.Act{Action: workflow.Decline, Ground: "private", Note: "属于私人事务。"})
	}
	k.count(t)
}

// rows counts the cases of a list, page by page, and wants it to say as many.
func (k *college) rows(t *testing.T, c *webtest.Client, href string) int {
	t.Helper()
	said := listed(t, c, href)
	n := 0
	for next := href; next != ""; {
		page := c.Get(next).Wants(http.StatusOK).HTML()
		n += len(page.All(".cases tbody tr"))
		next = ""
		for _, a := range page.All("a[rel=next]") {
			next = a.Attr("href")
		}
	}
	if said != strconv.Itoa(n) {
		t.Errorf("%s says %s and has %d", href, said, n)
	}
	return n
}

// numberOf is the number of cases that a cell or headline stands for: itself, the
// part of a share, or how many a median is taken from.
func numberOf(t *testing.T, at *webtest.Node) int {
	t.Helper()
	text := at.All("a")[0].Text()
	base := strings.TrimPrefix(at.Text(), text)
	for _, before := range at.All(".stat-before") {
		base = before.Text()
	}
	base = strings.TrimPrefix(strings.TrimSpace(strings.ReplaceAll(base, "\u00a0", " ")), "n = ")
	if n, err := strconv.Atoi(strings.ReplaceAll(text, ",", "")); err == nil && !strings.Contains(text, ".") {
		return n
	}
	n, err := strconv.Atoi(strings.ReplaceAll(strings.Fields(base)[0], ",", ""))
	if err != nil {
		t.Fatalf("%q is no number", at.Text())
	}
	return n
}

func TestFigures_nameMonthsInWords(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 1)
	clerk := k.as(t, k.Clerk)
	clerk.Get("/office/figures?span=year&by=month").Wants(http.StatusOK, "2026年11月")
	clerk.Post("/preferences", url.Values{"locale": {"en"}, "back": {"/"}})
	if a := clerk.Get("/office/figures?span=year&by=month").Wants(http.StatusOK, "Nov 2026"); strings.Contains(a.HTML().One(t, ".figures-table").Text(), "2026-1") {
		t.Error("a month stands there as in a file")
	}
}

func TestFigures_withoutABaseAreADash(t *testing.T) {
	t.Parallel()
	k := open(t)
	page := k.as(t, k.Principal).Get("/office/figures?span=month").Wants(http.StatusOK, "这段时间没有来信").HTML()
	dashes := 0
	for _, value := range page.All(".stat-value") {
		switch text := value.Text(); text {
		case "—":
			dashes++
		case "0":
		default:
			t.Errorf("a figure of nothing is %q", text)
		}
	}
	if dashes != 6 {
		t.Errorf("%d dashes, want one for each share and the median", dashes)
	}
}

func TestFigures_periods(t *testing.T) {
	t.Parallel()
	k := open(t) // on 23 November 2026
	clerk := k.as(t, k.Clerk)
	for query, want := range map[string]string{
		"":                               "2026-09-01 至 2027-08-31",
		"span=month":                     "2026-11-01 至 2026-11-30",
		"span=lastmonth":                 "2026-10-01 至 2026-10-31",
		"span=term":                      "2026-09-01 至 2027-02-28",
		"span=year":                      "2026-01-01 至 2026-12-31",
		"from=2026-02-10&to=2026-02-10":  "2026-02-10 至 2026-02-10",
		"from=2026-02-10&to=2026-12-31&": "2026-02-10 至 2026-12-31",
	} {
		clerk.Get("/office/figures?"+query).Wants(http.StatusOK, want)
	}
	clerk.Get("/office/figures?from=2026-03-01&to=2026-02-01").Wants(http.StatusUnprocessableEntity, "结束日期应晚于开始日期")
	clerk.Get("/office/figures?from=spring&to=").Wants(http.StatusUnprocessableEntity, "日期格式")
}

func TestFigures_export(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 16)
	clerk := k.as(t, k.Clerk)
	ask := url.Values{"span": {"year"}, "by": {"department"}, "format": {"csv"}}
	for name, value := range form(t, clerk.Get("/office/figures?span=year&by=department").HTML(), "/office/figures/export") {
		ask[name] = value
	}
	answer := clerk.Post("/office/figures/export", ask).Wants(http.StatusOK, "后勤处")
	if d := answer.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, ".csv") {
		t.Errorf("disposition %q", d)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(answer.Body, "\ufeff")))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if last := lines[len(lines)-1]; last[0] != "合计" || last[1] != "16" {
		t.Errorf("the last line is %q", last)
	}
	ask.Set("format", "xlsx")
	f, err := excelize.OpenReader(bytes.NewReader([]byte(clerk.Post("/office/figures/export", ask).Wants(http.StatusOK).Body)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if title, err := f.GetCellValue(f.GetSheetName(0), "A1"); err != nil || title != "办理情况统计" {
		t.Errorf("title %q, %v", title, err)
	}
	entries, err := k.Store.Journal(t.Context(), 0, 10)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d journal entries, %v; want one for each export", len(entries), err)
	}
	ask.Set("format", "docm")
	clerk.Post("/office/figures/export", ask).Wants(http.StatusUnprocessableEntity)
}

func TestFigures_ofADepartmentAreItsOwn(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 24)
	page := k.as(t, k.LogisticsHead).Get("/office/figures?span=year&by=department").Wants(http.StatusOK, "统计 · 后勤处").HTML()
	if rows := page.All(".figures-table tbody tr"); len(rows) != 4 {
		t.Errorf("%d rows, want the department and the total in both tables", len(rows))
	}
}

// TestFigures_comparedWithWhatWasBefore: a dash where there is nothing to take
// a change from, and a sign where there is.
func TestFigures_comparedWithWhatWasBefore(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.Send(t)
	project := func() {
		if _, err := k.Store.Project(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
	}
	project()
	first := k.as(t, k.Clerk).Get("/office/figures?span=month").Wants(http.StatusOK).HTML()
	if before := first.All(".stat-before")[0].Text(); before != "上期 0 (—) · 去年同期 0 (—)" {
		t.Errorf("the first letter of all is compared as %q", before)
	}
	k.Set(time.Date(2026, 12, 7, 10, 0, 0, 0, workflowtest.Zone))
	for range 3 {
		k.Send(t)
	}
	project()
	next := k.as(t, k.Clerk).Get("/office/figures?span=month").Wants(http.StatusOK).HTML()
	if before := next.All(".stat-before")[0].Text(); !strings.HasPrefix(before, "上期 1 (+200%)") {
		t.Errorf("three letters after one are compared as %q", before)
	}
}

func TestFigures_asOfAMoment(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 16)
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office/figures?span=year&asof=2026-11-23T08:00").Wants(http.StatusOK, "按当时所知计算").HTML()
	if got := page.All(".stat-value")[0].Text(); got != "0" {
		t.Errorf("before the first letter %s were received", got)
	}
	page = clerk.Get("/office/figures?span=year&by=channel&asof=2026-11-23T12:30").Wants(http.StatusOK).HTML()
	value := page.All(".stat-value a")[0]
	if got := listed(t, clerk, value.Attr("href")); got != value.Text() || value.Text() == "16" {
		t.Errorf("by noon %s letters had come, their list has %s", value.Text(), got)
	}
	clerk.Get("/office/figures?asof=gestern").Wants(http.StatusUnprocessableEntity, "日期格式")
}

// TestFigures_everyPartOfAChartEqualsItsList follows the links of the charts'
// tables and of the week.
func TestFigures_everyPartOfAChartEqualsItsList(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 24)
	clerk := k.as(t, k.Clerk)
	for _, asOf := range []string{"", "&asof=2026-11-27T12:30"} {
		page := clerk.Get("/office/figures?span=year&by=department"+asOf).Wants(http.StatusOK, "从渠道到结果", "什么时候来信", "答复用时分布", "部门办理情况").HTML()
		n := 0
		for _, link := range append(page.All(".as-table td a"), page.All(".heat td a")...) {
			n++
			if got := listed(t, clerk, link.Attr("href")); got != link.Text() {
				t.Errorf("%s opens a list of %s (%s)", link.Text(), got, link.Attr("href"))
			}
		}
		if n < 10 {
			t.Errorf("only %d parts open lists%s", n, asOf)
		}
	}
}
