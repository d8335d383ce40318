package public_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func staff(a workflow.Account) web.User {
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return u
}

// follow is a letter sent and opened.
func (s *school) follow(t testing.TB, opts ...func(*workflow.Letter)) (*webtest.Client, workflow.Case) {
	t.Helper()
	r := s.Send(t, opts...)
	return s.opened(t, r.Number, r.Code.Groups()), s.caseOf(t, r.Number)
}

// answered is a letter that was answered and then opened.
func (s *school) answered(t testing.TB) (*webtest.Client, workflow.Case) {
	t.Helper()
	r := s.Send(t)
	k := s.Answer(t, r.CaseID, "已修好。")
	return s.opened(t, r.Number, r.Code.Groups()), k
}

func TestUnknownNumberAndWrongCodeAreOneAnswer(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	r := s.Send(t)
	c := s.Client(t)
	form := s.fresh(t, c, "/track")
	var answers []string
	for _, entry := range [][2]string{{r.Number, "0000-0000-0000-0000"}, {"XZ20261123-9999", r.Code.Groups()}, {"x", "y"}} {
		form.Set("number", entry[0])
		form.Set("code", entry[1])
		a := c.Post("/track", form).Wants(422)
		page := a.HTML()
		webtest.CheckPage(t, page)
		answers = append(answers, page.One(t, ".problems").Text())
		if c.Cookie("mailbox-track") != "" || strings.Contains(a.Body, r.Code.Groups()) {
			t.Errorf("%v opened something", entry)
		}
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("answers differ: %q, %q", a, answers[0])
		}
	}
}

func TestEmptyFieldsAreNamed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	for path, words := range map[string][]string{"/track": {"number", "请填写编号", "code", "请填写查询码"}, "/login": {"username", "请填写用户名", "password", "请填写密码"}} {
		form := s.fresh(t, c, path)
		for i := 0; i < len(words); i += 2 {
			form.Set(words[i], "")
			form.Set(words[(i+2)%len(words)], "x")
			a := c.Post(path, form).Wants(422, words[i+1])
			webtest.CheckPage(t, a.HTML())
			if strings.Contains(a.Body, "不正确") || strings.Contains(a.Body, words[(i+3)%len(words)]) {
				t.Errorf("%s without %s is told more than that", path, words[i])
			}
			a.HTML().One(t, "#f-"+words[i]+"-error")
		}
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.fresh(t, c, "/track")
	form.Set("number", "XZ20261123-0001")
	last := 0
	for i := range 25 {
		form.Set("code", fmt.Sprintf("0000-0000-0000-%04d", i))
		last = c.Post("/track", form).Status
	}
	if last != 429 {
		t.Errorf("the 25th guess was answered with %d", last)
	}
}

func TestCaseInEveryState(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	see := func(words ...string) *webtest.Node {
		t.Helper()
		page := c.Get("/track").Wants(200, words...).HTML()
		webtest.CheckPage(t, page)
		for _, name := range []string{s.Clerk.Name, s.LogisticsClerk.Name, s.LogisticsHead.Name, s.OfficeHead.Name} {
			if strings.Contains(page.Text(), name) {
				t.Errorf("the page names %s", name)
			}
		}
		return page
	}
	see("已收到", "12月7日 17:30", "为什么是这一天", "收到当天，不计", "周末，不计", "第 10 天")
	s.Do(t, s.Clerk, k.ID, casework.Act{Action: workflow.Accept, Department: s.Logistics.ID})
	see("已转办", "已转承办部门")
	s.Do(t, s.LogisticsClerk, k.ID, casework.Act{Action: workflow.SignFor})
	see("办理中", "承办部门已签收")
	s.Do(t, s.LogisticsClerk, k.ID, casework.Act{Action: workflow.Ask, Note: "请问是几楼的浴室？"})
	if page := see("等您补充", "请问是几楼的浴室", "暂停"); !page.One(t, "#act-add").Has("open") {
		t.Error("the box to answer in is closed")
	}
	form := s.fresh(t, c, "/track")
	form.Set("word_add", "二楼西侧。")
	c.Post("/track/add", form).LeadsTo("/track")
	see("办理中", "二楼西侧", "补充已收到")
	if _, err := s.Cases.SaveDraft(t.Context(), s.LogisticsClerk.Actor(), k.ID, "水泵已经更换。", 0); err != nil {
		t.Fatal(err)
	}
	s.Do(t, s.LogisticsClerk, k.ID, casework.Act{Action: workflow.HandIn})
	if strings.Contains(see("办理中").Text(), "水泵") {
		t.Error("the draft is shown")
	}
	s.Do(t, s.LogisticsHead, k.ID, casework.Act{Action: workflow.Approve})
	s.Do(t, s.OfficeHead, k.ID, casework.Act{Action: workflow.Answer})
	page := see("已答复", "水泵已经更换", "后勤处")
	for _, act := range []string{"rate", "add", "solved", "again", "redo"} {
		if len(page.All("#act-"+act)) != 1 {
			t.Errorf("no box for %s", act)
		}
	}
	if len(page.All("#act-withdraw")) != 0 {
		t.Error("an answered letter may be withdrawn")
	}
}

func TestRatingClosesTheCase(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.answered(t)
	form := s.fresh(t, c, "/track")
	page := c.Post("/track/rate", form).Wants(422).HTML()
	webtest.CheckPage(t, page)
	for _, f := range []string{"speed", "attitude", "result", "solved"} {
		if len(page.All(`.problems [href=#f-`+f+`]`)) != 1 {
			t.Errorf("nothing says that %s is missing", f)
		}
	}
	marks(form, "4", "yes")
	c.Post("/track/rate", form).LeadsTo("/track")
	c.Get("/track").Wants(200, "已办结", "评价已收到", "结果 4 分")
	if got := s.caseOf(t, k.Number); got.Rating.Result != 4 || !got.Rating.Solved || got.State != workflow.Closed {
		t.Errorf("case %s, rating %+v", got.State, got.Rating)
	}
}

func marks(form url.Values, mark, solved string) {
	for _, f := range []string{"speed", "attitude", "result"} {
		form.Set(f, mark)
	}
	form.Set("solved", solved)
	form.Set("comment", "八点以后还是没有热水")
}

// A rating that says "not solved" would close the case: redo is offered first.
func TestNotSolvedOffersToRedo(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.answered(t)
	form := s.fresh(t, c, "/track")
	marks(form, "2", "no")
	page := c.Post("/track/rate", form).Wants(200, "要不要重新办理").HTML()
	webtest.CheckPage(t, page)
	if got := s.caseOf(t, k.Number); got.State != workflow.Answered {
		t.Fatalf("the case is %s before the writer chose", got.State)
	}
	if got := strings.TrimSpace(page.One(t, "#f-word_redo").Value()); got != form.Get("comment") {
		t.Errorf("the comment is lost: %q", got)
	}
	redo := s.fresh(t, c, "/track")
	redo.Set("word_redo", form.Get("comment"))
	c.Post("/track/redo", redo).LeadsTo("/track")
	if got := s.caseOf(t, k.Number); got.State != workflow.Accepted || got.Redone != 1 {
		t.Errorf("the case is %s, redone %d", got.State, got.Redone)
	}
}

func TestNotSolvedMayJustRate(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.answered(t)
	form := s.fresh(t, c, "/track")
	marks(form, "1", "no")
	form.Set("close", "yes")
	c.Post("/track/rate", form).LeadsTo("/track")
	if got := s.caseOf(t, k.Number); got.State != workflow.Closed || got.Rating.Solved {
		t.Errorf("the case is %s, solved %v", got.State, got.Rating.Solved)
	}
}

func TestWriterActs(t *testing.T) {
	t.Parallel()
	for act, want := range map[string]workflow.State{
		"again": workflow.InHand, "redo": workflow.Accepted, "solved": workflow.Closed,
	} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t)
			c, k := s.answered(t)
			form := s.fresh(t, c, "/track")
			if act != "solved" {
				page := c.Post("/track/"+act, form).Wants(422).HTML()
				webtest.CheckPage(t, page)
				if len(page.All(`.problems [href=#f-word_`+act+`]`)) != 1 {
					t.Error("nothing says that words are missing")
				}
			}
			form.Set("word_"+act, "还是没有热水")
			c.Post("/track/"+act, form).LeadsTo("/track")
			c.Post("/track/"+act, form).LeadsTo("/track") // a second click is answered, not failed
			if got := s.caseOf(t, k.Number); got.State != want {
				t.Errorf("the case is %s, want %s", got.State, want)
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	c.Post("/track/withdraw", s.fresh(t, c, "/track")).LeadsTo("/track")
	c.Get("/track").Wants(200, "已撤回")
	if got := s.caseOf(t, k.Number); got.State != workflow.Withdrawn {
		t.Errorf("the case is %s", got.State)
	}
	form := s.fresh(t, c, "/track")
	form.Set("word_add", "再补充一点")
	c.Post("/track/add", form).LeadsTo("/track")
	c.Get("/track").Wants(200, "另写一封")
}

func TestFilesOfACase(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	c.PostFiles("/track/add", s.fresh(t, c, "/track"), webtest.Upload{Field: "files", Name: "水 龙头.png", Content: png}).LeadsTo("/track")
	link := c.Get("/track").Wants(200, "水 龙头.png").HTML().One(t, ".files a").Attr("href")
	a := c.Get(link).Wants(200)
	if a.Body != png || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the file is not what was sent, or is shown instead of saved")
	}
	other, _ := s.follow(t, func(l *workflow.Letter) { l.Subject = "另一封" })
	other.Get(link).Wants(404)
	s.Client(t).Get(link).LeadsTo("/track")
	if got := s.caseOf(t, k.Number); got.State != workflow.Received {
		t.Errorf("adding a file moved the case to %s", got.State)
	}
}

func TestSecondClickAddsOnce(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	form := s.fresh(t, c, "/track")
	form.Set("word_add", "补充一点")
	c.Post("/track/add", form).LeadsTo("/track")
	c.Post("/track/add", form).LeadsTo("/track")
	if messages, _ := s.Store.MessagesOf(t.Context(), k.ID, false); len(messages) != 2 {
		t.Errorf("%d messages, want the letter and one addition", len(messages))
	}
}

func TestVisitEnds(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	c.Get("/track").Wants(200, k.Number)
	s.Pass(2 * time.Hour)
	if page := c.Get("/track").Wants(200).HTML(); len(page.All(".case")) != 0 {
		t.Error("the case is still open after two hours")
	}
	form := s.fresh(t, c, "/track")
	form.Set("word_add", "写了很久的补充")
	c.Post("/track/add", form).Wants(422, "写了很久的补充")
	c, _ = s.follow(t)
	c.Post("/track/leave", s.fresh(t, c, "/track")).LeadsTo("/track")
	if page := c.Get("/track").Wants(200).HTML(); len(page.All(".case")) != 0 || c.Cookie("mailbox-track") != "" {
		t.Error("leaving has not forgotten the case")
	}
}

// A cookie that was made for one purpose opens nothing else, and one that was
// changed opens nothing at all.
func TestCookiesAreSealed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	writer := s.Client(t)
	s.sent(t, writer)
	c := s.Client(t)
	for _, value := range []string{"", "x", "eyJ2Ijp7ImMiOjF9fQ", strings.Repeat("A", 200)} {
		r := c.Request("GET", "/track", nil)
		r.Header.Set("Cookie", "mailbox-track="+value)
		if page := c.Do(r).Wants(200).HTML(); len(page.All(".case")) != 0 {
			t.Errorf("cookie %q opened a case", value)
		}
	}
}

func TestWhatTheWriterWasToldIsShown(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c, k := s.follow(t)
	c.Get("/track").Wants(200, "邮件等待发送")
	notices, err := s.Store.NoticesOf(t.Context(), k.ID)
	if err != nil || len(notices) == 0 {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	anonymous, _ := s.follow(t, func(l *workflow.Letter) { l.Mode = workflow.Anonymous })
	if page := anonymous.Get("/track").Wants(200); strings.Contains(page.Body, "邮件") {
		t.Error("an anonymous writer is told of mail")
	}
}

func TestLateIsSaid(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	r := s.Send(t)
	s.Pass(20 * 24 * time.Hour)
	c := s.opened(t, r.Number, r.Code.Groups())
	c.Get("/track").Wants(200, "没有在承诺的 12月7日 17:30 前答复", "逾期")
}
