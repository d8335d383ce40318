package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// Where staff come in from WeCom, and where the platform sends them back to.
const (
	loginPath = "/login/wecom"
	backPath  = "/login/wecom/back"
)

// Connect is where the platform says whose browser it is: a link that its own
// program opens and knows its reader.
const Connect = "https://open.weixin.qq.com/connect/oauth2/authorize"

// Staff is who is let in; *access.Door is it.
type Staff interface {
	Recognise(ctx context.Context, by workflow.Channel, person string) (workflow.Account, error)
}

// Door lets staff in whom WeCom vouches for (OAuth2, snsapi_base).
type Door struct {
	Client  *Client
	Staff   Staff
	Once    workflow.Once
	Connect string
	// Enter starts the session of somebody who was let in, and leads on; it is the
	// same for all who come from elsewhere.
	Enter func(c *web.Context, account workflow.Account, way workflow.Way, ticket, next string) error
}

// stateLasts is how long a browser may take on its way to WeCom and back.
const stateLasts = 10 * time.Minute

var limitLogin = workflow.Limit{Name: "login-wecom", Rate: 30, Burst: 60, Per: time.Minute}

// Routes is the table of contents.
func (d *Door) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: loginPath, Who: web.Anyone, SignsIn: true, Limit: &limitLogin, Handler: d.ask},
		{Method: http.MethodGet, Path: backPath, Who: web.Anyone, SignsIn: true, Limit: &limitLogin, Handler: d.back},
	}
}

// ask sends the browser to WeCom, with a word that only this browser can bring
// back. Who is signed in already goes on.
func (d *Door) ask(c *web.Context) error {
	if c.User != nil {
		if next := onward(c); next != "/" {
			return c.Redirect(next)
		}
		return c.Redirect(c.User.HomePath())
	}
	line, err := d.Client.Lines.Line(c.Context(), workflow.WeCom)
	if err != nil {
		return err
	}
	if !line.Enabled {
		return workflow.Absent()
	}
	q := url.Values{
		"appid": {line.Config["corp_id"]}, "redirect_uri": {c.URL(backPath) + "?" + url.Values{"next": {c.Next()}}.Encode()},
		"response_type": {"code"}, "scope": {"snsapi_base"}, "state": {c.State()}, "agentid": {line.Config["agent_id"]},
	}
	return c.Away(d.Connect + "?" + q.Encode() + "#wechat_redirect")
}

// back lets in whom the platform's code names. The word must be this browser's
// own, and is good once.
func (d *Door) back(c *web.Context) error {
	state, code := c.Query("state"), c.Query("code")
	if !c.KnowsState(state) || code == "" || len(code) > 512 {
		return d.turnAway(c)
	}
	first, err := d.Once.First(c.Context(), "wecom-state:"+state, stateLasts)
	if err != nil {
		return err
	}
	if !first {
		return d.turnAway(c)
	}
	person, err := d.Client.whose(c.Context(), code)
	if err != nil {
		return err
	}
	a, err := d.Staff.Recognise(c.Context(), workflow.WeCom, person)
	if workflow.KindOf(err) == workflow.Unauthenticated && err != nil {
		return d.turnAway(c)
	}
	if err != nil {
		return err
	}
	return d.Enter(c, a, workflow.Way(workflow.WeCom), "", onward(c))
}

// onward is where the link leads; "/" is where the reader's work is.
func onward(c *web.Context) string {
	if next := c.Next(); !strings.HasPrefix(next, "/login") {
		return next
	}
	return "/"
}

// turnAway leaves the reader at the door, where a password opens as well. It is
// one answer to all.
func (*Door) turnAway(c *web.Context) error {
	c.Flash("late", "login.stranger")
	return c.Redirect("/login?" + url.Values{"next": {c.Next()}}.Encode())
}

var errAway = errors.New("wecom does not say whose code it is")

// whose asks the platform whose code it is; "" when nobody's of the corporation.
func (c *Client) whose(ctx context.Context, code string) (string, error) {
	line, err := c.Lines.Line(ctx, workflow.WeCom)
	if err != nil {
		return "", err
	}
	if !line.Enabled {
		return "", workflow.Absent()
	}
	var got struct {
		fault
		UserID string `json:"userid"`
	}
	err = c.call(ctx, line, "/cgi-bin/auth/getuserinfo", url.Values{"code": {code}}, nil, &got)
	if err != nil || got.Code == codeBusy {
		return "", &workflow.Error{Kind: workflow.Unavailable, Key: "login.wecom_away", Err: errors.Join(errAway, err)}
	}
	if got.Code != 0 {
		return "", nil // used, or never given
	}
	return got.UserID, nil
}
