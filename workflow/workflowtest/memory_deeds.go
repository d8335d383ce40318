package workflowtest

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

func deedKey(account int64, key []byte) string { return fmt.Sprintf("%d %x", account, key) }

// AddDeed implements workflow.Deeds.
func (m *Memory) AddDeed(ctx context.Context, d workflow.Deed) error {
	return m.write(ctx, func(all *data) error {
		if err := need(all.accounts.has(d.Account) && all.cases.has(d.CaseID)); err != nil {
			return err
		}
		name := deedKey(d.Account, d.Key)
		if all.deeds.has(name) {
			return conflict()
		}
		all.deeds.put(name, d)
		return nil
	})
}

// DeedBy implements workflow.Deeds.
func (m *Memory) DeedBy(ctx context.Context, account int64, key []byte) (workflow.Deed, error) {
	return read(ctx, m, func(all *data) (workflow.Deed, error) { return all.deeds.get(deedKey(account, key)) })
}

// ForgetDeeds implements workflow.Deeds.
func (m *Memory) ForgetDeeds(ctx context.Context, before time.Time) error {
	return m.write(ctx, func(all *data) error {
		for _, d := range all.deeds.where(func(d workflow.Deed) bool { return d.At.Before(before) }) {
			all.deeds.drop(deedKey(d.Account, d.Key))
		}
		return nil
	})
}
