// Package public is what everybody may use: writing a letter, its receipt,
// following it with number and query code, the public figures, and the door
// that staff come in by.
//
// Nothing here knows who is signed in when a letter is written or followed: a
// writer is whoever holds the code.
package public

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
)

// Intake takes letters in; *intake.Intake does.
type Intake interface {
	Submit(ctx context.Context, l workflow.Letter) (intake.Receipt, error)
}

// Cases is what a writer sees and says; *casework.Casework is it.
type Cases interface {
	Track(ctx context.Context, number, code, client string) (workflow.Actor, error)
	Follow(ctx context.Context, by workflow.Actor, caseID int64) (casework.Progress, error)
	Say(ctx context.Context, by workflow.Actor, caseID int64, word casework.Word) (workflow.Case, error)
	Rate(ctx context.Context, by workflow.Actor, caseID int64, r workflow.Rating, comment string) (workflow.Case, error)
	File(ctx context.Context, by workflow.Actor, caseID, fileID int64) (workflow.File, error)
}

// College is what the college says of itself.
type College interface {
	Departments(ctx context.Context) ([]workflow.Department, error)
	Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error)
	Policies(ctx context.Context, at time.Time) ([]workflow.Policy, error)
	Settings(ctx context.Context) (map[string]string, error)
}

// Rules is the college's working time; *workflow.Rulebook knows it.
type Rules interface {
	Working(ctx context.Context) (workflow.WorkingTime, int64, error)
}

// Door lets staff in; *access.Door does.
type Door interface {
	Prove(ctx context.Context, e access.Entry) (workflow.Account, error)
	Entered(ctx context.Context, account int64, way workflow.Way) error
	Sessions(ctx context.Context, by workflow.Actor) ([]workflow.Session, error)
	EndSessions(ctx context.Context, by workflow.Actor) (int, error)
	ChangePassword(ctx context.Context, by workflow.Actor, old, fresh string) error
}

// Factors is the second step of signing in; *access.Factors is it.
type Factors interface {
	Next(ctx context.Context, a workflow.Account) (access.Next, error)
	Waiting(ctx context.Context, account, version int64) (workflow.Account, error)
	Check(ctx context.Context, account int64, code string) error
	Begin(ctx context.Context, account int64, issuer string) (access.Enrolment, error)
	Confirm(ctx context.Context, account int64, code string) ([]workflow.Code, error)
	Of(ctx context.Context, by workflow.Actor, account int64) (access.Factor, error)
	Off(ctx context.Context, by workflow.Actor, code string) error
}

// RosterSwitch knows whether letters are signed by people of the roster alone;
// *access.Roster does.
type RosterSwitch interface {
	On(ctx context.Context) (bool, error)
}

// StaffTokens are the tokens by which programs speak for staff; *access.Tokens
// gives them.
type StaffTokens interface {
	Create(ctx context.Context, by workflow.Actor, wish access.TokenWish) (string, workflow.Token, error)
	Of(ctx context.Context, by workflow.Actor, account int64) ([]workflow.Token, error)
	Revoke(ctx context.Context, by workflow.Actor, account, id int64) (workflow.Token, error)
}

// Figures counts for the public; *report.Office does.
type Figures interface {
	Terms(n int) []report.Period
	Public(ctx context.Context, term report.Period) (report.PublicTable, error)
	Lately(ctx context.Context) (month string, onTime, median report.Value, err error)
}

// Answers is what the college made public, and what writers say to that;
// *publication.Answers does it.
type Answers interface {
	Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error)
	OfWriter(ctx context.Context, by workflow.Actor, caseID int64) (p workflow.Publication, public bool, err error)
	Consent(ctx context.Context, by workflow.Actor, caseID int64, agrees bool) (workflow.Case, error)
}

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Intake  Intake
	Cases   Cases
	College College
	Rules   Rules
	Blobs   workflow.Blobs
	Door    Door
	Factors Factors
	Ways    Ways
	Roster  RosterSwitch
	Tokens  StaffTokens
	Figures Figures
	Answers Answers
	// Key is secret, of at least 32 bytes and the same in every replica: it
	// seals the cookies of receipts and of tracking.
	Key []byte
}

// Pages are the public pages.
type Pages struct {
	Deps
	box   box
	lists *lists
}

// New returns the public pages.
func New(d Deps) (*Pages, error) {
	if len(d.Key) < 32 {
		return nil, fmt.Errorf("public pages: the key has %d bytes, want 32", len(d.Key))
	}
	sealing, err := hkdf.Key(sha256.New, d.Key, nil, "mailbox public cookies", 32)
	if err != nil {
		return nil, fmt.Errorf("public pages: %w", err)
	}
	b, err := newBox(sealing)
	if err != nil {
		return nil, err
	}
	return &Pages{Deps: d, box: b, lists: &lists{college: d.College, figures: d.Figures, answers: d.Answers, roster: d.Roster, kept: web.Recent[offered]{Hold: true}}}, nil
}

// How often one network may do what costs something. A campus is often one
// address to us, so these stop machines and not a busy afternoon.
var (
	limitLetters  = workflow.Limit{Name: "write", Rate: 300, Burst: 60, Per: time.Hour}
	limitSigning  = workflow.Limit{Name: "write-sign", Rate: 60, Burst: 20, Per: time.Hour}
	limitSending  = workflow.Limit{Name: "write-send", Rate: 1200, Burst: 240, Per: time.Hour}
	limitTracking = workflow.Limit{Name: "track-page", Rate: 120, Burst: 60, Per: time.Minute}
	limitWords    = workflow.Limit{Name: "track-say", Rate: 120, Burst: 40, Per: time.Hour}
	limitLogin    = workflow.Limit{Name: "login-page", Rate: 60, Burst: 30, Per: time.Minute}
)

// room is how many bytes a form with files may have: the files, its texts, and
// what a form puts around them.
const room = workflow.MaxAllFiles + 4<<20

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: web.Anyone, Handler: h}
	}
	post := func(path string, limit *workflow.Limit, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: web.Anyone, Limit: limit, Handler: h}
	}
	sized := func(max int64, rt web.Route) web.Route { rt.MaxBody = max; return rt }
	limited := func(limit *workflow.Limit, rt web.Route) web.Route { rt.Limit = limit; return rt }
	door := func(rt web.Route) web.Route { rt.SignsIn = true; return rt }
	staff := func(rt web.Route) web.Route { rt.Who = web.Staff; return rt }
	return []web.Route{
		get("/", p.home),
		get("/figures", p.figures),

		get("/write", p.write),
		sized(room, post("/write", &limitSending, p.send)),
		get("/receipt/:number", p.receipt),
		get("/receipt/:number/text", p.receiptText),

		get("/track", p.track),
		post("/track", nil, p.enter), // the use case limits it, by number and by client
		post("/track/leave", nil, p.leave),
		sized(room, post("/track/add", &limitWords, p.say(workflow.MarkAdd))),
		post("/track/again", &limitWords, p.say(workflow.AskAgain)),
		post("/track/redo", &limitWords, p.say(workflow.Redo)),
		post("/track/solved", &limitWords, p.say(workflow.Settle)),
		post("/track/withdraw", &limitWords, p.say(workflow.Withdraw)),
		post("/track/rate", &limitWords, p.rate),
		post("/track/publish", &limitWords, p.consent),
		limited(&limitTracking, get("/track/files/:id", p.file)),

		door(get("/login", p.login)),
		door(post("/login", &limitLogin, p.signIn)),
		door(get("/login/code", p.askCode)),
		door(post("/login/code", &limitLogin, p.takeCode)),
		door(get("/login/enrol", p.askEnrol)),
		door(post("/login/enrol", &limitLogin, p.enrol)),
		post("/logout", nil, p.signOut),
		staff(get("/account", p.account)),
		staff(post("/account/password", nil, p.changePassword)),
		staff(post("/account/sessions", nil, p.endSessions)),
		staff(get("/account/second", p.ownEnrol)),
		staff(post("/account/second", nil, p.ownConfirm)),
		staff(post("/account/second/off", nil, p.ownOff)),
		staff(post("/account/tokens", nil, p.createToken)),
		staff(post("/account/tokens/:id/revoke", nil, p.revokeToken)),
	}
}

// Views are the pages and their data, for the test that type-checks them.
var Views = map[string]any{
	"public/home.html":     templates.Home{},
	"public/write.html":    WritePage{},
	"public/receipt.html":  ReceiptPage{},
	"public/track.html":    TrackPage{},
	"public/case.html":     CasePage{},
	"public/figures.html":  FiguresPage{},
	"public/login.html":    LoginPage{},
	"public/code.html":     CodePage{},
	"public/enrol.html":    EnrolPage{},
	"public/recovery.html": RecoveryPage{},
	"desk/enrol.html":      EnrolPage{},
	"desk/recovery.html":   RecoveryPage{},
	"desk/account.html":    AccountPage{},
	"desk/token.html":      TokenPage{},
}
