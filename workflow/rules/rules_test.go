package rules_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/rules"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// open returns a college and the rules of it.
func open(t *testing.T) (*worldtest.World, *rules.Rules) {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	return w, rules.New(w.Desk)
}

// fields lists the fields that err speaks of, with their keys.
func fields(err error) map[string]string {
	out := map[string]string{}
	var walk func(error)
	walk = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				walk(e)
			}
			return
		}
		if e, ok := errors.AsType[*workflow.Error](err); ok {
			out[e.Field] = e.Key
		}
	}
	if err != nil {
		walk(err)
	}
	return out
}

// wants fails the test unless err is about just these fields.
func wants(t *testing.T, what string, err error, want map[string]string) {
	t.Helper()
	got := fields(err)
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
	for field, key := range want {
		if got[field] != key {
			t.Errorf("%s: %s is %q, want %q", what, field, got[field], key)
		}
	}
}

// sound fails the test when the journal does not prove itself, and returns how
// many entries it has.
func sound(t *testing.T, w *worldtest.World) int {
	t.Helper()
	extent, err := audit.Verify(t.Context(), w.Store, w.Desk.Keeper.Chain, func(f audit.Fault) { t.Error(f) })
	if err != nil {
		t.Fatal(err)
	}
	return extent.Entries
}

func TestOnlyWhoMay(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	ctx := t.Context()
	ask := map[string]struct {
		head bool // the head of the office may as well
		do   func(by workflow.Actor) error
	}{
		"departments": {false, func(by workflow.Actor) error { _, err := r.Departments(ctx, by); return err }},
		"department":  {false, func(by workflow.Actor) error { _, err := r.SaveDepartment(ctx, by, w.Logistics); return err }},
		"people":      {false, func(by workflow.Actor) error { _, err := r.People(ctx, by, rules.PeopleQuery{}); return err }},
		"person":      {false, func(by workflow.Actor) error { _, err := r.Person(ctx, by, w.Clerk.ID); return err }},
		"attention":   {false, func(by workflow.Actor) error { _, err := r.Attention(ctx, by); return err }},
		"outgoing":    {false, func(by workflow.Actor) error { _, err := r.Outgoing(ctx, by, 0, 10); return err }},
		"journal":     {false, func(by workflow.Actor) error { _, err := r.Journal(ctx, by, rules.JournalQuery{Limit: 5}); return err }},
		"settings":    {false, func(by workflow.Actor) error { _, err := r.SaveSettings(ctx, by, nil); return err }},
		"categories":  {true, func(by workflow.Actor) error { _, err := r.Categories(ctx, by); return err }},
		"category":    {true, func(by workflow.Actor) error { _, err := r.SaveCategory(ctx, by, w.Repair); return err }},
		"history":     {true, func(by workflow.Actor) error { _, err := r.CategoryHistory(ctx, by, w.Repair.ID); return err }},
		"policies":    {true, func(by workflow.Actor) error { _, err := r.Policies(ctx, by); return err }},
		"policy":      {true, func(by workflow.Actor) error { _, err := r.SavePolicy(ctx, by, w.Ordinary); return err }},
		"calendar":    {true, func(by workflow.Actor) error { _, err := r.Calendar(ctx, by, 0); return err }},
		"calendars":   {true, func(by workflow.Actor) error { _, err := r.Calendars(ctx, by); return err }},
		"templates":   {true, func(by workflow.Actor) error { _, err := r.Templates(ctx, by); return err }},
	}
	for name, a := range ask {
		for _, acc := range []workflow.Account{w.Clerk, w.Leader, w.Principal, w.Discipline, w.LogisticsHead, w.LogisticsClerk, w.Reviewer} {
			if err := a.do(acc.Actor()); workflow.KindOf(err) != workflow.NotFound {
				t.Errorf("%s for %s: %v, want not found", name, acc.Username, err)
			}
		}
		if err := a.do(w.Admin.Actor()); err != nil {
			t.Errorf("%s for admin: %v", name, err)
		}
		if err := a.do(w.OfficeHead.Actor()); (err == nil) != a.head {
			t.Errorf("%s for the head of the office: %v", name, err)
		}
	}
	for name, write := range map[string]func(by workflow.Actor) error{
		"preview": func(by workflow.Actor) error { _, err := r.Preview(ctx, by, w.Calendar); return err },
		"apply":   func(by workflow.Actor) error { _, err := r.Apply(ctx, by, w.Calendar); return err },
		"template": func(by workflow.Actor) error {
			_, err := r.SaveTemplate(ctx, by, workflow.AnswerTemplate{})
			return err
		},
	} {
		if err := write(w.Clerk.Actor()); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s for the clerk: %v", name, err)
		}
	}
	sound(t, w)
}

func TestDepartments(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.Admin.Actor()
	added, err := r.SaveDepartment(t.Context(), by, workflow.Department{Code: " Library ", NameZH: "图书馆", NameEN: "Library", Active: true})
	if err != nil || added.Code != "library" || added.ID == 0 {
		t.Fatalf("added %+v, %v", added, err)
	}
	_, err = r.SaveDepartment(t.Context(), by, workflow.Department{Code: "library", NameZH: "图", NameEN: "L"})
	wants(t, "same code", err, map[string]string{"code": "rules.code_taken"})
	_, err = r.SaveDepartment(t.Context(), by, workflow.Department{Code: "9 x", NameEN: strings.Repeat("x", 61)})
	wants(t, "empty", err, map[string]string{"code": "rules.code", "name_zh": "invalid.required", "name_en": "invalid.too_long"})
	added.Code, added.NameZH, added.Active = "other", "图书信息中心", false
	added, err = r.SaveDepartment(t.Context(), by, added)
	if err != nil || added.Code != "library" {
		t.Errorf("a code changed: %+v, %v", added, err)
	}
	idle := w.Logistics
	idle.Active = false
	_, err = r.SaveDepartment(t.Context(), by, idle)
	wants(t, "a department categories lead to", err, map[string]string{"active": "rules.department_leads"})
	c := w.Do(t, w.Clerk, w.Send(t).CaseID, route(w.Logistics.ID))
	_, err = r.SaveDepartment(t.Context(), by, idle)
	wants(t, "a department with cases", err, map[string]string{"active": "rules.department_busy"})
	all, err := r.Departments(t.Context(), by)
	if err != nil || len(all) != 4 || all[2].ID != w.Logistics.ID && all[1].ID != w.Logistics.ID {
		t.Fatalf("%d departments, %v", len(all), err)
	}
	for _, d := range all {
		if d.ID == c.Department && (d.Open != 1 || d.People != 2 || d.Heads != 1) {
			t.Errorf("logistics has %+v", d)
		}
	}
	if n := sound(t, w); n != 2 {
		t.Errorf("%d journal entries, want 2: refused changes leave none", n)
	}
}

func TestCategoriesHaveVersions(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.OfficeHead.Actor()
	before := w.Send(t)
	first := w.Repair
	if again, err := r.SaveCategory(t.Context(), by, first); err != nil || again.Version != first.Version {
		t.Errorf("saving what is there made version %d, %v", again.Version, err)
	}
	next := first
	next.Department, next.HintZH = w.Academic.ID, "写明楼号"
	next, err := r.SaveCategory(t.Context(), by, next)
	if err != nil || next.Version == first.Version {
		t.Fatalf("version %d, %v", next.Version, err)
	}
	history, err := r.CategoryHistory(t.Context(), by, first.ID)
	if err != nil || len(history) != 2 || history[0].Version != next.Version || !history[1].To.Equal(history[0].From) {
		t.Errorf("history %+v, %v", history, err)
	}
	if _, err := r.SaveCategory(t.Context(), by, first); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("saving from an old version: %v, want a conflict", err)
	}
	after := w.Send(t)
	if got := ofCase(t, w, before.CaseID); got.CategoryVersion != first.Version {
		t.Errorf("an old letter has version %d", got.CategoryVersion)
	}
	if got := ofCase(t, w, after.CaseID); got.CategoryVersion != next.Version {
		t.Errorf("a new letter has version %d, want %d at once", got.CategoryVersion, next.Version)
	}
}

func TestCategoriesAreChecked(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	for name, test := range map[string]struct {
		change func(c *workflow.Category)
		want   map[string]string
	}{
		"no names":      {func(c *workflow.Category) { c.NameZH, c.NameEN = "", " " }, map[string]string{"name_zh": "invalid.required", "name_en": "invalid.required"}},
		"no policy":     {func(c *workflow.Category) { c.Policy = 0 }, map[string]string{"policy": "invalid.required"}},
		"other policy":  {func(c *workflow.Category) { c.Policy = 99 }, map[string]string{"policy": "invalid.choice"}},
		"department":    {func(c *workflow.Category) { c.Department = 99 }, map[string]string{"department": "invalid.choice"}},
		"under itself":  {func(c *workflow.Category) { c.Parent = c.ID }, map[string]string{"parent": "invalid.choice"}},
		"long hint":     {func(c *workflow.Category) { c.HintEN = strings.Repeat("x", 301) }, map[string]string{"hint_en": "invalid.too_long"}},
		"code is taken": {func(c *workflow.Category) { c.ID, c.Code = 0, "teaching" }, map[string]string{"code": "rules.code_taken"}},
	} {
		c := w.Repair
		test.change(&c)
		_, err := r.SaveCategory(t.Context(), w.Admin.Actor(), c)
		wants(t, name, err, test.want)
	}
	under := w.Repair
	under.Parent = w.Other.ID
	under, err := r.SaveCategory(t.Context(), w.Admin.Actor(), under)
	if err != nil {
		t.Fatal(err)
	}
	deep := w.Teaching
	deep.Parent = under.ID
	_, err = r.SaveCategory(t.Context(), w.Admin.Actor(), deep)
	wants(t, "two levels", err, map[string]string{"parent": "invalid.choice"})
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.OfficeHead.Actor()
	p := w.Ordinary
	p.Promises = maps.Clone(p.Promises)
	p.Promises[workflow.Overall] = workflow.Promise{Amount: 7, Unit: workflow.WorkingDays}
	p, err := r.SavePolicy(t.Context(), by, p)
	if err != nil || p.Version == w.Ordinary.Version {
		t.Fatalf("version %d, %v", p.Version, err)
	}
	c := ofCase(t, w, w.Send(t).CaseID)
	if c.Policy != p.Version {
		t.Errorf("a new letter is held to version %d, want %d", c.Policy, p.Version)
	}
	if _, err := r.SavePolicy(t.Context(), by, w.Ordinary); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("saving from an old version: %v", err)
	}
	bad := workflow.Policy{Code: "x y", Promises: workflow.Promises{
		workflow.ToAnswer: {Amount: 0, Unit: workflow.WorkingDays}, workflow.ToSign: {Amount: 1, Unit: "weeks"}, workflow.ToCheck: {Amount: 99999, Unit: workflow.Hours},
	}}
	_, err = r.SavePolicy(t.Context(), by, bad)
	wants(t, "bad policy", err, map[string]string{
		"code": "rules.code", "name_zh": "invalid.required", "name_en": "invalid.required", "amount_answer": "rules.amount",
		"amount_sign": "invalid.choice", "amount_check": "rules.amount", "amount_overall": "invalid.required",
	})
	history, err := r.PolicyHistory(t.Context(), by, p.ID)
	if err != nil || len(history) != 2 || history[0].Version != p.Version {
		t.Errorf("history %+v, %v", history, err)
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	got, err := r.Examples(t.Context(), w.Ordinary.Promises, workflowtest.Morning)
	if err != nil || len(got) != len(rules.Promised) {
		t.Fatalf("%d examples, %v", len(got), err)
	}
	for _, e := range got {
		if e.Kind == workflow.ToAnswer && e.Due.In(workflowtest.Zone).Format("01-02 15:04") != "11-30 17:30" {
			t.Errorf("the answer is due %v", e.Due.In(workflowtest.Zone))
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.OfficeHead.Actor()
	good := workflow.AnswerTemplate{Title: "一般答复", Body: "{来信人}：\n{编号} 已办理。\n{部门} {日期}", Purpose: "answer", Active: true, ReviewOn: "2026-12-01"}
	saved, err := r.SaveTemplate(t.Context(), by, good)
	if err != nil || saved.ID == 0 || saved.Version != 1 {
		t.Fatalf("%+v, %v", saved, err)
	}
	saved.Active = false
	again, err := r.SaveTemplate(t.Context(), by, saved)
	if err != nil || again.Version != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := r.SaveTemplate(t.Context(), by, saved); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("an old version: %v", err)
	}
	if got, err := r.Template(t.Context(), by, saved.ID); err != nil || got.Active {
		t.Errorf("read %+v, %v", got, err)
	}
	_, err = r.SaveTemplate(t.Context(), by, workflow.AnswerTemplate{Body: "{姓名}您好", Purpose: "poem", ReviewOn: "soon", Category: 77})
	wants(t, "bad template", err, map[string]string{
		"title": "invalid.required", "body": "rules.variable", "purpose": "invalid.choice", "review_on": "invalid.date", "category": "invalid.choice",
	})
	if got := rules.FillTemplate("{来信人}，{编号}，{别的}", map[string]string{"来信人": "同学", "编号": "{部门}"}); got != "同学，{部门}，{别的}" {
		t.Errorf("filled %q", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.Admin.Actor()
	n, err := r.SaveSettings(t.Context(), by, rules.Values{rules.CollegeName: " 江城学院 ", rules.Emergency: "值班|Duty desk|027-5550\r\n110", rules.OfficePhone: ""})
	if err != nil || n != 2 {
		t.Fatalf("%d changed, %v", n, err)
	}
	v, err := rules.ReadSettings(t.Context(), w.Store)
	if err != nil || v.Get(rules.CollegeName) != "江城学院" || v.Get("unknown") != "" {
		t.Errorf("%v, %v", v, err)
	}
	phones := v.Phones()
	if len(phones) != 2 || phones[0] != (rules.Phone{ZH: "值班", EN: "Duty desk", Number: "027-5550"}) || phones[1].Number != "110" {
		t.Errorf("phones %+v", phones)
	}
	if n, err := r.SaveSettings(t.Context(), by, rules.Values{rules.CollegeName: "江城学院"}); n != 0 || err != nil {
		t.Errorf("%d changed, %v", n, err)
	}
	_, err = r.SaveSettings(t.Context(), by, rules.Values{
		rules.CollegeName: "", rules.MailAddress: "a b", rules.Emergency: "值班", rules.OfficePhone: "1\n2", rules.PromiseZH: strings.Repeat("字", 121), "x": "",
	})
	wants(t, "bad settings", err, map[string]string{
		rules.CollegeName: "invalid.required", rules.MailAddress: "invalid.email", rules.Emergency: "rules.emergency",
		rules.OfficePhone: "rules.one_line", rules.PromiseZH: "invalid.too_long", "x": "invalid.choice",
	})
	if got := (rules.Values{}).Phones(); len(got) != 3 || got[2].Number != "12356" {
		t.Errorf("without a list of its own a college shows %+v", got)
	}
	if n := sound(t, w); n != 2 {
		t.Errorf("%d journal entries, want one a setting", n)
	}
}
