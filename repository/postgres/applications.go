package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

type applicationRow struct {
	CaseID      int64   `db:"case_id"`
	Asked       string  `db:"asked"`
	Purpose     string  `db:"purpose"`
	Delivery    string  `db:"delivery"`
	Ground      string  `db:"ground"`
	Referral    string  `db:"referral"`
	Fee         int     `db:"fee"`
	Waived      int     `db:"waived"`
	CheckedBy   ref     `db:"checked_by"`
	Checked     instant `db:"checked_at"`
	CheckedHash octets  `db:"checked_hash"`
	Updated     instant `db:"updated_at"`
}

func (r applicationRow) toApplication() workflow.Application {
	return workflow.Application{
		CaseID: r.CaseID, Asked: r.Asked, Purpose: r.Purpose, Delivery: r.Delivery, Ground: workflow.ReviewGround(r.Ground),
		Referral: r.Referral, Fee: r.Fee, Waived: r.Waived, CheckedBy: int64(r.CheckedBy), Checked: time.Time(r.Checked),
		CheckedHash: r.CheckedHash, Updated: time.Time(r.Updated),
	}
}

const sqlApplication = `
	SELECT case_id, asked, purpose, delivery, ground, referral, fee, waived, checked_by, checked_at, checked_hash, updated_at
	FROM applications WHERE case_id = $1`

// Application implements workflow.Applications.
func (s *Store) Application(ctx context.Context, caseID int64) (workflow.Application, error) {
	r, err := one[applicationRow](ctx, s, "read application", sqlApplication, caseID)
	return r.toApplication(), err
}

const sqlFees = `
	SELECT case_id, fee, waived FROM applications
	WHERE case_id = ANY ($1) AND (fee <> 0 OR waived <> 0) ORDER BY case_id`

type feeRow struct {
	CaseID int64 `db:"case_id"`
	Fee    int   `db:"fee"`
	Waived int   `db:"waived"`
}

func (r feeRow) toFee() workflow.Fee {
	return workflow.Fee{CaseID: r.CaseID, Paid: r.Fee, Waived: r.Waived}
}

// FeesOf implements workflow.Applications.
func (s *Store) FeesOf(ctx context.Context, cases []int64) ([]workflow.Fee, error) {
	return many(ctx, s, "read fees", feeRow.toFee, sqlFees, pq.Int64Array(cases))
}

const sqlSaveApplication = `
	INSERT INTO applications (case_id, asked, purpose, delivery, ground, referral, fee, waived, checked_by, checked_at, checked_hash, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	ON CONFLICT (case_id) DO UPDATE SET (asked, purpose, delivery, ground, referral, fee, waived, checked_by, checked_at, checked_hash, updated_at)
		= (EXCLUDED.asked, EXCLUDED.purpose, EXCLUDED.delivery, EXCLUDED.ground, EXCLUDED.referral, EXCLUDED.fee, EXCLUDED.waived,
		EXCLUDED.checked_by, EXCLUDED.checked_at, EXCLUDED.checked_hash, EXCLUDED.updated_at)`

// SaveApplication implements workflow.Applications.
func (s *Store) SaveApplication(ctx context.Context, a workflow.Application) error {
	_, err := s.exec(ctx, "save application", sqlSaveApplication, a.CaseID, a.Asked, a.Purpose, a.Delivery, a.Ground, a.Referral,
		a.Fee, a.Waived, ref(a.CheckedBy), instant(a.Checked), octets(a.CheckedHash), instant(a.Updated))
	return err
}
