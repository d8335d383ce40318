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
	CountApplied    Measure = "applied"    // applications for disclosure, by the day they came
	CountCampaign   Measure = "campaign"   // by the day it closed; bucket: the campaign
)

// Measure is the measure of applications decided so: by the day of the first
// answer, of those without one by the day they ended.
func (d Decision) Measure() Measure { return CountApplied + "." + Measure(d) }

// Measure is the measure of cases about information disclosure, by the day they
// came; letters joined to another case are not counted again.
func (c Concern) Measure() Measure { return "concern." + Measure(c) }

// Sealed is the measure that counts the same of sealed cases.
func (m Measure) Sealed() Measure { return "sealed." + m }

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
	Bucket     int
}

// FactChange is a fact that became true (+1) or is no longer true (-1).
type FactChange struct {
	Fact
	N int
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
			Kind: c.Kind, Channel: c.Channel, Mode: c.Mode, Bucket: bucket,
		})
	}
	add(CountReceived, c.Received, 0)
	add(CountAccepted, c.Accepted, 0)
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
	add(CountWorked, c.Answered, c.Worked/60)
}

// FactsBetween is what changed from before to after, in a fixed order. A new
// case has a zero before.
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
			out = append(out, FactChange{f, n})
		}
	}
	slices.SortFunc(out, func(a, b FactChange) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Day, b.Day), cmp.Compare(a.N, b.N), cmp.Compare(a.Bucket, b.Bucket))
	})
	return out
}
