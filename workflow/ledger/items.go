package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Page is one page of a list, and how many the whole list has.
type Page struct {
	workflow.ItemListing
	Count int
}

// Items lists what the actor may see: departments their own, and what is
// public of others.
func (l *Ledger) Items(ctx context.Context, by workflow.Actor, q workflow.ItemQuery) (Page, error) {
	if err := open(by); err != nil {
		return Page{}, err
	}
	l.restrict(by, &q)
	n, err := l.desk.Store.CountItems(ctx, q)
	if err != nil {
		return Page{}, err
	}
	list, err := l.desk.Store.Items(ctx, q)
	return Page{ItemListing: list, Count: n}, err
}

// restrict keeps a query inside of what Sees says.
func (l *Ledger) restrict(by workflow.Actor, q *workflow.ItemQuery) {
	if by.Office() || by.Is(workflow.Leader, workflow.Principal) {
		return
	}
	if inDepartment(by) && q.Department == by.Department {
		return
	}
	q.State, q.AsOf = "", l.desk.Now()
}

// Item is an entry with what a page shows of it.
type Item struct {
	workflow.Item
	Review   *workflow.Review // the last that was asked for
	History  []workflow.JournalEntry
	StandIn  *workflow.Item // a change of this public item that is on its way
	Original *workflow.Item // the public item that this one is a change of
	Late     bool           // published more than 20 working days after it came into being
	MayEdit  bool
	MayOut   bool // may publish and withdraw
}

// Open returns an item for whoever may see it.
func (l *Ledger) Open(ctx context.Context, by workflow.Actor, id int64) (Item, error) {
	stored, err := l.visible(ctx, l.desk.Store, by, id)
	if err != nil {
		return Item{}, err
	}
	out := Item{Item: stored, MayEdit: MayEdit(by, stored.Department), MayOut: MayPublish(by, stored.Department)}
	if err := l.around(ctx, &out); err != nil {
		return Item{}, err
	}
	if out.History, err = l.desk.Store.ItemJournal(ctx, id, 100); err != nil {
		return Item{}, err
	}
	if stored.Made != "" {
		due, err := l.dueAfter(ctx, stored.Made)
		if err != nil {
			return Item{}, err
		}
		out.Late = stored.Day > due
	}
	return out, nil
}

// around finds what belongs to an item: its review, and the other version of it.
func (l *Ledger) around(ctx context.Context, i *Item) error {
	reviews, err := l.desk.Store.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewItem, SubjectID: i.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(reviews) > 0 {
		i.Review = &reviews[0]
	}
	if i.Replaces != 0 {
		original, err := l.desk.Store.Item(ctx, i.Replaces)
		i.Original = &original
		return err
	}
	stand, err := l.standIn(ctx, l.desk.Store, i.ID)
	i.StandIn = stand
	return err
}

// standIn is the change of a public item that is on its way, or nil.
func (l *Ledger) standIn(ctx context.Context, tx workflow.Store, id int64) (*workflow.Item, error) {
	list, err := tx.Items(ctx, workflow.ItemQuery{Replaces: id, Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, i := range list.Items {
		if i.Begun() {
			return &i, nil
		}
	}
	return nil, nil //nolint:nilnil // that there is none is an answer
}

func (l *Ledger) visible(ctx context.Context, tx workflow.Store, by workflow.Actor, id int64) (workflow.Item, error) {
	i, err := tx.Item(ctx, id)
	if err == nil && !Sees(by, i) {
		err = workflow.Absent()
	}
	if err != nil {
		return workflow.Item{}, err
	}
	return i, nil
}

// NextSerial is the serial to propose for the next document of a series.
func (l *Ledger) NextSerial(ctx context.Context, by workflow.Actor, series string) (int, error) {
	if err := open(by); err != nil {
		return 0, err
	}
	last, err := l.desk.Store.LastSerial(ctx, workflow.ItemQuery{Channel: workflow.InDocument, Series: series})
	return last + 1, err
}

// Serial is a series of documents and the serial to propose for its next one.
type Serial struct {
	Series string
	Next   int
}

// serialsFrom is how many documents, the latest, are looked through for series.
const serialsFrom = 100

// NextSerials proposes serials for the series that documents of this year are
// in, the one used last first.
func (l *Ledger) NextSerials(ctx context.Context, by workflow.Actor) ([]Serial, error) {
	if err := open(by); err != nil {
		return nil, err
	}
	year := l.Today()[:len("2006")]
	page, err := l.desk.Store.Items(ctx, workflow.ItemQuery{Channel: workflow.InDocument, From: year + "-01-01", Limit: serialsFrom})
	if err != nil {
		return nil, err
	}
	var out []Serial
	for _, i := range page.Items {
		if i.Series == "" || slices.ContainsFunc(out, func(s Serial) bool { return s.Series == i.Series }) {
			continue
		}
		next, err := l.NextSerial(ctx, by, i.Series)
		if err != nil {
			return nil, err
		}
		out = append(out, Serial{i.Series, next})
	}
	return out, nil
}

// Save adds an item as a draft when its ID is 0, and changes one that is not
// public yet otherwise; a change takes it back from review. An item that is
// public is never changed: Save makes a draft that takes its place once it has
// been reviewed and published, and the public one stays what it is until then.
func (l *Ledger) Save(ctx context.Context, by workflow.Actor, i workflow.Item) (workflow.Item, error) {
	if err := open(by); err != nil {
		return i, err
	}
	out := i
	err := l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		out = i
		if err := l.place(ctx, tx, by, &out); err != nil {
			return err
		}
		if err := check(&out); err != nil {
			return err
		}
		return taken(l.store(ctx, tx, by, &out))
	})
	return out, err
}

// store adds the item, changes it, or begins a change of what is public.
func (l *Ledger) store(ctx context.Context, tx workflow.Store, by workflow.Actor, i *workflow.Item) error {
	now := l.desk.Now()
	i.Updated, i.State = now, workflow.ItemDraft
	i.Review, i.Passed, i.Published, i.Withdrawn = 0, false, time.Time{}, time.Time{}
	if i.ID == 0 {
		i.CreatedBy, i.AuthorID, i.Created = by.ID, by.ID, now
		return l.add(ctx, tx, by, i, "ledger.add")
	}
	old, err := l.visible(ctx, tx, by, i.ID)
	if err != nil {
		return err
	}
	switch {
	case !MayEdit(by, old.Department):
		return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
	case old.Version != i.Version:
		return workflow.Stale()
	case old.Public():
		return l.change(ctx, tx, by, i, old)
	case !old.Begun():
		return workflow.Fail(workflow.Conflict, "ledger.over")
	}
	i.CreatedBy, i.AuthorID, i.Created, i.External, i.Import, i.Replaces = old.CreatedBy, old.AuthorID, old.Created, old.External, old.Import, old.Replaces
	if err := tx.SaveItem(ctx, i); err != nil {
		return err
	}
	return l.note(ctx, tx, by, "ledger.edit", itemName(i.ID), nil)
}

// change makes i a draft that stands in for the public item old.
func (l *Ledger) change(ctx context.Context, tx workflow.Store, by workflow.Actor, i *workflow.Item, old workflow.Item) error {
	now := l.desk.Now()
	i.ID, i.Replaces, i.CreatedBy, i.AuthorID, i.Created = 0, old.ID, by.ID, by.ID, now
	i.External, i.Import = "", 0
	if err := l.add(ctx, tx, by, i, "ledger.change"); err != nil {
		return err
	}
	return l.note(ctx, tx, by, "ledger.changing", itemName(old.ID), map[string]string{"by": itemName(i.ID)})
}

func (l *Ledger) add(ctx context.Context, tx workflow.Store, by workflow.Actor, i *workflow.Item, action string) error {
	if err := tx.AddItem(ctx, i); err != nil {
		return err
	}
	return l.note(ctx, tx, by, action, itemName(i.ID), map[string]string{"title": i.Title})
}

// place finds out whose the item is: of the department that publishes in its
// column, else of the actor's own. Departments write into their own columns.
func (l *Ledger) place(ctx context.Context, tx workflow.Store, by workflow.Actor, i *workflow.Item) error {
	if i.Column != 0 {
		columns, err := tx.Columns(ctx, "")
		if err != nil {
			return err
		}
		at := slices.IndexFunc(columns, func(c workflow.Column) bool { return c.ID == i.Column })
		if at < 0 {
			return workflow.Wrong("column", "invalid.choice")
		}
		if owner := columns[at].Department; owner != 0 && (i.Department == 0 || !by.Office()) {
			i.Department = owner
		}
	}
	if i.Department == 0 {
		i.Department = by.Department
	}
	if !MayEdit(by, i.Department) {
		return workflow.Wrong("column", "ledger.other_column")
	}
	return nil
}

// check tidies what a person typed and tells all that is wrong with it.
func check(i *workflow.Item) error {
	i.Summary = strings.TrimSpace(i.Summary)
	errs := []error{
		workflow.OneLine("title", &i.Title, maxTitle, true),
		address(&i.URL),
		day("day", i.Day, true),
		day("made", i.Made, false),
		workflow.OneLine("author", &i.Author, maxName, false),
		workflow.OneLine("series", &i.Series, maxName, i.Channel == workflow.InDocument),
	}
	if !slices.Contains(workflow.ItemChannels, i.Channel) {
		errs = append(errs, workflow.Wrong("channel", "invalid.choice"))
	}
	if i.Channel == workflow.OnSite && i.Column == 0 {
		errs = append(errs, workflow.Wrong("column", "ledger.needs_column"))
	}
	if utf8.RuneCountInString(i.Summary) > maxSummary {
		errs = append(errs, workflow.Wrong("summary", "invalid.too_long", maxSummary))
	}
	if i.Made != "" && i.Day != "" && i.Made > i.Day {
		errs = append(errs, workflow.Wrong("made", "ledger.made_after"))
	}
	return errors.Join(append(errs, ofKind(i)...)...)
}

// ofKind keeps what only documents and minutes have, and asks them for it.
func ofKind(i *workflow.Item) (errs []error) {
	if i.Channel != workflow.InDocument {
		i.Series, i.Serial = "", 0
	} else if i.Serial <= 0 {
		errs = append(errs, workflow.Wrong("serial", "ledger.serial"))
	}
	if i.Channel != workflow.InMinutes {
		i.Meeting = ""
	} else if !slices.Contains(workflow.Meetings, i.Meeting) {
		errs = append(errs, workflow.Wrong("meeting", "invalid.choice"))
	}
	return errs
}

// taken says in words which name of an item is taken already.
func taken(err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Kind != workflow.Conflict {
		return err
	}
	switch e.Key {
	case "conflict.items_serial":
		return &workflow.Error{Kind: workflow.Invalid, Field: "serial", Key: "ledger.serial_taken", Err: err}
	case "conflict.items_replaces":
		return &workflow.Error{Kind: workflow.Conflict, Key: "ledger.changing_already", Err: err}
	}
	return err
}
