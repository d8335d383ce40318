package annual

import (
	"time"

	"mailbox/workflow"
)

// Warning is something to see to before a draft is frozen. Its words are the
// catalogue key annual.warn.<key>.
type Warning struct {
	Key   string
	N     int
	Block string // it is about; "" for the whole report
}

// Warnings lists what to see to in a draft on a day; nothing in what is frozen.
func (v View) Warnings(today time.Time) []Warning {
	if v.Report.State != workflow.AnnualDraft {
		return nil
	}
	var out []Warning
	for _, b := range v.Frozen.Blocks {
		if b.Fault != nil {
			out = append(out, Warning{Key: "fault", Block: b.Key})
		}
	}
	add := func(yes bool, key string, n int) {
		if yes {
			out = append(out, Warning{Key: key, N: n})
		}
	}
	overrides := 0
	for _, f := range v.Frozen.Fields {
		if f.Override != nil {
			overrides++
		}
	}
	missing, _ := v.Frozen.Field("duties.missing")
	open := v.OpenComments("")
	add(v.Report.Last > today.Format(time.DateOnly), "period", 0)
	add(open > 0, "comments", open)
	add(overrides > 0, "overrides", overrides)
	add(v.Report.Notice == "", "notice", 0)
	add(len(v.Frozen.Contacts) == 0, "contacts", v.Report.Year)
	add(missing.Counted.N > 0, "duties", missing.Counted.N)
	return out
}

// OpenComments counts the comments on a block, or on all for "", that nobody has
// seen to.
func (v View) OpenComments(block string) int {
	n := 0
	for _, c := range v.Comments {
		if c.Settled.IsZero() && (block == "" || c.Block == block) {
			n++
		}
	}
	return n
}
