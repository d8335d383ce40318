package workflow

import (
	"context"
	"time"
)

// AnnualState is how far an annual report is. A report that was frozen is never
// a draft again: what must change becomes a further revision.
type AnnualState string

// The states of an annual report. The same list is a CHECK constraint.
const (
	AnnualDraft     AnnualState = "draft"
	AnnualFrozen    AnnualState = "frozen"    // waits for the head of the office
	AnnualChecked   AnnualState = "checked"   // waits for the leader
	AnnualSigned    AnnualState = "signed"    // waits for the confidentiality review
	AnnualReturned  AnnualState = "returned"  // sent back by who had to sign, or by the review
	AnnualPublished AnnualState = "published" // may go to the authority and to everybody
)

// AnnualStates lists the states in the order a report goes through them.
var AnnualStates = []AnnualState{AnnualDraft, AnnualFrozen, AnnualChecked, AnnualSigned, AnnualPublished, AnnualReturned}

// AnnualReport is one revision of one annual report on information disclosure.
// Its days are 2006-01-02 in the college's zone, From and Last both included.
type AnnualReport struct {
	ID       int64
	Family   int64 // the first revision; all revisions of a report share it
	Revision int   // from 1
	Reason   string
	Form     string // which of the forms: hubei, ministry
	Year     int    // in the title
	From     string
	Last     string
	// AsOf is the moment whose knowledge counts; zero: that of freezing.
	AsOf      time.Time
	Title     string
	Addressee string
	Notice    string // the number of the notice that asks for the report
	Day       string // on the report, under the college's name
	State     AnnualState
	Hash      []byte // of the snapshot; nil while it is a draft

	FrozenBy    int64
	Frozen      time.Time
	CheckedBy   int64
	Checked     time.Time
	SignedBy    int64
	Signed      time.Time
	Review      int64 // the confidentiality review that was asked for
	Passed      bool
	PublishedBy int64
	Published   time.Time
	ReturnedBy  int64
	Returned    time.Time
	ReturnNote  string

	CreatedBy int64
	Created   time.Time
	Updated   time.Time
	Version   int64
}

// AnnualBlock is a part of a report that is edited by itself.
type AnnualBlock struct {
	Report  int64
	Key     string
	Place   int
	Name    string
	Text    string
	By      int64 // who wrote it last; 0: it is as the form has it
	ByName  string
	At      time.Time
	Version int64
}

// AnnualText is one version of a block.
type AnnualText struct {
	Version int64
	Text    string
	By      int64
	ByName  string
	At      time.Time
}

// AnnualComment is a word in the margin of a block.
type AnnualComment struct {
	ID        int64
	Report    int64
	Block     string
	By        int64
	ByName    string
	At        time.Time
	Text      string
	SettledBy int64
	Settled   time.Time
}

// AnnualOverride is a value that stands in a report in place of the one that was
// counted, and why.
type AnnualOverride struct {
	Report int64
	Field  string
	Value  string
	Reason string
	By     int64
	ByName string
	At     time.Time
}

// AnnualSnapshot is a frozen report: bytes that are never changed.
type AnnualSnapshot struct {
	Report int64
	Body   []byte
	Hash   []byte // SHA-256 of Body
	At     time.Time
}

// AnnualContact is a line of the annex: who answers for disclosure in a year.
type AnnualContact struct {
	Post   string // one of AnnualPosts
	Name   string
	Duty   string // 职务
	Phone  string
	Mobile string
	Mail   string
}

// AnnualPosts are the lines of the annex: the leader in charge, the head of the
// office, who does the work.
var AnnualPosts = []string{"leader", "head", "clerk"}

// AnnualQuery asks for reports. Zero fields do not restrict.
type AnnualQuery struct {
	Family int64
	Before int64 // ids below; 0 from the newest
	Limit  int   // at most 100; 0 means 25
}

// Annals keeps annual reports.
type Annals interface {
	// AddReport stores a draft with its blocks and sets its ID, Family, Revision
	// and Version. A Family that is set already is that of the report it revises;
	// two further revisions at once: one is a Conflict.
	AddReport(ctx context.Context, r *AnnualReport, blocks []AnnualBlock) error
	Report(ctx context.Context, id int64) (AnnualReport, error)
	// LockReport is Report, and keeps others from changing it or anything in it
	// until Atomic ends.
	LockReport(ctx context.Context, id int64) (AnnualReport, error)
	// SaveReport stores *r if the stored version is still r.Version, and counts it
	// up; otherwise Conflict. Publishing without a passed review of exactly the
	// snapshot, and changing what was frozen, is refused by the store itself.
	SaveReport(ctx context.Context, r *AnnualReport) error
	ReportsBy(ctx context.Context, q AnnualQuery) ([]AnnualReport, error) // newest first
	Blocks(ctx context.Context, report int64) ([]AnnualBlock, error)
	// SaveBlock stores the text if the stored version is still b.Version, and
	// counts it up; otherwise Conflict. All texts are kept. Of a report that was
	// frozen it is refused.
	SaveBlock(ctx context.Context, b *AnnualBlock) error
	BlockTexts(ctx context.Context, report int64, key string) ([]AnnualText, error) // in order
	AddComment(ctx context.Context, c *AnnualComment) error
	// SettleComment says that it has been seen to; a second time changes nothing.
	SettleComment(ctx context.Context, report, id, by int64, at time.Time) error
	Comments(ctx context.Context, report int64) ([]AnnualComment, error) // in order
	// SaveOverride sets the value of a field; Value "" takes it off again.
	SaveOverride(ctx context.Context, o AnnualOverride) error
	Overrides(ctx context.Context, report int64) ([]AnnualOverride, error) // by field
	// AddSnapshot keeps what a report was frozen as, once and for ever.
	AddSnapshot(ctx context.Context, s AnnualSnapshot) error
	Snapshot(ctx context.Context, report int64) (AnnualSnapshot, error)
	// AnnualContacts lists the lines of a year in the order of AnnualPosts; none
	// when the year has none.
	AnnualContacts(ctx context.Context, year int) ([]AnnualContact, error)
	SaveAnnualContacts(ctx context.Context, year int, all []AnnualContact, by int64, at time.Time) error
	// CasesBehind lists the ids of all cases for which the facts asked for add up
	// to something, in order.
	CasesBehind(ctx context.Context, q FactQuery) ([]int64, error)
	// CountWriters counts the writers of letters received in [from, to), known by
	// the moment asOf, that can be told apart: by the fingerprint of their mail
	// address. Anonymous ones and those without an address cannot; who is in the
	// discipline lane is left out.
	CountWriters(ctx context.Context, from, to, asOf time.Time) (int, error)
	// Still runs do against a Store that shows everything as it is at one moment:
	// nothing that others commit meanwhile is seen. do only reads.
	Still(ctx context.Context, do func(Store) error) error
}
