package workflowtest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// Channels implements workflow.ChannelRows.
func (m *Memory) Channels(ctx context.Context) ([]workflow.ChannelSettings, error) {
	return read(ctx, m, func(d *data) ([]workflow.ChannelSettings, error) {
		all := d.channels.where(func(workflow.ChannelSettings) bool { return true })
		for i := range all {
			of := func(c workflow.Call) bool { return c.Channel == all[i].Channel }
			for _, c := range d.calls.where(of) {
				if c.Received.After(all[i].Health.LastIn) {
					all[i].Health.LastIn = c.Received
				}
				if c.State == workflow.CallFailed {
					all[i].Health.Failed++
				}
			}
		}
		return all, nil
	})
}

// SaveChannel implements workflow.ChannelRows.
func (m *Memory) SaveChannel(ctx context.Context, c *workflow.ChannelSettings, by int64) error {
	return m.write(ctx, func(d *data) error {
		if !c.Channel.Chat() {
			return refused("only platforms are set up")
		}
		if err := need(d.account(by)); err != nil {
			return err
		}
		stored := d.channels.rows[string(c.Channel)]
		if stored.Version != c.Version {
			return conflict()
		}
		c.Version++
		kept := *c
		kept.Health = stored.Health
		d.channels.put(string(c.Channel), kept)
		return nil
	})
}

// NoteChannel implements workflow.ChannelRows.
func (m *Memory) NoteChannel(ctx context.Context, channel workflow.Channel, n workflow.ChannelNews) error {
	return m.write(ctx, func(d *data) error {
		c, known := d.channels.rows[string(channel)]
		if !known {
			return nil
		}
		h := &c.Health
		if n.Out {
			h.LastOut = n.At
		}
		if n.Alive {
			h.Alive, h.ErrorsInARow = n.At, 0
		}
		if n.Error != "" {
			if h.LastErrorAt.In(Zone).Format(time.DateOnly) != n.Day {
				h.ErrorsToday = 0
			}
			h.LastError, h.LastErrorAt = n.Error, n.At
			h.ErrorsInARow++
			h.ErrorsToday++
		}
		if !n.TokenExpires.IsZero() {
			h.TokenExpires = n.TokenExpires
		}
		d.channels.put(string(channel), c)
		return nil
	})
}

// AnnounceChannel implements workflow.ChannelRows.
func (m *Memory) AnnounceChannel(ctx context.Context, channel workflow.Channel, at time.Time) (first bool, err error) {
	err = m.write(ctx, func(d *data) error {
		c, err := d.channels.get(string(channel))
		if err != nil {
			return err
		}
		first = c.Health.Announced.IsZero() != at.IsZero()
		if first {
			c.Health.Announced = at
			d.channels.put(string(channel), c)
		}
		return nil
	})
	return first, err
}

// AddCall implements workflow.ChannelRows.
func (m *Memory) AddCall(ctx context.Context, c *workflow.Call) error {
	return m.write(ctx, func(d *data) error {
		if d.calls.any(func(o workflow.Call) bool { return o.Channel == c.Channel && bytes.Equal(o.External, c.External) }) {
			return conflict()
		}
		if err := need(d.caseRef(c.CaseID)); err != nil {
			return err
		}
		c.ID = d.calls.next()
		d.calls.put(c.ID, *c)
		return nil
	})
}

// CallBy implements workflow.ChannelRows.
func (m *Memory) CallBy(ctx context.Context, channel workflow.Channel, external []byte) (workflow.Call, error) {
	return read(ctx, m, func(d *data) (workflow.Call, error) {
		return only(d.calls.where(func(c workflow.Call) bool { return c.Channel == channel && bytes.Equal(c.External, external) }))
	})
}

// SaveCall implements workflow.ChannelRows.
func (m *Memory) SaveCall(ctx context.Context, was, c workflow.Call) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.calls.get(c.ID)
		if err != nil {
			return err
		}
		if stored.State != was.State || stored.Attempts != was.Attempts {
			return conflict()
		}
		if err := need(d.caseRef(c.CaseID)); err != nil {
			return err
		}
		d.calls.put(c.ID, c)
		return nil
	})
}

// NewCalls implements workflow.ChannelRows.
func (m *Memory) NewCalls(ctx context.Context, now time.Time, limit int) ([]workflow.Call, error) {
	return read(ctx, m, func(d *data) ([]workflow.Call, error) {
		all := d.calls.where(func(c workflow.Call) bool { return c.State == workflow.CallNew && !c.Next.After(now) })
		slices.SortStableFunc(all, func(a, b workflow.Call) int { return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID)) })
		return first(all, limit), nil
	})
}

// FailedCalls implements workflow.ChannelRows.
func (m *Memory) FailedCalls(ctx context.Context, before int64, limit int) ([]workflow.Call, error) {
	return read(ctx, m, func(d *data) ([]workflow.Call, error) {
		return newest(d.calls.where(func(c workflow.Call) bool { return c.State == workflow.CallFailed && below(c.ID, before) }), limit), nil
	})
}

// LockConversation implements workflow.ChannelRows.
func (m *Memory) LockConversation(ctx context.Context, c *workflow.Conversation) error {
	return m.write(ctx, func(d *data) error {
		found := d.conversations.where(func(o workflow.Conversation) bool {
			return o.Channel == c.Channel && o.Account == c.Account && bytes.Equal(o.Person, c.Person)
		})
		if len(found) > 0 {
			*c = found[0]
			return nil
		}
		c.ID = d.conversations.next()
		d.conversations.put(c.ID, *c)
		return nil
	})
}

// SaveConversation implements workflow.ChannelRows.
func (m *Memory) SaveConversation(ctx context.Context, c workflow.Conversation) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.conversations.has(c.ID), d.caseRef(c.CaseID)); err != nil {
			return err
		}
		d.conversations.put(c.ID, c)
		return nil
	})
}

// Bind implements workflow.ChannelRows.
func (m *Memory) Bind(ctx context.Context, caseID, conversation int64, _ time.Time) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(caseID), d.conversations.has(conversation)); err != nil {
			return err
		}
		d.bindings.put(caseID, conversation)
		return nil
	})
}

// ConversationOf implements workflow.ChannelRows.
func (m *Memory) ConversationOf(ctx context.Context, caseID int64) (workflow.Conversation, error) {
	return read(ctx, m, func(d *data) (workflow.Conversation, error) { return d.conversations.get(d.bindings.rows[caseID]) })
}

// AddTries implements workflow.ChannelRows.
func (m *Memory) AddTries(ctx context.Context, notice int64, tries []workflow.NoticeTry) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.notices.has(notice)); err != nil {
			return err
		}
		n := d.tries.count(func(t workflow.NoticeTry) bool { return t.Notice == notice })
		for i, t := range tries {
			t.Notice, t.Seq = notice, n+i+1
			d.tries.put(d.tries.next(), t)
		}
		return nil
	})
}

// TriesOf implements workflow.ChannelRows.
func (m *Memory) TriesOf(ctx context.Context, notices ...int64) ([]workflow.NoticeTry, error) {
	return read(ctx, m, func(d *data) ([]workflow.NoticeTry, error) {
		all := d.tries.where(func(t workflow.NoticeTry) bool { return slices.Contains(notices, t.Notice) })
		slices.SortStableFunc(all, func(a, b workflow.NoticeTry) int {
			return cmp.Or(cmp.Compare(a.Notice, b.Notice), cmp.Compare(a.Seq, b.Seq))
		})
		return all, nil
	})
}

// NoticeOfTry implements workflow.ChannelRows.
func (m *Memory) NoticeOfTry(ctx context.Context, external string) (workflow.Notice, error) {
	return read(ctx, m, func(d *data) (workflow.Notice, error) {
		t, err := only(d.tries.where(func(t workflow.NoticeTry) bool { return external != "" && t.External == external }))
		if err != nil {
			return workflow.Notice{}, err
		}
		return d.notices.get(t.Notice)
	})
}
