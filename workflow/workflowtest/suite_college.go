package workflowtest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
)

var collegePromises = []promise{
	{"departments come in their order, each code once", departmentPromise},
	{"a category keeps the versions it had", categoryVersions},
	{"categories in force are listed in order, without those not active", categoryLists},
	{"answer templates change one at a time", templatePromise},
	{"a setting is what was saved last", settingPromise},
}

var peoplePromises = []promise{
	{"an account comes back, and two changes do not overwrite", accountPromise},
	{"user names are unique", usernames},
	{"accounts are found by role and department unless disabled", accountsFor},
	{"open cases of a department are counted", openCases},
}

var rulePromises = []promise{
	{"a policy keeps the versions it had", policyVersions},
	{"a new calendar is the current one and the old ones stay", calendarSwitch},
}

func departmentPromise(t *testing.T, s workflow.Store, c College) {
	d := workflow.Department{Code: "library", NameZH: "图书馆", NameEN: "Library", Phone: "027-0000", Sort: -1}
	must(t, s.SaveDepartment(t.Context(), &d))
	same(t, "in order", ok(s.Departments(t.Context()))(t), []workflow.Department{d, c.Office, c.Logistics, c.Academic})
	d.Active, d.Sort, d.NameZH = true, 99, "图书与信息中心"
	must(t, s.SaveDepartment(t.Context(), &d))
	same(t, "after a change", ok(s.Departments(t.Context()))(t), []workflow.Department{c.Office, c.Logistics, c.Academic, d})
	wantKind(t, workflow.Conflict, s.SaveDepartment(t.Context(), &workflow.Department{Code: "library", NameZH: "x", NameEN: "x"}))
	d.Code = c.Office.Code
	wantKind(t, workflow.Conflict, s.SaveDepartment(t.Context(), &d))
	absent(t, "unknown", s.SaveDepartment(t.Context(), &workflow.Department{ID: nowhere, Code: "nowhere", NameZH: "x", NameEN: "x"}))
}

func categoryVersions(t *testing.T, s workflow.Store, c College) {
	old, later := c.Repair, Morning.AddDate(0, 1, 0)
	renamed := old
	renamed.NameZH, renamed.NameEN, renamed.HintZH, renamed.HintEN = "校园维修", "Campus repairs", "请写明楼号", "Name the building"
	renamed.Department, renamed.Policy, renamed.Sealed, renamed.From = c.Academic.ID, c.Urgent.ID, true, later
	must(t, s.SaveCategory(t.Context(), &renamed, c.Admin.ID))
	if renamed.ID != old.ID || renamed.Version == old.Version || renamed.Version == 0 {
		t.Errorf("the new version has id %d and version %d", renamed.ID, renamed.Version)
	}
	ended := old
	ended.To = later
	same(t, "the old version", ok(s.CategoryVersion(t.Context(), old.Version))(t), ended)
	same(t, "the new version", ok(s.CategoryVersion(t.Context(), renamed.Version))(t), renamed)
	versions := ok(s.CategoryHistory(t.Context(), old.ID))(t)
	slices.SortFunc(versions, func(a, b workflow.Category) int { return a.From.Compare(b.From) })
	same(t, "history", versions, []workflow.Category{ended, renamed})
	for at, want := range map[time.Time]workflow.Category{later.Add(-time.Microsecond): ended, later: renamed, later.AddDate(5, 0, 0): renamed} {
		all := ok(s.Categories(t.Context(), at, true))(t)
		i := slices.IndexFunc(all, func(k workflow.Category) bool { return k.ID == old.ID })
		same(t, "in force "+at.String(), all[i], want)
	}
	same(t, "before the beginning", ok(s.Categories(t.Context(), Opened.Add(-time.Second), true))(t), nil)
	backwards := renamed
	backwards.From = later.AddDate(0, -2, 0)
	if err := s.SaveCategory(t.Context(), &backwards, c.Admin.ID); err == nil {
		t.Error("a version that begins before the last one was kept")
	}
	same(t, "history", len(ok(s.CategoryHistory(t.Context(), old.ID))(t)), 2)
}

func categoryLists(t *testing.T, s workflow.Store, c College) {
	part := workflow.Category{Code: "boiler", Parent: c.Repair.ID, NameZH: "锅炉", NameEN: "Boiler", Policy: c.Ordinary.ID, Sort: -1, From: Opened}
	must(t, s.SaveCategory(t.Context(), &part, c.Admin.ID))
	twice := part
	twice.ID = 0
	wantKind(t, workflow.Conflict, s.SaveCategory(t.Context(), &twice, c.Admin.ID))
	same(t, "active", ok(s.Categories(t.Context(), Morning, false))(t), c.Categories())
	same(t, "all", ok(s.Categories(t.Context(), Morning, true))(t), append([]workflow.Category{part}, c.Categories()...))
}

func templatePromise(t *testing.T, s workflow.Store, c College) {
	a := workflow.AnswerTemplate{Title: "一般答复", Body: "{来信人}，您好。", Purpose: "answer", Active: true, Updated: Morning}
	b := workflow.AnswerTemplate{Title: "不予受理", Body: "…", Purpose: "decline", Category: c.Repair.ID, ReviewOn: "2027-01-01", Updated: Morning}
	must(t, s.SaveAnswerTemplate(t.Context(), &a))
	must(t, s.SaveAnswerTemplate(t.Context(), &b))
	mine, theirs := a, a
	mine.Body = "{来信人}，您好："
	must(t, s.SaveAnswerTemplate(t.Context(), &mine))
	wantKind(t, workflow.Conflict, s.SaveAnswerTemplate(t.Context(), &theirs))
	same(t, "active", ok(s.AnswerTemplates(t.Context(), false))(t), []workflow.AnswerTemplate{mine})
	all := ok(s.AnswerTemplates(t.Context(), true))(t)
	slices.SortFunc(all, func(a, b workflow.AnswerTemplate) int { return cmp.Compare(a.ID, b.ID) })
	same(t, "all", all, []workflow.AnswerTemplate{mine, b})
	absent(t, "unknown", s.SaveAnswerTemplate(t.Context(), &workflow.AnswerTemplate{ID: nowhere, Title: "x", Purpose: "note", Version: 1, Updated: Morning}))
}

func settingPromise(t *testing.T, s workflow.Store, c College) {
	same(t, "none", ok(s.Settings(t.Context()))(t), nil)
	for _, name := range []string{"一学院", "二学院"} {
		must(t, s.SaveSetting(t.Context(), "college.name", name, c.Admin.ID, Morning))
	}
	must(t, s.SaveSetting(t.Context(), "college.phone", "", c.Admin.ID, Morning))
	same(t, "settings", ok(s.Settings(t.Context()))(t), map[string]string{"college.name": "二学院", "college.phone": ""})
}

func accountPromise(t *testing.T, s workflow.Store, c College) {
	a := workflow.Account{
		Username: "both", Name: "两任", Email: "both@college.example", Department: c.Academic.ID, Roles: []workflow.Role{workflow.DeptClerk, workflow.Reviewer},
		PasswordHash: "$argon2id$x", Locale: "en", Created: Morning,
	}
	must(t, s.SaveAccount(t.Context(), &a))
	same(t, "by id", ok(s.Account(t.Context(), a.ID))(t), a)
	same(t, "by name", ok(s.AccountByName(t.Context(), "both"))(t), a)
	mine, theirs := a, a
	mine.Disabled, mine.Name = Morning.Add(time.Hour), "离任"
	must(t, s.SaveAccount(t.Context(), &mine))
	wantKind(t, workflow.Conflict, s.SaveAccount(t.Context(), &theirs))
	same(t, "saved", ok(s.Account(t.Context(), a.ID))(t), mine)
	absent(t, "unknown", s.SaveAccount(t.Context(), &workflow.Account{ID: nowhere, Username: "x", Name: "x", Locale: "zh-CN", Version: 1, Created: Morning}))
	for _, role := range workflow.StaffRoles {
		mine.Roles = []workflow.Role{role}
		must(t, s.SaveAccount(t.Context(), &mine))
		same(t, string(role), ok(s.Account(t.Context(), a.ID))(t).Roles, mine.Roles)
	}
}

func usernames(t *testing.T, s workflow.Store, c College) {
	twice := workflow.Account{Username: "clerk", Name: "另一位", Locale: "zh-CN", Created: Morning}
	wantKind(t, workflow.Conflict, s.SaveAccount(t.Context(), &twice))
	c.Admin.Username = "clerk"
	wantKind(t, workflow.Conflict, s.SaveAccount(t.Context(), &c.Admin))
	once(t, together(4, func(int) error {
		return s.SaveAccount(t.Context(), &workflow.Account{Username: "new", Name: "新", Locale: "zh-CN", Created: Morning})
	}))
	var names []string
	for _, a := range ok(s.Accounts(t.Context()))(t) {
		names = append(names, a.Username)
	}
	if !slices.IsSorted(names) || len(names) != 12 {
		t.Errorf("accounts are %v, want twelve by user name", names)
	}
}

func accountsFor(t *testing.T, s workflow.Store, c College) {
	names := func(department int64, roles ...workflow.Role) []string {
		var out []string
		for _, a := range ok(s.AccountsFor(t.Context(), department, roles...))(t) {
			out = append(out, a.Username)
		}
		slices.Sort(out)
		return out
	}
	same(t, "heads", names(0, workflow.DeptHead), []string{"academic-head", "logistics-head"})
	same(t, "one department", names(c.Logistics.ID, workflow.DeptHead, workflow.DeptClerk), []string{"logistics-clerk", "logistics-head"})
	same(t, "one role", names(c.Logistics.ID, workflow.DeptHead), []string{"logistics-head"})
	c.LogisticsHead.Disabled = Morning
	must(t, s.SaveAccount(t.Context(), &c.LogisticsHead))
	same(t, "after one is disabled", names(0, workflow.DeptHead), []string{"academic-head"})
	same(t, "no role", names(0), nil)
}

func openCases(t *testing.T, s workflow.Store, c College) {
	for _, state := range workflow.States {
		if state == workflow.Merged {
			continue
		}
		NewCase(t, s, func(x *workflow.Case) { inState(x, state, 0); x.Department = c.Logistics.ID })
	}
	want := 0
	for _, state := range workflow.States {
		if !state.Ended() {
			want++
		}
	}
	same(t, "logistics", ok(s.OpenCasesOf(t.Context(), c.Logistics.ID))(t), want)
	same(t, "academic", ok(s.OpenCasesOf(t.Context(), c.Academic.ID))(t), 0)
}

func policyVersions(t *testing.T, s workflow.Store, c College) {
	old, later := c.Ordinary, Morning.AddDate(0, 1, 0)
	stricter := old
	stricter.NameZH, stricter.From = "一般事项（新）", later
	stricter.Promises = workflow.Promises{workflow.Overall: {Amount: 5, Unit: workflow.WorkingDays}, workflow.Rework: {Amount: 8, Unit: workflow.WorkingHours}}
	must(t, s.SavePolicy(t.Context(), &stricter, c.Admin.ID))
	if stricter.ID != old.ID || stricter.Version == old.Version {
		t.Errorf("the new version has id %d and version %d", stricter.ID, stricter.Version)
	}
	ended := old
	ended.To = later
	same(t, "the old version", ok(s.PolicyVersion(t.Context(), old.Version))(t), ended)
	same(t, "the new version", ok(s.PolicyVersion(t.Context(), stricter.Version))(t), stricter)
	same(t, "before the change", ok(s.PolicyAt(t.Context(), old.ID, later.Add(-time.Microsecond)))(t), ended)
	same(t, "from the change on", ok(s.PolicyAt(t.Context(), old.ID, later))(t), stricter)
	versions := ok(s.PolicyHistory(t.Context(), old.ID))(t)
	slices.SortFunc(versions, func(a, b workflow.Policy) int { return a.From.Compare(b.From) })
	same(t, "history", versions, []workflow.Policy{ended, stricter})
	now := ok(s.Policies(t.Context(), later))(t)
	slices.SortFunc(now, func(a, b workflow.Policy) int { return cmp.Compare(a.ID, b.ID) })
	same(t, "in force", now, []workflow.Policy{stricter, c.Urgent})
	twice := workflow.Policy{Code: old.Code, NameZH: "x", NameEN: "x", From: Morning}
	wantKind(t, workflow.Conflict, s.SavePolicy(t.Context(), &twice, c.Admin.ID))
}

func calendarSwitch(t *testing.T, s workflow.Store, c College) {
	same(t, "current", ok(s.CurrentCalendar(t.Context()))(t), c.Calendar)
	next := workflow.CalendarVersion{
		Name: "2027", Hours: [][2]string{{"08:00", "16:00"}}, KnownUntil: "2027-12-31",
		Days:      []workflow.CalendarDay{{Day: "2027-02-06", Off: true, Name: "春节"}, {Day: "2027-02-20", Name: "调休"}},
		Vacations: []workflow.Vacation{{First: "2027-01-20", Last: "2027-02-20", Name: "寒假", Policy: "stretch"}},
		Created:   Morning, CreatedBy: c.Admin.ID,
	}
	must(t, s.AddCalendar(t.Context(), &next))
	if !next.Current || next.ID == 0 {
		t.Errorf("added calendar: %+v", next)
	}
	same(t, "current", ok(s.CurrentCalendar(t.Context()))(t), next)
	old := c.Calendar
	old.Current = false
	same(t, "the old one", ok(s.Calendar(t.Context(), old.ID))(t), old)
	current := 0
	versions := ok(s.CalendarHistory(t.Context()))(t)
	for _, v := range versions {
		same(t, "days in the history", v.Days, nil)
		if v.Current {
			current++
		}
	}
	same(t, "versions", len(versions), 2)
	same(t, "current ones", current, 1)
}
