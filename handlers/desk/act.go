package desk

import (
	"errors"
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// act carries out one act and leads back to the case, or to where the form
// asked to go on.
func (p *Pages) act(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	name := c.Param("act")
	if name == "grant" && f.Line("grant") == "no" {
		name = "deny" // one form, two buttons
	}
	a, ok := acts[name]
	if !ok {
		return workflow.Absent()
	}
	k, err := p.cases.Find(c.Context(), actor(c), strings.ToUpper(c.Param("number")))
	if err != nil {
		return err
	}
	if err = fresh(k, f); err == nil {
		err = a.do(p, c, k, f)
	}
	if err != nil {
		return p.refused(c, name, f, err)
	}
	c.Flash("good", "desk.done."+name, k.Number)
	return p.onward(c, k.Number, f.Line("next"))
}

// fresh refuses an act on a page that shows the case as it no longer is.
func fresh(k workflow.Case, f *web.Form) error {
	seen, err := f.Number("version")
	if err == nil && seen != 0 && seen != k.Version {
		err = workflow.Fail(workflow.Conflict, "case.changed_meanwhile")
	}
	return err
}

// onward leads to where the form asked to go on, or back to the case. A case
// that has left the reader's sight by what they did leads to where they begin.
func (p *Pages) onward(c *web.Context, number, next string) error {
	own := web.CasePath(number)
	if next != "" && !strings.HasPrefix(next, own) {
		return c.Redirect(next)
	}
	_, err := p.cases.Find(c.Context(), actor(c), number)
	switch {
	case workflow.KindOf(err) == workflow.NotFound && err != nil:
		return c.Redirect(c.User.HomePath())
	case err != nil:
		return err
	case next == "":
		next = own
	}
	return c.Redirect(next)
}

// refused shows the case as it is now, with what was typed and why it could
// not be done.
func (p *Pages) refused(c *web.Context, name string, f *web.Form, err error) error {
	problem, ok := c.Problem(err)
	if !ok {
		return err
	}
	if problem.Field != "" {
		problem.Field = name + "-" + problem.Field
	}
	return p.show(c, &view{open: name, form: f, problem: &problem}, web.StatusOf(err), nil)
}

func (p *Pages) note(c *web.Context, k workflow.Case, f *web.Form) error {
	return asNote(p.cases.Note(c.Context(), actor(c), k.ID, f.Prose("note"), nil))
}

func (p *Pages) instruct(c *web.Context, k workflow.Case, f *web.Form) error {
	return asNote(p.cases.Instruct(c.Context(), actor(c), k.ID, f.Prose("note")))
}

// asNote calls the field what the form calls it: every act's one text is its
// note.
func asNote(err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Field == "body" {
		named := *e
		named.Field = "note"
		return &named
	}
	return err
}

func (p *Pages) remind(c *web.Context, k workflow.Case, f *web.Form) error {
	return p.cases.Remind(c.Context(), actor(c), k.ID, f.Prose("note"))
}

func (p *Pages) urgent(c *web.Context, k workflow.Case, f *web.Form) error {
	_, err := p.cases.Urgent(c.Context(), actor(c), k.ID, f.Prose("note"))
	return err
}

func (p *Pages) seal(c *web.Context, k workflow.Case, f *web.Form) error {
	return p.cases.Seal(c.Context(), actor(c), k.ID, f.Prose("note"))
}

func (p *Pages) assist(c *web.Context, k workflow.Case, f *web.Form) error {
	department, err := f.Number("department")
	if err != nil {
		return err
	}
	return p.cases.Assist(c.Context(), actor(c), k.ID, department, f.Line("helps") != "no")
}

func (p *Pages) classify(c *web.Context, k workflow.Case, f *web.Form) error {
	category, err := f.Number("category")
	if err != nil {
		return err
	}
	about, err := f.Number("about")
	if err != nil {
		return err
	}
	to := casework.Classes{Kind: workflow.CaseKind(f.Line("kind")), Category: category, About: about, Version: k.Version}
	if f.Has("concern") {
		concern := workflow.Concern(f.Line("concern"))
		to.Concern = &concern
	}
	_, err = p.cases.Classify(c.Context(), actor(c), k.ID, to)
	return err
}

func (p *Pages) split(c *web.Context, k workflow.Case, f *web.Form) error {
	category, err := f.Number("category")
	if err != nil {
		return err
	}
	_, err = p.cases.Split(c.Context(), actor(c), k.ID, casework.Part{
		Subject: f.Line("subject"), Body: f.Prose("body"), Kind: workflow.CaseKind(f.Line("kind")), Category: category,
	})
	return err
}

func (p *Pages) moreTime(c *web.Context, k workflow.Case, f *web.Form) error {
	days, err := f.Number("days")
	if err != nil {
		return err
	}
	return p.cases.AskMoreTime(c.Context(), actor(c), k.ID, int(days), f.Prose("reason"))
}

// decide answers a wish for more time.
func decide(grant bool) func(*Pages, *web.Context, workflow.Case, *web.Form) error {
	return func(p *Pages, c *web.Context, k workflow.Case, f *web.Form) error {
		return p.cases.DecideMoreTime(c.Context(), actor(c), k.ID, grant, f.Prose("note"))
	}
}

// reveal shows who wrote, once, on this page: the identity is in no address,
// no cookie and no cache.
func (p *Pages) reveal(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	k, err := p.cases.Find(c.Context(), actor(c), strings.ToUpper(c.Param("number")))
	if err != nil {
		return err
	}
	who, err := p.vault.Reveal(c.Context(), actor(c), k.ID, f.Prose("reason"))
	if err != nil {
		return p.refused(c, string(workflow.MarkReveal), f, err)
	}
	return p.show(c, &view{}, http.StatusOK, func(page *CasePage) { page.Identity.Known = known(c, who) })
}

func known(c *web.Context, who workflow.Identity) []templates.Fact {
	var out []templates.Fact
	for _, f := range []templates.Fact{
		{Label: c.Text("desk.identity.name"), Value: who.Name},
		{Label: c.Text("desk.identity.number"), Value: who.Number},
		{Label: c.Text("desk.identity.phone"), Value: who.Phone},
		{Label: c.Text("desk.identity.email"), Value: who.Email},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}
