package disclosure

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

type itemPage struct {
	templates.Page
	ledger.Item
	Path     string
	Badge    templates.Badge
	Facts    []templates.Fact
	History  []templates.TimelineItem
	Review   string // path of the last review
	Verdict  *templates.Badge
	Remark   string // what the reviewer said
	StandIn  string // path of the change that is on its way
	Original string // path of what this one is a change of
	Reason   string // typed for a withdrawal that was refused
	Again    bool   // can be handed in
	Publish  bool
	Withdraw bool
	Discard  bool
	Edit     bool
}

func (p *Pages) item(c *web.Context) error { return p.showItem(c, http.StatusOK, "", nil) }

func (p *Pages) showItem(c *web.Context, status int, reason string, wrong []templates.Problem) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	i, err := p.Ledger.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	who, err := p.accounts(c)
	if err != nil {
		return err
	}
	view := itemPage{
		Page: begin(c, i.Title, crumb(c, "ledger.items", "/disclosure/items")), Item: i, Path: itemPath(i.ID), Badge: stateBadge(c, i.State),
		Facts: itemFacts(c, n, i), History: history(c, who, i.History), Reason: reason,
		Edit: i.MayEdit && (i.Begun() || i.Public() && i.StandIn == nil), Again: i.MayEdit && i.State == workflow.ItemDraft,
		Publish: i.MayOut && i.State == workflow.ItemReviewed, Withdraw: i.MayOut && i.Public(), Discard: i.MayEdit && i.Begun(),
	}
	view.around(c)
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "disclosure/item.html", view)
}

// around leads to the review and to the other version of the item.
func (v *itemPage) around(c *web.Context) {
	if r := v.Item.Review; r != nil && workflow.MaySeeReview(c.User.Actor(), *r) {
		v.Review = "/office/reviews/" + decimal(r.ID)
		v.Verdict = &templates.Badge{Tone: "info", Label: c.Text("review.result.open")}
		if r.Result != workflow.Undecided {
			v.Verdict = &templates.Badge{Tone: map[bool]string{true: "good", false: "late"}[r.Passed()], Label: c.Text("review.result." + string(r.Result))}
		}
		v.Remark = r.Remark
	}
	if v.Item.StandIn != nil {
		v.StandIn = itemPath(v.Item.StandIn.ID)
	}
	if v.Item.Original != nil {
		v.Original = itemPath(v.Item.Original.ID)
	}
}

func itemFacts(c *web.Context, n names, i ledger.Item) []templates.Fact {
	out := []templates.Fact{
		{Label: c.Text("ledger.item.channel"), Value: c.Text("item.channel." + string(i.Channel))},
		{Label: c.Text("ledger.item.day"), Value: dayWords(c, i.Day)},
	}
	add := func(key, value, href string) {
		if value != "" {
			out = append(out, templates.Fact{Label: c.Text(key), Value: value, Href: href})
		}
	}
	add("ledger.item.column", n.column(i.Column), "/disclosure/items?column="+decimal(i.Column))
	add("ledger.item.number", i.Document(), "")
	if i.Meeting != "" {
		add("ledger.item.meeting", c.Text("item.meeting."+string(i.Meeting)), "")
	}
	add("ledger.item.department", n.department(c, i.Department), "")
	add("ledger.item.author", i.Author, "")
	add("ledger.item.url", i.URL, i.URL)
	if i.Made != "" {
		add("ledger.item.made", dayWords(c, i.Made), "")
	}
	if !i.Published.IsZero() {
		add("ledger.item.published", web.Moment(c, i.Published), "")
	}
	if !i.Withdrawn.IsZero() {
		add("ledger.item.withdrawn", web.Moment(c, i.Withdrawn), "")
	}
	if i.Import != 0 && mayImport(c) {
		add("ledger.item.import", "#"+decimal(i.Import), "/disclosure/imports/"+decimal(i.Import))
	}
	return out
}

// accounts are the names of staff by id.
func (p *Pages) accounts(c *web.Context) (map[int64]string, error) {
	all, err := p.People.Accounts(c.Context())
	if err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for _, a := range all {
		out[a.ID] = a.Name
	}
	return out, nil
}

var historyIcons = map[string]string{
	"ledger.publish": "send", "ledger.withdraw": "undo", "ledger.replaced": "merge", "review.decide": "shield", "review.ask": "shield",
	"ledger.add": "plus", "ledger.change": "plus", "ledger.discard": "cross",
}

func history(c *web.Context, who map[int64]string, entries []workflow.JournalEntry) []templates.TimelineItem {
	var out []templates.TimelineItem
	for _, e := range entries {
		item := templates.TimelineItem{At: c.Local(e.At), Title: c.Text("journal." + e.Action), Who: who[e.Account], Icon: historyIcons[e.Action], Text: e.Detail["reason"]}
		if r := e.Detail["result"]; r != "" {
			item.Text = c.Text("review.result." + r)
		}
		out = append(out, item)
	}
	return out
}

// handIn, publish, withdraw and discard carry out what the buttons of an item
// say.
func (p *Pages) handIn(c *web.Context) error {
	return p.act(c, "ledger.done.hand_in", func(f *web.Form, id, version int64) error {
		return p.Ledger.HandIn(c.Context(), c.User.Actor(), id, version, f.Has("doubtful"))
	})
}

func (p *Pages) publish(c *web.Context) error {
	return p.act(c, "ledger.done.publish", func(_ *web.Form, id, version int64) error {
		return p.Ledger.Publish(c.Context(), c.User.Actor(), id, version)
	})
}

func (p *Pages) withdraw(c *web.Context) error {
	return p.act(c, "ledger.done.withdraw", func(f *web.Form, id, version int64) error {
		return p.Ledger.Withdraw(c.Context(), c.User.Actor(), id, version, f.Line("reason"))
	})
}

func (p *Pages) discard(c *web.Context) error {
	return p.act(c, "ledger.done.discard", func(_ *web.Form, id, version int64) error {
		return p.Ledger.Discard(c.Context(), c.User.Actor(), id, version)
	})
}

func (p *Pages) act(c *web.Context, done string, do func(f *web.Form, id, version int64) error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	version, err := f.Number("version")
	if err != nil {
		return err
	}
	if err := do(f, id, version); err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showItem(c, status, f.Line("reason"), wrong)
	}
	c.Flash("good", done)
	return c.Redirect(itemPath(id))
}
