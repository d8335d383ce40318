package oa

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

// Client calls the office system: answers for writers, to-dos for staff.
type Client struct {
	Lines  channel.Lines
	Tokens *channel.Tokens
	Words  channel.Phrases
	Now    func() time.Time
	// News notes what the system did for us.
	News func(ctx context.Context, n workflow.ChannelNews)
}

var _ delivery.Voice = (*Client)(nil)

// Reasons, as catalogue keys.
const (
	Unreachable = "ladder.unreachable"
	Refused     = "ladder.platform_refused"
	TokenFault  = "ladder.token"
)

// maxText is the longest answer that is handed over, in bytes.
const maxText = 20_000

// message is an answer on its way back to the system a letter came from.
type message struct {
	Type   string `json:"type"` // message
	Person string `json:"person"`
	Number string `json:"number"`
	Kind   string `json:"kind"` // answered, accepted, …
	Text   string `json:"text"`
	At     string `json:"at"` // RFC 3339
}

// Speak implements delivery.Voice: one signed call, named by Idempotency-Key.
func (c *Client) Speak(ctx context.Context, s delivery.Speech) (workflow.SendResult, string) {
	line, err := c.Lines.Line(ctx, workflow.OA)
	if err != nil || !line.Enabled {
		return workflow.SendResult{State: workflow.Queued, Reason: delivery.ChannelOff}, ""
	}
	path := line.Config["message_path"]
	if path == "" || line.Config["base"] == "" {
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.NotConfigured}, ""
	}
	m := message{
		Type: "message", Person: string(s.Person), Number: s.Mail.Number, Kind: string(s.Mail.Kind),
		Text: c.Words.Notice(s.Mail, maxText), At: c.moment(c.Now()),
	}
	body, err := encode(m)
	if err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.OurFault}, ""
	}
	header := c.signer(line).Header(c.Now(), http.MethodPost, path, body)
	header.Set("Idempotency-Key", s.Dedup)
	r := spoken(c.post(ctx, line, call{method: http.MethodPost, path: path, header: header, body: body}))
	c.note(ctx, r)
	return r, ""
}

// moment is a time in the college's zone.
func (c *Client) moment(t time.Time) string { return t.In(c.Words.Zone).Format(time.RFC3339) }

// signer signs what we send: with a secret of its own, so that nothing of ours
// can be sent back to us as somebody's letter.
func (c *Client) signer(line channels.Line) channel.Signer {
	return channel.Signer{Key: line.Config["key_id"], Secret: line.Secrets["out_secret"]}
}

// spoken is what became of a message. A call that was handed over and not
// answered is uncertain.
func spoken(a answer, err error) workflow.SendResult {
	switch {
	case errors.Is(err, channel.ErrUnsure):
		return workflow.SendResult{State: workflow.Uncertain, Reason: delivery.NoAnswer}
	case err != nil || a.again():
		return workflow.SendResult{State: workflow.Queued, Reason: Unreachable}
	case a.locked():
		return workflow.SendResult{State: workflow.Queued, Reason: TokenFault}
	case !a.good():
		return workflow.SendResult{State: workflow.Failed, Reason: Refused}
	}
	return workflow.SendResult{State: workflow.Sent}
}

// note tells the switchboard. A refusal of one message is still an answer.
func (c *Client) note(ctx context.Context, r workflow.SendResult) {
	n := workflow.ChannelNews{Out: r.State == workflow.Sent, Alive: r.State == workflow.Sent || r.State == workflow.Failed, Error: r.Reason}
	if r.State == workflow.Failed {
		n.Error = ""
	}
	c.News(ctx, n)
}

// Probe implements channels.Probe: whether somebody answers at the address.
// Where none is set nothing is asked: letters may come all the same.
func (c *Client) Probe(ctx context.Context, _ workflow.Channel) error {
	line, err := c.Lines.Line(ctx, workflow.OA)
	if err != nil {
		return err
	}
	if line.Config["base"] == "" {
		c.News(ctx, workflow.ChannelNews{Alive: true})
		return nil
	}
	a, err := c.post(ctx, line, call{method: http.MethodHead, path: "/"})
	if err == nil && a.status >= http.StatusInternalServerError {
		err = errAway
	}
	if err != nil {
		c.News(ctx, workflow.ChannelNews{Error: Unreachable})
		return err
	}
	c.News(ctx, workflow.ChannelNews{Alive: true})
	return nil
}

var errAway = errors.New("the office system is away")

// base is where the system is, without a slash at the end.
func base(line channels.Line) string { return strings.TrimRight(line.Config["base"], "/") }
