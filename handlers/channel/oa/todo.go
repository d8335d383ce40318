package oa

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
	"mailbox/workflow/todo"
)

var _ todo.System = (*Client)(nil)

// Ready implements todo.System: the channel is on, and it is known where the
// system is and in which words it wants to be told.
func (c *Client) Ready(ctx context.Context) (bool, error) {
	line, err := c.Lines.Line(ctx, workflow.OA)
	return line.Enabled && line.Config["base"] != "" && line.Config["mapping"] != "", err
}

// Tell implements todo.System. An answer that never came is no trouble: the same
// to-do in the same state may be told again, and is known by its name.
func (c *Client) Tell(ctx context.Context, f todo.Facts) todo.Outcome {
	o := c.tell(ctx, f)
	n := workflow.ChannelNews{Out: o.Told, Alive: o.Told || o.Refuse, Error: o.Reason}
	if o.Refuse { // it is there and well; what it refused waits for a person
		n.Error = ""
	}
	c.News(ctx, n)
	return o
}

func (c *Client) tell(ctx context.Context, f todo.Facts) todo.Outcome {
	line, err := c.Lines.Line(ctx, workflow.OA)
	if err != nil || !line.Enabled {
		return todo.Outcome{Reason: delivery.ChannelOff}
	}
	m, err := todo.Read(line.Config["mapping"])
	if err != nil {
		return todo.Outcome{Reason: delivery.NotConfigured}
	}
	people, err := todo.ReadPeople(line.Config["people"])
	if err != nil {
		return todo.Outcome{Reason: delivery.NotConfigured}
	}
	values := todo.ValuesOf(f, c.setting(line, f, people))
	a, err := c.try(ctx, line, m, f, values)
	return outcome(m, a, err)
}

// setting is what the college calls things; words for staff of the college are
// Chinese, as in its office system.
func (c *Client) setting(line channels.Line, f todo.Facts, people map[string]string) todo.Setting {
	step := c.Words.Words.Text(f.Account.Locale, "todo."+string(f.Todo.Kind))
	return todo.Setting{
		System: line.Config["system_code"], Creator: line.Config["creator"], People: people, Zone: c.Words.Zone, Step: step,
		Title: c.Words.Words.Text(f.Account.Locale, "todo.title", f.Number, step), Link: c.Words.URL + "/desk/cases/" + f.Number,
	}
}

// try makes the call, and once more with a new token when the first is none.
func (c *Client) try(ctx context.Context, line channels.Line, m todo.Mapping, f todo.Facts, values todo.Values) (answer, error) {
	r := m.Request(f.Todo.State)
	body, err := todo.Fill(r.Body, values)
	if err != nil {
		return answer{}, err
	}
	stale := ""
	for try := 0; ; try++ {
		header, token, err := c.prove(ctx, line, m, r.Path, body, stale)
		if err != nil {
			return answer{}, err
		}
		header.Set("Idempotency-Key", f.Call())
		a, err := c.post(ctx, line, call{method: http.MethodPost, path: r.Path, header: header, body: body})
		if err != nil || token == "" || !a.locked() || try > 0 {
			return a, err
		}
		stale = token
	}
}

// prove is the headers that say who we are, and the token among them.
func (c *Client) prove(ctx context.Context, line channels.Line, m todo.Mapping, path string, body []byte, stale string) (h http.Header, token string, err error) {
	h = http.Header{}
	switch m.Sign {
	case todo.SignHMAC:
		if line.Secrets["out_secret"] == "" {
			return nil, "", errUnset
		}
		h = c.signer(line).Header(c.Now(), http.MethodPost, path, body)
	case todo.SignBasic:
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(line.Config["user"]+":"+line.Secrets["password"])))
	case todo.SignToken:
		if token, err = c.token(ctx, line, m, stale); err != nil {
			return nil, "", err
		}
		h.Set(m.Login.Header, token)
	}
	return h, token, nil
}

var (
	errUnset = errors.New("a secret is not set")
	errToken = errors.New("no token")
)

// token is the system's token, kept for all replicas.
func (c *Client) token(ctx context.Context, line channels.Line, m todo.Mapping, stale string) (string, error) {
	account := "oa:" + base(line) + ":" + line.Config["user"]
	value, _, err := c.Tokens.Get(ctx, account, stale, func(ctx context.Context) (string, time.Duration, error) {
		return c.fresh(ctx, line, m)
	})
	return value, err
}

// fresh logs in. Tokens are given up some minutes before their end, so that a
// short one is asked for more than once.
func (c *Client) fresh(ctx context.Context, line channels.Line, m todo.Mapping) (string, time.Duration, error) {
	body, err := todo.Fill(m.Login.Body, todo.Values{
		"user": line.Config["user"], "password": line.Secrets["password"], "system": line.Config["system_code"],
	})
	if err != nil {
		return "", 0, err
	}
	a, err := c.post(ctx, line, call{method: http.MethodPost, path: m.Login.Path, header: http.Header{"Accept": {"application/json"}}, body: body})
	if err != nil || a.again() {
		return "", 0, errAway
	}
	value, ok := todo.Lookup(a.body, m.Login.Field)
	if !a.good() || !ok || value == "" || !headerSafe(value) {
		return "", 0, errToken
	}
	return value, time.Duration(m.Login.Minutes)*time.Minute + channel.Tolerance, nil
}

// headerSafe reports whether a token can stand in a header.
func headerSafe(v string) bool { return visible(v, 4096) }

// outcome is what became of a call. Who does not let us in may do so when an
// administrator has seen to it; who understands and refuses will refuse again.
func outcome(m todo.Mapping, a answer, err error) todo.Outcome {
	switch {
	case errors.Is(err, errUnset):
		return todo.Outcome{Reason: delivery.NotConfigured}
	case errors.Is(err, errToken), err == nil && a.locked():
		return todo.Outcome{Reason: TokenFault}
	case err != nil || a.again():
		return todo.Outcome{Reason: Unreachable}
	case !a.good() || !m.Taken.Holds(a.body):
		return todo.Outcome{Refuse: true, Reason: Refused}
	}
	return todo.Outcome{Told: true}
}
