package postgres

import (
	"context"
	"database/sql"
	"time"

	"mailbox/workflow"
)

const annualColumns = `
		id, coalesce(family_id, id) AS family_id, revision, reason, form, year, from_day, last_day, as_of, title, addressee, notice, day,
		state, hash, frozen_by, frozen_at, checked_by, checked_at, signed_by, signed_at, review_id, coalesce(review_passed, false) AS review_passed,
		published_by, published_at, returned_by, returned_at, return_note, created_by, created_at, updated_at, version`

type annualRow struct {
	ID          int64   `db:"id"`
	Family      int64   `db:"family_id"`
	Revision    int     `db:"revision"`
	Reason      string  `db:"reason"`
	Form        string  `db:"form"`
	Year        int     `db:"year"`
	From        date    `db:"from_day"`
	Last        date    `db:"last_day"`
	AsOf        instant `db:"as_of"`
	Title       string  `db:"title"`
	Addressee   string  `db:"addressee"`
	Notice      string  `db:"notice"`
	Day         date    `db:"day"`
	State       string  `db:"state"`
	Hash        octets  `db:"hash"`
	FrozenBy    ref     `db:"frozen_by"`
	Frozen      instant `db:"frozen_at"`
	CheckedBy   ref     `db:"checked_by"`
	Checked     instant `db:"checked_at"`
	SignedBy    ref     `db:"signed_by"`
	Signed      instant `db:"signed_at"`
	Review      ref     `db:"review_id"`
	Passed      bool    `db:"review_passed"`
	PublishedBy ref     `db:"published_by"`
	Published   instant `db:"published_at"`
	ReturnedBy  ref     `db:"returned_by"`
	Returned    instant `db:"returned_at"`
	ReturnNote  string  `db:"return_note"`
	CreatedBy   int64   `db:"created_by"`
	Created     instant `db:"created_at"`
	Updated     instant `db:"updated_at"`
	Version     int64   `db:"version"`
}

func (r annualRow) toReport() workflow.AnnualReport {
	return workflow.AnnualReport{
		ID: r.ID, Family: r.Family, Revision: r.Revision, Reason: r.Reason, Form: r.Form, Year: r.Year,
		From: string(r.From), Last: string(r.Last), AsOf: time.Time(r.AsOf), Title: r.Title, Addressee: r.Addressee,
		Notice: r.Notice, Day: string(r.Day), State: workflow.AnnualState(r.State), Hash: r.Hash,
		FrozenBy: int64(r.FrozenBy), Frozen: time.Time(r.Frozen), CheckedBy: int64(r.CheckedBy), Checked: time.Time(r.Checked),
		SignedBy: int64(r.SignedBy), Signed: time.Time(r.Signed), Review: int64(r.Review), Passed: r.Passed,
		PublishedBy: int64(r.PublishedBy), Published: time.Time(r.Published), ReturnedBy: int64(r.ReturnedBy),
		Returned: time.Time(r.Returned), ReturnNote: r.ReturnNote, CreatedBy: r.CreatedBy,
		Created: time.Time(r.Created), Updated: time.Time(r.Updated), Version: r.Version,
	}
}

// A further revision takes the number after the last; the unique index lets only
// one of two have it.
const sqlAddReport = `
	INSERT INTO annual_reports (family_id, revision, reason, form, year, from_day, last_day, as_of, title, addressee, notice, day,
		state, created_by, created_at, updated_at)
	VALUES ($1, 1 + coalesce((SELECT max(revision) FROM annual_reports WHERE family_id = $1), 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
		'draft', $12, $13, $13)
	RETURNING id, revision`

const sqlOwnFamily = `UPDATE annual_reports SET family_id = id WHERE id = $1`

// AddReport implements workflow.Annals.
func (s *Store) AddReport(ctx context.Context, r *workflow.AnnualReport, blocks []workflow.AnnualBlock) error {
	type added struct {
		ID       int64 `db:"id"`
		Revision int   `db:"revision"`
	}
	out := *r
	err := s.together(ctx, func(tx *Store) error {
		row, err := one[added](ctx, tx, "add report", sqlAddReport, ref(r.Family), r.Reason, r.Form, r.Year, date(r.From), date(r.Last),
			instant(r.AsOf), r.Title, r.Addressee, r.Notice, date(r.Day), r.CreatedBy, instant(r.Created).or(s.now()))
		if err != nil {
			return err
		}
		out.ID, out.Revision = row.ID, row.Revision
		if r.Family == 0 {
			out.Family = row.ID
			if _, err := tx.exec(ctx, "name report", sqlOwnFamily, row.ID); err != nil {
				return err
			}
		}
		for _, b := range blocks {
			if err := tx.addBlock(ctx, row.ID, b, instant(r.Created).or(s.now())); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		out.Version, out.State = 1, workflow.AnnualDraft
		*r = out
	}
	return err
}

const sqlReport = `SELECT` + annualColumns + ` FROM annual_reports WHERE id = $1`

// Report implements workflow.Annals.
func (s *Store) Report(ctx context.Context, id int64) (workflow.AnnualReport, error) {
	r, err := one[annualRow](ctx, s, "read report", sqlReport, id)
	return r.toReport(), err
}

const sqlLockReport = sqlReport + ` FOR UPDATE`

// LockReport implements workflow.Annals.
func (s *Store) LockReport(ctx context.Context, id int64) (workflow.AnnualReport, error) {
	r, err := one[annualRow](ctx, s, "lock report", sqlLockReport, id)
	return r.toReport(), err
}

const sqlSaveReport = `
	UPDATE annual_reports SET form = $3, year = $4, from_day = $5, last_day = $6, as_of = $7, title = $8, addressee = $9, notice = $10,
		day = $11, state = $12, hash = $13, frozen_by = $14, frozen_at = $15, checked_by = $16, checked_at = $17, signed_by = $18,
		signed_at = $19, review_id = $20, review_passed = CASE WHEN $21 THEN true END, published_by = $22, published_at = $23, returned_by = $24,
		returned_at = $25, return_note = $26, updated_at = $27, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlReportExists = `SELECT EXISTS (SELECT FROM annual_reports WHERE id = $1)`

// SaveReport implements workflow.Annals. A review is tied to the report only
// once it passed: until then there is nothing that a key could hold.
func (s *Store) SaveReport(ctx context.Context, r *workflow.AnnualReport) error {
	err := s.save(ctx, "save report", sqlSaveReport, sqlReportExists, r.ID, r.Version, r.Form, r.Year, date(r.From), date(r.Last),
		instant(r.AsOf), r.Title, r.Addressee, r.Notice, date(r.Day), r.State, octets(r.Hash), ref(r.FrozenBy), instant(r.Frozen),
		ref(r.CheckedBy), instant(r.Checked), ref(r.SignedBy), instant(r.Signed), ref(r.Review), r.Passed, ref(r.PublishedBy),
		instant(r.Published), ref(r.ReturnedBy), instant(r.Returned), r.ReturnNote, instant(r.Updated).or(s.now()))
	if err == nil {
		r.Version++
	}
	return err
}

const sqlReportsBy = `SELECT` + annualColumns + ` FROM annual_reports
	WHERE ($1::bigint IS NULL OR family_id = $1) AND ($2::bigint IS NULL OR id < $2)
	ORDER BY id DESC LIMIT $3`

// ReportsBy implements workflow.Annals.
func (s *Store) ReportsBy(ctx context.Context, q workflow.AnnualQuery) ([]workflow.AnnualReport, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 25
	}
	return many(ctx, s, "list reports", annualRow.toReport, sqlReportsBy, ref(q.Family), ref(q.Before), min(limit, 100))
}

const sqlAddSnapshot = `INSERT INTO annual_snapshots (report_id, body, sha256, at) VALUES ($1, $2, $3, $4)`

// AddSnapshot implements workflow.Annals.
func (s *Store) AddSnapshot(ctx context.Context, f workflow.AnnualSnapshot) error {
	_, err := s.exec(ctx, "add snapshot", sqlAddSnapshot, f.Report, f.Body, f.Hash, instant(f.At))
	return err
}

type snapshotRow struct {
	Report int64   `db:"report_id"`
	Body   []byte  `db:"body"`
	Hash   []byte  `db:"sha256"`
	At     instant `db:"at"`
}

const sqlSnapshot = `SELECT report_id, body, sha256, at FROM annual_snapshots WHERE report_id = $1`

// Snapshot implements workflow.Annals.
func (s *Store) Snapshot(ctx context.Context, report int64) (workflow.AnnualSnapshot, error) {
	r, err := one[snapshotRow](ctx, s, "read snapshot", sqlSnapshot, report)
	return workflow.AnnualSnapshot{Report: r.Report, Body: r.Body, Hash: r.Hash, At: time.Time(r.At)}, err
}

// Still implements workflow.Annals.
func (s *Store) Still(ctx context.Context, do func(workflow.Store) error) error {
	if s.act != nil {
		return do(s) // as still as the transaction it is part of
	}
	still := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return s.persist(ctx, func() (again bool, err error) { return s.once(ctx, still, do) })
}

const sqlCountWriters = `
	SELECT count(DISTINCT w.mail_index) FROM cases c JOIN writers w ON w.id = c.writer_id
	WHERE c.received_at >= $1 AND c.received_at < $2 AND NOT c.sealed AND w.created_at <= $3`

// CountWriters implements workflow.Annals.
func (s *Store) CountWriters(ctx context.Context, from, to, asOf time.Time) (int, error) {
	return one[int](ctx, s, "count writers", sqlCountWriters, from.UTC(), to.UTC(), instant(asOf))
}

// CasesBehind implements workflow.Annals, with the same conditions as a list.
func (s *Store) CasesBehind(ctx context.Context, q workflow.FactQuery) ([]int64, error) {
	var args []any
	where := conditions{args: &args, leads: bothWhole}
	where.fact(&q)
	return many(ctx, s, "list cases behind a figure", same[int64], "SELECT c.id FROM cases c WHERE "+where.String()+" ORDER BY c.id", args...)
}
