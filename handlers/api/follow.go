package api

import (
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// progressOf is a state in the writer's words, which are fewer than ours: how
// answers are signed and checked inside the house is not among them.
var progressOf = map[workflow.State]string{
	workflow.Received: "received", workflow.Accepted: "accepted", workflow.Declined: "declined", workflow.Merged: "handled_together",
	workflow.Waiting: "waiting_for_you", workflow.Routed: "passed_on", workflow.InHand: "in_hand", workflow.Drafted: "in_hand",
	workflow.Approved: "in_hand", workflow.Answered: "answered", workflow.Closed: "closed", workflow.Withdrawn: "withdrawn",
	workflow.Archived: "closed",
}

// letterView is a letter as its writer sees it.
type letterView struct {
	Number       string          `json:"number"`
	Subject      string          `json:"subject"`
	Kind         string          `json:"kind"`
	Category     named           `json:"category"`
	Identity     string          `json:"identity"`
	Progress     string          `json:"progress"`
	ProgressText string          `json:"progress_text"`
	Ground       workflow.Ground `json:"ground,omitempty"`
	Application  *application    `json:"application,omitempty"`
	Received     time.Time       `json:"received"`
	Answered     time.Time       `json:"answered,omitzero"`
	Ended        time.Time       `json:"ended,omitzero"`
	Promise      *promised       `json:"promise,omitempty"`
	With         *together       `json:"handled_with,omitempty"`
	Parts        []part          `json:"parts,omitempty"`
	Steps        []step          `json:"steps"`
	Messages     []message       `json:"messages"`
	MayAdd       bool            `json:"may_add"`
}

// application is what an application for disclosure asks for and, once the
// writer may know, how it was decided.
type application struct {
	Asked    string            `json:"asked,omitempty"`
	Purpose  string            `json:"purpose,omitempty"`
	Delivery string            `json:"delivery,omitempty"`
	Decision workflow.Decision `json:"decision,omitempty"`
}

// promised is the promise that runs.
type promised struct {
	What        string    `json:"what"`
	By          time.Time `json:"by,omitzero"` // not while it is paused
	Provisional bool      `json:"provisional"`
	Paused      bool      `json:"paused"`
}

// together is the case that this one is handled with: it is somebody else's,
// so only how far it has come is told.
type together struct {
	Progress string `json:"progress"`
}

// part is a further matter of the same letter, which has a number of its own
// and the same code.
type part struct {
	Number   string `json:"number"`
	Subject  string `json:"subject"`
	Progress string `json:"progress"`
}

// step is when the letter came how far.
type step struct {
	Progress string    `json:"progress"`
	At       time.Time `json:"at"`
}

// message is one entry of the conversation.
type message struct {
	ID         int64                `json:"id"`
	Kind       workflow.MessageKind `json:"kind"`
	From       string               `json:"from"`
	Department *named               `json:"department,omitempty"`
	Body       string               `json:"body"`
	At         time.Time            `json:"at"`
	Files      []file               `json:"files"`
	Mailed     workflow.NoticeState `json:"mailed,omitempty"`
}

// file is something attached to a message.
type file struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// enter lets in whoever has number and code. A number nobody has, a code that
// is wrong and no code at all are one answer.
func (a *API) enter(c *web.Context) (workflow.Actor, error) {
	return a.Cases.Track(c.Context(), c.Param("number"), c.Header("X-Query-Code"), c.ClientKey())
}

// follow answers with the letter as its writer sees it.
func (a *API) follow(c *web.Context) error {
	by, err := a.enter(c)
	if err != nil {
		return err
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	got, err := a.Cases.Follow(c.Context(), by, by.Case)
	if err != nil {
		return err
	}
	return confide(c, view(c, o, got))
}

// file hands out a file of the conversation.
func (a *API) file(c *web.Context) error {
	by, err := a.enter(c)
	if err != nil {
		return err
	}
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := a.Cases.File(c.Context(), by, by.Case, id)
	if err != nil {
		return web.Hide(err)
	}
	content, err := a.Blobs.Open(c.Context(), f.SHA256)
	if err != nil {
		return err
	}
	defer content.Close() // read to its end or given up
	return c.Download(f.Name, f.MediaType, f.Size, content)
}

func view(c *web.Context, o offered, got casework.Progress) letterView {
	k := got.Case
	v := letterView{
		Number: k.Number, Subject: k.Subject, Kind: string(k.Kind), Identity: string(k.Mode),
		Category: named{got.Category.Code, names{got.Category.NameZH, got.Category.NameEN}},
		Progress: progressOf[k.State], ProgressText: c.Text("progress." + string(k.State)), Ground: k.Ground,
		Received: moment(c, k.Received), Answered: moment(c, k.Answered), Ended: moment(c, k.Ended),
		Promise: promiseOf(c, got.Until), Steps: steps(c, got.Events), Messages: []message{}, MayAdd: mayAdd(got),
	}
	if k.Kind == workflow.Disclosure {
		a := got.Application
		v.Application = &application{a.Asked, a.Purpose, a.Delivery, got.Decided()}
	}
	if got.Into.ID != 0 {
		v.With = &together{progressOf[got.Into.State]}
	}
	for _, p := range got.Parts {
		v.Parts = append(v.Parts, part{p.Number, p.Subject, progressOf[p.State]})
	}
	for _, m := range got.Messages {
		v.Messages = append(v.Messages, messageOf(c, o, m, got.Told))
	}
	return v
}

func promiseOf(c *web.Context, k workflow.Clock) *promised {
	if k.ID == 0 {
		return nil
	}
	p := &promised{What: "answer", By: moment(c, k.Due), Provisional: k.Provisional}
	if k.Kind == workflow.ToSupply {
		p.What = "your_reply"
	}
	if !k.Paused.IsZero() {
		p.By, p.Paused = time.Time{}, true
	}
	return p
}

// steps are the moves that the writer's words can tell apart.
func steps(c *web.Context, events []workflow.Event) []step {
	out := []step{}
	for _, ev := range events {
		p := progressOf[ev.To]
		if len(out) == 0 || out[len(out)-1].Progress != p {
			out = append(out, step{p, moment(c, ev.At)})
		}
	}
	return out
}

// mayAdd reports whether facts can still be added.
func mayAdd(got casework.Progress) bool {
	for _, a := range got.Actions {
		if a == workflow.Supply {
			return true
		}
	}
	return !got.Case.State.Ended()
}

func messageOf(c *web.Context, o offered, m workflow.Message, told []workflow.Notice) message {
	out := message{ID: m.ID, Kind: m.Kind, From: "college", Body: m.Body, At: moment(c, m.At), Files: []file{}}
	if m.Kind.FromWriter() {
		out.From = "writer"
	} else {
		out.Department = o.departmentOf(m.Department)
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, file{f.ID, f.Name, f.MediaType, f.Size})
	}
	for _, n := range told {
		about := n.Message == m.ID || m.Kind == workflow.LetterMessage && n.Kind == workflow.NoticeReceived
		if n.Channel != workflow.ByPage && about {
			out.Mailed = n.State
		}
	}
	return out
}
