package workflow

import "time"

// NoticeState is how far a notice has come.
type NoticeState string

// The states of a notice. Uncertain means that the mail server took the whole
// message and the line broke before it said so: a person decides, nothing is
// sent twice by itself.
const (
	Queued    NoticeState = "queued"
	Sending   NoticeState = "sending"
	Sent      NoticeState = "sent"
	Failed    NoticeState = "failed"
	Uncertain NoticeState = "uncertain"
)

// NoticeKind says what somebody is told. Its words are templates/mail/<kind>.
type NoticeKind string

// The kinds of notice.
const (
	NoticeReceived   NoticeKind = "received"  // writer: your letter is case …, code …
	NoticeAccepted   NoticeKind = "accepted"  // writer
	NoticeDeclined   NoticeKind = "declined"  // writer
	NoticeAsked      NoticeKind = "asked"     // writer: we need to know …
	NoticeAnswered   NoticeKind = "answered"  // writer
	NoticeClosing    NoticeKind = "closing"   // writer: closed because …
	NoticeMerged     NoticeKind = "merged"    // writer: handled together with …
	NoticeExtended   NoticeKind = "extended"  // writer: needs until …
	NoticeRouted     NoticeKind = "routed"    // department
	NoticeRefused    NoticeKind = "refused"   // office
	NoticeHandedIn   NoticeKind = "handed_in" // department heads
	NoticeSentBack   NoticeKind = "sent_back" // department
	NoticeApproved   NoticeKind = "approved"  // office
	NoticeAdded      NoticeKind = "added"     // whoever has it: the writer added something
	NoticeAgain      NoticeKind = "again"     // department: the writer asks once more
	NoticeRedo       NoticeKind = "redo"      // office: not solved
	NoticeWarning    NoticeKind = "warning"   // whose clock runs out
	NoticeBreach     NoticeKind = "breach"    // whose clock ran out, and the office
	NoticeMoreTime   NoticeKind = "more_time" // office: asked for
	NoticeDecided    NoticeKind = "decided"   // department: granted or not
	NoticeReminder   NoticeKind = "reminder"  // department: 催办
	NoticeUndeliver  NoticeKind = "undelivered"
	NoticeUrgent     NoticeKind = "urgent"      // office: an urgent letter came
	NoticeInstructed NoticeKind = "instructed"  // department and office: a leader's word
	NoticeDrafted    NoticeKind = "drafted"     // office: the month's bulletin waits to be written
	NoticeBulletin   NoticeKind = "bulletin"    // department heads and leaders: the month's bulletin
	NoticeReview     NoticeKind = "review"      // reviewers: something waits to become public
	NoticeReviewed   NoticeKind = "reviewed"    // who asked: the review is decided
	NoticeReport     NoticeKind = "report"      // whose turn it is with an annual report
	NoticeReportBack NoticeKind = "report_back" // who froze it: it was sent back
	NoticeDutyLate   NoticeKind = "duty_late"   // department heads and office: something of the list is not published in time
	NoticeWebhook    NoticeKind = "webhook"     // administrators: a webhook was switched off because it failed for long
	NoticeChannel    NoticeKind = "channel"     // office and administrators: a platform people write through is dead
)

// NoticeKinds lists every kind, so that a test can ask for the words of each.
var NoticeKinds = []NoticeKind{
	NoticeReceived, NoticeAccepted, NoticeDeclined, NoticeAsked, NoticeAnswered, NoticeClosing, NoticeMerged, NoticeExtended,
	NoticeRouted, NoticeRefused, NoticeHandedIn, NoticeSentBack, NoticeApproved, NoticeAdded, NoticeAgain, NoticeRedo,
	NoticeWarning, NoticeBreach, NoticeMoreTime, NoticeDecided, NoticeReminder, NoticeUndeliver, NoticeUrgent, NoticeInstructed,
	NoticeDrafted, NoticeBulletin,
	NoticeReview, NoticeReviewed, NoticeDutyLate, NoticeReport, NoticeReportBack, NoticeChannel, NoticeWebhook,
}

// Ways a notice goes out.
const (
	ByPage  = "page"  // shown to the account on its pages
	ByEmail = "email" // sent
)

// Notice is something somebody is to be told: facts, no words. Exactly one of
// Writer and Account is set.
type Notice struct {
	ID        int64
	Dedup     string // never told twice under the same name
	Kind      NoticeKind
	CaseID    int64
	Message   int64 // the message it carries, such as an answer
	Writer    string
	Account   int64
	Channel   string
	Locale    string
	Args      map[string]string
	Secret    []byte // sealed words; wiped once sent
	MessageID string // without angle brackets
	State     NoticeState
	Attempt   int
	Next      time.Time // not before
	Lease     time.Time
	Reason    string
	Queued    time.Time
	Sent      time.Time
	Seen      time.Time
	SettledBy int64
	Settled   time.Time
}

// SendResult is what became of one attempt to send.
type SendResult struct {
	State  NoticeState // Sent, Queued (try again), Failed or Uncertain
	Reason string      // for people; "" when sent
}
