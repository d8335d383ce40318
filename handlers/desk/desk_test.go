package desk_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/desk"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestViews(t *testing.T) {
	t.Parallel()
	for name, data := range desk.Views {
		templatestest.Check(t, name, data)
	}
}

// college is a world with the desk's pages over it.
type college struct {
	*worldtest.World
	site *webtest.Site
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	d, site := webtest.Prepare(t)
	pages := desk.New(w.Cases, w.Vault, w.Blobs, publication.NewAnswers(w.Desk, w.Vault, w.Blobs, web.WithoutMetadata))
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	d.Counts, d.College = []func(*web.Context) (map[string]web.NavCount, error){pages.Counts}, "江城职业技术学院"
	site.StartWith(t, d, pages.Routes()...)
	return &college{World: w, site: site}
}

// as signs somebody in.
func (w *college) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	w.site.Clock.Advance(w.Now().Sub(w.site.Clock.Now())) // one time for the session and the cases
	return w.site.SignedIn(t, w.user(a))
}

func (w *college) user(a workflow.Account) web.User {
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, d := range []workflow.Department{w.Office, w.Logistics, w.Academic} {
		if d.ID == a.Department {
			u.DepartmentName = d.NameZH
		}
	}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return u
}

// routed is a case that waits for Logistics to sign for it.
func (w *college) routed(t *testing.T, opts ...func(*workflow.Letter)) workflow.Case {
	t.Helper()
	r := w.Send(t, opts...)
	return w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
}

// inHand is a case that Logistics works on.
func (w *college) inHand(t *testing.T, opts ...func(*workflow.Letter)) workflow.Case {
	t.Helper()
	return w.Do(t, w.LogisticsClerk, w.routed(t, opts...).ID, casework.Act{Action: workflow.SignFor})
}

func (w *college) now(t *testing.T, id int64) workflow.Case {
	t.Helper()
	c, err := w.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func path(c workflow.Case, act string) string {
	return strings.TrimSuffix("/desk/cases/"+c.Number+"/"+act, "/")
}

func form(c workflow.Case, fields ...string) url.Values {
	f := url.Values{"version": {strconv.FormatInt(c.Version, 10)}}
	for i := 0; i < len(fields); i += 2 {
		f.Set(fields[i], fields[i+1])
	}
	return f
}

func TestWhoSeesACase(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.routed(t)
	for _, test := range []struct {
		who  workflow.Account
		want int
	}{
		{w.LogisticsClerk, 200},
		{w.LogisticsHead, 200},
		{w.Clerk, 200},
		{w.OfficeHead, 200},
		{w.Leader, 200},
		{w.Principal, 200},
		{w.AcademicClerk, 404},
		{w.AcademicHead, 404},
		{w.Discipline, 404},
		{w.Admin, 404},
		{w.Reviewer, 404},
	} {
		client := w.as(t, test.who)
		for _, p := range []string{path(c, ""), path(c, "print"), path(c, "note")} {
			answer := client.Get(p).Wants(test.want)
			if test.want == 200 {
				webtest.CheckPage(t, answer.HTML())
			}
		}
		if test.want == 404 {
			client.Post(path(c, "sign_for"), form(c)).Wants(404)
			client.Post(path(c, "reveal"), form(c, "reason", "x")).Wants(404)
			client.Post(path(c, "draft"), form(c, "body", "x")).Wants(404)
		}
	}
	w.site.Client(t).Get(path(c, "")).LeadsTo("/login?next=" + url.QueryEscape(path(c, "")))
}

func TestDeskIsForDepartments(t *testing.T) {
	t.Parallel()
	w := open(t)
	for who, to := range map[*workflow.Account]string{&w.Clerk: "/office", &w.Leader: "/office/board", &w.Admin: "/admin", &w.Reviewer: "/office/reviews"} {
		w.as(t, *who).Get("/desk").LeadsTo(to)
	}
}

// TestQueues wants every number beside a queue to be the number of cases in it.
func TestQueues(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.routed(t)
	signed := w.inHand(t)
	waits := w.inHand(t)
	w.Do(t, w.LogisticsClerk, waits.ID, casework.Act{Action: workflow.Ask, Note: "哪一层？"})
	w.Answer(t, w.Send(t).CaseID, "已修好。")
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), signed.ID, "草稿", 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, signed.ID, casework.Act{Action: workflow.HandIn})
	client := w.as(t, w.LogisticsHead)
	for queue, want := range map[string]int{"": 2, "routed": 1, "drafted": 1, "waiting": 1, "answered": 1, "closed": 0, "overdue": 0, "signed": 0} {
		page := client.Get("/desk?queue=" + queue).Wants(200).HTML()
		webtest.CheckPage(t, page)
		if got := len(page.All(".items a")); got != want {
			t.Errorf("%s: %d cases, want %d", queue, got, want)
		}
		counted := 0
		for _, n := range page.All(".sidenav a[aria-current] .count") {
			counted, _ = strconv.Atoi(n.Text())
		}
		if counted != want {
			t.Errorf("%s: counted %d, want %d", queue, counted, want)
		}
	}
	w.Pass(30 * 24 * time.Hour)
	if got := len(w.as(t, w.LogisticsHead).Get("/desk?queue=overdue").Wants(200).HTML().All(".items .late")); got == 0 {
		t.Error("nothing is overdue a month later")
	}
}

func TestSearchFiltersAndPages(t *testing.T) {
	t.Parallel()
	w := open(t)
	for range 27 {
		w.routed(t)
	}
	odd := w.routed(t, func(l *workflow.Letter) {
		l.Subject, l.Mode, l.Kind = "北门路灯不亮", workflow.Signed, workflow.Inquiry
	})
	client := w.as(t, w.LogisticsClerk)
	for query, want := range map[string]int{
		"q=路灯": 1, "q=" + odd.Number: 1, "q=没有这样的词": 0, "kind=inquiry": 1, "mode=signed": 1, "mode=signed&kind=complaint": 0, "urgent=yes": 0,
		"category=" + strconv.FormatInt(w.Repair.ID, 10) + "&kind=inquiry": 1,
	} {
		page := client.Get("/desk?" + strings.NewReplacer("路灯", url.QueryEscape("路灯"), "没有这样的词", url.QueryEscape("没有这样的词")).Replace(query)).Wants(200).HTML()
		webtest.CheckPage(t, page)
		if got := len(page.All(".items a")); got != want {
			t.Errorf("%s: %d cases, want %d", query, got, want)
		}
		if len(page.All(".chip.on")) == 0 {
			t.Errorf("%s: no filter to take off", query)
		}
	}
	client.Get("/desk?category=x").Wants(422)
	first := client.Get("/desk").Wants(200, "28 件").HTML()
	next := first.One(t, "[rel=next]").Attr("href")
	rest := client.Get(next).Wants(200).HTML()
	if a, b := len(first.All(".items a")), len(rest.All(".items a")); a != 25 || b != 3 {
		t.Errorf("pages of %d and %d", a, b)
	}
}

// TestActsOfADepartment walks a case through the pages from its routing to its
// being handed to the office.
func TestActsOfADepartment(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.routed(t)
	clerk, head := w.as(t, w.LogisticsClerk), w.as(t, w.LogisticsHead)

	page := clerk.Get(path(c, "")).Wants(200).HTML()
	next(t, page, "签收")
	clerk.Post(path(c, "sign_for"), form(c)).LeadsTo(path(c, ""))
	clerk.Get(path(c, "")).Wants(200, "已签收")

	c = w.now(t, c.ID)
	clerk.Post(path(c, "draft"), form(c, "draft_version", "0", "body", "热水已恢复。", "then", "hand_in")).LeadsTo(path(c, ""))
	if c = w.now(t, c.ID); c.State != workflow.Drafted {
		t.Fatalf("state %s", c.State)
	}
	page = clerk.Get(path(c, "")).Wants(200, "热水已恢复").HTML()
	if next(t, page, ""); len(page.All(".editor")) != 0 {
		t.Error("the clerk can still write what the head has")
	}
	page = head.Get(path(c, "")).Wants(200).HTML()
	next(t, page, "签发")
	head.Post(path(c, "send_back"), form(c, "note", "")).Wants(422, "请填写理由")
	head.Post(path(c, "send_back"), form(c, "note", "请写明日期")).LeadsTo(path(c, ""))
	clerk.Get(path(c, "")).Wants(200, "退回：请写明日期")
	c = w.now(t, c.ID)
	clerk.Post(path(c, "hand_in"), form(c)).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	head.Post(path(c, "approve"), form(c)).LeadsTo(path(c, ""))
	if c = w.now(t, c.ID); c.State != workflow.Approved {
		t.Errorf("state %s", c.State)
	}
}

// next wants one filled button in sight, or none: what is folded away counts
// only by the button that unfolds it.
func next(t *testing.T, page *webtest.Node, want string) {
	t.Helper()
	var filled []string
	for _, selector := range []string{".act-now .primary", ".act summary.primary", ".editor .primary"} {
		for _, b := range page.All(selector) {
			filled = append(filled, b.Text())
		}
	}
	if got := strings.Join(filled, " "); got != want {
		t.Errorf("filled: %q, want %q", got, want)
	}
}

func TestRefusingLeavesTheDesk(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.routed(t)
	client := w.as(t, w.LogisticsClerk)
	client.Post(path(c, "refuse"), form(c, "note", "属于教务处")).LeadsTo("/desk")
	client.Get("/desk").Wants(200, "已退回 "+c.Number)
	client.Get(path(c, "")).Wants(404)
}

// TestStalePage wants an act on a page that shows the past refused, with the
// present shown and nothing typed lost.
func TestStalePage(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	if err := w.Cases.Note(t.Context(), w.LogisticsHead.Actor(), c.ID, "先看现场", nil); err != nil {
		t.Fatal(err)
	}
	page := w.as(t, w.LogisticsClerk).Post(path(c, "ask"), form(c, "note", "是哪一层？")).Wants(409, "刚刚被他人处理", "先看现场").HTML()
	webtest.CheckPage(t, page)
	act := page.One(t, "#act-ask")
	if !act.Has("open") || strings.TrimSpace(act.One(t, "textarea").Value()) != "是哪一层？" {
		t.Error("what was typed is lost")
	}
	fresh := act.One(t, "[name=version]").Attr("value")
	w.as(t, w.LogisticsClerk).Post(path(c, "ask"), url.Values{"version": {fresh}, "note": {"是哪一层？"}}).LeadsTo(path(c, ""))
}

func TestOfficeActs(t *testing.T) {
	t.Parallel()
	w := open(t)
	clerk := w.as(t, w.Clerk)
	department := strconv.FormatInt(w.Academic.ID, 10)
	category := strconv.FormatInt(w.Teaching.ID, 10)
	received := func() workflow.Case { return w.now(t, w.Send(t).CaseID) }
	other := received()
	for _, test := range []struct {
		act    string
		fields []string
		check  func(workflow.Case) bool
	}{
		{"accept", nil, func(c workflow.Case) bool { return c.State == workflow.Accepted }},
		{"accept", []string{"department", department}, func(c workflow.Case) bool { return c.Department == w.Academic.ID }},
		{"decline", []string{"ground", "advertising", "note", "商业广告"}, func(c workflow.Case) bool { return c.State == workflow.Declined }},
		{"merge", []string{"into", strings.ToLower(other.Number)}, func(c workflow.Case) bool { return c.MergedInto == other.ID }},
		{"ask", []string{"note", "哪一天？"}, func(c workflow.Case) bool { return c.State == workflow.Waiting }},
		{"classify", []string{"kind", "help", "category", category}, func(c workflow.Case) bool { return c.Kind == workflow.Help && c.Category == w.Teaching.ID }},
		{"urgent", []string{"note", "有人受伤"}, func(c workflow.Case) bool { return c.Urgent }},
		{"note", []string{"note", "已电话联系"}, func(c workflow.Case) bool { return c.Open() }},
		{"split", []string{"subject", "另一件", "body", "教室灯坏了", "kind", "help", "category", category}, func(c workflow.Case) bool { return c.Open() }},
	} {
		c := received()
		clerk.Post(path(c, test.act), form(c, append(test.fields, "next", "/office?at=2")...)).LeadsTo("/office?at=2")
		if !test.check(w.now(t, c.ID)) {
			t.Errorf("%s %v: %+v", test.act, test.fields, w.now(t, c.ID))
		}
	}
	c := received()
	clerk.Post(path(c, "seal"), form(c, "note", "涉及师德")).LeadsTo("/office")
	clerk.Get(path(c, "")).Wants(404)
	w.as(t, w.Discipline).Get(path(c, "")).Wants(200, "纪检专办")
}

// TestFormsSayWhatIsWrong wants the mistake beside its field and in the summary.
func TestFormsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := open(t)
	clerk := w.as(t, w.Clerk)
	c := w.now(t, w.Send(t).CaseID)
	for act, field := range map[string]string{"decline": "ground", "merge": "into", "ask": "note", "seal": "note", "split": "subject"} {
		page := clerk.Post(path(c, act), form(c, "kind", "help", "body", "x", "category", "1")).Wants(422).HTML()
		webtest.CheckPage(t, page)
		id := "f-" + act + "-" + field
		if !page.One(t, "#"+id).Has("aria-invalid") || page.One(t, ".problems a").Attr("href") != "#"+id {
			t.Errorf("%s: the mistake is not at %s", act, id)
		}
	}
	clerk.Post(path(c, "dance"), form(c)).Wants(404)
	clerk.Get(path(c, "dance")).Wants(404)
}

func TestMoreTime(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	clerk := w.as(t, w.LogisticsClerk)
	clerk.Post(path(c, "more_time"), form(c, "days", "5", "reason", "")).Wants(422)
	clerk.Post(path(c, "more_time"), form(c, "days", "5", "reason", "配件未到")).LeadsTo(path(c, ""))
	office := w.as(t, w.OfficeHead)
	page := office.Get(path(c, "")).Wants(200, "理由：配件未到", "等待决定").HTML()
	webtest.CheckPage(t, page)
	c = w.now(t, c.ID)
	office.Post(path(c, "grant"), form(c, "grant", "no", "note", "请按期")).LeadsTo(path(c, ""))
	office.Get(path(c, "")).Wants(200, "未同意 "+c.Number)
	c = w.now(t, c.ID)
	clerk.Post(path(c, "more_time"), form(c, "days", "3", "reason", "配件仍未到")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	office.Post(path(c, "grant"), form(c, "grant", "yes")).LeadsTo(path(c, ""))
	clerk.Get(path(c, "")).Wants(200, "批准延期 3 个工作日")
}

func TestLeader(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	leader := w.as(t, w.Leader)
	leader.Post(path(c, "instruct"), form(c, "note", "")).Wants(422)
	leader.Post(path(c, "instruct"), form(c, "note", "请周五前解决")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	leader.Post(path(c, "remind"), form(c, "note", "已有三封来信")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	leader.Post(path(c, "hand_in"), form(c)).Wants(403)
	w.as(t, w.LogisticsClerk).Get("/desk/notices").Wants(200, "校领导批示", "催办", "已有三封来信")
}

func TestAssisting(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	office, academic := w.as(t, w.Clerk), w.as(t, w.AcademicClerk)
	academic.Get(path(c, "")).Wants(404)
	department := strconv.FormatInt(w.Academic.ID, 10)
	office.Post(path(c, "assist"), form(c, "department", department)).LeadsTo(path(c, ""))
	page := academic.Get(path(c, "")).Wants(200).HTML()
	if len(page.All("#act-note")) != 1 || len(page.All(".editor")) != 0 {
		t.Error("who assists adds notes and writes no answer")
	}
	c = w.now(t, c.ID)
	office.Post(path(c, "assist"), form(c, "department", department, "helps", "no")).LeadsTo(path(c, ""))
	academic.Get(path(c, "")).Wants(404)
}
