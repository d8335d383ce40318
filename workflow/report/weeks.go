package report

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

// Week is how many first answers of a week were in time.
type Week struct {
	Begin time.Time // Monday
	Value           // a share; None when nothing was answered
}

// OnTimeWeeks is the share of answers in time of the last n weeks, the oldest
// first; the last one has not ended. It may be asked by whoever may ask for
// all figures.
func (o *Office) OnTimeWeeks(ctx context.Context, by workflow.Actor, n int) ([]Week, error) {
	ask, err := allowed(by, Ask{})
	if err != nil {
		return nil, err
	}
	y, m, d := o.Now().In(o.Zone).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	monday := today.AddDate(0, 0, -int(today.Weekday()+6)%7)
	first := monday.AddDate(0, 0, -7*(n-1))
	rows, err := o.Store.Sum(ctx, workflow.FigureQuery{
		Measures: []workflow.Measure{workflow.CountInTime, workflow.CountLate}, By: []workflow.Dimension{workflow.ByDay},
		From: text(first), To: text(monday.AddDate(0, 0, 7)), Department: ask.Department,
	})
	if err != nil {
		return nil, fmt.Errorf("sum weeks: %w", err)
	}
	out := make([]Week, n)
	for i := range out {
		out[i].Begin = first.AddDate(0, 0, 7*i)
	}
	for _, r := range rows {
		w := &out[int(day(r.Day).Sub(first).Hours())/(7*24)]
		w.Of += r.N
		if r.Measure == workflow.CountInTime {
			w.N += r.N
		}
	}
	for i := range out {
		out[i].None = out[i].Of == 0
	}
	return out, nil
}
