package web

import (
	"crypto/rand"
	"net/http"
)

// Away sends the browser to another site, to prove there who its reader is. The
// address is ours to choose and never a request's.
func (c *Context) Away(address string) error {
	c.SetHeader("Location", address)
	c.SetHeader("Cache-Control", "no-store")
	c.Writer.WriteHeader(http.StatusSeeOther)
	return nil
}

// stateLength is how much of a state is random; the rest seals it.
const stateLength = 26

// State is a word for another site to give back: letters and digits that are
// worth something in this browser alone. It belongs to routes that sign in.
func (c *Context) State() string {
	random := rand.Text()[:stateLength]
	return random + c.server.mac("away", random, c.binding())
}

// KnowsState reports whether a word that came back is one this browser was sent
// away with. That it comes back once only is the caller's to see to.
func (c *Context) KnowsState(state string) bool {
	if len(state) <= stateLength {
		return false
	}
	random, seal := state[:stateLength], state[stateLength:]
	return sameMAC(seal, c.server.mac("away", random, c.boundTo()))
}
