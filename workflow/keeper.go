package workflow

import "time"

// Keeper writes a change of a case whole: what happened, what it counts, and
// the case itself. Every use case goes through it, so that no history, figure
// or clock can be forgotten.
type Keeper struct {
	Chain  Chain
	Zone   *time.Location // the college's
	Domain string         // of the mails the college sends, for Message-IDs
}

// Day is the college's day at t.
func (k Keeper) Day(t time.Time) string { return t.In(k.Zone).Format(time.DateOnly) }

// Mark is an event that does not move the case.
func Mark(c Case, action Action, by Actor, as Role, note string, detail map[string]string, at time.Time) Event {
	return Event{CaseID: c.ID, Action: action, From: c.State, To: c.State, By: by, Role: as, Note: note, Detail: detail, At: at}
}
