package switchboard_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mailbox/handlers/switchboard"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// corporation is a simulator that gives codes.
type corporation struct{ switchboard.Simulator }

func (corporation) Code(_ workflow.Channel, person string) (string, error) {
	return "code-of-" + person, nil
}

func connected(t *testing.T) *webtest.Site {
	t.Helper()
	p := switchboard.New(switchboard.Deps{
		Simulator: corporation{},
		Prove: func(_ context.Context, e access.Entry) (workflow.Account, error) {
			if e.Password != "right" {
				return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "login.refused")
			}
			return workflow.Account{ID: 1, Username: e.Username, WeCom: e.Username}, nil
		},
	})
	return webtest.Start(t, p.Routes()...)
}

// TestConnect: the simulated WeCom vouches for nobody who has not proved who
// they are, and leads nowhere but back to us.
func TestConnect(t *testing.T) {
	site := connected(t)
	c := site.Client(t)
	for _, back := range []string{"https://evil.example/login/wecom/back?next=%2Fdesk", site.URL + "/login/wecom/back?next=%2Fdesk", "//evil.example/login/wecom/back?next=%2Fdesk"} {
		page := c.Get("/simulator/wecom?" + url.Values{"redirect_uri": {back}, "state": {"S1"}}.Encode()).Wants(http.StatusOK).HTML()
		webtest.CheckPage(t, page)
		form := url.Values{"username": {"clerk"}, "password": {"wrong"}}
		for _, field := range page.All("form[action=\"/simulator/wecom\"] input[type=hidden]") {
			form.Set(field.Attr("name"), field.Attr("value"))
		}
		c.Post("/simulator/wecom", form).Wants(http.StatusUnprocessableEntity, "用户名或密码不正确")
		form.Set("password", "right")
		c.Post("/simulator/wecom", form).LeadsTo("/login/wecom/back?code=code-of-clerk&next=%2Fdesk&state=S1")
	}
	if strings.Contains(site.Log.String(), "right") {
		t.Error("a password was logged")
	}
	site = webtest.Start(t, switchboard.New(switchboard.Deps{}).Routes()...)
	site.Client(t).Get("/simulator/wecom").Wants(http.StatusNotFound)
}
