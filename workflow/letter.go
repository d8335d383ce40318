package workflow

import (
	"crypto/sha256"
	"slices"
	"time"
)

// Limits of what a writer may send. The database and the forms repeat none of
// them; both ask here.
const (
	MaxSubject  = 100   // characters
	MaxBody     = 8_000 // characters
	MaxName     = 60
	MaxContact  = 120
	MaxNote     = 2_000
	MaxAnswer   = 20_000
	MaxFiles    = 10
	MaxFileSize = 20 << 20 // bytes
	MaxAllFiles = 50 << 20 // bytes in one letter
)

// Identity is who wrote. It is a secret: it prints as dots, never reaches a log,
// and is stored only sealed.
type Identity struct {
	Name   string
	Phone  string
	Email  string
	Number string // student or staff number
	// Platform is where a letter from a chat came from, for the machine that
	// answers alone; no page shows it.
	Platform PlatformID
}

// String hides the identity.
func (Identity) String() string { return "•••" }

// GoString hides the identity from %#v.
func (Identity) GoString() string { return "•••" }

// MarshalText hides the identity from every text encoder.
func (Identity) MarshalText() ([]byte, error) { return []byte("•••"), nil }

// Empty reports whether nothing is known.
func (i Identity) Empty() bool { return i == Identity{} }

// SealedWriter is an identity record as the store keeps it.
type SealedWriter struct {
	ID        string // UUID
	Sealed    []byte
	KeyID     string
	MailIndex []byte // keyed hash of the normalised address; nil without one
	Created   time.Time
}

// Letter is what somebody sent, before it is a case.
type Letter struct {
	Channel      Channel
	External     string // what the channel calls it; the same twice is one letter
	Mode         Mode
	Kind         CaseKind
	Category     int64
	WriterStatus WriterStatus
	Subject      string
	Body         string
	Quoted       string
	HTML         string // cleaned
	Identity     Identity
	About        int64
	Application  Application // what an application for disclosure says beyond a letter
	Publish      bool
	Urgent       bool
	Locale       string
	Files        []NewFile
	RawMail      int64 // the stored mail it came as; 0: none
	Received     time.Time
	EnteredBy    Actor // the office, when it was entered by hand
	Quiet        bool  // no acknowledgement by mail: this sender has had enough of them
}

// NewFile is a file whose bytes are in the attachment store already.
type NewFile struct {
	SHA256    string
	Name      string
	MediaType string
	Size      int64
}

// ContentHash is SHA-256 over what the writer sent; the receipt's proof signs it.
func (l Letter) ContentHash() []byte {
	h := sha256.New()
	parts := append([]string{l.Subject, l.Body}, fileHashes(l.Files)...)
	if a := l.Application; !a.Empty() {
		parts = append(parts, a.Asked, a.Purpose, a.Delivery)
	}
	for _, s := range parts {
		sum := sha256.Sum256([]byte(s))
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

func fileHashes(files []NewFile) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.SHA256)
	}
	slices.Sort(out)
	return out
}

// StoredLetter is a letter as the store keeps it.
type StoredLetter struct {
	ID          int64
	Channel     Channel
	External    []byte // SHA-256 of Letter.External
	CaseID      int64
	ContentHash []byte
	Receipt     []byte // the code, sealed with Letter.External
	RawMail     int64
	Received    time.Time
}

// ExternalHash is how the store knows a letter again without keeping its token.
func ExternalHash(channel Channel, external string) []byte {
	sum := sha256.Sum256([]byte(string(channel) + "\x00" + external))
	return sum[:]
}

// MessageKind says what a message in a case's conversation is.
type MessageKind string

// The kinds of message. Notes and instructions stay inside.
const (
	LetterMessage   MessageKind = "letter"
	AdditionMessage MessageKind = "addition"
	AgainMessage    MessageKind = "again"
	AnswerMessage   MessageKind = "answer"
	QuestionMessage MessageKind = "question"
	DeclineMessage  MessageKind = "decline"
	NoteMessage     MessageKind = "note"
	Instruction     MessageKind = "instruction"
)

// Internal reports whether the writer never sees such a message.
func (k MessageKind) Internal() bool { return k == NoteMessage || k == Instruction }

// FromWriter reports whether the writer wrote it.
func (k MessageKind) FromWriter() bool {
	return k == LetterMessage || k == AdditionMessage || k == AgainMessage
}

// Message is one entry of a case's conversation.
type Message struct {
	ID         int64
	CaseID     int64
	Kind       MessageKind
	Author     int64 // account; 0: the writer or the system
	AuthorName string
	Department int64
	Body       string
	Quoted     string
	HTML       string
	Channel    Channel
	External   []byte // nil, or ExternalHash: the same addition twice is one
	At         time.Time
	Files      []File
}

// File is an attachment of a case.
type File struct {
	ID        int64
	CaseID    int64
	Message   int64 // 0: belongs to a draft
	Answer    int64
	SHA256    string
	Name      string
	MediaType string
	Size      int64
	At        time.Time
}

// AnswerDraft is one round of answering: a draft, then signed, checked and sent.
type AnswerDraft struct {
	ID        int64
	CaseID    int64
	Round     int
	Body      string
	Author    int64
	SignedBy  int64
	SignedAt  time.Time
	CheckedBy int64
	CheckedAt time.Time
	Sent      time.Time
	Version   int64
	Updated   time.Time
}

// AnswerVersion is one saved text of a draft.
type AnswerVersion struct {
	Version    int64
	Body       string
	Author     int64
	AuthorName string
	At         time.Time
}

// Extension is a department's wish for more time.
type Extension struct {
	ID      int64
	CaseID  int64
	Days    int
	Reason  string
	AskedBy int64
	Asked   time.Time
	Decided time.Time // zero: waits for the office
	By      int64
	Granted bool
	Remark  string
}
