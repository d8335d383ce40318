package workflowtest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"mailbox/workflow"
)

// Zone is the college's.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Opened is when the seeded college began: its rules hold from here on.
var Opened = time.Date(2025, 9, 1, 0, 0, 0, 0, Zone)

// Morning is a Monday at nine, an ordinary working day of the seeded college.
var Morning = time.Date(2026, 11, 23, 9, 0, 0, 0, Zone)

// College is what Seed made.
type College struct {
	Office, Logistics, Academic workflow.Department

	// Repair goes to Logistics, Teaching to Academic, Other is routed by hand and
	// Misconduct is sealed.
	Repair, Teaching, Other, Misconduct workflow.Category

	Ordinary, Urgent workflow.Policy
	Calendar         workflow.CalendarVersion

	Clerk, OfficeHead, Leader, Principal, Reviewer, Discipline, Admin workflow.Account
	LogisticsClerk, LogisticsHead, AcademicClerk, AcademicHead        workflow.Account
}

// Departments lists the ids of the three departments.
func (c College) Departments() []int64 {
	return []int64{c.Office.ID, c.Logistics.ID, c.Academic.ID}
}

// Categories lists the four categories.
func (c College) Categories() []workflow.Category {
	return []workflow.Category{c.Repair, c.Teaching, c.Other, c.Misconduct}
}

// OrdinaryPromises is what the seeded college promises for most letters: every
// clock, in every unit.
func OrdinaryPromises() workflow.Promises {
	return workflow.Promises{
		workflow.Register: {Amount: 1, Unit: workflow.WorkingDays},
		workflow.ToRoute:  {Amount: 4, Unit: workflow.WorkingHours},
		workflow.ToSign:   {Amount: 1, Unit: workflow.WorkingDays},
		workflow.ToAnswer: {Amount: 5, Unit: workflow.WorkingDays},
		workflow.Rework:   {Amount: 2, Unit: workflow.WorkingDays},
		workflow.ToCheck:  {Amount: 2, Unit: workflow.WorkingDays},
		workflow.Overall:  {Amount: 10, Unit: workflow.WorkingDays},
		workflow.ToSupply: {Amount: 10, Unit: workflow.Days},
		workflow.ToRate:   {Amount: 15, Unit: workflow.Days},
	}
}

// UrgentPromises is what urgent letters are held to.
func UrgentPromises() workflow.Promises {
	return workflow.Promises{
		workflow.Register: {Amount: 1, Unit: workflow.Hours},
		workflow.ToRoute:  {Amount: 1, Unit: workflow.Hours},
		workflow.ToSign:   {Amount: 2, Unit: workflow.Hours},
		workflow.ToAnswer: {Amount: 24, Unit: workflow.Hours},
		workflow.Rework:   {Amount: 6, Unit: workflow.Hours},
		workflow.ToCheck:  {Amount: 4, Unit: workflow.Hours},
		workflow.Overall:  {Amount: 48, Unit: workflow.Hours},
		workflow.ToSupply: {Amount: 3, Unit: workflow.Days},
		workflow.ToRate:   {Amount: 15, Unit: workflow.Days},
	}
}

// Seed fills an empty Store with a small college.
func Seed(t testing.TB, s workflow.Store) College {
	t.Helper()
	var c College
	seedDepartments(t, s, &c)
	seedAccounts(t, s, &c)
	seedRules(t, s, &c)
	seedCategories(t, s, &c)
	return c
}

func seedDepartments(t testing.TB, s workflow.Store, c *College) {
	t.Helper()
	for i, d := range []struct {
		to           *workflow.Department
		code, zh, en string
	}{
		{&c.Office, "office", "学校办公室", "Principal's Office"},
		{&c.Logistics, "logistics", "后勤处", "Logistics"},
		{&c.Academic, "academic", "教务处", "Academic Affairs"},
	} {
		*d.to = workflow.Department{Code: d.code, NameZH: d.zh, NameEN: d.en, Sort: i + 1, Active: true}
		must(t, s.SaveDepartment(t.Context(), d.to))
	}
}

func seedAccounts(t testing.TB, s workflow.Store, c *College) {
	t.Helper()
	for _, a := range []struct {
		to             *workflow.Account
		username, name string
		department     int64
		role           workflow.Role
	}{
		{&c.Clerk, "clerk", "信箱管理员", c.Office.ID, workflow.Clerk},
		{&c.OfficeHead, "officehead", "办公室主任", c.Office.ID, workflow.OfficeHead},
		{&c.Leader, "leader", "分管校领导", 0, workflow.Leader},
		{&c.Principal, "principal", "校长", 0, workflow.Principal},
		{&c.Reviewer, "reviewer", "保密审查员", 0, workflow.Reviewer},
		{&c.Discipline, "discipline", "纪检专员", 0, workflow.Discipline},
		{&c.Admin, "admin", "系统管理员", 0, workflow.Admin},
		{&c.LogisticsClerk, "logistics-clerk", "后勤经办", c.Logistics.ID, workflow.DeptClerk},
		{&c.LogisticsHead, "logistics-head", "后勤处长", c.Logistics.ID, workflow.DeptHead},
		{&c.AcademicClerk, "academic-clerk", "教务经办", c.Academic.ID, workflow.DeptClerk},
		{&c.AcademicHead, "academic-head", "教务处长", c.Academic.ID, workflow.DeptHead},
	} {
		*a.to = workflow.Account{
			Username: a.username, Name: a.name, Email: a.username + "@college.example", Department: a.department,
			Roles: []workflow.Role{a.role}, Locale: "zh-CN", Created: Opened,
		}
		must(t, s.SaveAccount(t.Context(), a.to))
	}
}

func seedRules(t testing.TB, s workflow.Store, c *College) {
	t.Helper()
	c.Ordinary = workflow.Policy{Code: "ordinary", NameZH: "一般事项", NameEN: "Ordinary", Promises: OrdinaryPromises(), From: Opened}
	must(t, s.SavePolicy(t.Context(), &c.Ordinary, c.Admin.ID))
	c.Urgent = workflow.Policy{Code: workflow.UrgentPolicy, NameZH: "紧急事项", NameEN: "Urgent", Promises: UrgentPromises(), From: Opened}
	must(t, s.SavePolicy(t.Context(), &c.Urgent, c.Admin.ID))
	c.Calendar = workflow.CalendarVersion{
		Name: "2025–2026", Hours: [][2]string{{"08:30", "12:00"}, {"14:00", "17:30"}}, KnownUntil: "2026-12-31",
		Days: []workflow.CalendarDay{
			{Day: "2026-10-01", Off: true, Name: "国庆节"},
			{Day: "2026-10-02", Off: true, Name: "国庆节"},
			{Day: "2026-10-10", Off: false, Name: "国庆节调休"},
		},
		Vacations: []workflow.Vacation{{First: "2026-07-11", Last: "2026-08-30", Name: "暑假", Policy: "run"}},
		Created:   Opened, CreatedBy: c.Admin.ID,
	}
	must(t, s.AddCalendar(t.Context(), &c.Calendar))
}

func seedCategories(t testing.TB, s workflow.Store, c *College) {
	t.Helper()
	for i, k := range []struct {
		to           *workflow.Category
		code, zh, en string
		department   int64
		sealed       bool
	}{
		{&c.Repair, "repair", "后勤维修", "Repairs", c.Logistics.ID, false},
		{&c.Teaching, "teaching", "教学教务", "Teaching", c.Academic.ID, false},
		{&c.Other, "other", "其他", "Other", 0, false},
		{&c.Misconduct, "misconduct", "违纪举报", "Misconduct", 0, true},
	} {
		*k.to = workflow.Category{
			Code: k.code, NameZH: k.zh, NameEN: k.en, Department: k.department, Policy: c.Ordinary.ID,
			Sealed: k.sealed, Sort: i + 1, Active: true, From: Opened,
		}
		must(t, s.SaveCategory(t.Context(), k.to, c.Admin.ID))
	}
}

// NewCase stores a signed web letter about repairs that came this Morning,
// changed by opts, with no event, clock or fact. The Store must be seeded.
func NewCase(t testing.TB, s workflow.Store, opts ...func(*workflow.Case)) workflow.Case {
	t.Helper()
	c := draftCase(t, s, opts...)
	must(t, AddCase(t.Context(), s, &c, c.Received.In(Zone).Format(time.DateOnly)))
	return c
}

// AddCase names a case of a day and stores it alone.
func AddCase(ctx context.Context, s workflow.Store, c *workflow.Case, day string) error {
	b := workflow.Birth{Case: *c}
	var err error
	if b.Case.ID, b.Case.Number, err = s.NameCase(ctx, day); err != nil {
		return err
	}
	err = s.AddBirth(ctx, &b)
	if err == nil {
		*c = b.Case
	}
	return err
}

// draftCase is NewCase without storing it.
func draftCase(t testing.TB, s workflow.Store, opts ...func(*workflow.Case)) workflow.Case {
	t.Helper()
	categories, err := s.Categories(t.Context(), Morning, true)
	must(t, err)
	if len(categories) == 0 {
		t.Fatal("the store is not seeded")
	}
	category := categories[0]
	policy, err := s.PolicyAt(t.Context(), category.Policy, Morning)
	must(t, err)
	c := workflow.Case{
		CodeHash: random(32), State: workflow.Received, Kind: workflow.Complaint,
		Category: category.ID, CategoryVersion: category.Version, Policy: policy.Version,
		Channel: workflow.Web, Mode: workflow.Signed, Subject: "宿舍热水", Locale: "zh-CN",
		Received: Morning.UTC(), Worked: -1, Updated: Morning.UTC(),
	}
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
