package workflow

import (
	"cmp"
	"slices"
	"time"
)

// Measure names something that is counted. What each one means, its formula and
// what it leaves out are in workflow/report.
type Measure string

// The measures. Those with a bucket say what the bucket holds.
const (
	CountReceived   Measure = "received"   // by the day it came
	CountAccepted   Measure = "accepted"   // by the day of acceptance
	CountDeclined   Measure = "declined"   // by the day it was declined
	CountMerged     Measure = "merged"     // by the day it was joined to another
	CountWithdrawn  Measure = "withdrawn"  // by the day
	CountAnswered   Measure = "answered"   // by the day of the first answer
	CountClosed     Measure = "closed"     // by the day it closed, answered or not
	CountInTime     Measure = "in_time"    // by the day of the first answer
	CountLate       Measure = "late"       // by the day of the first answer
	CountWorked     Measure = "worked"     // by the day of the first answer; bucket: whole working hours
	CountRated      Measure = "rated"      // by the day of rating; bucket: result 1–5
	CountSatisfied  Measure = "satisfied"  // by the day of rating: result 3 or better
	CountSolved     Measure = "solved"     // by the day of rating: the writer says solved
	CountRefused    Measure = "refused"    // by the day it came; bucket: times the case was refused back
	CountAskedAgain Measure = "askedagain" // by the day it came; bucket: times the writer asked again
	CountArrived    Measure = "arrived"    // by the day it came, not of anonymous ones; bucket: hour of the week, 0 is Monday midnight to one
	CountFate       Measure = "fate"       // by the day it came; bucket: what has become of it, see Fate
	CountInFirst    Measure = "in_first"   // by the day of the first answer: by the time first promised
	CountHandled    Measure = "handled"    // by the day of the first answer; bucket: whole working hours of the department
	CountSigned     Measure = "signed"     // by the day it was signed for; bucket: 1 in time, 2 late
	CountApplied    Measure = "applied"    // applications for disclosure, by the day they came
	CountCampaign   Measure = "campaign"   // by the day it closed; bucket: the campaign
)

// Ending are the measures that take a case out of the stock of cases in hand,
// one of them and once: what was received, less these, is in hand.
var Ending = []Measure{CountDeclined, CountMerged, CountWithdrawn, CountClosed}

// Measure is the measure of applications decided so: by the day of the first
// answer, of those without one by the day they ended.
func (d Decision) Measure() Measure { return CountApplied + "." + Measure(d) }

// Measure is the measure of cases about information disclosure, by the day they
// came; letters joined to another case are not counted again.
func (c Concern) Measure() Measure { return "concern." + Measure(c) }

// Sealed is the measure that counts the same of sealed cases.
func (m Measure) Sealed() Measure { return "sealed." + m }

// Fate is what has become of a letter.
type Fate int

// The fates. A letter that was answered keeps that fate, closed or not, unless
// it was merged or withdrawn afterwards. All below FateMerged are matters of
// their own.
const (
	FateWaiting Fate = iota // for its first answer
	FateDeclined
	FateWithdrawn
	FateInTime
	FateLate
	FateUnanswered // closed without an answer: its writer did not say what was asked
	FateMerged
	Fates // how many there are
)

// FateOf is what has become of the case.
func FateOf(c Case) Fate {
	switch {
	case c.State == Declined:
		return FateDeclined
	case c.State == Merged:
		return FateMerged
	case c.State == Withdrawn:
		return FateWithdrawn
	case !c.Answered.IsZero() && c.InTime != nil && !*c.InTime:
		return FateLate
	case !c.Answered.IsZero():
		return FateInTime
	case !c.Open():
		return FateUnanswered
	}
	return FateWaiting
}

// Fact is one thing that counts, on a day of the college, with the dimensions
// the case has.
type Fact struct {
	Measure    Measure
	Day        string // 2006-01-02 in the college's time zone
	Department int64
	Category   int64
	Kind       CaseKind
	Channel    Channel
	Mode       Mode
	Status     WriterStatus // Unsaid when the writer did not say
	Bucket     int
}

// FactChange is a fact that became true (+1) or is no longer true (-1).
type FactChange struct {
	Fact
	N  int
	At time.Time // when it was recorded; zero: from the beginning
}

// FactsOf is everything a case counts for, as it is now. It is the one
// definition of what is counted: the projection adds up its differences and the
// recount adds up its values. A merged letter is received and merged, never
// closed. A sealed case counts in measures of its own (see Sealed), so that it
// changes no number anybody outside its lane can see.
func FactsOf(c Case, zone *time.Location) []Fact {
	var out []Fact
	add := func(m Measure, at time.Time, bucket int) {
		if at.IsZero() {
			return
		}
		if c.Sealed {
			m = m.Sealed()
		}
		out = append(out, Fact{
			Measure: m, Day: at.In(zone).Format(time.DateOnly), Department: c.Department, Category: c.Category,
			Kind: c.Kind, Channel: c.Channel, Mode: c.Mode, Status: c.WriterStatus.Counted(), Bucket: bucket,
		})
	}
	add(CountReceived, c.Received, 0)
	if c.Mode != Anonymous { // the hour could point at somebody
		add(CountArrived, c.Received, hourOfWeek(c.Received.In(zone)))
	}
	add(CountFate, c.Received, int(FateOf(c)))
	add(CountAccepted, c.Accepted, 0)
	addSigned(add, c)
	addEnding(add, c)
	if !c.Answered.IsZero() {
		addAnswered(add, c)
	}
	if c.Rating.Given() {
		add(CountRated, c.Rating.At, c.Rating.Result)
		addIf(add, c.Rating.Satisfied(), CountSatisfied, c.Rating.At)
		addIf(add, c.Rating.Solved, CountSolved, c.Rating.At)
	}
	if c.Refusals > 0 {
		add(CountRefused, c.Received, c.Refusals)
	}
	if c.AskedAgain > 0 {
		add(CountAskedAgain, c.Received, c.AskedAgain)
	}
	addMatters(add, c)
	return out
}

// addMatters counts what the annual report on information disclosure asks for.
func addMatters(add adder, c Case) {
	if c.Concern != "" && c.State != Merged {
		add(c.Concern.Measure(), c.Received, 0)
	}
	if c.Campaign != 0 && (c.State == Closed || c.State == Archived) {
		add(CountCampaign, c.Ended, int(c.Campaign))
	}
	if c.Kind != Disclosure {
		return
	}
	add(CountApplied, c.Received, 0)
	switch {
	case c.Decision == NoDecision:
	case !c.Answered.IsZero():
		add(c.Decision.Measure(), c.Answered, 0)
	default:
		add(c.Decision.Measure(), c.Ended, 0) // nothing while it has not ended
	}
}

type adder func(m Measure, at time.Time, bucket int)

func addIf(add adder, yes bool, m Measure, at time.Time) {
	if yes {
		add(m, at, 0)
	}
}

func hourOfWeek(t time.Time) int { return 24*((int(t.Weekday())+6)%7) + t.Hour() }

func addSigned(add adder, c Case) {
	switch {
	case c.SignedInTime == nil:
	case *c.SignedInTime:
		add(CountSigned, c.SignedFor, SignedInTime)
	default:
		add(CountSigned, c.SignedFor, SignedLate)
	}
}

// The buckets of CountSigned.
const (
	SignedInTime = 1
	SignedLate   = 2
)

func addEnding(add adder, c Case) {
	switch c.State {
	case Declined:
		add(CountDeclined, c.Ended, 0)
	case Merged:
		add(CountMerged, c.Ended, 0)
	case Withdrawn:
		add(CountWithdrawn, c.Ended, 0)
	case Closed, Archived:
		add(CountClosed, c.Ended, 0)
	case Received, Accepted, Waiting, Routed, InHand, Drafted, Approved, Answered:
	}
}

func addAnswered(add adder, c Case) {
	add(CountAnswered, c.Answered, 0)
	if c.InTime != nil {
		addIf(add, *c.InTime, CountInTime, c.Answered)
		addIf(add, !*c.InTime, CountLate, c.Answered)
	}
	addIf(add, c.InFirst != nil && *c.InFirst, CountInFirst, c.Answered)
	add(CountWorked, c.Answered, c.Worked/60)
	if c.Handled != nil {
		add(CountHandled, c.Answered, *c.Handled/60)
	}
}

// FactsBetween is what changed from before to after, in a fixed order, recorded
// when after was updated. A new case has a zero before.
func FactsBetween(before, after Case, zone *time.Location) []FactChange {
	count := map[Fact]int{}
	if before.ID != 0 {
		for _, f := range FactsOf(before, zone) {
			count[f]--
		}
	}
	for _, f := range FactsOf(after, zone) {
		count[f]++
	}
	var out []FactChange
	for f, n := range count {
		if n != 0 {
			out = append(out, FactChange{f, n, after.Updated})
		}
	}
	slices.SortFunc(out, func(a, b FactChange) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Day, b.Day), cmp.Compare(a.N, b.N), cmp.Compare(a.Bucket, b.Bucket))
	})
	return out
}
