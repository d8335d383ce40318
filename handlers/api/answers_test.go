package api_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/publication"
)

// published makes an answer public and returns its id.
func (m *mailbox) published(t *testing.T) string {
	t.Helper()
	r := m.Send(t, func(l *workflow.Letter) {
		l.Publish, l.Subject = true, "三号宿舍楼热水"
		l.Body = "我叫林晓雯，学号202309110127，晚上没有热水。"
		l.Identity = workflow.Identity{Name: "林晓雯", Phone: "13800001234", Email: "lin@students.example"}
	})
	m.Answer(t, r.CaseID, "已修好。")
	reviews := publication.NewReviews(m.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: m.answers})
	p, err := m.answers.Begin(t.Context(), m.Clerk.Actor(), r.Number)
	if err == nil {
		p, err = m.answers.HandIn(t.Context(), m.Clerk.Actor(), p.ID, p.Version, "")
	}
	must(t, err)
	open, err := m.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Open: true, SubjectID: p.ID})
	must(t, err)
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "规定"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	_, err = reviews.Decide(t.Context(), m.Reviewer.Actor(), open[0].ID, d)
	must(t, err)
	_, err = m.answers.Publish(t.Context(), m.OfficeHead.Actor(), p.ID, p.Version+1, time.Time{})
	must(t, err)
	return p.Slug
}

func TestAnswersAreListed(t *testing.T) {
	m := start(t)
	first, second := m.published(t), m.published(t)
	type list struct {
		Items []struct{ ID, Subject, Question, SHA256 string }
		Next  string
	}
	one := as[list](t, m.get(t, "/answers?limit=1&q=热水&kind=complaint&category=repair&department=logistics"))
	if len(one.Items) != 1 || one.Items[0].ID != second || one.Next == "" {
		t.Errorf("%+v", one)
	}
	rest := as[list](t, m.get(t, "/answers?limit=1&after="+one.Next))
	if len(rest.Items) != 1 || rest.Items[0].ID != first || rest.Next != "" {
		t.Errorf("%+v", rest)
	}
	for _, q := range []string{"?q=食堂", "?category=teaching", "?department=academic", "?kind=praise"} {
		if got := as[list](t, m.get(t, "/answers"+q)); len(got.Items) != 0 {
			t.Errorf("%s finds %+v", q, got)
		}
	}
	m.get(t, "/answers?category=none").Wants(422)
	m.get(t, "/answers?department=none").Wants(422)
	body := m.get(t, "/answers/"+first).Wants(200).Body
	for _, secret := range []string{"林晓雯", "晓雯", "202309110127", "13800001234"} {
		if strings.Contains(body, secret) {
			t.Errorf("the answer shows %q", secret)
		}
	}
	tag := m.get(t, "/answers").Header.Get("ETag")
	p, err := m.Store.PublicBySlug(t.Context(), first, m.Now())
	must(t, err)
	_, err = m.answers.Withdraw(t.Context(), m.Clerk.Actor(), p.ID, "更正")
	must(t, err)
	m.get(t, "/answers/"+first).Wants(404)
	if got := as[list](t, m.get(t, "/answers", "If-None-Match", tag)); len(got.Items) != 1 {
		t.Errorf("after the withdrawal: %+v", got)
	}
}
