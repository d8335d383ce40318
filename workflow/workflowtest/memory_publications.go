package workflowtest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// AddPublication implements workflow.Publications.
func (m *Memory) AddPublication(ctx context.Context, p *workflow.Publication, r workflow.Redaction) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(p.CaseID), d.accounts.has(p.CreatedBy), d.department(p.Department), d.category(p.Category)); err != nil {
			return err
		}
		taken := func(o workflow.Publication) bool {
			return o.Slug == p.Slug || o.CaseID == p.CaseID && o.State != workflow.PublicationWithdrawn
		}
		if d.publications.any(taken) {
			return conflict()
		}
		if !bytes.Equal(p.ContentHash, workflow.HashOf(p.Content)) {
			return refused("the hash is that of the content")
		}
		p.ID, p.Version = d.publications.next(), 1
		d.publications.put(p.ID, *p)
		d.redactions.put(p.ID, r)
		return nil
	})
}

// SavePublication implements workflow.Publications, with the gate that a
// database has.
func (m *Memory) SavePublication(ctx context.Context, p *workflow.Publication) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.publications.get(p.ID)
		if err != nil {
			return err
		}
		if stored.Version != p.Version {
			return conflict()
		}
		if !d.mayBecome(stored, *p) {
			return workflow.Fail(workflow.Invalid, "publication.refused")
		}
		p.Version++
		d.publications.put(p.ID, *p)
		return nil
	})
}

// mayBecome is the gate: consent, decision, and a review of this content.
func (d *data) mayBecome(was, p workflow.Publication) bool {
	over := was.State == workflow.PublicationPublished || was.State == workflow.PublicationWithdrawn
	changed := !bytes.Equal(was.ContentHash, p.ContentHash) || !was.Visible.Equal(p.Visible) || was.Slug != p.Slug || was.CaseID != p.CaseID
	back := p.State != was.State && p.State != workflow.PublicationWithdrawn
	switch {
	case over && (changed || back), !bytes.Equal(p.ContentHash, workflow.HashOf(p.Content)):
		return false
	case (p.State == workflow.PublicationWithdrawn) == p.Withdrawn.IsZero():
		return false
	case p.Review != 0 && !d.reviewed(p):
		return false
	case p.State != workflow.PublicationPublished:
		return p.Words == ""
	}
	dated := !p.Published.IsZero() && p.PublishedBy != 0 && !p.Visible.Before(p.Published)
	return p.Passed && p.Review != 0 && dated && d.mayBePublic(p.CaseID)
}

// reviewed reports whether p names a review of its content as it was decided.
func (d *data) reviewed(p workflow.Publication) bool {
	r, err := d.reviews.get(p.Review)
	return err == nil && r.Subject == workflow.ReviewAnswer && r.Passed() == p.Passed && bytes.Equal(r.ContentHash, p.ContentHash)
}

func (d *data) mayBePublic(caseID int64) bool {
	c, err := d.cases.get(caseID)
	answered := c.State == workflow.Answered || c.State == workflow.Closed || c.State == workflow.Archived
	return err == nil && c.PublishWish && !c.Sealed && c.Kind != workflow.Report && answered
}

// hides reports whether c, as it is to become, must not be public although it is.
func (d *data) hides(c workflow.Case) bool {
	if c.PublishWish && !c.Sealed && c.Kind != workflow.Report {
		return false
	}
	return d.publications.any(func(p workflow.Publication) bool {
		return p.CaseID == c.ID && p.State == workflow.PublicationPublished
	})
}

// Publication implements workflow.Publications.
func (m *Memory) Publication(ctx context.Context, id int64) (workflow.Publication, error) {
	return read(ctx, m, func(d *data) (workflow.Publication, error) {
		p, err := d.publications.get(id)
		return shown(p), err
	})
}

// shown is a publication as it is read: the words are for search alone.
func shown(p workflow.Publication) workflow.Publication {
	p.Words = ""
	return p
}

// PublicationOf implements workflow.Publications.
func (m *Memory) PublicationOf(ctx context.Context, caseID int64) (workflow.Publication, error) {
	return read(ctx, m, func(d *data) (workflow.Publication, error) {
		p, err := only(newest(d.publications.where(func(p workflow.Publication) bool { return p.CaseID == caseID }), 1))
		return shown(p), err
	})
}

// SaveRedaction implements workflow.Publications.
func (m *Memory) SaveRedaction(ctx context.Context, id int64, r workflow.Redaction) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.publications.has(id)); err != nil {
			return err
		}
		d.redactions.put(id, r)
		return nil
	})
}

// Redaction implements workflow.Publications.
func (m *Memory) Redaction(ctx context.Context, id int64) (workflow.Redaction, error) {
	return read(ctx, m, func(d *data) (workflow.Redaction, error) { return d.redactions.get(id) })
}

// DropRedaction implements workflow.Publications.
func (m *Memory) DropRedaction(ctx context.Context, id int64) error {
	return m.write(ctx, func(d *data) error {
		d.redactions.drop(id)
		return nil
	})
}

// Publications implements workflow.Publications.
func (m *Memory) Publications(ctx context.Context, q workflow.PublicationQuery) ([]workflow.Publication, error) {
	return read(ctx, m, func(d *data) ([]workflow.Publication, error) {
		rows := d.publications.where(func(p workflow.Publication) bool { return d.lists(p, q) && below(p.ID, q.Before) })
		return listed(newest(rows, page(q.Limit))), nil
	})
}

func listed(rows []workflow.Publication) []workflow.Publication {
	for i := range rows {
		rows[i] = shown(rows[i])
	}
	return rows
}

func page(limit int) int {
	if limit <= 0 {
		return 25
	}
	return min(limit, 100)
}

// CountPublications implements workflow.Publications.
func (m *Memory) CountPublications(ctx context.Context, q workflow.PublicationQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.publications.count(func(p workflow.Publication) bool { return d.lists(p, q) }), nil
	})
}

func (d *data) lists(p workflow.Publication, q workflow.PublicationQuery) bool {
	c := d.cases.rows[p.CaseID]
	switch {
	case c.Sealed, q.State != "" && p.State != q.State, !q.Embargo.IsZero() && !p.Visible.After(q.Embargo):
		return false
	}
	return q.NotAbout == 0 || c.About != q.NotAbout
}

// Public implements workflow.Publications.
func (m *Memory) Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error) {
	at, id, err := readPublicCursor(q.After)
	if err != nil {
		return workflow.PublicListing{}, workflow.Wrong("after", "invalid.cursor")
	}
	return read(ctx, m, func(d *data) (workflow.PublicListing, error) {
		rows := d.publications.where(func(p workflow.Publication) bool {
			behind := q.After == "" || p.Visible.Before(at) || p.Visible.Equal(at) && p.ID < id
			return d.publicAs(p, q) && behind
		})
		slices.SortFunc(rows, func(a, b workflow.Publication) int {
			return cmp.Or(b.Visible.Compare(a.Visible), cmp.Compare(b.ID, a.ID))
		})
		limit := page(q.Limit)
		if len(rows) <= limit {
			return workflow.PublicListing{Publications: listed(rows)}, nil
		}
		last := rows[limit-1]
		next := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", last.Visible.UTC().Format(time.RFC3339Nano), last.ID))
		return workflow.PublicListing{Publications: listed(rows[:limit]), Next: next}, nil
	})
}

func readPublicCursor(cursor string) (at time.Time, id int64, err error) {
	if cursor == "" {
		return at, 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return at, 0, err
	}
	var moment string
	if _, err := fmt.Sscanf(string(text), "%s %d", &moment, &id); err != nil {
		return at, 0, err
	}
	at, err = time.Parse(time.RFC3339Nano, moment)
	return at, id, err
}

func (d *data) publicAs(p workflow.Publication, q workflow.PublicQuery) bool {
	c, err := d.cases.get(p.CaseID)
	switch {
	case err != nil, !q.From.IsZero() && c.Received.Before(q.From), !q.To.IsZero() && !c.Received.Before(q.To),
		len(q.Categories) > 0 && !slices.Contains(q.Categories, p.Category):
		return false
	case !p.PublicAt(q.At), q.Category != 0 && p.Category != q.Category, q.Department != 0 && p.Department != q.Department, q.Kind != "" && p.Kind != q.Kind:
		return false
	case strings.TrimSpace(q.Search) == "":
		return true
	}
	phrases, words := workflow.SearchQuery(q.Search), strings.Fields(p.Words)
	for _, phrase := range phrases {
		if !follows(words, phrase) {
			return false
		}
	}
	return len(phrases) > 0
}

// CountPublic implements workflow.Publications.
func (m *Memory) CountPublic(ctx context.Context, q workflow.PublicQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.publications.count(func(p workflow.Publication) bool { return d.publicAs(p, q) }), nil
	})
}

// PublicBySlug implements workflow.Publications.
func (m *Memory) PublicBySlug(ctx context.Context, slug string, at time.Time) (workflow.Publication, error) {
	return read(ctx, m, func(d *data) (workflow.Publication, error) {
		p, err := only(d.publications.where(func(p workflow.Publication) bool { return p.Slug == slug && p.PublicAt(at) }))
		return shown(p), err
	})
}
