package wecom_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wecom"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

const connect = "https://connect.example/authorize"

func atTheDoor(t *testing.T) (*platform, *channeltest.World, *webtest.Site) {
	t.Helper()
	p, w, _ := staffed(t)
	door := &wecom.Door{Client: p.client, Staff: w.Door, Once: workflowtest.NewOnce(), Connect: connect, Enter: enter}
	site := webtest.Start(t, door.Routes()...)
	site.Accounts.Put(web.User{AccountID: w.LogisticsClerk.ID, Roles: []string{"dept_clerk"}})
	return p, w, site
}

// enter stands for the pages that start every session.
func enter(c *web.Context, a workflow.Account, way workflow.Way, ticket, next string) error {
	if way != "wecom" || ticket != "" {
		return workflow.Absent()
	}
	if err := c.SignIn(a.ID); err != nil {
		return err
	}
	return c.Redirect(next)
}

// sentAway opens a link of a card, and returns what WeCom is asked.
func sentAway(t *testing.T, c *webtest.Client, next string) url.Values {
	t.Helper()
	a := c.Get("/login/wecom?next=" + url.QueryEscape(next)).Wants(http.StatusSeeOther)
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), connect+"?") || to.Fragment != "wechat_redirect" {
		t.Fatalf("sent to %v (%v)", to, err)
	}
	return to.Query()
}

// backPath is where WeCom sends the browser.
func backPath(t *testing.T, q url.Values, code string) string {
	t.Helper()
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || to.Path != "/login/wecom/back" {
		t.Fatalf("comes back to %v (%v)", to, err)
	}
	back := to.Query()
	back.Set("code", code)
	back.Set("state", q.Get("state"))
	return to.Path + "?" + back.Encode()
}

func TestDoor(t *testing.T) {
	p, w, site := atTheDoor(t)
	c := site.Client(t)
	q := sentAway(t, c, "/desk/cases/XZ20261123-0001")
	want := map[string]string{"appid": p.CorpID, "agentid": p.AgentID, "scope": "snsapi_base", "response_type": "code"}
	for name, v := range want {
		if q.Get(name) != v {
			t.Errorf("%s is %q, want %q", name, q.Get(name), v)
		}
	}
	if s := q.Get("state"); len(s) > 128 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		t.Errorf("state %q: letters and digits only, at most 128", s)
	}
	back := backPath(t, q, p.Code("W-Logistics-Clerk"))
	c.Get(back).LeadsTo("/desk/cases/XZ20261123-0001")
	if c.Cookie("mailbox") == "" {
		t.Fatal("not signed in")
	}
	sessions, err := site.Sessions.List(t.Context(), w.LogisticsClerk.ID)
	if err != nil || len(sessions) != 1 {
		t.Errorf("%d sessions (%v)", len(sessions), err)
	}
	c.Get("/login/wecom?next=" + url.QueryEscape("/desk/cases/XZ20261123-0002")).LeadsTo("/desk/cases/XZ20261123-0002") // signed in already
	c.Get("/login/wecom?next=//evil.example").LeadsTo("/desk")
}

// TestDoor_refuses: a code of another browser, a word that was used, a code
// that was used, and who is nobody of ours stay outside, and all are told the
// same.
func TestDoor_refuses(t *testing.T) {
	p, w, site := atTheDoor(t)
	w.LogisticsHead.Disabled = w.Now()
	if err := w.Store.SaveAccount(t.Context(), &w.LogisticsHead); err != nil {
		t.Fatal(err)
	}
	p.Join("student-without-an-account")
	used := p.Code("w-logistics-clerk")
	for what, path := range map[string]func(c *webtest.Client) string{
		"another browser's word": func(c *webtest.Client) string {
			sentAway(t, c, "/desk")
			return backPath(t, sentAway(t, site.Client(t), "/desk"), p.Code("w-logistics-clerk"))
		},
		"no word": func(*webtest.Client) string {
			return "/login/wecom/back?next=%2Fdesk&code=" + p.Code("w-logistics-clerk")
		},
		"a word nobody gave": func(*webtest.Client) string {
			return "/login/wecom/back?next=%2Fdesk&state=" + strings.Repeat("a", 64) + "&code=x"
		},
		"no code":            func(c *webtest.Client) string { return backPath(t, sentAway(t, c, "/desk"), "") },
		"a code nobody gave": func(c *webtest.Client) string { return backPath(t, sentAway(t, c, "/desk"), "made-up") },
		"no account": func(c *webtest.Client) string {
			return backPath(t, sentAway(t, c, "/desk"), p.Code("student-without-an-account"))
		},
		"an outsider": func(c *webtest.Client) string { return backPath(t, sentAway(t, c, "/desk"), p.Code("from-outside")) },
		"an account that ended": func(c *webtest.Client) string {
			return backPath(t, sentAway(t, c, "/desk"), p.Code("w-logistics-head"))
		},
		"a word used before": func(c *webtest.Client) string {
			q := sentAway(t, c, "/desk")
			c.Get(backPath(t, q, "made-up"))
			return backPath(t, q, p.Code("w-logistics-clerk"))
		},
		"a code used before": func(c *webtest.Client) string {
			site.Client(t).Get(backPath(t, sentAway(t, site.Client(t), "/desk"), used)) // another browser's word: not asked
			first := site.Client(t)
			first.Get(backPath(t, sentAway(t, first, "/desk"), used)).LeadsTo("/desk")
			return backPath(t, sentAway(t, c, "/desk"), used)
		},
	} {
		c := site.Client(t)
		c.Get(path(c)).LeadsTo("/login?next=%2Fdesk")
		if c.Cookie("mailbox") != "" {
			t.Errorf("%s: signed in", what)
		}
	}
}

func TestDoor_away(t *testing.T) {
	p, w, site := atTheDoor(t)
	c := site.Client(t)
	q := sentAway(t, c, "/desk")
	p.WeCom.Fail(&simulator.Failure{Status: http.StatusBadGateway})
	c.Get(backPath(t, q, p.Code("w-logistics-clerk"))).Wants(http.StatusServiceUnavailable)
	p.WeCom.Fail(nil)
	shown, err := w.Board.Show(t.Context(), w.Admin.Actor(), workflow.WeCom)
	if err != nil {
		t.Fatal(err)
	}
	w.Save(t, shown, false)
	site.Client(t).Get("/login/wecom").Wants(http.StatusNotFound)
	if c.Cookie("mailbox") != "" {
		t.Error("signed in")
	}
}
