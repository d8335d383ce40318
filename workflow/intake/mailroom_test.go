package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// office is a mailroom at work. Mails are JSON, and one whose subject is "boom"
// breaks the reader.
type office struct {
	*worldtest.World
	room  *intake.Mailroom
	inbox int
	away  error // what following a reply fails with
}

type jsonReader struct{}

func (jsonReader) Read(raw []byte, _ []string) intake.ReadMail {
	m := intake.ReadMail{Readable: true}
	if err := json.Unmarshal(raw, &m); err != nil {
		return intake.ReadMail{}
	}
	if m.Subject == "boom" {
		panic("boom by " + m.FromAddress)
	}
	return m
}

func newOffice(t *testing.T) *office { return officeOn(t, workflowtest.NewMemory()) }

func onPostgres(t *testing.T) *office {
	t.Helper()
	store, err := postgres.Open(t.Context(), pgtest.Open(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return officeOn(t, store)
}

func officeOn(t *testing.T, store workflow.Store) *office {
	t.Helper()
	o := &office{World: worldtest.New(t, store)}
	o.room = o.mailroom(o.Desk)
	return o
}

// mailroom is a mailroom of another process at the same desk.
func (o *office) mailroom(desk *workflow.Desk) *intake.Mailroom {
	courier := delivery.New(delivery.Deps{Desk: desk})
	return intake.NewMailroom(intake.New(desk, o.Vault, o.Codes, o.Proof), o.Blobs, jsonReader{}, o.follow, courier.Bounced)
}

func (o *office) follow(ctx context.Context, caseID int64, m intake.ReadMail, external string, files []workflow.NewFile) error {
	if o.away != nil {
		return o.away
	}
	_, err := o.Cases.Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
		Action: workflow.MarkAdd, Body: m.Text, Quoted: m.Quoted, Files: files, Channel: workflow.Email, External: external,
	})
	return err
}

// letter is what a student writes about hot water, changed by opts.
func letter(opts ...func(*intake.ReadMail)) intake.ReadMail {
	m := intake.ReadMail{
		Readable: true, MessageID: "1@students.example", FromName: "林同学", FromAddress: "lin@students.example",
		Sent: "2026-11-23T01:00:00Z", Subject: "热水", Text: "三号楼没有热水。",
	}
	for _, o := range opts {
		o(&m)
	}
	return m
}

func text(s string) func(*intake.ReadMail) { return func(m *intake.ReadMail) { m.Text = s } }

// arrive stores a mail, as many times as it is called.
func (o *office) arrive(t *testing.T, m intake.ReadMail) {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	o.inbox++
	a := intake.Arrival{Source: "smtp", Mailbox: fmt.Sprintf("box%d", o.inbox), External: fmt.Sprintf("smtp:%d", o.inbox), EnvelopeFrom: m.FromAddress, Received: o.Now(), Raw: raw}
	if err := o.room.Arrive(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// got sorts and returns what became of the mail that arrived last.
func (o *office) got(t *testing.T) workflow.RawMail {
	t.Helper()
	if _, err := o.room.Sort(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	return o.mail(t, int64(o.inbox))
}

func (o *office) mail(t *testing.T, id int64) workflow.RawMail {
	t.Helper()
	m, err := o.Store.RawMail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (o *office) count(t *testing.T) int {
	t.Helper()
	ids, err := o.Store.CaseIDs(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(ids)
}

// began is a case that a mail began.
func (o *office) began(t *testing.T) int64 {
	t.Helper()
	o.arrive(t, letter(text("第一封"), func(m *intake.ReadMail) { m.MessageID = "0@students.example" }))
	m := o.got(t)
	if m.State != workflow.MailCase {
		t.Fatalf("the first letter is %s: %s", m.State, m.Reason)
	}
	return m.CaseID
}

func (o *office) token(id int64) func(*intake.ReadMail) {
	return func(m *intake.ReadMail) { m.Token = o.Codes.ReplyToken(id) }
}

func from(address string) func(*intake.ReadMail) {
	return func(m *intake.ReadMail) { m.FromAddress = address }
}

// acknowledged is the Message-ID of the mail that told the case's writer its number.
func (o *office) acknowledged(t *testing.T, id int64) string {
	t.Helper()
	all, err := o.Store.NoticesOf(t.Context(), id)
	if err != nil || len(all) == 0 || all[0].Kind != workflow.NoticeReceived {
		t.Fatalf("%d notices, %v", len(all), err)
	}
	return all[0].MessageID
}

// deliver marks everything queued as sent.
func (o *office) deliver(t *testing.T) {
	t.Helper()
	taken, err := o.Store.TakeNotices(t.Context(), o.Now().Add(100*time.Hour), 100, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range taken {
		if err := o.Store.FinishNotice(t.Context(), n, workflow.SendResult{State: workflow.Sent}, o.Now(), o.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// Where mails go, by who wrote them and what they refer to.
func TestPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mail   func(t *testing.T, o *office, id int64) intake.ReadMail
		state  workflow.MailState
		inCase bool // the mail is in the case
	}{
		"the writer to the reply address": {func(_ *testing.T, o *office, id int64) intake.ReadMail { return letter(o.token(id)) }, workflow.MailReply, true},
		"the writer in other letters": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(o.token(id), from(" LIN@Students.example"))
		}, workflow.MailReply, true},
		"a stranger to the reply address": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(o.token(id), from("x@elsewhere.example"))
		}, workflow.MailHeld, false},
		"another writer": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			o.Send(t, func(l *workflow.Letter) { l.Identity.Email = "wu@students.example" })
			return letter(o.token(id), from("wu@students.example"))
		}, workflow.MailHeld, false},
		"a token made up": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(func(m *intake.ReadMail) { m.Token = o.Codes.ReplyToken(id + 1)[:1] + o.Codes.ReplyToken(id)[1:] })
		}, workflow.MailCase, false},
		"the writer answers our mail": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			return letter(func(m *intake.ReadMail) { m.InReplyTo = []string{"unknown@x", o.acknowledged(t, id)} })
		}, workflow.MailReply, true},
		"a stranger answers our mail": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			return letter(from("x@elsewhere.example"), func(m *intake.ReadMail) { m.InReplyTo = []string{o.acknowledged(t, id)} })
		}, workflow.MailHeld, false},
		"the writer quotes the number": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			c, _ := o.Store.Case(t.Context(), id)
			return letter(func(m *intake.ReadMail) { m.Numbers = []string{c.Number} })
		}, workflow.MailHeld, false},
		"somebody replies to an anonymous case": {func(t *testing.T, o *office, _ int64) intake.ReadMail {
			r := o.Send(t, func(l *workflow.Letter) { l.Mode = workflow.Anonymous })
			return letter(o.token(r.CaseID))
		}, workflow.MailHeld, false},
		"to a closed case": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			o.Do(t, o.Clerk, id, casework.Act{Action: workflow.Decline, Ground: "unclear"})
			return letter(o.token(id))
		}, workflow.MailCase, false},
		"to a case joined to another": {func(t *testing.T, o *office, id int64) intake.ReadMail {
			o.Do(t, o.Clerk, id, casework.Act{Action: workflow.Merge, Into: o.Send(t).Number})
			return letter(o.token(id))
		}, workflow.MailCase, false},
		"out of office": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(o.token(id), machine(intake.AutoOut))
		}, workflow.MailMachine, false},
		"a mailing list":      {func(*testing.T, *office, int64) intake.ReadMail { return letter(machine(intake.Bulk)) }, workflow.MailMachine, false},
		"our own mail":        {func(*testing.T, *office, int64) intake.ReadMail { return letter(machine(intake.Own)) }, workflow.MailMachine, false},
		"not a mail":          {func(*testing.T, *office, int64) intake.ReadMail { return intake.ReadMail{} }, workflow.MailUnreadable, false},
		"from a broken place": {func(*testing.T, *office, int64) intake.ReadMail { return letter(from(`"a b"@[1.2.3.4]`)) }, workflow.MailCase, false},
		"a reply far too long": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(o.token(id), text(strings.Repeat("长", workflow.MaxBody+1)+"\x00"))
		}, workflow.MailReply, true},
		"a reply with many files": {func(_ *testing.T, o *office, id int64) intake.ReadMail {
			return letter(o.token(id), func(m *intake.ReadMail) {
				for i := range workflow.MaxFiles + 1 {
					m.Files = append(m.Files, intake.ReadFile{Name: fmt.Sprintf("照片\x00%d.jpg", i), Content: []byte{byte(i)}})
				}
			})
		}, workflow.MailReply, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			id := o.began(t)
			mail := test.mail(t, o, id)
			before := o.outgoing(t)
			o.arrive(t, mail)
			m := o.got(t)
			if m.State != test.state || (m.CaseID == id) != test.inCase {
				t.Fatalf("%s (%s) in case %d, want %s; the case is %d", m.State, m.Reason, m.CaseID, test.state, id)
			}
			if m.State == workflow.MailHeld && len(m.Guesses) != 1 {
				t.Errorf("guesses %v", m.Guesses)
			}
			if now := o.outgoing(t); m.State == workflow.MailMachine && now != before {
				t.Errorf("a machine was answered: %d mails, then %d", before, now)
			}
		})
	}
}

func machine(kind intake.Machine) func(*intake.ReadMail) {
	return func(m *intake.ReadMail) { m.Machine = kind }
}

func (o *office) outgoing(t *testing.T) int {
	t.Helper()
	all, err := o.Store.Outgoing(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// One mail to two of our mailboxes is one case that lists both; the same
// Message-ID with other words is another letter.
func TestSameMail(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.arrive(t, letter())
	first := o.got(t)
	o.arrive(t, letter())
	if m := o.got(t); m.State != workflow.MailDuplicate || m.CaseID != first.CaseID {
		t.Errorf("again: %s of case %d, want that of %d", m.State, m.CaseID, first.CaseID)
	}
	if all, _ := o.Store.RawMailsOf(t.Context(), first.CaseID); len(all) != 2 {
		t.Errorf("the case lists %d mails", len(all))
	}
	for _, other := range []func(*intake.ReadMail){text("四号楼没有热水。"), from("wu@students.example")} {
		o.arrive(t, letter(other))
		if m := o.got(t); m.State != workflow.MailCase || m.CaseID == first.CaseID {
			t.Errorf("other words: %s of case %d", m.State, m.CaseID)
		}
	}
	if n := o.count(t); n != 3 {
		t.Errorf("%d cases, want 3", n)
	}
}

// A bounce fails the notice, tells the office, and buries the address it was
// sent to. That an address is dead is not believed of anybody else.
func TestBounce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.began(t)
	o.deliver(t)
	index := o.Vault.MailIndex("lin@students.example")
	bounce := func(of string) intake.ReadMail {
		return intake.ReadMail{Readable: true, Machine: intake.Bounce, Subject: of, Bounced: []string{of}, Dead: []string{"lin@students.example"}}
	}
	o.arrive(t, bounce("never-sent@college.example"))
	if m := o.got(t); m.State != workflow.MailBounce {
		t.Errorf("a forged bounce is %s", m.State)
	}
	if dead, _ := o.Store.IsDead(t.Context(), index); dead {
		t.Fatal("a stranger can cut a writer off by saying that their address is dead")
	}
	sent := o.acknowledged(t, id)
	for range 2 { // by two mailboxes
		o.arrive(t, bounce(sent))
		if m := o.got(t); m.State != workflow.MailBounce || m.CaseID != id {
			t.Errorf("a bounce is %s of case %d", m.State, m.CaseID)
		}
	}
	n, _ := o.Store.NoticeByMessageID(t.Context(), sent)
	if dead, _ := o.Store.IsDead(t.Context(), index); !dead || n.State != workflow.Failed {
		t.Errorf("the notice is %s, the address dead: %v", n.State, dead)
	}
	told, err := o.Store.PageNotices(t.Context(), o.Clerk.ID, 0, 10)
	if err != nil || len(told) != 1 || told[0].Kind != workflow.NoticeUndeliver {
		t.Errorf("the office is told %d things, %v", len(told), err)
	}
}

// Programs that do not say they are programs are answered a few times an hour.
func TestLoopBrake(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i := range 20 {
		o.arrive(t, letter(text(fmt.Sprint("谢谢您的来信 ", i))))
		if m := o.got(t); m.State != workflow.MailCase {
			t.Fatalf("letter %d is %s", i, m.State)
		}
	}
	if n := o.outgoing(t); n != 3 {
		t.Errorf("%d acknowledgements within an hour, want 3", n)
	}
	o.arrive(t, letter(text("您好"), func(m *intake.ReadMail) { m.Silent, m.FromAddress = true, "quiet@students.example" }))
	o.got(t)
	if n := o.outgoing(t); n != 3 {
		t.Error("one who wants no automatic answer got one")
	}
}

// A mail that breaks the reader is set aside after three tries, keeps nobody
// waiting, quotes nothing in the log, and can still be decided about.
func TestReaderBreaks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.arrive(t, letter(func(m *intake.ReadMail) { m.Subject = "boom" }))
	o.arrive(t, letter())
	for try := 1; try <= 3; try++ {
		_, err := o.room.Sort(t.Context(), 10)
		if err == nil || strings.Contains(err.Error(), "students.example") {
			t.Errorf("try %d: %v", try, err)
		}
		if m := o.mail(t, 2); m.State != workflow.MailCase {
			t.Fatalf("the mail behind it is %s", m.State)
		}
	}
	if m := o.mail(t, 1); m.State != workflow.MailUnreadable || m.Reason != "mail.reason.tries" {
		t.Fatalf("after three tries it is %s: %s", m.State, m.Reason)
	}
	if _, _, err := o.room.Show(t.Context(), o.Clerk.Actor(), 1); err != nil {
		t.Errorf("show: %v", err)
	}
	if err := o.room.Dismiss(t.Context(), o.Clerk.Actor(), 1); err != nil {
		t.Errorf("dismiss: %v", err)
	}
}

// A mail over which the program died three times is set aside too, but not
// while another process may still be at it.
func TestProgramDies(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.arrive(t, letter())
	m := o.mail(t, 1)
	was := m
	m.Attempts, m.Handled = 3, o.Now()
	if err := o.Store.SaveRawMail(t.Context(), was, m); err != nil {
		t.Fatal(err)
	}
	if m := o.got(t); m.State != workflow.MailNew {
		t.Errorf("three others are at it, and it is %s", m.State)
	}
	o.Pass(2 * time.Minute)
	if m := o.got(t); m.State != workflow.MailUnreadable || o.count(t) != 0 {
		t.Errorf("it is %s, %d cases", m.State, o.count(t))
	}
	if err := o.room.MakeLetter(t.Context(), o.Clerk.Actor(), 1); err != nil || o.count(t) != 1 {
		t.Errorf("%d cases, %v", o.count(t), err)
	}
	if err := o.room.MakeLetter(t.Context(), o.Clerk.Actor(), 1); workflow.KindOf(err) != workflow.Conflict || o.count(t) != 1 {
		t.Errorf("a second click: %d cases, %v", o.count(t), err)
	}
}

// A database that is away is not the mail's fault, however often.
func TestOutage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.began(t)
	o.arrive(t, letter(o.token(id)))
	o.away = workflow.Fail(workflow.Unavailable, "request.unavailable")
	for range 10 {
		if _, err := o.room.Sort(t.Context(), 10); workflow.KindOf(err) != workflow.Unavailable {
			t.Fatalf("sort: %v", err)
		}
	}
	o.away = nil
	if m := o.got(t); m.State != workflow.MailReply || m.CaseID != id {
		t.Errorf("afterwards it is %s: %s", m.State, m.Reason)
	}
}

// dying is a store whose next SaveRawMail after some does nothing: the program
// was killed before it.
type dying struct {
	workflow.Store
	lives *int
}

var errKilled = errors.New("killed")

func (d dying) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	return d.Store.Atomic(ctx, func(tx workflow.Store) error { return do(dying{tx, d.lives}) })
}

func (d dying) SaveRawMail(ctx context.Context, was, m workflow.RawMail) error {
	if *d.lives--; *d.lives < 0 {
		return errKilled
	}
	return d.Store.SaveRawMail(ctx, was, m)
}

// Killed between the case and the note that the mail became one: one case.
func TestKilledBetweenCaseAndNote(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.arrive(t, letter())
	lives := 1 // the claim is kept, the end is not
	desk := *o.Desk
	desk.Store = dying{o.Store, &lives}
	if _, err := o.mailroom(&desk).Sort(t.Context(), 10); !errors.Is(err, errKilled) {
		t.Fatalf("sort: %v", err)
	}
	if m := o.mail(t, 1); m.State != workflow.MailNew || o.count(t) != 1 {
		t.Fatalf("killed: the mail is %s, %d cases", m.State, o.count(t))
	}
	if m := o.got(t); m.State != workflow.MailCase || m.CaseID == 0 || o.count(t) != 1 {
		t.Errorf("afterwards it is %s of case %d; %d cases", m.State, m.CaseID, o.count(t))
	}
}

// Several processes sort the same mails, each of them sent to two mailboxes:
// every mail comes to its end, and none is two cases.
func TestSortersMeet(t *testing.T) {
	t.Parallel()
	o := onPostgres(t)
	const letters, sorters = 12, 6
	for i := range letters {
		for range 2 {
			o.arrive(t, letter(text(fmt.Sprint("第 ", i, " 封"))))
		}
	}
	var wg sync.WaitGroup
	for range sorters {
		room := o.mailroom(o.Desk)
		wg.Go(func() {
			for range 3 {
				if _, err := room.Sort(t.Context(), 100); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	o.Pass(2 * time.Minute)
	o.got(t)
	for id := range int64(2 * letters) {
		if m := o.mail(t, id+1); m.State != workflow.MailCase && m.State != workflow.MailDuplicate || m.CaseID == 0 {
			t.Errorf("mail %d is %s: %s", m.ID, m.State, m.Reason)
		}
	}
	if n := o.count(t); n != letters {
		t.Errorf("%d cases of %d letters", n, letters)
	}
}

// What a sealed case came from is sealed with it.
func TestSealedMail(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.began(t)
	if _, _, err := o.room.Show(t.Context(), o.Clerk.Actor(), 1); err != nil {
		t.Fatal(err)
	}
	if err := o.Cases.Seal(t.Context(), o.Clerk.Actor(), id, "涉及违纪"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.room.Show(t.Context(), o.OfficeHead.Actor(), 1); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("show: %v", err)
	}
	if _, f, err := o.room.Bytes(t.Context(), o.OfficeHead.Actor(), 1); workflow.KindOf(err) != workflow.NotFound {
		f.Close()
		t.Errorf("bytes: %v", err)
	}
}

// Adding a held mail to a case that is over is refused, not turned into a letter.
func TestAttachToEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.began(t)
	o.arrive(t, letter(o.token(id), from("x@elsewhere.example")))
	held := o.got(t)
	o.Do(t, o.Clerk, id, casework.Act{Action: workflow.Decline, Ground: "unclear"})
	c, _ := o.Store.Case(t.Context(), id)
	err := o.room.Attach(t.Context(), o.Clerk.Actor(), held.ID, c.Number)
	if workflow.KindOf(err) != workflow.Invalid || o.count(t) != 1 || o.mail(t, held.ID).State != workflow.MailHeld {
		t.Errorf("attached: %v; %d cases; the mail is %s", err, o.count(t), o.mail(t, held.ID).State)
	}
	other := o.Send(t)
	if err := o.room.Attach(t.Context(), o.Clerk.Actor(), held.ID, other.Number); err != nil || o.mail(t, held.ID).CaseID != other.CaseID {
		t.Errorf("attached to another: %v", err)
	}
}
