package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// What a version promises comes along as one JSON object: clock to amount and unit.
const policyColumns = `
		p.id, v.id AS version, p.code, v.name_zh, v.name_en, v.valid_from, v.valid_to,
		(SELECT coalesce(jsonb_object_agg(m.clock, jsonb_build_object('Amount', m.amount, 'Unit', m.unit)), '{}')
			FROM policy_promises m WHERE m.policy_version_id = v.id) AS promises`

const fromPolicies = ` FROM policies p JOIN policy_versions v ON v.policy_id = p.id`

type policyRow struct {
	ID       int64                       `db:"id"`
	Version  int64                       `db:"version"`
	Code     string                      `db:"code"`
	NameZH   string                      `db:"name_zh"`
	NameEN   string                      `db:"name_en"`
	Promises document[workflow.Promises] `db:"promises"`
	From     instant                     `db:"valid_from"`
	To       instant                     `db:"valid_to"`
}

func (r policyRow) toPolicy() workflow.Policy {
	return workflow.Policy{
		ID: r.ID, Version: r.Version, Code: r.Code, NameZH: r.NameZH, NameEN: r.NameEN, Promises: r.Promises.v,
		From: time.Time(r.From), To: time.Time(r.To),
	}
}

const sqlPolicies = `SELECT` + policyColumns + fromPolicies + ` WHERE` + inForce + ` ORDER BY p.id`

// Policies implements workflow.Rules.
func (s *Store) Policies(ctx context.Context, at time.Time) ([]workflow.Policy, error) {
	return many(ctx, s, "list policies", policyRow.toPolicy, sqlPolicies, at.UTC())
}

const sqlPolicyVersion = `SELECT` + policyColumns + fromPolicies + ` WHERE v.id = $1`

// PolicyVersion implements workflow.Rules.
func (s *Store) PolicyVersion(ctx context.Context, version int64) (workflow.Policy, error) {
	r, err := one[policyRow](ctx, s, "read policy", sqlPolicyVersion, version)
	return r.toPolicy(), err
}

const sqlPolicyAt = `SELECT` + policyColumns + fromPolicies + ` WHERE` + inForce + ` AND p.id = $2`

// PolicyAt implements workflow.Rules.
func (s *Store) PolicyAt(ctx context.Context, policy int64, at time.Time) (workflow.Policy, error) {
	r, err := one[policyRow](ctx, s, "read policy in force", sqlPolicyAt, at.UTC(), policy)
	return r.toPolicy(), err
}

const sqlPolicyHistory = `SELECT` + policyColumns + fromPolicies + ` WHERE p.id = $1 ORDER BY v.id`

// PolicyHistory implements workflow.Rules.
func (s *Store) PolicyHistory(ctx context.Context, id int64) ([]workflow.Policy, error) {
	return many(ctx, s, "list policy versions", policyRow.toPolicy, sqlPolicyHistory, id)
}

const sqlAddPolicy = `INSERT INTO policies (code) VALUES ($1) RETURNING id`

const sqlSavePolicy = `UPDATE policies SET code = $2 WHERE id = $1`

const sqlEndPolicyVersion = `
	UPDATE policy_versions SET valid_to = $2 WHERE policy_id = $1 AND valid_to IS NULL AND valid_from < $2`

const sqlAddPolicyVersion = `
	WITH version AS (
		INSERT INTO policy_versions (policy_id, name_zh, name_en, valid_from, created_by) VALUES ($1, $2, $3, $4, $5)
		RETURNING id
	), promises AS (
		INSERT INTO policy_promises (policy_version_id, clock, amount, unit)
		SELECT version.id, p.clock, p.amount, p.unit
		FROM version, unnest($6::text[], $7::int[], $8::text[]) AS p (clock, amount, unit)
	)
	SELECT id FROM version`

// SavePolicy implements workflow.Rules, as SaveCategory does.
func (s *Store) SavePolicy(ctx context.Context, p *workflow.Policy, by int64) error {
	saved := *p
	saved.From, saved.To = time.Time(instant(p.From).or(s.now())), time.Time{}
	err := s.together(ctx, func(tx *Store) error {
		if err := tx.beginPolicy(ctx, &saved, p.ID); err != nil {
			return err
		}
		clocks, amounts, units := promiseArrays(saved.Promises)
		version, err := one[int64](ctx, tx, "add policy version", sqlAddPolicyVersion,
			saved.ID, saved.NameZH, saved.NameEN, instant(saved.From), ref(by), clocks, amounts, units)
		saved.Version = version
		return err
	})
	if err == nil {
		*p = saved
	}
	return err
}

func (s *Store) beginPolicy(ctx context.Context, p *workflow.Policy, id int64) error {
	if id == 0 {
		added, err := one[int64](ctx, s, "add policy", sqlAddPolicy, p.Code)
		p.ID = added
		return err
	}
	if err := s.change(ctx, "save policy", sqlSavePolicy, id, p.Code); err != nil {
		return err
	}
	n, err := s.exec(ctx, "end policy version", sqlEndPolicyVersion, id, instant(p.From))
	if err == nil && n == 0 {
		return stale("end policy version")
	}
	return err
}

func promiseArrays(promises workflow.Promises) (clocks pq.StringArray, amounts pq.Int64Array, units pq.StringArray) {
	clocks, amounts, units = pq.StringArray{}, pq.Int64Array{}, pq.StringArray{}
	for clock, p := range promises {
		clocks, amounts, units = append(clocks, string(clock)), append(amounts, int64(p.Amount)), append(units, string(p.Unit))
	}
	return clocks, amounts, units
}
