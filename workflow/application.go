package workflow

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// DisclosurePolicy is the code of the policy that applications for disclosure
// are held to, whatever their category promises. How long it is the college
// sets; it begins with 15 working days, from the receipt of an application that
// is complete: the time until the applicant has added what was asked for is not
// counted.
const DisclosurePolicy = "disclosure"

// Decision is how an application for disclosure was decided.
type Decision string

// The decisions. Other is never chosen: it is an application that was not
// accepted on a ground no decision stands for, so that all of them add up.
const (
	NoDecision       Decision = ""
	DecidePublic     Decision = "public"            // 予以公开
	DecidePartly     Decision = "partly"            // 部分公开
	DecideRefused    Decision = "refused"           // 不予公开
	DecideAbsent     Decision = "nonexistent"       // 不存在
	DecideNotOurs    Decision = "not_ours"          // 不属本校
	DecideIncomplete Decision = "supplement_failed" // 逾期不补正
	DecideRepeated   Decision = "repeated"          // 重复申请
	DecideWithdrawn  Decision = "withdrawn"         // 申请人撤回
	DecideOther      Decision = "other"             // 其他处理
)

// Decisions lists every decision, in the order reports count them. The same
// list is a CHECK constraint in migrations/.
var Decisions = []Decision{
	DecidePublic, DecidePartly, DecideRefused, DecideAbsent, DecideNotOurs, DecideIncomplete, DecideRepeated, DecideWithdrawn, DecideOther,
}

// ChosenDecisions lists those that a person may choose.
var ChosenDecisions = Decisions[:len(Decisions)-1]

// Opens reports whether information leaves with such an answer: it needs a
// confidentiality check first.
func (d Decision) Opens() bool { return d == DecidePublic || d == DecidePartly }

// Withholds reports whether such an answer must name a ground.
func (d Decision) Withholds() bool { return d == DecideRefused || d == DecidePartly }

// Purposes lists what an applicant may need information for; the empty one is
// "not said".
var Purposes = []string{"", "study", "research", "work", "life"}

// Deliveries lists how an applicant may wish to receive it; the empty one is
// "not said".
var Deliveries = []string{"", "email", "post", "collect", "read"}

// MaxAsked is how many characters may name the information asked for.
const MaxAsked = 300

// MaxFee is the highest fee or reduction, in fen.
const MaxFee = 100_000_00

// Application is what an application for disclosure says beyond a letter, and
// what was decided about it beyond Case.Decision. Fees are in fen.
type Application struct {
	CaseID   int64
	Asked    string // the information, by name or description
	Purpose  string
	Delivery string

	Ground    ReviewGround // why something is withheld
	Referral  string       // where the applicant may turn to
	Fee       int
	Waived    int
	CheckedBy int64     // who recorded the confidentiality check
	Checked   time.Time // zero: not checked
	// CheckedHash is AnswerHash of what was checked: another text needs another check.
	CheckedHash []byte
	Updated     time.Time
}

// Empty reports whether the applicant has said nothing of it.
func (a Application) Empty() bool { return a.Asked == "" && a.Purpose == "" && a.Delivery == "" }

// Missing lists the fields that a complete application has and this one has
// not; the office asks for them.
func (a Application) Missing() []string {
	var out []string
	for _, f := range []struct{ name, value string }{{"asked", a.Asked}, {"purpose", a.Purpose}, {"delivery", a.Delivery}} {
		if f.value == "" {
			out = append(out, f.name)
		}
	}
	return out
}

// Check reports what an applicant got wrong, by field.
func (a Application) Check() []error {
	var out []error
	if utf8.RuneCountInString(a.Asked) > MaxAsked {
		out = append(out, Wrong("asked", "invalid.too_long", MaxAsked))
	}
	if !slices.Contains(Purposes, a.Purpose) {
		out = append(out, Wrong("purpose", "invalid.choice"))
	}
	if !slices.Contains(Deliveries, a.Delivery) {
		out = append(out, Wrong("delivery", "invalid.choice"))
	}
	return out
}

// CheckedFor reports whether exactly this answer was checked.
func (a Application) CheckedFor(hash []byte) bool {
	return !a.Checked.IsZero() && slices.Equal(a.CheckedHash, hash)
}

// AnswerHash is SHA-256 over what leaves with an answer.
func AnswerHash(body string, files []File) []byte {
	var sums []string
	for _, f := range files {
		sums = append(sums, f.SHA256)
	}
	slices.Sort(sums)
	sum := sha256.Sum256([]byte(body + "\x00" + strings.Join(sums, "\x00")))
	return sum[:]
}

// MayDecide reports whether the actor may say how the application is decided:
// the department that has it until the answer is sent, the office also
// afterwards, to correct it; of a sealed case the discipline officer.
func MayDecide(a Actor, c Case) bool {
	if c.Kind != Disclosure {
		return false
	}
	desk := runs(a, c)
	switch c.State {
	case Answered, Closed, Archived:
		return desk && !c.Answered.IsZero()
	case Accepted, Routed, InHand, Drafted, Approved:
		return desk || holds(a, c, DeptClerk, DeptHead)
	case Received, Declined, Merged, Waiting, Withdrawn:
	}
	return false
}

// MayCheckSecrecy reports whether the actor may record that the answer was
// checked for secrets before it leaves: the head of the department that has the
// case, or of the office, or of a sealed case the discipline officer.
func MayCheckSecrecy(a Actor, c Case) bool {
	if c.Kind != Disclosure || !c.Decision.Opens() || c.State != Drafted && c.State != Approved {
		return false
	}
	return runs(a, c) && a.Is(OfficeHead, Discipline) || holds(a, c, DeptHead)
}

// runs reports whether the actor runs the lane the case is in: the office, or
// of a sealed case the discipline officer.
func runs(a Actor, c Case) bool {
	if c.Sealed {
		return a.Is(Discipline)
	}
	return a.Office()
}

// holds reports whether the actor is one of the roles in the department that has
// the case.
func holds(a Actor, c Case, roles ...Role) bool {
	return !c.Sealed && a.Is(roles...) && a.Department != 0 && a.Department == c.Department
}

// decided sets the decision that an application has by itself when it ends
// without an answer, and takes it back when the case goes on.
func (c *Case) decided(from State, action Action) {
	if c.Kind != Disclosure || !c.Answered.IsZero() {
		return
	}
	switch action {
	case Withdraw:
		c.Decision = DecideWithdrawn
	case Decline:
		c.Decision = decisionOf[c.Ground]
		if c.Decision == NoDecision {
			c.Decision = DecideOther
		}
	case CloseCase:
		if from == Waiting {
			c.Decision = DecideIncomplete
		}
	case Supply, Reopen:
		if from == Closed {
			c.Decision = NoDecision
		}
	}
}

// decisionOf is what not accepting an application on a ground amounts to.
var decisionOf = map[Ground]Decision{
	"outside_authority": DecideNotOurs, "duplicate": DecideRepeated, "already_closed": DecideRepeated,
}

// Applications keeps what applications say and what was decided.
type Applications interface {
	// Application is that of a case, or NotFound.
	Application(ctx context.Context, caseID int64) (Application, error)
	// SaveApplication adds or replaces it. Whoever calls it holds the case.
	SaveApplication(ctx context.Context, a Application) error
	// FeesOf lists what those of these cases cost that cost something, or would
	// have, in the order of their ids.
	FeesOf(ctx context.Context, cases []int64) ([]Fee, error)
}

// Fee is what an application cost and what was waived of it, in fen.
type Fee struct {
	CaseID       int64
	Paid, Waived int
}
