package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var birthPromises = []promise{
	{"a birth is kept whole, and every part is the case's", birthWhole},
	{"a birth of fewer parts stores no others", birthBare},
	{"a birth whose letter is known leaves nothing", birthKnown},
	{"a case is born once", birthOnce},
	{"a birth inside an act ends with it", birthInside},
}

// named is ok for a name.
func named(id int64, number string, err error) func(testing.TB) (int64, string) {
	return func(t testing.TB) (int64, string) {
		t.Helper()
		must(t, err)
		return id, number
	}
}

// draftBirth is a birth with every part there is.
func draftBirth(t testing.TB, s workflow.Store, c College) workflow.Birth {
	t.Helper()
	x := draftCase(t, s)
	x.ID, x.Number = named(s.NameCase(t.Context(), "2026-11-23"))(t)
	w := workflow.SealedWriter{ID: newUUID(), Sealed: random(40), KeyID: "k1", MailIndex: random(32), Created: Morning.UTC()}
	x.Writer = w.ID
	keeper := workflow.Keeper{Chain: workflow.NewChain(random(32)), Zone: Zone, Domain: "example.edu.cn"}
	b := keeper.Begin(x, workflow.Event{
		Action: workflow.Receive, To: workflow.Received, By: c.Clerk.Actor(), Role: workflow.Clerk, At: Morning, Detail: map[string]string{"channel": "web"},
	})
	b.Writer = w
	for _, kind := range []workflow.ClockKind{workflow.Register, workflow.Overall} {
		b.Clocks = append(b.Clocks, workflow.Clock{
			Kind: kind, Occurrence: 1, Promise: workflow.Promise{Amount: 15, Unit: workflow.WorkingDays}, Calendar: c.Calendar.ID,
			Started: Morning.UTC(), Due: Morning.Add(time.Hour).UTC(), FirstDue: Morning.Add(time.Hour).UTC(), Warn: Morning.Add(time.Minute).UTC(),
			Provisional: true, Urgent: kind == workflow.Overall,
		})
	}
	b.Letter = workflow.StoredLetter{
		Channel: workflow.Web, External: []byte("form-1"), ContentHash: random(32), Receipt: random(16), Received: Morning.UTC(),
	}
	b.Message = workflow.Message{Kind: workflow.LetterMessage, Body: "热水\n没有", Quoted: "旧", HTML: "<p>热水</p>", Channel: workflow.Web, At: Morning.UTC()}
	b.Files = []workflow.NewFile{newFile("照片一.jpg"), newFile("二.pdf")}
	b.Words = workflow.SearchWords(x.Number + " 宿舍热水")
	t1 := workflow.Telling{Name: "case:" + x.Number + ":received", Kind: workflow.NoticeReceived, Case: b.Case, At: Morning, Secret: random(20), Args: map[string]string{"due": `"今天"`}}
	mail, err := keeper.ForWriter(t.Context(), s, w, t1)
	must(t, err)
	t1.Name, t1.Secret = "case:"+x.Number+":urgent", nil
	b.Notices = append(keeper.ForAccount(c.Clerk, t1), mail)
	return b
}

func birthWhole(t *testing.T, s workflow.Store, c College) {
	b := draftBirth(t, s, c)
	must(t, s.AddBirth(t.Context(), &b))
	id := b.Case.ID
	same(t, "version", b.Case.Version, int64(1))
	same(t, "case", ok(s.Case(t.Context(), id))(t), b.Case)
	same(t, "by number", ok(s.CaseByNumber(t.Context(), b.Case.Number))(t).ID, id)
	same(t, "writer", ok(s.Writer(t.Context(), b.Writer.ID))(t), b.Writer)
	events := ok(s.EventsOf(t.Context(), id))(t)
	same(t, "event", []any{len(events), events[0].Hash, events[0].Detail}, []any{1, b.Event.Hash, b.Event.Detail})
	if b.Clocks[0].ID == 0 || b.Clocks[0].CaseID != id {
		t.Errorf("the first clock got id %d of case %d", b.Clocks[0].ID, b.Clocks[0].CaseID)
	}
	same(t, "clocks", ok(s.ClocksOf(t.Context(), id))(t), b.Clocks)
	letter := ok(s.LetterBy(t.Context(), workflow.Web, []byte("form-1")))(t)
	same(t, "letter", []any{letter.CaseID, letter.ContentHash, letter.Receipt}, []any{id, b.Letter.ContentHash, b.Letter.Receipt})
	messages := ok(s.MessagesOf(t.Context(), id, true))(t)
	same(t, "message", []any{len(messages), messages[0].Body, messages[0].HTML}, []any{1, b.Message.Body, b.Message.HTML})
	same(t, "files", []any{len(messages[0].Files), messages[0].Files[0].Name, messages[0].Files[1].Name}, []any{2, "照片一.jpg", "二.pdf"})
	found := ok(s.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}, Search: "热水"}))(t)
	same(t, "found", len(found.Rows), 1)
	same(t, "facts", ok(s.WaitingFacts(t.Context()))(t), len(b.Facts))
	notices := ok(s.NoticesOf(t.Context(), id))(t)
	same(t, "notices", len(notices), len(b.Notices))
	for i, n := range b.Notices {
		n.ID, n.Queued, n.Next, n.Sent = notices[i].ID, notices[i].Queued, notices[i].Next, notices[i].Sent
		same(t, "notice", notices[i], n)
		same(t, "sent", notices[i].Sent.IsZero(), b.Notices[i].Sent.IsZero())
	}
}

func birthBare(t *testing.T, s workflow.Store, _ College) {
	x := NewCase(t, s)
	same(t, "history", len(ok(s.EventsOf(t.Context(), x.ID))(t)), 0)
	same(t, "letters", len(ok(s.LettersOf(t.Context(), x.ID))(t)), 0)
	same(t, "messages", len(ok(s.MessagesOf(t.Context(), x.ID, true))(t)), 0)
	same(t, "clocks", len(ok(s.ClocksOf(t.Context(), x.ID))(t)), 0)
	same(t, "notices", len(ok(s.NoticesOf(t.Context(), x.ID))(t)), 0)
}

func birthKnown(t *testing.T, s workflow.Store, c College) {
	first, twin := draftBirth(t, s, c), draftBirth(t, s, c)
	must(t, s.AddBirth(t.Context(), &first))
	wantKind(t, workflow.Conflict, s.AddBirth(t.Context(), &twin))
	wantKind(t, workflow.NotFound, second(s.Case(t.Context(), twin.Case.ID)))
	wantKind(t, workflow.NotFound, second(s.Writer(t.Context(), twin.Writer.ID)))
	same(t, "facts", ok(s.WaitingFacts(t.Context()))(t), len(first.Facts))
}

func birthOnce(t *testing.T, s workflow.Store, c College) {
	b := draftBirth(t, s, c)
	once(t, together(4, func(int) error {
		mine := b
		mine.Clocks = append([]workflow.Clock(nil), b.Clocks...)
		return s.AddBirth(t.Context(), &mine)
	}))
}

func birthInside(t *testing.T, s workflow.Store, c College) {
	b := draftBirth(t, s, c)
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		must(t, tx.AddBirth(t.Context(), &b))
		return workflow.Fail(workflow.Conflict, "case.not_now")
	})
	wantKind(t, workflow.Conflict, err)
	wantKind(t, workflow.NotFound, second(s.Case(t.Context(), b.Case.ID)))
}
