package demo_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/cmd/mailbox/demo"
	"mailbox/handlers/channel/email"
	"mailbox/handlers/document"
	"mailbox/handlers/web"
	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/audit"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

var secret = []byte("a secret of thirty-two bytes, no more")

func deps(tb testing.TB, store workflow.Store, now time.Time) demo.Deps {
	tb.Helper()
	d := demo.Deps{
		Store: store, Keeper: workflow.Keeper{Chain: workflow.NewChain(secret), Zone: workflowtest.Zone, Domain: "college.example"},
		Codes: workflow.NewCodes(secret), Limiter: workflowtest.NewLimiter(), Blobs: workflowtest.NewBlobs(),
		Reader: email.Reader{Domain: "college.example"}, Passwords: worldtest.Plain{}, Clean: web.WithoutMetadata, Now: func() time.Time { return now },
		Tables: document.Files{}, Forms: templates.ReportForms(), Text: func(key string, _ ...any) string { return key },
	}
	desk := &workflow.Desk{Store: store}
	vault, err := access.NewVault(secret, desk)
	if err != nil {
		tb.Fatal(err)
	}
	d.Vault, d.Tracer = vault, vault
	if d.Proof, err = intake.NewProof(secret); err != nil {
		tb.Fatal(err)
	}
	return d
}

func quiet(int, int) {}

const ordinaryMorning = "2026-11-23 10:12"

var ordinary struct {
	once  sync.Once
	store *workflowtest.Memory
}

// ordinaryStore holds the story as it is told on an ordinary morning. Tests
// share it, and only read.
func ordinaryStore(tb testing.TB) *workflowtest.Memory {
	tb.Helper()
	ordinary.once.Do(func() {
		store := workflowtest.NewMemory()
		fill(tb, store, at(tb, ordinaryMorning))
		ordinary.store = store
	})
	if ordinary.store == nil {
		tb.Fatal("the story could not be told")
	}
	return ordinary.store
}

// fill makes the demonstration, which must work.
func fill(tb testing.TB, store workflow.Store, now time.Time) {
	tb.Helper()
	did, err := demo.Fill(tb.Context(), deps(tb, store, now), "demo password", quiet)
	if err != nil || !did {
		tb.Fatal(did, err)
	}
}

// TestFill: on an ordinary morning, in the middle of a holiday, and at night in
// a year whose holidays nobody knows yet.
func TestFill(t *testing.T) {
	t.Parallel()
	for _, when := range []string{ordinaryMorning, "2026-10-05 23:40", "2027-01-03 03:00"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			store, now := workflowtest.NewMemory(), at(t, when)
			if when == ordinaryMorning {
				store = ordinaryStore(t)
			} else {
				fill(t, store, now)
			}
			sound(t, store, now)
			c := collect(t, store)
			c.complete(t)
			c.plausible(t, now)
			mails(t, store)
		})
	}
}

// sound: the chains verify and the figures are what a recount gives.
func sound(t *testing.T, store workflow.Store, now time.Time) {
	t.Helper()
	extent, err := audit.Verify(t.Context(), store, workflow.NewChain(secret), func(f audit.Fault) { t.Error(f) })
	if err != nil || extent.Cases != 247+44 {
		t.Errorf("%d cases verified: %v", extent.Cases, err)
	}
	keeper := workflow.Keeper{Zone: workflowtest.Zone}
	if n, err := audit.VerifyPublic(t.Context(), store, keeper, func(f audit.PublicFault) { t.Error(f) }); err != nil || n < 12 {
		t.Errorf("%d answers verified: %v", n, err)
	}
	office := report.New(report.Deps{
		Store: store, Now: func() time.Time { return now }, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour },
	})
	differences, err := office.Recount(t.Context(), nil)
	if err != nil || len(differences) > 0 {
		t.Errorf("the figures are off: %v %v", differences, err)
	}
}

// mails: every tray of the mailroom has something in it, and somebody has a
// mail to see to that did not arrive.
func mails(t *testing.T, store workflow.Store) {
	t.Helper()
	for _, s := range []workflow.MailState{
		workflow.MailCase, workflow.MailReply, workflow.MailHeld, workflow.MailUnreadable, workflow.MailMachine, workflow.MailBounce,
	} {
		if n, err := store.CountMails(t.Context(), s); err != nil || n == 0 {
			t.Errorf("%d mails in tray %s: %v", n, s, err)
		}
	}
	if n, err := store.CountMails(t.Context(), workflow.MailNew); err != nil || n > 0 {
		t.Errorf("%d mails are not sorted: %v", n, err)
	}
	if all, err := store.Undelivered(t.Context(), 0, 10); err != nil || len(all) != 1 {
		t.Errorf("%d undelivered: %v", len(all), err)
	}
}

func TestFill_onlyOnce(t *testing.T) {
	t.Parallel()
	store, now := ordinaryStore(t), at(t, ordinaryMorning)
	before := collect(t, store)
	did, err := demo.Fill(t.Context(), deps(t, store, now.Add(time.Hour)), "another password", quiet)
	if did || err != nil {
		t.Errorf("a second filling: %v %v", did, err)
	}
	same(t, collect(t, store), before)
	leaveAlone(t)
}

// leaveAlone: a college of its own stays as it is.
func leaveAlone(t *testing.T) {
	t.Helper()
	store := workflowtest.NewMemory()
	workflowtest.Seed(t, store)
	did, err := demo.Fill(t.Context(), deps(t, store, workflowtest.Morning), "demo password", quiet)
	if did || err != nil {
		t.Errorf("a college with accounts was filled: %v %v", did, err)
	}
	guide, err := demo.Show(t.Context(), store, workflow.NewCodes(secret))
	if err != nil || len(guide.People) > 0 {
		t.Errorf("a college of its own is shown as a demonstration: %v", err)
	}
}

// mortal is a Store whose program is killed after so many transactions.
type mortal struct {
	workflow.Store
	left *atomic.Int64
}

var errKilled = errors.New("killed")

func (s mortal) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if s.left.Add(-1) < 0 {
		return errKilled
	}
	return s.Store.Atomic(ctx, do)
}

// TestFill_killed: however often it is interrupted, the story ends as if it had
// not been, even when it goes on the next day.
func TestFill_killed(t *testing.T) {
	t.Parallel()
	now := at(t, ordinaryMorning)
	broken := workflowtest.NewMemory()
	for i, left := range []int64{0, 1, 2, 333, 900} {
		n := new(atomic.Int64)
		n.Store(left)
		when := now
		if i > 1 { // from then on the store knows up to when it is told
			when = now.Add(time.Duration(i) * 7 * time.Hour)
		}
		if _, err := demo.Fill(t.Context(), deps(t, mortal{broken, n}, when), "demo password", quiet); !errors.Is(err, errKilled) {
			t.Fatalf("after %d transactions: %v", left, err)
		}
	}
	fill(t, broken, now.Add(50*time.Hour))
	same(t, collect(t, broken), collect(t, ordinaryStore(t)))
	sound(t, broken, now)
}

// TestFill_postgres: PostgreSQL is told the same story as the memory.
func TestFill_postgres(t *testing.T) {
	t.Parallel()
	now := at(t, ordinaryMorning)
	store, err := postgres.OpenQuick(t.Context(), pgtest.Open(t), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	fill(t, store, now)
	same(t, collect(t, store), collect(t, ordinaryStore(t)))
	sound(t, store, now)
	mails(t, store)
	guided(t, store)
}

// guided: what a visitor is told is true.
func guided(t *testing.T, store workflow.Store) {
	t.Helper()
	codes := workflow.NewCodes(secret)
	guide, err := demo.Show(t.Context(), store, codes)
	if err != nil || len(guide.People) != 7 {
		t.Fatalf("%d accounts to show: %v", len(guide.People), err)
	}
	c, err := store.CaseByNumber(t.Context(), guide.Number)
	if err != nil || !codes.Fits(guide.Code, c.CodeHash) || c.State != workflow.Answered {
		t.Errorf("number %s and its code open nothing: %v", guide.Number, err)
	}
	if err := demo.SetPassword(t.Context(), store, worldtest.Plain{}, "quite another"); err != nil {
		t.Fatal(err)
	}
	accounts, err := store.Accounts(t.Context())
	if err != nil || slices.ContainsFunc(accounts, func(a workflow.Account) bool { return a.PasswordHash != "plain:quite another" }) {
		t.Errorf("not everybody has the new password: %v", err)
	}
}

// TestFill_matters: applications with every decision that people and clocks
// make, a campaign that counts and a wish that waits; no dispute about
// disclosure, as a count and not as an absence.
func TestFill_matters(t *testing.T) {
	t.Parallel()
	store, now := ordinaryStore(t), at(t, ordinaryMorning)
	from, to := now.AddDate(-2, 0, 0).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)
	behind := func(m workflow.Measure) int {
		n, err := store.CountCases(t.Context(), workflow.Query{
			Scope: workflow.Scope{Everything: true}, Fact: &workflow.FactQuery{Measure: m, From: from, To: to},
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, d := range workflow.Decisions {
		if n := behind(d.Measure()); (n == 0) != (d == workflow.DecideOther) {
			t.Errorf("%d applications are decided %q", n, d)
		}
	}
	for _, k := range workflow.Concerns {
		if n := behind(k.Measure()); n != 0 {
			t.Errorf("%d cases: %s", n, k)
		}
	}
	if n := behind(workflow.CountCampaign); n < 8 {
		t.Errorf("%d cases count for the campaign", n)
	}
	campaigns, err := store.Campaigns(t.Context())
	if err != nil || len(campaigns) != 2 {
		t.Fatal(campaigns, err)
	}
	n, err := store.CountCases(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}, Proposed: campaigns[0].ID})
	if err != nil || n != 2 {
		t.Errorf("%d proposals wait: %v", n, err)
	}
}
