package postgres

import (
	"context"
	"fmt"
	"strings"

	"mailbox/workflow"
)

// lead is what is read first for the cases behind a figure. Nobody but us can
// know which is shorter: the planner takes facts for strewn over all cases and
// years alike.
type lead int

const (
	casesLead lead = iota // in the order of the list, until a page is full
	factsLead             // they are few
	bothWhole             // to count them
)

// countLead is what leads in a count: facts whole, but of a stock the cases,
// since only a few of all that ever came were in hand at once.
func countLead(q *workflow.FactQuery) lead {
	if q != nil && q.Stock {
		return casesLead
	}
	return bothWhole
}

// fewFacts is how many facts are read before their cases.
const fewFacts = 1000

// leading is what leads in a list about a figure.
func (s *Store) leading(ctx context.Context, q *workflow.FactQuery) (lead, error) {
	if q == nil {
		return casesLead, nil
	}
	statement, args := fewStatement(q)
	n, err := one[int](ctx, s, "count facts behind a figure", statement, args...)
	if n > fewFacts {
		return casesLead, err
	}
	return factsLead, err
}

func fewStatement(q *workflow.FactQuery) (statement string, args []any) {
	f := conditions{args: &args}
	f.add("f.measure = ?", q.Measure)
	f.addIf(q.From != "", "f.day >= ?::date", q.From)
	f.addIf(q.To != "", "f.day < ?::date", q.To)
	f.addIf(q.Department != 0, "f.department_id = ?", q.Department)
	f.addIf(q.NoOne, "f.department_id = 0")
	return fmt.Sprintf("SELECT count(*) FROM (SELECT FROM facts f WHERE %s LIMIT %d) few", f.String(), fewFacts+1), args
}

// fact finds the cases behind a figure: those for which the facts asked for add
// up to something.
func (c *conditions) fact(q *workflow.FactQuery) {
	if q == nil {
		return
	}
	f := conditions{args: c.args}
	if c.leads == casesLead {
		c.within(*q)
		f.add("f.case_id = c.id")
	}
	n := "f.n"
	if q.Stock {
		f.add("f.measure = ANY (?)", array(append([]workflow.Measure{q.Measure}, workflow.Ending...)))
		n = f.with("CASE WHEN f.measure = ? THEN f.n ELSE -f.n END", q.Measure)
	} else {
		f.add("f.measure = ?", q.Measure)
	}
	f.addIf(q.Counted, "f.projected")
	f.addIf(q.From != "", "f.day >= ?::date", q.From)
	f.addIf(q.To != "", "f.day < ?::date", q.To)
	f.addIf(q.Department != 0, "f.department_id = ?", q.Department)
	f.addIf(q.NoOne, "f.department_id = 0")
	f.addIf(q.Category != 0, "f.category_id = ?", q.Category)
	f.addIf(q.Kind != "", "f.kind = ?", q.Kind)
	f.addIf(q.Channel != "", "f.channel = ?", q.Channel)
	f.addIf(q.Mode != "", "f.mode = ?", q.Mode)
	f.addIf(q.Status != "", "f.status = ?", q.Status)
	f.addIf(q.MinBucket != 0, "f.bucket >= ?", q.MinBucket)
	f.addIf(q.EndBucket != 0, "f.bucket < ?", q.EndBucket)
	f.addIf(!q.AsOf.IsZero(), "f.at <= ?::timestamptz", moment(q.AsOf))
	cases := "SELECT f.case_id FROM facts f WHERE " + f.String() + " GROUP BY f.case_id HAVING sum(" + n + ") > 0"
	switch c.leads {
	case casesLead:
		c.add("(SELECT sum(" + n + ") FROM facts f WHERE " + f.String() + ") > 0")
	case factsLead:
		c.add("c.id = ANY (ARRAY(" + cases + "))")
	case bothWhole:
		c.add("c.id IN (" + cases + ")")
	}
}

// within says once more, in what the case itself knows, what its facts must
// say: a list of an old month need not look at the facts of all that came
// since, nor one of what is seldom at those of everything else. A day more at
// both ends covers every time zone.
func (c *conditions) within(q workflow.FactQuery) {
	known, ok := factColumnOf(workflow.Measure(strings.TrimPrefix(string(q.Measure), string(workflow.Measure("").Sealed()))))
	if !ok {
		return
	}
	c.addIf(q.To != "", "c.received_at < ?::date + 1", q.To) // nothing happens before it
	if q.Stock {
		c.withinStock(q)
		return
	}
	if !q.AsOf.IsZero() && known.at != receivedAt {
		return // it may have been otherwise then
	}
	c.addIf(q.From != "", known.at+" >= ?::date - 1", q.From)
	c.addIf(q.To != "" && known.at != receivedAt, known.at+" < ?::date + 1", q.To)
	c.addIf(known.state != "", known.state)
}

// withinStock leaves out the cases that had ended by then, and not come back
// since: an end is recorded when it happens.
func (c *conditions) withinStock(q workflow.FactQuery) {
	switch {
	case q.To == "":
	case q.AsOf.IsZero():
		c.add("(c.ended_at IS NULL OR c.ended_at >= ?::date - 1)", q.To)
	default:
		c.add("(c.ended_at IS NULL OR c.ended_at >= least(?::date, ?::timestamptz) - interval '1 day')", q.To, moment(q.AsOf))
	}
}

const receivedAt = "c.received_at"

type factColumn struct{ at, state string }

func factColumnOf(m workflow.Measure) (factColumn, bool) {
	known, ok := factColumns[m]
	for _, c := range workflow.Concerns {
		if c.Measure() == m {
			return factColumn{at: receivedAt}, true
		}
	}
	return known, ok
}

// factColumns say by which moment of a case a measure is counted, and what else
// must be true of it.
var factColumns = map[workflow.Measure]factColumn{
	workflow.CountReceived:   {at: receivedAt},
	workflow.CountRefused:    {at: receivedAt, state: "c.refusals > 0"},
	workflow.CountAskedAgain: {at: receivedAt, state: "c.asked_again > 0"},
	workflow.CountArrived:    {at: receivedAt},
	workflow.CountFate:       {at: receivedAt},
	workflow.CountApplied:    {at: receivedAt},
	workflow.CountAccepted:   {at: "c.accepted_at"},
	workflow.CountSigned:     {at: "c.signed_for_at"},
	workflow.CountDeclined:   {at: "c.ended_at", state: "c.state = 'declined'"},
	workflow.CountMerged:     {at: "c.ended_at", state: "c.state = 'merged'"},
	workflow.CountWithdrawn:  {at: "c.ended_at", state: "c.state = 'withdrawn'"},
	workflow.CountClosed:     {at: "c.ended_at", state: "c.state IN ('closed', 'archived')"},
	workflow.CountCampaign:   {at: "c.ended_at"},
	workflow.CountAnswered:   {at: "c.answered_at"},
	workflow.CountInTime:     {at: "c.answered_at", state: "c.in_time"},
	workflow.CountLate:       {at: "c.answered_at", state: "NOT c.in_time"},
	workflow.CountInFirst:    {at: "c.answered_at", state: "c.in_first"},
	workflow.CountWorked:     {at: "c.answered_at"},
	workflow.CountHandled:    {at: "c.answered_at"},
	workflow.CountRated:      {at: "c.rated_at"},
	workflow.CountSatisfied:  {at: "c.rated_at", state: "c.rate_result >= 3"},
	workflow.CountSolved:     {at: "c.rated_at", state: "c.rate_solved"},
}
