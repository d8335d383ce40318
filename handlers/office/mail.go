package office

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

const (
	mailsPerPage = 30
	headMost     = 16 << 10 // bytes of a mail's head that are shown
)

type mailsPage struct {
	templates.Page
	Tabs      []templates.Tab
	Table     templates.Table
	More      string
	Mailboxes templates.Table
	Differ    bool // a mailbox holds what is not stored here
}

// mails lists the mails a person must decide about.
func (p *Pages) mails(c *web.Context) error {
	by := c.User.Actor()
	held, unreadable, err := p.Mail.Waiting(c.Context(), by)
	if err != nil {
		return err
	}
	state := workflow.MailHeld
	if c.Query("tray") == string(workflow.MailUnreadable) || c.Query("tray") == "" && held == 0 && unreadable > 0 {
		state = workflow.MailUnreadable
	}
	before, err := number(c.Query("before"), "before")
	if err != nil {
		return err
	}
	list, err := p.Mail.Tray(c.Context(), by, state, before, mailsPerPage+1)
	if err != nil {
		return err
	}
	page := mailsPage{Tabs: []templates.Tab{
		{Label: c.Text("office.mail.held"), Href: "/office/mail?tray=held", Count: held, Current: state == workflow.MailHeld},
		{Label: c.Text("office.mail.unreadable"), Href: "/office/mail?tray=unreadable", Count: unreadable, Current: state == workflow.MailUnreadable},
	}}
	if len(list) > mailsPerPage {
		list = list[:mailsPerPage]
		page.More = c.With("before", decimal(list[mailsPerPage-1].ID))
	}
	page.Table = mailTable(c, list, state)
	if err := p.fillMailboxes(c, &page); err != nil {
		return err
	}
	page.Page = c.Page("office.mail")
	return c.Render(http.StatusOK, "office/mails.html", page)
}

func mailTable(c *web.Context, list []workflow.RawMail, state workflow.MailState) templates.Table {
	t := templates.Table{
		Caption: c.Text("office.mail." + string(state)), Cards: true,
		Empty: &templates.Empty{Icon: "check", Title: c.Text("office.mail." + string(state) + ".none"), Text: c.Text("office.mail." + string(state) + ".text")},
	}
	for _, key := range []string{"subject", "reason", "received"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("office.mail.column." + key)})
	}
	t.Columns = append(t.Columns, templates.Column{Label: c.Text("office.mail.column.size"), Number: true})
	for _, m := range list {
		t.Rows = append(t.Rows, templates.Row{Href: mailPath(m.ID), Cells: []templates.Cell{
			{Text: mailSubject(c, m.Subject)}, {Text: c.Text(m.Reason)}, {Text: web.Short(c, m.Received)}, {Text: size(m.Size)},
		}})
	}
	return t
}

func mailPath(id int64) string { return "/office/mail/" + decimal(id) }

func mailSubject(c *web.Context, subject string) string {
	if subject == "" {
		return c.Text("office.mail.nosubject")
	}
	return subject
}

func size(n int64) string { return strconv.FormatInt((n+1023)/1024, 10) + " KB" }

// fillMailboxes sets what each server holds beside what is stored here.
func (p *Pages) fillMailboxes(c *web.Context, page *mailsPage) error {
	all, err := p.Mail.Mailboxes(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	t := templates.Table{Caption: c.Text("office.mailbox"), Cards: true}
	for i, key := range []string{"name", "server", "stored", "seen", "state"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("office.mailbox.column." + key), Number: i == 1 || i == 2})
	}
	for _, m := range all {
		t.Rows = append(t.Rows, mailboxRow(c, m))
		page.Differ = page.Differ || m.ServerUIDs != m.Ingested
	}
	page.Mailboxes = t
	return nil
}

func mailboxRow(c *web.Context, m workflow.MailCursor) templates.Row {
	badge := templates.Badge{Tone: "good", Label: c.Text("office.mailbox.same")}
	row := templates.Row{}
	if missing := m.ServerUIDs - m.Ingested; missing != 0 {
		badge = templates.Badge{Tone: "late", Label: c.Text("office.mailbox.differ", strconv.Itoa(missing))}
		row.Tone = "late"
	}
	state := templates.Cell{Badge: &badge}
	if m.Fault != "" {
		state.Hint = c.Text(m.Fault)
	}
	seen := nothing
	if !m.Seen.IsZero() {
		seen = web.Short(c, m.Seen)
	}
	row.Cells = []templates.Cell{{Text: m.Mailbox}, {Text: templates.Number(m.ServerUIDs)}, {Text: templates.Number(m.Ingested)}, {Text: seen}, state}
	return row
}

type mailPage struct {
	templates.Page
	Mail     workflow.RawMail
	Subject  string
	Reason   string
	Facts    []templates.Fact
	Text     string
	Quoted   string
	Files    []string
	Head     string // the mail's own head, as text
	Guesses  []guess
	Number   string // as it was typed
	Waits    bool   // nobody has decided yet
	Readable bool
	Act      string
}

// guess is a case the mail may belong to.
type guess struct{ Number, Subject, Href string }

// mail shows one mail, all of it as text.
func (p *Pages) mail(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return p.showMail(c, http.StatusOK, id, nil, "")
}

func (p *Pages) showMail(c *web.Context, status int, id int64, problems []templates.Problem, typed string) error {
	by := c.User.Actor()
	m, read, err := p.Mail.Show(c.Context(), by, id)
	if err != nil {
		return err
	}
	page := mailPage{
		Mail: m, Subject: mailSubject(c, m.Subject), Reason: c.Text(m.Reason), Facts: mailFacts(c, m, read), Text: read.Text, Quoted: read.Quoted,
		Number: typed, Readable: read.Readable, Act: mailPath(id), Waits: m.State == workflow.MailHeld || m.State == workflow.MailUnreadable,
	}
	for _, f := range read.Files {
		page.Files = append(page.Files, f.Name+" · "+size(int64(len(f.Content))))
	}
	if page.Head, err = p.mailHead(c, id); err != nil {
		return err
	}
	guesses, err := p.Mail.Guesses(c.Context(), by, m)
	if err != nil {
		return err
	}
	for _, g := range guesses {
		page.Guesses = append(page.Guesses, guess{g.Number, g.Subject, web.CasePath(g.Number)})
	}
	page.Page = c.Page(page.Subject)
	page.Crumbs = []templates.Crumb{{Label: c.Text("office.mail"), Href: "/office/mail?tray=" + string(m.State)}}
	page.Problems = problems
	return c.Render(status, "office/mail.html", page)
}

func mailFacts(c *web.Context, m workflow.RawMail, read intake.ReadMail) []templates.Fact {
	from := strings.TrimSpace(read.FromName + " <" + read.FromAddress + ">")
	if read.FromAddress == "" {
		from = m.EnvelopeFrom
	}
	return []templates.Fact{
		{Label: c.Text("office.mail.from"), Value: from},
		{Label: c.Text("office.mail.to"), Value: strings.Join(m.EnvelopeTo, " ")},
		{Label: c.Text("office.mail.column.received"), Value: web.Short(c, m.Received)},
		{Label: c.Text("office.mail.column.size"), Value: size(m.Size)},
		{Label: c.Text("office.mail.source"), Value: strings.TrimSpace(m.Source + " " + m.Mailbox)},
	}
}

// mailHead is the head of the mail as it arrived, as far as it can be shown.
func (p *Pages) mailHead(c *web.Context, id int64) (string, error) {
	_, f, err := p.Mail.Bytes(c.Context(), c.User.Actor(), id)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	lines := bufio.NewReader(io.LimitReader(f, headMost))
	for {
		line, err := lines.ReadString('\n')
		if strings.TrimRight(line, "\r\n") == "" && line != "" {
			break
		}
		b.WriteString(line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return intake.Text(b.String()), nil
}

// mailBytes gives the mail out as it arrived, to be saved and never shown.
func (p *Pages) mailBytes(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	m, f, err := p.Mail.Bytes(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.Download("mail-"+decimal(id)+".eml", "message/rfc822", m.Size, f)
}

// decide carries out what was decided about a mail and goes back to the tray.
func (p *Pages) decide(c *web.Context, done string, act func(id int64, form *web.Form) error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	problems, err := c.Problems(act(id, form))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showMail(c, http.StatusUnprocessableEntity, id, problems, form.Line("number"))
	}
	c.Flash("good", done)
	return c.Redirect("/office/mail")
}

func (p *Pages) attachMail(c *web.Context) error {
	return p.decide(c, "office.mail.attached", func(id int64, form *web.Form) error {
		return p.Mail.Attach(c.Context(), c.User.Actor(), id, form.Line("number"))
	})
}

func (p *Pages) mailToLetter(c *web.Context) error {
	return p.decide(c, "office.mail.lettered", func(id int64, _ *web.Form) error {
		return p.Mail.MakeLetter(c.Context(), c.User.Actor(), id)
	})
}

func (p *Pages) retryMail(c *web.Context) error {
	return p.decide(c, "office.mail.retried", func(id int64, _ *web.Form) error {
		return p.Mail.Retry(c.Context(), c.User.Actor(), id)
	})
}

func (p *Pages) dismissMail(c *web.Context) error {
	return p.decide(c, "office.mail.dismissed", func(id int64, _ *web.Form) error {
		return p.Mail.Dismiss(c.Context(), c.User.Actor(), id)
	})
}
