package workflowtest

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
)

var casePromises = []promise{
	{"a case comes back as it was stored", caseComesBack},
	{"every State can be stored", everyState},
	{"every word a case can have can be stored", everyWord},
	{"a case that contradicts itself is refused", contradictions},
	{"stale save is Conflict", staleCase},
	{"a locked case waits for its holder", lockedCase},
	{"case numbers are unique and by day", caseNumbers},
	{"case numbers are unique when letters come at once", racingNumbers},
	{"CaseIDs lists every case once, in order", caseIDs},
	{"departments begin and stop to assist", assisting},
	{"parts are the cases merged into or split from a case", parts},
	{"one wish for more time waits at a time", extensions},
}

// fullCase has something in every field.
func fullCase(t *testing.T, s workflow.Store, c College) workflow.Case {
	t.Helper()
	inTime, at := true, Morning.Add(1234567*time.Microsecond)
	w := workflow.SealedWriter{ID: newUUID(), Sealed: random(40), KeyID: "k1", Created: at}
	must(t, s.AddWriter(t.Context(), w))
	other, counted := NewCase(t, s), campaign(t, s, "办实事 "+newUUID(), "2026-01-01", "2026-12-31")
	return draftCase(t, s, func(x *workflow.Case) {
		x.State, x.Kind, x.Channel, x.Mode = workflow.Closed, workflow.Disclosure, workflow.Email, workflow.Confidential
		x.WriterStatus, x.Writer, x.Subject, x.Locale = "student", w.ID, "三号楼 “热水” <b>", "en"
		x.Department, x.About = c.Logistics.ID, c.Academic.ID
		x.Urgent, x.Sealed, x.Binding, x.PublishWish = true, true, true, true
		x.Outcome, x.SplitFrom = workflow.OutcomeRated, other.ID
		x.Decision, x.Concern, x.Campaign, x.Proposed = workflow.DecidePartly, "litigation", counted.ID, counted.ID
		x.Accepted, x.Routed, x.SignedFor = at.Add(time.Hour), at.Add(2*time.Hour), at.Add(3*time.Hour)
		x.Answered, x.Ended, x.RefuseUntil = at.Add(4*time.Hour), at.Add(5*time.Hour), at.Add(6*time.Hour)
		x.Refusals, x.AskedAgain, x.Redone, x.Extensions = 2, 1, 1, 3
		x.InTime, x.Worked = &inTime, 137
		x.Rating = workflow.Rating{At: at.Add(5 * time.Hour), Speed: 5, Attitude: 4, Result: 1, Solved: true}
		x.Due, x.DueClock = at.Add(7*time.Hour), workflow.ToAnswer
		x.ChainSeq, x.ChainHash, x.Updated = 9, random(32), at
	})
}

func caseComesBack(t *testing.T, s workflow.Store, c College) {
	want := fullCase(t, s, c)
	must(t, AddCase(t.Context(), s, &want, "2026-11-23"))
	if want.ID == 0 || want.Number == "" || want.Version != 1 {
		t.Errorf("AddCase set id %d, number %q, version %d", want.ID, want.Number, want.Version)
	}
	got := ok(s.Case(t.Context(), want.ID))(t)
	same(t, "added", got, want)
	if got.Accepted.Location() != time.UTC || !got.Accepted.Equal(want.Accepted.Truncate(time.Microsecond)) {
		t.Errorf("a time came back as %v, want %v in UTC", got.Accepted, want.Accepted)
	}
	empty := NewCase(t, s)
	same(t, "with nothing in it", ok(s.Case(t.Context(), empty.ID))(t), empty)
	full := want
	full.ID, full.Number, full.Version = empty.ID, empty.Number, empty.Version
	must(t, s.SaveCase(t.Context(), &full))
	same(t, "saved", ok(s.Case(t.Context(), full.ID))(t), full)
	same(t, "by number", ok(s.CaseByNumber(t.Context(), full.Number))(t), full)
}

// inState makes c consistent with a state.
func inState(c *workflow.Case, state workflow.State, other int64) {
	c.State, c.Resume, c.MergedInto, c.Ground, c.Ended = state, "", 0, "", time.Time{}
	switch state {
	case workflow.Waiting:
		c.Resume = workflow.InHand
	case workflow.Merged:
		c.MergedInto = other
	case workflow.Declined:
		c.Ground = "unclear"
	case workflow.Received, workflow.Accepted, workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved,
		workflow.Answered, workflow.Closed, workflow.Withdrawn, workflow.Archived:
	}
	if state.Ended() {
		c.Ended = c.Received.Add(time.Hour)
	}
}

func everyState(t *testing.T, s workflow.Store, _ College) {
	other, moving := NewCase(t, s), NewCase(t, s)
	for _, state := range workflow.States {
		added := NewCase(t, s, func(x *workflow.Case) { inState(x, state, other.ID) })
		same(t, "added "+string(state), ok(s.Case(t.Context(), added.ID))(t), added)
		inState(&moving, state, other.ID)
		must(t, s.SaveCase(t.Context(), &moving))
		same(t, "saved "+string(state), ok(s.Case(t.Context(), moving.ID))(t), moving)
	}
}

func everyWord(t *testing.T, s workflow.Store, _ College) {
	c := NewCase(t, s)
	keep := func(what any) {
		t.Helper()
		if err := s.SaveCase(t.Context(), &c); err != nil {
			t.Fatalf("%v: %v", what, err)
		}
		same(t, show(what), ok(s.Case(t.Context(), c.ID))(t), c)
	}
	for _, c.Kind = range workflow.CaseKinds {
		keep(c.Kind)
	}
	for _, c.Channel = range workflow.Channels {
		keep(c.Channel)
	}
	for _, c.Mode = range workflow.Modes {
		keep(c.Mode)
	}
	for _, c.WriterStatus = range workflow.WriterStatuses {
		keep(c.WriterStatus)
	}
	for _, c.DueClock = range workflow.ClockKinds {
		keep(c.DueClock)
	}
	inState(&c, workflow.Declined, 0)
	for _, c.Ground = range workflow.Grounds {
		keep(c.Ground)
	}
	inState(&c, workflow.Closed, 0)
	for _, c.Outcome = range []workflow.Outcome{
		workflow.NoOutcome, workflow.OutcomeSolved, workflow.OutcomeRated, workflow.OutcomeSilence, workflow.OutcomeNoReply, workflow.OutcomeOffice,
	} {
		keep(c.Outcome)
	}
}

func contradictions(t *testing.T, s workflow.Store, _ College) {
	other := NewCase(t, s)
	for name, spoil := range map[string]func(*workflow.Case){
		"an unknown state":         func(x *workflow.Case) { x.State = "lost" },
		"an unknown kind":          func(x *workflow.Case) { x.Kind = "gossip" },
		"an unknown channel":       func(x *workflow.Case) { x.Channel = "pigeon" },
		"an unknown mode":          func(x *workflow.Case) { x.Mode = "masked" },
		"merged into nothing":      func(x *workflow.Case) { x.State, x.Ended = workflow.Merged, Morning },
		"merged and open":          func(x *workflow.Case) { x.MergedInto = other.ID },
		"declined without ground":  func(x *workflow.Case) { x.State, x.Ended = workflow.Declined, Morning },
		"a ground and accepted":    func(x *workflow.Case) { x.State, x.Ground = workflow.Accepted, "unclear" },
		"closed and never ended":   func(x *workflow.Case) { x.State = workflow.Closed },
		"ended and in hand":        func(x *workflow.Case) { x.State, x.Ended = workflow.InHand, Morning },
		"waiting, to go nowhere":   func(x *workflow.Case) { x.State = workflow.Waiting },
		"in hand, to go somewhere": func(x *workflow.Case) { x.State, x.Resume = workflow.InHand, workflow.InHand },
		"a mark of six": func(x *workflow.Case) {
			inState(x, workflow.Closed, 0)
			x.Rating = workflow.Rating{At: Morning, Speed: 6, Attitude: 1, Result: 1}
		},
	} {
		c := draftCase(t, s, spoil)
		if err := AddCase(t.Context(), s, &c, "2026-11-23"); err == nil {
			t.Errorf("%s was added", name)
		}
		c = NewCase(t, s)
		spoil(&c)
		if err := s.SaveCase(t.Context(), &c); err == nil {
			t.Errorf("%s was saved", name)
		}
	}
}

func staleCase(t *testing.T, s workflow.Store, _ College) {
	c := NewCase(t, s)
	mine, theirs := c, c
	mine.Subject, theirs.Subject = "我的", "他们的"
	must(t, s.SaveCase(t.Context(), &mine))
	if mine.Version != c.Version+1 {
		t.Errorf("version is %d after a save, want %d", mine.Version, c.Version+1)
	}
	wantKind(t, workflow.Conflict, s.SaveCase(t.Context(), &theirs))
	if theirs.Version != c.Version {
		t.Errorf("a refused save changed the version to %d", theirs.Version)
	}
	same(t, "stored", ok(s.Case(t.Context(), c.ID))(t), mine)
	once(t, together(4, func(i int) error {
		racer := mine
		racer.Refusals = i
		return s.SaveCase(t.Context(), &racer)
	}))
}

func lockedCase(t *testing.T, s workflow.Store, _ College) {
	c, n := NewCase(t, s), 8
	allWell(t, together(n, func(int) error {
		return s.Atomic(t.Context(), func(tx workflow.Store) error {
			mine, err := tx.LockCase(t.Context(), c.ID)
			if err != nil {
				return err
			}
			mine.Refusals++
			return tx.SaveCase(t.Context(), &mine)
		})
	}))
	if got := ok(s.Case(t.Context(), c.ID))(t).Refusals; got != n {
		t.Errorf("%d of %d changes are kept", got, n)
	}
}

var numberPattern = regexp.MustCompile(`^XZ[0-9]{8}-[0-9]{4,}$`)

func caseNumbers(t *testing.T, s workflow.Store, _ College) {
	seen := map[string]bool{}
	for _, day := range []string{"2026-11-23", "2026-11-23", "2026-11-24", "2026-11-23"} {
		c := draftCase(t, s)
		must(t, AddCase(t.Context(), s, &c, day))
		if !numberPattern.MatchString(c.Number) || seen[c.Number] {
			t.Errorf("number %q is wrong or given before", c.Number)
		}
		if want := "XZ" + day[:4] + day[5:7] + day[8:] + "-"; c.Number[:len(want)] != want {
			t.Errorf("number %q on %s", c.Number, day)
		}
		seen[c.Number] = true
	}
	for _, first := range []string{"XZ20261123-0001", "XZ20261124-0001"} {
		if !seen[first] {
			t.Errorf("nobody got %s: %v", first, seen)
		}
	}
}

func racingNumbers(t *testing.T, s workflow.Store, _ College) {
	const clients, each = 8, 5
	drafts := make([]workflow.Case, clients*each)
	for i := range drafts {
		drafts[i] = draftCase(t, s)
	}
	allWell(t, together(clients, func(i int) error {
		for j := range each {
			day := fmt.Sprintf("2026-12-%02d", 1+j%2)
			if err := AddCase(t.Context(), s, &drafts[i*each+j], day); err != nil {
				return err
			}
		}
		return nil
	}))
	numbers := map[string]bool{}
	for _, c := range drafts {
		numbers[c.Number] = true
	}
	if len(numbers) != len(drafts) {
		t.Errorf("%d cases share %d numbers", len(drafts), len(numbers))
	}
}

func caseIDs(t *testing.T, s workflow.Store, _ College) {
	var want []int64
	for range 7 {
		want = append(want, NewCase(t, s).ID)
	}
	slices.Sort(want)
	var got []int64
	for after := int64(0); ; after = got[len(got)-1] {
		page := ok(s.CaseIDs(t.Context(), after, 3))(t)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
	}
	same(t, "ids", got, want)
	whole := ok(s.CasesFrom(t.Context(), want[1], 3))(t)
	same(t, "how many whole ones", len(whole), 3)
	for i, c := range whole {
		same(t, "whole", c, ok(s.Case(t.Context(), want[2+i]))(t))
	}
}

func assisting(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	for range 2 { // twice is once
		must(t, s.Assist(t.Context(), x.ID, c.Academic.ID, true, Morning))
	}
	must(t, s.Assist(t.Context(), x.ID, c.Office.ID, true, Morning))
	got := ok(s.Assisting(t.Context(), x.ID))(t)
	slices.Sort(got)
	same(t, "assisting", got, []int64{c.Office.ID, c.Academic.ID})
	for range 2 {
		must(t, s.Assist(t.Context(), x.ID, c.Office.ID, false, Morning))
	}
	same(t, "assisting", ok(s.Assisting(t.Context(), x.ID))(t), []int64{c.Academic.ID})
}

func parts(t *testing.T, s workflow.Store, _ College) {
	whole := NewCase(t, s)
	merged := NewCase(t, s, func(x *workflow.Case) { inState(x, workflow.Merged, whole.ID) })
	split := NewCase(t, s, func(x *workflow.Case) { x.SplitFrom = whole.ID })
	NewCase(t, s)
	got := ids(ok(s.Parts(t.Context(), whole.ID))(t), func(c workflow.Case) int64 { return c.ID })
	slices.Sort(got)
	same(t, "parts", got, []int64{merged.ID, split.ID})
	same(t, "parts of a part", ok(s.Parts(t.Context(), split.ID))(t), nil)
}

func extensions(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	wish := workflow.Extension{CaseID: x.ID, Days: 3, Reason: "等配件", AskedBy: c.LogisticsClerk.ID, Asked: Morning}
	must(t, s.AddExtension(t.Context(), &wish))
	same(t, "open", ok(s.OpenExtension(t.Context(), x.ID))(t), wish)
	more := workflow.Extension{CaseID: x.ID, Days: 1, Reason: "再等", AskedBy: c.LogisticsClerk.ID, Asked: Morning}
	wantKind(t, workflow.Conflict, s.AddExtension(t.Context(), &more))
	wish.Decided, wish.By, wish.Granted, wish.Remark = Morning.Add(time.Hour), c.OfficeHead.ID, true, "同意"
	must(t, s.SaveExtension(t.Context(), wish))
	absent(t, "open after the decision", second(s.OpenExtension(t.Context(), x.ID)))
	must(t, s.AddExtension(t.Context(), &more))
	same(t, "all", ok(s.ExtensionsOf(t.Context(), x.ID))(t), []workflow.Extension{wish, more})
}
