package workflow

import "slices"

// Actor is who does or sees something. It is always an argument, never hidden
// in a context, so that rights and history can be read off the call.
type Actor struct {
	ID         int64  // account; 0 for the writer and the system
	Name       string // as the history shows it to staff; "" for the writer
	Roles      []Role
	Department int64
	Case       int64 // the one case a writer holds the code of
}

// ByWriter is whoever holds the query code of the case.
func ByWriter(caseID int64) Actor { return Actor{Roles: []Role{Writer}, Case: caseID} }

// BySystem is the program itself: the clock, the mail, the demonstration.
func BySystem() Actor { return Actor{Roles: []Role{System}} }

// Is reports whether the actor has any of the roles.
func (a Actor) Is(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// As returns the first of roles the actor has, or "".
func (a Actor) As(roles []Role) Role {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) {
			return r
		}
	}
	return ""
}

// Office reports whether the actor works in the office that runs the mailbox.
func (a Actor) Office() bool { return a.Is(Clerk, OfficeHead) }
