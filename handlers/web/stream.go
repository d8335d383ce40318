package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"mailbox/workflow"
)

// Event is one message to a page that is open.
type Event struct {
	Name string
	Data any // encoded as JSON
}

const (
	streamPulse   = 15 * time.Second // keeps proxies from closing a quiet stream
	streamRecheck = 3 * time.Second  // how soon a session that ended ends its streams
)

// Stream sends events until they end, the reader leaves, the session dies or
// the server shuts down. The route must be a Stream route.
func (c *Context) Stream(events <-chan Event) error {
	control := http.NewResponseController(c.Writer)
	c.SetHeader("Content-Type", "text/event-stream; charset=utf-8")
	c.SetHeader("X-Accel-Buffering", "no")
	c.Writer.WriteHeader(http.StatusOK)
	if err := c.send(control, "retry: 5000\n\n"); err != nil {
		return nil // the reader left
	}
	pulse, check := time.NewTicker(streamPulse), time.NewTicker(c.server.recheck)
	defer pulse.Stop()
	defer check.Stop()
	for {
		var text string
		select {
		case <-c.Context().Done():
			return nil
		case <-c.server.draining:
			return nil
		case <-pulse.C:
			text = ": \n\n"
		case <-check.C:
			if !c.stillIn() {
				return c.bye(control)
			}
			continue
		case e, open := <-events:
			if !open {
				return nil
			}
			b, err := json.Marshal(e.Data)
			if err != nil {
				return fmt.Errorf("encode event %s: %w", e.Name, err)
			}
			text = "event: " + oneLine(e.Name) + "\ndata: " + string(b) + "\n\n"
		}
		if err := c.send(control, text); err != nil {
			return nil // the reader left
		}
	}
}

func (c *Context) send(control *http.ResponseController, text string) error {
	if _, err := c.Writer.Write([]byte(text)); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := control.Flush(); err != nil {
		return fmt.Errorf("flush event: %w", err)
	}
	return nil
}

// bye tells the page that it is signed out, so that it does not come back.
func (c *Context) bye(control *http.ResponseController) error {
	_ = c.send(control, "event: signed-out\ndata: {}\n\n")
	return nil
}

// stillIn looks at the session without renewing it: an open page is not a
// person at work. A stream for anyone has no session to lose.
func (c *Context) stillIn() bool {
	if c.route.Who.anyone {
		return true
	}
	user, err := c.server.Accounts.Account(c.Context(), c.Session.AccountID)
	if err != nil || user.Disabled || !c.route.Who.admits(&user) {
		return false
	}
	list, err := c.server.Sessions.List(c.Context(), c.Session.AccountID)
	return err == nil && slices.ContainsFunc(list, func(s workflow.Session) bool { return s.ID == c.Session.ID })
}
