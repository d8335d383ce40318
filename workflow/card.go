package workflow

import (
	"context"
	"slices"
	"time"
)

// A card is what a member of staff has to do, shown on a platform of the campus
// until it is done. It says what kind of thing, which case and by when, and
// nothing of the letter.

// CardFor is a state in which a card's matter is still to be done.
type CardFor struct {
	Name  string // of the notice, and behind a colon of the clock it is about
	State State
	Own   bool // and while the case is the account's own department's
}

// cardStates is a table: what is told by a card, and how long it is to be done.
var cardStates = []struct {
	kind   NoticeKind
	clock  ClockKind
	own    bool
	states []State
}{
	{NoticeUrgent, "", false, []State{Received, Accepted}},
	{NoticeUrgent, "", true, []State{Routed, InHand, Drafted}},
	{NoticeRefused, "", false, []State{Accepted}},
	{NoticeRedo, "", false, []State{Accepted}},
	{NoticeRouted, "", true, []State{Routed}},
	{NoticeSentBack, "", true, []State{InHand}},
	{NoticeAgain, "", true, []State{InHand}},
	{NoticeReminder, "", true, []State{Routed, InHand, Drafted}},
	{NoticeHandedIn, "", true, []State{Drafted}},
	{NoticeApproved, "", false, []State{Approved}},
	{NoticeWarning, Register, false, []State{Received}},
	{NoticeWarning, ToRoute, false, []State{Accepted}},
	{NoticeWarning, ToSign, false, []State{Routed}},
	{NoticeWarning, ToAnswer, false, []State{Routed, InHand, Drafted}},
	{NoticeWarning, ToCheck, false, []State{Approved}},
	{NoticeWarning, Overall, false, []State{Received, Accepted, Routed, InHand, Drafted, Approved}},
	{NoticeBreach, Register, false, []State{Received}},
	{NoticeBreach, ToRoute, false, []State{Accepted}},
	{NoticeBreach, ToSign, false, []State{Routed}},
	{NoticeBreach, ToAnswer, false, []State{Routed, InHand, Drafted}},
	{NoticeBreach, ToCheck, false, []State{Approved}},
	{NoticeBreach, Overall, false, []State{Received, Accepted, Routed, InHand, Drafted, Approved}},
}

// CardTable lists the states in which cards stand.
func CardTable() []CardFor {
	var out []CardFor
	for _, row := range cardStates {
		for _, s := range row.states {
			out = append(out, CardFor{cardName(row.kind, row.clock), s, row.own})
		}
	}
	return out
}

func cardName(kind NoticeKind, clock ClockKind) string { return string(kind) + ":" + string(clock) }

// CardOf is the name under which a notice stands in CardTable.
func CardOf(n Notice) string { return cardName(n.Kind, ClockKind(n.Args["clock"])) }

// cardTells reports whether a kind of notice is told by a card at all.
func cardTells(kind NoticeKind, args map[string]string) bool {
	name := cardName(kind, ClockKind(args["clock"]))
	return slices.ContainsFunc(CardTable(), func(f CardFor) bool { return f.Name == name })
}

// CardStands reports whether what a card asks for is still to be done, and by
// this account.
func CardStands(n Notice, c Case, a Account) bool {
	name := CardOf(n)
	return a.Disabled.IsZero() && slices.ContainsFunc(CardTable(), func(f CardFor) bool {
		return f.Name == name && f.State == c.State && (!f.Own || c.Department == a.Department)
	})
}

// Card is a card that was sent.
type Card struct {
	Notice   int64
	Channel  Channel
	External string // the platform's name for it
}

// Cards keeps which cards were sent.
type Cards interface {
	// DoneCards lists cards sent since then whose matter is done or somebody
	// else's, and that nobody has tried to take back, oldest first.
	DoneCards(ctx context.Context, since time.Time, limit int) ([]Card, error)
}
