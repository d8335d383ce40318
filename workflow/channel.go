package workflow

import (
	"context"
	"slices"
	"time"
)

// Chats lists the channels that are programs of others: they call us, and we
// call them. Each is set up in a row of its own.
var Chats = []Channel{WeChat, WeCom, QQ, OA}

// Chat reports whether the channel is one of Chats.
func (c Channel) Chat() bool { return slices.Contains(Chats, c) }

// PlatformID is what a platform calls a person. It is identity: it prints as
// dots, never reaches a log, and is stored only sealed.
type PlatformID string

// String hides the id.
func (PlatformID) String() string { return "•••" }

// GoString hides the id from %#v.
func (PlatformID) GoString() string { return "•••" }

// MarshalText hides the id from every text encoder.
func (PlatformID) MarshalText() ([]byte, error) { return []byte("•••"), nil }

// ChannelSettings is how a channel is set up. Config may be shown; Sealed are
// the secrets, as the vault locked them.
type ChannelSettings struct {
	Channel Channel
	Enabled bool
	Config  map[string]string
	Sealed  []byte
	Version int64 // 0: never set up
	Changed time.Time
	Health  ChannelHealth
}

// ChannelHealth is how a channel does.
type ChannelHealth struct {
	LastIn       time.Time // when a call that was right last came
	LastOut      time.Time // when something last went out
	Alive        time.Time // when the platform last did what we asked
	LastError    string    // catalogue key
	LastErrorAt  time.Time
	ErrorsInARow int
	ErrorsToday  int // on the day of LastErrorAt
	TokenExpires time.Time
	Announced    time.Time // when the office was told that it is dead; zero: it is not, or nobody knows
	Failed       int       // calls nobody could make sense of
}

// ChannelNews is one thing that happened with a channel's platform. Zero
// fields say nothing.
type ChannelNews struct {
	At           time.Time
	Day          string // of At, in the college's zone
	Out          bool   // something went out
	Alive        bool   // the platform did what we asked
	Error        string // why it did not, a catalogue key
	TokenExpires time.Time
}

// CallState is what became of a call.
type CallState string

// The states of a call: every call ends in exactly one of the others than new.
const (
	CallNew    CallState = "new"
	CallCase   CallState = "case"  // it began a case
	CallAdded  CallState = "added" // it was added to one
	CallEvent  CallState = "event" // it wanted something else: help, the state of a case
	CallJunk   CallState = "junk"  // there is nothing to do about it
	CallFailed CallState = "failed"
)

// Call is what a platform called us with.
type Call struct {
	ID       int64
	Channel  Channel
	External []byte // keyed hash of the platform's name for it
	Sealed   []byte
	Received time.Time
	State    CallState
	Attempts int
	Next     time.Time // not before
	CaseID   int64
	Reason   string
	Handled  time.Time
}

// Conversation is somebody on a platform, and what is talked about with them.
type Conversation struct {
	ID      int64
	Channel Channel
	Account string // of ours: app id, corp id
	Person  []byte // keyed hash of the PlatformID
	Sealed  []byte // the PlatformID itself
	Locale  string
	CaseID  int64     // the case talked about now; 0: none
	Said    time.Time // last word that went into a case
	Anew    bool      // the next word begins a letter
	Heard   time.Time // the person last did something; it opens the platform's window
	HeardBy HeardBy
	ReplyTo string // the platform's name of what was said last
	Room    string // the group it was said in
	Used    int    // messages sent since Heard
	Grants  int    // notices the person has allowed
	Gone    time.Time
}

// HeardBy is what opened a platform's window.
type HeardBy string

// A message opens it longer than an event, such as a menu that was pressed.
const (
	ByMessage HeardBy = "message"
	ByEvent   HeardBy = "event"
)

// LadderStep is one way of a channel's ladder by which a notice may reach its reader.
type LadderStep string

// The steps. Every ladder ends on the page, which always shows everything.
const (
	StepChat      LadderStep = "chat"      // a message in the conversation
	StepTemplate  LadderStep = "template"  // a template message
	StepSubscribe LadderStep = "subscribe" // a notice the reader has allowed once
	StepMail      LadderStep = "mail"
	StepPage      LadderStep = "page"   // number and code on the tracking page
	StepCard      LadderStep = "card"   // of staff: a card
	StepRecall    LadderStep = "recall" // of staff: a card taken back
)

// TryOutcome is how a step of the ladder ended.
type TryOutcome string

// The outcomes. Passed steps were not even tried; Refused ones were by the
// platform, for good; Later and Uncertain end the round.
const (
	TrySent      TryOutcome = "sent"
	TryPassed    TryOutcome = "passed"
	TryRefused   TryOutcome = "refused"
	TryLater     TryOutcome = "later"
	TryUncertain TryOutcome = "uncertain"
)

// NoticeTry is one step a notice was tried on.
type NoticeTry struct {
	Notice   int64
	Seq      int
	Step     LadderStep
	Outcome  TryOutcome
	Reason   string // catalogue key
	External string // the platform's name for what was sent
	At       time.Time
}

// ChannelRows keeps channels, calls and conversations.
type ChannelRows interface {
	// Channels lists the channels that were ever set up, with their health.
	Channels(ctx context.Context) ([]ChannelSettings, error)
	// SaveChannel stores enabled, config and secrets if the stored version is
	// still c.Version (0: there is none yet), and counts it up; else Conflict.
	SaveChannel(ctx context.Context, c *ChannelSettings, by int64) error
	// NoteChannel adds news to the health of a channel; a channel that was never
	// set up is no error.
	NoteChannel(ctx context.Context, channel Channel, n ChannelNews) error
	// AnnounceChannel notes that the office was told, or with the zero time that
	// it is well again. It reports whether that is new.
	AnnounceChannel(ctx context.Context, channel Channel, at time.Time) (bool, error)

	// AddCall stores c and sets its ID, or returns Conflict when the platform's
	// name for it is known.
	AddCall(ctx context.Context, c *Call) error
	CallBy(ctx context.Context, channel Channel, external []byte) (Call, error)
	// SaveCall stores c if the stored call still has the state and the attempts
	// of was; otherwise Conflict.
	SaveCall(ctx context.Context, was, c Call) error
	// NewCalls lists new calls whose time has come, oldest first.
	NewCalls(ctx context.Context, now time.Time, limit int) ([]Call, error)
	// FailedCalls lists failed calls with ids below before (0: all), newest first.
	FailedCalls(ctx context.Context, before int64, limit int) ([]Call, error)

	// LockConversation finds the conversation by channel, account and person, or
	// stores c, sets all of c to what is stored, and keeps others from it until
	// Atomic ends. It must be called inside one.
	LockConversation(ctx context.Context, c *Conversation) error
	SaveConversation(ctx context.Context, c Conversation) error
	// Bind lets the case's writer be told in the conversation, and no other.
	Bind(ctx context.Context, caseID, conversation int64, at time.Time) error
	// ConversationOf is where the case's writer is told, or NotFound.
	ConversationOf(ctx context.Context, caseID int64) (Conversation, error)

	// AddTries appends tries to a notice, in order.
	AddTries(ctx context.Context, notice int64, tries []NoticeTry) error
	// TriesOf lists the tries of the notices, by notice and in order.
	TriesOf(ctx context.Context, notices ...int64) ([]NoticeTry, error)
	// NoticeOfTry finds the notice that was sent under the platform's name, or
	// NotFound.
	NoticeOfTry(ctx context.Context, external string) (Notice, error)
}
