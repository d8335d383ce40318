package workflow

import (
	"context"
	"crypto/sha256"
	"strconv"
	"strings"
	"time"
)

// ItemChannel is where the college made something public.
type ItemChannel string

// The channels of publication. The same list is a CHECK constraint in migrations/.
const (
	OnSite     ItemChannel = "site"     // 官网
	OnAccount  ItemChannel = "account"  // 微信公众号
	OnVideo    ItemChannel = "video"    // 视频号
	InMinutes  ItemChannel = "minutes"  // 会议纪要
	InDocument ItemChannel = "document" // 公文
	OnBoard    ItemChannel = "board"    // 公告栏
	InOA       ItemChannel = "oa"
	InGroup    ItemChannel = "group"  // 工作群
	OnScreen   ItemChannel = "screen" // 电子显示屏
	AtMeeting  ItemChannel = "meeting"
	Elsewhere  ItemChannel = "other"
)

// ItemChannels lists every channel of publication in the order forms show them.
var ItemChannels = []ItemChannel{OnSite, OnAccount, OnVideo, InMinutes, InDocument, OnBoard, InOA, InGroup, OnScreen, AtMeeting, Elsewhere}

// Meeting is the kind of meeting that minutes are of.
type Meeting string

// Meetings lists the kinds: 党总支委员会, 校长办公会, 校务会, 校长专题会, other.
var Meetings = []Meeting{"party", "president", "affairs", "topic", "other"}

// ItemState is how far an item of the ledger is.
type ItemState string

// The states of an item. Undone items came by an import that was taken back.
const (
	ItemDraft     ItemState = "draft"
	ItemInReview  ItemState = "in_review"
	ItemReviewed  ItemState = "reviewed" // passed, not published yet
	ItemPublished ItemState = "published"
	ItemWithdrawn ItemState = "withdrawn"
	ItemUndone    ItemState = "undone"
)

// Column is a section of the school's site. Days are 2006-01-02.
type Column struct {
	ID         int64
	Parent     int64 // 0: a top section
	Name       string
	URL        string
	Department int64 // who publishes in it
	Sort       int
	Opened     string
	Closed     string // the first day it was gone; "" while it is there
	Version    int64
}

// Item is one thing the college made public, or is about to. Days are
// 2006-01-02 in the college's zone, "" when not known.
type Item struct {
	ID          int64
	Channel     ItemChannel
	Column      int64
	Title       string
	Summary     string
	URL         string
	Day         string
	Made        string // when the information came into being
	Series      string // of documents
	Serial      int    // in the series; never a count
	Meeting     Meeting
	Department  int64
	Author      string
	AuthorID    int64
	External    string
	Import      int64
	Replaces    int64 // the published item whose place this one takes when it is published
	State       ItemState
	ContentHash []byte // set by the store: see Digest
	Review      int64
	Passed      bool
	Published   time.Time // when the ledger learnt that it is public
	Withdrawn   time.Time
	CreatedBy   int64
	Created     time.Time
	Updated     time.Time
	Version     int64
}

// itemEpoch is the day that days are counted from in digests.
var itemEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Digest is the SHA-256 of what is public of a stored item and of which item it
// is: what a review is about. The database computes the same (digest_of in
// migrations/), so that a review fits exactly one content of one item.
func (i Item) Digest() []byte {
	day := "0"
	if d, err := time.Parse(time.DateOnly, i.Day); err == nil {
		day = strconv.Itoa(int(d.Sub(itemEpoch).Hours()) / 24)
	}
	var b strings.Builder
	for _, part := range []string{
		strconv.FormatInt(i.ID, 10), string(i.Channel), i.Title, i.Summary, i.URL, day, i.Series, strconv.Itoa(i.Serial),
		string(i.Meeting), i.Author,
	} {
		b.WriteString(strconv.Itoa(len(part)) + ":" + part)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return sum[:]
}

// Document is the official number of a document, for example 校办发〔2023〕89号;
// "" of anything else.
func (i Item) Document() string {
	if i.Channel != InDocument {
		return ""
	}
	return i.Series + strconv.Itoa(i.Serial) + "号"
}

// Public reports whether the item is public now.
func (i Item) Public() bool { return i.State == ItemPublished }

// Begun reports whether the item is on its way to being public.
func (i Item) Begun() bool {
	return i.State == ItemDraft || i.State == ItemInReview || i.State == ItemReviewed
}

// ItemQuery asks for items of the ledger. Zero fields do not restrict.
type ItemQuery struct {
	Channel    ItemChannel
	Column     int64 // with all below it
	Department int64
	State      ItemState
	Import     int64
	Meeting    Meeting
	Series     string
	Replaces   int64
	External   string // what its source calls it
	From, To   string // day of publication, half-open
	// AsOf asks for what counted as public at that moment: published by then and
	// not withdrawn by then. It may be combined with all but State.
	AsOf   time.Time
	Search string // part of the title
	After  string // cursor of the last page
	Limit  int    // at most 100; 0 means 25
}

// ItemListing is one page of items, the latest day first.
type ItemListing struct {
	Items []Item
	Next  string
}

// ImportState is how far an import is.
type ImportState string

// The states of an import. Added items wait, not public, until a second person
// confirms the review that was done at the time.
const (
	ImportBegun     ImportState = "begun"  // read, nothing stored
	ImportQueued    ImportState = "queued" // will be stored
	ImportAdded     ImportState = "added"
	ImportConfirmed ImportState = "confirmed"
	ImportUndone    ImportState = "undone"
	ImportFailed    ImportState = "failed"
)

// Import is a table, feed or archive that items come from.
type Import struct {
	ID         int64
	Source     string // sheet, feed, sitemap, mailbox, api
	Name       string
	SHA256     string // of the file, in hex; one file is imported once
	State      ImportState
	Mapping    map[string]string // what each column of a table means, and what holds for all rows
	Basis      string            // of the review done at the time
	ReviewedBy string            // who did it then
	Rows       int
	Done       int // rows dealt with so far
	Added      int
	Known      int // left out because the ledger has them already
	Wrong      int // left out because something is wrong with them
	Fault      string
	By         int64
	At         time.Time
	Confirmer  int64
	Confirmed  time.Time
	Undoer     int64
	Undone     time.Time
}

// Duty is one item of the 清单: what the college must publish.
type Duty struct {
	ID         int64
	No         int
	Class      int
	Title      string
	Applies    bool
	WhyNot     string
	URL        string
	Department int64
	Columns    []int64
	Changed    string // when its information last changed
	Updated    string // when what is public was last brought up to date, said by hand
	Told       string // when its lateness was told
	Latest     string // read only: the last day of an item public in its columns or below them
	Version    int64
}

// Brought is the day the public part was last brought up to date, "" for never.
func (d Duty) Brought() string { return max(d.Updated, d.Latest) }

// Ledger keeps what was made public.
type Ledger interface {
	// Columns lists the sections that are there on a day, or all that ever were
	// when day is "", in the order of the tree.
	Columns(ctx context.Context, day string) ([]Column, error)
	SaveColumn(ctx context.Context, c *Column) error // adds when ID is 0
	// AddItem stores *i and sets its ID and ContentHash; Conflict when its
	// External or its serial is known.
	AddItem(ctx context.Context, i *Item) error
	// SaveItem stores *i if the stored version is still i.Version, and counts it
	// up; otherwise Conflict. Publishing without a passed review of exactly this
	// content is refused by the store itself with an Invalid error.
	SaveItem(ctx context.Context, i *Item) error
	Item(ctx context.Context, id int64) (Item, error)
	Items(ctx context.Context, q ItemQuery) (ItemListing, error)
	CountItems(ctx context.Context, q ItemQuery) (int, error)
	// LastSerial is the highest serial among the items that q asks for; 0 when
	// there is none.
	LastSerial(ctx context.Context, q ItemQuery) (int, error)
	// CountByColumn counts the items public as of a moment in each column.
	CountByColumn(ctx context.Context, asOf time.Time) (map[int64]int, error)

	// ItemJournal lists what the journal says of an item and its reviews, the
	// newest first.
	ItemJournal(ctx context.Context, id int64, limit int) ([]JournalEntry, error)

	Duties(ctx context.Context) ([]Duty, error) // by their numbers
	SaveDuty(ctx context.Context, d *Duty) error

	Imports
	LetOuts
}

// Imports keeps where items came from in numbers.
type Imports interface {
	AddImport(ctx context.Context, m *Import) error
	Import(ctx context.Context, id int64) (Import, error)
	// LockImport is Import, and keeps others from changing it until Atomic ends.
	LockImport(ctx context.Context, id int64) (Import, error)
	// SaveImport stores how far m is. Queueing a file that was queued or added
	// before and not undone is a Conflict.
	SaveImport(ctx context.Context, m Import) error
	ImportsBefore(ctx context.Context, before int64, limit int) ([]Import, error) // newest first
	// TakeImport locks the oldest queued import, or returns NotFound.
	TakeImport(ctx context.Context) (Import, error)
	// Progress notes how many rows of a queued import are dealt with. It is kept
	// at once, whatever becomes of the transaction that takes the import.
	Progress(ctx context.Context, id int64, done int) error
	// AddItems stores those of items that the ledger does not have yet, by what
	// their source calls them, by serial, or by channel, day, title and address,
	// and returns how many those are.
	AddItems(ctx context.Context, items []Item) (int, error)
	// KnownItems says of each item whether AddItems would leave it out.
	KnownItems(ctx context.Context, items []Item) ([]bool, error)
	// ConfirmImport gives each item of the import that is still a draft a review
	// of its own, decided as r says, and publishes it; it returns how many.
	ConfirmImport(ctx context.Context, id int64, r Review) (int, error)
	// UndoImport marks all items of the import undone, public or not.
	UndoImport(ctx context.Context, id int64, at time.Time) (int, error)
}
