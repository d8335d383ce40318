package matters

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

// Period is days from From up to, not including, To (2006-01-02).
type Period struct{ From, To string }

// Count is one number and the cases that are it.
type Count struct {
	Measure workflow.Measure
	N       int
	Behind  workflow.Query
}

// Counts is what the report says of a period.
type Counts struct {
	Period   Period
	Applied  Count
	Decided  []Count // in the order of workflow.Decisions
	Open     Count   // applications nobody has decided yet, whenever they came; not of the period
	Concerns []Count // in the order of workflow.Concerns; none of them is a proven zero
	Waiting  int     // changes that are not counted yet; usually 0
	AsOf     time.Time
}

// Counts counts applications and cases about information disclosure.
func (m *Matters) Counts(ctx context.Context, by workflow.Actor, p Period) (Counts, error) {
	if err := reads(by); err != nil {
		return Counts{}, err
	}
	sums, err := m.sum(ctx, p)
	if err != nil {
		return Counts{}, err
	}
	out := Counts{Period: p, AsOf: m.desk.Now()}
	count := func(measure workflow.Measure) Count { return Count{measure, sums[measure], behind(measure, p, 0)} }
	out.Applied = count(workflow.CountApplied)
	for _, d := range workflow.Decisions {
		out.Decided = append(out.Decided, count(d.Measure()))
	}
	for _, c := range workflow.Concerns {
		out.Concerns = append(out.Concerns, count(c.Measure()))
	}
	out.Open.Behind = workflow.Query{Kind: workflow.Disclosure, Open: true, Scope: workflow.ScopeOf(by)}
	if out.Open.N, err = m.desk.Store.CountCases(ctx, out.Open.Behind); err != nil {
		return Counts{}, fmt.Errorf("count open applications: %w", err)
	}
	if out.Waiting, err = m.desk.Store.WaitingFacts(ctx); err != nil {
		return Counts{}, fmt.Errorf("count waiting facts: %w", err)
	}
	return out, nil
}

// sum is every measure of the period.
func (m *Matters) sum(ctx context.Context, p Period) (map[workflow.Measure]int, error) {
	measures := []workflow.Measure{workflow.CountApplied}
	for _, d := range workflow.Decisions {
		measures = append(measures, d.Measure())
	}
	for _, c := range workflow.Concerns {
		measures = append(measures, c.Measure())
	}
	rows, err := m.desk.Store.Sum(ctx, workflow.FigureQuery{Measures: measures, From: p.From, To: p.To})
	if err != nil {
		return nil, fmt.Errorf("sum matters: %w", err)
	}
	out := map[workflow.Measure]int{}
	for _, r := range rows {
		out[r.Measure] += r.N
	}
	return out, nil
}

// Tally is what a campaign has come to: the cases closed in its days, and those
// that departments wish counted.
type Tally struct {
	Campaign workflow.Campaign
	Closed   Count
	Proposed Count
}

// Tally counts a campaign in its own days.
func (m *Matters) Tally(ctx context.Context, by workflow.Actor, c workflow.Campaign) (Tally, error) {
	if err := reads(by); err != nil {
		return Tally{}, err
	}
	p := Period{c.From, dayAfter(c.To)}
	rows, err := m.desk.Store.Sum(ctx, workflow.FigureQuery{
		Measures: []workflow.Measure{workflow.CountCampaign}, From: p.From, To: p.To, By: []workflow.Dimension{workflow.ByBucket},
	})
	if err != nil {
		return Tally{}, fmt.Errorf("sum campaign: %w", err)
	}
	t := Tally{Campaign: c, Closed: Count{Measure: workflow.CountCampaign, Behind: behind(workflow.CountCampaign, p, int(c.ID))}}
	for _, r := range rows {
		if r.Bucket == int(c.ID) {
			t.Closed.N += r.N
		}
	}
	t.Proposed.Behind = workflow.Query{Proposed: c.ID, Scope: workflow.ScopeOf(by)}
	t.Proposed.N, err = m.desk.Store.CountCases(ctx, t.Proposed.Behind)
	return t, err
}

// behind asks for the cases of a count; the page adds the reader's scope.
func behind(measure workflow.Measure, p Period, bucket int) workflow.Query {
	q := workflow.Query{
		Order: workflow.NewestFirst,
		Fact:  &workflow.FactQuery{Measure: measure, From: p.From, To: p.To},
	}
	if bucket != 0 {
		q.Fact.MinBucket, q.Fact.EndBucket = bucket, bucket+1
	}
	return q
}

// dayAfter is the day after a day that was checked.
func dayAfter(day string) string {
	t, _ := time.Parse(time.DateOnly, day) // Campaign.Check has seen it
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
