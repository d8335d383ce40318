package signin_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/public"
	"mailbox/handlers/signin"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/repository/onetime"
	"mailbox/repository/redisdb"
	"mailbox/repository/redisdb/redistest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestViews(t *testing.T) {
	t.Parallel()
	for name, view := range signin.Views {
		templatestest.Check(t, name, view)
	}
}

// gate is a college with a campus: sessions in a real Redis, and as many
// replicas as wanted.
type gate struct {
	*worldtest.World
	*webtest.Site
	redis  *redisdb.DB
	ways   *access.Ways
	campus *access.Campus
	door   *access.Door
	pages  *signin.Pages
	roster *access.Roster
}

func newGate(t *testing.T) *gate {
	t.Helper()
	db, err := redisdb.Open(redistest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	g := &gate{World: worldtest.New(t, workflowtest.NewMemory()), redis: db}
	g.Set(time.Now()) // as Redis has it
	g.door = access.NewDoor(g.Store, db.Sessions(), g.World.Limiter, worldtest.Plain{}, g.Desk.Keeper.Chain, g.Now)
	g.ways = access.NewWays(g.Desk, g.Vault)
	g.campus = access.NewCampus(g.door, g.ways)
	g.roster = access.NewRoster(g.door, g.ways, lines, bytes.Repeat([]byte("r"), 32), workflowtest.Zone)
	g.Site = g.replica(t)
	return g
}

// replica is one more program over the same memory.
func (g *gate) replica(t *testing.T) *webtest.Site {
	t.Helper()
	deps, site := webtest.Prepare(t)
	deps.Now, deps.Sessions, deps.PublicURL = g.Now, g.redis.Sessions(), "https://xz.example.edu.cn"
	for _, a := range []workflow.Account{g.Clerk, g.Admin, g.OfficeHead, g.LogisticsHead} {
		site.Accounts.Put(userOf(a))
	}
	factors := access.NewFactors(g.door, g.Vault, onetime.Codes{}, bytes.Repeat([]byte("f"), 32), access.NeedNobody)
	door, err := public.New(public.Deps{
		Door: g.door, Factors: factors, Ways: g.ways, Roster: g.roster, College: g.Store, Rules: g.Desk.Rules, Blobs: g.Blobs,
		Tokens: access.NewTokens(g.Desk, bytes.Repeat([]byte("t"), 32)), Key: bytes.Repeat([]byte("p"), 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	g.pages = signin.New(signin.Deps{
		Ways: access.NewWays(g.Desk, g.Vault), Campus: g.campus, Door: door, Sealer: g.Vault, Sessions: g.redis.Sessions(), Once: g.redis, Factors: factors, Roster: g.roster,
	})
	return site.StartWith(t, deps, append(g.pages.Routes(), door.Routes()...)...)
}

func userOf(a workflow.Account) web.User {
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return u
}

// setUp opens a way as an administrator does.
func (g *gate) setUp(t *testing.T, way workflow.Way, config map[string]string, secrets map[string]string) {
	t.Helper()
	s, err := g.ways.Show(t.Context(), g.Admin.Actor(), way)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.ways.Save(t.Context(), g.Admin.Actor(), way, access.WayChange{Enabled: true, Config: config, Secrets: secrets, Version: s.Version}); err != nil {
		t.Fatal(err)
	}
	g.Pass(5 * time.Second) // every replica has heard of it
}

// named gives an account its name on the campus.
func (g *gate) named(t *testing.T, a workflow.Account, name string) {
	t.Helper()
	if err := g.campus.Name(t.Context(), g.Admin.Actor(), a.ID, name); err != nil {
		t.Fatal(err)
	}
}

// browser is a client that carries the cookies of https, which a plain one drops.
type browser struct {
	*webtest.Client
	jar map[string]string
}

func newBrowser(t *testing.T, s *webtest.Site) *browser {
	t.Helper()
	return &browser{s.Client(t), map[string]string{}}
}

// at lets the browser go on at another replica.
func (b *browser) at(t *testing.T, s *webtest.Site) *browser {
	t.Helper()
	return &browser{s.Client(t), b.jar}
}

func (b *browser) do(r *http.Request) *webtest.Answer {
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a := b.Do(r)
	for _, ck := range (&http.Response{Header: a.Header}).Cookies() {
		if b.jar[ck.Name] = ck.Value; ck.MaxAge < 0 {
			delete(b.jar, ck.Name)
		}
	}
	return a
}

func (b *browser) get(path string) *webtest.Answer {
	return b.do(b.Request(http.MethodGet, strings.TrimPrefix(path, "https://xz.example.edu.cn"), nil))
}

func (b *browser) post(path string, form url.Values) *webtest.Answer {
	r := b.Request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

const (
	hours     = 2 * time.Hour
	waysHeard = 5 * time.Second // until every replica has heard of a change
)

const sessionCookie = "__Host-mailbox"

// inside wants somebody signed in, or not.
func (b *browser) inside(t *testing.T, want bool) {
	t.Helper()
	status := http.StatusSeeOther
	if want {
		status = http.StatusOK
	}
	if a := b.get("/account"); a.Status != status {
		t.Errorf("inside: status %d, want %d: %s", a.Status, status, a.Header.Get("Location"))
	}
}

// lines reads a table of commas.
func lines(_ string, content []byte, take func(row int, cells []string) error) error {
	for i, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		if err := take(i+1, strings.Split(line, ",")); err != nil {
			return err
		}
	}
	return nil
}
