package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// AddFaults implements workflow.ChannelFaults.
func (m *Memory) AddFaults(ctx context.Context, day string, faults ...workflow.ChannelFault) error {
	return m.write(ctx, func(d *data) error {
		for _, f := range faults {
			if f.N < 1 {
				continue
			}
			key := string(f.Channel) + "/" + day + "/" + f.Kind
			was := d.faults.rows[key]
			if f.N += was.N; f.Last.Before(was.Last) {
				f.Last = was.Last
			}
			d.faults.put(key, f)
		}
		return nil
	})
}

// FaultsOf implements workflow.ChannelFaults.
func (m *Memory) FaultsOf(ctx context.Context, channel workflow.Channel, day string) ([]workflow.ChannelFault, error) {
	return read(ctx, m, func(d *data) ([]workflow.ChannelFault, error) {
		var all []workflow.ChannelFault
		for key, f := range d.faults.rows {
			if key == string(channel)+"/"+day+"/"+f.Kind {
				all = append(all, f)
			}
		}
		return mostFirst(all), nil
	})
}

func mostFirst(all []workflow.ChannelFault) []workflow.ChannelFault {
	slices.SortFunc(all, func(a, b workflow.ChannelFault) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// FailedKinds implements workflow.ChannelFaults.
func (m *Memory) FailedKinds(ctx context.Context, channel workflow.Channel) ([]workflow.ChannelFault, error) {
	return read(ctx, m, func(d *data) ([]workflow.ChannelFault, error) {
		kinds := map[string]workflow.ChannelFault{}
		for _, c := range d.calls.where(func(c workflow.Call) bool { return c.Channel == channel && c.State == workflow.CallFailed }) {
			f := kinds[c.Reason]
			f.Channel, f.Kind, f.N = channel, c.Reason, f.N+1
			if c.Handled.After(f.Last) {
				f.Last = c.Handled
			}
			kinds[c.Reason] = f
		}
		var out []workflow.ChannelFault
		for _, f := range kinds {
			out = append(out, f)
		}
		return mostFirst(out), nil
	})
}

// WindowsOf implements workflow.ChannelFaults.
func (m *Memory) WindowsOf(ctx context.Context, channel workflow.Channel, after time.Time, most int) (workflow.ReplyWindows, error) {
	return read(ctx, m, func(d *data) (out workflow.ReplyWindows, err error) {
		for _, v := range d.conversations.where(func(v workflow.Conversation) bool {
			return v.Channel == channel && v.Heard.After(after) && v.Used < most && v.HeardBy == workflow.ByMessage && v.Room == "" && v.Gone.IsZero()
		}) {
			if out.Open++; out.Open == 1 || v.Heard.Before(out.Heard) {
				out.Heard = v.Heard
			}
		}
		return out, nil
	})
}

// LettersSince implements workflow.ChannelFaults.
func (m *Memory) LettersSince(ctx context.Context, conversation int64, after time.Time) (int, error) {
	return read(ctx, m, func(d *data) (n int, err error) {
		v := d.conversations.rows[conversation]
		for caseID, to := range d.bindings.rows {
			if c := d.cases.rows[caseID]; to == conversation && c.Received.After(after) && c.Channel == v.Channel {
				n++
			}
		}
		return n, nil
	})
}

// WordsSince implements workflow.ChannelFaults.
func (m *Memory) WordsSince(ctx context.Context, caseID int64, after time.Time) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.calls.count(func(c workflow.Call) bool {
			return c.CaseID == caseID && c.State == workflow.CallAdded && c.Received.After(after)
		}), nil
	})
}
