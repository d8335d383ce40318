package casework_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/worldtest"
)

// apply hands in an application and lets the department take it up.
func apply(t *testing.T, w *worldtest.World, opts ...func(*workflow.Letter)) int64 {
	t.Helper()
	all := append([]func(*workflow.Letter){func(l *workflow.Letter) {
		l.Kind, l.Mode = workflow.Disclosure, workflow.Signed
		l.Application = workflow.Application{Asked: "2025年部门决算", Purpose: "research", Delivery: "email"}
	}}, opts...)
	r := w.Send(t, all...)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	return r.CaseID
}

// sign drafts an answer and has it signed.
func sign(t *testing.T, w *worldtest.World, id int64, text string, version int64) {
	t.Helper()
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), id, text, version); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.HandIn})
	w.Do(t, w.LogisticsHead, id, casework.Act{Action: workflow.Approve})
}

func decide(t *testing.T, w *worldtest.World, by workflow.Account, id int64, d casework.Deciding) {
	t.Helper()
	if _, err := w.Cases.Decide(t.Context(), by.Actor(), id, d); err != nil {
		t.Fatal(err)
	}
}

func wantKey(t *testing.T, what string, err error, key string) {
	t.Helper()
	e, ok := err.(*workflow.Error) //nolint:errorlint // as the use case returns it
	if !ok || e.Key != key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// An application is answered once it is decided and, where information leaves,
// checked as it stands.
func TestApplication_needsDecisionAndCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := apply(t, w)
	sign(t, w, id, "您申请的信息予以公开。", 0)
	send := func() error {
		_, err := w.Cases.Do(t.Context(), w.OfficeHead.Actor(), id, casework.Act{Action: workflow.Answer})
		return err
	}
	wantKey(t, "undecided", send(), "application.undecided")
	decide(t, w, w.LogisticsClerk, id, casework.Deciding{Decision: workflow.DecidePublic})
	wantKey(t, "unchecked", send(), "application.unchecked")
	if _, err := w.Cases.CheckSecrecy(t.Context(), w.LogisticsClerk.Actor(), id, 0); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("a clerk checks for secrets: %v", err)
	}
	if _, err := w.Cases.CheckSecrecy(t.Context(), w.LogisticsHead.Actor(), id, 0); err != nil {
		t.Fatal(err)
	}
	d, err := w.Cases.Open(t.Context(), w.Clerk.Actor(), number(t, w, id))
	if err != nil || !d.Secure || d.Application.CheckedBy != w.LogisticsHead.ID || d.Application.Asked != "2025年部门决算" {
		t.Fatalf("dossier %+v, %v", d.Application, err)
	}
	if _, err := w.Cases.SaveDraft(t.Context(), w.Clerk.Actor(), id, "您申请的信息予以公开。附表二。", d.Draft.Version); err != nil {
		t.Fatal(err)
	}
	wantKey(t, "changed after the check", send(), "application.unchecked")
	if _, err := w.Cases.CheckSecrecy(t.Context(), w.LogisticsHead.Actor(), id, 0); err != nil {
		t.Fatal(err)
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	p, err := w.Cases.Follow(t.Context(), workflow.ByWriter(id), id)
	if err != nil || p.Decided() != workflow.DecidePublic {
		t.Errorf("the writer learns %q, %v", p.Decided(), err)
	}
}

func number(t *testing.T, w *worldtest.World, id int64) string {
	t.Helper()
	c, err := w.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Number
}

// A file added after the check is something that was not checked.
func TestApplication_checkCoversFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := apply(t, w)
	sign(t, w, id, "见附件。", 0)
	decide(t, w, w.Clerk, id, casework.Deciding{Decision: workflow.DecidePartly, Ground: "privacy"})
	if _, err := w.Cases.CheckSecrecy(t.Context(), w.OfficeHead.Actor(), id, 0); err != nil {
		t.Fatal(err)
	}
	file := workflow.NewFile{SHA256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Name: "表.pdf", MediaType: "application/pdf", Size: 9}
	if err := w.Cases.AttachDraft(t.Context(), w.Clerk.Actor(), id, file); err != nil {
		t.Fatal(err)
	}
	_, err := w.Cases.Do(t.Context(), w.Clerk.Actor(), id, casework.Act{Action: workflow.Answer})
	wantKey(t, "a file added after the check", err, "application.unchecked")
}

func TestDecide_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, plain := apply(t, w), w.Send(t).CaseID
	for name, tt := range map[string]struct {
		by   workflow.Account
		id   int64
		d    casework.Deciding
		want string
	}{
		"nothing chosen":           {w.Clerk, id, casework.Deciding{}, "invalid.choice"},
		"what nobody chooses":      {w.Clerk, id, casework.Deciding{Decision: workflow.DecideOther}, "invalid.choice"},
		"withheld without ground":  {w.Clerk, id, casework.Deciding{Decision: workflow.DecideRefused}, "application.ground"},
		"not ours, to nobody":      {w.Clerk, id, casework.Deciding{Decision: workflow.DecideNotOurs, Referral: " "}, "application.referral"},
		"a fee below nought":       {w.Clerk, id, casework.Deciding{Decision: workflow.DecideAbsent, Fee: -1}, "application.fee"},
		"what is no application":   {w.Clerk, plain, casework.Deciding{Decision: workflow.DecideAbsent}, "case.not_now"},
		"another department":       {w.AcademicHead, id, casework.Deciding{Decision: workflow.DecideAbsent}, "not_found"},
		"a leader":                 {w.Leader, id, casework.Deciding{Decision: workflow.DecideAbsent}, "case.not_now"},
		"an administrator":         {w.Admin, id, casework.Deciding{Decision: workflow.DecideAbsent}, "not_found"},
		"the discipline officer":   {w.Discipline, id, casework.Deciding{Decision: workflow.DecideAbsent}, "not_found"},
		"a page of an older state": {w.Clerk, id, casework.Deciding{Decision: workflow.DecideAbsent, Version: 1}, "case.changed_meanwhile"},
	} {
		_, err := w.Cases.Decide(t.Context(), tt.by.Actor(), tt.id, tt.d)
		wantKey(t, name, err, tt.want)
	}
}

// Corrected afterwards, the figure moves with the decision and keeps its day.
func TestDecide_corrects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := apply(t, w)
	sign(t, w, id, "经检索，本校未制作您申请的信息。", 0)
	decide(t, w, w.LogisticsHead, id, casework.Deciding{Decision: workflow.DecideNotOurs, Referral: "市住建局"})
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Answer})
	day := w.Now()
	w.Pass(50 * time.Hour)
	if _, err := w.Cases.Decide(t.Context(), w.LogisticsHead.Actor(), id, casework.Deciding{Decision: workflow.DecideAbsent}); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("a department corrects what was sent: %v", err)
	}
	decide(t, w, w.Clerk, id, casework.Deciding{Decision: workflow.DecideAbsent})
	for m, want := range map[workflow.Measure]int{workflow.DecideAbsent.Measure(): 1, workflow.DecideNotOurs.Measure(): 0} {
		q := workflow.FactQuery{Measure: m, From: day.Format(time.DateOnly), To: day.AddDate(0, 0, 1).Format(time.DateOnly)}
		if n, err := w.Cases.Count(t.Context(), w.Clerk.Actor(), workflow.Query{Fact: &q}); err != nil || n != want {
			t.Errorf("%d cases behind %s, want %d (%v)", n, m, want, err)
		}
	}
}

// An application is held to the promise for applications, whatever its category.
func TestApplication_policy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := workflow.Policy{Code: workflow.DisclosurePolicy, NameZH: "信息公开申请", NameEN: "Applications", From: w.Now().Add(-time.Hour), Promises: workflow.Promises{
		workflow.Overall: {Amount: 15, Unit: workflow.WorkingDays},
	}}
	if err := w.Store.SavePolicy(t.Context(), &p, w.Admin.ID); err != nil {
		t.Fatal(err)
	}
	w.Desk.Rules.Forget()
	r := w.Send(t, func(l *workflow.Letter) { l.Kind = workflow.Disclosure })
	clocks, err := w.Store.ClocksOf(t.Context(), r.CaseID)
	if err != nil || len(clocks) != 1 || clocks[0].Promise.Amount != 15 {
		t.Fatalf("clocks %+v, %v", clocks, err)
	}
	c, err := w.Cases.Classify(t.Context(), w.Clerk.Actor(), r.CaseID, casework.Classes{Kind: workflow.Inquiry, Category: w.Repair.ID})
	if err != nil || c.Policy != w.Ordinary.Version {
		t.Errorf("an inquiry is held to policy %d, want %d (%v)", c.Policy, w.Ordinary.Version, err)
	}
}

// An anonymous application cannot be answered by name; anything else it lacks
// the office asks for.
func TestApplication_wantsAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Intake.Submit(t.Context(), w.Letter(func(l *workflow.Letter) { l.Kind, l.Mode = workflow.Disclosure, workflow.Anonymous }))
	if workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("an anonymous application is taken: %v", err)
	}
	_, err = w.Intake.Submit(t.Context(), w.Letter(func(l *workflow.Letter) { l.Kind, l.Identity.Name = workflow.Disclosure, "" }))
	if workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("a nameless application is taken: %v", err)
	}
	r := w.Send(t, func(l *workflow.Letter) { l.Kind = workflow.Disclosure })
	d, err := w.Cases.Open(t.Context(), w.Clerk.Actor(), r.Number)
	if err != nil || len(d.Application.Missing()) != 3 {
		t.Errorf("missing %v, %v", d.Application.Missing(), err)
	}
}

// What was asked for is found by search before and after the answer.
func TestApplication_isFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := apply(t, w)
	found := func() int {
		n, err := w.Cases.Count(t.Context(), w.Clerk.Actor(), workflow.Query{Search: "部门决算"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := found()
	sign(t, w, id, "经检索，本校未制作。", 0)
	decide(t, w, w.Clerk, id, casework.Deciding{Decision: workflow.DecideAbsent})
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Answer})
	if after := found(); before != 1 || after != 1 {
		t.Errorf("found %d before the answer and %d after it", before, after)
	}
}
