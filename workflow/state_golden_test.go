package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

var morning = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) // a Monday, nine in the college

const college, other = int64(3), int64(4) // two departments

// caseIn is an ordinary case in a state.
func caseIn(state workflow.State) workflow.Case {
	c := workflow.Case{
		ID: 1, State: state, Kind: workflow.Complaint, Channel: workflow.Web, Mode: workflow.Signed, Writer: "w", Department: college,
		Received: morning.Add(-72 * time.Hour), Accepted: morning.Add(-71 * time.Hour), Routed: morning.Add(-70 * time.Hour),
		SignedFor: morning.Add(-69 * time.Hour), Worked: -1,
	}
	switch state {
	case workflow.Waiting:
		c.Resume = workflow.InHand
	case workflow.Merged:
		c.MergedInto = 2
	case workflow.Declined:
		c.Ground = "unclear"
	case workflow.Answered:
		c.Answered = morning.Add(-time.Hour)
	case workflow.Closed, workflow.Archived:
		c.Answered, c.Outcome = morning.Add(-2*time.Hour), workflow.OutcomeNoReply
	case workflow.Received, workflow.Accepted, workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved, workflow.Withdrawn:
	}
	if state.Ended() {
		c.Ended = morning.Add(-time.Hour)
	}
	return c
}

// variants are cases in a state that rules may treat differently.
func variants(state workflow.State) []workflow.Case {
	out := []workflow.Case{caseIn(state)}
	vary := func(change func(*workflow.Case)) {
		c := caseIn(state)
		change(&c)
		out = append(out, c)
	}
	vary(func(c *workflow.Case) { c.Binding = true })
	vary(func(c *workflow.Case) { c.RefuseUntil = morning.Add(-time.Minute) })
	vary(func(c *workflow.Case) { c.AskedAgain = 1 })
	vary(func(c *workflow.Case) { c.Redone = 1 })
	vary(func(c *workflow.Case) { c.Rating = workflow.Rating{At: morning.Add(-25 * time.Hour), Result: 3} })
	vary(func(c *workflow.Case) { c.Outcome = workflow.OutcomeSilence })
	vary(func(c *workflow.Case) { c.Answered = time.Time{} })
	vary(func(c *workflow.Case) { c.Kind = workflow.Disclosure })
	vary(func(c *workflow.Case) { c.Kind, c.Decision = workflow.Disclosure, workflow.DecidePublic })
	vary(func(c *workflow.Case) { c.Department = 0 })
	vary(func(c *workflow.Case) { c.Department, c.Accepted, c.SignedFor = 0, time.Time{}, time.Time{} })
	if state == workflow.Waiting {
		vary(func(c *workflow.Case) { c.Resume = workflow.Received })
		vary(func(c *workflow.Case) { c.Resume = workflow.Accepted })
	}
	if state.Ended() {
		vary(func(c *workflow.Case) { c.Ended = morning.Add(-1000 * time.Hour) })
	}
	return out
}

// probed is what trying an action in every variant of a state showed.
type probed struct {
	to           []workflow.State
	by           []workflow.Role
	note, ground bool
	unless       []string
}

func probe(state workflow.State, action workflow.Action) probed {
	var p probed
	for _, role := range workflow.Roles {
		for _, c := range variants(state) {
			move := workflow.Move{Action: action, By: workflow.Actor{ID: 1, Roles: []workflow.Role{role}}, Note: "因为", Ground: "unclear", At: morning}
			after := c
			if _, err := after.Do(move); err != nil {
				p.unless = addKey(p.unless, err)
				continue
			}
			p.to, p.by = add(p.to, after.State), add(p.by, role)
			move.Note = " \n"
			p.note = p.note || tried(c, move) != nil
			move.Note, move.Ground = "因为", "weather"
			p.ground = p.ground || tried(c, move) != nil
		}
	}
	slices.SortFunc(p.to, func(a, b workflow.State) int {
		return slices.Index(workflow.States, a) - slices.Index(workflow.States, b)
	})
	slices.Sort(p.unless)
	return p
}

func tried(c workflow.Case, m workflow.Move) error {
	_, err := c.Do(m)
	return err
}

// addKey notes what stood in the way, except state and role.
func addKey(keys []string, err error) []string {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Key == "case.not_now" || e.Key == "case.not_yours" {
		return keys
	}
	return add(keys, e.Key)
}

func add[T comparable](all []T, v T) []T {
	if slices.Contains(all, v) {
		return all
	}
	return append(all, v)
}

func join[T ~string](all []T, between string) string {
	var out []string
	for _, v := range all {
		out = append(out, string(v))
	}
	return strings.Join(out, between)
}

func TestRulesGolden(t *testing.T) {
	var b strings.Builder
	b.WriteString("# state action → next state: who [what must be given] unless what stands in the way\n")
	for _, state := range workflow.States {
		for _, action := range append([]workflow.Action{workflow.Receive}, workflow.Actions...) {
			p := probe(state, action)
			if len(p.by) == 0 {
				continue
			}
			fmt.Fprintf(&b, "%-9s %-9s → %s: %s", state, action, join(p.to, "|"), join(p.by, " "))
			if p.note {
				b.WriteString(" [note]")
			}
			if p.ground {
				b.WriteString(" [ground]")
			}
			if len(p.unless) > 0 {
				b.WriteString(" unless " + strings.Join(p.unless, " "))
			}
			b.WriteString("\n")
		}
	}
	golden(t, "rules.golden", b.String())
}

// TestLifeDiagram draws the same for ARCHITECTURE.md.
func TestLifeDiagram(t *testing.T) {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> received: receive\n")
	for _, state := range workflow.States {
		for _, to := range workflow.States {
			var actions []workflow.Action
			for _, action := range workflow.Actions {
				if slices.Contains(probe(state, action).to, to) {
					actions = append(actions, action)
				}
			}
			if len(actions) > 0 {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", state, to, join(actions, ", "))
			}
		}
		if len(reachable(state)) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", state)
		}
	}
	golden(t, "life.mmd", b.String())
}

func reachable(state workflow.State) []workflow.State {
	var out []workflow.State
	for _, action := range workflow.Actions {
		out = append(out, probe(state, action).to...)
	}
	return out
}

func TestMayAgreesWithDo(t *testing.T) {
	for _, state := range workflow.States {
		for _, action := range workflow.Actions {
			for _, role := range workflow.Roles {
				for _, c := range variants(state) {
					by := workflow.Actor{ID: 1, Roles: []workflow.Role{role}}
					may, moved := c.May(action, by, morning), c
					_, err := moved.Do(workflow.Move{Action: action, By: by, Note: "因为", Ground: "unclear", At: morning})
					if may != (err == nil) {
						t.Errorf("%s %s by %s: May says %v, Do says %v", state, action, role, may, err)
					}
				}
			}
		}
	}
}
