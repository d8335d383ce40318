package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// TestSignedLettersFromTheRoster: with the switch on a signed letter needs a
// number that agrees with the roster; others do not, and a receipt opens its
// letter as ever.
func TestSignedLettersFromTheRoster(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	if page := c.Get("/write").Wants(http.StatusOK); strings.Contains(page.Body, "学号或工号") {
		t.Error("a number is asked for although the switch is off")
	}
	receipt(t, c, s.sent(t, c, "identity", "signed"))
	w := workflow.WaySettings{Way: workflow.Local, Enabled: true, Config: map[string]string{"roster": "yes"}, Changed: s.Now()}
	if err := s.Store.SaveWay(t.Context(), &w, s.Admin.ID); err != nil {
		t.Fatal(err)
	}
	s.Pass(time.Minute) // the lists are read anew
	c = s.Client(t)     // who has not sent the same letter before
	webtest.CheckPage(t, c.Get("/write").Wants(http.StatusOK, "学号或工号").HTML())
	form := s.typed(t, c, "identity", "signed", "school_number", "20260001")
	page := c.Post("/write", form).Wants(http.StatusUnprocessableEntity, "改选保密信").HTML()
	webtest.CheckPage(t, page)
	if got := page.One(t, "#f-school_number").Value(); got != "20260001" || len(page.All(`.problems [href=#f-school_number]`)) != 1 {
		t.Errorf("number %q", got)
	}
	if got := page.One(t, "#f-body").Text(); !strings.Contains(got, "热水") {
		t.Errorf("what was typed is gone: %q", got)
	}
	c.Post("/write", s.typed(t, c, "identity", "signed")).Wants(http.StatusUnprocessableEntity, "须填写学号或工号")
	number, code := receipt(t, c, s.sent(t, c, "identity", "confidential"))
	s.opened(t, number, code)
}
