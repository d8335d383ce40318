package publication_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

// secrets are what a letter says of its writer; none of it may ever be public.
var secrets = []string{"林晓雯", "晓雯", "13800001234", "lin@students.example", "202309110127", "3栋412", "软件2301班", "wx_linxiaowen", "鄂A·12345"}

// letter sends a letter full of traces and has it answered.
func (s *site) letter(t *testing.T, publish bool, change ...func(*workflow.Letter)) workflow.Case {
	t.Helper()
	w := s.world
	r := w.Send(t, func(l *workflow.Letter) {
		l.Mode, l.Publish, l.Subject = workflow.Confidential, publish, "林晓雯反映三号宿舍楼热水时断时续"
		l.Identity = workflow.Identity{Name: "林晓雯", Phone: "13800001234", Email: "lin@students.example", Number: "202309110127"}
		l.Body = "我叫林晓雯，学号202309110127，住3栋412，软件2301班。晚上八点以后没有热水。\n\n请打138 0000 1234，或加微信wx_linxiaowen，邮箱lin@students.example，家里的车是鄂A·12345。"
		for _, c := range change {
			c(l)
		}
	})
	c, err := w.Store.CaseByNumber(t.Context(), r.Number)
	if err != nil {
		t.Fatal(err)
	}
	return w.Answer(t, c.ID, "已于11月20日修复三号宿舍楼的热水系统，每日17:00至23:00供应。")
}

// public makes a case's answer public through pages and returns its address.
func (s *site) public(t *testing.T, c workflow.Case) string {
	t.Helper()
	id := s.passed(t, c)
	office := s.as(t, s.world.OfficeHead)
	base := "/office/publications/" + num(id)
	office.Post(base+"/publish", url.Values{"version": {num(s.stored(t, id).Version)}}).LeadsTo(base)
	return "/answers/" + s.stored(t, id).Slug
}

// passed hands a case's public version in and lets the reviewer pass it.
func (s *site) passed(t *testing.T, c workflow.Case) int64 {
	t.Helper()
	office := s.as(t, s.world.Clerk)
	office.Post("/office/publications", url.Values{"number": {c.Number}})
	p, err := s.world.Store.PublicationOf(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	base := "/office/publications/" + num(p.ID)
	office.Post(base+"/hand-in", url.Values{"version": {num(p.Version)}}).LeadsTo(base)
	open, err := s.world.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Subject: workflow.ReviewAnswer, SubjectID: p.ID, Open: true})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d reviews, %v", len(open), err)
	}
	s.as(t, s.world.Reviewer).Post(path(open[0]), decision()).LeadsTo(path(open[0]))
	return p.ID
}

func (s *site) stored(t *testing.T, id int64) workflow.Publication {
	t.Helper()
	p, err := s.world.Store.Publication(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// surfaces are all places where an answer is public.
func surfaces(address string) []string {
	return []string{
		"/answers", "/answers?q=热水", "/answers?kind=complaint&category=repair&department=logistics", "/answers/feed.xml", "/answers/atom.xml",
		"/answers/export.csv", address, address + "/content",
	}
}

// TestTitles: the list for who writes a letter has what is public now, and of it
// the title and the beginning of the question.
func TestTitles(t *testing.T) {
	s := open(t)
	anyone := s.Client(t)
	anyone.Get("/answers/titles.json").Wants(http.StatusOK, "[]")
	address := s.public(t, s.letter(t, true))
	s.passed(t, s.letter(t, true)) // not public yet
	answer := anyone.Get("/answers/titles.json").Wants(http.StatusOK, `"href":"`+address+`"`, "热水")
	if n := strings.Count(answer.Body, "href"); n != 1 || strings.Contains(answer.Body, "已于11月20日修复") {
		t.Errorf("%d titles: %s", n, answer.Body)
	}
	for _, secret := range secrets {
		if strings.Contains(answer.Body, secret) {
			t.Errorf("it says %s", secret)
		}
	}
	anyone.Header.Set("If-None-Match", answer.Header.Get("ETag"))
	anyone.Get("/answers/titles.json").Wants(http.StatusNotModified)
	p, err := s.world.Store.PublicBySlug(t.Context(), strings.TrimPrefix(address, "/answers/"), s.world.Now())
	if err != nil {
		t.Fatal(err)
	}
	base := "/office/publications/" + num(p.ID)
	s.as(t, s.world.OfficeHead).Post(base+"/withdraw", url.Values{"version": {num(p.Version)}, "reason": {"来信人要求"}}).LeadsTo(base)
	anyone.Get("/answers/titles.json").Wants(http.StatusOK, "[]")
}

// TestSecretsStayHidden: what a letter says of its writer is on no public
// surface, and search finds nobody by it.
func TestSecretsStayHidden(t *testing.T) {
	s := open(t)
	address := s.public(t, s.letter(t, true))
	anyone := s.Client(t)
	for _, at := range surfaces(address) {
		page := anyone.Get(at).Wants(http.StatusOK, "热水", "已于11月20日修复")
		for _, secret := range append(secrets, "138 0000 1234", "XZ2026") {
			if strings.Contains(page.Body, secret) {
				t.Errorf("%s shows %q", at, secret)
			}
			for name, values := range page.Header {
				if strings.Contains(strings.Join(values, " "), secret) {
					t.Errorf("%s shows %q in %s", at, secret, name)
				}
			}
		}
	}
	for _, secret := range secrets {
		if strings.Contains(anyone.Get("/answers?q="+url.QueryEscape(secret)).Wants(http.StatusOK).Body, address) {
			t.Errorf("%q finds the answer", secret)
		}
	}
	anyone.Get(address).Wants(http.StatusOK, publication.Block)
}

// TestWithdrawalIsAtOnce: whoever takes an answer back, it is gone from every
// surface, and nothing was allowed to be kept for longer than a minute.
func TestWithdrawalIsAtOnce(t *testing.T) {
	for who, back := range map[string]func(*testing.T, *site, workflow.Case){
		"the office": func(t *testing.T, s *site, c workflow.Case) {
			t.Helper()
			p, _ := s.world.Store.PublicationOf(t.Context(), c.ID)
			base := "/office/publications/" + num(p.ID)
			s.as(t, s.world.Clerk).Post(base+"/withdraw", url.Values{}).Wants(http.StatusUnprocessableEntity).HTML().One(t, ".problems a[href=#f-reason]")
			s.as(t, s.world.Clerk).Post(base+"/withdraw", url.Values{"reason": {"答复有误"}}).LeadsTo(base)
			s.as(t, s.world.Clerk).Post(base+"/withdraw", url.Values{"reason": {"答复有误"}}).LeadsTo(base)
		},
		"the writer": func(t *testing.T, s *site, c workflow.Case) {
			t.Helper()
			if _, err := s.answers.Consent(t.Context(), workflow.ByWriter(c.ID), c.ID, false); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s := open(t)
		c := s.letter(t, true)
		address := s.public(t, c)
		anyone := s.Client(t)
		for _, at := range surfaces(address) {
			page := anyone.Get(at).Wants(http.StatusOK, "时断时续")
			if kept := page.Header.Get("Cache-Control"); kept != "no-store" && kept != "no-cache" {
				t.Errorf("%s may be kept: %q", at, kept)
			}
		}
		tag := anyone.Get("/answers/feed.xml").Header.Get("ETag")
		back(t, s, c)
		anyone.Get(address).Wants(http.StatusNotFound)
		anyone.Get(address + "/content").Wants(http.StatusNotFound)
		for _, at := range surfaces(address)[:6] {
			if strings.Contains(anyone.Get(at).Wants(http.StatusOK).Body, "时断时续") {
				t.Errorf("%s: %s still shows it", who, at)
			}
		}
		anyone.Header.Set("If-None-Match", tag)
		anyone.Get("/answers/feed.xml").Wants(http.StatusOK)
	}
}

func TestEmbargo(t *testing.T) {
	s := open(t)
	id := s.passed(t, s.letter(t, true))
	base := "/office/publications/" + num(id)
	day := s.world.Now().AddDate(0, 0, 2)
	form := url.Values{"version": {num(s.stored(t, id).Version)}, "embargo": {"nonsense"}}
	s.as(t, s.world.Clerk).Post(base+"/publish", form).Wants(http.StatusUnprocessableEntity, "nonsense").HTML().One(t, ".problems a[href=#f-embargo]")
	form.Set("embargo", day.Format(time.DateOnly))
	s.as(t, s.world.Clerk).Post(base+"/publish", form).LeadsTo(base)
	address := "/answers/" + s.stored(t, id).Slug
	anyone := s.Client(t)
	anyone.Get(address).Wants(http.StatusNotFound)
	anyone.Get("/answers").Wants(http.StatusOK, "还没有公开的答复")
	s.as(t, s.world.Clerk).Get(base).Wants(http.StatusOK, "起公开")
	s.world.Set(day.Add(time.Hour))
	anyone.Get(address).Wants(http.StatusOK, "已于11月20日修复")
}

func TestEditing(t *testing.T) {
	s := open(t)
	c := s.letter(t, true)
	office := s.as(t, s.world.Clerk)
	office.Post("/office/publications", url.Values{"number": {strings.ToLower(c.Number)}})
	p, err := s.world.Store.PublicationOf(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	base := "/office/publications/" + num(p.ID)
	page := office.Get(base).Wants(http.StatusOK, "可能指向个人的内容", "姓名", "提请保密审查").HTML()
	for _, secret := range secrets {
		if strings.Contains(page.One(t, ".publication-public").Text(), secret) {
			t.Errorf("the preview shows %q", secret)
		}
	}
	form := url.Values{
		"version": {num(p.Version)}, "subject": {"[[林晓雯]]反映热水"}, "question": {"晚上没有热水，在 [[3栋412。"}, "answer": {"已修复。"},
		"words": {"热水"}, "found": {"林晓雯"}, "hide": {"林晓雯"},
	}
	office.Post(base, form).Wants(http.StatusUnprocessableEntity, "没有成对", "在 [[3栋412。").HTML().One(t, ".problems a[href=#f-question]")
	form.Set("question", "林晓雯在3栋412，晚上没有热水。")
	office.Post(base, form).LeadsTo(base)
	saved, err := s.world.Store.Redaction(t.Context(), p.ID)
	if err != nil || saved.Question != "[[林晓雯]]在3栋412，晚上没有[[热水]]。" || saved.Subject != "[[林晓雯]]反映[[热水]]" {
		t.Errorf("%+v, %v", saved, err)
	}
	office.Post(base, form).Wants(http.StatusConflict)
	version := num(s.stored(t, p.ID).Version)
	stop := office.Post(base+"/hand-in", url.Values{"version": {version}}).Wants(http.StatusUnprocessableEntity, "3栋412").HTML()
	stop.One(t, "textarea[name=traces]")
	office.Post(base+"/hand-in", url.Values{"version": {version}, "traces": {"楼栋是公共设施所在地"}}).LeadsTo(base)
	open, err := s.world.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Subject: workflow.ReviewAnswer, Open: true})
	if err != nil || len(open) != 1 || !open[0].Doubtful {
		t.Errorf("%+v, %v", open, err)
	}
	events, err := s.world.Store.EventsOf(t.Context(), c.ID)
	if err != nil || events[len(events)-1].Action != workflow.MarkTraces || strings.Contains(events[len(events)-1].Detail["kinds"], "412") {
		t.Errorf("%+v, %v", events[len(events)-1], err)
	}
}

// TestWhoCannotSelect: publications are the office's, and a case that must not
// be public cannot be begun.
func TestWhoCannotSelect(t *testing.T) {
	s := open(t)
	w := s.world
	id := s.passed(t, s.letter(t, true))
	base := "/office/publications/" + num(id)
	for _, a := range []workflow.Account{w.Leader, w.Reviewer, w.Admin, w.Discipline, w.LogisticsHead} {
		c := s.as(t, a)
		for _, at := range []string{"/office/publications", base, base + "/files/1"} {
			c.Get(at).Wants(http.StatusNotFound)
		}
		c.Post(base+"/publish", url.Values{}).Wants(http.StatusNotFound)
		c.Post(base+"/withdraw", url.Values{"reason": {"x"}}).Wants(http.StatusNotFound)
	}
	office := s.as(t, w.Clerk)
	refused := map[string]workflow.Case{"没有同意公开": s.letter(t, false)}
	for words, c := range refused {
		office.Post("/office/publications", url.Values{"number": {c.Number}}).Wants(http.StatusUnprocessableEntity, words, c.Number)
	}
	office.Post("/office/publications", url.Values{"number": {"XZ20200101-0001"}}).Wants(http.StatusUnprocessableEntity, "没有找到这个编号")
}

// TestReviewerSeesNoCase: the reviewer reads the public version and nothing of
// the case behind it.
func TestReviewerSeesNoCase(t *testing.T) {
	s := open(t)
	c := s.letter(t, true)
	s.passed(t, c)
	page := s.as(t, s.world.Reviewer).Get("/office/reviews/1").Wants(http.StatusOK, publication.Block, "后勤维修", "后勤处")
	for _, secret := range append(secrets, c.Number) {
		if strings.Contains(page.Body, secret) {
			t.Errorf("the reviewer sees %q", secret)
		}
	}
}

func TestEveryAnswerPage(t *testing.T) {
	s := open(t)
	address := s.public(t, s.letter(t, true))
	id := s.passed(t, s.letter(t, true))
	s.world.Set(s.world.Now().AddDate(0, 0, 1))
	if n, err := s.answers.SealDays(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d days are sealed, %v", n, err)
	}
	for _, lang := range []string{"zh-CN", "en"} {
		anyone, office := s.Client(t), s.as(t, s.world.Clerk)
		anyone.Header.Set("Accept-Language", lang)
		office.Header.Set("Accept-Language", lang)
		for _, at := range []string{"/answers", "/answers?q=zzz", address, "/answers/proof"} {
			webtest.CheckPage(t, anyone.Get(at).Wants(http.StatusOK).HTML())
		}
		for _, at := range []string{"/office/publications", "/office/publications?state=withdrawn", "/office/publications/" + num(id)} {
			webtest.CheckPage(t, office.Get(at).Wants(http.StatusOK).HTML())
		}
	}
}
