package postgres

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"mailbox/workflow"
)

type appraisalRow struct {
	ID           int64   `db:"id"`
	Kind         string  `db:"kind"`
	Day          date    `db:"day"`
	Title        string  `db:"title"`
	Participants int     `db:"participants"`
	Satisfied    int     `db:"satisfied"`
	Basically    int     `db:"basically"`
	Dissatisfied int     `db:"dissatisfied"`
	Findings     string  `db:"findings"`
	SHA256       string  `db:"sha256"`
	FileName     string  `db:"file_name"`
	MediaType    string  `db:"media_type"`
	Size         int64   `db:"size"`
	External     string  `db:"external"`
	CreatedBy    int64   `db:"created_by"`
	Created      instant `db:"created_at"`
	Updated      instant `db:"updated_at"`
	Removed      instant `db:"removed_at"`
	Version      int64   `db:"version"`
}

func (r appraisalRow) toAppraisal() workflow.Appraisal {
	return workflow.Appraisal{
		ID: r.ID, Kind: workflow.AppraisalKind(r.Kind), Day: string(r.Day), Title: r.Title, Participants: r.Participants,
		Satisfied: r.Satisfied, Basically: r.Basically, Dissatisfied: r.Dissatisfied, Findings: r.Findings,
		File:      workflow.NewFile{SHA256: r.SHA256, Name: r.FileName, MediaType: r.MediaType, Size: r.Size},
		External:  r.External,
		CreatedBy: r.CreatedBy, Created: time.Time(r.Created), Updated: time.Time(r.Updated), Removed: time.Time(r.Removed), Version: r.Version,
	}
}

func appraisalValues(a *workflow.Appraisal) []any {
	return []any{
		a.Kind, date(a.Day), a.Title, a.Participants, a.Satisfied, a.Basically, a.Dissatisfied, a.Findings,
		a.File.SHA256, a.File.Name, a.File.MediaType, a.File.Size, a.External, a.CreatedBy, instant(a.Created), instant(a.Updated), instant(a.Removed),
	}
}

const sqlAddAppraisal = `
	INSERT INTO appraisals (kind, day, title, participants, satisfied, basically, dissatisfied, findings, sha256, file_name, media_type, size,
		external, created_by, created_at, updated_at, removed_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id`

// AddAppraisal implements workflow.Appraisals.
func (s *Store) AddAppraisal(ctx context.Context, a *workflow.Appraisal) error {
	id, err := one[int64](ctx, s, "add appraisal", sqlAddAppraisal, appraisalValues(a)...)
	if err == nil {
		a.ID, a.Version = id, 1
	}
	return err
}

const sqlSaveAppraisal = `
	UPDATE appraisals SET (kind, day, title, participants, satisfied, basically, dissatisfied, findings, sha256, file_name, media_type, size,
		external, created_by, created_at, updated_at, removed_at, version)
		= ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, version + 1)
	WHERE id = $1 AND version = $2`

const sqlAppraisalExists = `SELECT EXISTS (SELECT FROM appraisals WHERE id = $1)`

// SaveAppraisal implements workflow.Appraisals.
func (s *Store) SaveAppraisal(ctx context.Context, a *workflow.Appraisal) error {
	err := s.save(ctx, "save appraisal", sqlSaveAppraisal, sqlAppraisalExists, a.ID, append([]any{a.Version}, appraisalValues(a)...)...)
	if err == nil {
		a.Version++
	}
	return err
}

const appraisalColumns = `
	SELECT id, kind, day, title, participants, satisfied, basically, dissatisfied, findings, sha256, file_name, media_type, size,
		external, created_by, created_at, updated_at, removed_at, version
	FROM appraisals`

const sqlAppraisal = appraisalColumns + ` WHERE id = $1`

// Appraisal implements workflow.Appraisals.
func (s *Store) Appraisal(ctx context.Context, id int64) (workflow.Appraisal, error) {
	r, err := one[appraisalRow](ctx, s, "read appraisal", sqlAppraisal, id)
	return r.toAppraisal(), err
}

// appraisals adds the conditions of a list.
func (c *conditions) appraisals(q workflow.AppraisalQuery) {
	if q.AsOf.IsZero() {
		c.add("removed_at IS NULL")
	} else {
		c.add("created_at <= ? AND (removed_at IS NULL OR removed_at > ?)", instant(q.AsOf), instant(q.AsOf))
	}
	c.addIf(q.Kind != "", "kind = ?", q.Kind)
	c.addIf(q.From != "", "day >= ?::date", q.From)
	c.addIf(q.To != "", "day < ?::date", q.To)
}

// Appraisals implements workflow.Appraisals.
func (s *Store) Appraisals(ctx context.Context, q workflow.AppraisalQuery) (workflow.AppraisalListing, error) {
	statement, args, err := appraisalStatement(&q)
	if err != nil {
		return workflow.AppraisalListing{}, err
	}
	rows, err := many(ctx, s, "list appraisals", appraisalRow.toAppraisal, statement, args...)
	if err != nil || len(rows) <= q.Limit {
		return workflow.AppraisalListing{Appraisals: rows}, err
	}
	rows = rows[:q.Limit]
	last := rows[q.Limit-1]
	return workflow.AppraisalListing{Appraisals: rows, Next: dayCursor(last.Day, last.ID)}, nil
}

func appraisalStatement(q *workflow.AppraisalQuery) (statement string, args []any, err error) {
	if q.Limit <= 0 {
		q.Limit = pageLength
	}
	q.Limit = min(q.Limit, pageMost)
	where := conditions{args: &args}
	where.appraisals(*q)
	if q.After != "" {
		day, id, err := readDayCursor(q.After)
		if err != nil {
			return "", nil, workflow.Wrong("after", "invalid.cursor")
		}
		where.add("(day, id) < (?::date, ?)", day, id)
	}
	return appraisalColumns + " WHERE " + where.String() + " ORDER BY day DESC, id DESC LIMIT " + strconv.Itoa(q.Limit+1), args, nil
}

// CountAppraisals implements workflow.Appraisals.
func (s *Store) CountAppraisals(ctx context.Context, q workflow.AppraisalQuery) (int, error) {
	statement, args := appraisalCount(q)
	return one[int](ctx, s, "count appraisals", statement, args...)
}

func appraisalCount(q workflow.AppraisalQuery) (statement string, args []any) {
	where := conditions{args: &args}
	where.appraisals(q)
	return "SELECT count(*) FROM appraisals WHERE " + where.String(), args
}

// dayCursor says behind which row of a list by day the next page begins.
func dayCursor(day string, id int64) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", day, id))
}

func readDayCursor(cursor string) (day string, id int64, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	if _, err := fmt.Sscanf(string(text), "%s %d", &day, &id); err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	if _, err = time.Parse(time.DateOnly, day); err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	return day, id, nil
}
