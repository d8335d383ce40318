package annual

import (
	"errors"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// orderPage asks what report is to be made, or what is to change of a draft.
type orderPage struct {
	templates.Page
	ID      int64
	Version string
	Action  string
	Form    templates.Field
	Year    string
	Notice  string
	To      string // whom it is sent to
	Heading string
	From    string
	Last    string
	Day     string
	AsOf    string
	Begin   templates.Field
}

// order asks for a new report; it proposes this calendar year up to today.
func (p *Pages) order(c *web.Context) error {
	today := c.Now.Format(time.DateOnly)
	return p.showOrder(c, orderPage{
		Action: home, Year: strconv.Itoa(c.Now.Year()), From: c.Now.Format("2006") + "-01-01", Last: today, Day: today,
	}, "hubei", "form", nil)
}

func (p *Pages) showOrder(c *web.Context, view orderPage, form, begin string, problems []templates.Problem) error {
	title := "annual.new"
	if view.ID != 0 {
		title = "annual.details"
	}
	view.Page = page(c, title)
	view.Problems = web.InOrder(problems, "form", "year", "from", "last", "as_of", "notice", "addressee", "title", "day", "begin")
	view.Form = templates.Field{Kind: "radios", Name: "form", Label: c.Text("annual.form"), Cards: true}
	for _, name := range p.Bureau.FormNames() {
		key := "annual.form." + name
		view.Form.Options = append(view.Form.Options, templates.Choice{Value: name, Label: c.Text(key), Hint: c.Text(key + ".hint"), Chosen: name == form})
	}
	view.Begin = templates.Field{Kind: "radios", Name: "begin", Label: c.Text("annual.begin")}
	for _, how := range []string{"form", "previous"} {
		view.Begin.Options = append(view.Begin.Options, templates.Choice{Value: how, Label: c.Text("annual.begin." + how), Chosen: how == begin})
	}
	return c.Render(status(problems), "annual/order.html", view)
}

// readOrder reads the form; what was typed is kept for showing it again.
func readOrder(c *web.Context, f *web.Form) (annual.Order, orderPage, error) {
	view := orderPage{
		Year: f.Line("year"), Notice: f.Line("notice"), To: f.Line("addressee"), Heading: f.Line("title"), From: f.Line("from"),
		Last: f.Line("last"), Day: f.Line("day"), AsOf: f.Line("as_of"), Version: f.Line("version"),
	}
	o := annual.Order{
		Form: f.Line("form"), From: view.From, Last: view.Last, Title: view.Heading, Addressee: view.To, Notice: view.Notice,
		Day: view.Day, Previous: f.Line("begin") == "previous",
	}
	var errs []error
	year, err := strconv.Atoi(view.Year)
	if err != nil {
		errs = append(errs, workflow.Wrong("year", "request.field_number"))
	}
	o.Year = year
	if view.AsOf != "" {
		if o.AsOf, err = time.ParseInLocation("2006-01-02T15:04", view.AsOf, c.Now.Location()); err != nil {
			errs = append(errs, workflow.Wrong("as_of", "invalid.date"))
		}
	}
	return o, view, errors.Join(errs...)
}

// begin makes the draft.
func (p *Pages) begin(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	o, view, err := readOrder(c, f)
	view.Action = home
	var r workflow.AnnualReport
	if err == nil {
		r, err = p.Bureau.Draft(c.Context(), c.User.Actor(), o)
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showOrder(c, view, o.Form, f.Line("begin"), problems)
	}
	c.Flash("good", "annual.begun")
	return c.Redirect(path(r.ID))
}

// details shows what a draft says of itself, to be changed.
func (p *Pages) details(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	r := v.Report
	if r.State != workflow.AnnualDraft {
		return workflow.Absent()
	}
	view := orderPage{
		ID: r.ID, Version: strconv.FormatInt(r.Version, 10), Action: path(r.ID, "edit"), Year: strconv.Itoa(r.Year), Notice: r.Notice,
		To: r.Addressee, Heading: r.Title, From: r.From, Last: r.Last, Day: r.Day,
	}
	if !r.AsOf.IsZero() {
		view.AsOf = c.Local(r.AsOf).Format("2006-01-02T15:04")
	}
	return p.showOrder(c, view, r.Form, "", nil)
}

// saveDetails changes them.
func (p *Pages) saveDetails(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	o, view, err := readOrder(c, f)
	view.ID, view.Action = id, path(id, "edit")
	version, wrong := f.Number("version")
	if err = errors.Join(err, wrong); err == nil {
		_, err = p.Bureau.Detail(c.Context(), c.User.Actor(), id, version, o)
	}
	if workflow.KindOf(err) == workflow.Conflict {
		return p.conflict(c, view, o.Form, err)
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showOrder(c, view, o.Form, "", problems)
	}
	c.Flash("good", "annual.saved")
	return c.Redirect(path(id))
}

// conflict keeps what was typed and says that somebody was faster: saved again, it
// stands.
func (p *Pages) conflict(c *web.Context, view orderPage, form string, err error) error {
	v, again := p.view(c)
	if again != nil {
		return again
	}
	if v.Report.State != workflow.AnnualDraft {
		return err
	}
	view.Version = strconv.FormatInt(v.Report.Version, 10)
	return p.showOrder(c, view, form, "", []templates.Problem{{Text: c.Text("annual.details.conflict")}})
}

// view is the report that the path names.
func (p *Pages) view(c *web.Context) (annual.View, error) {
	id, err := c.ID("id")
	if err != nil {
		return annual.View{}, err
	}
	return p.Bureau.View(c.Context(), c.User.Actor(), id)
}

// seeOther leads to a report after an act.
func (p *Pages) seeOther(c *web.Context, r workflow.AnnualReport, flash string) error {
	c.Flash("good", flash)
	return c.Redirect(path(r.ID))
}
