package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

type factorRow struct {
	Account   int64   `db:"account_id"`
	Sealed    []byte  `db:"sealed"`
	Created   instant `db:"created_at"`
	Confirmed instant `db:"confirmed_at"`
	LastStep  int64   `db:"last_step"`
}

const sqlSecondFactor = `SELECT account_id, sealed, created_at, confirmed_at, last_step FROM second_factors WHERE account_id = $1`

// SecondFactor implements workflow.SignIns.
func (s *Store) SecondFactor(ctx context.Context, account int64) (workflow.SecondFactor, error) {
	r, err := one[factorRow](ctx, s, "read second factor", sqlSecondFactor, account)
	return workflow.SecondFactor{
		Account: r.Account, Sealed: r.Sealed, Created: time.Time(r.Created), Confirmed: time.Time(r.Confirmed), LastStep: r.LastStep,
	}, err
}

const sqlBeginSecondFactor = `
	INSERT INTO second_factors (account_id, sealed, created_at) VALUES ($1, $2, $3)
	ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
	WHERE second_factors.confirmed_at IS NULL`

// BeginSecondFactor implements workflow.SignIns.
func (s *Store) BeginSecondFactor(ctx context.Context, f workflow.SecondFactor) error {
	n, err := s.exec(ctx, "begin second factor", sqlBeginSecondFactor, f.Account, octets(f.Sealed), instant(f.Created).or(s.now()))
	if err == nil && n == 0 {
		return stale("begin second factor")
	}
	return err
}

const sqlConfirmSecondFactor = `
	UPDATE second_factors SET confirmed_at = $3, last_step = $2 WHERE account_id = $1 AND confirmed_at IS NULL`

const sqlSecondFactorExists = `SELECT EXISTS (SELECT FROM second_factors WHERE account_id = $1)`

const sqlAddRecoveryCodes = `INSERT INTO recovery_codes (account_id, hash) SELECT $1, unnest($2::bytea[])`

// ConfirmSecondFactor implements workflow.SignIns.
func (s *Store) ConfirmSecondFactor(ctx context.Context, account, step int64, at time.Time, codes [][]byte) error {
	return s.together(ctx, func(s *Store) error {
		err := s.save(ctx, "confirm second factor", sqlConfirmSecondFactor, sqlSecondFactorExists, account, step, instant(at))
		if err != nil {
			return err
		}
		_, err = s.exec(ctx, "add recovery codes", sqlAddRecoveryCodes, account, pq.ByteaArray(codes))
		return err
	})
}

const sqlDropSecondFactor = `DELETE FROM second_factors WHERE account_id = $1`

// DropSecondFactor implements workflow.SignIns.
func (s *Store) DropSecondFactor(ctx context.Context, account int64) error {
	return s.change(ctx, "drop second factor", sqlDropSecondFactor, account)
}

const sqlUseStep = `UPDATE second_factors SET last_step = $2 WHERE account_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL`

// UseStep implements workflow.SignIns.
func (s *Store) UseStep(ctx context.Context, account, step int64) (bool, error) {
	n, err := s.exec(ctx, "use code", sqlUseStep, account, step)
	return n > 0, err
}

const sqlUseRecoveryCode = `UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL`

// UseRecoveryCode implements workflow.SignIns.
func (s *Store) UseRecoveryCode(ctx context.Context, account int64, hash []byte, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "use recovery code", sqlUseRecoveryCode, account, octets(hash), instant(at))
	return n > 0, err
}

const sqlCountRecoveryCodes = `SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL`

// CountRecoveryCodes implements workflow.SignIns.
func (s *Store) CountRecoveryCodes(ctx context.Context, account int64) (int, error) {
	return one[int](ctx, s, "count recovery codes", sqlCountRecoveryCodes, account)
}

type wayRow struct {
	Way     string  `db:"way"`
	Enabled bool    `db:"enabled"`
	Config  pairs   `db:"config"`
	Secrets octets  `db:"secrets"`
	Version int64   `db:"version"`
	Changed instant `db:"changed_at"`
}

func (r wayRow) toWay() workflow.WaySettings {
	return workflow.WaySettings{
		Way: workflow.Way(r.Way), Enabled: r.Enabled, Config: r.Config, Sealed: r.Secrets, Version: r.Version, Changed: time.Time(r.Changed),
	}
}

const sqlWays = `SELECT way, enabled, config, secrets, version, changed_at FROM signin_ways ORDER BY way`

// Ways implements workflow.SignIns.
func (s *Store) Ways(ctx context.Context) ([]workflow.WaySettings, error) {
	return many(ctx, s, "list ways to sign in", wayRow.toWay, sqlWays)
}

const sqlAddWay = `
	INSERT INTO signin_ways (way, enabled, config, secrets, changed_at, changed_by)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (way) DO NOTHING`

const sqlSaveWay = `
	UPDATE signin_ways SET enabled = $2, config = $3, secrets = $4, changed_at = $5, changed_by = $6, version = version + 1
	WHERE way = $1 AND version = $7`

// SaveWay implements workflow.SignIns.
func (s *Store) SaveWay(ctx context.Context, w *workflow.WaySettings, by int64) error {
	args := []any{w.Way, w.Enabled, pairs(w.Config), octets(w.Sealed), instant(w.Changed).or(s.now()), ref(by)}
	statement := sqlAddWay
	if w.Version > 0 {
		statement, args = sqlSaveWay, append(args, w.Version)
	}
	n, err := s.exec(ctx, "save way to sign in", statement, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale("save way to sign in")
	}
	w.Version++
	return nil
}
