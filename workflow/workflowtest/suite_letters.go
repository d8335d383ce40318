package workflowtest

import (
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
)

var letterPromises = []promise{
	{"the same letter twice is Conflict", sameLetter},
	{"of the same letter sent many times at once one is kept", racingLetters},
	{"a letter is found by what its channel calls it", letterFound},
	{"an identity record comes back, changes, and is there once", sealedWriters},
	{"identity records are found by their mail index", writersByMail},
}

func letterOf(c workflow.Case, external string) workflow.StoredLetter {
	return workflow.StoredLetter{
		Channel: workflow.Web, External: workflow.ExternalHash(workflow.Web, external), CaseID: c.ID, ContentHash: random(32), Received: Morning,
	}
}

func sameLetter(t *testing.T, s workflow.Store, _ College) {
	first, second := NewCase(t, s), NewCase(t, s)
	l := letterOf(first, "form-1")
	must(t, s.AddLetter(t.Context(), &l))
	again := letterOf(second, "form-1")
	wantKind(t, workflow.Conflict, s.AddLetter(t.Context(), &again))
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		NewCase(t, tx)
		return tx.AddLetter(t.Context(), &again)
	})
	wantKind(t, workflow.Conflict, err)
	same(t, "cases", ok(s.CaseIDs(t.Context(), 0, 10))(t), []int64{first.ID, second.ID})
	otherChannel := letterOf(second, "form-1")
	otherChannel.Channel = workflow.API
	must(t, s.AddLetter(t.Context(), &otherChannel))
}

func racingLetters(t *testing.T, s workflow.Store, _ College) {
	c := NewCase(t, s)
	once(t, together(6, func(int) error {
		l := letterOf(c, "pressed six times")
		return s.Atomic(t.Context(), func(tx workflow.Store) error { return tx.AddLetter(t.Context(), &l) })
	}))
	same(t, "letters", len(ok(s.LettersOf(t.Context(), c.ID))(t)), 1)
}

func letterFound(t *testing.T, s workflow.Store, _ College) {
	c := NewCase(t, s)
	l := letterOf(c, "form-1")
	l.Receipt = random(48)
	must(t, s.AddLetter(t.Context(), &l))
	same(t, "found", ok(s.LetterBy(t.Context(), l.Channel, l.External))(t), l)
	absent(t, "of another channel", second(s.LetterBy(t.Context(), workflow.Email, l.External)))
	more := letterOf(c, "form-2")
	must(t, s.AddLetter(t.Context(), &more))
	same(t, "of the case", ok(s.LettersOf(t.Context(), c.ID))(t), []workflow.StoredLetter{l, more})
}

func sealedWriters(t *testing.T, s workflow.Store, _ College) {
	w := workflow.SealedWriter{ID: newUUID(), Sealed: random(64), KeyID: "k1", MailIndex: random(32), Created: Morning}
	must(t, s.AddWriter(t.Context(), w))
	same(t, "added", ok(s.Writer(t.Context(), w.ID))(t), w)
	wantKind(t, workflow.Conflict, s.AddWriter(t.Context(), w))
	w.Sealed, w.KeyID, w.MailIndex = random(80), "k2", nil
	must(t, s.SaveWriter(t.Context(), w))
	got := ok(s.Writer(t.Context(), w.ID))(t)
	same(t, "saved", got, w)
}

func writersByMail(t *testing.T, s workflow.Store, _ College) {
	index := random(32)
	var want []string
	for i := range 4 {
		w := workflow.SealedWriter{ID: newUUID(), Sealed: random(8), KeyID: "k1", Created: Morning.Add(time.Duration(i) * time.Minute)}
		if i%2 == 0 {
			w.MailIndex = index
			want = append(want, w.ID)
		}
		must(t, s.AddWriter(t.Context(), w))
	}
	got := ok(s.WritersByMail(t.Context(), index))(t)
	slices.Sort(got)
	slices.Sort(want)
	same(t, "writers", got, want)
	same(t, "without an address", ok(s.WritersByMail(t.Context(), nil))(t), nil)
	same(t, "of an unknown address", ok(s.WritersByMail(t.Context(), random(32)))(t), nil)
}
