package office

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

var (
	screeners = web.Roles("clerk", "office_head")
	watchers  = web.Roles("clerk", "office_head", "leader", "principal")
	readers   = web.Roles("clerk", "office_head", "leader", "principal", "discipline", "dept_clerk", "dept_head")
	counters  = web.Roles("clerk", "office_head", "leader", "principal", "dept_clerk", "dept_head")
)

// told are those who are told of monthly bulletins.
var told = web.Roles("clerk", "office_head", "leader", "principal", "dept_head")

// entryBody leaves room for the scans of one letter.
const entryBody = workflow.MaxAllFiles + 2<<20

// Routes is the table of contents of the office.
func (p *Pages) Routes() []web.Route {
	get := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
	}
	post := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
	}
	entry := post("/office/new", screeners, p.enter)
	entry.MaxBody = entryBody
	return []web.Route{
		get("/office", screeners, p.tray),
		get("/office/cases", readers, p.cases),
		get("/office/board", watchers, p.board),
		get("/office/new", screeners, p.entry),
		entry,
		get("/office/new/slip", screeners, p.slip),
		get("/office/mail", screeners, p.mails),
		get("/office/mail/:id", screeners, p.mail),
		get("/office/mail/:id/raw", screeners, p.mailBytes),
		post("/office/mail/:id/attach", screeners, p.attachMail),
		post("/office/mail/:id/letter", screeners, p.mailToLetter),
		post("/office/mail/:id/retry", screeners, p.retryMail),
		post("/office/mail/:id/dismiss", screeners, p.dismissMail),
		get("/office/undelivered", screeners, p.undelivered),
		post("/office/undelivered", screeners, p.sendAllAgain),
		post("/office/undelivered/:id/again", screeners, p.sendAgain),
		post("/office/undelivered/:id/settle", screeners, p.settle),
		get("/office/figures", counters, p.figures),
		post("/office/figures/export", counters, p.export),
		get("/office/check", screeners, p.check),
		get("/office/bulletins", told, p.bulletins),
		get("/office/bulletins/:month", told, p.bulletin),
		post("/office/bulletins/:month", screeners, p.saveBulletin),
		post("/office/bulletins/:month/approve", web.Roles("office_head"), p.approveBulletin),
		post("/office/bulletins/:month/export", told, p.exportBulletin),
	}
}
