package workflow

import "time"

// MailState is what became of a stored mail.
type MailState string

// The states of a stored mail: every mail ends in exactly one of the others
// than new.
const (
	MailNew        MailState = "new"
	MailCase       MailState = "case"
	MailReply      MailState = "reply"
	MailHeld       MailState = "held" // somebody must say where it belongs
	MailBounce     MailState = "bounce"
	MailMachine    MailState = "machine" // automatic reply, list, bulk
	MailDuplicate  MailState = "duplicate"
	MailUnreadable MailState = "unreadable"
	MailDismissed  MailState = "dismissed"
)

// RawMail is a mail as it arrived; its bytes are in the attachment store.
type RawMail struct {
	ID           int64
	Source       string // smtp, imap, import
	Mailbox      string
	External     string // the source's own name for it
	SHA256       string
	Size         int64
	IdentityHash []byte // of Message-ID and sender, or of the content
	EnvelopeFrom string
	EnvelopeTo   []string
	Received     time.Time
	State        MailState
	CaseID       int64
	Subject      string
	Reason       string // catalogue key
	Guesses      []int64
	Attempts     int
	Handled      time.Time
	HandledBy    int64
}

// MailCursor is how far a followed mailbox has been read.
type MailCursor struct {
	Mailbox     string
	UIDValidity uint32
	LastUID     uint32
	ServerUIDs  int
	Ingested    int // mails of it that are stored
	Seen        time.Time
	Fault       string
}
