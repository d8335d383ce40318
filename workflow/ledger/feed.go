package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// FeedSetting is the setting that names the site's feeds and sitemaps, one
// address a line. Without it nothing is asked of any site.
const FeedSetting = "disclosure.feeds"

// Reading is what a site has published.
type Reading struct {
	Source  string // feed or sitemap
	Entries []Entry
}

// Entry is one thing a site has published.
type Entry struct {
	Name    string // what the site calls it: the same name is the same thing
	URL     string
	Title   string
	Summary string
	Author  string
	At      time.Time // zero: the site does not say
}

// Site reads feeds and sitemaps. It is Unavailable when the site cannot be
// reached and Invalid when what it says is neither.
type Site interface {
	Read(ctx context.Context, address string) (Reading, error)
}

// Feeds brings what the college's site publishes into the ledger.
type Feeds struct {
	*Ledger
	site Site
}

// NewFeeds returns Feeds that ask sites through site.
func NewFeeds(l *Ledger, site Site) *Feeds { return &Feeds{l, site} }

// Addresses are the feeds that are read.
func (f *Feeds) Addresses(ctx context.Context) ([]string, error) {
	settings, err := f.desk.Store.Settings(ctx)
	return strings.Fields(settings[FeedSetting]), err
}

// Read asks every address at once, for the office. What is new becomes drafts,
// gathered in an import for each address that a second person confirms. It
// returns how many there are.
func (f *Feeds) Read(ctx context.Context, by workflow.Actor) (int, error) {
	if !MayArrange(by) {
		return 0, workflow.Absent()
	}
	return f.read(ctx, by)
}

// siteReader is the account in whose name the clock reads the site. Nobody can
// sign in with it, so that whoever may confirm imports can confirm what it brought.
const siteReader = "site-reader"

// Follow is Read by the clock, in the name of an account of its own.
func (f *Feeds) Follow(ctx context.Context) (int, error) {
	addresses, err := f.Addresses(ctx)
	if err != nil || len(addresses) == 0 {
		return 0, err
	}
	reader, err := f.reader(ctx)
	if err != nil {
		return 0, err
	}
	return f.read(ctx, reader.Actor())
}

// reader is the clock's account; the first run makes it.
func (f *Feeds) reader(ctx context.Context) (workflow.Account, error) {
	a, err := f.desk.Store.AccountByName(ctx, siteReader)
	if workflow.KindOf(err) != workflow.NotFound {
		return a, err
	}
	now := f.desk.Now()
	a = workflow.Account{Username: siteReader, Name: "官网采集（系统）", Locale: "zh-CN", Disabled: now, Created: now}
	err = f.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.SaveAccount(ctx, &a); err != nil {
			return err
		}
		return f.note(ctx, tx, workflow.Actor{}, "account", fmt.Sprint("account:", a.ID), map[string]string{"username": a.Username, "for": "disclosure.feeds"})
	})
	if workflow.KindOf(err) == workflow.Conflict { // another process was faster
		return f.desk.Store.AccountByName(ctx, siteReader)
	}
	return a, err
}

func (f *Feeds) read(ctx context.Context, by workflow.Actor) (int, error) {
	addresses, err := f.Addresses(ctx)
	if err != nil {
		return 0, err
	}
	added := 0
	var errs []error
	for _, address := range addresses {
		n, err := f.one(ctx, by, address)
		added, errs = added+n, append(errs, err)
	}
	return added, errors.Join(errs...)
}

func (f *Feeds) one(ctx context.Context, by workflow.Actor, address string) (int, error) {
	reading, err := f.site.Read(ctx, address)
	if err != nil {
		return 0, err
	}
	added := 0
	err = f.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		added = 0
		fresh, err := f.fresh(ctx, tx, reading)
		if err != nil || len(fresh) == 0 {
			return err
		}
		m := workflow.Import{
			Source: reading.Source, Name: address, State: workflow.ImportAdded, Rows: len(fresh), Done: len(fresh), By: by.ID, At: f.desk.Now(),
		}
		if err := tx.AddImport(ctx, &m); err != nil {
			return err
		}
		for i := range fresh {
			fresh[i].Import, fresh[i].CreatedBy, fresh[i].Created = m.ID, by.ID, m.At
		}
		if added, err = tx.AddItems(ctx, fresh); err != nil {
			return err
		}
		m.Added, m.Known = added, len(fresh)-added
		if err := f.note(ctx, tx, by, "ledger.feed", importName(m.ID), map[string]string{"name": address}); err != nil {
			return err
		}
		return tx.SaveImport(ctx, m)
	})
	return added, err
}

// fresh are the entries that the ledger does not have yet, as items.
func (f *Feeds) fresh(ctx context.Context, tx workflow.Store, r Reading) ([]workflow.Item, error) {
	columns, err := tx.Columns(ctx, f.Today())
	if err != nil {
		return nil, err
	}
	var items []workflow.Item
	seen := map[string]bool{}
	for _, e := range r.Entries {
		if e.Name != "" && !seen[e.Name] {
			seen[e.Name] = true
			items = append(items, f.item(columns, e))
		}
	}
	known, err := tx.KnownItems(ctx, items)
	if err != nil {
		return nil, err
	}
	var out []workflow.Item
	for n, i := range items {
		if !known[n] {
			out = append(out, i)
		}
	}
	return out, nil
}

// item is an entry as a draft: in the column whose address its own begins with.
func (f *Feeds) item(columns []workflow.Column, e Entry) workflow.Item {
	i := workflow.Item{
		Channel: workflow.OnSite, Title: clip(cmp.Or(e.Title, e.URL, e.Name), maxTitle), Summary: clip(e.Summary, maxSummary),
		Author: clip(e.Author, maxName), URL: e.URL, Day: f.Today(), External: clip("site:"+e.Name, maxURL), State: workflow.ItemDraft,
	}
	if !e.At.IsZero() {
		i.Day = f.desk.Keeper.Day(e.At)
	}
	if address(&i.URL) != nil {
		i.URL = ""
	}
	longest := 0
	for _, c := range columns {
		if c.URL != "" && len(c.URL) > longest && strings.HasPrefix(e.URL, c.URL) {
			i.Column, i.Department, longest = c.ID, c.Department, len(c.URL)
		}
	}
	return i
}

// clip cuts a text at a length in characters.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
