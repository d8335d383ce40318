package workflowtest

import (
	"cmp"
	"context"
	"slices"

	"mailbox/workflow"
)

// Account implements workflow.People.
func (m *Memory) Account(ctx context.Context, id int64) (workflow.Account, error) {
	return read(ctx, m, func(d *data) (workflow.Account, error) { return d.accounts.get(id) })
}

// AccountByName implements workflow.People.
func (m *Memory) AccountByName(ctx context.Context, username string) (workflow.Account, error) {
	return read(ctx, m, func(d *data) (workflow.Account, error) {
		return only(d.accounts.where(func(a workflow.Account) bool { return a.Username == username }))
	})
}

// AccountByWeCom implements workflow.People.
func (m *Memory) AccountByWeCom(ctx context.Context, userID string) (workflow.Account, error) {
	return read(ctx, m, func(d *data) (workflow.Account, error) {
		return only(d.accounts.where(func(a workflow.Account) bool { return userID != "" && a.WeCom == userID }))
	})
}

// Accounts implements workflow.People.
func (m *Memory) Accounts(ctx context.Context) ([]workflow.Account, error) {
	return m.accountsWhere(ctx, func(workflow.Account) bool { return true })
}

// AccountsFor implements workflow.People.
func (m *Memory) AccountsFor(ctx context.Context, department int64, roles ...workflow.Role) ([]workflow.Account, error) {
	return m.accountsWhere(ctx, func(a workflow.Account) bool {
		return a.Disabled.IsZero() && a.Actor().Is(roles...) && like(department, a.Department)
	})
}

// accountsWhere returns the accounts that fit, by username.
func (m *Memory) accountsWhere(ctx context.Context, fits func(workflow.Account) bool) ([]workflow.Account, error) {
	return read(ctx, m, func(d *data) ([]workflow.Account, error) {
		out := d.accounts.where(fits)
		slices.SortFunc(out, func(a, b workflow.Account) int { return cmp.Compare(a.Username, b.Username) })
		return out, nil
	})
}

// SaveAccount implements workflow.People.
func (m *Memory) SaveAccount(ctx context.Context, a *workflow.Account) error {
	return m.write(ctx, func(d *data) error {
		if err := need(a.ID == 0 || d.accounts.has(a.ID), d.department(a.Department)); err != nil {
			return err
		}
		if d.accounts.any(func(o workflow.Account) bool {
			return o.ID != a.ID && (o.Username == a.Username || a.WeCom != "" && o.WeCom == a.WeCom)
		}) {
			return conflict()
		}
		if a.Department == 0 && a.Actor().Is(workflow.DeptClerk, workflow.DeptHead) {
			return refused("people of a department have one")
		}
		switch {
		case a.ID == 0:
			a.ID, a.Version = d.accounts.next(), 1
		case d.accounts.rows[a.ID].Version != a.Version:
			return conflict()
		default:
			a.Version++
		}
		d.accounts.put(a.ID, *a)
		return nil
	})
}

// OpenCasesOf implements workflow.People.
func (m *Memory) OpenCasesOf(ctx context.Context, department int64) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.cases.count(func(c workflow.Case) bool { return c.Department == department && c.Open() }), nil
	})
}
