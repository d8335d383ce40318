package publication

import (
	"encoding/hex"
	"net/http"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

type reviewPage struct {
	templates.Page
	publication.Sheet
	Path      string
	Badge     templates.Badge
	Facts     []templates.Fact
	Parts     []part
	Files     []templates.File
	Own       bool // the reader asked for it
	Questions []question
	Result    string
	Results   []templates.Choice
	Ground    string
	Grounds   []templates.Choice
	Decision  []templates.Fact // once decided
}

type part struct{ Label, Text string }

// question is one line of the check list. Answer is yes, no or "".
type question struct {
	Name, Label, Answer, AnswerText string
	Options                         []templates.Choice
}

func (p *Pages) review(c *web.Context) error {
	return p.showReview(c, http.StatusOK, "office/review.html", publication.Decision{}, nil)
}

func (p *Pages) printReview(c *web.Context) error {
	return p.showReview(c, http.StatusOK, "office/review.print.html", publication.Decision{}, nil)
}

// showReview shows the sheet; typed is what a refused form had in it.
func (p *Pages) showReview(c *web.Context, status int, name string, typed publication.Decision, wrong []templates.Problem) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	sheet, err := p.Reviews.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	department, err := p.department(c, sheet.Department)
	if err != nil {
		return err
	}
	if sheet.Result != workflow.Undecided {
		typed = publication.Decision{
			Checklist: sheet.Checklist, Result: sheet.Result, Ground: sheet.Ground, Basis: sheet.Basis, Remark: sheet.Remark,
		}
	}
	view := sheetView(c, sheet, typed, department)
	view.Page = c.Page("review.sheet")
	view.Crumbs = []templates.Crumb{{Label: c.Text("review.title"), Href: "/office/reviews"}}
	view.Problems = wrong
	return c.Render(status, name, view)
}

func sheetView(c *web.Context, s publication.Sheet, typed publication.Decision, department string) reviewPage {
	v := reviewPage{
		Sheet: s, Path: reviewPath(s.ID), Badge: resultBadge(c, s.Review), Own: s.AskedBy == c.User.AccountID,
		Result: string(typed.Result), Ground: string(typed.Ground), Results: results(c), Grounds: grounds(c), Questions: questions(c, typed.Checklist),
		Facts: []templates.Fact{
			{Label: c.Text("review.column.subject"), Value: c.Text("review.subject." + string(s.Subject))},
			{Label: c.Text("review.department"), Value: department},
			{Label: c.Text("review.asked_by"), Value: s.AskedName},
			{Label: c.Text("review.asked_at"), Value: dated(c, s.Asked)},
			{Label: c.Text("review.hash"), Value: hex.EncodeToString(s.ContentHash[:8])},
		},
	}
	v.Basis, v.Remark = typed.Basis, typed.Remark
	for _, x := range s.Exhibit.Parts {
		v.Parts = append(v.Parts, part{c.Text("review.part." + x.Key), x.Text})
	}
	v.Files = pictures(v.Path, publicFiles(s.Exhibit.Files))
	if s.Result != workflow.Undecided {
		v.Decision = decisionFacts(c, s)
	}
	return v
}

func decisionFacts(c *web.Context, s publication.Sheet) []templates.Fact {
	out := []templates.Fact{{Label: c.Text("review.result"), Value: resultWords(c, s.Result)}}
	if s.Ground != "" {
		out = append(out, templates.Fact{Label: c.Text("review.ground"), Value: c.Text("review.ground." + string(s.Ground))})
	}
	out = append(out, templates.Fact{Label: c.Text("review.basis"), Value: s.Basis})
	if s.Remark != "" {
		out = append(out, templates.Fact{Label: c.Text("review.remark"), Value: s.Remark})
	}
	return append(out, templates.Fact{Label: c.Text("review.reviewer"), Value: s.Decider},
		templates.Fact{Label: c.Text("review.decided_at"), Value: dated(c, s.Decided)})
}

func results(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for _, r := range []workflow.ReviewResult{workflow.ReviewPublic, workflow.ReviewPartly, workflow.ReviewRefused} {
		out = append(out, templates.Choice{Value: string(r), Label: resultWords(c, r)})
	}
	return out
}

func grounds(c *web.Context) []templates.Choice {
	out := []templates.Choice{{}}
	for _, g := range workflow.ReviewGrounds {
		out = append(out, templates.Choice{Value: string(g), Label: c.Text("review.ground." + string(g))})
	}
	return out
}

func questions(c *web.Context, answers map[string]bool) []question {
	var out []question
	for _, name := range workflow.ReviewQuestions {
		q := question{Name: "check_" + name, Label: c.Text("review.question." + name), Options: []templates.Choice{
			{Value: "no", Label: c.Text("review.no")}, {Value: "yes", Label: c.Text("review.yes")},
		}}
		if yes, answered := answers[name]; answered {
			q.Answer, q.AnswerText = "no", c.Text("review.no")
			if yes {
				q.Answer, q.AnswerText = "yes", c.Text("review.yes")
			}
		}
		out = append(out, q)
	}
	return out
}

// decide takes the reviewer's form.
func (p *Pages) decide(c *web.Context) error {
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
	d := publication.Decision{
		Version: version, Checklist: map[string]bool{}, Result: workflow.ReviewResult(f.Line("result")),
		Ground: workflow.ReviewGround(f.Line("ground")), Basis: f.Prose("basis"), Remark: f.Prose("remark"),
	}
	for _, q := range workflow.ReviewQuestions {
		if v := f.Line("check_" + q); v == "yes" || v == "no" {
			d.Checklist[q] = v == "yes"
		}
	}
	r, err := p.Reviews.Decide(c.Context(), c.User.Actor(), id, d)
	if err != nil {
		problem, mine := c.Problem(err)
		if !mine {
			return err
		}
		return p.showReview(c, web.StatusOf(err), "office/review.html", d, []templates.Problem{problem})
	}
	c.Flash("good", "review.done", resultWords(c, r.Result))
	return c.Redirect(reviewPath(r.ID))
}

// department is the name of a department; 0 is the office.
func (p *Pages) department(c *web.Context, id int64) (string, error) {
	if id == 0 {
		return c.Text("review.office"), nil
	}
	all, err := p.College.Departments(c.Context())
	if err != nil {
		return "", err
	}
	for _, d := range all {
		if d.ID == id {
			return c.Name(d.NameZH, d.NameEN), nil
		}
	}
	return "", nil
}

// dated is a moment with its year, as a form that is filed needs it.
func dated(c *web.Context, t time.Time) string {
	if c.Locale == "en" {
		return c.Local(t).Format("2 January 2006, 15:04")
	}
	return c.Local(t).Format("2006年1月2日 15:04")
}
