package workflowtest

import (
	"cmp"
	"context"
	"slices"

	"mailbox/workflow"
)

// AddBulletin implements workflow.Bulletins.
func (m *Memory) AddBulletin(ctx context.Context, b *workflow.Bulletin) error {
	return m.write(ctx, func(d *data) error {
		if d.bulletins.any(func(o workflow.Bulletin) bool { return o.Month == b.Month }) {
			return conflict()
		}
		b.ID, b.Version = d.bulletins.next(), 1
		d.bulletins.put(b.ID, *b)
		return nil
	})
}

// SaveBulletin implements workflow.Bulletins.
func (m *Memory) SaveBulletin(ctx context.Context, b *workflow.Bulletin) error {
	return m.write(ctx, func(d *data) error {
		was, err := d.bulletins.get(b.ID)
		if err != nil {
			return err
		}
		if was.Version != b.Version || was.State == workflow.BulletinSent {
			return conflict()
		}
		b.Version++
		b.Month = was.Month
		d.bulletins.put(b.ID, *b)
		return nil
	})
}

// Bulletin implements workflow.Bulletins.
func (m *Memory) Bulletin(ctx context.Context, month string) (workflow.Bulletin, error) {
	return read(ctx, m, func(d *data) (workflow.Bulletin, error) {
		found := d.bulletins.where(func(b workflow.Bulletin) bool { return b.Month == month })
		if len(found) == 0 {
			return workflow.Bulletin{}, workflow.Absent()
		}
		return found[0], nil
	})
}

// Bulletins implements workflow.Bulletins.
func (m *Memory) Bulletins(ctx context.Context, before string, limit int) ([]workflow.Bulletin, error) {
	return read(ctx, m, func(d *data) ([]workflow.Bulletin, error) {
		found := d.bulletins.where(func(b workflow.Bulletin) bool { return before == "" || b.Month < before })
		slices.SortFunc(found, func(a, b workflow.Bulletin) int { return cmp.Compare(b.Month, a.Month) })
		return first(found, limit), nil
	})
}
