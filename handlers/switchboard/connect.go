package switchboard

import (
	"net/http"
	"net/url"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// ConnectPath is where the simulated WeCom says whose browser it is.
const ConnectPath = "/simulator/wecom"

var limitConnect = workflow.Limit{Name: "simulator-connect", Rate: 30, Burst: 30, Per: time.Minute}

// connectPage stands for the program of WeCom, which knows its reader. Here they
// say who they are, and prove it as they would at our own door: the simulator
// opens nothing that a password does not.
type connectPage struct {
	templates.Page
	Username    string
	Back, State string
}

func connectRoutes(p *Pages) []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: ConnectPath, Who: web.Anyone, SignsIn: true, Limit: &limitConnect, Handler: p.connect},
		{Method: http.MethodPost, Path: ConnectPath, Who: web.Anyone, SignsIn: true, Limit: &limitConnect, Handler: p.vouch},
	}
}

// backOf is the page of ours that the browser is to come back to, and no other
// site's.
func backOf(address string) string {
	to, err := url.Parse(address)
	if err != nil {
		return "/"
	}
	return web.LocalPath(to.RequestURI())
}

func (p *Pages) connect(c *web.Context) error {
	return p.askWho(c, http.StatusOK, connectPage{Back: backOf(c.Query("redirect_uri")), State: c.Query("state")}, nil)
}

func (*Pages) askWho(c *web.Context, status int, view connectPage, wrong []templates.Problem) error {
	view.Page = c.Page("simulator.connect.title")
	view.Problems = wrong
	return c.Render(status, "public/connect.html", view)
}

// vouch sends the browser back with a code, as WeCom does.
func (p *Pages) vouch(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	view := connectPage{Username: f.Line("username"), Back: web.LocalPath(f.Line("back")), State: f.Line("state")}
	a, err := p.Prove(c.Context(), access.Entry{Username: view.Username, Password: f.Prose("password"), ClientKey: c.ClientKey()})
	if workflow.KindOf(err) == workflow.Unauthenticated && err != nil {
		return p.askWho(c, http.StatusUnprocessableEntity, view, []templates.Problem{{Field: "username", Text: c.Text("login.refused")}})
	}
	if err != nil {
		return err
	}
	code, err := p.Simulator.Code(workflow.WeCom, a.WeCom)
	if err != nil {
		return err
	}
	back, err := url.Parse(view.Back)
	if err != nil {
		return workflow.Absent()
	}
	q := back.Query()
	q.Set("code", code)
	q.Set("state", view.State)
	back.RawQuery = q.Encode()
	return c.Redirect(back.String())
}
