package annual

import (
	"net/http"

	"mailbox/handlers/web"
)

var (
	writers = web.Roles("clerk", "office_head")
	readers = web.Roles("clerk", "office_head", "leader", "principal")
	checker = web.Roles("office_head")
	signers = web.Roles("leader", "principal")
	judges  = web.Roles("office_head", "leader", "principal")
)

// Routes is the table of contents of the annual report.
func (p *Pages) Routes() []web.Route {
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: readers, Handler: h}
	}
	post := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
	}
	return []web.Route{
		get("/office/reports", p.list),
		{Method: http.MethodGet, Path: "/office/reports/new", Who: writers, Handler: p.order},
		post("/office/reports", writers, p.begin),
		get("/office/reports/contacts", p.contacts),
		post("/office/reports/contacts", writers, p.saveContacts),

		get("/office/reports/:id", p.report),
		get("/office/reports/:id/print", p.print),
		{Method: http.MethodGet, Path: "/office/reports/:id/edit", Who: writers, Handler: p.details},
		post("/office/reports/:id/edit", writers, p.saveDetails),
		post("/office/reports/:id/export", readers, p.export),

		get("/office/reports/:id/blocks/:key", p.block),
		post("/office/reports/:id/blocks/:key", writers, p.saveBlock),
		post("/office/reports/:id/blocks/:key/comments", readers, p.comment),
		post("/office/reports/:id/blocks/:key/settle", readers, p.settle),

		get("/office/reports/:id/fields", p.fields),
		get("/office/reports/:id/fields/:key", p.field),
		post("/office/reports/:id/fields/:key", writers, p.override),
		get("/office/reports/:id/changes", p.changes),

		post("/office/reports/:id/freeze", writers, p.freeze),
		post("/office/reports/:id/check", checker, p.check),
		post("/office/reports/:id/sign", signers, p.sign),
		post("/office/reports/:id/return", judges, p.giveBack),
		post("/office/reports/:id/publish", writers, p.publish),
		post("/office/reports/:id/revise", writers, p.revise),
	}
}
