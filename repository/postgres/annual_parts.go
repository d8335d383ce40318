package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

// The first text of a block is a version like those saved later.
const sqlAddBlock = `
	WITH block AS (
		INSERT INTO annual_blocks (report_id, key, place, name, text, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
	)
	INSERT INTO annual_texts (report_id, key, version, text, by_id, at) VALUES ($1, $2, 1, $5, $6, $7)`

func (s *Store) addBlock(ctx context.Context, report int64, b workflow.AnnualBlock, at instant) error {
	_, err := s.exec(ctx, "add block", sqlAddBlock, report, b.Key, b.Place, b.Name, b.Text, ref(b.By), at)
	return err
}

type blockRow struct {
	Report  int64   `db:"report_id"`
	Key     string  `db:"key"`
	Place   int     `db:"place"`
	Name    string  `db:"name"`
	Text    string  `db:"text"`
	By      ref     `db:"by_id"`
	ByName  string  `db:"by_name"`
	At      instant `db:"at"`
	Version int64   `db:"version"`
}

func (r blockRow) toBlock() workflow.AnnualBlock {
	return workflow.AnnualBlock{
		Report: r.Report, Key: r.Key, Place: r.Place, Name: r.Name, Text: r.Text, By: int64(r.By), ByName: r.ByName,
		At: time.Time(r.At), Version: r.Version,
	}
}

const sqlBlocks = `
	SELECT b.report_id, b.key, b.place, b.name, b.text, b.by_id, coalesce(a.name, '') AS by_name, b.at, b.version
	FROM annual_blocks b LEFT JOIN accounts a ON a.id = b.by_id
	WHERE b.report_id = $1 ORDER BY b.place, b.key`

// Blocks implements workflow.Annals.
func (s *Store) Blocks(ctx context.Context, report int64) ([]workflow.AnnualBlock, error) {
	return many(ctx, s, "list blocks", blockRow.toBlock, sqlBlocks, report)
}

const sqlSaveBlock = `
	WITH block AS (
		UPDATE annual_blocks SET text = $4, by_id = $5, at = $6, version = version + 1
		WHERE report_id = $1 AND key = $3 AND version = $2
		RETURNING report_id, key, version, text, by_id, at
	)
	INSERT INTO annual_texts (report_id, key, version, text, by_id, at) SELECT report_id, key, version, text, by_id, at FROM block`

const sqlBlockExists = `SELECT EXISTS (SELECT FROM annual_blocks WHERE report_id = $1)`

// SaveBlock implements workflow.Annals.
func (s *Store) SaveBlock(ctx context.Context, b *workflow.AnnualBlock) error {
	err := s.save(ctx, "save block", sqlSaveBlock, sqlBlockExists, b.Report, b.Version, b.Key, b.Text, ref(b.By), instant(b.At).or(s.now()))
	if err == nil {
		b.Version++
	}
	return err
}

type textRow struct {
	Version int64   `db:"version"`
	Text    string  `db:"text"`
	By      ref     `db:"by_id"`
	ByName  string  `db:"by_name"`
	At      instant `db:"at"`
}

func (r textRow) toText() workflow.AnnualText {
	return workflow.AnnualText{Version: r.Version, Text: r.Text, By: int64(r.By), ByName: r.ByName, At: time.Time(r.At)}
}

const sqlBlockTexts = `
	SELECT t.version, t.text, t.by_id, coalesce(a.name, '') AS by_name, t.at
	FROM annual_texts t LEFT JOIN accounts a ON a.id = t.by_id
	WHERE t.report_id = $1 AND t.key = $2 ORDER BY t.version`

// BlockTexts implements workflow.Annals.
func (s *Store) BlockTexts(ctx context.Context, report int64, key string) ([]workflow.AnnualText, error) {
	return many(ctx, s, "list texts of block", textRow.toText, sqlBlockTexts, report, key)
}

const sqlAddComment = `
	INSERT INTO annual_comments (report_id, key, by_id, at, text) VALUES ($1, $2, $3, $4, $5) RETURNING id`

// AddComment implements workflow.Annals.
func (s *Store) AddComment(ctx context.Context, c *workflow.AnnualComment) error {
	id, err := one[int64](ctx, s, "add comment", sqlAddComment, c.Report, c.Block, c.By, instant(c.At), c.Text)
	if err == nil {
		c.ID = id
	}
	return err
}

const sqlSettleComment = `
	UPDATE annual_comments SET settled_by = coalesce(settled_by, $3), settled_at = coalesce(settled_at, $4) WHERE report_id = $1 AND id = $2`

// SettleComment implements workflow.Annals.
func (s *Store) SettleComment(ctx context.Context, report, id, by int64, at time.Time) error {
	return s.change(ctx, "settle comment", sqlSettleComment, report, id, by, instant(at))
}

type commentRow struct {
	ID        int64   `db:"id"`
	Report    int64   `db:"report_id"`
	Block     string  `db:"key"`
	By        int64   `db:"by_id"`
	ByName    string  `db:"by_name"`
	At        instant `db:"at"`
	Text      string  `db:"text"`
	SettledBy ref     `db:"settled_by"`
	Settled   instant `db:"settled_at"`
}

func (r commentRow) toComment() workflow.AnnualComment {
	return workflow.AnnualComment{
		ID: r.ID, Report: r.Report, Block: r.Block, By: r.By, ByName: r.ByName, At: time.Time(r.At), Text: r.Text,
		SettledBy: int64(r.SettledBy), Settled: time.Time(r.Settled),
	}
}

const sqlComments = `
	SELECT c.id, c.report_id, c.key, c.by_id, a.name AS by_name, c.at, c.text, c.settled_by, c.settled_at
	FROM annual_comments c JOIN accounts a ON a.id = c.by_id
	WHERE c.report_id = $1 ORDER BY c.id`

// Comments implements workflow.Annals.
func (s *Store) Comments(ctx context.Context, report int64) ([]workflow.AnnualComment, error) {
	return many(ctx, s, "list comments", commentRow.toComment, sqlComments, report)
}

const sqlSaveOverride = `
	INSERT INTO annual_overrides (report_id, field, value, reason, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (report_id, field) DO UPDATE SET value = EXCLUDED.value, reason = EXCLUDED.reason, by_id = EXCLUDED.by_id, at = EXCLUDED.at`

const sqlDropOverride = `DELETE FROM annual_overrides WHERE report_id = $1 AND field = $2`

// SaveOverride implements workflow.Annals.
func (s *Store) SaveOverride(ctx context.Context, o workflow.AnnualOverride) error {
	if o.Value == "" {
		_, err := s.exec(ctx, "drop override", sqlDropOverride, o.Report, o.Field)
		return err
	}
	_, err := s.exec(ctx, "save override", sqlSaveOverride, o.Report, o.Field, o.Value, o.Reason, o.By, instant(o.At))
	return err
}

type overrideRow struct {
	Report int64   `db:"report_id"`
	Field  string  `db:"field"`
	Value  string  `db:"value"`
	Reason string  `db:"reason"`
	By     int64   `db:"by_id"`
	ByName string  `db:"by_name"`
	At     instant `db:"at"`
}

func (r overrideRow) toOverride() workflow.AnnualOverride {
	return workflow.AnnualOverride{
		Report: r.Report, Field: r.Field, Value: r.Value, Reason: r.Reason, By: r.By, ByName: r.ByName, At: time.Time(r.At),
	}
}

const sqlOverrides = `
	SELECT o.report_id, o.field, o.value, o.reason, o.by_id, a.name AS by_name, o.at
	FROM annual_overrides o JOIN accounts a ON a.id = o.by_id
	WHERE o.report_id = $1 ORDER BY o.field COLLATE "C"`

// Overrides implements workflow.Annals.
func (s *Store) Overrides(ctx context.Context, report int64) ([]workflow.AnnualOverride, error) {
	return many(ctx, s, "list overrides", overrideRow.toOverride, sqlOverrides, report)
}

type contactRow struct {
	Post   string `db:"post"`
	Name   string `db:"name"`
	Duty   string `db:"duty"`
	Phone  string `db:"phone"`
	Mobile string `db:"mobile"`
	Mail   string `db:"mail"`
}

func (r contactRow) toContact() workflow.AnnualContact { return workflow.AnnualContact(r) }

const sqlAnnualContacts = `SELECT post, name, duty, phone, mobile, mail FROM annual_contacts WHERE year = $1 ORDER BY place`

// AnnualContacts implements workflow.Annals.
func (s *Store) AnnualContacts(ctx context.Context, year int) ([]workflow.AnnualContact, error) {
	return many(ctx, s, "list contacts", contactRow.toContact, sqlAnnualContacts, year)
}

const sqlSaveContact = `
	INSERT INTO annual_contacts (year, post, place, name, duty, phone, mobile, mail, updated_by, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	ON CONFLICT (year, post) DO UPDATE SET place = EXCLUDED.place, name = EXCLUDED.name, duty = EXCLUDED.duty, phone = EXCLUDED.phone,
		mobile = EXCLUDED.mobile, mail = EXCLUDED.mail, updated_by = EXCLUDED.updated_by, updated_at = EXCLUDED.updated_at`

// SaveAnnualContacts implements workflow.Annals.
func (s *Store) SaveAnnualContacts(ctx context.Context, year int, all []workflow.AnnualContact, by int64, at time.Time) error {
	return s.together(ctx, func(tx *Store) error {
		for i, k := range all {
			_, err := tx.exec(ctx, "save contact", sqlSaveContact, year, k.Post, i, k.Name, k.Duty, k.Phone, k.Mobile, k.Mail, by, instant(at))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
