// Package worldtest joins every use case over a store for tests: a small
// college, a clock that is set by hand, and people who do things. Only test
// files import it.
package worldtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
	"mailbox/workflow/sla"
	"mailbox/workflow/workflowtest"
)

// World is a college at work.
type World struct {
	workflowtest.College
	Store   workflow.Store
	Timers  *workflowtest.Timers
	Limiter *workflowtest.Limiter
	Blobs   *workflowtest.Blobs
	Desk    *workflow.Desk
	Codes   workflow.Codes
	Vault   *access.Vault
	Proof   intake.Proof
	Intake  *intake.Intake
	Cases   *casework.Casework
	Door    *access.Door
	Watch   *sla.Watch

	mu  sync.Mutex
	now time.Time
}

// secret stands for the key file.
var secret = []byte("a secret of thirty-two bytes, no more")

// New returns a world with a seeded store, at nine on an ordinary Monday.
func New(t testing.TB, store workflow.Store) *World {
	t.Helper()
	w := &World{
		Store: store, Timers: workflowtest.NewTimers(), Limiter: workflowtest.NewLimiter(), Blobs: workflowtest.NewBlobs(),
		College: workflowtest.Seed(t, store), Codes: workflow.NewCodes(secret), now: workflowtest.Morning,
	}
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) {
		return calendar.Of(v, workflowtest.Zone)
	}
	w.Desk = &workflow.Desk{
		Store:  store,
		Keeper: workflow.Keeper{Chain: workflow.NewChain(secret), Zone: workflowtest.Zone, Domain: "college.example"},
		Rules:  workflow.NewRulebook(store, build, w.Now),
		Now:    w.Now,
	}
	w.Watch = sla.New(w.Desk, w.Timers)
	w.Desk.Arm = func(ctx context.Context, clocks ...workflow.Clock) {
		if err := w.Watch.Arm(ctx, clocks...); err != nil {
			t.Errorf("arm: %v", err)
		}
	}
	w.join(t)
	return w
}

func (w *World) join(t testing.TB) {
	t.Helper()
	var err error
	if w.Vault, err = access.NewVault(secret, w.Desk); err != nil {
		t.Fatal(err)
	}
	if w.Proof, err = intake.NewProof(secret); err != nil {
		t.Fatal(err)
	}
	w.Intake = intake.New(w.Desk, w.Vault, w.Codes, w.Proof)
	w.Cases = casework.New(w.Desk, w.Codes, w.Limiter, w.Vault)
	w.Door = access.NewDoor(w.Store, workflowtest.NewSessions(), w.Limiter, Plain{}, w.Desk.Keeper.Chain, w.Now)
}

// Now is the world's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Set puts the clock to t.
func (w *World) Set(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = t
}

// Pass lets time go by.
func (w *World) Pass(d time.Duration) { w.Set(w.Now().Add(d)) }

// Letter is a letter about repairs by web, changed by opts.
func (w *World) Letter(opts ...func(*workflow.Letter)) workflow.Letter {
	l := workflow.Letter{
		Channel: workflow.Web, External: string(workflow.NewCode()), Mode: workflow.Confidential, Kind: workflow.Complaint,
		Category: w.Repair.ID, WriterStatus: "student", Subject: "三号宿舍楼热水时断时续", Body: "上周三起三号宿舍楼晚上八点以后没有热水，请帮忙看看。",
		Identity: workflow.Identity{Name: "林同学", Phone: "13800001234", Email: "lin@students.example"}, Locale: "zh-CN",
	}
	for _, o := range opts {
		o(&l)
	}
	return l
}

// Send hands a letter in and returns its receipt.
func (w *World) Send(t testing.TB, opts ...func(*workflow.Letter)) intake.Receipt {
	t.Helper()
	r, err := w.Intake.Submit(t.Context(), w.Letter(opts...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Do carries out an act and returns the case as it then is.
func (w *World) Do(t testing.TB, by workflow.Account, caseID int64, a casework.Act) workflow.Case {
	t.Helper()
	c, err := w.Cases.Do(t.Context(), by.Actor(), caseID, a)
	if err != nil {
		t.Fatalf("%s by %s: %v", a.Action, by.Username, err)
	}
	return c
}

// Answer walks a received case to its answer, an hour a step.
func (w *World) Answer(t testing.TB, caseID int64, text string) workflow.Case {
	t.Helper()
	w.Pass(time.Hour)
	w.Do(t, w.Clerk, caseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, caseID, casework.Act{Action: workflow.SignFor})
	w.Pass(time.Hour)
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), caseID, text, 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, caseID, casework.Act{Action: workflow.HandIn})
	w.Do(t, w.LogisticsHead, caseID, casework.Act{Action: workflow.Approve})
	w.Pass(time.Hour)
	return w.Do(t, w.OfficeHead, caseID, casework.Act{Action: workflow.Answer})
}

// Plain keeps passwords as they are: tests have no time for Argon2.
type Plain struct{}

// Hash implements access.Passwords.
func (Plain) Hash(password string) (string, error) { return "plain:" + password, nil }

// Fits implements access.Passwords.
func (Plain) Fits(password, hash string) (bool, error) {
	return hash == "plain:"+password, nil
}
