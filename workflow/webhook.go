package workflow

import (
	"context"
	"slices"
	"time"
)

// HookEvent is what other programs are told that has happened to a case.
type HookEvent string

// TestEvent is told by the button that tries a webhook; it is about no case.
const TestEvent HookEvent = "test"

// HookEvents lists what can be chosen, in the order of a case's life.
var HookEvents = []HookEvent{
	"case.received", "case.accepted", "case.declined", "case.merged", "case.waiting", "case.resumed", "case.routed", "case.signed_for",
	"case.refused", "case.drafted", "case.sent_back", "case.signed", "case.answered", "case.asked_again", "case.redone", "case.rated",
	"case.closed", "case.reopened", "case.withdrawn", "case.archived", "case.urgent", "case.due_soon", "case.overdue",
	"answer.published", "answer.withdrawn",
}

// hookEvents is what is told of what is done to a case. What is said inside the
// house is told to nobody.
var hookEvents = map[Action]HookEvent{
	Receive: "case.received", Accept: "case.accepted", Decline: "case.declined", Merge: "case.merged", Ask: "case.waiting",
	Supply: "case.resumed", GoOn: "case.resumed", Route: "case.routed", SignFor: "case.signed_for", Refuse: "case.refused",
	HandIn: "case.drafted", SendBack: "case.sent_back", Approve: "case.signed", Answer: "case.answered", AskAgain: "case.asked_again",
	Redo: "case.redone", Rate: "case.rated", Settle: "case.closed", CloseCase: "case.closed", Reopen: "case.reopened",
	Withdraw: "case.withdrawn", Archive: "case.archived",
	MarkUrgent: "case.urgent", MarkWarned: "case.due_soon", MarkBreached: "case.overdue",
	MarkPublish: "answer.published", MarkUnpublish: "answer.withdrawn",
}

// Webhook is a program of another system that is told what happens to cases.
// Secret and Prior are sealed.
type Webhook struct {
	ID         int64
	Name       string
	URL        string
	Events     []HookEvent
	Enabled    bool
	KeyID      string // names the secret in every request
	Secret     []byte
	PriorID    string // of the secret before, which signs as well until PriorUntil
	Prior      []byte
	PriorUntil time.Time
	Version    int64
	Created    time.Time
	Changed    time.Time
	Health     WebhookHealth
}

// WebhookHealth is how a webhook does.
type WebhookHealth struct {
	LastOK       time.Time
	FailingSince time.Time // zero: it does well
	Resume       time.Time // nothing is sent before
	LastStatus   int       // HTTP; 0: there was no answer
	LastError    string    // catalogue key
	GivenUp      time.Time // switched off by itself
}

// DispatchState is what became of a dispatch.
type DispatchState string

// The states of a dispatch.
const (
	DispatchWaiting  DispatchState = "waiting"
	DispatchSent     DispatchState = "sent"
	DispatchDead     DispatchState = "dead"     // given up; a person may send it again
	DispatchWithheld DispatchState = "withheld" // the case went into the discipline lane before it left
)

// Dispatch is one thing a webhook is told. It names no writer and holds no
// words of a letter.
type Dispatch struct {
	ID       int64
	Webhook  int64
	CaseID   int64  // 0: a test
	Number   string // of the case
	Kind     HookEvent
	At       time.Time
	State    DispatchState
	Attempts int
	Next     time.Time // not before
	Lease    time.Time
	Status   int    // of the last answer
	Error    string // catalogue key
	Ended    time.Time
}

// DispatchesOf is what other programs are told of an event: nothing of the
// discipline lane. When an anonymous writer did something is known to the hour
// and told after it.
func DispatchesOf(c Case, ev Event) []Dispatch {
	kind, ok := hookEvents[ev.Action]
	if !ok || c.Sealed {
		return nil
	}
	d := Dispatch{CaseID: c.ID, Number: c.Number, Kind: kind, At: ev.At.UTC().Truncate(time.Microsecond), State: DispatchWaiting}
	writers := ev.Action == Receive || ev.By.ID == 0 && ev.Role != System
	if c.Mode == Anonymous && writers {
		d.At = d.At.Truncate(time.Hour)
		d.Next = d.At.Add(time.Hour)
	} else {
		d.Next = d.At
	}
	out := []Dispatch{d}
	if kind == "case.rated" && ev.From != ev.To {
		d.Kind = "case.closed"
		out = append(out, d)
	}
	return out
}

// Wants reports whether the webhook is told of such events.
func (w Webhook) Wants(kind HookEvent) bool { return w.Enabled && slices.Contains(w.Events, kind) }

// DispatchQuery asks for dispatches of a webhook, newest first.
type DispatchQuery struct {
	Webhook int64
	State   DispatchState // "": any
	Before  int64         // ids below; 0: from the newest
	Limit   int
}

// Webhooks keeps webhooks and what they are told. Dispatches of events are
// stored with the events themselves, by AddBirth and SaveChanges, for each
// enabled webhook that wants them.
type Webhooks interface {
	// SaveWebhook adds *w when ID is 0; otherwise it stores the settings, not the
	// health, if the stored version is still w.Version, and counts it up, else
	// Conflict.
	SaveWebhook(ctx context.Context, w *Webhook, by int64) error
	Webhook(ctx context.Context, id int64) (Webhook, error)
	Webhooks(ctx context.Context) ([]Webhook, error) // all, by id
	// DropWebhook forgets a webhook and everything it was told.
	DropWebhook(ctx context.Context, id int64) error
	// NoteWebhook stores how a webhook does; with GivenUp set it is switched off.
	NoteWebhook(ctx context.Context, id int64, h WebhookHealth) error

	// AddDispatch stores d, of no case, and sets its ID.
	AddDispatch(ctx context.Context, d *Dispatch) error
	// DueWebhooks lists enabled webhooks for which something is due.
	DueWebhooks(ctx context.Context, now time.Time) ([]int64, error)
	// ClaimDispatch takes the first dispatch of a webhook that is due, with a
	// lease; NotFound when there is none. Of one case an earlier one goes first.
	ClaimDispatch(ctx context.Context, webhook int64, now, lease time.Time) (Dispatch, error)
	// SaveDispatch stores what became of d if its attempts are still was;
	// otherwise Conflict.
	SaveDispatch(ctx context.Context, d Dispatch, was int) error
	Dispatches(ctx context.Context, q DispatchQuery) ([]Dispatch, error)
	// CountDispatches counts those of a webhook by state.
	CountDispatches(ctx context.Context, webhook int64) (map[DispatchState]int, error)
	// ReplayDispatches lets a dead dispatch, or with 0 all dead ones, be tried
	// anew from a moment on, and returns how many.
	ReplayDispatches(ctx context.Context, webhook, id int64, at time.Time) (int, error)
	// ForgetDispatches drops what ended before a moment.
	ForgetDispatches(ctx context.Context, before time.Time) error
}

// DispatchesKept is how long what became of a dispatch can be looked up.
const DispatchesKept = 30 * 24 * time.Hour
