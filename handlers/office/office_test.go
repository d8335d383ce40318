package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/document"
	"mailbox/handlers/office"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range office.Views {
		templatestest.Check(t, name, view)
	}
}

// college is a college at work whose office pages are open.
type college struct {
	*worldtest.World
	site    *webtest.Site
	mail    *intake.Mailroom
	courier *delivery.Courier
	post    *post
	monthly *report.Bulletins
}

// post is the mail server as the courier meets it.
type post struct{ answer workflow.SendResult }

func (p *post) Send(context.Context, delivery.Mail) workflow.SendResult { return p.answer }

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w, post: &post{workflow.SendResult{State: workflow.Sent}}}
	k.courier = delivery.New(delivery.Deps{
		Desk: w.Desk, Sender: k.post, Address: w.Vault.Address, Words: w.Vault.OpenWords,
		ReplyTo: func(c workflow.Case) string { return "reply+" + w.Codes.ReplyToken(c.ID) + "@college.example" },
	})
	k.mail = intake.NewMailroom(w.Intake, w.Blobs, email.Reader{Domain: "college.example"}, k.follow, k.courier.Bounced)
	figures := report.New(report.Deps{
		Store: w.Store, Now: w.Now, Zone: workflowtest.Zone, Chain: w.Desk.Keeper.Chain,
		DayLength: func() time.Duration { return 7 * time.Hour },
	})
	k.monthly = report.NewBulletins(figures, w.Desk)
	pages := office.New(office.Deps{
		Cases: w.Cases, Figures: figures, Monthly: k.monthly, Intake: w.Intake, Mail: k.mail, Failures: delivery.NewFailures(w.Desk),
		Files: document.Files{}, Blobs: w.Blobs, College: w.Store, Rules: w.Desk.Rules,
	})
	d, site := webtest.Prepare(t)
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	d.Counts = []func(*web.Context) (map[string]web.NavCount, error){pages.Counts}
	k.site = site.StartWith(t, d, append(pages.Routes(), acts(w.Cases)...)...)
	return k
}

func (k *college) follow(ctx context.Context, caseID int64, m intake.ReadMail, external string, files []workflow.NewFile) error {
	_, err := k.Cases.Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
		Action: workflow.MarkAdd, Body: m.Text, Files: files, Channel: workflow.Email, External: external,
	})
	return err
}

// acts stands for the routes of the desk: it carries an act out and goes next.
func acts(cases *casework.Casework) []web.Route {
	return []web.Route{{Method: http.MethodPost, Path: "/desk/cases/:number/:act", Who: web.Staff, Handler: func(c *web.Context) error {
		form, err := c.Form()
		if err != nil {
			return err
		}
		by := c.User.Actor()
		d, err := cases.Open(c.Context(), by, c.Param("number"))
		if err != nil {
			return err
		}
		department, err := form.Number("department")
		if err != nil {
			return err
		}
		version, err := form.Number("version")
		if err != nil {
			return err
		}
		_, err = cases.Do(c.Context(), by, d.Case.ID, casework.Act{
			Action: workflow.Action(c.Param("act")), Note: form.Prose("note"), Ground: workflow.Ground(form.Line("ground")),
			Department: department, Into: form.Line("into"), Version: version,
		})
		if err != nil {
			return err
		}
		return c.Redirect(form.Line("next"))
	}}, {Method: http.MethodGet, Path: "/desk/cases/:number", Who: web.Staff, Handler: func(c *web.Context) error {
		return c.PlainText(http.StatusOK, c.Param("number"))
	}}}
}

// as is a client of somebody of the college.
func (k *college) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	k.site.Clock.Advance(k.Now().Sub(k.site.Clock.Now())) // sessions begin now
	client := k.site.SignedIn(t, u)
	client.Header.Set("Accept-Language", "zh-CN")
	return client
}

// count adds everything that waits to be counted.
func (k *college) count(t *testing.T) {
	t.Helper()
	if _, err := k.Store.Project(t.Context(), 10000); err != nil {
		t.Fatal(err)
	}
}

// form is what the form of a page would send: its hidden fields, and those
// given.
func form(t *testing.T, page *webtest.Node, action string, fields ...string) url.Values {
	t.Helper()
	for _, f := range page.All("form") {
		if f.Attr("action") != action {
			continue
		}
		out := url.Values{}
		for _, in := range f.All("input[type=hidden]") {
			out.Set(in.Attr("name"), in.Attr("value"))
		}
		for i := 0; i < len(fields); i += 2 {
			out.Set(fields[i], fields[i+1])
		}
		return out
	}
	t.Fatalf("no form to %s", action)
	return nil
}

var totalRE = regexp.MustCompile(`共 ([\d,]+) 件`)

// listed is how many cases the list behind a link says it has.
func listed(t *testing.T, c *webtest.Client, href string) string {
	t.Helper()
	body := c.Get(href).Wants(http.StatusOK).Body
	m := totalRE.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("%s does not say how many cases there are", href)
	}
	return m[1]
}

// subjects are things people write about.
var subjects = []string{
	"三号宿舍楼热水时断时续", "食堂二楼晚饭排队太久", "图书馆周末能否延长到 22:00", "期末成绩录入有误，申请更正", "教学楼 B 区电梯经常停在半层",
	"奖学金公示时间太短", "操场夜间照明不足", "校园网晚上八点后掉线", "选课系统打不开", "快递柜被占用",
}

// busy fills the college with n letters in every state.
func (k *college) busy(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		r := k.Send(t, func(l *workflow.Letter) {
			l.Subject = subjects[i%len(subjects)]
			l.Channel = workflow.Channels[i%3]
			l.Mode = workflow.Modes[i%3]
			l.Kind = workflow.CaseKinds[i%4]
			l.Urgent = i%11 == 5
			if i%2 == 1 {
				l.Category = k.Teaching.ID
			}
			if l.Mode == workflow.Anonymous {
				l.Identity = workflow.Identity{}
			}
		})
		k.live(t, i, r.CaseID)
		k.Pass(7 * time.Hour)
	}
	k.count(t)
}

// live brings a case as far as i says.
func (k *college) live(t *testing.T, i int, id int64) {
	t.Helper()
	act := func(by workflow.Account, a casework.Act) { k.Do(t, by, id, a) }
	switch i % 8 {
	case 0:
	case 1:
		act(k.Clerk, casework.Act{Action: workflow.Decline, Ground: "private", Note: "属于私人事务。"})
	case 2:
		act(k.Clerk, casework.Act{Action: workflow.Accept, Department: k.Logistics.ID})
	case 3:
		act(k.Clerk, casework.Act{Action: workflow.Accept, Department: k.Academic.ID})
		act(k.AcademicClerk, casework.Act{Action: workflow.Refuse, Note: "应由后勤处承办。"})
	case 4:
		act(k.Clerk, casework.Act{Action: workflow.Accept})
	case 5:
		act(k.Clerk, casework.Act{Action: workflow.Accept, Department: k.Logistics.ID})
		act(k.LogisticsClerk, casework.Act{Action: workflow.SignFor})
		if _, err := k.Cases.SaveDraft(t.Context(), k.LogisticsClerk.Actor(), id, "已安排维修，今晚恢复。", 0); err != nil {
			t.Fatal(err)
		}
		act(k.LogisticsClerk, casework.Act{Action: workflow.HandIn})
		act(k.LogisticsHead, casework.Act{Action: workflow.Approve})
	case 6:
		k.Answer(t, id, "已处理完毕。")
	case 7:
		k.Answer(t, id, "已处理完毕。")
		c, err := k.Store.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Cases.Rate(t.Context(), workflow.ByWriter(c.ID), c.ID, workflow.Rating{Speed: 4, Attitude: 5, Result: 1 + i%5, Solved: i%3 > 0}, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// pagesOf are the pages a member of the office opens.
var pagesOf = []string{
	"/office", "/office?seg=back", "/office?seg=route", "/office?seg=check", "/office/cases", "/office/cases?state=all",
	"/office/board", "/office/new", "/office/mail", "/office/undelivered", "/office/figures", "/office/figures?by=department&span=year", "/office/check",
}

func TestEveryPage_canBeUsedByEverybody(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.busy(t, 16)
	k.strays(t)
	clerk := k.as(t, k.Clerk)
	for _, lang := range []string{"zh-CN", "en"} {
		clerk.Header.Set("Accept-Language", lang)
		for _, path := range append(pagesOf, "/office/mail/1") {
			page := clerk.Get(path).Wants(http.StatusOK).HTML()
			for _, fault := range webtest.Faults(page) {
				t.Errorf("%s in %s: %s", path, lang, fault)
			}
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	k := open(t)
	for _, test := range []struct {
		who  workflow.Account
		open string
	}{
		{k.Clerk, "/office /office/cases /office/board /office/new /office/mail /office/undelivered /office/figures"},
		{k.OfficeHead, "/office /office/cases /office/board /office/new /office/mail /office/undelivered /office/figures"},
		{k.Leader, "/office/cases /office/board /office/figures"},
		{k.Principal, "/office/cases /office/board /office/figures"},
		{k.Discipline, "/office/cases"},
		{k.LogisticsHead, "/office/cases /office/figures"},
		{k.Reviewer, ""},
		{k.Admin, ""},
	} {
		client := k.as(t, test.who)
		for _, path := range []string{"/office", "/office/cases", "/office/board", "/office/new", "/office/mail", "/office/undelivered", "/office/figures"} {
			want := http.StatusNotFound
			for _, p := range strings.Fields(test.open) {
				if p == path {
					want = http.StatusOK
				}
			}
			if got := client.Get(path).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", test.who.Username, path, got, want)
			}
		}
	}
}

// raw is a mail as it arrives.
func raw(from, subject, body string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: mailbox@college.example\r\nSubject: %s\r\nMessage-ID: <%x@elsewhere.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", from, subject, subject, body)
}

// strays lets a mail of a stranger and one that cannot be read arrive.
func (k *college) strays(t *testing.T) (number string) {
	t.Helper()
	r := k.Send(t)
	k.arrive(t, "stranger", raw("wang@elsewhere.example", "Re: "+r.Number, "我是她的同学，也想补充。"), false)
	k.arrive(t, "broken", []byte("\x00\x01\x02"), true)
	if _, err := k.mail.Sort(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	return r.Number
}

func (k *college) arrive(t *testing.T, external string, raw []byte, unreadable bool) {
	t.Helper()
	err := k.mail.Arrive(t.Context(), intake.Arrival{
		Source: "imap", Mailbox: "INBOX", External: external, EnvelopeTo: []string{"mailbox@college.example"}, Received: k.Now(), Raw: raw, Unreadable: unreadable,
	})
	if err != nil {
		t.Fatal(err)
	}
}
