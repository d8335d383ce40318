package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// The sequence gives each case of a day another serial, and nobody waits for
// anybody.
const sqlNameCase = `
	SELECT nextval('cases_id_seq') AS id, $1 || lpad(serial::text, greatest(4, length(serial::text)), '0') AS number
	FROM (SELECT nextval('case_serial') - $2 AS serial) s`

// NameCase implements workflow.Cases.
func (s *Store) NameCase(ctx context.Context, day string) (id int64, number string, err error) {
	base, err := s.days.base(ctx, day)
	if err != nil {
		return 0, "", err
	}
	prefix := "XZ" + strings.ReplaceAll(day, "-", "") + "-"
	named, err := one[struct {
		ID     int64  `db:"id"`
		Number string `db:"number"`
	}](ctx, s, "name case", sqlNameCase, prefix, base)
	return named.ID, named.Number, err
}

const sqlCase = `SELECT` + caseColumns + ` FROM cases c WHERE c.id = $1`

// Case implements workflow.Cases.
func (s *Store) Case(ctx context.Context, id int64) (workflow.Case, error) {
	r, err := one[caseRow](ctx, s, "read case", sqlCase, id)
	return r.toCase(), err
}

// The lock lets others add what refers to the case, such as letters and facts,
// but not change or lock it.
const sqlLockCase = sqlCase + ` FOR NO KEY UPDATE`

// LockCase implements workflow.Cases.
func (s *Store) LockCase(ctx context.Context, id int64) (workflow.Case, error) {
	r, err := one[caseRow](ctx, s, "lock case", sqlLockCase, id)
	return r.toCase(), err
}

const sqlLockFreeCases = `SELECT` + caseColumns + ` FROM cases c WHERE c.id = ANY ($1) ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED`

// LockFreeCases implements workflow.Cases.
func (s *Store) LockFreeCases(ctx context.Context, ids []int64) ([]workflow.Case, error) {
	return many(ctx, s, "lock cases", caseRow.toCase, sqlLockFreeCases, pq.Int64Array(ids))
}

const sqlCaseByNumber = `SELECT` + caseColumns + ` FROM cases c WHERE c.number = $1`

// CaseByNumber implements workflow.Cases.
func (s *Store) CaseByNumber(ctx context.Context, number string) (workflow.Case, error) {
	r, err := one[caseRow](ctx, s, "read case by number", sqlCaseByNumber, number)
	return r.toCase(), err
}

const sqlSaveCase = `
	UPDATE cases SET (code_hash, state, resume, kind, category_id, category_version_id, policy_version_id, channel, mode,
		writer_status, writer_id, subject, locale, department_id, about_id, urgent, sealed, binding, publish_wish,
		ground, outcome, merged_into, split_from, received_at, accepted_at, routed_at, signed_for_at, answered_at,
		ended_at, refuse_until, refusals, asked_again, redone, extensions, in_time, worked_minutes, rated_at,
		rate_speed, rate_attitude, rate_result, rate_solved, due_at, due_clock, chain_seq, chain_hash, updated_at,
		in_first, handled_minutes, signed_in_time, concern, decision, campaign_id, proposed_id, version)
		= ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
		$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47,
		$48, $49, $50, $51, $52, $53, $54, $55, version + 1)
	WHERE id = $1 AND version = $2`

const sqlCaseExists = `SELECT EXISTS (SELECT FROM cases WHERE id = $1)`

// SaveCase implements workflow.Cases.
func (s *Store) SaveCase(ctx context.Context, c *workflow.Case) error {
	values := slices.Concat([]any{c.Version}, caseValues(c), caseVerdicts(c), matterValues(c))
	err := s.save(ctx, "save case", sqlSaveCase, sqlCaseExists, c.ID, values...)
	if err == nil {
		c.Version++
	}
	return err
}

const sqlCaseIDs = `SELECT id FROM cases WHERE id > $1 ORDER BY id LIMIT $2`

// CaseIDs implements workflow.Cases.
func (s *Store) CaseIDs(ctx context.Context, after int64, limit int) ([]int64, error) {
	return many(ctx, s, "list case ids", same[int64], sqlCaseIDs, after, ref(limit))
}

const sqlCasesFrom = `SELECT` + caseColumns + ` FROM cases c WHERE c.id > $1 ORDER BY c.id LIMIT $2`

// CasesFrom implements workflow.Cases.
func (s *Store) CasesFrom(ctx context.Context, after int64, limit int) ([]workflow.Case, error) {
	return many(ctx, s, "list whole cases", caseRow.toCase, sqlCasesFrom, after, ref(limit))
}

// The case is locked, so that it does not end unseen meanwhile.
const sqlAssist = `
	INSERT INTO case_departments (case_id, department_id, since, received_at, open)
	SELECT id, $2, $3, received_at, ended_at IS NULL FROM cases WHERE id = $1 FOR NO KEY UPDATE
	ON CONFLICT (case_id, department_id) DO NOTHING`

const sqlStopAssisting = `DELETE FROM case_departments WHERE case_id = $1 AND department_id = $2`

// Assist implements workflow.Cases.
func (s *Store) Assist(ctx context.Context, caseID, department int64, helps bool, at time.Time) error {
	if !helps {
		_, err := s.exec(ctx, "stop assisting", sqlStopAssisting, caseID, department)
		return err
	}
	n, err := s.exec(ctx, "assist", sqlAssist, caseID, department, instant(at))
	if err != nil || n > 0 {
		return err
	}
	_, err = s.Case(ctx, caseID) // it helps already, or there is no such case
	return err
}

const sqlAssisting = `SELECT department_id FROM case_departments WHERE case_id = $1 ORDER BY department_id`

// Assisting implements workflow.Cases.
func (s *Store) Assisting(ctx context.Context, caseID int64) ([]int64, error) {
	return many(ctx, s, "list assisting departments", same[int64], sqlAssisting, caseID)
}

const sqlParts = `SELECT` + caseColumns + ` FROM cases c WHERE c.merged_into = $1 OR c.split_from = $1 ORDER BY c.id`

// Parts implements workflow.Cases.
func (s *Store) Parts(ctx context.Context, caseID int64) ([]workflow.Case, error) {
	return many(ctx, s, "list parts", caseRow.toCase, sqlParts, caseID)
}
