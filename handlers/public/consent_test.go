package public_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

// public makes the answer to a case public through the use cases.
func (s *school) public(t testing.TB, k workflow.Case) workflow.Publication {
	t.Helper()
	answers := publication.NewAnswers(s.Desk, s.Vault, s.Blobs, web.WithoutMetadata)
	reviews := publication.NewReviews(s.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: answers})
	p, err := answers.Begin(t.Context(), s.Clerk.Actor(), k.Number)
	if err == nil {
		p, err = answers.HandIn(t.Context(), s.Clerk.Actor(), p.ID, p.Version, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "《高等学校信息公开办法》"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	if _, err := reviews.Decide(t.Context(), s.Reviewer.Actor(), 1, d); err != nil {
		t.Fatal(err)
	}
	p, err = answers.Publish(t.Context(), s.OfficeHead.Actor(), p.ID, p.Version+1, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConsentCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.answered(t)
	say := func(publish string) {
		t.Helper()
		form := s.fresh(t, c, "/track")
		form.Set("publish", publish)
		c.Post("/track/publish", form).LeadsTo("/track")
	}
	c.Get("/track").Wants(200, "您没有同意公开")
	say("yes")
	say("yes") // a second click is the same wish
	p := s.public(t, s.caseOf(t, k.Number))
	page := c.Get("/track").Wants(200, "已经公开", "/answers/"+p.Slug)
	webtest.CheckPage(t, page.HTML())
	s.Pass(time.Minute) // past what the first page remembers
	anyone := s.Client(t)
	if got := anyone.Get("/").Wants(200, "三号宿舍楼热水时断时续").HTML().One(t, ".home-answers li a").Attr("href"); got != "/answers/"+p.Slug {
		t.Errorf("the first page leads to %q", got)
	}
	say("no")
	c.Get("/track").Wants(200, "公开的内容已经撤下", "您没有同意公开")
	s.Pass(time.Minute)
	if strings.Contains(anyone.Get("/").Wants(200).Body, "热水") {
		t.Error("the first page still names the answer")
	}
	stored, err := s.Store.Publication(t.Context(), p.ID)
	if err != nil || stored.State != workflow.PublicationWithdrawn || stored.WithdrawnBy != 0 {
		t.Errorf("%+v, %v", stored, err)
	}
	s.Client(t).Post("/track/publish", url.Values{"publish": {"yes"}}).Wants(422)
}
