// Package api is the mailbox for programs: letters, what became of them, and
// what everybody may know, as JSON under /api/v1. openapi.yaml describes it and
// the tests hold the two against each other.
//
// Nobody signs in here. Whoever has the number and the query code of a letter
// is its writer, as on the pages; whoever has a token of a member of staff sees
// and does what she may.
package api

import (
	"context"
	"net/http"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
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
	File(ctx context.Context, by workflow.Actor, caseID, fileID int64) (workflow.File, error)
}

// College is what the college says of itself; every workflow.Store knows it.
type College interface {
	Departments(ctx context.Context) ([]workflow.Department, error)
	Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error)
	Policies(ctx context.Context, at time.Time) ([]workflow.Policy, error)
	Settings(ctx context.Context) (map[string]string, error)
}

// Figures counts for the public; *report.Office does.
type Figures interface {
	Terms(n int) []report.Period
	Public(ctx context.Context, term report.Period) (report.PublicTable, error)
}

// Answers is what the college made public; *publication.Answers knows it.
type Answers interface {
	Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error)
	One(ctx context.Context, slug string) (workflow.Publication, error)
}

// Deps is what the API works with. All of it is required.
type Deps struct {
	Intake  Intake
	Cases   Cases
	College College
	Figures Figures
	Answers Answers
	Blobs   workflow.Blobs
	// Words are the texts of the catalogue in a language: figures are defined in
	// both, whatever the reader's.
	Words func(locale, key string) string
	Staff Staff
}

// API is the mailbox for programs.
type API struct {
	Deps
	offers *offers
}

// New returns the API.
func New(d Deps) *API { return &API{Deps: d, offers: &offers{college: d.College}} }

// base is where the API lives. What it promises does not change there; what
// must change gets another number.
const base = "/api/v1"

// How often one network may come. A college's own app sends for everybody from
// one address, so these stop machines that run wild and not a busy afternoon.
// Looking up letters is limited by the use case, by number and by client.
var (
	limitLetters = workflow.Limit{Name: "api-write", Rate: 120, Burst: 40, Per: time.Hour}
	limitSending = workflow.Limit{Name: "api-send", Rate: 480, Burst: 160, Per: time.Hour}
	limitWords   = workflow.Limit{Name: "api-say", Rate: 120, Burst: 40, Per: time.Hour}
	limitReading = workflow.Limit{Name: "api-read", Rate: 120, Burst: 120, Per: time.Minute}
)

// room is how many bytes a body with files may have: the files, its texts, and
// what the form puts around them.
const room = workflow.MaxAllFiles + 4<<20

// Routes is the table of contents.
func (a *API) Routes() []web.Route {
	get := func(path string, limit *workflow.Limit, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: base + path, Who: web.Anyone, API: true, Limit: limit, Handler: h}
	}
	post := func(path string, limit *workflow.Limit, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: base + path, Who: web.Anyone, API: true, Limit: limit, MaxBody: room, Handler: h}
	}
	staff := func(rt web.Route) web.Route {
		rt.Who, rt.Limit, rt.MaxBody = web.Staff, &limitStaff, 0
		return rt
	}
	return []web.Route{
		get("/openapi.yaml", nil, describe),

		get("/categories", &limitReading, a.categories),
		get("/departments", &limitReading, a.departments),
		get("/figures", &limitReading, a.figures),
		get("/answers", &limitReading, a.answers),
		get("/answers/:id", &limitReading, a.answer),

		post("/letters", &limitSending, a.send),
		get("/letters/:number", nil, a.follow), // the use case limits it
		post("/letters/:number/messages", &limitWords, a.say),
		get("/letters/:number/files/:id", nil, a.file), // the use case limits it

		staff(get("/cases", nil, a.cases)),
		staff(get("/cases/:number", nil, a.caseByNumber)),
		staff(post("/cases/:number/:action", nil, a.act)),
		staff(get("/disclosure/items", nil, a.items)),
		staff(post("/disclosure/items", nil, a.addItem)),
		staff(get("/disclosure/items/:id", nil, a.item)),
		staff(get("/reports", nil, a.reports)),
		staff(get("/reports/:id", nil, a.report)),
	}
}
