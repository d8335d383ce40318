package annual

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// appraisals are those held in the period.
func (r *reader) appraisals(ctx context.Context) ([]workflow.Appraisal, error) {
	if r.looked {
		return r.held, nil
	}
	p := r.period()
	for q := (workflow.AppraisalQuery{From: p.From, To: p.To, AsOf: r.asOf, Limit: pageOfItems}); ; {
		page, err := r.store.Appraisals(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read appraisals: %w", err)
		}
		r.held = append(r.held, page.Appraisals...)
		if q.After = page.Next; q.After == "" {
			r.looked = true
			return r.held, nil
		}
	}
}

// appraised is what the appraisals of the period come to.
func appraised(value func([]workflow.Appraisal) Value) func(context.Context, *reader) (Value, error) {
	return func(ctx context.Context, r *reader) (Value, error) {
		all, err := r.appraisals(ctx)
		v := value(all)
		for _, a := range all {
			v.IDs = append(v.IDs, a.ID)
		}
		slices.Sort(v.IDs)
		return v, err
	}
}

func held(all []workflow.Appraisal) Value { return count(len(all), nil) }

func participants(all []workflow.Appraisal) Value {
	n := 0
	for _, a := range all {
		n += a.Participants
	}
	return count(n, nil)
}

// contentment is the share of those asked who are content, or basically so.
func contentment(all []workflow.Appraisal) Value {
	v := report.Value{}
	for _, a := range all {
		v.N += a.Satisfied + a.Basically
		v.Of += a.Satisfied + a.Basically + a.Dissatisfied
	}
	v.None = v.Of == 0
	return Value{None: v.None, N: v.N, Of: v.Of, Text: printed(report.Figure{Unit: report.Share}, v)}
}

// fees adds up what applications decided in the period cost.
func fees(of func(workflow.Fee) int) func(context.Context, *reader) (Value, error) {
	return func(ctx context.Context, r *reader) (Value, error) {
		var decided []int64
		for _, d := range Decisions {
			some, err := r.behind(ctx, workflow.Decision(d).Measure())
			if err != nil {
				return Value{}, err
			}
			decided = append(decided, some...)
		}
		all, err := r.store.FeesOf(ctx, decided)
		if err != nil {
			return Value{}, err
		}
		var v Value
		for _, f := range all {
			if fen := of(f); fen != 0 {
				v.N += fen
				v.IDs = append(v.IDs, f.CaseID)
			}
		}
		v.Text = yuan(v.N)
		return v, nil
	}
}

// yuan is an amount in fen as it is printed.
func yuan(fen int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(fen)/100, 'f', 2, 64), ".00")
}

// writers counts who can be told apart. Nobody else can be: of anonymous letters
// nothing is kept, and a record without an address is like no other.
func writers(ctx context.Context, r *reader) (Value, error) {
	p := r.period()
	begin := func(day string) time.Time {
		t, _ := time.ParseInLocation(time.DateOnly, day, r.office.Zone) // Order.check has seen it
		return t
	}
	n, err := r.store.CountWriters(ctx, begin(p.From), begin(p.To), r.asOf)
	if err != nil || n == 0 {
		return Value{None: n == 0, Text: "—"}, err
	}
	return count(n, nil), nil
}
