package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

var inCollege = time.FixedZone("Asia/Shanghai", 8*60*60)

// measured lists what a case counts for, measure and day.
func measured(c workflow.Case) []string {
	var out []string
	for _, f := range workflow.FactsOf(c, inCollege) {
		s := string(f.Measure) + " " + f.Day
		if f.Bucket != 0 && f.Measure == workflow.CountCampaign {
			s += fmt.Sprint(" of ", f.Bucket)
		}
		out = append(out, s)
	}
	return out
}

// TestFactsOf_matters says for each situation which of the report's figures it
// moves, and none of the others.
func TestFactsOf_matters(t *testing.T) {
	late := time.Date(2023, 11, 17, 15, 30, 0, 0, time.UTC) // half past eleven at night in the college
	for _, tt := range []struct {
		name string
		in   workflow.State
		set  func(*workflow.Case)
		want []string // of applied, concern and campaign
	}{
		{"a complaint", workflow.InHand, func(*workflow.Case) {}, nil},
		{"an application in hand", workflow.InHand, func(c *workflow.Case) { c.Kind = workflow.Disclosure }, []string{"applied 2026-11-20"}},
		{"decided and not yet sent", workflow.Approved, func(c *workflow.Case) {
			c.Kind, c.Decision = workflow.Disclosure, workflow.DecidePublic
		}, []string{"applied 2026-11-20"}},
		{"answered", workflow.Answered, func(c *workflow.Case) {
			c.Kind, c.Decision, c.Answered = workflow.Disclosure, workflow.DecidePartly, late
		}, []string{"applied 2026-11-20", "applied.partly 2023-11-17"}},
		{"closed because nothing was added", workflow.Closed, func(c *workflow.Case) {
			c.Kind, c.Decision, c.Answered, c.Ended = workflow.Disclosure, workflow.DecideIncomplete, time.Time{}, late
		}, []string{"applied 2026-11-20", "applied.supplement_failed 2023-11-17"}},
		{"about disclosure", workflow.InHand, func(c *workflow.Case) { c.Concern = "complaint" }, []string{"concern.complaint 2026-11-20"}},
		{"about disclosure, joined to another", workflow.Merged, func(c *workflow.Case) { c.Concern = "complaint" }, nil},
		{"tagged and open", workflow.Answered, func(c *workflow.Case) { c.Campaign = 7 }, nil},
		{"proposed and closed", workflow.Closed, func(c *workflow.Case) { c.Proposed = 7 }, nil},
		{"tagged and closed", workflow.Closed, func(c *workflow.Case) { c.Campaign, c.Ended = 7, late }, []string{"campaign 2023-11-17 of 7"}},
		{"tagged and archived", workflow.Archived, func(c *workflow.Case) { c.Campaign, c.Ended = 7, late }, []string{"campaign 2023-11-17 of 7"}},
		{"tagged and joined to another", workflow.Merged, func(c *workflow.Case) { c.Campaign = 7 }, nil},
		{"all of it, sealed", workflow.Closed, func(c *workflow.Case) {
			c.Kind, c.Decision, c.Concern, c.Campaign, c.Sealed, c.Answered, c.Ended = workflow.Disclosure, workflow.DecideRefused, "report", 7, true, late, late
		}, []string{"sealed.concern.report 2026-11-20", "sealed.campaign 2023-11-17", "sealed.applied 2026-11-20", "sealed.applied.refused 2023-11-17"}},
	} {
		c := caseIn(tt.in)
		tt.set(&c)
		got := slices.DeleteFunc(measured(c), func(s string) bool {
			s = strings.TrimPrefix(s, "sealed.")
			return !strings.HasPrefix(s, "applied") && !strings.HasPrefix(s, "concern") && !strings.HasPrefix(s, "campaign")
		})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s counts %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestApplicationsEnd: an application that ends without an answer is decided by
// the way it ended, and no longer when it goes on.
func TestApplicationsEnd(t *testing.T) {
	clerk := workflow.Actor{ID: 1, Roles: []workflow.Role{workflow.Clerk}}
	for _, tt := range []struct {
		from workflow.State
		m    workflow.Move
		want workflow.Decision
	}{
		{workflow.InHand, workflow.Move{Action: workflow.Withdraw, By: workflow.ByWriter(1)}, workflow.DecideWithdrawn},
		{workflow.Waiting, workflow.Move{Action: workflow.CloseCase, By: workflow.BySystem()}, workflow.DecideIncomplete},
		{workflow.Received, workflow.Move{Action: workflow.Decline, By: clerk, Ground: "duplicate"}, workflow.DecideRepeated},
		{workflow.Received, workflow.Move{Action: workflow.Decline, By: clerk, Ground: "already_closed"}, workflow.DecideRepeated},
		{workflow.Received, workflow.Move{Action: workflow.Decline, By: clerk, Ground: "outside_authority"}, workflow.DecideNotOurs},
		{workflow.Received, workflow.Move{Action: workflow.Decline, By: clerk, Ground: "advertising"}, workflow.DecideOther},
		{workflow.Received, workflow.Move{Action: workflow.Accept, By: clerk}, workflow.NoDecision},
	} {
		c := caseIn(tt.from)
		c.Kind, tt.m.At = workflow.Disclosure, morning
		if _, err := c.Do(tt.m); err != nil || c.Decision != tt.want {
			t.Errorf("%s of a %s application decides %q (%v), want %q", tt.m.Action, tt.from, c.Decision, err, tt.want)
		}
		if c.Outcome = workflow.OutcomeNoReply; tt.want == workflow.DecideIncomplete {
			if _, err := c.Do(workflow.Move{Action: workflow.Supply, By: workflow.ByWriter(1), At: morning}); err != nil || c.Decision != "" {
				t.Errorf("what was added late leaves it %q (%v)", c.Decision, err)
			}
		}
		plain := caseIn(tt.from)
		if _, err := plain.Do(tt.m); err != nil || plain.Decision != "" {
			t.Errorf("%s decides %q of what is no application (%v)", tt.m.Action, plain.Decision, err)
		}
	}
}

// TestMatterRightsGolden is who may do what to applications and campaigns.
func TestMatterRightsGolden(t *testing.T) {
	var b strings.Builder
	b.WriteString("# role: what it may do, in which situation of the case\n")
	for _, role := range workflow.Roles {
		a := actorIn(role, college)
		fmt.Fprintf(&b, "%s: keeps campaigns and appraisals %v, reads them %v\n", role, workflow.MayKeepMatters(a), workflow.MayReadMatters(a))
		for _, right := range []struct {
			name string
			may  func(workflow.Actor, workflow.Case) bool
		}{
			{"decides", workflow.MayDecide},
			{"checks for secrets", workflow.MayCheckSecrecy},
			{"tags", workflow.MayTag},
			{"proposes", workflow.MayPropose},
		} {
			for _, s := range situations {
				var states []workflow.State
				for _, state := range workflow.States {
					c := caseIn(state)
					c.Kind, c.Decision = workflow.Disclosure, workflow.DecidePublic
					s.change(&c)
					if right.may(a, c) {
						states = append(states, state)
					}
				}
				if len(states) > 0 {
					fmt.Fprintf(&b, "  %s %s: %s\n", right.name, s.name, join(states, " "))
				}
			}
		}
	}
	golden(t, "matters.golden", b.String())
}
