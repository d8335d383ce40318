package web

import (
	"context"
	"slices"

	"mailbox/workflow"
)

// User is a member of staff as the edge needs to know her.
type User struct {
	AccountID        int64
	Name, Username   string
	Roles            []string
	Department       int64
	DepartmentName   string
	DepartmentNameEN string // "" when the department has none
	Disabled         bool
	// Token is the API token by which a program speaks for her, 0 for herself.
	// Unless TokenWrites, it only reads.
	Token       int64
	TokenWrites bool
}

// Is reports whether u has the role. It may be called on nil.
func (u *User) Is(role string) bool { return u != nil && slices.Contains(u.Roles, role) }

// Accounts knows the staff.
type Accounts interface {
	// Account returns the account as it is now, or NotFound. It is asked at
	// every request, so that a lost role or a disabled account counts at once.
	Account(ctx context.Context, id int64) (User, error)
	// Bearer returns the account that an API token speaks for, or an
	// Unauthenticated error.
	Bearer(ctx context.Context, token string) (User, error)
}

// Actor is the user as somebody who does things to cases.
func (u *User) Actor() workflow.Actor {
	a := workflow.Actor{ID: u.AccountID, Name: u.Name, Department: u.Department}
	for _, r := range u.Roles {
		a.Roles = append(a.Roles, workflow.Role(r))
	}
	return a
}
