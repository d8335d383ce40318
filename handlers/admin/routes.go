package admin

import (
	"net/http"

	"mailbox/handlers/web"
)

var (
	admins = web.Roles("admin")
	rulers = web.Roles("admin", "office_head") // who may say what is promised
)

func get(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
}

func post(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
}

// Routes is the table of contents of administration.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		get("/admin", admins, p.overview),

		get("/admin/people", admins, p.people),
		get("/admin/people/new", admins, p.newPerson),
		post("/admin/people", admins, p.savePerson),
		get("/admin/people/:id", admins, p.person),
		post("/admin/people/:id", admins, p.savePerson),
		post("/admin/people/:id/disable", admins, p.disablePerson),
		post("/admin/people/:id/enable", admins, p.enablePerson),
		post("/admin/people/:id/password", admins, p.freshPassword),
		post("/admin/people/:id/campus", admins, p.nameOnCampus),
		post("/admin/people/:id/second/reset", admins, p.resetFactor),
		post("/admin/people/:id/tokens/:token/revoke", admins, p.revokeToken),

		get("/admin/departments", admins, p.departments),
		get("/admin/departments/new", admins, p.newDepartment),
		post("/admin/departments", admins, p.saveDepartment),
		get("/admin/departments/:id", admins, p.department),
		post("/admin/departments/:id", admins, p.saveDepartment),

		get("/admin/categories", rulers, p.categories),
		get("/admin/categories/new", rulers, p.newCategory),
		post("/admin/categories", rulers, p.saveCategory),
		get("/admin/categories/:id", rulers, p.category),
		post("/admin/categories/:id", rulers, p.saveCategory),

		get("/admin/policies", rulers, p.policies),
		get("/admin/policies/new", rulers, p.newPolicy),
		post("/admin/policies", rulers, p.savePolicy),
		get("/admin/policies/:id", rulers, p.policy),
		post("/admin/policies/:id", rulers, p.savePolicy),

		get("/admin/calendar", rulers, p.calendar),
		get("/admin/calendar/edit", rulers, p.changeCalendar),
		post("/admin/calendar/preview", rulers, p.previewCalendar),
		post("/admin/calendar", rulers, p.applyCalendar),

		get("/admin/templates", rulers, p.templates),
		get("/admin/templates/new", rulers, p.newTemplate),
		post("/admin/templates", rulers, p.saveTemplate),
		get("/admin/templates/:id", rulers, p.template),
		post("/admin/templates/:id", rulers, p.saveTemplate),

		get("/admin/outgoing", admins, p.outgoing),
		get("/admin/outgoing/:id", admins, p.mail),

		get("/admin/settings", admins, p.settings),
		post("/admin/settings", admins, p.saveSettings),
		get("/admin/journal", admins, p.journal),
		get("/admin/styleguide", admins, p.styleguide),
	}
}

func (p *Pages) styleguide(c *web.Context) error {
	return c.Render(http.StatusOK, "admin/styleguide.html", p.Words.Styleguide(c.Page("styleguide.title")))
}
