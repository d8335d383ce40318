package desk

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// maxDraft leaves room for an answer and all its files.
const maxDraft = workflow.MaxAllFiles + 1<<20

// Routes is the table of contents of the desks. The pages are for all staff:
// which cases somebody may see, and what they may do, the use cases decide; a
// case that is not for them does not exist.
func (p *Pages) Routes() []web.Route {
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: web.Staff, Handler: h}
	}
	post := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: web.Staff, Handler: h}
	}
	draft := post("/desk/cases/:number/draft", p.saveDraft)
	draft.MaxBody = maxDraft
	return []web.Route{
		get("/desk", p.inbox),
		get("/desk/notices", p.notices),
		post("/desk/notices", p.seeNotices),

		get("/desk/cases/:number", p.showCase),
		get("/desk/cases/:number/print", p.printCase),
		get("/desk/cases/:number/files/:id", p.file),
		get("/desk/cases/:number/messages/:id", p.original),
		draft,
		post("/desk/cases/:number/reveal", p.reveal),
		get("/desk/cases/:number/:act", p.showAct),
		post("/desk/cases/:number/:act", p.act),
	}
}
