package publication

import (
	"net/http"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// limitReading stops machines that run wild; a campus is one address.
var limitReading = workflow.Limit{Name: "answers", Rate: 600, Burst: 300, Per: time.Minute}

func reading(rt web.Route) web.Route { rt.Limit = &limitReading; return rt }

// office selects answers.
var office = web.Roles("clerk", "office_head")

// involved are those who may ask for a review or decide one.
var involved = web.Roles("reviewer", "clerk", "office_head", "dept_head", "dept_clerk")

func get(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
}

func post(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
}

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		get("/office/reviews", involved, p.reviews),
		get("/office/reviews/:id", involved, p.review),
		post("/office/reviews/:id", involved, p.decide),
		get("/office/reviews/:id/print", involved, p.printReview),
		get("/office/reviews/:id/files/:n", involved, p.reviewFile),

		get("/office/publications", office, p.publications),
		post("/office/publications", office, p.begin),
		get("/office/publications/:id", office, p.publication),
		post("/office/publications/:id", office, p.save),
		post("/office/publications/:id/hand-in", office, p.handIn),
		post("/office/publications/:id/publish", office, p.publish),
		post("/office/publications/:id/withdraw", office, p.withdraw),
		get("/office/publications/:id/files/:n", office, p.draftFile),

		reading(get("/answers", web.Anyone, p.answers)),
		reading(get("/answers/feed.xml", web.Anyone, p.rss)),
		reading(get("/answers/atom.xml", web.Anyone, p.atom)),
		reading(get("/answers/export.csv", web.Anyone, p.export)),
		reading(get("/answers/titles.json", web.Anyone, p.titles)),
		reading(get("/answers/proof", web.Anyone, p.proofs)),
		reading(get("/answers/:slug", web.Anyone, p.answer)),
		reading(get("/answers/:slug/content", web.Anyone, p.content)),
		reading(get("/answers/:slug/files/:n", web.Anyone, p.answerFile)),
	}
}
