package disclosure

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/workflow/ledger"
)

var (
	readers   = web.Roles("clerk", "office_head", "dept_clerk", "dept_head", "leader", "principal", "reviewer")
	writers   = web.Roles("clerk", "office_head", "dept_clerk", "dept_head")
	arrangers = web.Roles("clerk", "office_head")
	importers = web.Roles("clerk", "office_head", "reviewer")
)

func get(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
}

func post(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
}

// patient is a route that may take as long as a hundred thousand rows do.
func patient(r web.Route) web.Route {
	r.Stream = true
	return r
}

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	upload := post("/disclosure/imports", arrangers, p.upload)
	upload.MaxBody = ledger.MaxArchive + 1<<20
	return []web.Route{
		get("/disclosure", readers, p.overview),

		get("/disclosure/items", readers, p.items),
		get("/disclosure/items/new", writers, p.newItem),
		post("/disclosure/items", writers, p.saveItem),
		get("/disclosure/items/:id", readers, p.item),
		get("/disclosure/items/:id/edit", writers, p.editItem),
		post("/disclosure/items/:id", writers, p.saveItem),
		post("/disclosure/items/:id/hand-in", writers, p.handIn),
		post("/disclosure/items/:id/publish", writers, p.publish),
		post("/disclosure/items/:id/withdraw", writers, p.withdraw),
		post("/disclosure/items/:id/discard", writers, p.discard),

		get("/disclosure/columns", readers, p.columns),
		get("/disclosure/columns/new", arrangers, p.newColumn),
		post("/disclosure/columns", arrangers, p.saveColumn),
		get("/disclosure/columns/:id", arrangers, p.column),
		post("/disclosure/columns/:id", arrangers, p.saveColumn),

		get("/disclosure/duties", readers, p.duties),
		get("/disclosure/duties/new", arrangers, p.newDuty),
		post("/disclosure/duties", arrangers, p.saveDuty),
		get("/disclosure/duties/:id", readers, p.duty),
		post("/disclosure/duties/:id", writers, p.saveDuty),

		get("/disclosure/imports", importers, p.imports),
		upload,
		patient(post("/disclosure/feeds", arrangers, p.readFeeds)),
		patient(get("/disclosure/imports/:id", importers, p.oneImport)),
		post("/disclosure/imports/:id/plan", arrangers, p.planImport),
		post("/disclosure/imports/:id/start", arrangers, p.startImport),
		patient(post("/disclosure/imports/:id/confirm", importers, p.confirmImport)),
		patient(post("/disclosure/imports/:id/undo", arrangers, p.undoImport)),
	}
}
