package web

import (
	"maps"
	"strings"

	"mailbox/templates"
)

// NavCount stands beside an entry of the navigation.
type NavCount struct {
	N    int
	Late bool // of late things
}

// place is one line of the staff's navigation. Without a path it is a heading.
type place struct {
	path, key, icon, shortcut string
	roles                     []string
}

var (
	inDepartment = []string{"dept_clerk", "dept_head", "discipline"}
	inOffice     = []string{"clerk", "office_head"}
	inReview     = []string{"reviewer", "clerk", "office_head", "dept_head", "dept_clerk"}
	above        = []string{"leader", "principal"}
	seers        = []string{"clerk", "office_head", "leader", "principal"}
	inDisclosure = append([]string{"dept_clerk", "dept_head", "reviewer"}, seers...)
	rulers       = []string{"admin", "office_head"}
	admins       = []string{"admin"}
)

// places is the navigation of all staff; each person sees what their roles
// open.
var places = []place{
	{path: "/office", key: "nav.tray", icon: "inbox", shortcut: "g i", roles: inOffice},
	{path: "/desk", key: "nav.desk", icon: "inbox", shortcut: "g i", roles: inDepartment},
	{path: "/office/board", key: "nav.board", icon: "chart", shortcut: "g b", roles: seers},
	{path: "/office/cases", key: "nav.cases", icon: "mail", shortcut: "g a", roles: append([]string{"discipline"}, seers...)},
	{path: "/office/new", key: "nav.new", icon: "write", shortcut: "g w", roles: inOffice},
	{path: "/desk/notices", key: "nav.notices", icon: "bell", shortcut: "g n"},
	{key: "nav.counting", roles: append([]string{"dept_head"}, seers...)},
	{path: "/office/figures", key: "nav.figures", icon: "chart", shortcut: "g f", roles: seers},
	{path: "/office/campaigns", key: "nav.campaigns", icon: "star", roles: seers},
	{path: "/office/bulletins", key: "nav.bulletins", icon: "file", shortcut: "g t", roles: append([]string{"dept_head"}, seers...)},
	{path: "/office/check", key: "nav.check", icon: "check", shortcut: "g c", roles: inOffice},
	{path: "/office/reports", key: "nav.reports", icon: "file", shortcut: "g y", roles: seers},
	{key: "nav.public", roles: inDisclosure},
	{path: "/disclosure", key: "nav.disclosure", icon: "file", shortcut: "g d", roles: inDisclosure},
	{path: "/office/reviews", key: "nav.reviews", icon: "shield", shortcut: "g r", roles: inReview},
	{path: "/office/publications", key: "nav.publications", icon: "eye", shortcut: "g p", roles: inOffice},
	{path: "/disclosure/matters", key: "nav.matters", icon: "chart", roles: seers},
	{path: "/disclosure/appraisals", key: "nav.appraisals", icon: "people", roles: seers},
	{key: "nav.mails", roles: inOffice},
	{path: "/office/mail", key: "nav.mail", icon: "help", shortcut: "g m", roles: inOffice},
	{path: "/office/undelivered", key: "nav.undelivered", icon: "warn", shortcut: "g u", roles: inOffice},
	{key: "nav.admin", roles: rulers},
	{path: "/admin", key: "nav.overview", icon: "gear", roles: admins},
	{path: "/admin/people", key: "nav.people", icon: "people", roles: admins},
	{path: "/admin/departments", key: "nav.departments", icon: "building", roles: admins},
	{path: "/admin/categories", key: "nav.categories", icon: "filter", roles: rulers},
	{path: "/admin/policies", key: "nav.policies", icon: "clock", roles: rulers},
	{path: "/admin/calendar", key: "nav.calendar", icon: "calendar", roles: rulers},
	{path: "/admin/templates", key: "nav.templates", icon: "reply", roles: rulers},
	{path: "/admin/channels", key: "nav.channels", icon: "send", roles: admins},
	{path: "/admin/webhooks", key: "nav.webhooks", icon: "link", roles: admins},
	{path: "/admin/signin", key: "nav.signin", icon: "lock", roles: admins},
	{path: "/admin/outgoing", key: "nav.outgoing", icon: "send", roles: admins},
	{path: "/admin/settings", key: "nav.settings", icon: "gear", roles: admins},
	{path: "/admin/journal", key: "nav.journal", icon: "history", roles: admins},
	{path: "/admin/styleguide", key: "nav.styleguide", icon: "eye", roles: admins},
}

// staffNav is the navigation for whoever is signed in.
func (c *Context) staffNav(counts map[string]NavCount) []templates.NavItem {
	if c.User == nil {
		return nil
	}
	var nav []templates.NavItem
	current := -1
	for _, e := range places {
		if len(e.roles) > 0 && !Roles(e.roles...).admits(c.User) {
			continue
		}
		n := counts[e.path]
		nav = append(nav, templates.NavItem{Label: c.Text(e.key), Href: e.path, Icon: e.icon, Shortcut: e.shortcut, Count: n.N, Late: n.Late})
		if c.under(e.path) && (current < 0 || len(e.path) > len(nav[current].Href)) {
			current = len(nav) - 1
		}
	}
	if current >= 0 {
		nav[current].Current = true
	}
	return nav
}

// under reports whether this page is path or below it.
func (c *Context) under(path string) bool {
	here := c.Request.URL.Path
	return path != "" && (here == path || strings.HasPrefix(here, path+"/"))
}

// staffPage fills what every page of the staff shows. What cannot be counted
// is left out: a page is not refused for its navigation.
func (c *Context) staffPage(p *templates.Page) {
	if c.User == nil {
		return
	}
	p.User.Links = []templates.Crumb{{Label: c.Text("nav.notices"), Href: noticesPath}}
	counts := c.navCounts()
	p.Nav, p.Search = c.staffNav(counts), c.searchPath()
	p.User.Unread = counts[noticesPath].N
}

// noticesPath is where staff read what they are told.
const noticesPath = "/desk/notices"

func (c *Context) navCounts() map[string]NavCount {
	all := map[string]NavCount{}
	if c.route.Who.anyone {
		return all
	}
	for _, count := range c.server.Counts {
		some, err := count(c)
		if err != nil {
			c.server.Log.WarnContext(c.Context(), "navigation without counts", "request", c.id, "err", err)
		}
		maps.Copy(all, some)
	}
	return all
}

// searchPath is the list in which the reader's searches end.
func (c *Context) searchPath() string {
	switch {
	case Roles(inDepartment...).admits(c.User):
		return "/desk"
	case Roles(seers...).admits(c.User):
		return "/office/cases"
	}
	return ""
}

// HomePath is where a member of staff begins.
func (u *User) HomePath() string {
	switch {
	case u == nil:
		return "/"
	case Roles(inOffice...).admits(u):
		return "/office"
	case Roles(inDepartment...).admits(u):
		return "/desk"
	case Roles(above...).admits(u):
		return "/office/board"
	case u.Is("reviewer"):
		return "/office/reviews"
	case u.Is("admin"):
		return "/admin"
	}
	return "/desk/notices"
}
