package office

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/delivery"
)

const failuresPerPage = 25

type undeliveredPage struct {
	templates.Page
	Tabs  []templates.Tab
	Items []failure
	More  string
	Staff bool
	Again int    // how many can be sent again together
	Wrong int64  // the item a remark is missing for
	Typed string // what was typed there
}

// failure is one message that did not arrive, as a task.
type failure struct {
	ID                    int64
	What, Reason          string
	Number, Subject, Href string
	To                    string
	State                 templates.Badge
	At                    time.Time
	Attempts              string
	Uncertain             bool
}

// undelivered lists what did not reach its reader, as tasks.
func (p *Pages) undelivered(c *web.Context) error {
	return p.showUndelivered(c, http.StatusOK, undeliveredPage{})
}

func (p *Pages) showUndelivered(c *web.Context, status int, page undeliveredPage) error {
	before, err := number(c.Query("before"), "before")
	if err != nil {
		return err
	}
	if err := p.failureTabs(c, &page); err != nil {
		return err
	}
	all, err := p.Failures.List(c.Context(), c.User.Actor(), delivery.Readers(page.Staff), before, failuresPerPage+1)
	if err != nil {
		return err
	}
	if len(all) > failuresPerPage {
		all = all[:failuresPerPage]
		page.More = c.With("before", decimal(all[failuresPerPage-1].ID))
	}
	for _, f := range all {
		page.Items = append(page.Items, failureOf(c, f))
		page.Again += yes(f.State == workflow.Failed)
	}
	problems := page.Problems
	page.Page = c.Page("office.undelivered")
	page.Problems = problems
	return c.Render(status, "office/undelivered.html", page)
}

// failureTabs tells what writers did not get from what staff did not.
func (p *Pages) failureTabs(c *web.Context, page *undeliveredPage) error {
	page.Staff = c.Query("to") == "staff"
	for _, tab := range []struct {
		to        delivery.Readers
		key, href string
	}{{delivery.ToWriters, "office.undelivered.writers", "/office/undelivered"}, {delivery.ToStaff, "office.undelivered.tostaff", "/office/undelivered?to=staff"}} {
		n, err := p.Failures.Count(c.Context(), c.User.Actor(), tab.to, most)
		if err != nil {
			return err
		}
		page.Tabs = append(page.Tabs, templates.Tab{Label: c.Text(tab.key), Href: tab.href, Count: n, Current: page.Staff == bool(tab.to)})
	}
	return nil
}

func failureOf(c *web.Context, f delivery.Failure) failure {
	out := failure{
		ID: f.ID, What: c.Text("notice." + string(f.Kind)), Reason: reason(c, f.Reason), At: c.Local(f.Queued), To: c.Text("office.writer"),
		State: templates.Badge{Tone: "late", Label: c.Text("notice.state." + string(f.State))}, Uncertain: f.State == workflow.Uncertain,
		Attempts: c.Plural("office.undelivered.attempts", f.Attempt),
	}
	if out.Uncertain {
		out.State.Tone = "soon"
	}
	if f.Account != 0 {
		out.To = c.Text("office.undelivered.staff")
	}
	if f.Case.ID != 0 {
		out.Number, out.Subject, out.Href = f.Case.Number, f.Case.Subject, web.CasePath(f.Case.Number)
	}
	return out
}

// address finds mail addresses in what a server says. Whom a letter is from is
// not to be learnt from an error message.
var address = regexp.MustCompile(`[^\s<>()\[\]"']+@[^\s<>()\[\]"']+`)

// reason is why it did not arrive: in our words where it is our reason, else in
// the server's.
func reason(c *web.Context, why string) string {
	if why == "" {
		return c.Text("office.undelivered.noreason")
	}
	return address.ReplaceAllString(c.Text(why), "•••")
}

// sendAgain queues one message once more.
func (p *Pages) sendAgain(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if err := p.Failures.Again(c.Context(), c.User.Actor(), id); err != nil {
		return err
	}
	c.Flash("good", "office.undelivered.again.done")
	return c.Redirect("/office/undelivered")
}

// sendAllAgain queues everything that failed once more.
func (p *Pages) sendAllAgain(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	staff := form.Line("to") == "staff"
	n, err := p.Failures.AllAgain(c.Context(), c.User.Actor(), delivery.Readers(staff), most)
	if err != nil {
		return err
	}
	c.Flash("good", "office.undelivered.all.done", strconv.Itoa(n))
	if staff {
		return c.Redirect("/office/undelivered?to=staff")
	}
	return c.Redirect("/office/undelivered")
}

// settle takes one message off the list, with a remark on what was done
// instead.
func (p *Pages) settle(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	problems, err := c.Problems(p.Failures.Settle(c.Context(), c.User.Actor(), id, form.Prose("remark")))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		page := undeliveredPage{Wrong: id, Typed: form.Prose("remark")}
		page.Problems = problems
		return p.showUndelivered(c, http.StatusUnprocessableEntity, page)
	}
	c.Flash("good", "office.undelivered.settle.done")
	return c.Redirect("/office/undelivered")
}

func sortByTime(items []templates.TimelineItem) {
	slices.SortFunc(items, func(a, b templates.TimelineItem) int { return a.At.Compare(b.At) })
}
