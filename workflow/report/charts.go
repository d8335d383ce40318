package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"mailbox/workflow"
)

// Charts is what a period looks like.
type Charts struct {
	Ask    Ask
	Months []Month
	Flow   []Course // by channel, those with letters only
	Spread Spread
	Week   [7][24]Counted // by weekday, Monday first, and hour of arrival; without anonymous ones
	Marks  [5]Counted     // how many gave each mark for the result, 1 first
}

// Counted is a number and the cases it stands for.
type Counted struct {
	N      int
	Behind *workflow.Query
}

// Month is one month of a period and the same a year before.
type Month struct {
	First    string // its first day in the period
	Received Counted
	LastYear int
}

// Course is what has become of the letters of a channel.
type Course struct {
	Channel workflow.Channel
	Total   Counted
	Fates   [workflow.Fates]Counted
}

// Spread is how long first answers took: the i-th column counts those that took
// more than i and up to i+1 working days, the last one all that took longer.
type Spread struct {
	Columns []Counted
	// Promised is how many working days most categories promise; 0 when they
	// promise otherwise.
	Promised int
	N        int
}

// spreadDays is how many working days have columns of their own.
const spreadDays = 15

// Charts draws what Figures counts; it may be asked likewise, and what the
// question is told apart by is left aside.
func (o *Office) Charts(ctx context.Context, by workflow.Actor, ask Ask) (Charts, error) {
	ask.By = workflow.ByMonth
	ask, err := o.accept(by, ask)
	if err != nil {
		return Charts{}, err
	}
	received := []workflow.Measure{workflow.CountReceived}
	var months, lastYear, fates, sizes map[string]tally
	err = o.read(ask,
		func(r *reader) { months = r.sum(ctx, ask.Period, workflow.ByMonth, received) },
		func(r *reader) { lastYear = r.sum(ctx, ask.lastYear(), workflow.ByMonth, received) },
		func(r *reader) {
			fates = r.sum(ctx, ask.Period, workflow.ByChannel, []workflow.Measure{workflow.CountFate})
		},
		func(r *reader) {
			sizes = r.sum(ctx, ask.Period, "", []workflow.Measure{workflow.CountWorked, workflow.CountArrived, workflow.CountRated})
		})
	if err != nil {
		return Charts{}, err
	}
	c := Charts{Ask: ask, Months: drawMonths(ask, months, lastYear), Flow: drawFlow(ask, fates)}
	c.drawWeek(ask, sizes[""])
	c.drawMarks(ask, sizes[""])
	c.Spread = drawSpread(ask, sizes[""], o.DayLength())
	c.Spread.Promised, err = o.promised(ctx)
	return c, err
}

// list asks for the cases of a measure's buckets.
func (a Ask) list(m workflow.Measure, first, end int) *workflow.Query {
	q := a.cases()
	q.Fact = a.fact(m, first, end)
	return q
}

// drawMonths puts each month beside the same one of the year before.
func drawMonths(ask Ask, now, before map[string]tally) []Month {
	var out []Month
	for _, p := range ask.months() {
		one := ask
		one.Period = p
		out = append(out, Month{
			First:    p.From,
			Received: Counted{now[p.month()].count(workflow.CountReceived), one.list(workflow.CountReceived, 0, 0)},
			LastYear: before[p.lastYear().month()].count(workflow.CountReceived),
		})
	}
	return out
}

func drawFlow(ask Ask, fates map[string]tally) []Course {
	var out []Course
	for _, channel := range workflow.Channels {
		t := fates[string(channel)]
		if t.count(workflow.CountFate) == 0 {
			continue
		}
		one := ask
		one.Channel = channel
		c := Course{Channel: channel, Total: Counted{t.count(workflow.CountFate), one.list(workflow.CountReceived, 0, 0)}}
		for fate := range c.Fates {
			c.Fates[fate] = Counted{t[workflow.CountFate][fate], one.list(workflow.CountFate, fate, fate+1)}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Course) int { return b.Total.N - a.Total.N })
	return out
}

func (c *Charts) drawWeek(ask Ask, t tally) {
	for weekday := range c.Week {
		for hour := range c.Week[weekday] {
			bucket := 24*weekday + hour
			c.Week[weekday][hour] = Counted{t[workflow.CountArrived][bucket], ask.list(workflow.CountArrived, bucket, bucket+1)}
		}
	}
}

func (c *Charts) drawMarks(ask Ask, t tally) {
	for i := range c.Marks {
		c.Marks[i] = Counted{t[workflow.CountRated][i+1], ask.list(workflow.CountRated, i+1, i+2)}
	}
}

// drawSpread puts whole working hours into working days.
func drawSpread(ask Ask, t tally, dayLength time.Duration) Spread {
	out := Spread{Columns: make([]Counted, spreadDays+1), N: t.count(workflow.CountWorked)}
	if dayLength <= 0 {
		return Spread{}
	}
	begin := func(column int) int { return int(math.Ceil(float64(column) * dayLength.Hours())) }
	for i := range out.Columns {
		end := begin(i + 1)
		if i == spreadDays {
			end = 0
		}
		c := &out.Columns[i]
		c.Behind = ask.list(workflow.CountWorked, begin(i), end)
		for hours, n := range t[workflow.CountWorked] {
			if hours >= begin(i) && (end == 0 || hours < end) {
				c.N += n
			}
		}
	}
	return out
}

// promised is the promise of an answer under which most categories stand, in
// working days.
func (o *Office) promised(ctx context.Context) (int, error) {
	categories, err := o.Store.Categories(ctx, o.Now(), false)
	if err != nil {
		return 0, fmt.Errorf("read categories: %w", err)
	}
	policies, err := o.Store.Policies(ctx, o.Now())
	if err != nil {
		return 0, fmt.Errorf("read policies: %w", err)
	}
	under := map[int64]int{}
	for _, c := range categories {
		under[c.Policy]++
	}
	var most workflow.Policy
	for _, p := range policies {
		if under[p.ID] > under[most.ID] {
			most = p
		}
	}
	if overall := most.Promises[workflow.Overall]; overall.Unit == workflow.WorkingDays {
		return overall.Amount, nil
	}
	return 0, nil
}
