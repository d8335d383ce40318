package workflow_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"mailbox/workflow"
)

func chained(t *testing.T, k workflow.Chain) (workflow.Case, []workflow.Event) {
	t.Helper()
	c := workflow.Case{ID: 7}
	var events []workflow.Event
	for i := range 5 {
		events = append(events, k.Append(&c, workflow.Event{
			Action: workflow.MarkNote, From: workflow.InHand, To: workflow.InHand, By: workflow.Actor{ID: 3, Department: college}, Role: workflow.DeptHead,
			Note: fmt.Sprint("第", i), Detail: map[string]string{"a": "1", "b": "2"}, At: morning.Add(time.Duration(i)*time.Hour + 1234567),
		}))
	}
	return c, events
}

// holds is how a reader verifies a history.
func holds(k workflow.Chain, c workflow.Case, events []workflow.Event) bool {
	var prev []byte
	for i, ev := range events {
		if ev.Seq != i+1 || ev.CaseID != c.ID || !bytes.Equal(k.Link(prev, ev), ev.Hash) {
			return false
		}
		prev = ev.Hash
	}
	return len(events) == c.ChainSeq && bytes.Equal(prev, c.ChainHash)
}

func TestChainHolds(t *testing.T) {
	k := workflow.NewChain(bytes.Repeat([]byte{9}, 32))
	c, events := chained(t, k)
	if !holds(k, c, events) {
		t.Fatal("a chain does not hold")
	}
	if events[0].At.Nanosecond()%1000 != 0 || events[0].At.Location() != time.UTC {
		t.Errorf("time %v is not as a database keeps it", events[0].At)
	}
	for i := range events { // what a database gives back: another zone, another name, no empty map
		events[i].At = events[i].At.In(time.FixedZone("CST", 8*60*60))
		events[i].By.Name, events[i].By.Roles = "renamed", nil
	}
	if !holds(k, c, events) {
		t.Error("a chain does not hold when it is read back")
	}
	if holds(workflow.NewChain(bytes.Repeat([]byte{8}, 32)), c, events) {
		t.Error("a chain holds with another key")
	}
}

func TestChainFindsChanges(t *testing.T) {
	k := workflow.NewChain(bytes.Repeat([]byte{9}, 32))
	for name, change := range map[string]func(*workflow.Event){
		"action":         func(e *workflow.Event) { e.Action = workflow.MarkAdd },
		"from":           func(e *workflow.Event) { e.From = workflow.Routed },
		"to":             func(e *workflow.Event) { e.To = workflow.Drafted },
		"from into to":   func(e *workflow.Event) { e.From, e.To = e.From+"i", e.To[1:] },
		"who":            func(e *workflow.Event) { e.By.ID++ },
		"department":     func(e *workflow.Event) { e.By.Department++ },
		"who, shifted":   func(e *workflow.Event) { e.By.ID, e.By.Department = 33, 3 },
		"role":           func(e *workflow.Event) { e.Role = workflow.Clerk },
		"note":           func(e *workflow.Event) { e.Note += " " },
		"a detail":       func(e *workflow.Event) { e.Detail = map[string]string{"a": "1", "b": "3"} },
		"a detail less":  func(e *workflow.Event) { e.Detail = map[string]string{"a": "1"} },
		"a detail more":  func(e *workflow.Event) { e.Detail = map[string]string{"a": "1", "b": "2", "c": ""} },
		"details joined": func(e *workflow.Event) { e.Detail = map[string]string{"a": `1"]["b","2`} },
		"time":           func(e *workflow.Event) { e.At = e.At.Add(time.Microsecond) },
		"place":          func(e *workflow.Event) { e.Seq++ },
		"case":           func(e *workflow.Event) { e.CaseID++ },
		"hash":           func(e *workflow.Event) { e.Hash = bytes.Repeat([]byte{0}, 32) },
	} {
		for i := range 5 {
			c, events := chained(t, k)
			change(&events[i])
			if holds(k, c, events) {
				t.Errorf("%s of event %d changed unnoticed", name, i+1)
			}
		}
	}
}

func TestChainFindsCuts(t *testing.T) {
	k := workflow.NewChain(bytes.Repeat([]byte{9}, 32))
	for name, cut := range map[string]func([]workflow.Event) []workflow.Event{
		"head":      func(e []workflow.Event) []workflow.Event { return e[1:] },
		"tail":      func(e []workflow.Event) []workflow.Event { return e[:4] },
		"all":       func([]workflow.Event) []workflow.Event { return nil },
		"middle":    func(e []workflow.Event) []workflow.Event { return append(e[:2:2], e[3:]...) },
		"reordered": func(e []workflow.Event) []workflow.Event { e[1], e[2] = e[2], e[1]; return e },
		"reordered with new places": func(e []workflow.Event) []workflow.Event {
			e[1], e[2] = e[2], e[1]
			e[1].Seq, e[2].Seq = 2, 3
			return e
		},
		"renumbered": func(e []workflow.Event) []workflow.Event {
			e = append(e[:2:2], e[3:]...)
			e[2].Seq, e[3].Seq = 3, 4
			return e
		},
		"doubled": func(e []workflow.Event) []workflow.Event { return append(e, e[4]) },
	} {
		c, events := chained(t, k)
		if holds(k, c, cut(events)) {
			t.Errorf("%s: unnoticed", name)
		}
	}
}
