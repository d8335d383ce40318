package workflow

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// Telling is what somebody is to be told about a case, and when.
type Telling struct {
	Name    string // unique for the occasion: "clock:17:breach", "event:42:7"
	Kind    NoticeKind
	Case    Case
	Message int64 // the message it carries; 0: none
	Args    map[string]string
	Secret  []byte
	At      time.Time
	MailAt  time.Time // not before; zero: at once
	Quiet   bool      // on the page only, whatever address is known
}

// ForAccount is what the account is told: on its pages at once and, when it has
// an address, by mail; of what there is to do, those who can be reached by cards
// get one. Under the same name nothing is told twice.
func (k Keeper) ForAccount(a Account, t Telling) []Notice {
	ways := []string{ByPage}
	if a.Disabled.IsZero() && a.Email != "" {
		ways = append(ways, ByEmail)
	}
	if a.Disabled.IsZero() && a.WeCom != "" && cardTells(t.Kind, t.Args) {
		ways = append(ways, string(WeCom))
	}
	var out []Notice
	for _, by := range ways {
		n := k.notice(t, by, fmt.Sprintf("%s:%s:account:%d", t.Name, dedupWords[by], a.ID))
		n.Account, n.Locale = a.ID, a.Locale
		out = append(out, n)
	}
	return out
}

// dedupWords are the ways of a notice in its name.
var dedupWords = map[string]string{ByPage: "page", ByEmail: "mail", string(WeCom): "card"}

// ForWriterOf is what the writer of the case is told: in the conversation the
// case is bound to, or else as ForWriter says. Of an anonymous writer
// there is nobody to tell, and known is false: the tracking page says all there
// is.
func (k Keeper) ForWriterOf(ctx context.Context, tx Store, t Telling) (n Notice, known bool, err error) {
	if t.Case.Writer == "" {
		return Notice{}, false, nil
	}
	w, err := tx.Writer(ctx, t.Case.Writer)
	if err != nil {
		return Notice{}, false, err
	}
	by, err := chatOf(ctx, tx, t)
	if err != nil {
		return Notice{}, false, err
	}
	if by == "" {
		n, err = k.ForWriter(ctx, tx, w, t)
		return n, err == nil, err
	}
	return k.ForWriterIn(Channel(by), t), true, nil
}

// ForWriterIn is what the writer of the case is told in a conversation of a
// channel: for who knows that the case is bound to one.
func (k Keeper) ForWriterIn(channel Channel, t Telling) Notice {
	n := k.notice(t, string(channel), t.Name+":writer")
	n.Writer, n.Locale = t.Case.Writer, t.Case.Locale
	return n
}

// chatOf is the channel of the conversation in which the case's writer is told,
// or "". What becomes of it there is decided when it is sent.
func chatOf(ctx context.Context, tx ChannelRows, t Telling) (string, error) {
	if t.Quiet {
		return "", nil
	}
	v, err := tx.ConversationOf(ctx, t.Case.ID)
	if err != nil && KindOf(err) == NotFound {
		return "", nil
	}
	return string(v.Channel), err
}

// ForWriter is what this writer is told: by mail when an address is known and
// alive, and otherwise on the tracking page alone, which always shows it.
func (k Keeper) ForWriter(ctx context.Context, tx Mailroom, w SealedWriter, t Telling) (Notice, error) {
	by, err := writerChannel(ctx, tx, w, t.Quiet)
	if err != nil {
		return Notice{}, err
	}
	n := k.notice(t, by, t.Name+":writer")
	n.Writer, n.Locale = w.ID, t.Case.Locale
	if by == ByPage {
		n.Secret = nil
	}
	return n, nil
}

func writerChannel(ctx context.Context, tx Mailroom, w SealedWriter, quiet bool) (string, error) {
	if quiet || w.MailIndex == nil {
		return ByPage, nil
	}
	dead, err := tx.IsDead(ctx, w.MailIndex)
	if err != nil || dead {
		return ByPage, err
	}
	return ByEmail, nil
}

// notice is a Notice of t; one shown on a page has arrived as soon as it is
// stored.
func (k Keeper) notice(t Telling, by, dedup string) Notice {
	n := Notice{
		Dedup: dedup, Kind: t.Kind, CaseID: t.Case.ID, Message: t.Message, Channel: by, Args: t.Args, Secret: t.Secret,
		MessageID: k.messageID(), State: Queued, Next: later(t.At, t.MailAt), Queued: t.At,
	}
	if by == ByPage {
		n.State, n.Sent, n.Next = Sent, t.At, t.At
	}
	return n
}

// messageID is a random Message-ID of the college's, without angle brackets.
func (k Keeper) messageID() string { return strings.ToLower(rand.Text()) + "@" + k.Domain }
