package access_test

import (
	"errors"
	"strings"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// TestLastAdministratorStays: nobody can lock everybody out.
func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	by := w.Admin.Actor()
	gone := w.Admin
	gone.Disabled = w.Now()
	_, err := w.Door.SaveAccount(t.Context(), by, gone, "")
	if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Key != "access.last_admin" {
		t.Errorf("disabling the last administrator: %v", err)
	}
	other := w.Admin
	other.Roles = []workflow.Role{workflow.Clerk}
	if _, err = w.Door.SaveAccount(t.Context(), by, other, ""); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("taking the role from the last administrator: %v", err)
	}
	second := w.Clerk
	second.Roles = append(second.Roles, workflow.Admin)
	if _, err = w.Door.SaveAccount(t.Context(), by, second, ""); err != nil {
		t.Fatal(err)
	}
	if _, err = w.Door.SaveAccount(t.Context(), by, gone, ""); err != nil {
		t.Errorf("disabling one of two administrators: %v", err)
	}
}

func TestUserNamesAreTakenOnce(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	twin := workflow.Account{Username: " Clerk", Name: "另一位", Roles: []workflow.Role{workflow.Clerk}}
	_, err := w.Door.SaveAccount(t.Context(), w.Admin.Actor(), twin, "")
	if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Field != "username" {
		t.Errorf("a second account of the name: %v", err)
	}
}

func TestFreshPasswords(t *testing.T) {
	t.Parallel()
	a, b := access.FreshPassword(), access.FreshPassword()
	if a == b || len(a) != 19 || strings.ToLower(a) != a {
		t.Errorf("%d characters", len(a))
	}
}
