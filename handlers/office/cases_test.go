package office_test

import (
	"net/http"
	"strings"
	"testing"

	"mailbox/workflow"
)

func TestBoard_everyNumberEqualsItsList(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 40)
	leader := k.as(t, k.Leader)
	page := leader.Get("/office/board").Wants(http.StatusOK).HTML()
	n := 0
	for _, link := range page.All(".board-table a") {
		n++
		if got := listed(t, leader, link.Attr("href")); got != link.Text() {
			t.Errorf("%s says %s, the list behind it %s", link.Attr("href"), link.Text(), got)
		}
	}
	if n < 8 {
		t.Errorf("only %d numbers open lists", n)
	}
}

func TestCases_filtersAreTakenOffOneByOne(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 24)
	clerk := k.as(t, k.Clerk)
	path := "/office/cases?state=all&kind=help&channel=email&mode=confidential&q=期末成绩&department=0"
	page := clerk.Get(path).Wants(http.StatusOK).HTML()
	chips := page.All(".chip.on")
	if len(chips) != 5 {
		t.Fatalf("%d chips, want 5", len(chips))
	}
	for _, chip := range chips {
		if left := clerk.Get(chip.Attr("href")).Wants(http.StatusOK).HTML().All(".chip.on"); len(left) != 4 {
			t.Errorf("%s leaves %d chips, want 4", chip.Attr("href"), len(left))
		}
	}
}

func TestCases_pages(t *testing.T) {
	t.Parallel()
	k := open(t)
	for range 30 {
		k.Send(t)
	}
	clerk := k.as(t, k.Clerk)
	seen := map[string]bool{}
	for path := "/office/cases?state=all"; path != ""; {
		page := clerk.Get(path).Wants(http.StatusOK, "共 30 件").HTML()
		for _, row := range page.All(".row-link") {
			if seen[row.Attr("href")] {
				t.Errorf("%s is listed twice", row.Attr("href"))
			}
			seen[row.Attr("href")] = true
		}
		path = ""
		for _, next := range page.All("a[rel=next]") {
			path = next.Attr("href")
		}
	}
	if len(seen) != 30 {
		t.Errorf("the pages list %d cases, want 30", len(seen))
	}
}

func TestCases_whatMakesNoSense(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	for query, words := range map[string]string{
		"from=yesterday":                      "日期格式",
		"department=logistics":                "请选择一项",
		"fact=received&ffrom=x&fto=y":         "日期格式",
		"state=all&after=nonsense":            "页码已失效",
		"fact=received&ffrom=2026-01-01&fto=": "日期格式",
	} {
		clerk.Get("/office/cases?"+query).Wants(http.StatusUnprocessableEntity, words)
	}
	clerk.Get("/office/cases?state=nowhere&due=never&kind=poem").Wants(http.StatusOK, "没有符合条件的事项")
}

// A department's list holds what it has been given and nothing else.
func TestCases_ofADepartment(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 16)
	head := k.as(t, k.LogisticsHead)
	body := head.Get("/office/cases?state=all").Wants(http.StatusOK).Body
	if strings.Contains(body, `data-label="部门">办公室`) || strings.Contains(body, `data-label="部门">教务处`) {
		t.Error("the list shows other departments' cases")
	}
	want, err := k.Cases.Count(t.Context(), k.LogisticsHead.Actor(), workflow.Query{})
	if err != nil || want == 0 {
		t.Fatal(want, err)
	}
	if rows := strings.Count(body, "row-link"); rows != want {
		t.Errorf("%d rows, want %d", rows, want)
	}
}
