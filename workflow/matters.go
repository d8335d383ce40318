package workflow

import (
	"context"
	"time"
	"unicode/utf8"
)

// Concern says that a case is a report, complaint, reconsideration or lawsuit
// about the college's information disclosure, whatever its category and kind.
// It is told apart so that "there were none" is counted and not assumed.
type Concern string

// Concerns lists them. The same list is a CHECK constraint in migrations/.
var Concerns = []Concern{"report", "complaint", "reconsideration", "litigation"}

// AnyConcern asks lists for every case that has one.
const AnyConcern Concern = "any"

// ParseConcern returns the concern named s, none for "", or an Invalid error.
func ParseConcern(s string) (Concern, error) {
	if s == "" {
		return "", nil
	}
	return parse(Concerns, Concern(s), "concern")
}

// Campaign is something the college promised to get done, such as 办实事. What
// counts for it are the cases tagged with it that were closed in its days, by
// the day of closing; letters joined to a case are not counted again.
type Campaign struct {
	ID      int64
	Name    string
	From    string // 2006-01-02
	To      string // its last day
	Rule    string // how it is counted, in the college's words
	Version int64
}

// Check reports what is wrong with a campaign.
func (c Campaign) Check() []error {
	var out []error
	if n := utf8.RuneCountInString(c.Name); n == 0 {
		out = append(out, Wrong("name", "invalid.required"))
	} else if n > 60 {
		out = append(out, Wrong("name", "invalid.too_long", 60))
	}
	out = append(out, dayError("from", c.From), dayError("to", c.To))
	if c.From > c.To {
		out = append(out, Wrong("to", "invalid.period"))
	}
	if utf8.RuneCountInString(c.Rule) > MaxNote {
		out = append(out, Wrong("rule", "invalid.too_long", MaxNote))
	}
	return out
}

func dayError(field, day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return Wrong(field, "invalid.date")
	}
	return nil
}

// MayTag reports whether the actor may count the case for a campaign or stop
// counting it: the office, of a sealed case the discipline officer.
func MayTag(a Actor, c Case) bool { return runs(a, c) && (countable(c) || c.Campaign != 0) }

// countable reports whether the case can come to count for a campaign.
func countable(c Case) bool { return c.State != Merged && c.State != Declined && c.State != Withdrawn }

// MayPropose reports whether the actor may ask the office to count the case:
// the department that has it.
func MayPropose(a Actor, c Case) bool {
	return holds(a, c, DeptClerk, DeptHead) && c.Campaign == 0 && countable(c)
}

// MayKeepMatters reports whether the actor may keep campaigns and appraisals,
// MayReadMatters whether they may see them and what they count.
func MayKeepMatters(a Actor) bool { return a.Office() }

// MayReadMatters reports whether the actor may read what MayKeepMatters keeps.
func MayReadMatters(a Actor) bool { return a.Office() || a.Is(Leader, Principal) }

// Campaigns keeps campaigns.
type Campaigns interface {
	Campaigns(ctx context.Context) ([]Campaign, error) // the latest first
	// SaveCampaign adds c when its ID is 0; otherwise it stores c if the stored
	// version is still c.Version, and counts it up. A name known already is a
	// Conflict.
	SaveCampaign(ctx context.Context, c *Campaign) error
}

// AppraisalKind is how the college had its disclosure appraised.
type AppraisalKind string

// AppraisalKinds lists the kinds: a survey, a meeting, something else. The same
// list is a CHECK constraint in migrations/.
var AppraisalKinds = []AppraisalKind{"survey", "meeting", "other"}

// Appraisal is one appraisal (评议) of the college's disclosure and what came of
// it.
type Appraisal struct {
	ID           int64
	Kind         AppraisalKind
	Day          string // 2006-01-02
	Title        string
	Participants int
	Satisfied    int // of the participants who were asked how content they are
	Basically    int
	Dissatisfied int
	Findings     string
	File         NewFile // SHA256 is "" when there is none
	External     string  // a name of the form it was entered with: the same twice is one; "" for none
	CreatedBy    int64
	Created      time.Time
	Updated      time.Time
	Removed      time.Time // entered by mistake; zero: it counts
	Version      int64
}

// Check reports what is wrong with an appraisal; today is the last day it can
// have been on.
func (a Appraisal) Check(today string) []error {
	_, kind := parse(AppraisalKinds, a.Kind, "kind")
	out := []error{kind, dayError("day", a.Day)}
	if a.Day > today {
		out = append(out, Wrong("day", "appraisal.future"))
	}
	if n := utf8.RuneCountInString(a.Title); n == 0 {
		out = append(out, Wrong("title", "invalid.required"))
	} else if n > MaxSubject {
		out = append(out, Wrong("title", "invalid.too_long", MaxSubject))
	}
	for field, n := range map[string]int{"participants": a.Participants, "satisfied": a.Satisfied, "basically": a.Basically, "dissatisfied": a.Dissatisfied} {
		if n < 0 || n > 1_000_000 {
			out = append(out, Wrong(field, "invalid.number"))
		}
	}
	if a.Satisfied+a.Basically+a.Dissatisfied > a.Participants {
		out = append(out, Wrong("participants", "appraisal.participants"))
	}
	if utf8.RuneCountInString(a.Findings) > MaxBody {
		out = append(out, Wrong("findings", "invalid.too_long", MaxBody))
	}
	return out
}

// AppraisalQuery asks for appraisals that count. Zero fields do not restrict.
type AppraisalQuery struct {
	Kind     AppraisalKind
	From, To string    // days, half-open
	AsOf     time.Time // those that counted at that moment; zero: now
	After    string    // cursor of the last page
	Limit    int       // at most 100; 0 means 25
}

// AppraisalListing is one page of appraisals, the latest day first.
type AppraisalListing struct {
	Appraisals []Appraisal
	Next       string
}

// Appraisals keeps appraisals.
type Appraisals interface {
	// AddAppraisal stores a and sets its ID; Conflict when its External is known.
	AddAppraisal(ctx context.Context, a *Appraisal) error
	// SaveAppraisal stores a if the stored version is still a.Version, and counts
	// it up.
	SaveAppraisal(ctx context.Context, a *Appraisal) error
	Appraisal(ctx context.Context, id int64) (Appraisal, error)
	Appraisals(ctx context.Context, q AppraisalQuery) (AppraisalListing, error)
	CountAppraisals(ctx context.Context, q AppraisalQuery) (int, error)
}
