package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

// clocksThat are one clock of every kind, in the same condition.
func clocksThat(condition func(*workflow.Clock)) []workflow.Clock {
	var out []workflow.Clock
	for i, kind := range workflow.ClockKinds {
		p := promises()[kind]
		started := morning.Add(-time.Hour)
		due, _ := office{}.Due(started, p)
		k := workflow.Clock{ID: int64(i + 1), CaseID: 1, Kind: kind, Occurrence: 1, Promise: p, Started: started, Due: due, FirstDue: due, Warn: due}
		condition(&k)
		out = append(out, k)
	}
	return out
}

func running(*workflow.Clock) {}

func paused(k *workflow.Clock) { k.Paused = morning.Add(-30 * time.Minute) }

func condition(k workflow.Clock) string {
	switch {
	case !k.Met.IsZero():
		return "met"
	case !k.Cancelled.IsZero():
		return "cancelled"
	case !k.Paused.IsZero():
		return "paused"
	}
	return "running"
}

// became lists the clocks by what the action made of them, leaving out those
// that are as they were.
func became(turn workflow.Turn, was string) string {
	by := map[string][]string{}
	for _, k := range turn.Save {
		by[condition(k)] = append(by[condition(k)], string(k.Kind))
	}
	var out []string
	for _, now := range []string{"running", "paused", "met", "cancelled"} {
		if len(by[now]) > 0 && now != was {
			out = append(out, now+" "+strings.Join(by[now], ","))
		}
	}
	for _, k := range turn.Add {
		p := fmt.Sprintf("%d %s", k.Promise.Amount, k.Promise.Unit)
		if k.Promise == promises()[workflow.Rework] {
			p = "rework: " + p
		}
		out = append(out, fmt.Sprintf("new %s (%s)", k.Kind, p))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, "; ")
}

func turned(c workflow.Case, action workflow.Action, clocks []workflow.Clock) workflow.Turn {
	from := c.State
	if action != workflow.Receive {
		for _, role := range workflow.Roles {
			by := workflow.Actor{ID: 1, Roles: []workflow.Role{role}}
			if _, err := c.Do(workflow.Move{Action: action, By: by, Note: "因为", Ground: "unclear", At: morning}); err == nil {
				break
			}
		}
	}
	return workflow.TurnClocks(&c, action, from, clocks, promises(), office{}, 1, morning)
}

func TestClocksGolden(t *testing.T) {
	var b strings.Builder
	b.WriteString("# what each action does to clocks that run, to clocks that are paused, and when there are none\n")
	show := func(c workflow.Case, action workflow.Action, to string) {
		fmt.Fprintf(&b, "%s %s → %s\n", c.State, action, to)
		fmt.Fprintf(&b, "    running: %s\n", became(turned(c, action, clocksThat(running)), "running"))
		fmt.Fprintf(&b, "    paused:  %s\n", became(turned(c, action, clocksThat(paused)), "paused"))
		fmt.Fprintf(&b, "    none:    %s\n", became(turned(c, action, nil), ""))
	}
	show(caseIn(workflow.Received), workflow.Receive, "received")
	for _, state := range workflow.States {
		for _, action := range workflow.Actions {
			for _, to := range probe(state, action).to {
				show(leadingTo(state, action, to), action, string(to))
			}
		}
	}
	golden(t, "clocks.golden", b.String())
}

// leadingTo is a case in a state from which the action leads where it should.
func leadingTo(state workflow.State, action workflow.Action, to workflow.State) workflow.Case {
	all := variants(state)
	i := slices.IndexFunc(all, func(c workflow.Case) bool {
		for _, role := range workflow.Roles {
			after := c
			_, err := after.Do(workflow.Move{Action: action, By: workflow.Actor{Roles: []workflow.Role{role}}, Note: "因为", Ground: "unclear", At: morning})
			if err == nil && after.State == to {
				return true
			}
		}
		return false
	})
	return all[i]
}
