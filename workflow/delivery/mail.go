package delivery

import (
	"context"

	"mailbox/workflow"
)

// Mail is one notice made ready to leave: facts, no words. What it says is
// written by whoever sends it, in the reader's language.
type Mail struct {
	MessageID string // without angle brackets; the same for every attempt
	InReplyTo string // the first mail of this case to the same reader; "": this is it
	To        Address
	ReplyTo   string // where the reader's reply finds the case; "": nowhere

	Kind    workflow.NoticeKind
	Locale  string
	Writer  bool   // the reader is the writer, not staff
	Number  string // of the case; "" when it is about none
	Subject string // of the case; "" when a mail must not show it
	Args    map[string]string
	Secret  Secret
	Message *workflow.Message // the message it carries, files included; nil: none

	// AutoSubmitted says that no person wrote it, so that no machine answers.
	AutoSubmitted bool
}

// Address is where a mail goes.
type Address struct{ Name, Mail string }

// String keeps addresses out of logs.
func (Address) String() string { return "•••" }

// GoString keeps addresses out of %#v.
func (Address) GoString() string { return "•••" }

// Secret is words that only the reader may see, such as a query code.
type Secret string

// String keeps the words out of logs.
func (Secret) String() string { return "•••" }

// GoString keeps the words out of %#v.
func (Secret) GoString() string { return "•••" }

// Sender sends one mail, once, and says what became of it:
//
//   - Sent: the next server has taken it.
//   - Queued: it was not taken, and may be later.
//   - Failed: it was refused for good.
//   - Uncertain: it was handed over whole and the answer never came. Nobody
//     sends it again without a person's word.
//
// It returns within SendWithin and is safe for any number of goroutines.
type Sender interface {
	Send(ctx context.Context, m Mail) workflow.SendResult
}
