// Package channel is the contract between the mailbox and the platforms people
// write through, and what all of them share.
//
// # Writing an adapter
//
// An adapter is a package handlers/channel/<name> that knows one platform's
// protocol and nothing else. It implements
//
//   - [Adapter]: make a [Received] of a callback, or refuse it. It is pure: no
//     network, no clock of its own. Everything wrong with a callback is
//     [ErrRefused], so that one refusal looks like another.
//   - delivery.Voice: send one message, and say truthfully what became of it.
//   - intake.Media, where messages only name their files.
//   - a Probe: ask the platform whether it is there.
//
// A [Door] serves the adapter's callbacks. In this order, cheapest first: is
// the channel enabled; [Adapter.Open] with the signature before anything else;
// was the nonce used with another body; intake.Chat stores the call and answers
// it; the acknowledgement. Nothing is acknowledged before it is stored.
//
// What an adapter can be set is a table in workflow/channels (Specs), its ladder
// one in workflow/delivery (Ladders). Its simulator's end is a [Script] of
// handlers/channel/simulator. handlers/channel/channeltest is the suite that
// each adapter passes; it brings the world, the adapter brings a far end that
// speaks the protocol.
//
// What every chat is held to stands in workflow/intake: a person begins so many
// letters an hour and a day, and files lose what uploads lose ([Clean]).
//
// [Envelope] is the encryption that the platforms of one house share, [Fields]
// reads their XML, [Tokens] keeps access tokens for all replicas, [API] calls
// them, and [Phrases] has the words.
package channel

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// ErrRefused is everything that is wrong with a callback. What it was is said
// nowhere: who sends wrong ones learns nothing.
var ErrRefused = errors.New("callback refused")

// MaxBody is the size of the largest callback, in bytes.
const MaxBody = 1 << 20

// Tolerance is how far a callback's own time may be from ours.
const Tolerance = 5 * time.Minute

// Callback is a request of a platform.
type Callback struct {
	Method string
	Path   string
	Query  url.Values
	Header http.Header
	Now    time.Time

	source io.Reader
	body   []byte
	read   bool
}

// NewCallback returns a Callback of what a request has; source is read when the
// adapter asks for the body, and not before.
func NewCallback(r *http.Request, now time.Time) *Callback {
	return &Callback{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header, Now: now, source: r.Body}
}

// Body reads the body, once; one that is too large is refused.
func (c *Callback) Body() ([]byte, error) {
	if c.read {
		return c.body, nil
	}
	c.read = true
	b, err := io.ReadAll(io.LimitReader(c.source, MaxBody+1))
	if err != nil || len(b) > MaxBody {
		return nil, ErrRefused
	}
	c.body = b
	return b, nil
}

// Fresh reports whether seconds since 1970, as the callback says them, are now.
func (c *Callback) Fresh(seconds int64) bool {
	apart := c.Now.Sub(time.Unix(seconds, 0))
	return apart <= Tolerance && apart >= -Tolerance
}

// Received is what an adapter made of a callback.
type Received struct {
	// Heard is what it says; without a Kind there is nothing to keep, and
	// Answer is the whole answer: the check of an address.
	Heard intake.Heard
	// Nonce may be used with this body alone; "" where the protocol has none.
	Nonce string
	// Answer writes the acknowledgement with words for the person, or without.
	// A platform that takes no words here is sent them by the ladder: see Later.
	Answer func(words string) (contentType string, body []byte)
	// Later says that Answer cannot hold words, as Heard.Later does.
	Later bool
}

// Adapter knows one platform's callbacks.
type Adapter interface {
	Channel() workflow.Channel
	// Open verifies, decrypts and parses a callback. Its error is ErrRefused.
	Open(line channels.Line, c *Callback) (Received, error)
}

// Plain is an answer that is the same whatever is said.
func Plain(text string) func(string) (string, []byte) {
	return func(string) (string, []byte) { return "text/plain; charset=utf-8", []byte(text) }
}
