package desk

import (
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// Letter is one entry of the conversation.
type Letter struct {
	templates.Message
	Title    string // what it is: 来信, 答复, 内部备注
	Staff    bool   // only staff see it
	Quoted   string // history a mail carried along, folded
	Original string // where the mail can be seen as its writer set it
}

// Told is a notice to the writer and what became of it.
type Told struct {
	Words  string
	By     string
	Notice workflow.Notice
	State  templates.Badge
	Reason string
}

// Helper is a department that assists, and the form that ends it.
type Helper struct {
	ID      int64
	Name    string
	MayStop bool
}

// Identity is what the page says about who wrote, and the form that asks for
// more.
type Identity struct {
	Status string // 学生, if they said so
	Words  string // what their mode means
	May    bool   // this reader may open the identity
	Open   bool   // the form is open
	Reason templates.Field
	Known  []templates.Fact // opened just now, on this page alone
}

// letters is the conversation in the order in which it happened.
func (v *view) letters() []Letter {
	var out []Letter
	for _, m := range v.d.Messages {
		l := Letter{Title: v.c.Text("message." + string(m.Kind)), Staff: m.Kind.Internal(), Quoted: strings.TrimSpace(m.Quoted)}
		l.Message = templates.Message{Kind: class(m.Kind), Who: v.who(m), At: v.c.Local(m.At), Text: m.Body, Files: v.filesOf(m.Files), State: v.delivery(m.ID)}
		if m.HTML != "" {
			l.Original = web.CasePath(v.d.Case.Number) + "/messages/" + strconv.FormatInt(m.ID, 10)
		}
		out = append(out, l)
	}
	return out
}

// class is how a message looks.
func class(k workflow.MessageKind) string {
	switch {
	case k.Internal():
		return "note"
	case k.FromWriter():
		return "letter"
	}
	return "reply"
}

func (v *view) who(m workflow.Message) string {
	if m.Kind.FromWriter() {
		return v.c.Text("desk.writer")
	}
	words := []string{}
	if d := v.department(m.Department, ""); d != "" {
		words = append(words, d)
	}
	if m.AuthorName != "" {
		words = append(words, m.AuthorName)
	}
	return strings.Join(words, " · ")
}

// delivery is how far the notice of a message has come, when there is one that
// goes out.
func (v *view) delivery(message int64) *templates.Badge {
	for _, n := range v.d.Notices {
		if n.Message == message && n.Channel != workflow.ByPage {
			b := v.noticeBadge(n)
			return &b
		}
	}
	return nil
}

var noticeTones = map[workflow.NoticeState]string{
	workflow.Queued: "info", workflow.Sending: "info", workflow.Sent: "good", workflow.Failed: "late", workflow.Uncertain: "soon",
}

func (v *view) noticeBadge(n workflow.Notice) templates.Badge {
	if n.Channel == workflow.ByPage {
		return templates.Badge{Label: v.c.Text("desk.told.page")}
	}
	return templates.Badge{Tone: noticeTones[n.State], Label: v.c.Text("notice.state." + string(n.State))}
}

// told lists what the writer was told, newest first.
func (v *view) told() []Told {
	var out []Told
	for i := len(v.d.Notices) - 1; i >= 0; i-- {
		n := v.d.Notices[i]
		n.Queued = v.c.Local(n.Queued)
		t := Told{Words: v.c.Text("notice." + string(n.Kind)), Notice: n, State: v.noticeBadge(n)}
		if n.Reason != "" && n.State != workflow.Sent {
			t.Reason = v.c.Text(n.Reason)
		}
		if by := v.c.Ladder(n.ID, v.d.Tries); by != "" {
			t.Reason = by
		}
		out = append(out, t)
	}
	return out
}

func (v *view) filesOf(files []workflow.File) []templates.File {
	var out []templates.File
	for _, f := range files {
		href := web.CasePath(v.d.Case.Number) + "/files/" + strconv.FormatInt(f.ID, 10)
		t := templates.File{Name: f.Name, Href: href, Type: f.MediaType, Size: f.Size}
		if isPicture(f.MediaType) {
			t.Thumb, t.Href = href+"?show=yes", href+"?show=yes"
		}
		out = append(out, t)
	}
	return out
}

func isPicture(kind string) bool {
	return kind == "image/jpeg" || kind == "image/png" || kind == "image/webp" || kind == "image/gif"
}

// files are all attachments of the conversation.
func (v *view) files() []templates.File {
	var all []templates.File
	for _, m := range v.d.Messages {
		all = append(all, v.filesOf(m.Files)...)
	}
	return all
}

// links are the cases that belong to this one.
func (v *view) links() []templates.Fact {
	var out []templates.Fact
	link := func(key string, k workflow.Case) {
		out = append(out, templates.Fact{Label: v.c.Text(key), Value: k.Number + " " + k.Subject, Href: web.CasePath(k.Number)})
	}
	if v.d.Into.ID != 0 {
		link("desk.link.into", v.d.Into)
	}
	for _, p := range v.d.Parts {
		switch {
		case p.MergedInto == v.d.Case.ID:
			link("desk.link.joined", p)
		case p.SplitFrom == v.d.Case.ID:
			link("desk.link.split", p)
		}
	}
	return out
}

func (v *view) helpers() []Helper {
	var out []Helper
	for _, id := range v.d.Assisting {
		out = append(out, Helper{ID: id, Name: v.department(id, ""), MayStop: v.d.May(workflow.MarkAssist)})
	}
	return out
}

func (v *view) identity() Identity {
	k := v.d.Case
	i := Identity{Words: v.c.Text("desk.identity." + string(k.Mode)), May: v.d.MayReveal, Open: v.open == string(workflow.MarkReveal)}
	if k.Sealed && k.Mode != workflow.Anonymous {
		i.Words = v.c.Text("desk.identity.sealed")
	}
	if k.WriterStatus != "" {
		i.Status = v.c.Text("status." + string(k.WriterStatus))
	}
	i.Reason = templates.Field{Kind: "text", Name: "reason", Within: "reveal", Label: v.c.Text("desk.reveal.reason"), Required: true, Limit: workflow.MaxNote}
	if i.Open {
		v.again(&i.Reason)
	}
	return i
}

// again puts back into a field what was typed, and says what is wrong with it.
func (v *view) again(f *templates.Field) {
	if v.form != nil && v.form.Has(f.Name) {
		f.Value = v.form.Prose(f.Name)
		for i := range f.Options {
			f.Options[i].Chosen = f.Options[i].Value == f.Value
		}
	}
	if v.problem != nil && v.problem.Field == f.Within+"-"+f.Name {
		f.Error = v.problem.Text
	}
}
