package workflow

import (
	"context"
	"time"
)

// Store is everything the workflow remembers. Atomic runs do against a Store
// whose writes are all kept if do returns nil and all dropped otherwise; it may
// be called again by the implementation after a serialization failure, so do
// must have no effect outside the Store. An Atomic inside an Atomic joins it.
//
// Everywhere: an unknown id is a NotFound error; a stale version is a Conflict;
// a name that must be unique and is not is a Conflict; a database that is away
// is Unavailable. Times are UTC with microseconds.
type Store interface {
	Cases
	Letters
	Dialogue
	Attachments
	Answers
	Clocks
	Events
	Outbox
	Mailroom
	College
	People
	Rules
	Figures
	Applications
	Campaigns
	Appraisals
	Checks
	Bulletins
	Annals
	Reviews
	Ledger
	Publications
	Tokens
	Deeds
	SignIns
	Rosters
	Webhooks
	ChannelRows
	Todos
	ChannelFaults
	Cards

	Atomic(ctx context.Context, do func(Store) error) error
}

// Cases keeps cases.
type Cases interface {
	// NameCase gives a case that is about to be stored its id and its number. The
	// number counts from 1 on the day (in the college's zone) that the case came;
	// numbers may have gaps and are never given twice.
	NameCase(ctx context.Context, day string) (id int64, number string, err error)
	// AddBirth stores a case that was named and everything it begins with, all of
	// it or nothing, and sets the Version of the case and the ids of its clocks.
	// It is a Conflict error when the letter is known already; asked again after
	// an Unavailable error whose outcome nobody knows, also when it was stored.
	AddBirth(ctx context.Context, b *Birth) error
	Case(ctx context.Context, id int64) (Case, error)
	// LockCase is Case, and keeps others from changing it until Atomic ends.
	LockCase(ctx context.Context, id int64) (Case, error)
	// LockFreeCases is LockCase for several, in order of their ids; those that
	// somebody else has locked, or that are not there, are left out.
	LockFreeCases(ctx context.Context, ids []int64) ([]Case, error)
	CaseByNumber(ctx context.Context, number string) (Case, error)
	// SaveCase stores *c if the stored version is still c.Version, and counts
	// c.Version up; otherwise it returns a Conflict error.
	SaveCase(ctx context.Context, c *Case) error
	// SaveChanges stores changes of different cases, all or nothing: a case as
	// SaveCase does, and everything that goes with it. A notice told already is
	// passed over.
	SaveChanges(ctx context.Context, changes ...*Change) error
	// CaseIDs lists ids above after, in order: for verification and exports.
	CaseIDs(ctx context.Context, after int64, limit int) ([]int64, error)
	// CasesFrom lists whole cases with ids above after, in order: for recounts.
	CasesFrom(ctx context.Context, after int64, limit int) ([]Case, error)
	// List returns the cases that q asks for, inside q.Scope.
	List(ctx context.Context, q Query) (Listing, error)
	// CountCases counts what List would return without pages.
	CountCases(ctx context.Context, q Query) (int, error)
	// Board counts open cases by department and by what is due.
	Board(ctx context.Context, s Scope, marks BoardMarks) ([]BoardRow, error)
	// Assist lets a department help in a case, or stops it.
	Assist(ctx context.Context, caseID, department int64, helps bool, at time.Time) error
	// Assisting lists the departments that help.
	Assisting(ctx context.Context, caseID int64) ([]int64, error)
	// Parts lists the cases merged into or split from the case.
	Parts(ctx context.Context, caseID int64) ([]Case, error)
	// Index makes the case findable by these words (see SearchWords).
	Index(ctx context.Context, caseID int64, words string) error
	AddExtension(ctx context.Context, x *Extension) error
	// OpenExtension is the undecided one, or NotFound.
	OpenExtension(ctx context.Context, caseID int64) (Extension, error)
	SaveExtension(ctx context.Context, x Extension) error
	ExtensionsOf(ctx context.Context, caseID int64) ([]Extension, error)
}

// Order of a list.
type Order string

// The orders. Each is stable and has an index behind it.
const (
	DueFirst    Order = "due"      // open cases, what is due first at the top
	NewestFirst Order = "received" // by the time they came
)

// Query asks for a list of cases. Zero fields do not restrict.
type Query struct {
	Scope      Scope
	States     []State
	Open       bool // only cases that still need somebody
	Department int64
	NoOne      bool // only cases no department has
	Category   int64
	Kind       CaseKind
	Channel    Channel
	Mode       Mode
	Status     WriterStatus // Unsaid asks for those who did not say
	Urgent     bool
	From, To   time.Time // received, half-open
	DueFrom    time.Time // due at or after
	DueTo      time.Time // due before
	NoDue      bool      // only cases without a running clock
	Calm       time.Time // due at or after, or without a running clock: the last column of a board
	Refused    bool      // only cases that a department has refused back
	Unrefused  bool      // only cases that none has
	Concern    Concern   // AnyConcern: only cases about information disclosure
	Decision   Decision
	Campaign   int64
	Proposed   int64 // campaign a department wishes them counted for
	Writer     string
	Search     string // what a person typed: a number, or text
	Fact       *FactQuery
	Happened   *HappenedQuery
	Order      Order
	After      string // cursor of the last page; "" for the first
	Limit      int    // at most 100; 0 means 25
}

// FactQuery asks for the cases behind a figure.
type FactQuery struct {
	Measure    Measure
	From, To   string // days, half-open
	Department int64
	NoOne      bool // counted when no department had it
	Category   int64
	Kind       CaseKind
	Channel    Channel
	Mode       Mode
	Status     WriterStatus
	MinBucket  int
	EndBucket  int       // buckets below; 0 for all
	AsOf       time.Time // as it was known at that moment; zero: as it is known now
	// Stock takes off the measures of Ending: what is left of Measure at the end
	// of the days.
	Stock bool
	// Counted leaves out facts that are not in the figures yet, so that the cases
	// are those of a sum read at the same moment.
	Counted bool
}

// HappenedQuery asks for the cases to which people of a department did something.
type HappenedQuery struct {
	Action     Action
	From, To   time.Time // half-open
	Department int64     // whose people; 0: anybody's
}

// Row is a case in a list, with the names a list shows.
type Row struct {
	Case
	CategoryZH, CategoryEN     string
	DepartmentZH, DepartmentEN string
}

// Listing is one page of a list.
type Listing struct {
	Rows []Row
	Next string // cursor for the page after; "" when this is the last
}

// BoardMarks are the moments that divide the columns of a board.
type BoardMarks struct {
	Now      time.Time // due before: overdue
	Today    time.Time // due before: today
	Soon     time.Time // due before: in 1–3 working days
	Measured time.Time // shown with the board
}

// BoardRow counts open cases of one department; Department 0 is the office.
type BoardRow struct {
	Department int64
	Overdue    int
	Today      int
	Soon       int
	Later      int // due after, or no running clock
	Total      int
}

// Letters keeps what was sent, and who sent it.
type Letters interface {
	// AddLetter stores l and sets its ID, or returns a Conflict error when the
	// channel's name for it is known already.
	AddLetter(ctx context.Context, l *StoredLetter) error
	// LetterBy finds a letter by channel and ExternalHash.
	LetterBy(ctx context.Context, channel Channel, external []byte) (StoredLetter, error)
	LettersOf(ctx context.Context, caseID int64) ([]StoredLetter, error)
	AddWriter(ctx context.Context, w SealedWriter) error
	Writer(ctx context.Context, id string) (SealedWriter, error)
	SaveWriter(ctx context.Context, w SealedWriter) error
	// WritersByMail lists identity records with that mail index.
	WritersByMail(ctx context.Context, index []byte) ([]string, error)
}

// Dialogue keeps the conversation of a case.
type Dialogue interface {
	// AddMessage stores m with its files and sets its ID; Conflict when its
	// External is known already.
	AddMessage(ctx context.Context, m *Message, files []NewFile) error
	// MessagesOf returns the conversation in order, files included; without
	// internal messages unless internal is true.
	MessagesOf(ctx context.Context, caseID int64, internal bool) ([]Message, error)
	Message(ctx context.Context, id int64) (Message, error)
	// Said reports whether the case has a message known by this channel and
	// External: a second click.
	Said(ctx context.Context, caseID int64, channel Channel, external []byte) (bool, error)
	// AddFile adds a file to a draft answer.
	AddFile(ctx context.Context, f *File) error
	RemoveFile(ctx context.Context, id int64) error
	// File returns a file of the case; another case's file is NotFound.
	File(ctx context.Context, caseID, id int64) (File, error)
	FilesOfAnswer(ctx context.Context, answerID int64) ([]File, error)
	// GiveFiles moves the files of an answer to the message it was sent as; they
	// are the answer's no more.
	GiveFiles(ctx context.Context, answerID, messageID int64) error
}

// Answers keeps drafts and what became of them.
type Answers interface {
	// AnswerOf is the latest round of the case, or NotFound.
	AnswerOf(ctx context.Context, caseID int64) (AnswerDraft, error)
	// AddAnswer stores *a and its text as the first version; Conflict when the
	// case has that round already.
	AddAnswer(ctx context.Context, a *AnswerDraft) error
	// SaveAnswer stores *a and a version of its text if the stored version is
	// still a.Version, and counts it up; otherwise Conflict.
	SaveAnswer(ctx context.Context, a *AnswerDraft, by int64) error
	AnswerVersions(ctx context.Context, answerID int64) ([]AnswerVersion, error)
}

// Clocks keeps promises.
type Clocks interface {
	AddClock(ctx context.Context, k *Clock) error
	SaveClock(ctx context.Context, k Clock) error
	Clock(ctx context.Context, id int64) (Clock, error)
	// LockClock is Clock, and keeps others from changing it until Atomic ends.
	LockClock(ctx context.Context, id int64) (Clock, error)
	// ClocksOf lists the clocks of cases, in the order they were added.
	ClocksOf(ctx context.Context, caseIDs ...int64) ([]Clock, error)
	// ClocksAt lists the clocks with these ids; unknown ones are left out.
	ClocksAt(ctx context.Context, ids []int64) ([]Clock, error)
	// Ringing lists running clocks whose breach is not yet noted, ids above
	// after, in order, for arming timers; the caller pages by id.
	Ringing(ctx context.Context, after int64, limit int) ([]Clock, error)
	// RingingBefore is Ringing of those with a step before a moment.
	RingingBefore(ctx context.Context, before time.Time, after int64, limit int) ([]Clock, error)
	// TakeDue takes up to limit running clocks whose warning or due time is at
	// or before now and not yet noted, and keeps others from taking the same
	// ones until Atomic ends. It must be called inside one. A noted breach ends
	// the matter, warned or not.
	TakeDue(ctx context.Context, now time.Time, limit int) ([]Clock, error)
}

// Events keeps the history.
type Events interface {
	AddEvent(ctx context.Context, e Event) error
	// EventsOf returns the history in order, with actors' names.
	EventsOf(ctx context.Context, caseID int64) ([]Event, error)
	// AddJournal appends e after the last entry, and keeps others from appending
	// until Atomic ends; link makes its hash from the
	// hash before it (nil for the first) and e as it will be read again: Seq and
	// At are set.
	AddJournal(ctx context.Context, e JournalEntry, link func(prev []byte, e JournalEntry) []byte) error
	// Journal lists entries with ids below before (0: from the newest), newest first.
	Journal(ctx context.Context, before int64, limit int) ([]JournalEntry, error)
	// JournalFrom lists entries with Seq above after, in order.
	JournalFrom(ctx context.Context, after int64, limit int) ([]JournalEntry, error)
}

// Outbox keeps notices until they are told.
type Outbox interface {
	// AddNotice queues n and sets its ID; a Dedup known already is no error and
	// adds nothing: ID stays 0.
	AddNotice(ctx context.Context, n *Notice) error
	// TakeNotices takes up to limit queued notices whose time has come: they
	// become sending, with one more attempt and the lease, committed at once.
	TakeNotices(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Notice, error)
	// FinishNotice records what became of an attempt, if it is still the one
	// under way; otherwise Conflict.
	FinishNotice(ctx context.Context, n Notice, r SendResult, next, at time.Time) error
	// ReapNotices turns notices whose lease ran out uncertain; it returns them.
	ReapNotices(ctx context.Context, now time.Time) ([]Notice, error)
	Notice(ctx context.Context, id int64) (Notice, error)
	// NoticeByMessageID finds the notice a mail answers to, or NotFound.
	NoticeByMessageID(ctx context.Context, messageID string) (Notice, error)
	NoticesOf(ctx context.Context, caseID int64) ([]Notice, error)
	// Undelivered lists failed and uncertain notices nobody has dealt with.
	Undelivered(ctx context.Context, before int64, limit int) ([]Notice, error)
	// Outgoing lists all notices sent by mail, newest first, ids below before.
	Outgoing(ctx context.Context, before int64, limit int) ([]Notice, error)
	// SettleNotice says who dealt with it; again queues it once more, and if
	// that fails somebody must deal with it again.
	SettleNotice(ctx context.Context, id, by int64, again bool, at time.Time) error
	// PageNotices lists what the account is told on its pages, newest first.
	PageNotices(ctx context.Context, account int64, before int64, limit int) ([]Notice, error)
	// SeePageNotices marks the account's notices up to id as read.
	SeePageNotices(ctx context.Context, account, upTo int64, at time.Time) error
	CountUnseen(ctx context.Context, account int64) (int, error)
	// FailNoticeByMessageID turns a sent notice failed when its mail bounced.
	FailNoticeByMessageID(ctx context.Context, messageID, reason string) (Notice, error)
}

// Mailroom keeps mails as they arrived.
type Mailroom interface {
	// AddRawMail stores m and sets its ID, or returns Conflict when External is
	// known already.
	AddRawMail(ctx context.Context, m *RawMail) error
	// SaveRawMail stores m if the stored mail still has the state and the attempts
	// of was; otherwise it returns a Conflict error: somebody else is at it.
	SaveRawMail(ctx context.Context, was, m RawMail) error
	RawMail(ctx context.Context, id int64) (RawMail, error)
	// SameMail lists the mails with that identity hash, oldest first.
	SameMail(ctx context.Context, identity []byte) ([]RawMail, error)
	// NewMails lists mails nobody has sorted yet, oldest first, and keeps others
	// from taking the same ones until Atomic ends.
	NewMails(ctx context.Context, limit int) ([]RawMail, error)
	// MailTray lists mails in a state, newest first, ids below before.
	MailTray(ctx context.Context, state MailState, before int64, limit int) ([]RawMail, error)
	CountMails(ctx context.Context, state MailState) (int, error)
	RawMailsOf(ctx context.Context, caseID int64) ([]RawMail, error)
	Cursor(ctx context.Context, mailbox string) (MailCursor, error) // a new mailbox has a zero cursor
	SaveCursor(ctx context.Context, c MailCursor) error
	// Arrived returns those of the sources' names whose mails are stored.
	Arrived(ctx context.Context, externals []string) ([]string, error)
	Cursors(ctx context.Context) ([]MailCursor, error)
	MarkDead(ctx context.Context, mailIndex []byte, reason string, at time.Time) error
	IsDead(ctx context.Context, mailIndex []byte) (bool, error)
	// CountAnswered counts notices mailed to the writers with that mail index
	// since a moment: the brake on loops.
	CountAnswered(ctx context.Context, mailIndex []byte, since time.Time) (int, error)
}

// College keeps departments, categories and texts.
type College interface {
	Departments(ctx context.Context) ([]Department, error)   // all, in order
	SaveDepartment(ctx context.Context, d *Department) error // adds when ID is 0
	// Categories lists the versions in force at a moment, in order; all includes
	// those not active any more.
	Categories(ctx context.Context, at time.Time, all bool) ([]Category, error)
	CategoryVersion(ctx context.Context, version int64) (Category, error)
	CategoryHistory(ctx context.Context, id int64) ([]Category, error)
	// SaveCategory adds the category when ID is 0, and a version from c.From on;
	// the version before ends there.
	SaveCategory(ctx context.Context, c *Category, by int64) error
	AnswerTemplates(ctx context.Context, all bool) ([]AnswerTemplate, error)
	SaveAnswerTemplate(ctx context.Context, t *AnswerTemplate) error
	Settings(ctx context.Context) (map[string]string, error)
	SaveSetting(ctx context.Context, key, value string, by int64, at time.Time) error
}

// People keeps accounts.
type People interface {
	Account(ctx context.Context, id int64) (Account, error)
	AccountByName(ctx context.Context, username string) (Account, error)
	// AccountByWeCom finds the account by its user id in WeCom, in lower case.
	AccountByWeCom(ctx context.Context, userID string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error) // all, by username
	// AccountsFor lists enabled accounts with one of the roles, of the
	// department if it is not 0.
	AccountsFor(ctx context.Context, department int64, roles ...Role) ([]Account, error)
	SaveAccount(ctx context.Context, a *Account) error // adds when ID is 0
	// OpenCasesOf counts open cases of a department, before it is closed.
	OpenCasesOf(ctx context.Context, department int64) (int, error)
}

// Rules keeps policies and calendars.
type Rules interface {
	Policies(ctx context.Context, at time.Time) ([]Policy, error)
	PolicyVersion(ctx context.Context, version int64) (Policy, error)
	// PolicyAt is the version of a policy in force at a moment.
	PolicyAt(ctx context.Context, policy int64, at time.Time) (Policy, error)
	PolicyHistory(ctx context.Context, id int64) ([]Policy, error)
	SavePolicy(ctx context.Context, p *Policy, by int64) error // like SaveCategory
	CurrentCalendar(ctx context.Context) (CalendarVersion, error)
	Calendar(ctx context.Context, id int64) (CalendarVersion, error)
	CalendarHistory(ctx context.Context) ([]CalendarVersion, error) // without days
	// AddCalendar stores v and makes it the current one.
	AddCalendar(ctx context.Context, v *CalendarVersion) error
}

// Figures keeps what is counted.
type Figures interface {
	AddFacts(ctx context.Context, caseID int64, changes []FactChange) error
	// Project adds up to limit waiting facts to the daily and monthly rows,
	// exactly once, and returns how many.
	Project(ctx context.Context, limit int) (int, error)
	WaitingFacts(ctx context.Context) (int, error)
	// Sum adds up figures, one row for each value of the dimensions asked for.
	Sum(ctx context.Context, q FigureQuery) ([]FigureRow, error)
	// StoredFigures returns the daily rows of one day, and FigureDigests what
	// those of each day come to with a salt: for the recount.
	StoredFigures(ctx context.Context, day string) (map[Fact]int, error)
	FigureDigests(ctx context.Context, salt string) (map[string]Digest, error)
	// UnevenFigures lists up to limit sums that are not what the rows they stand
	// for come to: the coarser ones of a day, and those of months.
	UnevenFigures(ctx context.Context, limit int) ([]Uneven, error)
	// CountHappened counts the cases q asks for by the department whose people did
	// it; those of the discipline lane are left out.
	CountHappened(ctx context.Context, q HappenedQuery) (map[int64]int, error)
}

// Uneven is a stored sum, N of it, that does not add up. Of the dimensions it has
// those that its grain knows; Day is the first of the month when it is Monthly.
type Uneven struct {
	FigureRow
	Monthly bool
	Grain   string // all, total, or the dimension it is told apart by
	Counted int    // what its days, and theirs in every dimension, come to
}

// Dimension is what figures are told apart by.
type Dimension string

// The dimensions.
const (
	ByDay        Dimension = "day"
	ByMonth      Dimension = "month"
	ByDepartment Dimension = "department"
	ByCategory   Dimension = "category"
	ByKind       Dimension = "kind"
	ByChannel    Dimension = "channel"
	ByMode       Dimension = "mode"
	ByStatus     Dimension = "status"
	ByBucket     Dimension = "bucket"
)

// FigureQuery asks for sums of measures in the days from From up to, not
// including, To.
type FigureQuery struct {
	Measures   []Measure
	From, To   string // 2006-01-02
	By         []Dimension
	Department int64
	Category   int64
	Kind       CaseKind
	Channel    Channel
	Mode       Mode
	Status     WriterStatus
	AsOf       time.Time // without facts recorded later; zero: all that is known
}

// FigureRow is one sum. Only the dimensions asked for are set; Day is the first
// of the month for ByMonth.
type FigureRow struct {
	Measure    Measure
	Day        string
	Department int64
	Category   int64
	Kind       CaseKind
	Channel    Channel
	Mode       Mode
	Status     WriterStatus
	Bucket     int
	N          int
}
