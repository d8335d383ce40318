package annual

import (
	"encoding/hex"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// reportPage is a report as it reads, with what can be done to it.
type reportPage struct {
	templates.Page
	Report   workflow.AnnualReport
	Path     string
	State    templates.Badge
	Facts    []templates.Fact
	Steps    []templates.Step
	Paper    paper
	Warnings []warning
	Others   []templates.Fact // revisions
	Acts     acts
	Reason   string // of a revision, or of sending back
	Tables   templates.Field
	Changes  string // leads to what has changed since
}

// acts says what the reader may do now.
type acts struct {
	Edit, Freeze, Check, Sign, Return, Publish, Revise bool
}

// warning is something to see to.
type warning struct {
	Text, Href string
	Late       bool
}

// report shows one report.
func (p *Pages) report(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	return p.showReport(c, v, nil, "")
}

func (p *Pages) showReport(c *web.Context, v annual.View, problems []templates.Problem, typed string) error {
	r := v.Report
	view := reportPage{
		Report: r, Path: path(r.ID), State: stateBadge(c, r), Facts: reportFacts(c, v), Steps: reportSteps(c, v),
		Paper: paperOf(c, v), Warnings: warnings(c, v), Others: revisions(c, v), Acts: actsOf(c, v), Reason: typed,
		Tables: tableChoices(c),
	}
	if r.State != workflow.AnnualDraft {
		view.Changes = path(r.ID, "changes")
	}
	view.Page = page(c, r.Title)
	view.Problems = problems
	return c.Render(status(problems), "annual/report.html", view)
}

func actsOf(c *web.Context, v annual.View) acts {
	by, r := c.User.Actor(), v.Report
	draft, ended := r.State == workflow.AnnualDraft, r.State == workflow.AnnualReturned || r.State == workflow.AnnualPublished
	last := len(v.Revisions) > 0 && v.Revisions[0].ID == r.ID
	return acts{
		Edit: draft && annual.MayWrite(by), Freeze: draft && annual.MayWrite(by),
		Check:   r.State == workflow.AnnualFrozen && annual.MayCheck(by),
		Sign:    r.State == workflow.AnnualChecked && annual.MaySign(by),
		Return:  !draft && !ended && (annual.MayCheck(by) || annual.MaySign(by)),
		Publish: r.State == workflow.AnnualSigned && r.Passed && annual.MayWrite(by),
		Revise:  ended && last && annual.MayWrite(by),
	}
}

func reportFacts(c *web.Context, v annual.View) []templates.Fact {
	r := v.Report
	asOf := c.Text("annual.as_of.freezing")
	if !r.AsOf.IsZero() || r.State != workflow.AnnualDraft {
		asOf = c.Local(v.Frozen.AsOf).Format("2006-01-02 15:04")
	}
	out := []templates.Fact{
		{Label: c.Text("annual.list.period"), Value: period(c, r)},
		{Label: c.Text("annual.as_of"), Value: asOf},
		{Label: c.Text("annual.form"), Value: c.Text("annual.form." + r.Form)},
		{Label: c.Text("annual.revision.label"), Value: strconv.Itoa(r.Revision)},
	}
	if r.Reason != "" {
		out = append(out, templates.Fact{Label: c.Text("annual.reason"), Value: r.Reason})
	}
	if len(r.Hash) > 0 {
		out = append(out, templates.Fact{Label: "SHA-256", Value: hex.EncodeToString(r.Hash)[:16] + "…"})
	}
	return out
}

// reportSteps is the way of a report: frozen, signed twice, reviewed, out.
func reportSteps(c *web.Context, v annual.View) []templates.Step {
	r := v.Report
	note := func(by int64, at string) string {
		if by == 0 {
			return ""
		}
		return v.Names[by] + " " + at
	}
	moment := func(a workflow.AnnualReport) []string {
		return []string{web.Moment(c, a.Frozen), web.Moment(c, a.Checked), web.Moment(c, a.Signed), "", web.Moment(c, a.Published)}
	}(r)
	who := []int64{r.FrozenBy, r.CheckedBy, r.SignedBy, 0, r.PublishedBy}
	done := []bool{!r.Frozen.IsZero(), !r.Checked.IsZero(), !r.Signed.IsZero(), r.Passed, !r.Published.IsZero()}
	var out []templates.Step
	now := r.State != workflow.AnnualReturned
	for i, name := range []string{"freeze", "check", "sign", "review", "publish"} {
		s := templates.Step{Label: c.Text("annual.step." + name), Note: note(who[i], moment[i])}
		switch {
		case done[i]:
			s.State = "done"
		case now:
			s.State, now = "now", false
		}
		if name == "review" && r.Review != 0 {
			s.Note = c.Text("annual.review.no", r.Review)
			if annual.MayWrite(c.User.Actor()) {
				s.Href = "/office/reviews/" + strconv.FormatInt(r.Review, 10)
			}
		}
		out = append(out, s)
	}
	if r.State == workflow.AnnualReturned {
		out[0].State, out[0].Note = "back", c.Text("annual.returned", v.Names[r.ReturnedBy], web.Moment(c, r.Returned), r.ReturnNote)
	}
	return out
}

func revisions(c *web.Context, v annual.View) []templates.Fact {
	if len(v.Revisions) < 2 {
		return nil
	}
	var out []templates.Fact
	for _, o := range v.Revisions {
		f := templates.Fact{Label: c.Text("annual.revision.no", o.Revision), Value: stateBadge(c, o).Label}
		if o.ID != v.Report.ID {
			f.Href = path(o.ID)
		}
		out = append(out, f)
	}
	return out
}

func warnings(c *web.Context, v annual.View) []warning {
	id := v.Report.ID
	links := map[string]string{
		"contacts": home + "/contacts?year=" + strconv.Itoa(v.Report.Year), "notice": path(id, "edit"), "period": path(id, "edit"),
		"overrides": path(id, "fields"), "duties": path(id, "fields", "duties.missing"),
	}
	var out []warning
	for _, w := range v.Warnings(c.Now) {
		one := warning{Text: c.Text("annual.warn." + w.Key), Href: links[w.Key], Late: w.Key == "fault"}
		if w.N > 0 {
			one.Text = c.Text("annual.warn."+w.Key, w.N)
		}
		if w.Block != "" {
			one.Text, one.Href = c.Text("annual.warn.fault", blockName(v, w.Block)), path(id, "blocks", w.Block)
		}
		out = append(out, one)
	}
	return out
}

func blockName(v annual.View, key string) string {
	for _, b := range v.Blocks {
		if b.Key == key {
			return b.Name
		}
	}
	return key
}

// printPage is a report as it will be printed.
type printPage struct {
	templates.Page
	Paper   paper
	College string
	Day     string
	Mark    string
	Annex   *templates.Table
	Path    string
}

// print shows the report as it will be printed.
func (p *Pages) print(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	d := p.Bureau.Document(v.Frozen, v.Report.Hash)
	view := printPage{Paper: paperOf(c, v), College: d.Signature, Mark: d.Mark, Path: path(v.Report.ID)}
	view.Day = annual.ChineseDay(v.Report.Day)
	if len(d.Annexes) > 0 {
		t := gridTable(d.Annexes[0].Title, d.Annexes[0].Blocks[0].Table)
		view.Annex = &t
	}
	view.Page = c.Page(v.Report.Title)
	return c.Render(http.StatusOK, "annual/report.print.html", view)
}
