// Package simulator is the far ends of the platforms, for the demonstration: a
// person types as a user of a platform, the callback goes through the real door
// with real cryptography, and what we send arrives here.
package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"mailbox/workflow"
)

// End is the platform's end of one channel.
type End interface {
	http.Handler // the platform's API, for our calls
	Channel() workflow.Channel
	// Settings are what the channel is set up with, so that both ends agree.
	Settings() (config, secrets map[string]string)
	// Text is the callback for what somebody typed; the same id is the same message.
	Text(id, person, text string) *http.Request
	// Said is what an acknowledgement tells the person; "" when nothing.
	Said(status int, body []byte) string
	// Inbox is what the person has been sent, oldest first.
	Inbox(person string) []string
	// Close ends the time in which the platform lets us reply.
	Close(person string)
}

// strictly reads a call; a field that the documents do not have is one too many.
func strictly(body []byte, in any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}
