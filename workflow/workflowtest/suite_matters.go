package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var matterPromises = []promise{
	{"an application comes back as it was saved last", applicationComesBack},
	{"an application that contradicts itself is refused", applicationContradicts},
	{"campaigns are listed the latest first, and a stale or doubled one is Conflict", campaignsKept},
	{"every Decision and every Concern can be stored, of applications alone a decision", everyMatter},
	{"a list restricts to concern, decision, campaign and proposal", listsRestrictMatters},
	{"the cases behind a bucket are those of that bucket alone", casesBehindBucket},
	{"appraisals come back, a stale save is Conflict", appraisalsKept},
	{"lists of appraisals are paged by day and leave out what was removed", appraisalsListed},
}

func applicationComesBack(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s, func(x *workflow.Case) { x.Kind = workflow.Disclosure })
	absent(t, "none yet", second(s.Application(t.Context(), x.ID)))
	a := workflow.Application{CaseID: x.ID, Asked: "2023年决算总表", Purpose: "research", Delivery: "email", Updated: Morning}
	must(t, s.SaveApplication(t.Context(), a))
	same(t, "asked", ok(s.Application(t.Context(), x.ID))(t), a)
	a.Ground, a.Referral, a.Fee, a.Waived = "privacy", "市教育局", 1250, 250
	a.CheckedBy, a.Checked, a.CheckedHash, a.Updated = c.LogisticsHead.ID, Morning.Add(time.Hour), random(32), Morning.Add(2*time.Hour)
	must(t, s.SaveApplication(t.Context(), a))
	same(t, "decided", ok(s.Application(t.Context(), x.ID))(t), a)
	other := NewCase(t, s, func(x *workflow.Case) { x.Kind = workflow.Disclosure })
	must(t, s.SaveApplication(t.Context(), workflow.Application{CaseID: other.ID, Updated: Morning}))
	same(t, "what they cost", ok(s.FeesOf(t.Context(), []int64{other.ID, x.ID, nowhere}))(t), []workflow.Fee{{CaseID: x.ID, Paid: 1250, Waived: 250}})
	same(t, "what none cost", ok(s.FeesOf(t.Context(), nil))(t), nil)
}

func applicationContradicts(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s, func(x *workflow.Case) { x.Kind = workflow.Disclosure })
	for name, a := range map[string]workflow.Application{
		"an unknown purpose":         {CaseID: x.ID, Purpose: "fun"},
		"an unknown delivery":        {CaseID: x.ID, Delivery: "pigeon"},
		"checked by nobody":          {CaseID: x.ID, Checked: Morning, CheckedHash: random(32)},
		"checked, but nobody's text": {CaseID: x.ID, Checked: Morning, CheckedBy: c.Clerk.ID},
		"a case nobody has":          {CaseID: x.ID + 1000},
	} {
		a.Updated = Morning
		if err := s.SaveApplication(t.Context(), a); err == nil {
			t.Errorf("%s was saved", name)
		}
	}
}

func campaign(t *testing.T, s workflow.Store, name, from, to string) workflow.Campaign {
	t.Helper()
	c := workflow.Campaign{Name: name, From: from, To: to, Rule: "办结并标注"}
	must(t, s.SaveCampaign(t.Context(), &c))
	return c
}

func campaignsKept(t *testing.T, s workflow.Store, _ College) {
	old := campaign(t, s, "办实事 2025", "2025-01-01", "2025-12-31")
	late := campaign(t, s, "办实事 2026", "2026-01-01", "2026-12-31")
	same(t, "campaigns", ok(s.Campaigns(t.Context()))(t), []workflow.Campaign{late, old})
	double := workflow.Campaign{Name: old.Name, From: "2027-01-01", To: "2027-01-02"}
	wantKind(t, workflow.Conflict, s.SaveCampaign(t.Context(), &double))
	stale := late
	late.Rule = "另一种"
	must(t, s.SaveCampaign(t.Context(), &late))
	wantKind(t, workflow.Conflict, s.SaveCampaign(t.Context(), &stale))
	same(t, "saved", ok(s.Campaigns(t.Context()))(t), []workflow.Campaign{late, old})
	backwards := workflow.Campaign{Name: "倒着", From: "2026-02-01", To: "2026-01-01"}
	if err := s.SaveCampaign(t.Context(), &backwards); err == nil {
		t.Error("a campaign ends before it begins")
	}
}

func everyMatter(t *testing.T, s workflow.Store, _ College) {
	for _, d := range workflow.Decisions {
		x := NewCase(t, s, func(x *workflow.Case) { x.Kind, x.Decision = workflow.Disclosure, d })
		same(t, string(d), ok(s.Case(t.Context(), x.ID))(t), x)
	}
	for _, k := range workflow.Concerns {
		x := NewCase(t, s, func(x *workflow.Case) { x.Concern = k })
		same(t, string(k), ok(s.Case(t.Context(), x.ID))(t), x)
	}
	for name, spoil := range map[string]func(*workflow.Case){
		"a decision about a complaint": func(x *workflow.Case) { x.Decision = workflow.DecidePublic },
		"an unknown decision":          func(x *workflow.Case) { x.Kind, x.Decision = workflow.Disclosure, "perhaps" },
		"an unknown concern":           func(x *workflow.Case) { x.Concern = "gossip" },
		"a campaign nobody knows":      func(x *workflow.Case) { x.Campaign = 4711 },
	} {
		x := NewCase(t, s)
		spoil(&x)
		if err := s.SaveCase(t.Context(), &x); err == nil {
			t.Errorf("%s was saved", name)
		}
	}
}

func listsRestrictMatters(t *testing.T, s workflow.Store, c College) {
	this, that := campaign(t, s, "甲", "2026-01-01", "2026-12-31"), campaign(t, s, "乙", "2026-01-01", "2026-12-31")
	var all []workflow.Case
	for i := range 24 {
		all = append(all, NewCase(t, s, func(x *workflow.Case) {
			x.Concern = append(workflow.Concerns, "", "")[i%6]
			if i%2 == 0 {
				x.Kind, x.Decision = workflow.Disclosure, append(workflow.Decisions, "")[i%10]
			}
			x.Campaign = []int64{0, this.ID, that.ID}[i%3]
			x.Proposed = []int64{this.ID, 0}[i%2]
			x.Department = []int64{c.Logistics.ID, c.Academic.ID}[i%2]
			x.Received = Morning.Add(time.Duration(-i) * time.Hour)
		}))
	}
	for name, tt := range map[string]struct {
		q    workflow.Query
		fits func(workflow.Case) bool
	}{
		"complaints":  {workflow.Query{Concern: "complaint"}, func(x workflow.Case) bool { return x.Concern == "complaint" }},
		"any concern": {workflow.Query{Concern: workflow.AnyConcern}, func(x workflow.Case) bool { return x.Concern != "" }},
		"refused":     {workflow.Query{Decision: workflow.DecideRefused}, func(x workflow.Case) bool { return x.Decision == workflow.DecideRefused }},
		"this":        {workflow.Query{Campaign: this.ID}, func(x workflow.Case) bool { return x.Campaign == this.ID }},
		"proposed":    {workflow.Query{Proposed: this.ID}, func(x workflow.Case) bool { return x.Proposed == this.ID }},
		"that, of a department": {
			workflow.Query{Campaign: that.ID, Scope: workflow.Scope{Department: c.Logistics.ID}},
			func(x workflow.Case) bool { return x.Campaign == that.ID && x.Department == c.Logistics.ID },
		},
	} {
		if tt.q.Scope == (workflow.Scope{}) {
			tt.q.Scope.Everything = true
		}
		tt.q.Limit = 100
		var want []int64
		for _, x := range all {
			if tt.fits(x) {
				want = append(want, x.ID)
			}
		}
		list := ok(s.List(t.Context(), tt.q))(t)
		same(t, name, ids(list.Rows, func(r workflow.Row) int64 { return r.ID }), want)
		same(t, "count of "+name, ok(s.CountCases(t.Context(), tt.q))(t), len(want))
	}
}

func casesBehindBucket(t *testing.T, s workflow.Store, _ College) {
	var stored []workflow.Case
	for i := range 3 {
		x := NewCase(t, s)
		must(t, s.AddFacts(t.Context(), x.ID, []workflow.FactChange{{N: 1, Fact: workflow.Fact{
			Measure: workflow.CountCampaign, Day: "2026-11-23", Kind: x.Kind, Channel: x.Channel, Mode: x.Mode, Category: x.Category, Bucket: i + 1,
		}}}))
		stored = append(stored, x)
	}
	q := workflow.Query{Scope: workflow.Scope{Everything: true}, Fact: &workflow.FactQuery{Measure: workflow.CountCampaign, From: "2026-01-01", To: "2027-01-01"}}
	same(t, "all", ok(s.CountCases(t.Context(), q))(t), 3)
	q.Fact.MinBucket, q.Fact.EndBucket = 2, 3
	list := ok(s.List(t.Context(), q))(t)
	same(t, "one bucket", ids(list.Rows, func(r workflow.Row) int64 { return r.ID }), []int64{stored[1].ID})
}

func appraisal(c College, day, title string) workflow.Appraisal {
	return workflow.Appraisal{
		Kind: "survey", Day: day, Title: title, Participants: 120, Satisfied: 80, Basically: 30, Dissatisfied: 4, Findings: "希望栏目更新更快。",
		CreatedBy: c.Clerk.ID, Created: Morning, Updated: Morning,
	}
}

func appraisalsKept(t *testing.T, s workflow.Store, c College) {
	a := appraisal(c, "2026-05-20", "信息公开问卷")
	a.File = workflow.NewFile{SHA256: newSHA(), Name: "问卷.xlsx", MediaType: "application/vnd.ms-excel", Size: 4096}
	a.External = "form 1"
	must(t, s.AddAppraisal(t.Context(), &a))
	same(t, "added", ok(s.Appraisal(t.Context(), a.ID))(t), a)
	again := a
	wantKind(t, workflow.Conflict, s.AddAppraisal(t.Context(), &again))
	stale := a
	a.Title, a.Kind, a.Removed = "座谈会", "meeting", Morning.Add(time.Hour)
	must(t, s.SaveAppraisal(t.Context(), &a))
	wantKind(t, workflow.Conflict, s.SaveAppraisal(t.Context(), &stale))
	same(t, "saved", ok(s.Appraisal(t.Context(), a.ID))(t), a)
	absent(t, "unknown", second(s.Appraisal(t.Context(), a.ID+1000)))
	a.Satisfied = 1000
	if err := s.SaveAppraisal(t.Context(), &a); err == nil {
		t.Error("more people are satisfied than took part")
	}
}

func newSHA() string { return "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }

func appraisalsListed(t *testing.T, s workflow.Store, c College) {
	var want []int64
	for i := range 7 {
		a := appraisal(c, Morning.AddDate(0, 0, -i/2).Format(time.DateOnly), "评议")
		if i == 3 {
			a.Kind = "meeting"
		}
		must(t, s.AddAppraisal(t.Context(), &a))
		if i == 4 {
			a.Removed = Morning.Add(time.Hour)
			must(t, s.SaveAppraisal(t.Context(), &a))
			continue
		}
		want = append(want, a.ID)
	}
	want = []int64{want[1], want[0], want[3], want[2], want[4], want[5]} // a day twice: the later entry first
	var got []int64
	for q := (workflow.AppraisalQuery{Limit: 2}); ; {
		page := ok(s.Appraisals(t.Context(), q))(t)
		got = append(got, ids(page.Appraisals, func(a workflow.Appraisal) int64 { return a.ID })...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	same(t, "pages", got, want)
	same(t, "count", ok(s.CountAppraisals(t.Context(), workflow.AppraisalQuery{}))(t), 6)
	same(t, "meetings", ok(s.CountAppraisals(t.Context(), workflow.AppraisalQuery{Kind: "meeting"}))(t), 1)
	for asOf, n := range map[time.Duration]int{-time.Minute: 0, 0: 7, 59 * time.Minute: 7, time.Hour: 6} {
		same(t, "as of "+asOf.String(), ok(s.CountAppraisals(t.Context(), workflow.AppraisalQuery{AsOf: Morning.Add(asOf)}))(t), n)
	}
	same(t, "days", ok(s.CountAppraisals(t.Context(), workflow.AppraisalQuery{From: "2026-11-21", To: "2026-11-23"}))(t), 3)
	wantKind(t, workflow.Invalid, second(s.Appraisals(t.Context(), workflow.AppraisalQuery{After: "!"})))
}
