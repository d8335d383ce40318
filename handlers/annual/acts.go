package annual

import (
	"bytes"
	"context"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// act does one thing to a report and leads back to it.
func (p *Pages) act(c *web.Context, done string, do func(context.Context, workflow.Actor, int64) (workflow.AnnualReport, error)) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(); err != nil {
		return err
	}
	r, err := do(c.Context(), c.User.Actor(), id)
	if err != nil {
		return p.refused(c, err, "")
	}
	return p.seeOther(c, r, done)
}

// refused shows the report again with what was wrong: a text that cannot be read,
// or that somebody else was faster.
func (p *Pages) refused(c *web.Context, err error, typed string) error {
	problems, rest := c.Problems(err)
	if rest != nil && workflow.KindOf(rest) != workflow.Conflict {
		return rest
	}
	if rest != nil {
		problem, ok := c.Problem(rest)
		if !ok {
			return rest
		}
		problems = append(problems, problem)
	}
	v, err := p.view(c)
	if err != nil {
		return err
	}
	return p.showReport(c, v, problems, typed)
}

func (p *Pages) freeze(c *web.Context) error { return p.act(c, "annual.frozen", p.Bureau.Freeze) }

func (p *Pages) check(c *web.Context) error { return p.act(c, "annual.checked", p.Bureau.Check) }

func (p *Pages) sign(c *web.Context) error { return p.act(c, "annual.signed", p.Bureau.Sign) }

func (p *Pages) publish(c *web.Context) error { return p.act(c, "annual.published", p.Bureau.Publish) }

// giveBack sends a report back with a word.
func (p *Pages) giveBack(c *web.Context) error {
	return p.worded(c, "note", "annual.given_back", p.Bureau.Return)
}

// revise begins a further revision.
func (p *Pages) revise(c *web.Context) error {
	return p.worded(c, "reason", "annual.revised", p.Bureau.Revise)
}

func (p *Pages) worded(c *web.Context, field, done string, do func(context.Context, workflow.Actor, int64, string) (workflow.AnnualReport, error)) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	r, err := do(c.Context(), c.User.Actor(), id, f.Prose(field))
	if err != nil {
		return p.refused(c, err, f.Prose(field))
	}
	return p.seeOther(c, r, done)
}

// export gives the report out as a file. It is posted, because it is noted in the
// journal.
func (p *Pages) export(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	format := form.Line("format")
	kind := p.Files.Kind(format)
	if kind == "" {
		return workflow.Wrong("format", "invalid.choice")
	}
	f, hash, err := p.Bureau.Export(c.Context(), c.User.Actor(), id, format)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.Bureau.Write(&b, p.Files, format, form.Line("table"), f, hash); err != nil {
		return err
	}
	return c.Export(f.Report.Title+"."+format, kind, b.Bytes())
}

func tableChoices(c *web.Context) templates.Field {
	f := templates.Field{Kind: "select", Name: "table", Label: c.Text("annual.table"), Narrow: true}
	for _, key := range annual.TableKeys() {
		f.Options = append(f.Options, templates.Choice{Value: key, Label: c.Text("annual.table." + key)})
	}
	return f
}

// contactsPage is the annex of a year.
type contactsPage struct {
	templates.Page
	Year     int
	Years    []templates.Tab
	Editable bool
	Posts    []post
}

type post struct {
	Name   string
	Fields []templates.Field
}

// contacts shows who answers for disclosure in a year.
func (p *Pages) contacts(c *web.Context) error {
	year, err := strconv.Atoi(c.Query("year"))
	if err != nil {
		year = c.Now.Year()
	}
	all, err := p.Bureau.Contacts(c.Context(), c.User.Actor(), year)
	if err != nil {
		return err
	}
	return showContacts(c, year, all, nil)
}

func showContacts(c *web.Context, year int, all []workflow.AnnualContact, problems []templates.Problem) error {
	view := contactsPage{Year: year, Editable: annual.MayWrite(c.User.Actor())}
	for y := year + 1; y > year-4; y-- {
		view.Years = append(view.Years, templates.Tab{Label: strconv.Itoa(y), Href: home + "/contacts?year=" + strconv.Itoa(y), Current: y == year})
	}
	for _, k := range all {
		one := post{Name: c.Text("annual.post." + k.Post)}
		for _, f := range []struct{ name, value, kind string }{
			{"name", k.Name, "text"}, {"duty", k.Duty, "text"}, {"phone", k.Phone, "tel"}, {"mobile", k.Mobile, "tel"}, {"mail", k.Mail, "email"},
		} {
			field := templates.Field{
				Kind: f.kind, Name: k.Post + "_" + f.name, Value: f.value, Label: c.Text("annual.contact." + f.name),
				Limit: annual.MaxContact, Disabled: !view.Editable, Required: f.name == "name", Complete: "off",
			}
			for _, w := range problems {
				if w.Field == field.Name {
					field.Error = w.Text
				}
			}
			one.Fields = append(one.Fields, field)
		}
		view.Posts = append(view.Posts, one)
	}
	view.Page = page(c, "annual.contacts")
	view.Problems = problems
	return c.Render(status(problems), "annual/contacts.html", view)
}

// saveContacts saves the annex of a year.
func (p *Pages) saveContacts(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	year, err := f.Number("year")
	if err != nil {
		return err
	}
	var all []workflow.AnnualContact
	for _, post := range workflow.AnnualPosts {
		get := func(name string) string { return f.Line(post + "_" + name) }
		all = append(all, workflow.AnnualContact{
			Post: post, Name: get("name"), Duty: get("duty"), Phone: get("phone"), Mobile: get("mobile"), Mail: get("mail"),
		})
	}
	problems, err := c.Problems(p.Bureau.SaveContacts(c.Context(), c.User.Actor(), int(year), all))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return showContacts(c, int(year), all, problems)
	}
	c.Flash("good", "annual.saved")
	return c.Redirect(home + "/contacts?year=" + strconv.FormatInt(year, 10))
}
