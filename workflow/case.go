package workflow

import "time"

// Case is one matter being handled. Zero times have not happened.
type Case struct {
	ID              int64
	Number          string // XZ20261123-0042, by the college's day
	CodeHash        []byte // keyed hash of the query code
	State           State
	Resume          State // where a waiting case goes on
	Kind            CaseKind
	Category        int64
	CategoryVersion int64
	Policy          int64 // policy version in force when it was received or last reclassified
	Channel         Channel
	Mode            Mode
	WriterStatus    WriterStatus
	Writer          string // id of the identity record, "" when there is none
	Subject         string
	Locale          string
	Department      int64 // who has it now; 0: the office
	About           int64 // department complained about; 0: none
	Urgent          bool
	Sealed          bool // discipline lane
	Binding         bool // the office has ruled whose it is: no more refusing
	PublishWish     bool
	Ground          Ground
	Outcome         Outcome
	Decision        Decision // of an application for disclosure
	Concern         Concern  // about information disclosure, whatever its category
	Campaign        int64    // counted for this one; 0: none
	Proposed        int64    // campaign a department wishes it counted for
	MergedInto      int64
	SplitFrom       int64

	Received    time.Time
	Accepted    time.Time
	Routed      time.Time
	SignedFor   time.Time
	Answered    time.Time // first answer sent
	Ended       time.Time
	RefuseUntil time.Time // last moment at which the department may refuse it back

	Refusals   int
	AskedAgain int
	Redone     int
	Extensions int

	InTime  *bool // verdict of the overall clock at the first answer; nil before
	InFirst *bool // the same by the date promised before extensions
	// Handled is the minutes of working time the answering department had the case
	// before the first answer: not refused, not waiting for the writer, not with
	// the office. nil before, and of cases that were answered when nobody counted.
	Handled      *int
	SignedInTime *bool // verdict when the department signed for it; nil before
	Worked       int   // minutes of working time from acceptance to the first answer, waiting for the writer removed; -1 before
	Rating       Rating

	Due      time.Time // earliest running clock; zero when none runs
	DueClock ClockKind

	ChainSeq  int // number of events so far
	ChainHash []byte

	Version int64
	Updated time.Time
}

// Rating is what the writer says of the answer: marks from 1 (very poor) to 5
// (very good), and whether the matter is solved.
type Rating struct {
	At       time.Time // zero: not rated
	Speed    int
	Attitude int
	Result   int
	Solved   bool
}

// Given reports whether the writer has rated.
func (r Rating) Given() bool { return !r.At.IsZero() }

// Satisfied counts as 满意 or 基本满意: a result of 3 or better.
func (r Rating) Satisfied() bool { return r.Given() && r.Result >= 3 }

// Check reports marks outside 1–5.
func (r Rating) Check() error {
	for field, mark := range map[string]int{"speed": r.Speed, "attitude": r.Attitude, "result": r.Result} {
		if mark < 1 || mark > 5 {
			return Wrong(field, "invalid.mark")
		}
	}
	return nil
}

// Open reports whether the case still needs somebody.
func (c Case) Open() bool { return c.Ended.IsZero() }

// Overdue reports whether a running clock is past due. It is computed, never stored.
func (c Case) Overdue(now time.Time) bool { return !c.Due.IsZero() && c.Due.Before(now) }
