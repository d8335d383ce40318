package public

import (
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// Entry is one thing that happened: a step of the case, or something that was
// said, with how it reached the writer.
type Entry struct {
	At    time.Time
	Title string
	Icon  string
	Tone  string
	Who   string
	Text  string // what was said
	Mine  bool   // the writer said it
	Files []templates.File
	Told  *templates.Badge
	Why   string // why it could not be told, or ""
}

// stepsShown are the moves a writer is told of. What happens inside the house
// between department, head and office is not among them.
var stepsShown = map[workflow.Action]string{
	workflow.Receive: "mail", workflow.Accept: "check", workflow.Decline: "info", workflow.Merge: "merge", workflow.Ask: "help",
	workflow.Supply: "write", workflow.Route: "route", workflow.SignFor: "person", workflow.Answer: "reply", workflow.Rate: "star",
	workflow.Settle: "check", workflow.AskAgain: "write", workflow.Redo: "undo", workflow.CloseCase: "check",
	workflow.Reopen: "undo", workflow.Withdraw: "cross",
}

// saidBy are the moves that a message of a kind already tells of.
var saidBy = map[workflow.MessageKind][]workflow.Action{
	workflow.LetterMessage:   {workflow.Receive},
	workflow.QuestionMessage: {workflow.Ask},
	workflow.AnswerMessage:   {workflow.Answer},
	workflow.DeclineMessage:  {workflow.Decline},
	workflow.AdditionMessage: {workflow.Supply},
	workflow.AgainMessage:    {workflow.AskAgain, workflow.Redo},
}

// timeline is what happened, newest first.
func timeline(c *web.Context, o offered, got casework.Progress) []Entry {
	var out []Entry
	for _, m := range got.Messages {
		e := spoken(c, o, m)
		tell(c, &e, got, func(n workflow.Notice) bool {
			return n.Message == m.ID || m.Kind == workflow.LetterMessage && n.Kind == workflow.NoticeReceived
		})
		out = append(out, e)
	}
	for _, ev := range got.Events {
		if icon, shown := stepsShown[ev.Action]; shown && !repeated(got.Messages, ev) {
			e := Entry{At: c.Local(ev.At), Title: c.Text("track.step." + string(ev.Action)), Icon: icon}
			tell(c, &e, got, func(n workflow.Notice) bool {
				return n.Message == 0 && n.Kind == noticeOf[ev.Action] && near(n.Queued, ev.At)
			})
			out = append(out, e)
		}
	}
	slices.Reverse(out) // of two things at one moment the later stands on top
	slices.SortStableFunc(out, func(a, b Entry) int { return b.At.Compare(a.At) })
	return out
}

// noticeOf is what the writer is told of a move that carries no message.
var noticeOf = map[workflow.Action]workflow.NoticeKind{
	workflow.Accept: workflow.NoticeAccepted, workflow.Merge: workflow.NoticeMerged, workflow.CloseCase: workflow.NoticeClosing,
	workflow.Decline: workflow.NoticeDeclined,
}

// near takes two times of one transaction for the same.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < 2*time.Second }

func repeated(messages []workflow.Message, ev workflow.Event) bool {
	return slices.ContainsFunc(messages, func(m workflow.Message) bool {
		return slices.Contains(saidBy[m.Kind], ev.Action) && near(m.At, ev.At)
	})
}

// spoken is a message as an entry.
func spoken(c *web.Context, o offered, m workflow.Message) Entry {
	e := Entry{
		At: c.Local(m.At), Title: c.Text("track.said." + string(m.Kind)), Text: m.Body, Mine: m.Kind.FromWriter(), Files: files(m.Files),
	}
	switch {
	case e.Mine:
		e.Icon = "write"
	case m.Kind == workflow.AnswerMessage:
		e.Icon, e.Tone, e.Who = "reply", "good", department(c, o, m.Department)
	case m.Kind == workflow.QuestionMessage:
		e.Icon, e.Tone, e.Who = "help", "soon", department(c, o, m.Department)
	default:
		e.Icon, e.Who = "info", department(c, o, m.Department)
	}
	return e
}

// department is who speaks for the college: a department, never a person.
func department(c *web.Context, o offered, id int64) string {
	if d := o.department(id); d.ID != 0 {
		return c.Name(d.NameZH, d.NameEN)
	}
	return c.Text("track.college")
}

func files(all []workflow.File) []templates.File {
	var out []templates.File
	for _, f := range all {
		out = append(out, templates.File{
			Name: f.Name, Type: f.MediaType, Size: f.Size, Href: "/track/files/" + strconv.FormatInt(f.ID, 10),
		})
	}
	return out
}

// tell says how the news of an entry reached the writer, when it went out at
// all: what stands on this page alone needs no word.
func tell(c *web.Context, e *Entry, got casework.Progress, about func(workflow.Notice) bool) {
	for _, n := range got.Told {
		if n.Channel == workflow.ByPage || !about(n) {
			continue
		}
		e.Why = c.Ladder(n.ID, got.Tries)
		tones := map[workflow.NoticeState]string{workflow.Sent: "good", workflow.Failed: "late", workflow.Uncertain: "soon"}
		e.Told = &templates.Badge{Tone: tones[n.State], Label: c.Text("track.told." + string(n.State))}
		if workflow.Channel(n.Channel).Chat() {
			e.Told.Label = c.Text("notice.state." + string(n.State))
		}
		if n.State == workflow.Failed || n.State == workflow.Uncertain {
			e.Why = c.Text("track.told.here")
		}
		return
	}
}
