package workflow

import "context"

// RosterStatus is what somebody on the roster is.
type RosterStatus string

// Who is on the roster.
const (
	RosterStudent RosterStatus = "student"
	RosterStaff   RosterStatus = "staff"
)

// RosterRow is somebody who belongs to the college, or did. Number and Name are
// keyed hashes: nobody can be read from the roster.
type RosterRow struct {
	Number []byte
	Name   []byte // of the number and the name together
	Status RosterStatus
	Unit   string // department or class
	Left   string // the day they left; "" when they are here
}

// RosterCounts is how many are on the roster: those who are here, and those who
// have left.
type RosterCounts struct{ Students, Staff, Left int }

// Rosters keeps the roster.
type Rosters interface {
	// ReplaceRoster stores these rows in the place of all there were.
	ReplaceRoster(ctx context.Context, rows []RosterRow) error
	// RosterRow finds somebody, or NotFound.
	RosterRow(ctx context.Context, number []byte) (RosterRow, error)
	// CountRoster counts; who left before or on the day has left.
	CountRoster(ctx context.Context, day string) (RosterCounts, error)
}
