package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const itemColumns = `
		i.id, i.channel, i.column_id, i.title, i.summary, i.url, i.day, i.made_on, i.series, i.serial, i.meeting,
		i.department_id, i.author, i.author_id, i.external, i.import_id, i.replaces, i.state, i.content_hash, i.review_id,
		coalesce(i.review_passed, false) AS review_passed, i.published_at, i.withdrawn_at, i.created_by, i.created_at,
		i.updated_at, i.version`

type itemRow struct {
	ID         int64   `db:"id"`
	Channel    string  `db:"channel"`
	Column     ref     `db:"column_id"`
	Title      string  `db:"title"`
	Summary    string  `db:"summary"`
	URL        string  `db:"url"`
	Day        date    `db:"day"`
	Made       date    `db:"made_on"`
	Series     string  `db:"series"`
	Serial     ref     `db:"serial"`
	Meeting    string  `db:"meeting"`
	Department ref     `db:"department_id"`
	Author     string  `db:"author"`
	AuthorID   ref     `db:"author_id"`
	External   string  `db:"external"`
	Import     ref     `db:"import_id"`
	Replaces   ref     `db:"replaces"`
	State      string  `db:"state"`
	Hash       octets  `db:"content_hash"`
	Review     ref     `db:"review_id"`
	Passed     bool    `db:"review_passed"`
	Published  instant `db:"published_at"`
	Withdrawn  instant `db:"withdrawn_at"`
	CreatedBy  int64   `db:"created_by"`
	Created    instant `db:"created_at"`
	Updated    instant `db:"updated_at"`
	Version    int64   `db:"version"`
}

func (r itemRow) toItem() workflow.Item {
	return workflow.Item{
		ID: r.ID, Channel: workflow.ItemChannel(r.Channel), Column: int64(r.Column), Title: r.Title, Summary: r.Summary, URL: r.URL,
		Day: string(r.Day), Made: string(r.Made), Series: r.Series, Serial: int(r.Serial), Meeting: workflow.Meeting(r.Meeting),
		Department: int64(r.Department), Author: r.Author, AuthorID: int64(r.AuthorID), External: r.External,
		Import: int64(r.Import), Replaces: int64(r.Replaces), State: workflow.ItemState(r.State), ContentHash: r.Hash,
		Review: int64(r.Review), Passed: r.Passed, Published: time.Time(r.Published), Withdrawn: time.Time(r.Withdrawn),
		CreatedBy: r.CreatedBy, Created: time.Time(r.Created), Updated: time.Time(r.Updated), Version: r.Version,
	}
}

// itemValues are the columns that AddItem and SaveItem share, in their order.
func (s *Store) itemValues(i *workflow.Item) []any {
	return []any{
		i.Channel, ref(i.Column), i.Title, i.Summary, i.URL, date(i.Day), date(i.Made), i.Series, ref(i.Serial), i.Meeting,
		ref(i.Department), i.Author, ref(i.AuthorID), i.External, ref(i.Import), ref(i.Replaces), i.State, ref(i.Review),
		passed(i), instant(i.Published), instant(i.Withdrawn), instant(i.Updated).or(s.now()),
	}
}

// passed is NULL where there is no review: then there is nothing to refer to.
func passed(i *workflow.Item) any {
	if i.Review == 0 {
		return nil
	}
	return i.Passed
}

const sqlAddItem = `
	INSERT INTO items (channel, column_id, title, summary, url, day, made_on, series, serial, meeting, department_id, author,
		author_id, external, import_id, replaces, state, review_id, review_passed, published_at, withdrawn_at, updated_at,
		created_by, created_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
	RETURNING id, content_hash`

type namedItem struct {
	ID   int64  `db:"id"`
	Hash octets `db:"content_hash"`
}

// AddItem implements workflow.Ledger.
func (s *Store) AddItem(ctx context.Context, i *workflow.Item) error {
	values := append(s.itemValues(i), i.CreatedBy, instant(i.Created).or(s.now()))
	added, err := one[namedItem](ctx, s, "add item", sqlAddItem, values...)
	if err != nil {
		return gated(err, "ledger.unreviewed")
	}
	i.ID, i.ContentHash, i.Version = added.ID, added.Hash, 1
	return nil
}

const sqlSaveItem = `
	UPDATE items SET channel = $3, column_id = $4, title = $5, summary = $6, url = $7, day = $8, made_on = $9, series = $10,
		serial = $11, meeting = $12, department_id = $13, author = $14, author_id = $15, external = $16, import_id = $17,
		replaces = $18, state = $19, review_id = $20, review_passed = $21, published_at = $22, withdrawn_at = $23,
		updated_at = $24, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlItemExists = `SELECT EXISTS (SELECT FROM items WHERE id = $1)`

// SaveItem implements workflow.Ledger. What is public and who created it stay
// as the table has them: the digest is the database's.
func (s *Store) SaveItem(ctx context.Context, i *workflow.Item) error {
	err := s.save(ctx, "save item", sqlSaveItem, sqlItemExists, i.ID, append([]any{i.Version}, s.itemValues(i)...)...)
	if err != nil {
		return gated(err, "ledger.unreviewed")
	}
	i.Version++
	i.ContentHash = i.Digest()
	return nil
}

// gated says, under a key, that the gate of the database refused what was to
// become public, and that it is no fault of the program.
func gated(err error, key string) error {
	e, ok := errors.AsType[*pq.Error](err)
	if !ok {
		return err
	}
	review := e.Code == "23503" && strings.Contains(e.Constraint, "review_id")
	if e.Code == "23514" || e.Code == "P0001" || review {
		return &workflow.Error{Kind: workflow.Invalid, Key: key, Err: err}
	}
	return err
}

const sqlItem = `SELECT` + itemColumns + ` FROM items i WHERE i.id = $1`

// Item implements workflow.Ledger.
func (s *Store) Item(ctx context.Context, id int64) (workflow.Item, error) {
	r, err := one[itemRow](ctx, s, "read item", sqlItem, id)
	return r.toItem(), err
}

const sqlItemJournal = `SELECT` + journalColumns + `
	FROM journal WHERE subject = 'item:' || $1::text OR detail ->> 'subject' = 'item:' || $1::text
	ORDER BY id DESC LIMIT $2`

// ItemJournal implements workflow.Ledger.
func (s *Store) ItemJournal(ctx context.Context, id int64, limit int) ([]workflow.JournalEntry, error) {
	return many(ctx, s, "list journal of item", journalRow.toEntry, sqlItemJournal, strconv.FormatInt(id, 10), ref(limit))
}
