package admin

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type outgoingPage struct {
	listPage
	Folder bool // mails are files and can be read here
}

type mailPage struct {
	templates.Page
	Facts  []templates.Fact
	State  templates.Badge
	Folder bool
	Letter letter
	Gone   bool // there is no such file (any more)
}

const mailsPerPage = 40

func (p *Pages) outgoing(c *web.Context) error {
	before, err := c.After(1)
	if err != nil {
		return err
	}
	below := int64(0)
	if before != nil {
		if below, err = strconv.ParseInt(before[0], 10, 64); err != nil {
			return workflow.Wrong("after", "request.cursor")
		}
	}
	all, err := p.Rules.Outgoing(c.Context(), c.User.Actor(), below, mailsPerPage+1)
	if err != nil {
		return err
	}
	view := outgoingPage{Folder: p.Outbox != nil}
	view.Page = page(c, "admin.outgoing")
	if len(all) > mailsPerPage {
		all = all[:mailsPerPage]
		view.Pages = &templates.Pagination{Next: c.With("after", web.Cursor(number(all[len(all)-1].ID)))}
	}
	if below != 0 {
		if view.Pages == nil {
			view.Pages = &templates.Pagination{}
		}
		view.Pages.Prev = c.With("after", "")
	}
	view.Table, err = p.mailTable(c, all)
	if err != nil {
		return err
	}
	return c.Render(http.StatusOK, "admin/outgoing.html", view)
}

func (p *Pages) mailTable(c *web.Context, all []workflow.Notice) (templates.Table, error) {
	t := templates.Table{
		Caption: c.Text("admin.outgoing.newest"), Cards: true,
		Columns: columns(c, "admin.outgoing.what", "admin.outgoing.to", "admin.outgoing.queued", "admin.outgoing.state"),
		Empty:   &templates.Empty{Icon: "send", Title: c.Text("admin.outgoing.none"), Text: c.Text("admin.outgoing.none.text")},
	}
	who, err := p.accountNames(c)
	for _, n := range all {
		badge := stateBadge(c, n)
		row := templates.Row{Href: "/admin/outgoing/" + number(n.ID), Cells: []templates.Cell{
			{Text: c.Text("notice." + string(n.Kind))}, {Text: recipient(c, n, who)}, {Text: moment(c, n.Queued)}, {Badge: &badge, Hint: reason(c, n)},
		}}
		if badge.Tone == "late" {
			row.Tone = "late"
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

// accountNames maps accounts to the names people know them by.
func (p *Pages) accountNames(c *web.Context) (map[int64]string, error) {
	names := map[int64]string{}
	all, err := p.Rules.Everybody(c.Context(), c.User.Actor())
	for _, a := range all {
		names[a.ID] = a.Name
	}
	return names, err
}

// recipient says who a mail is to; a writer has no name here.
func recipient(c *web.Context, n workflow.Notice, accounts map[int64]string) string {
	if n.Account == 0 {
		return c.Text("role.writer")
	}
	return accounts[n.Account]
}

var stateTones = map[workflow.NoticeState]string{
	workflow.Queued: "info", workflow.Sending: "info", workflow.Sent: "good", workflow.Failed: "late", workflow.Uncertain: "soon",
}

func stateBadge(c *web.Context, n workflow.Notice) templates.Badge {
	return templates.Badge{Tone: stateTones[n.State], Label: c.Text("notice.state." + string(n.State))}
}

// reason says why a mail has not arrived, and what a person did about it.
func reason(c *web.Context, n workflow.Notice) string {
	switch {
	case n.State == workflow.Sent:
		return moment(c, n.Sent)
	case !n.Settled.IsZero():
		return c.Text("admin.outgoing.settled", moment(c, n.Settled))
	case n.Reason != "":
		return c.Text(n.Reason)
	}
	return ""
}

func (p *Pages) mail(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	n, err := p.Rules.Mail(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	who, err := p.accountNames(c)
	if err != nil {
		return err
	}
	view := mailPage{
		Page:  page(c, "notice."+string(n.Kind), crumb(c, "admin.outgoing", "/admin/outgoing")),
		State: stateBadge(c, n), Facts: mailFacts(c, n, who), Folder: p.Outbox != nil,
	}
	if p.Outbox != nil {
		view.Letter, view.Gone = p.written(n)
	}
	return c.Render(http.StatusOK, "admin/mail.html", view)
}

// written is the mail as the demonstration's folder has it.
func (p *Pages) written(n workflow.Notice) (letter, bool) {
	raw, err := p.Outbox(n.MessageID)
	if err != nil {
		return letter{}, true // not written yet, or tidied away
	}
	l, err := readLetter(raw)
	return l, err != nil
}

func mailFacts(c *web.Context, n workflow.Notice, who map[int64]string) []templates.Fact {
	facts := []templates.Fact{
		{Label: c.Text("admin.outgoing.to"), Value: recipient(c, n, who)},
		{Label: c.Text("admin.outgoing.queued"), Value: moment(c, n.Queued)},
		{Label: c.Text("admin.outgoing.attempts"), Value: strconv.Itoa(n.Attempt)},
	}
	if !n.Sent.IsZero() {
		facts = append(facts, templates.Fact{Label: c.Text("admin.outgoing.sent"), Value: moment(c, n.Sent)})
	}
	if n.Reason != "" {
		facts = append(facts, templates.Fact{Label: c.Text("admin.outgoing.reason"), Value: c.Text(n.Reason)})
	}
	if n.MessageID != "" {
		facts = append(facts, templates.Fact{Label: "Message-ID", Value: n.MessageID})
	}
	return facts
}
