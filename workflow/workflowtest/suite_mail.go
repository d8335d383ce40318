package workflowtest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
)

var mailPromises = []promise{
	{"a mail comes back as it was stored", mailComesBack},
	{"the same mail twice is Conflict", sameMail},
	{"every mail state can be stored, and trays hold their own", mailTrays},
	{"mails of the same identity are listed, oldest first", sameIdentity},
	{"two takers never take the same mail", racingMails},
	{"an old copy of a mail overwrites nothing", staleMail},
	{"a mailbox remembers how far it was read, and counts what is stored", mailCursors},
	{"a dead address stays dead", deadAddress},
}

func mailNamed(external string) workflow.RawMail {
	return workflow.RawMail{
		Source: "imap", Mailbox: "letters@college.example/INBOX", External: external, SHA256: strings.Repeat("ef", 32), Size: 4321,
		IdentityHash: random(32), EnvelopeFrom: "a@example.com", EnvelopeTo: []string{"letters@college.example", "b@college.example"},
		Received: Morning, State: workflow.MailNew, Subject: "关于热水",
	}
}

func addMail(t *testing.T, s workflow.Store, external string, change ...func(*workflow.RawMail)) workflow.RawMail {
	t.Helper()
	m := mailNamed(external)
	for _, f := range change {
		f(&m)
	}
	must(t, s.AddRawMail(t.Context(), &m))
	return m
}

func mailID(m workflow.RawMail) int64 { return m.ID }

func mailComesBack(t *testing.T, s workflow.Store, c College) {
	m := addMail(t, s, "imap:a:1:1")
	same(t, "added", ok(s.RawMail(t.Context(), m.ID))(t), m)
	x, y, was := NewCase(t, s), NewCase(t, s), m
	m.State, m.CaseID, m.Reason, m.Guesses, m.Attempts = workflow.MailHeld, x.ID, "mail.unknown_sender", []int64{y.ID, x.ID}, 2
	m.Handled, m.HandledBy = Morning.Add(time.Hour), c.Clerk.ID
	must(t, s.SaveRawMail(t.Context(), was, m))
	same(t, "saved", ok(s.RawMail(t.Context(), m.ID))(t), m)
	same(t, "of the case", ok(s.RawMailsOf(t.Context(), x.ID))(t), []workflow.RawMail{m})
	same(t, "of another", ok(s.RawMailsOf(t.Context(), y.ID))(t), nil)
}

func sameMail(t *testing.T, s workflow.Store, _ College) {
	once(t, together(5, func(int) error {
		m := mailNamed("imap:a:1:7")
		return s.AddRawMail(t.Context(), &m)
	}))
	same(t, "kept", ok(s.CountMails(t.Context(), workflow.MailNew))(t), 1)
}

func mailTrays(t *testing.T, s workflow.Store, _ College) {
	for i, state := range []workflow.MailState{
		workflow.MailNew, workflow.MailCase, workflow.MailReply, workflow.MailHeld, workflow.MailBounce, workflow.MailMachine,
		workflow.MailDuplicate, workflow.MailUnreadable, workflow.MailDismissed,
	} {
		var want []int64 // newest first
		for j := range 3 {
			m := addMail(t, s, fmt.Sprintf("imap:a:1:%d", i*10+j), func(m *workflow.RawMail) { m.State = state })
			want = append([]int64{m.ID}, want...)
		}
		first := ok(s.MailTray(t.Context(), state, 0, 2))(t)
		rest := ok(s.MailTray(t.Context(), state, first[1].ID, 2))(t)
		same(t, "tray of "+string(state), ids(append(first, rest...), mailID), want)
		same(t, "count of "+string(state), ok(s.CountMails(t.Context(), state))(t), 3)
	}
}

func sameIdentity(t *testing.T, s workflow.Store, _ College) {
	identity := random(32)
	var want []int64
	for i := range 3 {
		m := addMail(t, s, fmt.Sprintf("imap:a:1:%d", i), func(m *workflow.RawMail) { m.IdentityHash = identity })
		want = append(want, m.ID)
		addMail(t, s, fmt.Sprintf("imap:b:1:%d", i))
	}
	same(t, "same identity", ids(ok(s.SameMail(t.Context(), identity))(t), mailID), want)
	same(t, "unknown identity", ok(s.SameMail(t.Context(), random(32)))(t), nil)
}

func racingMails(t *testing.T, s workflow.Store, _ College) {
	const n = 20
	for i := range n {
		addMail(t, s, fmt.Sprintf("imap:a:1:%d", i))
	}
	oldest := ok(s.NewMails(t.Context(), 3))(t)
	same(t, "oldest first", ids(oldest, mailID), ids(ok(s.NewMails(t.Context(), n))(t)[:3], mailID))
	var mu sync.Mutex
	times := map[int64]int{}
	round := func() (int, error) {
		var mails []workflow.RawMail
		err := s.Atomic(t.Context(), func(tx workflow.Store) (err error) {
			if mails, err = tx.NewMails(t.Context(), 2); err != nil {
				return err
			}
			for _, m := range mails {
				was := m
				m.State = workflow.MailMachine
				if err := tx.SaveRawMail(t.Context(), was, m); err != nil {
					return err
				}
			}
			return nil
		})
		mu.Lock()
		defer mu.Unlock()
		for _, m := range mails {
			times[m.ID]++
		}
		return len(mails), err
	}
	allWell(t, together(4, func(int) error { return untilEmpty(round) }))
	must(t, untilEmpty(round))
	same(t, "mails taken", len(times), n)
	for id, count := range times {
		if count != 1 {
			t.Errorf("mail %d was taken %d times", id, count)
		}
	}
}

func staleMail(t *testing.T, s workflow.Store, _ College) {
	was := addMail(t, s, "imap:a:1:1")
	try := was
	try.Attempts++
	once(t, together(5, func(int) error { return s.SaveRawMail(t.Context(), was, try) }))
	done := try
	done.State = workflow.MailMachine
	must(t, s.SaveRawMail(t.Context(), try, done))
	wantKind(t, workflow.Conflict, s.SaveRawMail(t.Context(), try, was))
	same(t, "kept", ok(s.RawMail(t.Context(), was.ID))(t), done)
}

func mailCursors(t *testing.T, s workflow.Store, _ College) {
	const box = "letters@college.example/INBOX"
	fresh := ok(s.Cursor(t.Context(), box))(t)
	fresh.Mailbox = ""
	same(t, "a new mailbox", fresh, workflow.MailCursor{})
	want := workflow.MailCursor{Mailbox: box, UIDValidity: 4294967295, LastUID: 4294967290, ServerUIDs: 12, Seen: Morning, Fault: "mail.refused"}
	must(t, s.SaveCursor(t.Context(), want))
	same(t, "saved", ok(s.Cursor(t.Context(), box))(t), want)
	for i := range 2 {
		addMail(t, s, fmt.Sprintf("imap:%s:4294967295:%d", box, i))
	}
	addMail(t, s, "imap:other:1:1", func(m *workflow.RawMail) { m.Mailbox = "other@college.example/INBOX" })
	want.LastUID, want.Fault, want.Ingested = 4294967292, "", 2
	must(t, s.SaveCursor(t.Context(), want))
	same(t, "after two mails", ok(s.Cursor(t.Context(), box))(t), want)
	same(t, "all", ok(s.Cursors(t.Context()))(t), []workflow.MailCursor{want})
}

func deadAddress(t *testing.T, s workflow.Store, _ College) {
	index := random(32)
	same(t, "alive", ok(s.IsDead(t.Context(), index))(t), false)
	for range 2 {
		must(t, s.MarkDead(t.Context(), index, "no.such.address", Morning))
	}
	same(t, "dead", ok(s.IsDead(t.Context(), index))(t), true)
	same(t, "another", ok(s.IsDead(t.Context(), random(32)))(t), false)
}
