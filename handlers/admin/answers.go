package admin

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

type templatePage struct {
	templates.Page
	Template   workflow.AnswerTemplate
	Action     string
	Purposes   []templates.Choice
	About      string
	Categories []templates.Choice
	Variables  []templates.Fact // each with what stands for it in the preview
	Preview    string
}

var purposeNames = map[string]string{
	"answer": "admin.purpose.answer", "decline": "admin.purpose.decline", "ask": "admin.purpose.ask", "note": "admin.purpose.note",
}

func (p *Pages) templates(c *web.Context) error {
	all, err := p.Rules.Templates(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	purpose := c.Query("purpose")
	shown := slices.DeleteFunc(slices.Clone(all), func(t workflow.AnswerTemplate) bool { return purpose != "" && t.Purpose != purpose })
	view := listPage{
		Page: page(c, "admin.templates"), Lead: c.Text("admin.templates.lead"), Chips: purposeChips(c, all, purpose),
		Add: addButton(c, "admin.templates.add", "/admin/templates/new"),
	}
	part, pages, err := cut(c, shown, func(t workflow.AnswerTemplate) string { return number(t.ID) })
	if err != nil {
		return err
	}
	view.Pages = pages
	view.Table, err = p.templateTable(c, part, len(shown))
	if err != nil {
		return err
	}
	return c.Render(http.StatusOK, "admin/templates.html", view)
}

func purposeChips(c *web.Context, all []workflow.AnswerTemplate, chosen string) []templates.Chip {
	var chips []templates.Chip
	for _, purpose := range rules.Purposes {
		n := 0
		for _, t := range all {
			if t.Purpose == purpose {
				n++
			}
		}
		href := c.With("purpose", purpose)
		if purpose == chosen {
			href = c.With("purpose", "")
		}
		chips = append(chips, templates.Chip{Label: c.Text(purposeNames[purpose]), Href: href, On: purpose == chosen, Count: n})
	}
	return chips
}

func (p *Pages) templateTable(c *web.Context, part []workflow.AnswerTemplate, n int) (templates.Table, error) {
	t := templates.Table{
		Caption: c.Text("admin.templates.count", strconv.Itoa(n)), Cards: true,
		Columns: columns(c, "admin.templates.title", "admin.templates.purpose", "admin.templates.category", "admin.templates.review", "admin.state"),
		Empty:   &templates.Empty{Icon: "reply", Title: c.Text("admin.templates.none"), Text: c.Text("admin.templates.none.text")},
	}
	categories, err := p.Rules.Categories(c.Context(), c.User.Actor())
	names := categoryNames(c, categories)
	for _, a := range part {
		row := templates.Row{Href: "/admin/templates/" + number(a.ID), Cells: []templates.Cell{
			{Text: a.Title}, {Text: c.Text(purposeNames[a.Purpose])}, {Text: names[a.Category]}, {Text: a.ReviewOn}, {},
		}}
		if a.ReviewOn != "" && a.ReviewOn <= c.Now.Format(time.DateOnly) {
			row.Cells[3] = templates.Cell{Badge: &templates.Badge{Tone: "soon", Label: c.Text("admin.templates.due", a.ReviewOn)}}
		}
		if !a.Active {
			row.Cells[4].Badge = &templates.Badge{Tone: "quiet", Label: c.Text("admin.state.off")}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

func categoryNames(c *web.Context, all []workflow.Category) map[int64]string {
	names := map[int64]string{0: c.Text("admin.templates.any")}
	for _, k := range all {
		names[k.ID] = c.Name(k.NameZH, k.NameEN)
	}
	return names
}

func (p *Pages) newTemplate(c *web.Context) error {
	return p.showTemplate(c, http.StatusOK, nil, workflow.AnswerTemplate{Purpose: "answer", Active: true})
}

func (p *Pages) template(c *web.Context) error {
	t, err := p.knownTemplate(c)
	if err != nil {
		return err
	}
	return p.showTemplate(c, http.StatusOK, nil, t)
}

func (p *Pages) knownTemplate(c *web.Context) (workflow.AnswerTemplate, error) {
	id, err := c.ID("id")
	if err != nil {
		return workflow.AnswerTemplate{}, err
	}
	return p.Rules.Template(c.Context(), c.User.Actor(), id)
}

func (p *Pages) showTemplate(c *web.Context, status int, wrong []templates.Problem, t workflow.AnswerTemplate) error {
	categories, err := p.Rules.Categories(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := templatePage{
		Page:     page(c, titleOf(c, "admin.templates.add", t.Title, t.Title, t.ID), crumb(c, "admin.templates", "/admin/templates")),
		Template: t, Action: "/admin/templates", About: number(t.Category),
		Categories: []templates.Choice{{Label: c.Text("admin.templates.any")}},
	}
	view.Token, view.Problems = c.FormToken(), wrong
	for _, k := range categories {
		if k.Active || k.ID == t.Category {
			view.Categories = append(view.Categories, templates.Choice{Value: number(k.ID), Label: c.Name(k.NameZH, k.NameEN)})
		}
	}
	for _, purpose := range rules.Purposes {
		view.Purposes = append(view.Purposes, templates.Choice{Value: purpose, Label: c.Text(purposeNames[purpose])})
	}
	samples := sampleValues(c)
	for _, name := range rules.Variables {
		view.Variables = append(view.Variables, templates.Fact{Label: "{" + name + "}", Value: samples[name]})
	}
	view.Preview = rules.FillTemplate(t.Body, samples)
	if t.ID != 0 {
		view.Action += "/" + number(t.ID)
	}
	return c.Render(status, "admin/template.html", view)
}

// sampleValues stand for the variables in the preview.
func sampleValues(c *web.Context) map[string]string {
	return map[string]string{
		"来信人": c.Text("admin.sample.writer"), "编号": "XZ" + c.Now.Format("20060102") + "-0042",
		"部门": c.Text("admin.sample.department"), "日期": day(c, c.Now),
	}
}

func (p *Pages) saveTemplate(c *web.Context) error {
	t := workflow.AnswerTemplate{}
	if c.Param("id") != "" {
		known, err := p.knownTemplate(c)
		if err != nil {
			return err
		}
		t = known
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	saved := t
	err = readTemplate(f, &t)
	if f.Line("act") == "preview" {
		return p.showTemplate(c, http.StatusOK, nil, t)
	}
	if err == nil {
		saved, err = p.Rules.SaveTemplate(c.Context(), c.User.Actor(), t)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showTemplate(c, status, wrong, t)
	}
	c.Flash("good", "admin.saved", saved.Title)
	return c.Redirect("/admin/templates")
}

func readTemplate(f *web.Form, t *workflow.AnswerTemplate) error {
	t.Title, t.Body, t.Purpose, t.ReviewOn = f.Line("title"), f.Prose("body"), f.Line("purpose"), f.Line("review_on")
	t.Active = f.Has("active")
	into := map[string]*int64{"category": &t.Category}
	if t.ID != 0 {
		into["version"] = &t.Version
	}
	return numbers(f, into)
}
