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
	Few  bool    // taken from too few to say anything of those who did it: shown as "n<5"
}

// Percent is a share in per cent.
func (v Value) Percent() float64 {
	if v.None || v.Of == 0 {
		return 0
	}
	return 100 * float64(v.N) / float64(v.Of)
}

// Nature is what kind of number a figure is. Numbers of different natures are
// never added up or compared.
type Nature string

// The natures of figures.
const (
	Flow   Nature = "flow"   // what fell into a period
	Stock  Nature = "stock"  // what there is on its last day
	Serial Nature = "serial" // the last number given: never a count
)

// Source is what a figure is taken from; its words are figures.source.<source>.
type Source string

// The sources of the figures of cases.
const (
	FromCases   Source = "cases"   // facts, as cases change
	FromClocks  Source = "clocks"  // verdicts of clocks, noted when they fall
	FromRatings Source = "ratings" // what writers say
	FromEvents  Source = "events"  // what people did, from the history
)

// Figure is one line of the table of figures: the one definition of a number,
// wherever it is shown.
type Figure struct {
	Key    string // its name in the catalogue is figure.<key>
	Unit   Unit
	Nature Nature
	Source Source
	Uses   []workflow.Measure
	// Behind is the measure whose cases are the number, or the part of a share;
	// "" when the cases are those in hand.
	Behind workflow.Measure
	// first and end narrow what is behind to these buckets, half-open.
	first, end int
	// action is what people did when no measure is behind the number.
	action workflow.Action
	value  func(t tally, dayLength time.Duration) Value
}

// Formula is the catalogue key of the words that say how it is computed.
func (f Figure) Formula() string { return "figure." + f.Key + ".formula" }

// Excludes is the catalogue key of the words that say what is left out.
func (f Figure) Excludes() string { return "figure." + f.Key + ".excludes" }

// All is the table of figures, in the order they are shown.
//
//   - received … closed, in_time, late: cases, by the day it happened
//   - matters: received, without letters merged into another since
//   - on_first: as on_time, by the date promised before any extension
//   - on_time: in time ÷ (in time + late), by the day of the first answer
//   - in_hand: received − declined − merged − withdrawn − closed, from the first
//     day there is up to the last day of the period
//   - median: middle of the whole working hours from acceptance to the first
//     answer, waiting for the writer taken out, ÷ office hours of a working day
//   - satisfaction: rated 3 or better ÷ rated; participation: rated ÷ closed;
//     solved: the writer says solved ÷ rated, all by the day of rating or closing
var All = []Figure{
	count(workflow.CountReceived),
	{
		Key: "matters", Unit: Cases, Nature: Flow, Source: FromCases, Uses: []workflow.Measure{workflow.CountFate},
		Behind: workflow.CountFate, end: int(workflow.FateMerged), value: matters,
	},
	count(workflow.CountAccepted),
	count(workflow.CountDeclined),
	count(workflow.CountMerged),
	count(workflow.CountWithdrawn),
	count(workflow.CountAnswered),
	count(workflow.CountClosed),
	count(workflow.CountInTime),
	count(workflow.CountLate),
	share("on_time", FromClocks, workflow.CountInTime, workflow.CountInTime, workflow.CountLate),
	share("on_first", FromClocks, workflow.CountInFirst, workflow.CountInTime, workflow.CountLate),
	{Key: "in_hand", Unit: Cases, Nature: Stock, Source: FromCases, Uses: stockMeasures, value: inHand},
	{
		Key: "median", Unit: Days, Nature: Flow, Source: FromCases, Uses: []workflow.Measure{workflow.CountWorked},
		Behind: workflow.CountWorked, value: middle(workflow.CountWorked),
	},
	share("satisfaction", FromRatings, workflow.CountSatisfied, workflow.CountRated),
	share("participation", FromRatings, workflow.CountRated, workflow.CountClosed),
	share("solved", FromRatings, workflow.CountSolved, workflow.CountRated),
}

var stockMeasures = append([]workflow.Measure{workflow.CountReceived}, workflow.Ending...)

// flowMeasures are all that the figures of a period need.
var flowMeasures = []workflow.Measure{
	workflow.CountReceived, workflow.CountAccepted, workflow.CountDeclined, workflow.CountMerged, workflow.CountWithdrawn,
	workflow.CountAnswered, workflow.CountClosed, workflow.CountInTime, workflow.CountLate, workflow.CountWorked,
	workflow.CountRated, workflow.CountSatisfied, workflow.CountSolved, workflow.CountFate, workflow.CountInFirst,
}

func count(m workflow.Measure) Figure {
	source := FromCases
	if m == workflow.CountInTime || m == workflow.CountLate {
		source = FromClocks
	}
	return Figure{
		Key: string(m), Unit: Cases, Nature: Flow, Source: source, Uses: []workflow.Measure{m}, Behind: m,
		value: func(t tally, _ time.Duration) Value { return Value{N: t.count(m)} },
	}
}

func share(key string, from Source, part workflow.Measure, whole ...workflow.Measure) Figure {
	uses := []workflow.Measure{part}
	for _, m := range whole {
		if m != part {
			uses = append(uses, m)
		}
	}
	return Figure{Key: key, Unit: Share, Nature: Flow, Source: from, Uses: uses, Behind: part, value: func(t tally, _ time.Duration) Value {
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

func matters(t tally, _ time.Duration) Value {
	return Value{N: t.count(workflow.CountFate) - t[workflow.CountFate][int(workflow.FateMerged)]}
}

// middle is the middle of the working hours a measure holds; of an even number,
// halfway between the two in the middle.
func middle(m workflow.Measure) func(tally, time.Duration) Value {
	return func(t tally, dayLength time.Duration) Value {
		n := t.count(m)
		if n == 0 || dayLength <= 0 {
			return Value{None: true}
		}
		hours := t.nth(m, (n-1)/2) + t.nth(m, n/2)
		return Value{Of: n, Days: float64(hours) / 2 / dayLength.Hours()}
	}
}
