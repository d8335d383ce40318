package publication

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

type publicationPage struct {
	templates.Page
	publication.Editor
	Path     string
	CasePath string
	Badge    templates.Badge
	Steps    []templates.Step
	Found    []found
	Words    string // to hide besides
	Pictures []picture
	Public   shownAnswer
	Traces   templates.Field // why what was found may stay; without a name it is not asked
	Embargo  string
	Reason   string
	Facts    []templates.Fact
	Why      string // why it cannot become public, or ""
}

// found is one trace with its box.
type found struct {
	ID, Words, Kind string
	Hidden          bool
}

type picture struct {
	ID     string
	Name   string
	Href   string
	Chosen bool
}

// typed is what a refused form had in it.
type typed struct {
	edit    *publication.Edit
	words   string
	traces  string
	reason  string
	embargo string
	wrong   []templates.Problem
}

func (p *Pages) publication(c *web.Context) error {
	return p.showPublication(c, http.StatusOK, typed{})
}

func (p *Pages) showPublication(c *web.Context, status int, t typed) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	e, err := p.Answers.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	if t.edit != nil {
		e.Redaction = t.edit.Redaction
	}
	view := publicationPage{
		Editor: e, Path: publicationPath(e.ID), CasePath: web.CasePath(e.Case.Number), Badge: stateBadge(c, e.Publication),
		Steps: steps(c, e), Words: t.words, Public: n.shown(c, e.Publication, e.Public, publicationPath(e.ID)),
		Embargo: t.embargo, Reason: t.reason, Facts: publicationFacts(c, e),
	}
	view.fill(c, e, t)
	view.Page = c.Page(e.Public.Subject)
	view.Crumbs = []templates.Crumb{{Label: c.Text("publication.title"), Href: "/office/publications"}}
	view.Problems = t.wrong
	return c.Render(status, "office/publication.html", view)
}

func (v *publicationPage) fill(c *web.Context, e publication.Editor, t typed) {
	if e.Rule.Why != "" && e.State != workflow.PublicationWithdrawn {
		v.Why = c.Text(e.Rule.Why)
	}
	for i, f := range e.Findings {
		v.Found = append(v.Found, found{ID: strconv.Itoa(i), Words: f.Words, Kind: c.Text("publication.trace." + string(f.Kind)), Hidden: f.Hidden})
	}
	for i, w := range e.Extra {
		v.Found = append(v.Found, found{ID: "x" + strconv.Itoa(i), Words: w, Kind: c.Text("publication.trace.other"), Hidden: true})
	}
	for _, f := range e.Pictures {
		v.Pictures = append(v.Pictures, picture{ID: decimal(f.ID), Name: f.Name, Href: v.CasePath + "/files/" + decimal(f.ID) + "?show=yes", Chosen: f.Chosen})
	}
	for _, problem := range t.wrong {
		if problem.Field == "traces" {
			v.Traces = templates.Field{
				Kind: "textarea", Name: "traces", Label: c.Text("publication.traces.reason"), Hint: c.Text("publication.traces.hint"),
				Value: t.traces, Error: problem.Text, Rows: 2, Limit: workflow.MaxNote,
			}
		}
	}
}

// steps is the way to the public: the writer, the words, the review, the school.
func steps(c *web.Context, e publication.Editor) []templates.Step {
	step := func(key, state, note string) templates.Step {
		return templates.Step{Label: c.Text("publication.step." + key), State: state, Note: note}
	}
	consent, edit, review, publish := "now", "", "", ""
	if e.Case.PublishWish {
		consent, edit = "done", "now"
	}
	switch e.State {
	case workflow.PublicationInReview:
		edit, review = "done", "now"
	case workflow.PublicationReviewed:
		edit, review, publish = "done", "done", "now"
	case workflow.PublicationPublished:
		edit, review, publish = "done", "done", "done"
	case workflow.PublicationDraft:
		if e.Review.Result == workflow.ReviewRefused {
			review = "back"
		}
	case workflow.PublicationWithdrawn:
		edit = ""
	}
	note := ""
	if e.Review.Result != workflow.Undecided {
		note = resultWords(c, e.Review.Result)
	}
	return []templates.Step{step("consent", consent, ""), step("redact", edit, ""), step("review", review, note), step("publish", publish, "")}
}

func publicationFacts(c *web.Context, e publication.Editor) []templates.Fact {
	out := []templates.Fact{{Label: c.Text("publication.fact.hash"), Value: hex.EncodeToString(e.ContentHash[:8]) + "…"}}
	if e.Review.ID != 0 {
		out = append(out, templates.Fact{Label: c.Text("review.title"), Value: resultWords(c, e.Review.Result), Href: reviewPath(e.Review.ID)})
		if e.Review.Remark != "" {
			out = append(out, templates.Fact{Label: c.Text("review.remark"), Value: e.Review.Remark})
		}
	}
	if !e.Published.IsZero() {
		out = append(out, templates.Fact{Label: c.Text("publication.fact.published"), Value: web.Moment(c, e.Published)})
	}
	if e.PublicAt(c.Now) {
		out = append(out, templates.Fact{Label: c.Text("publication.fact.address"), Value: "/answers/" + e.Slug, Href: "/answers/" + e.Slug})
	}
	if e.Withdrawn.IsZero() {
		return out
	}
	who := c.Text("publication.by.office")
	if e.WithdrawnBy == 0 {
		who = c.Text("publication.by.writer")
	}
	return append(out, templates.Fact{Label: c.Text("publication.fact.withdrawn"), Value: web.Moment(c, e.Withdrawn) + " · " + who},
		templates.Fact{Label: c.Text("publication.fact.reason"), Value: e.Reason})
}

// readEdit reads the editor's form. Every trace that was listed comes with its
// words, and is hidden when its box is on.
func readEdit(f *web.Form) (publication.Edit, error) {
	version, err := f.Number("version")
	e := publication.Edit{Version: version, Redaction: workflow.Redaction{
		Subject: f.Line("subject"), Question: f.Prose("question"), Answer: f.Prose("answer"),
	}}
	e.Show = f.All("found")
	e.Hide = append(f.All("hide"), strings.Split(f.Prose("words"), "\n")...)
	for _, one := range f.All("files") {
		n, err := strconv.ParseInt(one, 10, 64)
		if err != nil {
			return e, workflow.Wrong("files", "invalid.choice")
		}
		e.Files = append(e.Files, n)
	}
	return e, err
}

// save keeps the texts.
func (p *Pages) save(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	e, err := readEdit(f)
	if err != nil {
		return err
	}
	if _, err = p.Answers.Save(c.Context(), c.User.Actor(), id, e); err != nil {
		return p.refused(c, err, typed{edit: &e, words: f.Prose("words")})
	}
	c.Flash("good", "publication.saved")
	return c.Redirect(publicationPath(id))
}

// refused shows the page again with what was typed and what is wrong with it.
func (p *Pages) refused(c *web.Context, err error, t typed) error {
	problem, mine := c.Problem(err)
	if !mine {
		return err
	}
	t.wrong = []templates.Problem{problem}
	return p.showPublication(c, web.StatusOf(err), t)
}

// act carries out one step of a publication.
func (p *Pages) act(c *web.Context, done string, t func(*web.Form) typed, do func(id, version int64, f *web.Form) error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	version, err := f.Number("version")
	if err == nil {
		err = do(id, version, f)
	}
	if err != nil {
		return p.refused(c, err, t(f))
	}
	c.Flash("good", done)
	return c.Redirect(publicationPath(id))
}

func (p *Pages) handIn(c *web.Context) error {
	keep := func(f *web.Form) typed { return typed{traces: f.Prose("traces")} }
	return p.act(c, "publication.handed_in", keep, func(id, version int64, f *web.Form) error {
		_, err := p.Answers.HandIn(c.Context(), c.User.Actor(), id, version, f.Prose("traces"))
		return err
	})
}

func (p *Pages) publish(c *web.Context) error {
	keep := func(f *web.Form) typed { return typed{embargo: f.Line("embargo")} }
	return p.act(c, "publication.published", keep, func(id, version int64, f *web.Form) error {
		from, err := embargo(c, f)
		if err == nil {
			_, err = p.Answers.Publish(c.Context(), c.User.Actor(), id, version, from)
		}
		return err
	})
}

func (p *Pages) withdraw(c *web.Context) error {
	keep := func(f *web.Form) typed { return typed{reason: f.Prose("reason")} }
	return p.act(c, "publication.withdrawn", keep, func(id, _ int64, f *web.Form) error {
		_, err := p.Answers.Withdraw(c.Context(), c.User.Actor(), id, f.Prose("reason"))
		return err
	})
}

func upper(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }
