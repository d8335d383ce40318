package workflow

import (
	"context"
	"time"
)

// ReviewSubject is what a confidentiality review is about.
type ReviewSubject string

// The subjects of reviews.
const (
	ReviewItem     ReviewSubject = "item"     // an entry of the disclosure ledger
	ReviewAnswer   ReviewSubject = "answer"   // a selected answer (选登)
	ReviewReport   ReviewSubject = "report"   // the annual report
	ReviewBulletin ReviewSubject = "bulletin" // a monthly 通报
)

// ReviewResult is how a review ended.
type ReviewResult string

// The results. Partly means: what was reviewed is public in the redacted form
// that was reviewed.
const (
	Undecided     ReviewResult = ""
	ReviewPublic  ReviewResult = "public"
	ReviewPartly  ReviewResult = "partly"
	ReviewRefused ReviewResult = "refused"
)

// ReviewGround is why something must not become public
// (《高等学校信息公开办法》Art. 10 and the check lists made after it).
type ReviewGround string

// ReviewGrounds lists the grounds for refusing or redacting.
var ReviewGrounds = []ReviewGround{"state_secret", "commercial_secret", "privacy", "undecided", "disturbs_order", "law", "other"}

// ReviewQuestions are answered yes or no in every review, in this order. A yes
// to any of them needs a ground, and the result cannot be "public".
var ReviewQuestions = []string{"classified", "undecided", "disturbs", "private", "commercial", "other"}

// Review is one confidentiality review: asked for by one person, decided by
// another, about exactly one content.
type Review struct {
	ID          int64
	Subject     ReviewSubject
	SubjectID   int64
	Title       string
	ContentHash []byte // SHA-256 of what is reviewed
	Department  int64  // whose it is; 0: the office's
	Doubtful    bool   // for the reviewer, not for the head of the department
	AskedBy     int64
	Asked       time.Time
	Checklist   map[string]bool
	Basis       string
	Reviewer    int64
	Decided     time.Time
	Result      ReviewResult
	Ground      ReviewGround
	Remark      string
	Version     int64
}

// Passed reports whether what was reviewed may become public.
func (r Review) Passed() bool { return r.Result == ReviewPublic || r.Result == ReviewPartly }

// MayReview reports whether the actor may decide: a reviewer any, the head of
// the department the ordinary entries of the ledger that are the department's;
// nobody what they asked for themselves.
func MayReview(a Actor, r Review) bool {
	switch {
	case a.ID == 0 || a.ID == r.AskedBy || r.Result != Undecided:
		return false
	case a.Is(Reviewer):
		return true
	}
	return r.Subject == ReviewItem && !r.Doubtful && a.Is(DeptHead) && a.Department != 0 && a.Department == r.Department
}

// MaySeeReview reports whether the actor may know of the review: reviewers and
// the office any, others their own and those of their department's things.
func MaySeeReview(a Actor, r Review) bool {
	if a.Is(Reviewer) || a.Office() {
		return true
	}
	ours := a.Is(DeptHead) && a.Department != 0 && a.Department == r.Department
	return a.ID != 0 && (a.ID == r.AskedBy || ours)
}

// ReviewQuery asks for reviews. Zero fields do not restrict.
type ReviewQuery struct {
	Open       bool // not decided yet
	Decided    bool
	Doubtful   bool
	Plain      bool // only those that are not doubtful
	Department int64
	OrAskedBy  int64 // with Department: also those this account asked for
	AskedBy    int64
	NotAskedBy int64
	Subject    ReviewSubject
	SubjectID  int64
	Before     int64 // ids below; 0 from the newest
	Limit      int   // at most 100; 0 means 25
}

// Reviews keeps confidentiality reviews. A decided review is never changed.
type Reviews interface {
	// AddReview stores r and sets its ID.
	AddReview(ctx context.Context, r *Review) error
	Review(ctx context.Context, id int64) (Review, error)
	// DecideReview stores the decision if the stored version is still r.Version;
	// otherwise Conflict.
	DecideReview(ctx context.Context, r *Review) error
	ReviewsBy(ctx context.Context, q ReviewQuery) ([]Review, error) // newest first
	CountReviews(ctx context.Context, q ReviewQuery) (int, error)
}
