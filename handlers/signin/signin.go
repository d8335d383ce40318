// Package signin is the ways to sign in that the campus has: CAS, OpenID Connect
// and LDAP. Its pages lead there and back, and let an administrator set them up.
package signin

import (
	"context"
	"net/http"
	"time"

	"mailbox/handlers/signin/oidc"
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// Door is the page where staff come in; *public.Pages has it.
type Door interface {
	// Enter starts a session that the campus may end under the ticket, and leads
	// on.
	Enter(c *web.Context, account workflow.Account, way workflow.Way, ticket, next string) error
	// Halfway asks for the second step first, where the account has one.
	Halfway(c *web.Context, account workflow.Account, way workflow.Way, next string) error
	// Refuse shows the door again and why nobody came in.
	Refuse(c *web.Context, next string, err error) error
}

// Campus says which account somebody has; *access.Campus does.
type Campus interface {
	Admit(ctx context.Context, p access.Proven) (workflow.Account, error)
	Attempt(ctx context.Context, username, clientKey string) error
	SignedOut(ctx context.Context, name string) error
	Sweep(ctx context.Context, way workflow.Way, find access.Find) (int, error)
}

// Sealer seals what a browser keeps for us; *access.Vault does.
type Sealer interface {
	SealFor(purpose string, plain []byte) []byte
	OpenFor(purpose string, sealed []byte) ([]byte, error)
}

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Ways     *access.Ways
	Campus   Campus
	Door     Door
	Sealer   Sealer
	Sessions workflow.Sessions
	Once     workflow.Once
	Factors  *access.Factors
	Roster   *access.Roster
}

// Pages are the pages.
type Pages struct {
	Deps
	clients   clients
	providers oidc.Providers
}

// New returns the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"admin/signin.html":     listPage{},
	"admin/way.html":        wayPage{},
	"public/directory.html": ldapPage{},
}

var (
	admins = web.Roles("admin")

	limitDoor   = workflow.Limit{Name: "signin-page", Rate: 60, Burst: 30, Per: time.Minute}
	limitLogout = workflow.Limit{Name: "signin-logout", Rate: 600, Burst: 600, Per: time.Minute}
)

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	door := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: web.Anyone, SignsIn: true, Limit: &limitDoor, Handler: h}
	}
	// The campus itself says that a session has ended: no browser, no form.
	ended := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: web.Anyone, API: true, Limit: &limitLogout, MaxBody: 64 << 10, Handler: h}
	}
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: admins, Handler: h}
	}
	post := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: admins, Handler: h}
	}
	roster := post("/admin/signin/roster", p.importRoster)
	roster.MaxBody = access.MaxRoster + 1<<20
	form := door(ldapPath, p.byDirectory)
	form.Method = http.MethodPost
	return []web.Route{
		door(ldapPath, p.ldap),
		form,
		door(casPath, p.cas),
		ended(casPath, p.casEnded),
		door(oidcPath, p.oidc),
		ended(oidcPath, p.oidcEnded),
		get("/admin/signin", p.list),
		post("/admin/signin", p.saveLocal),
		roster,
		get("/admin/signin/:way", p.way),
		post("/admin/signin/:way", p.saveWay),
		post("/admin/signin/:way/test", p.testWay),
	}
}
