package workflow

import (
	"context"
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
	State       ItemState
	ContentHash []byte
	Review      int64
	Passed      bool
	Published   time.Time // when the ledger learnt that it is public
	Withdrawn   time.Time
	CreatedBy   int64
	Created     time.Time
	Updated     time.Time
	Version     int64
}

// ItemQuery asks for items of the ledger. Zero fields do not restrict.
type ItemQuery struct {
	Channel    ItemChannel
	Column     int64 // with all below it
	Department int64
	State      ItemState
	Import     int64
	Meeting    Meeting
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

// Ledger keeps what was made public.
type Ledger interface {
	// Columns lists the sections that are there on a day, or all that ever were
	// when day is "", in the order of the tree.
	Columns(ctx context.Context, day string) ([]Column, error)
	SaveColumn(ctx context.Context, c *Column) error // adds when ID is 0
	// AddItem stores *i and sets its ID; Conflict when its External is known.
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
}
