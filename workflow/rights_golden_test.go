package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"mailbox/workflow"
)

func actorIn(role workflow.Role, department int64) workflow.Actor {
	a := workflow.Actor{ID: 1, Roles: []workflow.Role{role}, Department: department}
	if role == workflow.Writer {
		return workflow.ByWriter(1)
	}
	return a
}

func scopeWords(s workflow.Scope) string {
	switch {
	case s.Everything:
		return "everything"
	case s.Nothing:
		return "nothing"
	case s.Case != 0:
		return "the one case"
	}
	out := []string{"what is not sealed"}
	if s.Sealed {
		out[0] = "the sealed lane"
	}
	if s.Department != 0 {
		out = append(out, "and the own department has or assists in")
	}
	if s.NotAbout != 0 {
		out = append(out, "and is not about the own department")
	}
	return strings.Join(out, " ")
}

// situations are the cases an identity may hang on, as a member of department
// college meets them.
var situations = []struct {
	name   string
	change func(*workflow.Case)
}{
	{"own", func(*workflow.Case) {}},
	{"another's", func(c *workflow.Case) { c.Department = other }},
	{"nobody's", func(c *workflow.Case) { c.Department = 0 }},
	{"sealed", func(c *workflow.Case) { c.Sealed = true }},
}

func TestRightsGolden(t *testing.T) {
	var b strings.Builder
	b.WriteString("# role: sees; may open the identity of (mode: whose case)\n")
	for _, role := range workflow.Roles {
		a := actorIn(role, college)
		fmt.Fprintf(&b, "%s: sees %s; ", role, scopeWords(workflow.ScopeOf(a)))
		var may []string
		for _, mode := range workflow.Modes {
			var cases []string
			for _, s := range situations {
				c := caseIn(workflow.InHand)
				c.Mode = mode
				s.change(&c)
				if workflow.MayReveal(a, c) {
					cases = append(cases, s.name)
				}
			}
			if len(cases) > 0 {
				may = append(may, string(mode)+": "+strings.Join(cases, ", "))
			}
		}
		if len(may) == 0 {
			may = []string{"no identity"}
		}
		b.WriteString(strings.Join(may, "; ") + "\n")
	}
	golden(t, "rights.golden", b.String())
}

func TestScope(t *testing.T) {
	own, assisted := caseIn(workflow.InHand), caseIn(workflow.InHand)
	assisted.Department = other
	about, sealed := own, own
	about.About = college
	sealed.Sealed = true
	for _, tt := range []struct {
		name    string
		scope   workflow.Scope
		c       workflow.Case
		assists bool
		want    bool
	}{
		{"what it has", workflow.Scope{Department: college}, own, false, true},
		{"what another has", workflow.Scope{Department: college}, assisted, false, false},
		{"what it assists in", workflow.Scope{Department: college}, assisted, true, true},
		{"about itself", workflow.Scope{Department: college, NotAbout: college}, about, false, false},
		{"about itself, assisting", workflow.Scope{Department: college, NotAbout: college}, about, true, false},
		{"about itself, by the office of it", workflow.Scope{NotAbout: college}, about, false, false},
		{"sealed, by the office", workflow.Scope{}, sealed, false, false},
		{"sealed, by discipline", workflow.Scope{Sealed: true}, sealed, false, true},
		{"not sealed, by discipline", workflow.Scope{Sealed: true}, own, false, false},
		{"the writer's", workflow.Scope{Case: own.ID}, sealed, false, true},
		{"another writer's", workflow.Scope{Case: own.ID + 1}, own, false, false},
		{"nothing", workflow.Scope{Nothing: true}, own, true, false},
		{"everything", workflow.Scope{Everything: true}, sealed, false, true},
	} {
		if got := tt.scope.Sees(tt.c, tt.assists); got != tt.want {
			t.Errorf("%s: sees %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestNobodyWithoutRole keeps actors who are nobody in particular out.
func TestNobodyWithoutRole(t *testing.T) {
	c := caseIn(workflow.InHand)
	c.Department = 0
	for _, a := range []workflow.Actor{{}, {Roles: []workflow.Role{workflow.Writer}}, {Roles: []workflow.Role{workflow.DeptHead}}, {Roles: []workflow.Role{"cook"}}} {
		if !workflow.ScopeOf(a).Nothing {
			t.Errorf("%v sees %+v", a.Roles, workflow.ScopeOf(a))
		}
		if workflow.MayReveal(a, c) {
			t.Errorf("%v may open an identity", a.Roles)
		}
	}
	anonymous := caseIn(workflow.InHand)
	anonymous.Writer, anonymous.Mode = "", workflow.Anonymous
	if workflow.MayReveal(workflow.Actor{Roles: workflow.Roles, Department: college}, anonymous) {
		t.Error("somebody may open what does not exist")
	}
}
