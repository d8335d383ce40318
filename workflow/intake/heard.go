package intake

import (
	"encoding/json"
	"fmt"
	"time"

	"mailbox/workflow"
)

// HeardKind is what sort of thing came through a chat.
type HeardKind string

// The kinds. Other is what we do not understand and say so politely.
const (
	HeardText  HeardKind = "text"
	HeardImage HeardKind = "image"
	HeardVoice HeardKind = "voice"
	HeardVideo HeardKind = "video"
	HeardFile  HeardKind = "file"
	HeardEvent HeardKind = "event"
	HeardOther HeardKind = "other"
)

// HeardOf is what happened, when no message came.
type HeardOf string

// The events.
const (
	EventHello  HeardOf = "hello"  // the person follows us now
	EventGone   HeardOf = "gone"   // and now no more
	EventMenu   HeardOf = "menu"   // Text is what the menu says: see Command
	EventGrant  HeardOf = "grant"  // the person allows one more notice
	EventKeep   HeardOf = "keep"   // and now none of those they had allowed
	EventEnd    HeardOf = "end"    // what we sent has arrived, or Text says why not; Sent is its name
	EventPublic HeardOf = "public" // words for us where everybody reads them, and that is not wanted
	EventNone   HeardOf = "none"   // nothing we need to know
)

// Blocked is what the Text of an EventEnd says when the person does not want to
// hear from us.
const Blocked = "blocked"

// Heard is one thing that came through a chat, the same for every platform. An
// adapter makes it of a callback that it has verified and decrypted.
type Heard struct {
	Channel  workflow.Channel
	Account  string // of ours: app id, corp id
	External string // the platform's name for it; the same twice is one
	Person   workflow.PlatformID
	Room     string // the group it was said in
	ReplyTo  string // by which the platform knows an answer to it
	Kind     HeardKind
	Anew     bool   // it begins a letter, whatever was said before
	Text     string // words; of a voice, what the platform understood
	Media    []MediaRef
	Event    HeardOf
	Sent     string
	At       time.Time // as the platform says
	Locale   string    // "" when it says nothing
	Later    bool      // the platform takes no words with the acknowledgement
	Raw      []byte    // as it came, decrypted
}

// MediaRef names what the platform holds for us to fetch.
type MediaRef struct {
	ID   string
	URL  string
	Name string
	Kind HeardKind
}

// record is a Heard as it is sealed; PlatformID itself refuses to be written.
type record struct {
	Heard
	Person string
}

func (h Heard) pack() ([]byte, error) {
	b, err := json.Marshal(record{h, string(h.Person)})
	if err != nil {
		return nil, fmt.Errorf("pack call: %w", err)
	}
	return b, nil
}

func unpack(b []byte) (Heard, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return Heard{}, fmt.Errorf("unpack call: %w", err)
	}
	r.Heard.Person = workflow.PlatformID(r.Person)
	return r.Heard, nil
}

// Say is what a person is answered at once. Its words are chat.say.<say>.
type Say string

// What can be said. Nothing is said to what needs no answer, and when the
// answer has to come later.
const (
	SayNothing   Say = ""
	SayReceived  Say = "received"  // number, code
	SayAdded     Say = "added"     // number
	SayState     Say = "state"     // number, state
	SayNone      Say = "none"      // there is no case to speak of
	SayNew       Say = "new"       // the next word begins a letter
	SayHelp      Say = "help"      //
	SayHello     Say = "hello"     // what this is
	SayBound     Say = "bound"     // number, state
	SayWrong     Say = "wrong"     // number and code do not fit
	SayLimited   Say = "limited"   // tried too often
	SayAnonymous Say = "anonymous" // an anonymous letter stays unbound
	SayShort     Say = "short"     // too little to be a letter
	SayOther     Say = "other"     // we cannot read that
	SayPublic    Say = "public"    // letters are not written where everybody reads
	SayEnough    Say = "enough"    // so much at once is not taken
)

// Reply is what a person is answered at once: facts, no words.
type Reply struct {
	Say    Say
	Locale string
	Number string
	Code   workflow.Code
	State  workflow.State
	Due    time.Time // by when it will be answered
}
