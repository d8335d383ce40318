package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

// TestMayPublish writes the rule about what may become public down, case by
// case, for somebody to read.
func TestMayPublish(t *testing.T) {
	var b strings.Builder
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	line := func(c workflow.Case) {
		rule := workflow.MayPublish(c)
		verdict := "may become public"
		switch {
		case rule.Why != "":
			verdict = "never: " + strings.TrimPrefix(rule.Why, "publication.never.")
		case rule.Doubtful:
			verdict = "may become public, looked at twice"
		}
		fmt.Fprintf(&b, "%-11s %-12s %-9s wish=%-5t sealed=%-5t about=%-5t %s\n", c.Kind, c.Mode, c.State, c.PublishWish, c.Sealed, c.About != 0, verdict)
	}
	for _, kind := range workflow.CaseKinds {
		for _, mode := range workflow.Modes {
			for _, about := range []int64{0, 2} {
				line(workflow.Case{Kind: kind, Mode: mode, State: workflow.Closed, Answered: at, PublishWish: true, About: about})
			}
		}
	}
	for _, state := range workflow.States {
		line(workflow.Case{Kind: workflow.Inquiry, Mode: workflow.Signed, State: state, Answered: at, PublishWish: true})
	}
	for _, wish := range []bool{true, false} {
		for _, sealed := range []bool{true, false} {
			line(workflow.Case{Kind: workflow.Inquiry, Mode: workflow.Anonymous, State: workflow.Closed, Answered: at, PublishWish: wish, Sealed: sealed})
		}
	}
	golden(t, "publication.golden", b.String())
}
