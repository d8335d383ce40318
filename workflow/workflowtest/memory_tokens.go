package workflowtest

import (
	"bytes"
	"context"
	"time"

	"mailbox/workflow"
)

// AddToken implements workflow.Tokens.
func (m *Memory) AddToken(ctx context.Context, t *workflow.Token) error {
	return m.write(ctx, func(d *data) error {
		taken := func(o workflow.Token) bool {
			return bytes.Equal(o.Hash, t.Hash) || o.Account == t.Account && o.Name == t.Name && o.Revoked.IsZero()
		}
		if err := need(d.accounts.has(t.Account)); err != nil {
			return err
		}
		if d.tokens.any(taken) {
			return conflict()
		}
		t.ID = d.tokens.next()
		d.tokens.put(t.ID, *t)
		return nil
	})
}

// TokenBy implements workflow.Tokens.
func (m *Memory) TokenBy(ctx context.Context, hash []byte) (workflow.Token, error) {
	return read(ctx, m, func(d *data) (workflow.Token, error) {
		return only(d.tokens.where(func(t workflow.Token) bool { return bytes.Equal(t.Hash, hash) }))
	})
}

// TokensOf implements workflow.Tokens.
func (m *Memory) TokensOf(ctx context.Context, account int64) ([]workflow.Token, error) {
	return read(ctx, m, func(d *data) ([]workflow.Token, error) {
		return newest(d.tokens.where(func(t workflow.Token) bool { return t.Account == account && t.Revoked.IsZero() }), 0), nil
	})
}

// RevokeToken implements workflow.Tokens.
func (m *Memory) RevokeToken(ctx context.Context, account, id, by int64, at time.Time) (workflow.Token, error) {
	var out workflow.Token
	err := m.write(ctx, func(d *data) error {
		t, err := d.tokens.get(id)
		if err != nil || t.Account != account || !t.Revoked.IsZero() {
			return workflow.Absent()
		}
		t.Revoked, t.RevokedBy = at, by
		d.tokens.put(id, t)
		out, err = d.tokens.get(id)
		return err
	})
	return out, err
}

// RevokeTokens implements workflow.Tokens.
func (m *Memory) RevokeTokens(ctx context.Context, account, by int64, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		for _, t := range d.tokens.where(func(t workflow.Token) bool { return t.Account == account && t.Revoked.IsZero() }) {
			t.Revoked, t.RevokedBy = at, by
			d.tokens.put(t.ID, t)
		}
		return nil
	})
}

// UseToken implements workflow.Tokens.
func (m *Memory) UseToken(ctx context.Context, id int64, day string) error {
	return m.write(ctx, func(d *data) error {
		if t, err := d.tokens.get(id); err == nil {
			t.Used = day
			d.tokens.put(id, t)
		}
		return nil
	})
}
