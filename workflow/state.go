package workflow

import (
	"strings"
	"time"
)

// State is where a case is in its life.
type State string

// The states of a case. The same list is a CHECK constraint in migrations/.
const (
	Received  State = "received"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Merged    State = "merged"
	Waiting   State = "waiting" // for the writer
	Routed    State = "routed"
	InHand    State = "in_hand"
	Drafted   State = "drafted" // waits for the department head
	Approved  State = "signed"  // waits for the office's check
	Answered  State = "answered"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
	Archived  State = "archived"
)

// States lists every state in the order a case usually meets them.
var States = []State{Received, Accepted, Declined, Merged, Waiting, Routed, InHand, Drafted, Approved, Answered, Closed, Withdrawn, Archived}

// Ended reports whether a case in this state needs nobody any more.
func (s State) Ended() bool {
	switch s {
	case Declined, Merged, Closed, Withdrawn, Archived:
		return true
	case Received, Accepted, Waiting, Routed, InHand, Drafted, Approved, Answered:
	}
	return false
}

// Action is something a person or the clock does to a case.
type Action string

// The actions that move a case.
const (
	Receive   Action = "receive" // the first event of every case
	Accept    Action = "accept"
	Decline   Action = "decline"
	Merge     Action = "merge"
	Ask       Action = "ask"    // the writer is asked something
	Supply    Action = "supply" // the writer adds what was asked
	GoOn      Action = "go_on"  // staff go on without the writer's word
	Route     Action = "route"
	SignFor   Action = "sign_for"
	Refuse    Action = "refuse"
	HandIn    Action = "hand_in" // a draft goes to the head
	SendBack  Action = "send_back"
	Approve   Action = "approve"
	Answer    Action = "answer"
	Rate      Action = "rate"
	Settle    Action = "settle" // the writer says: solved
	AskAgain  Action = "ask_again"
	Redo      Action = "redo"
	CloseCase Action = "close"
	Reopen    Action = "reopen"
	Withdraw  Action = "withdraw"
	Archive   Action = "archive"
)

// Actions lists every action that moves a case.
var Actions = []Action{
	Accept, Decline, Merge, Ask, Supply, GoOn, Route, SignFor, Refuse, HandIn, SendBack, Approve, Answer,
	Rate, Settle, AskAgain, Redo, CloseCase, Reopen, Withdraw, Archive,
}

// The marks: what is noted in the history without moving the case.
const (
	MarkNote        Action = "note"
	MarkClassify    Action = "classify" // kind, category, about whom
	MarkUrgent      Action = "urgent"
	MarkSeal        Action = "seal"
	MarkSplit       Action = "split"
	MarkAdd         Action = "add"       // the writer adds facts
	MarkDraft       Action = "draft"     // a draft was saved
	MarkMoreTime    Action = "more_time" // asked for
	MarkGrant       Action = "grant"
	MarkDeny        Action = "deny"
	MarkRemind      Action = "remind" // 催办
	MarkWarned      Action = "warned"
	MarkBreached    Action = "breached"
	MarkAssist      Action = "assist"
	MarkJoin        Action = "join"   // another letter was merged into this case
	MarkReveal      Action = "reveal" // the identity was opened
	MarkInstruct    Action = "instruct"
	MarkReadFile    Action = "read_file"
	MarkDeliverFail Action = "deliver_fail"
	MarkReplan      Action = "replan"    // another calendar: a promise falls due at another time
	MarkPublish     Action = "publish"   // the answer became public, or will at a moment
	MarkUnpublish   Action = "unpublish" // it was taken back
	MarkConsent     Action = "consent"   // the writer agrees to its being public
	MarkDissent     Action = "dissent"   // the writer does not, or not any more
	MarkTraces      Action = "traces"    // an answer left although it may point at its reader, with a reason
	MarkDecide      Action = "decide"    // how an application for disclosure is decided
	MarkSecrecy     Action = "secrecy"   // its answer was checked for secrets
	MarkConcern     Action = "concern"   // it is about information disclosure, or is not
	MarkCampaign    Action = "campaign"
	MarkPropose     Action = "propose" // a department wishes it counted for a campaign
)

// guard is a condition on the case itself; it returns the catalogue key of what
// stands in the way, or "".
type guard func(c Case, at time.Time) string

type rule struct {
	to     State // "" means: where it was before it waited for the writer
	by     []Role
	note   bool // a written reason is required
	ground bool // a ground from the list is required
	when   guard
}

var (
	office     = []Role{Clerk, OfficeHead, Discipline}
	department = []Role{DeptClerk, DeptHead, Discipline}
	handlers   = []Role{Clerk, OfficeHead, DeptClerk, DeptHead, Discipline}
	writer     = []Role{Writer}
	clock      = []Role{System}
)

// rules is the whole life of a case. A pair that is absent is not allowed.
// The discipline officer works the sealed lane alone and so may do what office
// and department do; Scope keeps the lanes apart.
var rules = map[State]map[Action]rule{
	Received: {
		Accept:   {to: Accepted, by: office},
		Decline:  {to: Declined, by: office, ground: true},
		Merge:    {to: Merged, by: office},
		Ask:      {to: Waiting, by: office, note: true},
		Withdraw: {to: Withdrawn, by: writer},
	},
	Accepted: {
		Route:    {to: Routed, by: office},
		Decline:  {to: Declined, by: office, ground: true},
		Merge:    {to: Merged, by: office},
		Ask:      {to: Waiting, by: office, note: true},
		Withdraw: {to: Withdrawn, by: writer},
	},
	Routed: {
		SignFor:  {to: InHand, by: department},
		Refuse:   {to: Accepted, by: department, note: true, when: mayRefuse},
		Route:    {to: Routed, by: office, note: true},
		Merge:    {to: Merged, by: office},
		Withdraw: {to: Withdrawn, by: writer},
	},
	InHand: {
		HandIn:   {to: Drafted, by: department},
		Refuse:   {to: Accepted, by: department, note: true, when: mayRefuse},
		Ask:      {to: Waiting, by: handlers, note: true},
		Route:    {to: Routed, by: office, note: true},
		Merge:    {to: Merged, by: office},
		Withdraw: {to: Withdrawn, by: writer},
	},
	Waiting: {
		Supply:    {by: writer},
		GoOn:      {by: handlers},
		CloseCase: {to: Closed, by: clock},
		Withdraw:  {to: Withdrawn, by: writer},
	},
	Drafted: {
		Approve:  {to: Approved, by: []Role{DeptHead, Discipline}},
		SendBack: {to: InHand, by: []Role{DeptHead, Discipline}, note: true},
	},
	Approved: {
		Answer:   {to: Answered, by: office, when: isDecided},
		SendBack: {to: InHand, by: office, note: true},
	},
	Answered: {
		Rate:      {to: Closed, by: writer},
		Settle:    {to: Closed, by: writer},
		AskAgain:  {to: InHand, by: writer, note: true, when: notAskedAgain},
		Redo:      {to: Accepted, by: writer, note: true, when: notRedone},
		CloseCase: {to: Closed, by: []Role{System, Clerk, OfficeHead, Discipline}},
	},
	Merged: {
		Reopen: {to: Accepted, by: []Role{System, Clerk, OfficeHead, Discipline}}, // it goes on by itself
	},
	Closed: {
		Rate:    {to: Closed, by: writer, when: mayRateClosed},
		Supply:  {by: writer, when: closedForSilence},
		Reopen:  {to: Accepted, by: []Role{OfficeHead, Discipline}, note: true},
		Archive: {to: Archived, by: []Role{System, Clerk, OfficeHead, Discipline}},
	},
}

// Times after the end of a case in which the writer may still be heard.
const (
	RateAfterEnd   = 30 * 24 * time.Hour
	RateChange     = 24 * time.Hour
	SupplyAfterEnd = 10 * 24 * time.Hour
)

func mayRefuse(c Case, at time.Time) string {
	switch {
	case c.Binding:
		return "case.refuse_binding"
	case !c.RefuseUntil.IsZero() && at.After(c.RefuseUntil):
		return "case.refuse_too_late"
	}
	return ""
}

// isDecided wants an answer to an application for disclosure to say how it was
// decided.
func isDecided(c Case, _ time.Time) string {
	if c.Kind == Disclosure && c.Decision == NoDecision {
		return "application.undecided"
	}
	return ""
}

func notAskedAgain(c Case, _ time.Time) string {
	if c.AskedAgain > 0 {
		return "case.asked_again_already"
	}
	return ""
}

func notRedone(c Case, _ time.Time) string {
	if c.Redone > 0 {
		return "case.redone_already"
	}
	return ""
}

func mayRateClosed(c Case, at time.Time) string {
	switch {
	case c.Answered.IsZero():
		return "case.nothing_to_rate"
	case c.Rating.Given() && at.Sub(c.Rating.At) > RateChange:
		return "case.rated_already"
	case !c.Rating.Given() && at.Sub(c.Ended) > RateAfterEnd:
		return "case.rating_over"
	}
	return ""
}

func closedForSilence(c Case, at time.Time) string {
	if c.Outcome != OutcomeNoReply || at.Sub(c.Ended) > SupplyAfterEnd {
		return "case.write_anew"
	}
	return ""
}

// Move is one wish to move a case.
type Move struct {
	Action Action
	By     Actor
	Note   string
	Ground Ground
	At     time.Time
}

// May reports whether Do would move the case, without asking for the reason.
// Pages use it to show only what can be done.
func (c Case) May(action Action, by Actor, at time.Time) bool {
	return c.allowed(action, by, at) == nil
}

// Do moves c through its life and returns what happened. On an error c is
// unchanged. It changes the state and what follows from it alone; whoever calls
// it writes clocks, messages and notices beside it.
func (c *Case) Do(m Move) (Event, error) {
	if err := c.allowed(m.Action, m.By, m.At); err != nil {
		return Event{}, err
	}
	r := rules[c.State][m.Action]
	if r.note && strings.TrimSpace(m.Note) == "" {
		return Event{}, Wrong("note", "case.note_required")
	}
	if r.ground {
		if _, err := ParseGround(string(m.Ground)); err != nil {
			return Event{}, err
		}
	}
	to := r.to
	if to == "" {
		to = c.goesOn()
	}
	ev := Event{CaseID: c.ID, Action: m.Action, From: c.State, To: to, By: m.By, Role: m.By.As(r.by), Note: m.Note, At: m.At}
	c.arrive(to, m)
	return ev, nil
}

// goesOn is where a case that waits for the writer goes on, or one that was
// closed because the writer kept silent.
func (c Case) goesOn() State {
	switch {
	case c.State == Waiting:
		return c.Resume
	case c.Department != 0 && !c.SignedFor.IsZero():
		return InHand
	case !c.Accepted.IsZero():
		return Accepted
	}
	return Received
}

func (c Case) allowed(action Action, by Actor, at time.Time) error {
	r, ok := rules[c.State][action]
	switch {
	case !ok:
		return Fail(Conflict, "case.not_now")
	case by.As(r.by) == "":
		return Fail(Forbidden, "case.not_yours")
	}
	if r.when != nil {
		if key := r.when(c, at); key != "" {
			return Fail(Conflict, key)
		}
	}
	return nil
}

// arrive sets what being in the new state means.
func (c *Case) arrive(to State, m Move) {
	from := c.State
	if to == Waiting {
		c.Resume = c.State
	} else {
		c.Resume = ""
	}
	switch m.Action {
	case Accept:
		c.Accepted = m.At
	case Decline:
		c.Ground = m.Ground
	case Route:
		c.Routed, c.SignedFor = m.At, time.Time{}
	case SignFor:
		c.SignedFor = m.At
	case Refuse:
		c.Refusals++
		c.Department = 0
	case Answer:
		if c.Answered.IsZero() {
			c.Answered = m.At
		}
	case AskAgain:
		c.AskedAgain++
	case Redo:
		c.Redone++
		c.Department = 0
	case Reopen:
		c.Department, c.MergedInto, c.Outcome = 0, 0, NoOutcome
		if c.Accepted.IsZero() { // closed for silence before it was accepted
			c.Accepted = m.At
		}
	case Settle:
		c.Outcome = OutcomeSolved
	case Rate:
		c.Outcome = OutcomeRated
	case Supply, GoOn:
		c.Outcome = NoOutcome
	case Receive, Merge, Ask, HandIn, SendBack, Approve, CloseCase, Withdraw, Archive:
	}
	c.decided(from, m.Action)
	c.State, c.Updated = to, m.At
	c.end(to, m.At)
}

// end keeps Ended true to the state: the first moment of the last rest.
func (c *Case) end(to State, at time.Time) {
	switch {
	case !to.Ended():
		c.Ended = time.Time{}
	case c.Ended.IsZero():
		c.Ended = at
	}
}
