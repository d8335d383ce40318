package postgres

import (
	"time"

	"mailbox/workflow"
)

// caseColumns are read into a caseRow; c is the table.
const caseColumns = `
		c.id, c.number, c.code_hash, c.state, c.resume, c.kind, c.category_id, c.category_version_id, c.policy_version_id, c.channel,
		c.mode, c.writer_status, c.writer_id, c.subject, c.locale, c.department_id, c.about_id, c.urgent, c.sealed,
		c.binding, c.publish_wish, c.ground, c.outcome, c.merged_into, c.split_from, c.received_at, c.accepted_at,
		c.routed_at, c.signed_for_at, c.answered_at, c.ended_at, c.refuse_until, c.refusals, c.asked_again, c.redone,
		c.extensions, c.in_time, c.worked_minutes, c.rated_at, c.rate_speed, c.rate_attitude, c.rate_result,
		c.rate_solved, c.due_at, c.due_clock, c.chain_seq, c.chain_hash, c.updated_at, c.version,
		c.in_first, c.handled_minutes, c.signed_in_time, c.concern, c.decision, c.campaign_id, c.proposed_id`

type caseRow struct {
	ID              int64   `db:"id"`
	Number          string  `db:"number"`
	CodeHash        []byte  `db:"code_hash"`
	State           string  `db:"state"`
	Resume          string  `db:"resume"`
	Kind            string  `db:"kind"`
	Category        int64   `db:"category_id"`
	CategoryVersion int64   `db:"category_version_id"`
	Policy          int64   `db:"policy_version_id"`
	Channel         string  `db:"channel"`
	Mode            string  `db:"mode"`
	WriterStatus    string  `db:"writer_status"`
	Writer          uid     `db:"writer_id"`
	Subject         string  `db:"subject"`
	Locale          string  `db:"locale"`
	Department      ref     `db:"department_id"`
	About           ref     `db:"about_id"`
	Urgent          bool    `db:"urgent"`
	Sealed          bool    `db:"sealed"`
	Binding         bool    `db:"binding"`
	PublishWish     bool    `db:"publish_wish"`
	Ground          string  `db:"ground"`
	Outcome         string  `db:"outcome"`
	MergedInto      ref     `db:"merged_into"`
	SplitFrom       ref     `db:"split_from"`
	Received        instant `db:"received_at"`
	Accepted        instant `db:"accepted_at"`
	Routed          instant `db:"routed_at"`
	SignedFor       instant `db:"signed_for_at"`
	Answered        instant `db:"answered_at"`
	Ended           instant `db:"ended_at"`
	RefuseUntil     instant `db:"refuse_until"`
	Refusals        int     `db:"refusals"`
	AskedAgain      int     `db:"asked_again"`
	Redone          int     `db:"redone"`
	Extensions      int     `db:"extensions"`
	InTime          *bool   `db:"in_time"`
	Worked          minutes `db:"worked_minutes"`
	Rated           instant `db:"rated_at"`
	Speed           ref     `db:"rate_speed"`
	Attitude        ref     `db:"rate_attitude"`
	Result          ref     `db:"rate_result"`
	Solved          *bool   `db:"rate_solved"`
	Due             instant `db:"due_at"`
	DueClock        string  `db:"due_clock"`
	ChainSeq        int     `db:"chain_seq"`
	ChainHash       octets  `db:"chain_hash"`
	Updated         instant `db:"updated_at"`
	Concern         string  `db:"concern"`
	Decision        string  `db:"decision"`
	Campaign        ref     `db:"campaign_id"`
	Proposed        ref     `db:"proposed_id"`
	Version         int64   `db:"version"`
	InFirst         *bool   `db:"in_first"`
	Handled         *int    `db:"handled_minutes"`
	SignedInTime    *bool   `db:"signed_in_time"`
}

func (r caseRow) toCase() workflow.Case {
	return workflow.Case{
		ID: r.ID, Number: r.Number, CodeHash: r.CodeHash, State: workflow.State(r.State), Resume: workflow.State(r.Resume),
		Kind: workflow.CaseKind(r.Kind), Category: r.Category, CategoryVersion: r.CategoryVersion, Policy: r.Policy,
		Channel: workflow.Channel(r.Channel), Mode: workflow.Mode(r.Mode), WriterStatus: workflow.WriterStatus(r.WriterStatus),
		Writer: string(r.Writer), Subject: r.Subject, Locale: r.Locale, Department: int64(r.Department), About: int64(r.About),
		Urgent: r.Urgent, Sealed: r.Sealed, Binding: r.Binding, PublishWish: r.PublishWish,
		Ground: workflow.Ground(r.Ground), Outcome: workflow.Outcome(r.Outcome),
		MergedInto: int64(r.MergedInto), SplitFrom: int64(r.SplitFrom),
		Received: time.Time(r.Received), Accepted: time.Time(r.Accepted), Routed: time.Time(r.Routed),
		SignedFor: time.Time(r.SignedFor), Answered: time.Time(r.Answered), Ended: time.Time(r.Ended),
		RefuseUntil: time.Time(r.RefuseUntil), Refusals: r.Refusals, AskedAgain: r.AskedAgain, Redone: r.Redone,
		Extensions: r.Extensions, InTime: r.InTime, Worked: int(r.Worked), Rating: r.toRating(),
		Due: time.Time(r.Due), DueClock: workflow.ClockKind(r.DueClock), ChainSeq: r.ChainSeq, ChainHash: r.ChainHash,
		Version: r.Version, Updated: time.Time(r.Updated), InFirst: r.InFirst, Handled: r.Handled, SignedInTime: r.SignedInTime,
		Concern: workflow.Concern(r.Concern), Decision: workflow.Decision(r.Decision), Campaign: int64(r.Campaign), Proposed: int64(r.Proposed),
	}
}

func (r caseRow) toRating() workflow.Rating {
	return workflow.Rating{
		At: time.Time(r.Rated), Speed: int(r.Speed), Attitude: int(r.Attitude), Result: int(r.Result),
		Solved: r.Solved != nil && *r.Solved,
	}
}

// caseValues are the columns from code_hash to updated_at, in their order.
func caseValues(c *workflow.Case) []any {
	return []any{
		solid(c.CodeHash), c.State, c.Resume, c.Kind, c.Category, c.CategoryVersion, c.Policy, c.Channel, c.Mode,
		c.WriterStatus, uid(c.Writer), c.Subject, c.Locale, ref(c.Department), ref(c.About), c.Urgent, c.Sealed, c.Binding,
		c.PublishWish, c.Ground, c.Outcome, ref(c.MergedInto), ref(c.SplitFrom), instant(c.Received), instant(c.Accepted),
		instant(c.Routed), instant(c.SignedFor), instant(c.Answered), instant(c.Ended), instant(c.RefuseUntil), c.Refusals,
		c.AskedAgain, c.Redone, c.Extensions, c.InTime, minutes(c.Worked), instant(c.Rating.At), ref(c.Rating.Speed),
		ref(c.Rating.Attitude), ref(c.Rating.Result), solved(c.Rating), instant(c.Due), c.DueClock, c.ChainSeq,
		solid(c.ChainHash), instant(c.Updated),
	}
}

// caseVerdicts are the columns in_first, handled_minutes and signed_in_time,
// which no case is born with.
func caseVerdicts(c *workflow.Case) []any { return []any{c.InFirst, c.Handled, c.SignedInTime} }

// matterValues are the columns from concern to proposed_id, in their order.
func matterValues(c *workflow.Case) []any {
	return []any{c.Concern, c.Decision, ref(c.Campaign), ref(c.Proposed)}
}

// solved is the writer's yes or no; before a rating there is neither.
func solved(r workflow.Rating) *bool {
	if !r.Given() {
		return nil
	}
	return &r.Solved
}
