package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const sqlAddDeed = `
	INSERT INTO deeds (account_id, key, digest, case_id, number, action, state, version, at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

// AddDeed implements workflow.Deeds.
func (s *Store) AddDeed(ctx context.Context, d workflow.Deed) error {
	_, err := s.exec(ctx, "add deed", sqlAddDeed, d.Account, d.Key, d.Digest, d.CaseID, d.Number, d.Action, d.State, d.Version, instant(d.At))
	return err
}

const sqlDeedBy = `
	SELECT account_id, key, digest, case_id, number, action, state, version, at
	FROM deeds WHERE account_id = $1 AND key = $2`

type deedRow struct {
	Account int64           `db:"account_id"`
	Key     []byte          `db:"key"`
	Digest  []byte          `db:"digest"`
	CaseID  int64           `db:"case_id"`
	Number  string          `db:"number"`
	Action  workflow.Action `db:"action"`
	State   workflow.State  `db:"state"`
	Version int64           `db:"version"`
	At      instant         `db:"at"`
}

// DeedBy implements workflow.Deeds.
func (s *Store) DeedBy(ctx context.Context, account int64, key []byte) (workflow.Deed, error) {
	r, err := one[deedRow](ctx, s, "find deed", sqlDeedBy, account, key)
	return workflow.Deed{
		Account: r.Account, Key: r.Key, Digest: r.Digest, CaseID: r.CaseID, Number: r.Number, Action: r.Action,
		State: r.State, Version: r.Version, At: time.Time(r.At),
	}, err
}

const sqlForgetDeeds = `DELETE FROM deeds WHERE at < $1`

// ForgetDeeds implements workflow.Deeds.
func (s *Store) ForgetDeeds(ctx context.Context, before time.Time) error {
	_, err := s.exec(ctx, "forget deeds", sqlForgetDeeds, instant(before))
	return err
}
