package matters

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

var (
	keepers = web.Roles("clerk", "office_head")
	readers = web.Roles("clerk", "office_head", "leader", "principal")
)

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	get := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
	}
	post := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: keepers, Handler: h}
	}
	upload := func(rt web.Route) web.Route { rt.MaxBody = workflow.MaxFileSize + 1<<20; return rt }
	return []web.Route{
		get("/disclosure/matters", readers, p.overview),

		get("/office/campaigns", readers, p.campaigns),
		get("/office/campaigns/new", keepers, p.newCampaign),
		post("/office/campaigns", p.saveCampaign),
		get("/office/campaigns/:id", readers, p.campaign),
		post("/office/campaigns/:id", p.saveCampaign),
		post("/office/campaigns/:id/cases", p.decideProposal),

		get("/disclosure/appraisals", readers, p.appraisals),
		get("/disclosure/appraisals/new", keepers, p.newAppraisal),
		upload(post("/disclosure/appraisals", p.saveAppraisal)),
		get("/disclosure/appraisals/:id", readers, p.appraisal),
		upload(post("/disclosure/appraisals/:id", p.saveAppraisal)),
		post("/disclosure/appraisals/:id/remove", p.removeAppraisal),
		get("/disclosure/appraisals/:id/file", readers, p.appraisalFile),
	}
}
