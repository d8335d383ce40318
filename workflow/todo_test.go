package workflow_test

import (
	"testing"
	"time"

	"mailbox/workflow"
)

// TestTodoOf gives work only to those who may do it, wherever the college has to
// act, and to nobody in the discipline lane.
func TestTodoOf(t *testing.T) {
	kinds := map[workflow.TodoKind]bool{}
	for _, state := range workflow.States {
		c := workflow.Case{ID: 1, State: state, Department: 3}
		who, known := workflow.TodoOf(c)
		kinds[who.Kind] = true
		for _, role := range who.Roles {
			actor := workflow.Actor{ID: 2, Roles: []workflow.Role{role}, Department: 3}
			may := false
			for _, a := range workflow.Actions {
				may = may || c.May(a, actor, time.Time{})
			}
			if !may {
				t.Errorf("%s: %s has to %s and may do nothing", state, role, who.Kind)
			}
		}
		c.Sealed = true
		if _, sealed := workflow.TodoOf(c); sealed {
			t.Errorf("%s: a sealed case is told of", state)
		}
		if known != (len(who.Roles) > 0) {
			t.Errorf("%s: known %t with roles %v", state, known, who.Roles)
		}
	}
	for _, k := range workflow.TodoKinds {
		if !kinds[k] {
			t.Errorf("nobody ever has to %s", k)
		}
	}
}
