package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/delivery"
	"mailbox/workflow/workflowtest"
)

const writerID = "11111111-1111-4111-8111-111111111111"

// office is a college with a courier, one case, and a writer with an address.
type office struct {
	workflowtest.College
	store   workflow.Store
	desk    *workflow.Desk
	courier *delivery.Courier
	post    *post
	c       workflow.Case

	mu  sync.Mutex
	now time.Time
}

// post is a Sender that answers as it is told and keeps what it was given.
type post struct {
	mu     sync.Mutex
	mails  []delivery.Mail
	answer func(delivery.Mail) workflow.SendResult
}

func (p *post) Send(_ context.Context, m delivery.Mail) workflow.SendResult {
	p.mu.Lock()
	p.mails = append(p.mails, m)
	answer := p.answer
	p.mu.Unlock()
	if answer == nil {
		return workflow.SendResult{State: workflow.Sent}
	}
	return answer(m)
}

func always(state workflow.NoticeState, reason string) func(delivery.Mail) workflow.SendResult {
	return func(delivery.Mail) workflow.SendResult { return workflow.SendResult{State: state, Reason: reason} }
}

func open(t *testing.T) *office { return openOn(t, workflowtest.NewMemory()) }

func openOn(t *testing.T, store workflow.Store) *office {
	t.Helper()
	o := &office{store: store, post: &post{}, now: workflowtest.Morning}
	o.College = workflowtest.Seed(t, o.store)
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) {
		return calendar.Of(v, workflowtest.Zone)
	}
	o.desk = &workflow.Desk{
		Store:  o.store,
		Keeper: workflow.Keeper{Chain: workflow.NewChain(bytes.Repeat([]byte{7}, 32)), Zone: workflowtest.Zone, Domain: "college.example"},
		Rules:  workflow.NewRulebook(o.store, build, o.time), Arm: func(context.Context, ...workflow.Clock) {}, Now: o.time,
	}
	o.courier = delivery.New(delivery.Deps{
		Desk: o.desk, Sender: o.post,
		Address: func(context.Context, string) (workflow.Identity, error) {
			return workflow.Identity{Name: "张三", Email: "zhang@students.example"}, nil
		},
		Words:   func(sealed []byte) (string, error) { return strings.TrimPrefix(string(sealed), "sealed:"), nil },
		ReplyTo: func(c workflow.Case) string { return "mailbox+" + c.Number + "@college.example" },
	})
	writer := workflow.SealedWriter{ID: writerID, Sealed: []byte("sealed"), KeyID: "k", MailIndex: []byte("index"), Created: o.now}
	must(t, o.store.AddWriter(t.Context(), writer))
	o.c = workflowtest.NewCase(t, o.store, func(c *workflow.Case) { c.Writer = writerID })
	return o
}

func (o *office) time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// tellWriter queues a mail to the writer and returns it.
func (o *office) tellWriter(t *testing.T, tell workflow.Telling) workflow.Notice {
	t.Helper()
	tell.Case, tell.At = o.c, o.time()
	n, _, err := o.desk.Keeper.ForWriterOf(t.Context(), o.store, tell)
	must(t, err)
	must(t, o.store.AddNotice(t.Context(), &n))
	return o.last(t, func(n workflow.Notice) bool { return n.Writer == writerID })
}

// tellAccount queues a mail to an account and returns it.
func (o *office) tellAccount(t *testing.T, a workflow.Account, name string) workflow.Notice {
	t.Helper()
	tell := workflow.Telling{Name: name, Kind: workflow.NoticeRouted, Case: o.c, At: o.time()}
	for _, n := range o.desk.Keeper.ForAccount(a, tell) {
		must(t, o.store.AddNotice(t.Context(), &n))
	}
	return o.last(t, func(n workflow.Notice) bool { return n.Account == a.ID && n.Channel == workflow.ByEmail })
}

func (o *office) last(t *testing.T, fits func(workflow.Notice) bool) workflow.Notice {
	t.Helper()
	all, err := o.store.NoticesOf(t.Context(), o.c.ID)
	must(t, err)
	for _, n := range slices.Backward(all) {
		if fits(n) {
			return n
		}
	}
	t.Fatal("no such notice")
	return workflow.Notice{}
}

func (o *office) deliver(t *testing.T) int {
	t.Helper()
	n, err := o.courier.Deliver(t.Context())
	must(t, err)
	return n
}

func (o *office) get(t *testing.T, n workflow.Notice) workflow.Notice {
	t.Helper()
	n, err := o.store.Notice(t.Context(), n.ID)
	must(t, err)
	return n
}

// alarms is how often the history and the office's pages speak of mail that did
// not arrive.
func (o *office) alarms(t *testing.T) (events, pages int) {
	t.Helper()
	history, err := o.store.EventsOf(t.Context(), o.c.ID)
	must(t, err)
	for _, e := range history {
		if e.Action == workflow.MarkDeliverFail {
			events++
		}
	}
	told, err := o.store.PageNotices(t.Context(), o.Clerk.ID, 0, 100)
	must(t, err)
	for _, n := range told {
		if n.Kind == workflow.NoticeUndeliver {
			pages++
		}
	}
	return events, pages
}

func (o *office) wantAlarms(t *testing.T, want int) {
	t.Helper()
	if events, pages := o.alarms(t); events != want || pages != want {
		t.Errorf("%d events and %d page notices about mail that did not arrive, want %d", events, pages, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeliver_sendsWhatWaits(t *testing.T) {
	o := open(t)
	first := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeReceived, Secret: []byte("sealed:7K3M")})
	if n := o.deliver(t); n != 1 {
		t.Fatalf("dealt with %d notices, want 1", n)
	}
	m := o.post.mails[0]
	if m.MessageID != first.MessageID || m.To != (delivery.Address{Name: "张三", Mail: "zhang@students.example"}) || m.Secret != "7K3M" ||
		m.ReplyTo != "mailbox+"+o.c.Number+"@college.example" || m.Number != o.c.Number || !m.AutoSubmitted || m.InReplyTo != "" || !m.Writer {
		t.Errorf("mail = %+v", m)
	}
	if got := o.get(t, first); got.State != workflow.Sent || got.Secret != nil || got.Attempt != 1 {
		t.Errorf("notice = %+v, want sent and its secret wiped", got)
	}
	if n := o.deliver(t); n != 0 {
		t.Errorf("dealt with %d notices again", n)
	}

	answer := workflow.Message{CaseID: o.c.ID, Kind: workflow.AnswerMessage, Author: o.Clerk.ID, Body: "已修好", Channel: workflow.Web, At: o.time()}
	must(t, o.store.AddMessage(t.Context(), &answer, []workflow.NewFile{{SHA256: strings.Repeat("a", 64), Name: "a.jpg", MediaType: "image/jpeg", Size: 3}}))
	o.tellWriter(t, workflow.Telling{Name: "b", Kind: workflow.NoticeAnswered, Message: answer.ID})
	o.deliver(t)
	m = o.post.mails[1]
	if m.InReplyTo != first.MessageID || m.AutoSubmitted || m.Message == nil || m.Message.Body != "已修好" || len(m.Message.Files) != 1 {
		t.Errorf("answer = %+v", m)
	}
	o.wantAlarms(t, 0)
}

func TestMail_keepsItsSecrets(t *testing.T) {
	m := delivery.Mail{To: delivery.Address{Name: "张三", Mail: "zhang@students.example"}, Secret: "7K3M"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if out := fmt.Sprintf(format, m); strings.Contains(out, "张三") || strings.Contains(out, "zhang") || strings.Contains(out, "7K3M") {
			t.Errorf("%s prints %s", format, out)
		}
	}
}

func TestDeliver_triesAgainLaterAndGivesUp(t *testing.T) {
	o := open(t)
	o.post.answer = always(workflow.Queued, "deliver.later")
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAccepted})
	for attempt, wait := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour} {
		o.deliver(t)
		got := o.get(t, n)
		if got.State != workflow.Queued || got.Attempt != attempt+1 || !got.Next.Equal(o.time().Add(wait)) {
			t.Fatalf("after attempt %d: %s, next in %v, want in %v", got.Attempt, got.State, got.Next.Sub(o.time()), wait)
		}
		o.pass(wait - time.Second)
		if o.deliver(t) != 0 {
			t.Fatal("tried before its time")
		}
		o.pass(time.Second)
	}
	o.wantAlarms(t, 0)
	o.deliver(t)
	if got := o.get(t, n); got.State != workflow.Failed || got.Reason != "deliver.later" {
		t.Errorf("notice = %s %s, want failed", got.State, got.Reason)
	}
	o.pass(24 * time.Hour)
	o.deliver(t)
	o.wantAlarms(t, 1)
	for _, m := range o.post.mails {
		if m.MessageID != n.MessageID {
			t.Error("an attempt had another Message-ID")
		}
	}
}

func TestDeliver_endsThatAPersonMustSee(t *testing.T) {
	for _, state := range []workflow.NoticeState{workflow.Failed, workflow.Uncertain, "nonsense"} {
		t.Run(string(state), func(t *testing.T) {
			o := open(t)
			o.post.answer = always(state, "deliver.refused")
			n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
			o.deliver(t)
			o.pass(24 * time.Hour)
			o.deliver(t)
			want := state
			if want == "nonsense" {
				want = workflow.Uncertain // it may have left
			}
			if got := o.get(t, n); got.State != want || len(o.post.mails) != 1 {
				t.Errorf("notice = %s after %d attempts, want %s after 1", got.State, len(o.post.mails), want)
			}
			o.wantAlarms(t, 1)
		})
	}
}

func TestDeliver_asksAnewWhoMayRead(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, o *office)
		want   string
	}{
		{"nothing changed", func(*testing.T, *office) {}, ""},
		{"the account was disabled", func(t *testing.T, o *office) {
			o.LogisticsClerk.Disabled = o.time()
			must(t, o.store.SaveAccount(t.Context(), &o.LogisticsClerk))
		}, delivery.NotAllowed},
		{"the account has no address any more", func(t *testing.T, o *office) {
			o.LogisticsClerk.Email = ""
			must(t, o.store.SaveAccount(t.Context(), &o.LogisticsClerk))
		}, delivery.NoAddress},
		{"the case was sealed", func(t *testing.T, o *office) { o.change(t, func(c *workflow.Case) { c.Sealed = true }) }, delivery.NotAllowed},
		{"the case complains about the department", func(t *testing.T, o *office) {
			o.change(t, func(c *workflow.Case) { c.About = o.Logistics.ID })
		}, delivery.NotAllowed},
		{"the case went to another department", func(t *testing.T, o *office) {
			o.change(t, func(c *workflow.Case) { c.Department = o.Academic.ID })
		}, delivery.NotAllowed},
		{"which the department helps", func(t *testing.T, o *office) {
			o.change(t, func(c *workflow.Case) { c.Department = o.Academic.ID })
			must(t, o.store.Assist(t.Context(), o.c.ID, o.Logistics.ID, true, o.time()))
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := open(t)
			o.change(t, func(c *workflow.Case) { c.Department = o.Logistics.ID })
			n := o.tellAccount(t, o.LogisticsClerk, "a")
			test.change(t, o)
			o.deliver(t)
			got := o.get(t, n)
			if test.want == "" && (got.State != workflow.Sent || len(o.post.mails) != 1) {
				t.Errorf("notice = %s %s, want sent", got.State, got.Reason)
			}
			if test.want != "" && (got.State != workflow.Failed || got.Reason != test.want || len(o.post.mails) != 0) {
				t.Errorf("notice = %s %s, want failed: %s", got.State, got.Reason, test.want)
			}
			o.wantAlarms(t, 0) // staff who cannot be mailed have their pages
		})
	}
}

func (o *office) change(t *testing.T, set func(*workflow.Case)) {
	t.Helper()
	set(&o.c)
	must(t, o.store.SaveCase(t.Context(), &o.c))
}

func TestDeliver_sealedCasesShowNoSubject(t *testing.T) {
	o := open(t)
	o.change(t, func(c *workflow.Case) { c.Sealed = true })
	o.tellAccount(t, o.Discipline, "a")
	o.deliver(t)
	if m := o.post.mails[0]; m.Subject != "" || m.Number != o.c.Number || m.ReplyTo != "" {
		t.Errorf("mail = %+v, want the number alone", m)
	}
}

func TestDeliver_deadAddressIsNotTried(t *testing.T) {
	o := open(t)
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
	must(t, o.store.MarkDead(t.Context(), []byte("index"), "gone", o.time()))
	o.deliver(t)
	if got := o.get(t, n); got.State != workflow.Failed || got.Reason != delivery.DeadAddress || len(o.post.mails) != 0 {
		t.Errorf("notice = %s %s after %d attempts, want failed: dead address", got.State, got.Reason, len(o.post.mails))
	}
	o.wantAlarms(t, 1)
}

func TestDeliver_noNoteOfTheHouseReachesTheWriter(t *testing.T) {
	o := open(t)
	note := workflow.Message{CaseID: o.c.ID, Kind: workflow.NoteMessage, Author: o.Clerk.ID, Body: "内部", Channel: workflow.Web, At: o.time()}
	must(t, o.store.AddMessage(t.Context(), &note, nil))
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered, Message: note.ID})
	if _, err := o.courier.Deliver(t.Context()); err == nil {
		t.Error("an internal note was made ready without an error")
	}
	if got := o.get(t, n); got.State != workflow.Queued || got.Reason != delivery.OurFault || len(o.post.mails) != 0 {
		t.Errorf("notice = %s %s, %d mails, want none", got.State, got.Reason, len(o.post.mails))
	}
}

func TestDeliver_lostCourierLeavesUncertainty(t *testing.T) {
	o := open(t)
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
	taken, err := o.store.TakeNotices(t.Context(), o.time(), 1, time.Minute)
	must(t, err)
	o.pass(time.Hour)
	o.deliver(t)
	o.deliver(t)
	if got := o.get(t, n); got.State != workflow.Uncertain || len(o.post.mails) != 0 {
		t.Errorf("notice = %s after %d attempts, want uncertain and none", got.State, len(o.post.mails))
	}
	o.wantAlarms(t, 1)
	late := o.store.FinishNotice(t.Context(), taken[0], workflow.SendResult{State: workflow.Sent}, o.time(), o.time())
	if workflow.KindOf(late) != workflow.Conflict {
		t.Errorf("the lost courier's late word = %v, want Conflict", late)
	}
}

func TestDeliver_slowCourierIsFenced(t *testing.T) {
	o := open(t)
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
	o.post.answer = func(delivery.Mail) workflow.SendResult {
		o.pass(time.Hour) // stopped in the middle, and taken for lost
		if _, err := o.store.ReapNotices(context.Background(), o.time()); err != nil {
			t.Error(err)
		}
		return workflow.SendResult{State: workflow.Failed, Reason: "deliver.refused"}
	}
	o.deliver(t)
	if got := o.get(t, n); got.State != workflow.Uncertain {
		t.Errorf("notice = %s, want what the others made of it", got.State)
	}
	o.wantAlarms(t, 0)
}

func TestDeliver_outcomeIsKeptWhenTheProgramStops(t *testing.T) {
	o := open(t)
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
	ctx, stop := context.WithCancel(t.Context())
	o.post.answer = func(delivery.Mail) workflow.SendResult {
		stop()
		return workflow.SendResult{State: workflow.Sent}
	}
	if _, err := o.courier.Deliver(ctx); err != nil {
		t.Errorf("deliver: %v", err)
	}
	if got := o.get(t, n); got.State != workflow.Sent {
		t.Errorf("notice = %s, want sent", got.State)
	}
}

func TestDeliver_everyNoticeOnceWithManyCouriers(t *testing.T) {
	t.Run("memory", func(t *testing.T) { testManyCouriers(t, open(t)) })
	t.Run("postgres", func(t *testing.T) {
		store, err := postgres.Open(t.Context(), pgtest.Open(t), time.Now)
		must(t, err)
		t.Cleanup(func() { store.Close() })
		testManyCouriers(t, openOn(t, store))
	})
}

func testManyCouriers(t *testing.T, o *office) {
	t.Helper()
	want := map[string]bool{}
	for i := range 200 {
		want[o.tellAccount(t, o.OfficeHead, strconv.Itoa(i)).MessageID] = true
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := o.courier.Deliver(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, m := range o.post.mails {
		if !want[m.MessageID] {
			t.Errorf("%s was sent twice", m.MessageID)
		}
		delete(want, m.MessageID)
	}
	if len(want) > 0 {
		t.Errorf("%d notices were not sent", len(want))
	}
}

func TestDeliver_slowServerHoldsUpNoOther(t *testing.T) {
	o := open(t)
	release := make(chan struct{})
	var others sync.WaitGroup
	others.Add(20)
	o.post.answer = func(m delivery.Mail) workflow.SendResult {
		if m.Writer {
			<-release
		} else {
			others.Done()
		}
		return workflow.SendResult{State: workflow.Sent}
	}
	o.tellWriter(t, workflow.Telling{Name: "slow", Kind: workflow.NoticeAnswered})
	for i := range 20 {
		o.tellAccount(t, o.OfficeHead, strconv.Itoa(i))
	}
	done := make(chan error, 1)
	go func() {
		_, err := o.courier.Deliver(context.Background())
		done <- err
	}()
	others.Wait() // though the first is still on its way
	close(release)
	must(t, <-done)
}

func TestBounced_tellsTheOfficeAndBuriesTheAddress(t *testing.T) {
	o := open(t)
	n := o.tellWriter(t, workflow.Telling{Name: "a", Kind: workflow.NoticeAnswered})
	o.deliver(t)
	must(t, o.courier.Bounced(t.Context(), n.MessageID, "deliver.bounced", true))
	if got := o.get(t, n); got.State != workflow.Failed || got.Reason != "deliver.bounced" {
		t.Errorf("notice = %s %s, want failed", got.State, got.Reason)
	}
	o.wantAlarms(t, 1)
	dead, err := o.store.IsDead(t.Context(), []byte("index"))
	must(t, err)
	if !dead {
		t.Error("the address is not marked dead")
	}
	err = o.courier.Bounced(t.Context(), n.MessageID, "deliver.bounced", true)
	if workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("the same bounce again = %v, want NotFound", err)
	}
	o.wantAlarms(t, 1)
	err = o.courier.Bounced(t.Context(), "stranger@elsewhere.example", "deliver.bounced", true)
	if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Kind != workflow.NotFound {
		t.Errorf("a stranger's bounce = %v, want NotFound", err)
	}
}
