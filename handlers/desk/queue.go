package desk

import (
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// queue is one pile of cases on a desk.
type queue struct {
	name  string
	roles []workflow.Role // nil: everybody at a desk
	late  bool            // its count is of late things
	of    func(workflow.BoardMarks, []workflow.State) workflow.Query
}

// ours are the states in which a case is the department's to move; the
// discipline officer alone also screens and checks.
var (
	ours     = []workflow.State{workflow.Routed, workflow.InHand, workflow.Drafted}
	everyOne = []workflow.State{workflow.Received, workflow.Accepted, workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved}
	alone    = []workflow.Role{workflow.Discipline}
	heads    = []workflow.Role{workflow.DeptHead, workflow.Discipline}
)

// queues is the desk from top to bottom; the first is where a day begins.
var queues = []queue{
	{name: "open", of: func(_ workflow.BoardMarks, s []workflow.State) workflow.Query {
		return workflow.Query{States: s, Order: workflow.DueFirst}
	}},
	{name: "overdue", late: true, of: func(m workflow.BoardMarks, s []workflow.State) workflow.Query {
		return workflow.Query{States: s, DueTo: m.Now, Order: workflow.DueFirst}
	}},
	{name: "today", of: func(m workflow.BoardMarks, s []workflow.State) workflow.Query {
		return workflow.Query{States: s, DueFrom: m.Now, DueTo: m.Today, Order: workflow.DueFirst}
	}},
	{name: "soon", of: func(m workflow.BoardMarks, s []workflow.State) workflow.Query {
		return workflow.Query{States: s, DueFrom: m.Today, DueTo: m.Soon, Order: workflow.DueFirst}
	}},
	{name: "received", roles: alone, of: inStates(workflow.DueFirst, workflow.Received, workflow.Accepted)},
	{name: "routed", of: inStates(workflow.DueFirst, workflow.Routed)},
	{name: "drafted", roles: heads, of: inStates(workflow.DueFirst, workflow.Drafted)},
	{name: "signed", of: inStates(workflow.DueFirst, workflow.Approved)},
	{name: "waiting", of: inStates(workflow.DueFirst, workflow.Waiting)},
	{name: "answered", of: inStates(workflow.NewestFirst, workflow.Answered)},
	{name: "closed", of: inStates(workflow.NewestFirst, workflow.Closed, workflow.Archived, workflow.Declined, workflow.Merged, workflow.Withdrawn)},
}

func inStates(order workflow.Order, states ...workflow.State) func(workflow.BoardMarks, []workflow.State) workflow.Query {
	return func(workflow.BoardMarks, []workflow.State) workflow.Query {
		return workflow.Query{States: states, Order: order}
	}
}

// queuesOf lists the queues of a person.
func queuesOf(by workflow.Actor) []queue {
	return slices.DeleteFunc(slices.Clone(queues), func(q queue) bool { return len(q.roles) > 0 && !by.Is(q.roles...) })
}

// statesOf are the states that are somebody's to move.
func statesOf(by workflow.Actor) []workflow.State {
	if by.Is(workflow.Discipline) {
		return everyOne
	}
	return ours
}

// queueNamed is the queue the reader asked for, or the first.
func queueNamed(all []queue, name string) queue {
	for _, q := range all {
		if q.name == name {
			return q
		}
	}
	return all[0]
}

// desk is the part of a page that all desks share: which queue is open, and
// how many cases lie in each.
type desk struct {
	queues []queue
	open   queue
	counts map[string]int
	marks  workflow.BoardMarks
}

func (p *Pages) readDesk(c *web.Context) (desk, error) {
	by := actor(c)
	d := desk{queues: queuesOf(by), counts: map[string]int{}}
	d.open = queueNamed(d.queues, c.Query("queue"))
	var err error
	if d.marks, err = p.cases.Marks(c.Context()); err != nil {
		return d, err
	}
	for _, q := range d.queues {
		if d.counts[q.name], err = p.cases.Count(c.Context(), by, q.of(d.marks, statesOf(by))); err != nil {
			return d, err
		}
	}
	return d, nil
}

// tabs are the queues above the list, for screens too narrow for a rail.
func (d desk) tabs(c *web.Context) []templates.Tab {
	var tabs []templates.Tab
	for _, q := range d.queues {
		tabs = append(tabs, templates.Tab{Label: c.Text("desk.queue." + q.name), Href: queuePath(q.name), Count: d.counts[q.name], Current: q.name == d.open.name})
	}
	return tabs
}

// rail adds the queues to the navigation, below the desk itself.
func (d desk) rail(c *web.Context, nav []templates.NavItem) []templates.NavItem {
	at := slices.IndexFunc(nav, func(n templates.NavItem) bool { return n.Href == "/desk" })
	if at < 0 {
		return nav
	}
	var rail []templates.NavItem
	for i, q := range d.queues {
		item := templates.NavItem{Label: c.Text("desk.queue." + q.name), Href: queuePath(q.name), Icon: queueIcons[q.name], Count: d.counts[q.name], Late: q.late, Current: q.name == d.open.name}
		if i < 9 {
			item.Shortcut = "g " + strconv.Itoa(i+1)
		}
		rail = append(rail, item)
	}
	rail[0].Shortcut = nav[at].Shortcut
	return slices.Concat(nav[:at], rail, nav[at+1:])
}

var queueIcons = map[string]string{
	"open": "inbox", "overdue": "overdue", "today": "clock", "soon": "calendar", "received": "mail", "routed": "right",
	"drafted": "write", "signed": "eye", "waiting": "wait", "answered": "reply", "closed": "check",
}

func queuePath(name string) string {
	if name == queues[0].name {
		return "/desk"
	}
	return "/desk?queue=" + name
}
