// Package receive takes mail in, by SMTP and LMTP from a mail server that hands
// it over, and by IMAP from mailboxes it follows. It reads no mail: it gives
// the raw bytes to an Intake and says "taken" to the other side only when the
// Intake has stored them.
package receive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"
)

// Sources of mail.
const (
	FromSMTP = "smtp"
	FromIMAP = "imap"
)

// Arrival is a mail as it came, unread.
type Arrival struct {
	Mailbox      string // whose it is: our address, or the followed mailbox
	Source       string // FromSMTP or FromIMAP
	ExternalID   string // "imap:<mailbox>:<uidvalidity>:<uid>" or "smtp:<random>"
	EnvelopeFrom string // SMTP only; "" for bounces
	EnvelopeTo   []string
	ReceivedAt   time.Time
	Raw          []byte
	// Unreadable asks to keep the bytes for a person and not to read them:
	// reading failed before.
	Unreadable bool
	// Truncated says that the mail is longer than Raw.
	Truncated bool
}

// Intake stores mail.
type Intake interface {
	// Arrive returns nil once the raw bytes are stored durably. Any error means
	// that nothing was stored; an Unavailable one that waiting will help. The
	// same ExternalID may arrive again, also after nil, and is one mail. So may
	// the same message under another ExternalID.
	Arrive(ctx context.Context, m Arrival) error
}

// Cursors remember how far each followed mailbox was read.
type Cursors interface {
	// Cursor returns zeros for a mailbox never read.
	Cursor(ctx context.Context, mailbox string) (uidValidity, lastUID uint32, err error)
	// Advance says that every mail up to uid has arrived. A uid below the one
	// remembered for the same uidValidity changes nothing: two followers of one
	// mailbox do not wait for each other.
	Advance(ctx context.Context, mailbox string, uidValidity, uid uint32) error
}

// Ledger tells which mails of a followed mailbox have arrived, for the daily
// comparison with the server.
type Ledger interface {
	// Missing returns those of uids that never arrived.
	Missing(ctx context.Context, mailbox string, uidValidity uint32, uids []uint32) ([]uint32, error)
}

func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
