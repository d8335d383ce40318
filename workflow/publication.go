package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"
)

// PublicationState is how far a selected answer (选登) is.
type PublicationState string

// The states of a publication. A published one with a later Visible waits under
// embargo. A withdrawn one is over: a case is published anew by a new one.
const (
	PublicationDraft     PublicationState = "draft"
	PublicationInReview  PublicationState = "in_review"
	PublicationReviewed  PublicationState = "reviewed" // passed, not published yet
	PublicationPublished PublicationState = "published"
	PublicationWithdrawn PublicationState = "withdrawn"
)

// PublicationStates lists the states in the order an answer usually meets them.
var PublicationStates = []PublicationState{
	PublicationDraft, PublicationInReview, PublicationReviewed, PublicationPublished, PublicationWithdrawn,
}

// PublicAnswer is all that is public of a case: nothing of it was hidden
// afterwards, for what is hidden never stood in it.
type PublicAnswer struct {
	Slug       string       `json:"id"` // random: it tells nothing of the case
	Kind       CaseKind     `json:"kind"`
	Category   string       `json:"category"`             // code
	Department string       `json:"department,omitempty"` // code
	Received   string       `json:"received"`             // day
	Answered   string       `json:"answered"`             // day
	Subject    string       `json:"subject"`
	Question   string       `json:"question"`
	Answer     string       `json:"answer"`
	Files      []PublicFile `json:"files,omitempty"`
}

// PublicFile is a file that is public: under a name of ours, without metadata.
type PublicFile struct {
	Name      string `json:"name"`
	MediaType string `json:"type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// Bytes is the answer as it is stored, hashed and handed to whoever checks it.
func (a PublicAnswer) Bytes() []byte {
	b, _ := json.Marshal(a) // strings and numbers always marshal
	return append(b, '\n')
}

// ReadPublicAnswer reads what Bytes wrote.
func ReadPublicAnswer(b []byte) (PublicAnswer, error) {
	var a PublicAnswer
	err := json.Unmarshal(b, &a)
	return a, err
}

// HashOf is the SHA-256 of what is public.
func HashOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// Publication is a case's way to the public.
type Publication struct {
	ID          int64
	CaseID      int64
	Slug        string
	State       PublicationState
	Kind        CaseKind
	Category    int64
	Department  int64
	Subject     string // of Content
	Content     []byte // PublicAnswer.Bytes
	ContentHash []byte
	Review      int64
	Passed      bool
	Visible     time.Time // from then on public; later than Published: under embargo
	Published   time.Time
	PublishedBy int64
	Withdrawn   time.Time
	WithdrawnBy int64 // 0 with Withdrawn set: the writer
	Reason      string
	Words       string // for search; only of what is published
	CreatedBy   int64
	Created     time.Time
	Updated     time.Time
	Version     int64
}

// Answer is the public content.
func (p Publication) Answer() (PublicAnswer, error) { return ReadPublicAnswer(p.Content) }

// PublicAt reports whether everybody may read it at t.
func (p Publication) PublicAt(t time.Time) bool {
	return p.State == PublicationPublished && !p.Visible.After(t)
}

// Redaction is a publication while it is edited: texts in which what is to be
// hidden stands between marks. It exists until the answer is published.
type Redaction struct {
	Subject, Question, Answer string
}

// PublicationQuery asks for publications as the office sees them, newest first.
type PublicationQuery struct {
	State    PublicationState
	Embargo  time.Time // published, but not visible before then
	Before   int64     // ids below; 0 from the newest
	NotAbout int64     // never of a case that complains about this department
	Limit    int       // at most 100; 0 means 25
}

// PublicQuery asks for what everybody may read at a moment.
type PublicQuery struct {
	At         time.Time
	Category   int64
	Categories []int64 // any of them; none: of all
	// From and To restrict when the letter came, half-open. Whoever lets strangers
	// choose them gives whole days: the hour a letter came is not public.
	From, To   time.Time
	Department int64
	Kind       CaseKind
	Search     string // what a person typed
	After      string // cursor of the last page
	Limit      int    // at most 100; 0 means 25
}

// PublicListing is one page, what became visible last first.
type PublicListing struct {
	Publications []Publication
	Next         string
}

// ProofDay is the root hash of what became public on a day, chained to the day
// before it that had any.
type ProofDay struct {
	Day    string
	Prev   []byte // root of the day before; nil for the first
	Leaves [][]byte
	Root   []byte
}

// RootOf is SHA-256 over the root of the day before and the hashes of what
// became public, in their order.
func (d ProofDay) RootOf() []byte {
	h := sha256.New()
	h.Write(d.Prev)
	for _, leaf := range d.Leaves {
		h.Write(leaf)
	}
	return h.Sum(nil)
}

// Publications keeps selected answers. Publishing without the writer's consent,
// of a sealed case, or without a passed review of exactly this content is
// refused by the store itself.
type Publications interface {
	// AddPublication stores *p with what is edited and sets its ID; Conflict when
	// the case has one that is not withdrawn.
	AddPublication(ctx context.Context, p *Publication, r Redaction) error
	// SavePublication stores *p if the stored version is still p.Version, and
	// counts it up; otherwise Conflict. A published content does not change.
	SavePublication(ctx context.Context, p *Publication) error
	Publication(ctx context.Context, id int64) (Publication, error)
	// PublicationOf is the last one of the case, or NotFound.
	PublicationOf(ctx context.Context, caseID int64) (Publication, error)
	// SaveRedaction keeps what is edited; DropRedaction forgets it.
	SaveRedaction(ctx context.Context, id int64, r Redaction) error
	Redaction(ctx context.Context, id int64) (Redaction, error)
	DropRedaction(ctx context.Context, id int64) error
	Publications(ctx context.Context, q PublicationQuery) ([]Publication, error)
	CountPublications(ctx context.Context, q PublicationQuery) (int, error)
	// Public lists what everybody may read; PublicBySlug is one of it, or NotFound.
	Public(ctx context.Context, q PublicQuery) (PublicListing, error)
	CountPublic(ctx context.Context, q PublicQuery) (int, error)
	PublicBySlug(ctx context.Context, slug string, at time.Time) (Publication, error)
	// EverPublic lists what was ever published, withdrawn or not, ids above
	// after, in order: for verification.
	EverPublic(ctx context.Context, after int64, limit int) ([]Publication, error)
	// BecamePublic lists the hashes of what became visible in a span of time, in
	// order of their bytes, withdrawn since or not.
	BecamePublic(ctx context.Context, from, to time.Time) ([][]byte, error)
	// FirstVisible is when the first publication at or after a moment became
	// visible; the zero time when there is none.
	FirstVisible(ctx context.Context, from time.Time) (time.Time, error)
	// AddProofDay stores a day's root; Conflict when the day has one.
	AddProofDay(ctx context.Context, d ProofDay) error
	// ProofDays lists days before a day ("": from the last), latest first.
	ProofDays(ctx context.Context, before string, limit int) ([]ProofDay, error)
}
