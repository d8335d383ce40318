package public_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/public"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/repository/onetime"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/publication"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestViews(t *testing.T) {
	t.Parallel()
	for name, view := range public.Views {
		templatestest.Check(t, name, view)
	}
}

// school is the public pages over a college at work.
type school struct {
	*worldtest.World
	*webtest.Site
	store *switchable
}

// switchable is a store whose transactions can be taken away.
type switchable struct {
	workflow.Store
	away bool
}

func (s *switchable) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if s.away {
		return workflow.Fail(workflow.Unavailable, "error.unavailable")
	}
	return s.Store.Atomic(ctx, do)
}

func (s *switchable) AddBirth(ctx context.Context, b *workflow.Birth) error {
	if s.away {
		return workflow.Fail(workflow.Unavailable, "error.unavailable")
	}
	return s.Store.AddBirth(ctx, b)
}

func newSchool(t testing.TB, more ...web.Route) *school {
	t.Helper()
	store := &switchable{Store: workflowtest.NewMemory()}
	w := worldtest.New(t, store)
	for key, value := range map[string]string{
		"crisis.words": "不想活\n跳楼", "office.phone": "027-5550-0100", "mail.address": "mailbox@college.example",
		"college.emergency": "报警|Police|110\n校园值班|Duty desk|027-5550-0110",
	} {
		if err := store.SaveSetting(t.Context(), key, value, w.Admin.ID, workflowtest.Opened); err != nil {
			t.Fatal(err)
		}
	}
	deps, site := webtest.Prepare(t)
	deps.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	door := access.NewDoor(store, site.Sessions, w.Limiter, worldtest.Plain{}, w.Desk.Keeper.Chain, w.Now)
	figures := report.New(report.Deps{Store: store, Now: w.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }})
	factors := access.NewFactors(door, w.Vault, onetime.Codes{}, bytes.Repeat([]byte("f"), 32), access.NeedNobody)
	roster := access.NewRoster(door, access.NewWays(w.Desk, w.Vault), nil, bytes.Repeat([]byte("r"), 32), workflowtest.Zone)
	w.Intake.Signers = roster
	pages, err := public.New(public.Deps{
		Factors: factors, Ways: access.NewWays(w.Desk, w.Vault), Roster: roster,
		Intake: w.Intake, Cases: w.Cases, College: store, Rules: w.Desk.Rules, Blobs: w.Blobs, Door: door, Figures: figures,
		Tokens:  access.NewTokens(w.Desk, bytes.Repeat([]byte("t"), 32)),
		Answers: publication.NewAnswers(w.Desk, w.Vault, w.Blobs, web.WithoutMetadata), Key: bytes.Repeat([]byte("p"), 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &school{World: w, Site: site.StartWith(t, deps, append(pages.Routes(), more...)...), store: store}
}

// fresh is a form as it was just opened: its token and nothing typed.
func (s *school) fresh(t testing.TB, c *webtest.Client, path string) url.Values {
	t.Helper()
	return url.Values{web.TokenField: {c.Get(path).HTML().All("[name=form_token]")[0].Attr("value")}}
}

// typed is a confidential letter about repairs, as it is typed.
func (s *school) typed(t testing.TB, c *webtest.Client, change ...string) url.Values {
	t.Helper()
	form := s.fresh(t, c, "/write")
	for field, value := range map[string]string{
		"identity": "confidential", "kind": "complaint", "category": "repair", "status": "student",
		"subject": "三号宿舍楼热水时断时续", "body": "上周三起晚上八点以后没有热水。", "name": "林同学",
		"phone": "13800001234", "email": "lin@students.example", "publish": "no",
	} {
		form.Set(field, value)
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// sent hands a letter in and returns where its receipt is.
func (s *school) sent(t testing.TB, c *webtest.Client, change ...string) string {
	t.Helper()
	a := c.Post("/write", s.typed(t, c, change...))
	to := a.Header.Get("Location")
	if a.Status != 303 || !strings.HasPrefix(to, "/receipt/XZ") {
		t.Fatalf("%d to %q: %.800s", a.Status, to, a.HTML().Text())
	}
	return to
}

// receipt is number and code as the page of the receipt shows them.
func receipt(t testing.TB, c *webtest.Client, path string) (number, code string) {
	t.Helper()
	page := c.Get(path).Wants(200).HTML()
	number = page.One(t, ".receipt-number").Text()
	number, _, _ = strings.Cut(number, " ")
	var groups []string
	for _, g := range page.All(".receipt-code span") {
		if len(g.Text()) == 4 {
			groups = append(groups, g.Text())
		}
	}
	return number, strings.Join(groups[:4], "-")
}

// opened is a browser that has opened the case with its code.
func (s *school) opened(t testing.TB, number, code string) *webtest.Client {
	t.Helper()
	c := s.Client(t)
	form := s.fresh(t, c, "/track")
	form.Set("number", number)
	form.Set("code", code)
	c.Post("/track", form).LeadsTo("/track")
	return c
}

// caseOf is the case of a number.
func (s *school) caseOf(t testing.TB, number string) workflow.Case {
	t.Helper()
	c, err := s.Store.CaseByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
