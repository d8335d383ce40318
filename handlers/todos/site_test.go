package todos_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/channel"
	pages "mailbox/handlers/todos"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/todo"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	for name, view := range pages.Views {
		templatestest.Check(t, name, view)
	}
}

// outside is an office system that refuses, or takes, everything.
type outside struct{ takes bool }

func (o *outside) Ready(context.Context) (bool, error) { return true, nil }

func (o *outside) Tell(context.Context, todo.Facts) todo.Outcome {
	if o.takes {
		return todo.Outcome{Told: true}
	}
	return todo.Outcome{Refuse: true, Reason: "ladder.platform_refused"}
}

type site struct {
	*webtest.Site
	world  *worldtest.World
	board  *channels.Board
	todos  *todo.Todos
	system *outside
}

func open(t *testing.T) *site {
	t.Helper()
	deps, ws := webtest.Prepare(t)
	s := &site{Site: ws, world: worldtest.New(t, workflowtest.NewMemory()), system: &outside{}}
	s.world.Set(webtest.Noon)
	s.board, s.todos = channels.New(s.world.Desk, s.world.Vault), todo.New(s.world.Desk, s.system)
	s.StartWith(t, deps, pages.New(s.board, s.todos).Routes()...)
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

// set sets the channel up, with a mapping or without.
func (s *site) set(t *testing.T, mapping string) {
	t.Helper()
	err := s.board.Save(t.Context(), s.world.Admin.Actor(), workflow.OA, channels.Change{
		Enabled: true,
		Config:  map[string]string{"key_id": "campusoa", "base": "https://oa.college.example", "message_path": "/answers", "mapping": mapping},
		Secrets: map[string]string{"secret": "a-secret-for-letters", "password": "the-first-password"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fail lets two to-dos of a new letter be refused.
func (s *site) fail(t *testing.T) {
	t.Helper()
	s.world.Send(t)
	s.settle(t)
}

func (s *site) settle(t *testing.T) {
	t.Helper()
	for _, do := range []func(context.Context) (int, error){s.todos.Follow, s.todos.Tell} {
		if _, err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	mappingPath = "/admin/channels/oa/mapping"
	todosPath   = "/admin/channels/oa/todos"

	interfacePath = "/admin/channels/oa/interface"
)

func (s *site) config(t *testing.T) map[string]string {
	t.Helper()
	shown, err := s.board.Show(t.Context(), s.world.Admin.Actor(), workflow.OA)
	if err != nil {
		t.Fatal(err)
	}
	return shown.Config
}

func TestRoutes_areOfWhoSeesToThem(t *testing.T) {
	s := open(t)
	for _, a := range []workflow.Account{s.world.Leader, s.world.LogisticsHead, s.world.Reviewer, s.world.Discipline} {
		for _, path := range []string{mappingPath, todosPath, mappingPath + "/file", interfacePath} {
			if r := s.as(t, a).Get(path); r.Status != http.StatusNotFound {
				t.Errorf("%s by %s: %d", path, a.Username, r.Status)
			}
		}
	}
	if r := s.as(t, s.world.Clerk).Get(mappingPath); r.Status != http.StatusNotFound {
		t.Errorf("the mapping by the clerk: %d", r.Status)
	}
}

// TestRouteTable keeps who may do what in a file that somebody reads.
func TestRouteTable(t *testing.T) {
	got := webtest.RouteTable(pages.New(nil, nil).Routes())
	path := filepath.Join("testdata", "routes.golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		webtest.WriteFile(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("routes are\n%s%v", got, err)
	}
}

// form is what the page of the mapping shows, as a browser would send it.
func form(t *testing.T, c *webtest.Client, query string) url.Values {
	t.Helper()
	out := url.Values{}
	page := c.Get(mappingPath + query).Wants(http.StatusOK).HTML()
	for _, kind := range []string{"form.mapping input", "form.mapping textarea"} {
		for _, field := range page.All(kind) {
			out.Set(field.Attr("name"), field.Value())
		}
	}
	return out
}

func TestMapping_fromPresetToSaved(t *testing.T) {
	s := open(t)
	s.set(t, "")
	c := s.as(t, s.world.Admin)
	c.Get(mappingPath).Wants(http.StatusOK, "选一种系统")
	for _, name := range pages.Presets {
		f := form(t, c, "?preset="+name)
		f.Set("do", "preview")
		f.Set("system_code", "xzxx")
		f.Set("creator", "xiaozhang")
		f.Set("people", "logistics-clerk = 10086")
		page := c.Post(mappingPath, f).Wants(http.StatusOK).HTML()
		shown := page.All("details.call pre")
		if len(shown) != 3 || !strings.Contains(shown[0].Text(), "10086") || strings.Contains(shown[0].Text(), "{") != strings.HasPrefix(shown[0].Text(), "{") {
			t.Errorf("%s: previews %v", name, shown)
		}
		for i := range shown {
			if !json.Valid([]byte(shown[i].Text())) {
				t.Errorf("%s: preview %d is no JSON: %s", name, i, shown[i].Text())
			}
		}
		if got := s.config(t)["mapping"]; got != "" {
			t.Fatalf("%s: a preview was kept", name)
		}
	}
	f := form(t, c, "?preset=weaver")
	f.Set("do", "save")
	f.Set("system_code", "xzxx")
	f.Set("password", "another-password")
	c.Post(mappingPath, f).LeadsTo(mappingPath)
	got := s.config(t)
	if got["mapping"] != strings.TrimSpace(pages.Preset("weaver")) || got["system_code"] != "xzxx" {
		t.Errorf("kept %v", got)
	}
	if got["base"] != "https://oa.college.example" || got["message_path"] != "/answers" || got["key_id"] != "campusoa" {
		t.Errorf("the connection was lost: %v", got)
	}
	line, err := s.board.Line(t.Context(), workflow.OA)
	if err != nil || line.Secrets["password"] != "another-password" || line.Secrets["secret"] != "a-secret-for-letters" {
		t.Errorf("secrets: %v", err)
	}
	if c.Post(mappingPath, f).Wants(http.StatusConflict); s.config(t)["mapping"] == "" { // a double click, or somebody else
		t.Error("the mapping was lost")
	}
	c.Get(mappingPath+"/file").Wants(http.StatusOK, "ReceiveRequestInfoByJson")
	for _, body := range []string{c.Get(mappingPath).Body, c.Get("/admin/channels/oa/mapping/file").Body} {
		if strings.Contains(body, "another-password") {
			t.Error("a secret is shown")
		}
	}
}

func TestMapping_wrong(t *testing.T) {
	s := open(t)
	s.set(t, "")
	c := s.as(t, s.world.Admin)
	good := pages.Preset("weaver")
	for what, in := range map[string]struct{ mapping, people, says string }{
		"no JSON":               {"{\n\"name\": 泛微\n}", "", "第 2 行附近"},
		"more behind it":        {good + "{}", "", "还有多余的内容"},
		"an entry nobody knows": {strings.Replace(good, `"sign"`, `"signature"`, 1), "", "signature"},
		"another type":          {strings.Replace(good, `"none"`, `1`, 1), "", "sign 类型不对"},
		"a field nobody knows":  {strings.Replace(good, "{creator}", "{writer}", 1), "", "没有 {writer} 这个字段"},
		"no address":            {strings.ReplaceAll(good, "{link}", ""), "", "open 里必须用到 {link}"},
		"no name":               {strings.ReplaceAll(good, "{todo}", "1"), "", "withdrawn 里必须用到 {todo}"},
		"another host":          {strings.Replace(good, `"/rest`, `"//evil.example/rest`, 1), "", "open.path 要以 / 开头"},
		"no way to sign":        {strings.Replace(good, `"none"`, `"token"`, 1), "", "login"},
		"too long":              {good + strings.Repeat(" ", 30_000) + "x", "", "不能超过"},
		"a line without sense":  {good, "clerk=1\nnobody", "第 2 行应写成"},
	} {
		f := form(t, c, "")
		f.Set("mapping", in.mapping)
		f.Set("people", in.people)
		f.Set("do", "save")
		f.Set("system_code", "typed")
		page := c.Post(mappingPath, f).Wants(http.StatusUnprocessableEntity, in.says, `value="typed"`)
		if t.Failed() {
			t.Fatalf("%s: %s", what, page.HTML().One(t, "main").Text())
		}
	}
	if got := s.config(t)["mapping"]; got != "" {
		t.Error("something wrong was kept")
	}
	c.Get(mappingPath + "?preset=another").Wants(http.StatusNotFound)
}

func TestTodos_deadOnesAreSentAgain(t *testing.T) {
	s := open(t)
	s.set(t, pages.Preset("weaver"))
	admin, clerk := s.as(t, s.world.Admin), s.as(t, s.world.Clerk)
	admin.Get(todosPath).Wants(http.StatusOK, "没有需要处理的")
	s.fail(t)
	page := admin.Get(todosPath).Wants(http.StatusOK, "待受理", "平台拒绝发送", "信箱管理员")
	if len(page.HTML().All("main ul.tasks a")) != 0 {
		t.Error("an administrator is led to a letter")
	}
	if rows := clerk.Get(todosPath).HTML().All("main ul.tasks a"); len(rows) != 2 {
		t.Errorf("the clerk has %d links, want 2", len(rows))
	}
	id := page.HTML().All("main ul.tasks input")
	s.system.takes = true
	admin.Post(todosPath+"/replay", url.Values{"id": {id[len(id)-1].Value()}}).LeadsTo(todosPath)
	admin.Post(todosPath+"/replay", url.Values{"id": {id[len(id)-1].Value()}}).LeadsTo(todosPath) // a double click
	admin.Get(todosPath+"?show=late").Wants(http.StatusOK, "待受理")
	s.settle(t)
	admin.Get(todosPath+"?show=shown").Wants(http.StatusOK, "待受理")
	clerk.Post(todosPath+"/replay", url.Values{}).LeadsTo(todosPath)
	s.settle(t)
	admin.Get(todosPath).Wants(http.StatusOK, "没有需要处理的")
	admin.Get(todosPath + "?before=x").Wants(http.StatusUnprocessableEntity)
}

// TestTodos_pages reads more than one page, to the end.
func TestTodos_pages(t *testing.T) {
	s := open(t)
	s.set(t, pages.Preset("weaver"))
	for range 30 {
		s.world.Send(t)
	}
	for range 10 {
		s.settle(t)
	}
	admin := s.as(t, s.world.Admin)
	seen := 0
	for path := todosPath; path != ""; {
		page := admin.Get(path).Wants(http.StatusOK).HTML()
		seen += len(page.All("ul.tasks li"))
		path = ""
		if more := page.All("p.tray-more a"); len(more) > 0 {
			path = more[0].Attr("href")
		}
	}
	if seen != 60 {
		t.Errorf("%d to-dos on all pages, want 60", seen)
	}
}

func TestTodos_notSetUp(t *testing.T) {
	s := open(t)
	s.as(t, s.world.Admin).Get(todosPath).Wants(http.StatusOK, "还没有推送待办", "设置待办映射")
	if body := s.as(t, s.world.Clerk).Get(todosPath).Body; strings.Contains(body, mappingPath) {
		t.Error("the clerk is led where the clerk may not go")
	}
}

// TestPages_inABrowser looks at every page at two widths, in both languages.
func TestPages_inABrowser(t *testing.T) {
	s := open(t)
	s.set(t, pages.Preset("landray"))
	s.fail(t)
	for _, locale := range []string{"zh-CN", "en"} {
		c := s.as(t, s.world.Admin)
		c.Post("/preferences", url.Values{"locale": {locale}, "back": {"/"}})
		for _, width := range []int64{360, 1280} {
			tab := webtest.Open(t, webtest.As(c), webtest.Width(width))
			for _, path := range []string{mappingPath, interfacePath, todosPath, todosPath + "?show=late"} {
				tab.Go(s.URL + path)
				webtest.CheckPage(t, tab.Page())
				wide, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
				if err != nil || wide {
					t.Errorf("%s at %d is wider than the window (%v)", path, width, err)
				}
			}
		}
	}
}

// TestInterface_vector shows a signature that the scheme gives, and the address
// that is called.
func TestInterface_vector(t *testing.T) {
	v := pages.Vector
	if got := (channel.Signer{Key: v.Key, Secret: v.Secret}).Signature(v.Stamp, v.Nonce, http.MethodPost, "/callback/oa", []byte(v.Body)); got != v.Signature {
		t.Errorf("the page says %s, the scheme %s", v.Signature, got)
	}
	s := open(t)
	s.set(t, "")
	s.as(t, s.world.Admin).Get(interfacePath).Wants(http.StatusOK, v.Signature, "/callback/oa", "KEY=campusoa")
}
