package switchboard_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/switchboard"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range switchboard.Views {
		templatestest.Check(t, name, view)
	}
}

// college is a college whose pages of channels are open.
type college struct {
	*worldtest.World
	site  *webtest.Site
	board *channels.Board
	pages *switchboard.Pages
	tests []workflow.PlatformID // whom a test message went to
	fails string                // why the next test fails
	far   *far
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w, board: channels.New(w.Desk, w.Vault), far: &far{left: 48 * time.Hour, replies: 5}}
	k.pages = switchboard.New(switchboard.Deps{
		Board: k.board, Simulator: k.far,
		Retry: func(context.Context, workflow.Actor, workflow.Channel) (int, error) { return 3, nil },
		Test: func(_ context.Context, _ workflow.Channel, to workflow.PlatformID) workflow.SendResult {
			if k.fails != "" {
				return workflow.SendResult{State: workflow.Failed, Reason: k.fails}
			}
			k.tests = append(k.tests, to)
			return workflow.SendResult{State: workflow.Sent}
		},
	})
	d, site := webtest.Prepare(t)
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	k.site = site.StartWith(t, d, k.pages.Routes()...)
	return k
}

// Code implements switchboard.Simulator: nobody here has WeCom.
func (*far) Code(workflow.Channel, string) (string, error) { return "", workflow.Absent() }

// far is a simulator that remembers what it was told.
type far struct {
	lines   []switchboard.Line
	left    time.Duration
	replies int
	acts    []string
	told    []switchboard.Told
}

func (*far) Channels() []workflow.Channel {
	return []workflow.Channel{workflow.WeChat, workflow.WeCom}
}

func (f *far) Say(_ context.Context, _ workflow.Channel, _, text string) error {
	f.lines = append(f.lines, switchboard.Line{Mine: true, At: workflowtest.Morning, Text: text})
	return nil
}

func (f *far) Talk(workflow.Channel, string) []switchboard.Line { return f.lines }

func (f *far) Close(workflow.Channel, string) error {
	f.left = 0
	return nil
}

func (f *far) Window(c workflow.Channel, _ string) (time.Duration, int, bool) {
	return f.left, f.replies, c == workflow.WeChat
}

func (*far) Acts(c workflow.Channel) []string {
	if c == workflow.WeChat {
		return []string{"grant", "unfollow"}
	}
	return nil
}

func (f *far) Do(_ context.Context, _ workflow.Channel, _, act string) error {
	f.acts = append(f.acts, act)
	return nil
}

func (f *far) Told(context.Context, workflow.Channel, string) ([]switchboard.Told, error) {
	return f.told, nil
}

func (k *college) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	k.site.Clock.Advance(k.Now().Sub(k.site.Clock.Now()))
	client := k.site.SignedIn(t, u)
	client.Header.Set("Accept-Language", "zh-CN")
	return client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connect sets WeChat up.
func (k *college) connect(t *testing.T) {
	t.Helper()
	must(t, k.board.Save(t.Context(), k.Admin.Actor(), workflow.WeChat, channels.Change{
		Enabled: true, Config: map[string]string{"app_id": "wx1"},
		Secrets: map[string]string{"token": "abc123", "app_secret": "canary-secret", "aes_key": strings.Repeat("a", 42) + "A"},
	}))
}

// form is what the form of a page would send.
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

// TestRoutes keeps who may do what in a file.
func TestRoutes(t *testing.T) {
	t.Parallel()
	const golden = "testdata/routes.golden"
	got := webtest.RouteTable(open(t).pages.Routes())
	if os.Getenv("UPDATE_GOLDEN") != "" {
		must(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the routes have changed (%v); see testdata/routes.golden:\n%s", err, got)
	}
}

// TestNoSimulator: outside of a demonstration there is none.
func TestNoSimulator(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	for _, r := range switchboard.New(switchboard.Deps{Board: channels.New(w.Desk, w.Vault)}).Routes() {
		if strings.Contains(r.Path, "simulator") {
			t.Errorf("%s is there", r.Path)
		}
	}
}

// TestList: what last came and went, what went wrong and why, how long the token
// lasts and to whom we can reply.
func TestList(t *testing.T) {
	t.Parallel()
	k := open(t)
	page := k.as(t, k.Clerk).Get("/admin/channels").Wants(http.StatusOK, "微信公众号", "企业微信", "QQ", "OA", "未启用").HTML()
	webtest.CheckPage(t, page)
	k.connect(t)
	k.Pass(time.Minute)
	must(t, k.board.News(t.Context(), workflow.WeChat, workflow.ChannelNews{Alive: true, Out: true, TokenExpires: k.Now().Add(90 * time.Minute)}))
	must(t, k.board.News(t.Context(), workflow.WeChat, workflow.ChannelNews{Error: "ladder.platform_limited"}))
	must(t, k.board.News(t.Context(), workflow.WeChat, workflow.ChannelNews{Error: "ladder.platform_limited"}))
	must(t, k.board.News(t.Context(), workflow.WeChat, workflow.ChannelNews{Error: "ladder.token"}))
	k.talked(t)
	k.Pass(10 * time.Minute)
	k.as(t, k.OfficeHead).Get("/admin/channels").Wants(http.StatusOK, "有错误", "平台限制了发送频率 2 次", "还有 1 小时 20 分", "1 人，最早一个还剩 47 小时 50 分")
	k.Pass(2 * time.Hour)
	k.as(t, k.Admin).Get("/admin/channels").Wants(http.StatusOK, "已过期", "已中断")
	k.as(t, k.LogisticsClerk).Get("/admin/channels").Wants(http.StatusNotFound)
}

// talked is a person who wrote to us just now.
func (k *college) talked(t *testing.T) {
	t.Helper()
	must(t, k.Store.Atomic(t.Context(), func(tx workflow.Store) error {
		v := workflow.Conversation{Channel: workflow.WeChat, Account: "wx1", Person: []byte{1}, Sealed: []byte{2}, Locale: "zh-CN"}
		if err := tx.LockConversation(t.Context(), &v); err != nil {
			return err
		}
		v.Heard, v.HeardBy = k.Now(), workflow.ByMessage
		return tx.SaveConversation(t.Context(), v)
	}))
}

// failed is a call that nobody could make sense of.
func (k *college) failed(t *testing.T, name byte, reason string) {
	t.Helper()
	must(t, k.Store.AddCall(t.Context(), &workflow.Call{
		Channel: workflow.WeChat, External: []byte{name}, Received: k.Now(), State: workflow.CallFailed, Next: k.Now(), Reason: reason, Handled: k.Now(),
	}))
}

// TestChannel_faults: the page tells what went wrong by kind, and lets failed
// calls be taken up again.
func TestChannel_faults(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.connect(t)
	clerk := k.as(t, k.Clerk)
	clerk.Get("/admin/channels/wechat").Wants(http.StatusOK, "今天没有异常", "设置由系统管理员修改")
	tally := channels.NewTally()
	for range 5000 {
		tally.Count(workflow.WeChat, "refused")
	}
	must(t, k.board.SaveTally(t.Context(), tally))
	k.failed(t, 1, "chat.reason.tries")
	k.failed(t, 2, "chat.reason.limited")
	k.failed(t, 3, "chat.reason.limited")
	page := clerk.Get("/admin/channels/wechat").Wants(http.StatusOK, "来历不明的回调，已拒绝", "5000", "多次处理未成功", "超过每人可发的数量").HTML()
	webtest.CheckPage(t, page)
	const retry = "/admin/channels/wechat/retry"
	clerk.Post(retry, form(t, page, retry)).LeadsTo("/admin/channels/wechat")
	clerk.Get("/admin/channels/wechat").Wants(http.StatusOK, "已重新处理 3 条")
	clerk.Get("/admin/channels/nothing").Wants(http.StatusNotFound)
	if f := page.All(`form[action="/admin/channels/wechat"]`); len(f) != 0 {
		t.Error("a clerk is shown the settings")
	}
}

// TestChannel_settings: secrets can be written and never read; what is wrong is
// said beside the field; of two who change it the second is told.
func TestChannel_settings(t *testing.T) {
	t.Parallel()
	k := open(t)
	admin := k.as(t, k.Admin)
	const path = "/admin/channels/wechat"
	page := admin.Get(path).Wants(http.StatusOK).HTML()
	webtest.CheckPage(t, page)
	wrong := admin.Post(path, form(t, page, path, "enabled", "yes", "app_id", "wx-typed", "token", "a b"))
	wrong.Wants(http.StatusUnprocessableEntity, "wx-typed", "格式不对")
	webtest.CheckPage(t, wrong.HTML())
	good := form(t, page, path, "enabled", "yes", "app_id", "wx1", "token", "abc123", "app_secret", "canary-secret")
	admin.Post(path, good).LeadsTo(path)
	after := admin.Get(path).Wants(http.StatusOK, "已保存微信公众号的设置", "已设置，留空则不变")
	if strings.Contains(after.HTML().String(), "canary-secret") || strings.Contains(after.HTML().String(), "abc123") {
		t.Error("a secret is shown")
	}
	admin.Post(path, good).Wants(http.StatusConflict)
	line, err := k.board.Line(t.Context(), workflow.WeChat)
	if err != nil || line.Secrets["app_secret"] != "canary-secret" {
		t.Errorf("not stored: %v", err)
	}
	k.as(t, k.Clerk).Post(path, good).Wants(http.StatusNotFound)
}

// TestChannel_test sends one message to whoever the administrator names.
func TestChannel_test(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.connect(t)
	admin := k.as(t, k.Admin)
	const path, test = "/admin/channels/wechat", "/admin/channels/wechat/test"
	page := admin.Get(path).HTML()
	admin.Post(test, form(t, page, test, "to", "")).Wants(http.StatusUnprocessableEntity)
	admin.Post(test, form(t, page, test, "to", "my-openid")).LeadsTo(path)
	admin.Get(path).Wants(http.StatusOK, "平台已收下测试消息")
	k.fails = "ladder.window_closed"
	admin.Post(test, form(t, page, test, "to", "my-openid")).LeadsTo(path)
	admin.Get(path).Wants(http.StatusOK, "测试没有发出：已过平台允许回复的时间")
	if len(k.tests) != 1 || k.tests[0] != "my-openid" {
		t.Errorf("%d messages sent", len(k.tests))
	}
	if strings.Contains(k.site.Log.String(), "my-openid") {
		t.Error("the log names the person")
	}
}

func TestSimulator(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	const path = "/admin/channels/simulator"
	address := path + "?channel=wechat&person=demo-student-a"
	page := clerk.Get(address).Wants(http.StatusOK, "还没有说过话", "还剩 48 小时，可回复 5 条").HTML()
	webtest.CheckPage(t, page)
	clerk.Post(path+"/say", form(t, page, path+"/say", "text", " ")).Wants(http.StatusUnprocessableEntity, "还没有说过话")
	clerk.Post(path+"/say", form(t, page, path+"/say", "text", "三号楼没有热水 <b>")).LeadsTo(address)
	k.far.told = []switchboard.Told{{Number: "XZ20261123-0001", Notice: workflow.Notice{Kind: workflow.NoticeAccepted}, Tries: []workflow.NoticeTry{
		{Step: workflow.StepChat, Outcome: workflow.TryRefused, Reason: "ladder.window_closed"}, {Step: workflow.StepTemplate, Outcome: workflow.TrySent},
	}}}
	clerk.Post(path+"/close", form(t, page, path+"/close")).LeadsTo(address)
	page = clerk.Get(address).Wants(http.StatusOK, "三号楼没有热水 &lt;b&gt;", "平台不再接受会话回复", "已过，平台不接受会话回复",
		"XZ20261123-0001 来信已受理", "被拒绝：已过平台允许回复的时间", "模板消息").HTML()
	webtest.CheckPage(t, page)
	clerk.Post(path+"/act", form(t, page, path+"/act", "act", "unfollow")).LeadsTo(address)
	clerk.Post(path+"/act", form(t, page, path+"/act", "act", "explode")).Wants(http.StatusNotFound)
	if !slices.Equal(k.far.acts, []string{"unfollow"}) {
		t.Errorf("did %v", k.far.acts)
	}
	clerk.Get(path+"?channel=wecom&person=demo-student-a").Wants(http.StatusOK, "没有时限")
	clerk.Get(path + "?channel=wechat&person=somebody").Wants(http.StatusNotFound)
	clerk.Get(path + "?channel=fax").Wants(http.StatusNotFound)
}

// TestInABrowser: the pages fit a telephone, and the simulator is talked with.
func TestInABrowser(t *testing.T) {
	k := open(t)
	k.connect(t)
	k.failed(t, 1, "chat.reason.tries")
	must(t, k.board.News(t.Context(), workflow.WeChat, workflow.ChannelNews{Error: "ladder.platform_refused"}))
	k.far.told = []switchboard.Told{{Number: "XZ20261123-0001", Notice: workflow.Notice{Kind: workflow.NoticeAnswered}, Tries: []workflow.NoticeTry{
		{Step: workflow.StepChat, Outcome: workflow.TryPassed, Reason: "ladder.window_closed"}, {Step: workflow.StepPage, Outcome: workflow.TrySent},
	}}}
	admin := k.as(t, k.Admin)
	for _, locale := range []string{"zh-CN", "en"} {
		admin.Header.Set("Accept-Language", locale)
		admin.Post("/preferences", url.Values{"locale": {locale}, "back": {"/"}})
		for _, width := range []int64{360, 1280} {
			tab := webtest.Open(t, webtest.As(admin), webtest.Width(width))
			for _, path := range []string{"/admin/channels", "/admin/channels/wechat", "/admin/channels/simulator"} {
				tab.Go(k.site.URL + path)
				wide, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
				if err != nil || wide > width {
					t.Errorf("%s in %s is %d wide on a screen of %d (%v)", path, locale, wide, width, err)
				}
			}
			text := "在浏览器里写的信" + strconv.FormatInt(width, 10) + locale
			tab.Do(chromedp.SetValue(chromedp.CSS(`textarea[name="text"]`), text), chromedp.Submit(chromedp.CSS(`textarea[name="text"]`)))
			tab.Do(chromedp.WaitVisible(chromedp.CSS(".talk-lines .mine:last-child")))
			if !strings.Contains(tab.Page().Text(), text) {
				t.Errorf("%q is not in the conversation", text)
			}
			if errs := tab.Errors(); len(errs) > 0 {
				t.Errorf("the browser complains: %v", errs)
			}
		}
	}
}
