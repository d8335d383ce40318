package desk

import (
	"fmt"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// Editor is where an answer is written.
type Editor struct {
	Path      string
	Hidden    []templates.Hidden
	Keep      string // the name under which the browser keeps what is typed
	Body      templates.Field
	Starts    []Start // texts to start from
	Files     []templates.File
	Removable []RemovableFile
	Upload    templates.Field
	HandIn    bool // the text goes to the head when it is done
	Folded    bool // others have written it: read first
}

// Start is a text to start an answer from, its variables filled in.
type Start struct {
	ID    int64
	Title string
	Text  string
}

// RemovableFile is a file of the draft and the button that takes it off.
type RemovableFile struct {
	ID   int64
	File templates.File
}

// Answer is a text that is on its way, to be read before anything else.
type Answer struct {
	Body  string
	Files []templates.File
}

// Conflict shows two texts of one answer beside each other: nobody's is lost.
type Conflict struct {
	Who   string
	At    time.Time
	Parts []web.Part // what mine changes of theirs
	Their string
}

// Version is one saved text of the answer, with what changed since the one
// before.
type Version struct {
	N     int64
	Who   string
	At    time.Time
	Parts []web.Part // nil: it is the first
}

// editor fills the page's part about the answer that is being written.
func (p *Pages) editor(c *web.Context, v *view, page *CasePage) error {
	d, mine := v.d.Draft, v.d.May(workflow.MarkDraft)
	folded := !mine || v.d.Case.State != workflow.InHand && v.open != "draft"
	if folded && d.ID != 0 && d.Sent.IsZero() && v.d.Case.Open() {
		page.Answer = &Answer{Body: d.Body, Files: v.filesOf(v.d.DraftFiles)}
	}
	if !mine {
		return nil
	}
	starts, err := p.starts(c, v)
	if err != nil {
		return err
	}
	e := &Editor{
		Path: v.path("draft"), Starts: starts, HandIn: v.d.May(workflow.HandIn), Folded: folded,
		Keep:   v.keptHere(d.Version),
		Body:   templates.Field{Kind: "textarea", Name: "body", Within: "draft", Label: c.Text("desk.answer.body"), Value: d.Body, Limit: workflow.MaxAnswer, Rows: 10},
		Upload: templates.Field{Kind: "file", Name: "files", Within: "draft", Label: c.Text("desk.answer.files"), Many: true, Optional: true},
	}
	version := id(d.Version)
	if v.open == "draft" && v.form != nil && !v.begun {
		version = v.form.Line("draft_version") // what was typed still began from there
	}
	e.Hidden = []templates.Hidden{{Name: web.TokenField, Value: c.FormToken()}, {Name: "draft_version", Value: version}}
	for _, f := range v.d.DraftFiles {
		e.Removable = append(e.Removable, RemovableFile{ID: f.ID, File: v.filesOf([]workflow.File{f})[0]})
	}
	if v.open == "draft" {
		v.again(&e.Body)
	}
	page.Editor = e
	return nil
}

// keptHere names what the browser keeps of an answer begun on a version of the
// draft, so that an old text never covers a newer one.
func (v *view) keptHere(version int64) string {
	return fmt.Sprintf("answer:%s:%d:%d", v.d.Case.Number, v.d.Draft.Round, version)
}

// sent names what the browser need not keep any more: what was typed before the
// draft as it is now, and all of it when the reader's part is done.
func (v *view) sent() []string {
	n := v.d.Draft.Version
	names := []string{v.keptHere(n - 1)}
	if !v.d.May(workflow.MarkDraft) {
		names = append(names, v.keptHere(n))
	}
	return names
}

// starts are the templates for the case with their variables filled in: by
// plain replacement, and never with the writer's name.
func (p *Pages) starts(c *web.Context, v *view) ([]Start, error) {
	found, err := p.cases.Templates(c.Context(), v.d.Case.Category)
	if err != nil {
		return nil, err
	}
	fill := v.filler()
	out := make([]Start, 0, len(found))
	for _, t := range found {
		out = append(out, Start{ID: t.ID, Title: t.Title, Text: fill.Replace(t.Body)})
	}
	return out, nil
}

func (v *view) filler() *strings.Replacer {
	k, c := v.d.Case, v.c
	address := c.TextIn(k.Locale, "desk.writer")
	if k.WriterStatus != "" && k.WriterStatus != "public" {
		address = c.TextIn(k.Locale, "address."+string(k.WriterStatus))
	}
	day, department := c.Now.Format("2006年1月2日"), ""
	for _, d := range v.departments {
		if d.ID == k.Department {
			department = d.NameZH
			if k.Locale == "en" && d.NameEN != "" {
				department = d.NameEN
			}
		}
	}
	if k.Locale == "en" {
		day = c.Now.Format("2 January 2006")
	}
	return strings.NewReplacer("{来信人}", address, "{编号}", k.Number, "{部门}", department, "{日期}", day)
}

// steps is the way of an answer: written, signed, checked, sent.
func (v *view) steps() []templates.Step {
	at, ok := stepOf[v.d.Case.State]
	if !ok || at == 0 && v.d.Draft.ID == 0 && v.d.Case.Answered.IsZero() {
		return nil
	}
	names := []string{"draft", "head", "office", "sent"}
	acts := []workflow.Action{workflow.HandIn, workflow.Approve, workflow.Answer, workflow.Answer}
	out := make([]templates.Step, len(names))
	for i, name := range names {
		s := templates.Step{Label: v.c.Text("desk.step." + name)}
		switch ev := v.last(acts[i]); {
		case i < at:
			s.State, s.Note = "done", v.signature(ev)
		case i == at:
			s.State = "now"
		}
		out[i] = s
	}
	if back := v.sentBack(); back != nil {
		out[0].State, out[0].Note = "back", v.c.Text("desk.step.back", back.Note)
	}
	return out
}

var stepOf = map[workflow.State]int{
	workflow.InHand: 0, workflow.Drafted: 1, workflow.Approved: 2, workflow.Answered: 4, workflow.Closed: 4, workflow.Archived: 4,
}

// last is the last time something was done, or nil.
func (v *view) last(a workflow.Action) *workflow.Event {
	for i := len(v.d.Events) - 1; i >= 0; i-- {
		if v.d.Events[i].Action == a {
			return &v.d.Events[i]
		}
	}
	return nil
}

func (v *view) signature(ev *workflow.Event) string {
	if ev == nil {
		return ""
	}
	return v.did(*ev) + " " + web.Moment(v.c, ev.At)
}

// sentBack is the event that sent the answer back, while nobody has handed it
// in again.
func (v *view) sentBack() *workflow.Event {
	back, in := v.last(workflow.SendBack), v.last(workflow.HandIn)
	if v.d.Case.State != workflow.InHand || back == nil || in != nil && in.Seq > back.Seq {
		return nil
	}
	return back
}

// shownVersions is how many versions of an answer a page compares.
const shownVersions = 12

// versions lists the saved texts, the latest first, each with its difference.
func (v *view) versions() []Version {
	all := v.d.Versions
	var out []Version
	for i := len(all) - 1; i >= 0 && len(out) < shownVersions; i-- {
		one := Version{N: all[i].Version, Who: all[i].AuthorName, At: v.c.Local(all[i].At)}
		if i > 0 {
			one.Parts = web.Diff(all[i-1].Body, all[i].Body)
		}
		out = append(out, one)
	}
	return out
}

// conflict shows what stands in the draft now beside what was typed.
func (v *view) conflict(theirs workflow.AnswerDraft, mine string) *Conflict {
	out := &Conflict{At: v.c.Local(theirs.Updated), Their: theirs.Body, Parts: web.Diff(theirs.Body, mine)}
	if n := len(v.d.Versions); n > 0 {
		out.Who = v.d.Versions[n-1].AuthorName
	}
	return out
}

var _ Cases = (*casework.Casework)(nil)
