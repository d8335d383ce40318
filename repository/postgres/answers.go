package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const answerColumns = `
		id, case_id, round, body, author_id, signed_by, signed_at, checked_by, checked_at, sent_at, version, updated_at`

type answerRow struct {
	ID        int64   `db:"id"`
	CaseID    int64   `db:"case_id"`
	Round     int     `db:"round"`
	Body      string  `db:"body"`
	Author    int64   `db:"author_id"`
	SignedBy  ref     `db:"signed_by"`
	SignedAt  instant `db:"signed_at"`
	CheckedBy ref     `db:"checked_by"`
	CheckedAt instant `db:"checked_at"`
	Sent      instant `db:"sent_at"`
	Version   int64   `db:"version"`
	Updated   instant `db:"updated_at"`
}

func (r answerRow) toAnswer() workflow.AnswerDraft {
	return workflow.AnswerDraft{
		ID: r.ID, CaseID: r.CaseID, Round: r.Round, Body: r.Body, Author: r.Author,
		SignedBy: int64(r.SignedBy), SignedAt: time.Time(r.SignedAt),
		CheckedBy: int64(r.CheckedBy), CheckedAt: time.Time(r.CheckedAt),
		Sent: time.Time(r.Sent), Version: r.Version, Updated: time.Time(r.Updated),
	}
}

const sqlAnswerOf = `SELECT` + answerColumns + ` FROM answers WHERE case_id = $1 ORDER BY round DESC LIMIT 1`

// AnswerOf implements workflow.Answers.
func (s *Store) AnswerOf(ctx context.Context, caseID int64) (workflow.AnswerDraft, error) {
	r, err := one[answerRow](ctx, s, "read answer", sqlAnswerOf, caseID)
	return r.toAnswer(), err
}

// The first text is a version like those saved later.
const sqlAddAnswer = `
	WITH answer AS (
		INSERT INTO answers (case_id, round, body, author_id, signed_by, signed_at, checked_by, checked_at, sent_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		RETURNING id, version, body, author_id, updated_at
	), kept AS (
		INSERT INTO answer_versions (answer_id, version, body, author_id, at)
		SELECT id, version, body, author_id, updated_at FROM answer
	)
	SELECT id FROM answer`

// AddAnswer implements workflow.Answers.
func (s *Store) AddAnswer(ctx context.Context, a *workflow.AnswerDraft) error {
	id, err := one[int64](ctx, s, "add answer", sqlAddAnswer, a.CaseID, a.Round, a.Body, a.Author,
		ref(a.SignedBy), instant(a.SignedAt), ref(a.CheckedBy), instant(a.CheckedAt), instant(a.Sent), instant(a.Updated).or(s.now()))
	if err == nil {
		a.ID, a.Version = id, 1
	}
	return err
}

const sqlSaveAnswer = `
	WITH answer AS (
		UPDATE answers SET body = $3, author_id = $4, signed_by = $5, signed_at = $6, checked_by = $7, checked_at = $8,
			sent_at = $9, updated_at = $10, version = version + 1
		WHERE id = $1 AND version = $2
		RETURNING id, version, body, updated_at
	)
	INSERT INTO answer_versions (answer_id, version, body, author_id, at)
	SELECT id, version, body, $11, updated_at FROM answer`

const sqlAnswerExists = `SELECT EXISTS (SELECT FROM answers WHERE id = $1)`

// SaveAnswer implements workflow.Answers.
func (s *Store) SaveAnswer(ctx context.Context, a *workflow.AnswerDraft, by int64) error {
	err := s.save(ctx, "save answer", sqlSaveAnswer, sqlAnswerExists, a.ID, a.Version, a.Body, a.Author,
		ref(a.SignedBy), instant(a.SignedAt), ref(a.CheckedBy), instant(a.CheckedAt), instant(a.Sent),
		instant(a.Updated).or(s.now()), by)
	if err == nil {
		a.Version++
	}
	return err
}

type answerVersionRow struct {
	Version    int64   `db:"version"`
	Body       string  `db:"body"`
	Author     int64   `db:"author_id"`
	AuthorName string  `db:"author_name"`
	At         instant `db:"at"`
}

func (r answerVersionRow) toVersion() workflow.AnswerVersion {
	return workflow.AnswerVersion{Version: r.Version, Body: r.Body, Author: r.Author, AuthorName: r.AuthorName, At: time.Time(r.At)}
}

const sqlAnswerVersions = `
	SELECT v.version, v.body, v.author_id, a.name AS author_name, v.at
	FROM answer_versions v JOIN accounts a ON a.id = v.author_id
	WHERE v.answer_id = $1
	ORDER BY v.version`

// AnswerVersions implements workflow.Answers.
func (s *Store) AnswerVersions(ctx context.Context, answerID int64) ([]workflow.AnswerVersion, error) {
	return many(ctx, s, "list answer versions", answerVersionRow.toVersion, sqlAnswerVersions, answerID)
}
