package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// Lines tell how a channel is set up.
type Lines interface {
	Line(ctx context.Context, channel workflow.Channel) (channels.Line, error)
}

// Chat takes what a platform says.
type Chat interface {
	Arrive(ctx context.Context, h intake.Heard) (r intake.Reply, stored bool, err error)
}

// Deps is what a Door works with. All of it is required but Speak.
type Deps struct {
	Lines Lines
	Chat  Chat
	Once  workflow.Once
	Words Phrases
	Now   func() time.Time
	Log   *slog.Logger
	// Count counts what came of callbacks: "wechat:taken".
	Count func(outcome string)
	// Speak sends an answer that the acknowledgement cannot hold.
	Speak func(ctx context.Context, h intake.Heard, words string)
}

// Door serves the callbacks of one platform. It is an http.Handler.
type Door struct {
	Deps
	adapter Adapter
}

// NewDoor returns the Door of an adapter.
func NewDoor(d Deps, a Adapter) *Door { return &Door{d, a} }

// nonceKept is how long a nonce is remembered: longer than a callback is fresh.
const nonceKept = 2*Tolerance + time.Minute

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	line, err := d.Lines.Line(ctx, d.adapter.Channel())
	if err != nil {
		d.later(w)
		return
	}
	if !line.Enabled {
		d.refuse(w)
		return
	}
	c := NewCallback(r, d.Now())
	got, err := d.adapter.Open(line, c)
	if err != nil || !d.unused(ctx, got, c) {
		d.refuse(w)
		return
	}
	if got.Heard.Kind == "" {
		d.answer(w, got, "", "checked")
		return
	}
	d.take(ctx, w, got)
}

// take stores what was said before it answers.
func (d *Door) take(ctx context.Context, w http.ResponseWriter, got Received) {
	reply, stored, err := d.Chat.Arrive(ctx, got.Heard)
	if err != nil {
		d.Log.WarnContext(ctx, "callback not done in time", "channel", d.adapter.Channel(), "stored", stored, "err", err)
	}
	if !stored {
		d.later(w)
		return
	}
	words := ""
	if err == nil {
		words = d.Words.Reply(reply)
	}
	if got.Later {
		if words != "" && reply.Say != intake.SayReceived && d.Speak != nil { // of a case the courier tells
			d.Speak(ctx, got.Heard, words)
		}
		words = ""
	}
	d.answer(w, got, words, "taken")
}

// unused reports whether the nonce is new, or was used with this very body: a
// platform repeats itself, a thief has other words. Without Redis nobody can
// tell, and the message's own name still makes it one.
func (d *Door) unused(ctx context.Context, got Received, c *Callback) bool {
	if got.Nonce == "" || got.Heard.Kind == "" {
		return true
	}
	sum := sha256.Sum256(c.body)
	key := "callback:" + string(d.adapter.Channel()) + ":" + got.Nonce
	first, err := d.Once.First(ctx, key, nonceKept)
	if err != nil {
		return true
	}
	same, err := d.Once.First(ctx, key+":"+hex.EncodeToString(sum[:]), nonceKept)
	return err != nil || first || !same
}

func (d *Door) answer(w http.ResponseWriter, got Received, words, outcome string) {
	d.Count(string(d.adapter.Channel()) + ":" + outcome)
	kind, body := got.Answer(words)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // who left will ask again
}

// refuse is the one answer to everything that is not right.
func (d *Door) refuse(w http.ResponseWriter) {
	d.Count(string(d.adapter.Channel()) + ":refused")
	say(w, http.StatusForbidden, "refused")
}

// later asks the platform to repeat itself.
func (d *Door) later(w http.ResponseWriter) {
	d.Count(string(d.adapter.Channel()) + ":unavailable")
	say(w, http.StatusServiceUnavailable, "later")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // who left does not mind
}
