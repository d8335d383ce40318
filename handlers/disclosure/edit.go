package disclosure

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

type editPage struct {
	templates.Page
	Item        workflow.Item
	Action      string
	Back        string
	Serial      string
	Channels    []templates.Choice
	Columns     []templates.Choice
	Departments []templates.Choice // for the office alone
	Meetings    []templates.Choice
	Public      bool   // what is edited is public: a change of it will be made
	Next        string // the serial to propose
	Serials     []serialChoice
}

// serialChoice begins a document with the next serial of a series.
type serialChoice struct{ Words, Href string }

var itemFields = []string{"channel", "title", "column", "day", "url", "summary", "series", "serial", "meeting", "author", "made", "department"}

func (p *Pages) newItem(c *web.Context) error {
	i := workflow.Item{Channel: workflow.OnSite, Day: p.Ledger.Today(), Author: c.User.Name}
	if ch := workflow.ItemChannel(c.Query("channel")); ch != "" {
		i.Channel = ch
	}
	if n, err := strconv.ParseInt(c.Query("column"), 10, 64); err == nil {
		i.Column = n
	}
	serial := ""
	if i.Channel == workflow.InDocument {
		if i.Series = c.Query("series"); i.Series != "" {
			next, err := p.Ledger.NextSerial(c.Context(), c.User.Actor(), i.Series)
			if err != nil {
				return err
			}
			serial = strconv.Itoa(next)
		}
	}
	return p.showEdit(c, http.StatusOK, i, serial, nil)
}

func (p *Pages) editItem(c *web.Context) error {
	i, err := p.opened(c)
	if err != nil {
		return err
	}
	return p.showEdit(c, http.StatusOK, i.Item, strconv.Itoa(i.Serial), nil)
}

func (p *Pages) opened(c *web.Context) (ledger.Item, error) {
	id, err := c.ID("id")
	if err != nil {
		return ledger.Item{}, err
	}
	i, err := p.Ledger.Open(c.Context(), c.User.Actor(), id)
	if err == nil && !i.MayEdit {
		err = workflow.Absent()
	}
	return i, err
}

// showEdit shows the form; serial is what was typed.
func (p *Pages) showEdit(c *web.Context, status int, i workflow.Item, serial string, wrong []templates.Problem) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	by := c.User.Actor()
	own := func(b ledger.Branch) bool { return by.Office() || b.Department == by.Department }
	view := editPage{
		Item: i, Action: "/disclosure/items", Back: "/disclosure/items", Serial: serial, Public: i.Public(),
		Channels: choices(c, "item.channel.", workflow.ItemChannels, i.Channel), Columns: n.columnChoices(c, "ledger.no_column", i.Column, own),
		Meetings: append([]templates.Choice{{}}, choices(c, "item.meeting.", workflow.Meetings, i.Meeting)...),
	}
	if serial == "0" {
		view.Serial = ""
	}
	title := "ledger.item.add"
	if i.ID != 0 {
		view.Action, view.Back, title = itemPath(i.ID), itemPath(i.ID), "ledger.item.edit"
	}
	if by.Office() {
		view.Departments = n.departmentChoices(c, "ledger.column_owner", i.Department)
	}
	if err := p.propose(c, &view); err != nil {
		return err
	}
	view.Page = begin(c, title, crumb(c, "ledger.items", "/disclosure/items"))
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "disclosure/edit.html", view)
}

// propose says which serial the next document of the series has.
func (p *Pages) propose(c *web.Context, view *editPage) error {
	if view.Item.ID == 0 && view.Item.Series == "" {
		all, err := p.Ledger.NextSerials(c.Context(), c.User.Actor())
		for _, s := range all {
			view.Serials = append(view.Serials, serialChoice{
				Words: c.Text("ledger.item.next.of", s.Series, s.Next),
				Href:  "/disclosure/items/new?" + url.Values{"channel": {string(workflow.InDocument)}, "series": {s.Series}}.Encode(),
			})
		}
		return err
	}
	if view.Item.Series == "" || view.Serial != "" {
		return nil
	}
	next, err := p.Ledger.NextSerial(c.Context(), c.User.Actor(), view.Item.Series)
	view.Next = strconv.Itoa(next)
	return err
}

func (p *Pages) saveItem(c *web.Context) error {
	i := workflow.Item{}
	if c.Param("id") != "" {
		known, err := p.opened(c)
		if err != nil {
			return err
		}
		i = known.Item
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	shown := i
	err = readItem(f, &shown)
	saved := shown
	if err == nil {
		if shown.ID == 0 && f.Token() != "" {
			saved.External = "form:" + f.Token()
		}
		saved, err = p.Ledger.Save(c.Context(), c.User.Actor(), saved)
	}
	if err != nil {
		return p.notSaved(c, shown, f.Line("serial"), err)
	}
	key := "ledger.saved"
	if i.Public() {
		key = "ledger.saved.change"
	}
	c.Flash("good", key, saved.Title)
	return c.Redirect(itemPath(saved.ID))
}

// notSaved shows the form again with what was typed. Of a second click the
// first has been kept.
func (p *Pages) notSaved(c *web.Context, shown workflow.Item, serial string, err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict && shown.ID == 0 {
		c.Flash("info", "ledger.saved.before", shown.Title)
		return c.Redirect("/disclosure/items")
	}
	status, wrong, err := problems(c, err, itemFields...)
	if err != nil {
		return err
	}
	return p.showEdit(c, status, shown, serial, wrong)
}

// readItem takes what a person typed over what is stored.
func readItem(f *web.Form, i *workflow.Item) error {
	i.Channel, i.Title, i.Summary, i.URL = workflow.ItemChannel(f.Line("channel")), f.Line("title"), f.Prose("summary"), f.Line("url")
	i.Day, i.Made, i.Series, i.Author = f.Line("day"), f.Line("made"), f.Line("series"), f.Line("author")
	i.Meeting = workflow.Meeting(f.Line("meeting"))
	serial, err := f.Number("serial")
	i.Serial = int(serial)
	errs := []error{err}
	for name, to := range map[string]*int64{"column": &i.Column, "department": &i.Department, "version": &i.Version} {
		if name == "department" && !f.Has(name) {
			continue
		}
		n, err := f.Number(name)
		*to, errs = n, append(errs, err)
	}
	return errors.Join(errs...)
}
