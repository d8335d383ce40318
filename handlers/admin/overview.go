package admin

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/rules"
)

type overviewPage struct {
	templates.Page
	Concerns []concern
	Health   []health
}

// concern is something to see to, and where.
type concern struct {
	Tone, Icon  string
	Title, Text string
	Href, Act   string
}

// health is whether one thing the program depends on works.
type health struct {
	Name string
	Good bool
}

// concernWords says what each concern means and where it is mended. Titles
// take how many there are.
var concernWords = map[rules.ConcernKind]struct{ tone, title, text, href string }{
	rules.MailboxFault:  {"late", "admin.concern.mailbox", "admin.concern.mailbox.text", "/office/mail"},
	rules.Undelivered:   {"late", "admin.concern.undelivered", "admin.concern.undelivered.text", "/admin/outgoing"},
	rules.DeadTodos:     {"late", "admin.concern.todos", "admin.concern.todos.text", "/admin/channels/oa/todos"},
	rules.UnsortedMail:  {"soon", "admin.concern.mail", "admin.concern.mail.text", ""},
	rules.NoHolidays:    {"late", "admin.concern.holidays", "admin.concern.holidays.text", "/admin/calendar/edit"},
	rules.NobodyAtAll:   {"late", "admin.concern.nobody", "admin.concern.nobody.text", "/admin/people/new"},
	rules.NoHead:        {"soon", "admin.concern.head", "admin.concern.head.text", "/admin/people/new"},
	rules.NoDepartment:  {"info", "admin.concern.routing", "admin.concern.routing.text", "/admin/categories"},
	rules.OldTemplate:   {"info", "admin.concern.template", "admin.concern.template.text", "/admin/templates"},
	rules.LonelyAdmin:   {"soon", "admin.concern.admin", "admin.concern.admin.text", "/admin/people/new"},
	rules.NoCollegeName: {"soon", "admin.concern.college", "admin.concern.college.text", "/admin/settings"},
}

var toneIcons = map[string]string{"late": "warn", "soon": "clock", "info": "info"}

func (p *Pages) overview(c *web.Context) error {
	found, err := p.Rules.Attention(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := overviewPage{Page: c.Page("admin.title"), Health: p.healthOf(c.Context())}
	if p.Forgetful != nil && p.Forgetful() {
		view.Concerns = append(view.Concerns, concern{
			Tone: "late", Icon: "warn", Title: c.Text("admin.concern.redis"), Text: c.Text("admin.concern.redis.text"),
		})
	}
	for _, f := range found {
		view.Concerns = append(view.Concerns, worded(c, f))
	}
	for i, h := range view.Health {
		view.Health[i].Name = healthName(c, h.Name)
	}
	return c.Render(http.StatusOK, "admin/overview.html", view)
}

// mayOffice reports whether the reader may open the pages of the office.
func mayOffice(c *web.Context) bool { return c.User.Is("clerk") || c.User.Is("office_head") }

func worded(c *web.Context, f rules.Concern) concern {
	w := concernWords[f.Kind]
	out := concern{Tone: w.tone, Icon: toneIcons[w.tone], Title: c.Plural(w.title, f.N), Href: w.href, Act: c.Text("admin.concern.go")}
	if strings.HasPrefix(w.href, "/office") && !mayOffice(c) {
		out.Href = "" // the office's pages are not an administrator's
	}
	var names []string
	for _, n := range f.Names {
		names = append(names, c.Name(n.ZH, n.EN))
	}
	if f.N > len(names) && len(names) > 0 {
		names = append(names, c.Text("admin.concern.more"))
	}
	if len(names) == 0 {
		out.Text = c.Text(w.text)
		return out
	}
	out.Text = c.Text("admin.concern.which", list(c, names), c.Text(w.text))
	return out
}

// healthName is what a check is called on the page: its own name when nobody
// has found words for it.
func healthName(c *web.Context, check string) string {
	key := "admin.health." + check
	if words := c.Text(key); words != key {
		return words
	}
	return check
}

// healthTime is how long one check may take.
const healthTime = 3 * time.Second

// healthOf asks everything at once: one thing that hangs must not hide the rest.
func (p *Pages) healthOf(ctx context.Context) []health {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	out := make([]health, len(p.Checks))
	var all sync.WaitGroup
	for i, check := range p.Checks {
		all.Go(func() { out[i] = health{Name: check.Name, Good: check.Run(ctx) == nil} })
	}
	all.Wait()
	return out
}
