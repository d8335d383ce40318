package simulator

import (
	"context"
	"net/http"
	"time"

	"mailbox/workflow"
)

// Windowed is an end that lets us reply for a while only.
type Windowed interface {
	// Window is how long it lets us reply to a person still, and how often.
	Window(person string) (left time.Duration, messages int)
}

// Act is something a person can do besides writing.
type Act string

// The acts.
const (
	Unfollow Act = "unfollow"
	Grant    Act = "grant" // allow one notice
)

// Active is an end on which people can do more than write.
type Active interface {
	Acts() []Act
	// Do is the callback for what the person did.
	Do(person string, a Act) *http.Request
}

// Window is how long the platform of a channel lets us reply to a person, and
// how often; limited is false for one that always does.
func (h *Hub) Window(c workflow.Channel, person string) (left time.Duration, messages int, limited bool) {
	end, ok := h.ends[c].(Windowed)
	if !ok {
		return 0, 0, false
	}
	left, messages = end.Window(person)
	return left, messages, true
}

// Acts are what a person can do on a channel.
func (h *Hub) Acts(c workflow.Channel) []Act {
	if end, ok := h.ends[c].(Active); ok {
		return end.Acts()
	}
	return nil
}

// Do lets the person do it: a callback through the real door.
func (h *Hub) Do(ctx context.Context, c workflow.Channel, person string, a Act) error {
	end, ok := h.ends[c].(Active)
	if !ok {
		return workflow.Absent()
	}
	return h.call(ctx, c, person, end.Do(person, a))
}
