package office_test

import (
	"net/http"
	"testing"
	"time"

	"mailbox/workflow"
)

func TestCheck_listsWhatIsWrongAndLeadsToIt(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	clerk.Get("/office/check").Wants(http.StatusOK, "没有发现问题")
	r := k.Send(t)
	c, err := k.Store.Case(t.Context(), r.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	c.Accepted, c.State = c.Received.Add(-time.Hour), workflow.Accepted
	if err := k.Store.SaveCase(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	k.Pass(2 * time.Minute)
	page := clerk.Get("/office/check").Wants(http.StatusOK, "日期颠倒", c.Number, "打开事项核对办理过程").HTML()
	if links := page.All(`a[href="/desk/cases/` + c.Number + `"]`); len(links) != 1 {
		t.Errorf("%d links to the case", len(links))
	}
	if n := page.All(`.sidenav a[href="/office/check"] .count`); len(n) != 1 || n[0].Text() != "1" {
		t.Error("the navigation does not say how many")
	}
	clerk.Get("/office/check?flaw=future").Wants(http.StatusOK, "收到日期在将来")
	clerk.Get("/office/check?flaw=ugly").Wants(http.StatusUnprocessableEntity)
	k.as(t, k.Principal).Get("/office/check").Wants(http.StatusNotFound)
}
