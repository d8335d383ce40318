package workflowtest

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

// recoveryCode is one of an account's, by its hash.
type recoveryCode struct {
	Account int64
	Used    time.Time
}

func recoveryKey(account int64, hash []byte) string { return fmt.Sprintf("%d/%x", account, hash) }

// SecondFactor implements workflow.SignIns.
func (m *Memory) SecondFactor(ctx context.Context, account int64) (workflow.SecondFactor, error) {
	return read(ctx, m, func(d *data) (workflow.SecondFactor, error) { return d.factors.get(account) })
}

// BeginSecondFactor implements workflow.SignIns.
func (m *Memory) BeginSecondFactor(ctx context.Context, f workflow.SecondFactor) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.accounts.has(f.Account)); err != nil {
			return err
		}
		if known, err := d.factors.get(f.Account); err == nil && !known.Confirmed.IsZero() {
			return conflict()
		}
		f.Confirmed, f.LastStep = time.Time{}, 0
		d.factors.put(f.Account, f)
		return nil
	})
}

// ConfirmSecondFactor implements workflow.SignIns.
func (m *Memory) ConfirmSecondFactor(ctx context.Context, account, step int64, at time.Time, codes [][]byte) error {
	return m.write(ctx, func(d *data) error {
		f, err := d.factors.get(account)
		if err != nil {
			return err
		}
		if !f.Confirmed.IsZero() {
			return conflict()
		}
		f.Confirmed, f.LastStep = at, step
		d.factors.put(account, f)
		for _, hash := range codes {
			d.recovery.put(recoveryKey(account, hash), recoveryCode{Account: account})
		}
		return nil
	})
}

// DropSecondFactor implements workflow.SignIns.
func (m *Memory) DropSecondFactor(ctx context.Context, account int64) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.factors.has(account)); err != nil {
			return err
		}
		d.factors.drop(account)
		for key, code := range d.recovery.rows {
			if code.Account == account {
				d.recovery.drop(key)
			}
		}
		return nil
	})
}

// UseStep implements workflow.SignIns.
func (m *Memory) UseStep(ctx context.Context, account, step int64) (bool, error) {
	used := false
	err := m.write(ctx, func(d *data) error {
		f, err := d.factors.get(account)
		if used = err == nil && !f.Confirmed.IsZero() && f.LastStep < step; used {
			f.LastStep = step
			d.factors.put(account, f)
		}
		return nil
	})
	return used, err
}

// UseRecoveryCode implements workflow.SignIns.
func (m *Memory) UseRecoveryCode(ctx context.Context, account int64, hash []byte, at time.Time) (bool, error) {
	used := false
	err := m.write(ctx, func(d *data) error {
		code, err := d.recovery.get(recoveryKey(account, hash))
		if used = err == nil && code.Used.IsZero(); used {
			code.Used = at
			d.recovery.put(recoveryKey(account, hash), code)
		}
		return nil
	})
	return used, err
}

// CountRecoveryCodes implements workflow.SignIns.
func (m *Memory) CountRecoveryCodes(ctx context.Context, account int64) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.recovery.count(func(c recoveryCode) bool { return c.Account == account && c.Used.IsZero() }), nil
	})
}

// Ways implements workflow.SignIns.
func (m *Memory) Ways(ctx context.Context) ([]workflow.WaySettings, error) {
	return read(ctx, m, func(d *data) ([]workflow.WaySettings, error) {
		return d.ways.where(func(workflow.WaySettings) bool { return true }), nil
	})
}

// SaveWay implements workflow.SignIns.
func (m *Memory) SaveWay(ctx context.Context, w *workflow.WaySettings, by int64) error {
	return m.write(ctx, func(d *data) error {
		if w.Way != workflow.Local && !w.Way.Campus() {
			return refused("no such way to sign in")
		}
		if err := need(d.account(by)); err != nil {
			return err
		}
		if d.ways.rows[string(w.Way)].Version != w.Version {
			return conflict()
		}
		w.Version++
		d.ways.put(string(w.Way), *w)
		return nil
	})
}

// CampusName implements workflow.SignIns.
func (m *Memory) CampusName(ctx context.Context, name string) (workflow.CampusName, error) {
	return read(ctx, m, func(d *data) (workflow.CampusName, error) {
		return only(d.campusNames.where(func(n workflow.CampusName) bool { return n.Name == name }))
	})
}

// CampusNameOf implements workflow.SignIns.
func (m *Memory) CampusNameOf(ctx context.Context, account int64) (workflow.CampusName, error) {
	return read(ctx, m, func(d *data) (workflow.CampusName, error) { return d.campusNames.get(account) })
}

// CampusNames implements workflow.SignIns.
func (m *Memory) CampusNames(ctx context.Context, way workflow.Way, after int64, limit int) ([]workflow.CampusName, error) {
	return read(ctx, m, func(d *data) ([]workflow.CampusName, error) {
		return first(d.campusNames.where(func(n workflow.CampusName) bool { return n.Way == way && n.Account > after }), limit), nil
	})
}

// SaveCampusName implements workflow.SignIns.
func (m *Memory) SaveCampusName(ctx context.Context, n workflow.CampusName) error {
	return m.write(ctx, func(d *data) error {
		if n.Name == "" {
			d.campusNames.drop(n.Account)
			return nil
		}
		if err := need(d.accounts.has(n.Account)); err != nil {
			return err
		}
		if d.campusNames.any(func(o workflow.CampusName) bool { return o.Name == n.Name && o.Account != n.Account }) {
			return conflict()
		}
		d.campusNames.put(n.Account, n)
		return nil
	})
}
