package workflowtest

import (
	"errors"
	"testing"

	"mailbox/workflow"
)

var atomicPromises = []promise{
	{"a failed Atomic keeps nothing", failedAtomic},
	{"a panic in Atomic keeps nothing", panickedAtomic},
	{"an Atomic inside an Atomic joins it", joinedAtomic},
	{"what Atomic wrote is seen inside at once and outside afterwards", seenAtomic},
	{"an unknown id is NotFound", unknownIDs},
	{"what belongs to an unknown case is NotFound", unknownCase},
}

var errOnPurpose = errors.New("on purpose")

func failedAtomic(t *testing.T, s workflow.Store, c College) {
	before := NewCase(t, s)
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		NewCase(t, tx)
		changed := before
		changed.Subject = "不应留下"
		must(t, tx.SaveCase(t.Context(), &changed))
		must(t, tx.AddEvent(t.Context(), workflow.Event{CaseID: before.ID, Seq: 1, Action: workflow.MarkNote, At: Morning, Hash: random(32), Role: workflow.System}))
		must(t, tx.SaveSetting(t.Context(), "college.name", "x", c.Admin.ID, Morning))
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("Atomic says %v, want what do said", err)
	}
	same(t, "cases", ok(s.CaseIDs(t.Context(), 0, 10))(t), []int64{before.ID})
	same(t, "the case", ok(s.Case(t.Context(), before.ID))(t), before)
	same(t, "events", ok(s.EventsOf(t.Context(), before.ID))(t), nil)
	same(t, "settings", ok(s.Settings(t.Context()))(t), nil)
}

func panickedAtomic(t *testing.T, s workflow.Store, _ College) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not come through")
			}
		}()
		_ = s.Atomic(t.Context(), func(tx workflow.Store) error {
			NewCase(t, tx)
			panic("a fault of the program")
		})
	}()
	same(t, "cases", ok(s.CaseIDs(t.Context(), 0, 10))(t), nil)
	NewCase(t, s)
}

func joinedAtomic(t *testing.T, s workflow.Store, _ College) {
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		must(t, tx.Atomic(t.Context(), func(inner workflow.Store) error { NewCase(t, inner); return nil }))
		same(t, "cases inside", len(ok(tx.CaseIDs(t.Context(), 0, 10))(t)), 1)
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("Atomic says %v", err)
	}
	same(t, "cases after the outer one failed", ok(s.CaseIDs(t.Context(), 0, 10))(t), nil)
}

func seenAtomic(t *testing.T, s workflow.Store, _ College) {
	var stored workflow.Case
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error {
		stored = NewCase(t, tx)
		same(t, "inside", ok(tx.Case(t.Context(), stored.ID))(t), stored)
		return nil
	}))
	same(t, "outside", ok(s.Case(t.Context(), stored.ID))(t), stored)
}

const nowhere = 1 << 40

func unknownIDs(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	mayFail := func(what string, errs ...error) {
		t.Helper()
		for _, err := range errs {
			absent(t, what, err)
		}
	}
	mayFail("case", second(s.Case(ctx, nowhere)), second(s.LockCase(ctx, nowhere)), second(s.CaseByNumber(ctx, "XZ19990101-0001")),
		s.SaveCase(ctx, &workflow.Case{
			ID: nowhere, State: workflow.Received, Kind: workflow.Help, Category: c.Repair.ID,
			CategoryVersion: c.Repair.Version, Policy: c.Ordinary.Version, Channel: workflow.Web, Mode: workflow.Signed, Received: Morning, Updated: Morning,
		}))
	mayFail("extension", second(s.OpenExtension(ctx, nowhere)), s.SaveExtension(ctx, workflow.Extension{ID: nowhere, Days: 1}))
	mayFail("letter", second(s.LetterBy(ctx, workflow.Web, random(32))))
	mayFail("writer", second(s.Writer(ctx, newUUID())), s.SaveWriter(ctx, workflow.SealedWriter{ID: newUUID(), Sealed: random(8), Created: Morning}))
	mayFail("message", second(s.Message(ctx, nowhere)))
	mayFail("file", second(s.File(ctx, nowhere, nowhere)), s.RemoveFile(ctx, nowhere))
	mayFail("answer", second(s.AnswerOf(ctx, nowhere)), s.SaveAnswer(ctx, &workflow.AnswerDraft{ID: nowhere, Round: 1, Version: 1}, c.Clerk.ID))
	mayFail("clock", second(s.Clock(ctx, nowhere)), second(s.LockClock(ctx, nowhere)))
	mayFail("notice", second(s.Notice(ctx, nowhere)), second(s.FailNoticeByMessageID(ctx, "nobody@nowhere", "x")),
		s.SettleNotice(ctx, nowhere, c.Clerk.ID, false, Morning))
	mayFail("mail", second(s.RawMail(ctx, nowhere)), s.SaveRawMail(ctx, workflow.RawMail{}, workflow.RawMail{ID: nowhere, State: workflow.MailCase, Source: "smtp"}))
	mayFail("category", second(s.CategoryVersion(ctx, nowhere)))
	mayFail("account", second(s.Account(ctx, nowhere)), second(s.AccountByName(ctx, "nobody")))
	mayFail("policy", second(s.PolicyVersion(ctx, nowhere)), second(s.PolicyAt(ctx, nowhere, Morning)), second(s.PolicyAt(ctx, c.Ordinary.ID, Opened.AddDate(-1, 0, 0))))
	mayFail("calendar", second(s.Calendar(ctx, nowhere)))
}

func second[T any](_ T, err error) error { return err }

func unknownCase(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	absent(t, "letter", s.AddLetter(ctx, &workflow.StoredLetter{CaseID: nowhere, Channel: workflow.Web, External: random(32), ContentHash: random(32), Received: Morning}))
	absent(t, "message", s.AddMessage(ctx, &workflow.Message{CaseID: nowhere, Kind: workflow.LetterMessage, Channel: workflow.Web, At: Morning}, nil))
	absent(t, "answer", s.AddAnswer(ctx, &workflow.AnswerDraft{CaseID: nowhere, Round: 1, Author: c.LogisticsClerk.ID, Updated: Morning}))
	k := clockOf(nowhere, c, workflow.Overall)
	absent(t, "clock", s.AddClock(ctx, &k))
	absent(t, "event", s.AddEvent(ctx, workflow.Event{CaseID: nowhere, Seq: 1, Action: workflow.MarkNote, At: Morning, Hash: random(32)}))
	absent(t, "facts", s.AddFacts(ctx, nowhere, []workflow.FactChange{{Fact: workflow.Fact{Measure: workflow.CountReceived, Day: "2026-11-23"}, N: 1}}))
	absent(t, "words", s.Index(ctx, nowhere, "热水"))
	absent(t, "assist", s.Assist(ctx, nowhere, c.Academic.ID, true, Morning))
	absent(t, "extension", s.AddExtension(ctx, &workflow.Extension{CaseID: nowhere, Days: 1, Reason: "x", AskedBy: c.LogisticsClerk.ID, Asked: Morning}))
}
