package ledger

import (
	"context"

	"mailbox/workflow"
)

// Overview is how the ledger stands today.
type Overview struct {
	From, To string         // of the year that is counted, half-open
	Channels []ChannelCount // in the order forms show them, without those that have nothing
	Waiting  []StateCount   // that the reader may see
	Imports  int            // that wait for their second person
	Late     []Duty         // of the list
	Columns  int            // that are there today
	Top      int            // of those, at the top
}

// ChannelCount is what was published by one channel.
type ChannelCount struct {
	Channel workflow.ItemChannel
	N       int
	Last    int // of documents: the highest serial, which is no count
}

// StateCount is what stands in one state on its way to being public.
type StateCount struct {
	State workflow.ItemState
	N     int
}

// Overview counts what was published this year and what waits for whom.
func (l *Ledger) Overview(ctx context.Context, by workflow.Actor) (Overview, error) {
	if err := open(by); err != nil {
		return Overview{}, err
	}
	now := l.desk.Now()
	year := now.In(l.desk.Keeper.Zone).Format("2006")
	next := now.In(l.desk.Keeper.Zone).AddDate(1, 0, 0).Format("2006")
	out := Overview{From: year + "-01-01", To: next + "-01-01"}
	for _, fill := range []func(context.Context, workflow.Actor, *Overview) error{l.countChannels, l.countWaiting, l.countColumns, l.findLate} {
		if err := fill(ctx, by, &out); err != nil {
			return Overview{}, err
		}
	}
	return out, nil
}

func (l *Ledger) countChannels(ctx context.Context, _ workflow.Actor, o *Overview) error {
	for _, ch := range workflow.ItemChannels {
		q := workflow.ItemQuery{Channel: ch, From: o.From, To: o.To, AsOf: l.desk.Now()}
		n, err := l.desk.Store.CountItems(ctx, q)
		if err != nil {
			return err
		}
		if n > 0 {
			last, err := l.desk.Store.LastSerial(ctx, q)
			if err != nil {
				return err
			}
			o.Channels = append(o.Channels, ChannelCount{ch, n, last})
		}
	}
	return nil
}

// countWaiting counts for departments their own, for the others all.
func (l *Ledger) countWaiting(ctx context.Context, by workflow.Actor, o *Overview) error {
	q := workflow.ItemQuery{}
	if inDepartment(by) && !by.Office() {
		q.Department = by.Department
	}
	if q.Department == 0 && !by.Office() && !by.Is(workflow.Leader, workflow.Principal) {
		return l.countImports(ctx, o)
	}
	for _, state := range []workflow.ItemState{workflow.ItemDraft, workflow.ItemInReview, workflow.ItemReviewed} {
		q.State = state
		n, err := l.desk.Store.CountItems(ctx, q)
		if err != nil {
			return err
		}
		o.Waiting = append(o.Waiting, StateCount{state, n})
	}
	return l.countImports(ctx, o)
}

func (l *Ledger) countImports(ctx context.Context, o *Overview) error {
	imports, err := l.desk.Store.ImportsBefore(ctx, 0, 100)
	for _, m := range imports {
		if m.State == workflow.ImportAdded {
			o.Imports++
		}
	}
	return err
}

func (l *Ledger) countColumns(ctx context.Context, _ workflow.Actor, o *Overview) error {
	columns, err := l.desk.Store.Columns(ctx, l.Today())
	for _, c := range columns {
		o.Columns++
		if c.Parent == 0 {
			o.Top++
		}
	}
	return err
}

func (l *Ledger) findLate(ctx context.Context, _ workflow.Actor, o *Overview) error {
	duties, err := l.duties(ctx, l.desk.Store)
	for _, d := range duties {
		if d.Late {
			o.Late = append(o.Late, d)
		}
	}
	return err
}
