package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// flow is what this browser set out with: who comes back without it was sent by
// somebody else, into somebody else's account.
type flow struct {
	Way      workflow.Way `json:"w"`
	State    string       `json:"s"`
	Nonce    string       `json:"o,omitempty"`
	Verifier string       `json:"v,omitempty"`
	Next     string       `json:"n"`
	Until    time.Time    `json:"u"`
}

const (
	flowCookie  = "mailbox-way"
	flowLasts   = 10 * time.Minute
	flowPurpose = "signin-flow"
)

// setOut begins a flow and gives it to the browser.
func (p *Pages) setOut(c *web.Context, way workflow.Way, verifier string) (flow, error) {
	f := flow{Way: way, State: rand.Text(), Nonce: rand.Text(), Verifier: verifier, Next: c.Next(), Until: c.Now.Add(flowLasts)}
	plain, err := json.Marshal(f)
	if err != nil {
		return f, fmt.Errorf("seal flow: %w", err)
	}
	c.Hold(flowCookie, base64.RawURLEncoding.EncodeToString(p.Sealer.SealFor(flowPurpose, plain)), flowLasts)
	return f, nil
}

// back is the flow the browser set out with, when it comes back with its state.
func (p *Pages) back(c *web.Context, way workflow.Way) (flow, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(c.Held(flowCookie))
	c.LetGo(flowCookie)
	if err != nil {
		return flow{}, false
	}
	plain, err := p.Sealer.OpenFor(flowPurpose, raw)
	if err != nil {
		return flow{}, false
	}
	var f flow
	if json.Unmarshal(plain, &f) != nil || f.Way != way || !c.Now.Before(f.Until) {
		return flow{}, false
	}
	return f, subtle.ConstantTimeCompare([]byte(f.State), []byte(c.Query("state"))) == 1
}

// lost is somebody who came back without having set out.
func (p *Pages) lost(c *web.Context) error {
	return p.Door.Refuse(c, "/", workflow.Fail(workflow.Unauthenticated, "way.lost"))
}
