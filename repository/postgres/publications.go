package postgres

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const publicationColumns = `
		p.id, p.case_id, p.slug, p.state, p.kind, p.category_id, p.department_id, p.subject, p.content, p.content_hash,
		p.review_id, coalesce(p.review_passed, false) AS review_passed, p.visible_at, p.published_at, p.published_by,
		p.withdrawn_at, p.withdrawn_by, p.reason, p.created_by, p.created_at, p.updated_at, p.version`

type publicationRow struct {
	ID          int64   `db:"id"`
	CaseID      int64   `db:"case_id"`
	Slug        string  `db:"slug"`
	State       string  `db:"state"`
	Kind        string  `db:"kind"`
	Category    int64   `db:"category_id"`
	Department  ref     `db:"department_id"`
	Subject     string  `db:"subject"`
	Content     octets  `db:"content"`
	Hash        octets  `db:"content_hash"`
	Review      ref     `db:"review_id"`
	Passed      bool    `db:"review_passed"`
	Visible     instant `db:"visible_at"`
	Published   instant `db:"published_at"`
	PublishedBy ref     `db:"published_by"`
	Withdrawn   instant `db:"withdrawn_at"`
	WithdrawnBy ref     `db:"withdrawn_by"`
	Reason      string  `db:"reason"`
	CreatedBy   int64   `db:"created_by"`
	Created     instant `db:"created_at"`
	Updated     instant `db:"updated_at"`
	Version     int64   `db:"version"`
}

func (r publicationRow) toPublication() workflow.Publication {
	return workflow.Publication{
		ID: r.ID, CaseID: r.CaseID, Slug: r.Slug, State: workflow.PublicationState(r.State), Kind: workflow.CaseKind(r.Kind),
		Category: r.Category, Department: int64(r.Department), Subject: r.Subject, Content: r.Content, ContentHash: r.Hash,
		Review: int64(r.Review), Passed: r.Passed, Visible: time.Time(r.Visible), Published: time.Time(r.Published),
		PublishedBy: int64(r.PublishedBy), Withdrawn: time.Time(r.Withdrawn), WithdrawnBy: int64(r.WithdrawnBy), Reason: r.Reason,
		CreatedBy: r.CreatedBy, Created: time.Time(r.Created), Updated: time.Time(r.Updated), Version: r.Version,
	}
}

const sqlAddPublication = `
	WITH added AS (
		INSERT INTO publications (case_id, slug, state, kind, category_id, department_id, subject, content, content_hash,
			created_by, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
		RETURNING id
	), kept AS (
		INSERT INTO redactions (publication_id, subject, question, answer) SELECT id, $12, $13, $14 FROM added
	)
	SELECT id FROM added`

// AddPublication implements workflow.Publications.
func (s *Store) AddPublication(ctx context.Context, p *workflow.Publication, r workflow.Redaction) error {
	id, err := one[int64](ctx, s, "add publication", sqlAddPublication, p.CaseID, p.Slug, p.State, p.Kind, p.Category, ref(p.Department),
		p.Subject, octets(p.Content), octets(p.ContentHash), p.CreatedBy, instant(p.Created).or(s.now()), r.Subject, r.Question, r.Answer)
	if err == nil {
		p.ID, p.Version = id, 1
	}
	return err
}

const sqlSavePublication = `
	UPDATE publications SET state = $3, kind = $4, category_id = $5, department_id = $6, subject = $7, content = $8, content_hash = $9,
		review_id = $10, review_passed = $11, visible_at = $12, published_at = $13, published_by = $14, withdrawn_at = $15,
		withdrawn_by = $16, reason = $17, words = $18::tsvector, updated_at = $19, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlPublicationExists = `SELECT EXISTS (SELECT FROM publications WHERE id = $1)`

// SavePublication implements workflow.Publications.
func (s *Store) SavePublication(ctx context.Context, p *workflow.Publication) error {
	err := s.save(ctx, "save publication", sqlSavePublication, sqlPublicationExists, p.ID, p.Version, p.State, p.Kind, p.Category,
		ref(p.Department), p.Subject, octets(p.Content), octets(p.ContentHash), ref(p.Review), known(p.Review != 0, p.Passed),
		instant(p.Visible), instant(p.Published), ref(p.PublishedBy), instant(p.Withdrawn), ref(p.WithdrawnBy), p.Reason,
		searchable(p.Words), instant(p.Updated).or(s.now()))
	if err == nil {
		p.Version++
	}
	return gated(err, "publication.refused")
}

// known is a verdict, or NULL when there is none yet.
func known(there, verdict bool) any {
	if !there {
		return nil
	}
	return verdict
}

// searchable is words as a tsvector; none is NULL.
func searchable(words string) any {
	if words == "" {
		return nil
	}
	return tokens(words)
}

const sqlPublication = `SELECT` + publicationColumns + ` FROM publications p WHERE p.id = $1`

// Publication implements workflow.Publications.
func (s *Store) Publication(ctx context.Context, id int64) (workflow.Publication, error) {
	r, err := one[publicationRow](ctx, s, "read publication", sqlPublication, id)
	return r.toPublication(), err
}

const sqlPublicationOf = `SELECT` + publicationColumns + ` FROM publications p WHERE p.case_id = $1 ORDER BY p.id DESC LIMIT 1`

// PublicationOf implements workflow.Publications.
func (s *Store) PublicationOf(ctx context.Context, caseID int64) (workflow.Publication, error) {
	r, err := one[publicationRow](ctx, s, "read publication of case", sqlPublicationOf, caseID)
	return r.toPublication(), err
}

const sqlSaveRedaction = `
	INSERT INTO redactions (publication_id, subject, question, answer) VALUES ($1, $2, $3, $4)
	ON CONFLICT (publication_id) DO UPDATE SET subject = EXCLUDED.subject, question = EXCLUDED.question, answer = EXCLUDED.answer`

// SaveRedaction implements workflow.Publications.
func (s *Store) SaveRedaction(ctx context.Context, id int64, r workflow.Redaction) error {
	_, err := s.exec(ctx, "save redaction", sqlSaveRedaction, id, r.Subject, r.Question, r.Answer)
	return err
}

const sqlRedaction = `SELECT subject, question, answer FROM redactions WHERE publication_id = $1`

// Redaction implements workflow.Publications.
func (s *Store) Redaction(ctx context.Context, id int64) (workflow.Redaction, error) {
	return one[workflow.Redaction](ctx, s, "read redaction", sqlRedaction, id)
}

const sqlDropRedaction = `DELETE FROM redactions WHERE publication_id = $1`

// DropRedaction implements workflow.Publications.
func (s *Store) DropRedaction(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, "drop redaction", sqlDropRedaction, id)
	return err
}

// Publications implements workflow.Publications.
func (s *Store) Publications(ctx context.Context, q workflow.PublicationQuery) ([]workflow.Publication, error) {
	var args []any
	where := conditions{args: &args}
	where.publications(q)
	where.addIf(q.Before != 0, "p.id < ?", q.Before)
	statement := "SELECT" + publicationColumns + " FROM publications p WHERE " + where.String() + " ORDER BY p.id DESC LIMIT " + strconv.Itoa(pageOf(q.Limit))
	return many(ctx, s, "list publications", publicationRow.toPublication, statement, args...)
}

// pageOf is how many rows a page has.
func pageOf(limit int) int {
	if limit <= 0 {
		return pageLength
	}
	return min(limit, pageMost)
}

// CountPublications implements workflow.Publications.
func (s *Store) CountPublications(ctx context.Context, q workflow.PublicationQuery) (int, error) {
	var args []any
	where := conditions{args: &args}
	where.publications(q)
	return one[int](ctx, s, "count publications", "SELECT count(*) FROM publications p WHERE "+where.String(), args...)
}

func (c *conditions) publications(q workflow.PublicationQuery) {
	c.add("NOT EXISTS (SELECT FROM cases c WHERE c.id = p.case_id AND c.sealed)") // the office knows of no sealed case
	c.addIf(q.State != "", "p.state = ?", q.State)
	c.addIf(!q.Embargo.IsZero(), "p.visible_at > ?", instant(q.Embargo))
	c.addIf(q.NotAbout != 0, "NOT EXISTS (SELECT FROM cases c WHERE c.id = p.case_id AND c.about_id = ?)", q.NotAbout)
}

// Public implements workflow.Publications.
func (s *Store) Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error) {
	var args []any
	where := conditions{args: &args}
	where.public(q)
	if q.After != "" {
		at, id, err := readPublicCursor(q.After)
		if err != nil {
			return workflow.PublicListing{}, workflow.Wrong("after", "invalid.cursor")
		}
		where.add("(p.visible_at, p.id) < (?::timestamptz, ?)", at, id)
	}
	limit := pageOf(q.Limit)
	statement := "SELECT" + publicationColumns + " FROM publications p WHERE " + where.String() +
		" ORDER BY p.visible_at DESC, p.id DESC LIMIT " + strconv.Itoa(limit+1)
	rows, err := many(ctx, s, "list public answers", publicationRow.toPublication, statement, args...)
	if err != nil || len(rows) <= limit {
		return workflow.PublicListing{Publications: rows}, err
	}
	rows = rows[:limit]
	return workflow.PublicListing{Publications: rows, Next: publicCursor(rows[limit-1])}, nil
}

// CountPublic implements workflow.Publications.
func (s *Store) CountPublic(ctx context.Context, q workflow.PublicQuery) (int, error) {
	var args []any
	where := conditions{args: &args}
	where.public(q)
	return one[int](ctx, s, "count public answers", "SELECT count(*) FROM publications p WHERE "+where.String(), args...)
}

func (c *conditions) public(q workflow.PublicQuery) {
	c.add("p.state = 'published' AND p.visible_at <= ?", instant(q.At))
	c.addIf(q.Category != 0, "p.category_id = ?", q.Category)
	c.addIf(len(q.Categories) > 0, "p.category_id = ANY (?)", pq.Int64Array(q.Categories))
	c.addIf(!q.From.IsZero(), "EXISTS (SELECT FROM cases c WHERE c.id = p.case_id AND c.received_at >= ?)", instant(q.From))
	c.addIf(!q.To.IsZero(), "EXISTS (SELECT FROM cases c WHERE c.id = p.case_id AND c.received_at < ?)", instant(q.To))
	c.addIf(q.Department != 0, "p.department_id = ?", q.Department)
	c.addIf(q.Kind != "", "p.kind = ?", q.Kind)
	if strings.TrimSpace(q.Search) == "" {
		return
	}
	words := workflow.SearchQuery(q.Search)
	if len(words) == 0 {
		c.add("false")
		return
	}
	c.add("p.words @@ ?::tsquery", phrases(words))
}

func publicCursor(p workflow.Publication) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", p.Visible.UTC().Format(time.RFC3339Nano), p.ID))
}

func readPublicCursor(cursor string) (at string, id int64, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	if _, err := fmt.Sscanf(string(text), "%s %d", &at, &id); err != nil {
		return "", 0, fmt.Errorf("cursor: %w", err)
	}
	_, err = time.Parse(time.RFC3339Nano, at)
	return at, id, err
}

const sqlPublicBySlug = `SELECT` + publicationColumns + ` FROM publications p WHERE p.slug = $1 AND p.state = 'published' AND p.visible_at <= $2`

// PublicBySlug implements workflow.Publications.
func (s *Store) PublicBySlug(ctx context.Context, slug string, at time.Time) (workflow.Publication, error) {
	r, err := one[publicationRow](ctx, s, "read public answer", sqlPublicBySlug, slug, instant(at))
	return r.toPublication(), err
}
