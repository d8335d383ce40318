package publication_test

import (
	"bytes"
	"context"
	"strconv"
	"testing"

	"mailbox/handlers/document"
	pages "mailbox/handlers/publication"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	for name, view := range pages.Views {
		templatestest.Check(t, name, view)
	}
}

// notice is a thing under review that is one text.
type notice struct{ gone bool }

func (n *notice) Exhibit(context.Context, workflow.Store, workflow.Review) (workflow.Exhibit, error) {
	if n.gone {
		return workflow.Exhibit{}, workflow.Fail(workflow.Conflict, "review.changed")
	}
	return workflow.Exhibit{Parts: []workflow.ExhibitPart{
		{Key: "title", Text: "关于三号宿舍楼热水供应的说明"},
		{Key: "text", Text: "三号宿舍楼热水系统已于 11 月 20 日修复。\n\n每日 17:00 至 23:00 供应热水。"},
	}}, nil
}

func (*notice) Decided(context.Context, workflow.Store, workflow.Review) error { return nil }

type site struct {
	*webtest.Site
	world   *worldtest.World
	notice  *notice
	reviews *publication.Reviews
	answers *publication.Answers
}

func open(t *testing.T) *site {
	t.Helper()
	deps, ws := webtest.Prepare(t)
	s := &site{Site: ws, world: worldtest.New(t, workflowtest.NewMemory()), notice: &notice{}}
	s.world.Set(webtest.Noon)
	s.answers = publication.NewAnswers(s.world.Desk, s.world.Vault, s.world.Blobs, web.WithoutMetadata)
	s.reviews = publication.NewReviews(s.world.Desk, map[workflow.ReviewSubject]workflow.Reviewed{
		workflow.ReviewItem: s.notice, workflow.ReviewAnswer: s.answers,
	})
	p := pages.New(pages.Deps{Reviews: s.reviews, Answers: s.answers, College: s.world.Store, Blobs: s.world.Blobs, Files: document.Files{}})
	deps.Counts = append(deps.Counts, p.Counts)
	s.StartWith(t, deps, p.Routes()...)
	return s
}

func (s *site) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return s.SignedIn(t, u)
}

// ask hands an item of Logistics in for review.
func (s *site) ask(t *testing.T, doubtful bool) workflow.Review {
	t.Helper()
	r := workflow.Review{
		Subject: workflow.ReviewItem, SubjectID: 3, Title: "关于三号宿舍楼热水供应的说明", ContentHash: bytes.Repeat([]byte{3}, 32),
		Department: s.world.Logistics.ID, Doubtful: doubtful,
	}
	err := s.world.Store.Atomic(t.Context(), func(tx workflow.Store) error {
		return s.world.Desk.AskReview(t.Context(), tx, s.world.LogisticsClerk.Actor(), &r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func num(n int64) string { return strconv.FormatInt(n, 10) }
