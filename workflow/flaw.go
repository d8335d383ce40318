package workflow

import (
	"context"
	"time"
)

// Flaw is something about a case that cannot be right, or that figures cannot
// count. Flaws are shown before a report is made, each with what mends it, and
// never silently dropped.
type Flaw string

// The flaws.
const (
	FlawDates        Flaw = "dates"        // answered before it was accepted, closed before it came …
	FlawFuture       Flaw = "future"       // came in the future
	FlawUnanswered   Flaw = "unanswered"   // closed without an answer, though its writer was not silent
	FlawNoDepartment Flaw = "nodepartment" // answered or in work, and nobody's
	FlawVerdict      Flaw = "verdict"      // answered, and nobody knows whether in time
	FlawRating       Flaw = "rating"       // rated without marks from 1 to 5, or without an answer
	FlawCategory     Flaw = "category"     // open under a category that is closed
	FlawClock        Flaw = "clock"        // ended, and a clock of it runs on
	FlawNoClock      Flaw = "noclock"      // open, and no clock of it runs or waits
	FlawNoLetter     Flaw = "noletter"     // of the last 400 days, without the letter it was made of
)

// Flaws lists them in the order they are shown.
var Flaws = []Flaw{
	FlawDates, FlawFuture, FlawUnanswered, FlawNoDepartment, FlawVerdict, FlawRating, FlawCategory, FlawClock, FlawNoClock, FlawNoLetter,
}

// LetterlessDays is how many days back letters are looked for.
const LetterlessDays = 400

// Checks finds what is wrong with cases. All of it is quick however many cases
// there are.
type Checks interface {
	// Flawed lists cases with a flaw inside a scope, ids above after, in order.
	Flawed(ctx context.Context, f Flaw, s Scope, now time.Time, after int64, limit int) ([]Row, error)
	// CountFlawed counts them, up to limit.
	CountFlawed(ctx context.Context, f Flaw, s Scope, now time.Time, limit int) (int, error)
}
