package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const dispatchColumns = `
		id, webhook_id, case_id, number, kind, at, state, attempts, next_at, lease_until, status, error, ended_at`

type dispatchRow struct {
	ID       int64                  `db:"id"`
	Webhook  int64                  `db:"webhook_id"`
	Case     ref                    `db:"case_id"`
	Number   string                 `db:"number"`
	Kind     workflow.HookEvent     `db:"kind"`
	At       instant                `db:"at"`
	State    workflow.DispatchState `db:"state"`
	Attempts int                    `db:"attempts"`
	Next     instant                `db:"next_at"`
	Lease    instant                `db:"lease_until"`
	Status   int                    `db:"status"`
	Error    string                 `db:"error"`
	Ended    instant                `db:"ended_at"`
}

func (r dispatchRow) toDispatch() workflow.Dispatch {
	return workflow.Dispatch{
		ID: r.ID, Webhook: r.Webhook, CaseID: int64(r.Case), Number: r.Number, Kind: r.Kind, At: time.Time(r.At), State: r.State,
		Attempts: r.Attempts, Next: time.Time(r.Next), Lease: time.Time(r.Lease), Status: r.Status, Error: r.Error, Ended: time.Time(r.Ended),
	}
}

const sqlAddDispatch = `
	INSERT INTO dispatches (webhook_id, number, kind, at, state, attempts, next_at, status, error, ended_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	RETURNING id`

// AddDispatch implements workflow.Webhooks.
func (s *Store) AddDispatch(ctx context.Context, d *workflow.Dispatch) error {
	id, err := one[int64](ctx, s, "add dispatch", sqlAddDispatch, d.Webhook, d.Number, d.Kind, instant(d.At), d.State, d.Attempts, instant(d.Next), d.Status, d.Error, instant(d.Ended))
	if err == nil {
		d.ID = id
	}
	return err
}

const sqlDueWebhooks = `
	SELECT w.id FROM webhooks w
	WHERE w.enabled AND (w.resume_at IS NULL OR w.resume_at <= $1) AND EXISTS (
		SELECT FROM dispatches d
		WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.next_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)
			AND NOT EXISTS (SELECT FROM dispatches e WHERE e.webhook_id = d.webhook_id AND e.case_id = d.case_id AND e.id < d.id AND e.state = 'waiting'))
	ORDER BY w.id`

// DueWebhooks implements workflow.Webhooks.
func (s *Store) DueWebhooks(ctx context.Context, now time.Time) ([]int64, error) {
	return many(ctx, s, "list due webhooks", same[int64], sqlDueWebhooks, instant(now))
}

const sqlClaimDispatch = `
	UPDATE dispatches SET lease_until = $3
	WHERE id = (
		SELECT d.id FROM dispatches d JOIN webhooks w ON w.id = d.webhook_id
		WHERE w.id = $1 AND w.enabled AND (w.resume_at IS NULL OR w.resume_at <= $2)
			AND d.state = 'waiting' AND d.next_at <= $2 AND (d.lease_until IS NULL OR d.lease_until <= $2)
			AND NOT EXISTS (SELECT FROM dispatches e WHERE e.webhook_id = d.webhook_id AND e.case_id = d.case_id AND e.id < d.id AND e.state = 'waiting')
		ORDER BY d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
	RETURNING` + dispatchColumns

// ClaimDispatch implements workflow.Webhooks.
func (s *Store) ClaimDispatch(ctx context.Context, webhook int64, now, lease time.Time) (workflow.Dispatch, error) {
	r, err := one[dispatchRow](ctx, s, "claim dispatch", sqlClaimDispatch, webhook, instant(now), instant(lease))
	return r.toDispatch(), err
}

const sqlSaveDispatch = `
	UPDATE dispatches SET state = $2, attempts = $3, next_at = $4, lease_until = $5, status = $6, error = $7, ended_at = $8
	WHERE id = $1 AND state = 'waiting' AND attempts = $9`

const sqlDispatchExists = `SELECT EXISTS (SELECT FROM dispatches WHERE id = $1)`

// SaveDispatch implements workflow.Webhooks.
func (s *Store) SaveDispatch(ctx context.Context, d workflow.Dispatch, was int) error {
	return s.save(ctx, "save dispatch", sqlSaveDispatch, sqlDispatchExists, d.ID,
		d.State, d.Attempts, instant(d.Next), instant(d.Lease), d.Status, d.Error, instant(d.Ended), was)
}

const sqlDispatches = `SELECT` + dispatchColumns + ` FROM dispatches
	WHERE webhook_id = $1 AND ($2 = '' OR state = $2) AND ($3::bigint = 0 OR id < $3) ORDER BY id DESC LIMIT $4`

// Dispatches implements workflow.Webhooks.
func (s *Store) Dispatches(ctx context.Context, q workflow.DispatchQuery) ([]workflow.Dispatch, error) {
	return many(ctx, s, "list dispatches", dispatchRow.toDispatch, sqlDispatches, q.Webhook, q.State, q.Before, ref(q.Limit))
}

const sqlCountDispatches = `SELECT state, count(*) AS n FROM dispatches WHERE webhook_id = $1 GROUP BY state`

// CountDispatches implements workflow.Webhooks.
func (s *Store) CountDispatches(ctx context.Context, webhook int64) (map[workflow.DispatchState]int, error) {
	type row struct {
		State workflow.DispatchState `db:"state"`
		N     int                    `db:"n"`
	}
	rows, err := many(ctx, s, "count dispatches", same[row], sqlCountDispatches, webhook)
	out := map[workflow.DispatchState]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, err
}

const sqlReplayDispatches = `
	UPDATE dispatches SET state = 'waiting', attempts = 0, next_at = $3, lease_until = NULL, ended_at = NULL
	WHERE webhook_id = $1 AND state = 'dead' AND ($2::bigint = 0 OR id = $2)`

// ReplayDispatches implements workflow.Webhooks.
func (s *Store) ReplayDispatches(ctx context.Context, webhook, id int64, at time.Time) (int, error) {
	n, err := s.exec(ctx, "replay dispatches", sqlReplayDispatches, webhook, id, instant(at))
	return int(n), err
}

const sqlForgetDispatches = `DELETE FROM dispatches 
	WHERE state <> 'waiting' AND ended_at < $1 OR NOT EXISTS (SELECT FROM webhooks w WHERE w.id = dispatches.webhook_id)`

// ForgetDispatches implements workflow.Webhooks.
func (s *Store) ForgetDispatches(ctx context.Context, before time.Time) error {
	_, err := s.exec(ctx, "forget dispatches", sqlForgetDispatches, instant(before))
	return err
}
