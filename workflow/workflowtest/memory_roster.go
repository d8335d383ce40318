package workflowtest

import (
	"context"

	"mailbox/workflow"
)

// ReplaceRoster implements workflow.Rosters.
func (m *Memory) ReplaceRoster(ctx context.Context, rows []workflow.RosterRow) error {
	return m.write(ctx, func(d *data) error {
		fresh := newTable[string, workflow.RosterRow]()
		for _, r := range rows {
			if fresh.has(string(r.Number)) {
				return conflict()
			}
			fresh.put(string(r.Number), r)
		}
		d.roster = fresh
		return nil
	})
}

// RosterRow implements workflow.Rosters.
func (m *Memory) RosterRow(ctx context.Context, number []byte) (workflow.RosterRow, error) {
	return read(ctx, m, func(d *data) (workflow.RosterRow, error) { return d.roster.get(string(number)) })
}

// CountRoster implements workflow.Rosters.
func (m *Memory) CountRoster(ctx context.Context, day string) (workflow.RosterCounts, error) {
	return read(ctx, m, func(d *data) (workflow.RosterCounts, error) {
		var out workflow.RosterCounts
		for _, r := range d.roster.rows {
			switch {
			case r.Left != "" && r.Left <= day:
				out.Left++
			case r.Status == workflow.RosterStaff:
				out.Staff++
			default:
				out.Students++
			}
		}
		return out, nil
	})
}
