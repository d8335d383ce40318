package publication

import (
	"net/http"

	"mailbox/handlers/web"
)

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
	}
}
