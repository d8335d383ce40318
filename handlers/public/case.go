package public

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// CasePage is a case as its writer sees it.
type CasePage struct {
	templates.Page
	Number, Subject string
	Badge           templates.Badge
	Status          string // one plain sentence
	Asked           string // what the writer was asked, while the case waits for it
	Promise         *Promise
	Ground          string // why it was not taken on, or ""
	Together        string // progress of the case it is handled with, or ""
	Parts           []Part
	Timeline        []Entry
	Facts           []templates.Fact
	Publish         Publish
	Acts            []Act
	Rated           *Rated
	Said            said
	Marks           []templates.Choice
	KeptFiles       []KeptFile
	OfferRedo       bool // the rating says "not solved": ask before it closes the case
	MaxNote         int
	MaxFiles        int
	MaxAllFiles     int // in megabytes
}

// Part is a further matter of the same letter.
type Part struct {
	Number, Subject string
	Badge           templates.Badge
}

// Act is something the writer may do now, as a box that opens.
type Act struct {
	Name        string // add again redo solved withdraw rate
	Label, Hint string
	Open        bool
	Word        templates.Field // what is to be said; without a name there is nothing to say
	Button      templates.Button
}

// Rated is what the writer has said of the answer.
type Rated struct {
	Speed, Attitude, Result int
	Solved                  string // in words
}

// said is what the writer typed into one of the boxes, shown again until it
// has been kept.
type said struct {
	Act, Word, Comment              string
	Speed, Attitude, Result, Solved string
	problems                        []templates.Problem
	files                           []workflow.NewFile
	offerRedo                       bool
}

func (p *Pages) showCase(c *web.Context, by workflow.Actor, status int, s said) error {
	got, err := p.Cases.Follow(c.Context(), by, by.Case)
	if workflow.KindOf(err) == workflow.NotFound && err != nil {
		trackCookie.drop(c)
		return c.Redirect("/track")
	}
	if err != nil {
		return err
	}
	page, err := p.caseView(c, got, s)
	if err != nil {
		return err
	}
	if page.Publish, err = p.wish(c, by, got.Case); err != nil {
		return err
	}
	return c.Render(status, "public/case.html", page)
}

func (p *Pages) caseView(c *web.Context, got casework.Progress, s said) (CasePage, error) {
	k := got.Case
	o, err := p.lists.load(c.Context(), c.Now)
	if err != nil {
		return CasePage{}, err
	}
	page := CasePage{
		Page: c.Page("track.title"), Number: k.Number, Subject: k.Subject, Badge: progressBadge(c, k.State),
		Status: c.Text("track.now." + string(k.State)), Asked: asked(got), Facts: facts(c, got),
		Timeline: timeline(c, o, got), Acts: acts(c, got, s), Rated: rated(c, k.Rating), Said: s.orRated(got.Case.Rating), Marks: marks(c),
		KeptFiles: p.keptFiles(c, s.files), OfferRedo: s.offerRedo,
		MaxNote: workflow.MaxNote, MaxFiles: workflow.MaxFiles, MaxAllFiles: workflow.MaxAllFiles >> 20,
	}
	page.Problems = labelled(c, s.problems)
	if k.Ground != "" {
		page.Ground = c.Text("ground." + string(k.Ground))
	}
	if got.Into.ID != 0 {
		page.Together = c.Text("progress." + string(got.Into.State))
	}
	for _, part := range got.Parts {
		page.Parts = append(page.Parts, Part{Number: part.Number, Subject: part.Subject, Badge: progressBadge(c, part.State)})
	}
	page.Promise, err = p.promise(c, got)
	return page, err
}

// progressBadge is a state in the writer's words, which are fewer than ours.
func progressBadge(c *web.Context, s workflow.State) templates.Badge {
	tones := map[workflow.State]string{
		workflow.Waiting: "soon", workflow.Answered: "good", workflow.Closed: "good", workflow.Archived: "good",
		workflow.Declined: "quiet", workflow.Withdrawn: "quiet",
	}
	tone, ok := tones[s]
	if !ok {
		tone = "info"
	}
	return templates.Badge{Tone: tone, Label: c.Text("progress." + string(s))}
}

// asked is the last question, while the case waits for its answer.
func asked(got casework.Progress) string {
	if got.Case.State != workflow.Waiting {
		return ""
	}
	for _, m := range slices.Backward(got.Messages) {
		if m.Kind == workflow.QuestionMessage {
			return m.Body
		}
	}
	return ""
}

func facts(c *web.Context, got casework.Progress) []templates.Fact {
	k := got.Case
	out := []templates.Fact{
		{Label: c.Text("track.fact.received"), Value: moment(c, k.Received)},
		{Label: c.Text("track.fact.kind"), Value: c.Text("kind." + string(k.Kind))},
		{Label: c.Text("track.fact.category"), Value: c.Name(got.Category.NameZH, got.Category.NameEN)},
		{Label: c.Text("track.fact.mode"), Value: c.Text("mode." + string(k.Mode))},
	}
	return append(out, application(c, got)...)
}

// application is what the writer asked for, and how it was decided once they
// may know.
func application(c *web.Context, got casework.Progress) []templates.Fact {
	var out []templates.Fact
	add := func(label, prefix, value string) {
		if value != "" && prefix != "" {
			value = c.Text(prefix + value)
		}
		if value != "" {
			out = append(out, templates.Fact{Label: c.Text("track.fact." + label), Value: value})
		}
	}
	a := got.Application
	add("asked", "", a.Asked)
	add("purpose", "purpose.", a.Purpose)
	add("delivery", "delivery.", a.Delivery)
	add("decision", "decision.", string(got.Decided()))
	return out
}

// offers are the writer's acts in the order in which they are offered. Which
// of them stand open is the workflow's to say.
var offers = []struct {
	name   string
	action workflow.Action
	word   bool // something is to be said with it
	tone   string
}{
	{"rate", workflow.Rate, false, "primary"},
	{"add", workflow.MarkAdd, true, "primary"},
	{"solved", workflow.Settle, false, "primary"},
	{"again", workflow.AskAgain, true, "primary"},
	{"redo", workflow.Redo, true, "primary"},
	{"withdraw", workflow.Withdraw, true, "danger filled"},
}

// acts are what the writer may do now. The one that was tried last is open;
// while something is asked of the writer, or an answer waits to be rated, that
// is.
func acts(c *web.Context, got casework.Progress, s said) []Act {
	var out []Act
	waits := got.Case.State == workflow.Waiting || got.Case.State == workflow.Answered
	for _, o := range offers {
		if !may(got, o.action) {
			continue
		}
		key := "track.act." + o.name
		a := Act{
			Name: o.name, Label: c.Text(key), Hint: c.Text(key + ".hint"),
			Open:   s.Act == o.name || s.Act == "" && waits && len(out) == 0,
			Button: templates.Button{Tone: o.tone, Label: c.Text(key + ".send")},
		}
		if o.word {
			a.Word = s.field(c, o.name)
		}
		out = append(out, a)
	}
	return out
}

// wordField is the name of the text of an act: each box has its own, so that
// a mistake leads to the right one.
func wordField(act string) string { return "word_" + act }

func (s said) field(c *web.Context, act string) templates.Field {
	f := templates.Field{
		Kind: "textarea", Name: wordField(act), Label: c.Text("track.act." + act + ".word"), Rows: 4,
		Limit: workflow.MaxBody, Optional: act == "withdraw",
	}
	if s.Act == act {
		f.Value = s.Word
	}
	for _, p := range s.problems {
		if p.Field == f.Name {
			f.Error = p.Text
		}
	}
	return f
}

// orRated fills the marks with those given before, to be changed.
func (s said) orRated(r workflow.Rating) said {
	if !r.Given() || s.Act == "rate" {
		return s
	}
	s.Speed, s.Attitude, s.Result = strconv.Itoa(r.Speed), strconv.Itoa(r.Attitude), strconv.Itoa(r.Result)
	s.Solved = "no"
	if r.Solved {
		s.Solved = "yes"
	}
	return s
}

func may(got casework.Progress, a workflow.Action) bool {
	if a == workflow.MarkAdd {
		return !got.Case.State.Ended() || slices.Contains(got.Actions, workflow.Supply)
	}
	return slices.Contains(got.Actions, a)
}

func rated(c *web.Context, r workflow.Rating) *Rated {
	if !r.Given() {
		return nil
	}
	out := &Rated{Speed: r.Speed, Attitude: r.Attitude, Result: r.Result, Solved: c.Text("rate.solved.no")}
	if r.Solved {
		out.Solved = c.Text("rate.solved.yes")
	}
	return out
}

// marks are the five marks, from very poor to very good.
func marks(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for _, n := range []string{"5", "4", "3", "2", "1"} {
		out = append(out, templates.Choice{Value: n, Label: c.Text("rate.mark." + n)})
	}
	return out
}

// answerAct ends an act of the writer: back to the case, where it now stands.
// What could not be done any more is said there; what was typed wrongly comes
// back with the page.
func (p *Pages) answerAct(c *web.Context, by workflow.Actor, s said, done string, err error) error {
	if err == nil {
		c.Flash("good", done)
		return c.Redirect("/track")
	}
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		c.Flash("warn", e.Key)
		return c.Redirect("/track")
	}
	if problem, status := tryLater(c, err); status == http.StatusTooManyRequests {
		s.problems = []templates.Problem{problem}
		return p.showCase(c, by, status, s)
	}
	problems, rest := c.Problems(err)
	if rest != nil {
		return rest
	}
	for i := range problems {
		if problems[i].Field == "body" || problems[i].Field == "note" {
			problems[i].Field = wordField(s.Act)
		}
	}
	s.problems = problems
	return p.showCase(c, by, http.StatusUnprocessableEntity, s)
}
