// Package report counts: the figures of the office, the part of them the public
// sees, and the recount that proves them.
//
// Every figure is a line in one table, with its formula. They are made of facts
// alone (workflow.FactsOf), so that a figure, the list behind it and a recount
// of all cases cannot differ.
package report

import (
	"time"

	"mailbox/workflow"
)

// Unit is what a figure is given in.
type Unit string

// The units of figures.
const (
	Cases Unit = "cases"
	Share Unit = "share" // a part of a whole, both known
	Days  Unit = "days"  // working days
)

// Value is one figure's value. None says that there is nothing to take it from:
// it is shown as "—", never as 0.
type Value struct {
	None bool
	N    int     // the count, or the part of a share
	Of   int     // the whole of a share; of a median, how many it is taken from
	Days float64 // a median, in working days
}

// Percent is a share in per cent.
func (v Value) Percent() float64 {
	if v.None || v.Of == 0 {
		return 0
	}
	return 100 * float64(v.N) / float64(v.Of)
}

// Figure is one line of the table of figures.
type Figure struct {
	Key  string // its name in the catalogue is figure.<key>
	Unit Unit
	Uses []workflow.Measure
	// Behind is the measure whose cases are the number, or the part of a share;
	// "" when the cases are those still open.
	Behind workflow.Measure
	// stock figures count everything up to a day, not what fell into a period.
	stock bool
	value func(t tally, dayLength time.Duration) Value
}

// Formula is the catalogue key of the words that say how it is computed.
func (f Figure) Formula() string { return "figure." + f.Key + ".formula" }

// All is the table of figures, in the order they are shown.
//
//   - received … closed, in_time, late: cases, by the day it happened
//   - on_time: in time ÷ (in time + late), by the day of the first answer
//   - in_hand: received − declined − merged − withdrawn − closed, from the first
//     day there is up to the last day of the period
//   - median: middle of the whole working hours from acceptance to the first
//     answer, waiting for the writer taken out, ÷ office hours of a working day
//   - satisfaction: rated 3 or better ÷ rated; participation: rated ÷ closed;
//     solved: the writer says solved ÷ rated, all by the day of rating or closing
var All = []Figure{
	count(workflow.CountReceived),
	count(workflow.CountAccepted),
	count(workflow.CountDeclined),
	count(workflow.CountMerged),
	count(workflow.CountWithdrawn),
	count(workflow.CountAnswered),
	count(workflow.CountClosed),
	count(workflow.CountInTime),
	count(workflow.CountLate),
	share("on_time", workflow.CountInTime, workflow.CountInTime, workflow.CountLate),
	{Key: "in_hand", Unit: Cases, Uses: stockMeasures, stock: true, value: inHand},
	{Key: "median", Unit: Days, Uses: []workflow.Measure{workflow.CountWorked}, Behind: workflow.CountWorked, value: median},
	share("satisfaction", workflow.CountSatisfied, workflow.CountRated),
	share("participation", workflow.CountRated, workflow.CountClosed),
	share("solved", workflow.CountSolved, workflow.CountRated),
}

var stockMeasures = []workflow.Measure{
	workflow.CountReceived, workflow.CountDeclined, workflow.CountMerged, workflow.CountWithdrawn, workflow.CountClosed,
}

// flowMeasures are all that the figures of a period need.
var flowMeasures = []workflow.Measure{
	workflow.CountReceived, workflow.CountAccepted, workflow.CountDeclined, workflow.CountMerged, workflow.CountWithdrawn,
	workflow.CountAnswered, workflow.CountClosed, workflow.CountInTime, workflow.CountLate, workflow.CountWorked,
	workflow.CountRated, workflow.CountSatisfied, workflow.CountSolved,
}

func count(m workflow.Measure) Figure {
	return Figure{
		Key: string(m), Unit: Cases, Uses: []workflow.Measure{m}, Behind: m,
		value: func(t tally, _ time.Duration) Value { return Value{N: t.count(m)} },
	}
}

func share(key string, part workflow.Measure, whole ...workflow.Measure) Figure {
	uses := []workflow.Measure{part}
	for _, m := range whole {
		if m != part {
			uses = append(uses, m)
		}
	}
	return Figure{Key: key, Unit: Share, Uses: uses, Behind: part, value: func(t tally, _ time.Duration) Value {
		v := Value{N: t.count(part)}
		for _, m := range whole {
			v.Of += t.count(m)
		}
		v.None = v.Of == 0
		return v
	}}
}

func inHand(t tally, _ time.Duration) Value {
	v := Value{N: t.count(workflow.CountReceived)}
	for _, m := range stockMeasures[1:] {
		v.N -= t.count(m)
	}
	return v
}

// median is the middle of the working hours; of an even number, halfway between
// the two in the middle.
func median(t tally, dayLength time.Duration) Value {
	n := t.count(workflow.CountWorked)
	if n == 0 || dayLength <= 0 {
		return Value{None: true}
	}
	hours := t.nth(workflow.CountWorked, (n-1)/2) + t.nth(workflow.CountWorked, n/2)
	return Value{Of: n, Days: float64(hours) / 2 / dayLength.Hours()}
}
