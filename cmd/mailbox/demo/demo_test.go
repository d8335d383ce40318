package demo_test

import (
	"slices"
	"strings"
	"testing"

	"mailbox/cmd/mailbox/demo"
	"mailbox/workflow"
)

func load(tb testing.TB) demo.College {
	tb.Helper()
	c, err := demo.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestCollege(t *testing.T) {
	t.Parallel()
	c := load(t)
	if n := len(c.Departments); n < 30 {
		t.Errorf("only %d departments", n)
	}
	if n := len(c.Categories); n != 19 {
		t.Errorf("%d categories", n)
	}
	for _, texts := range [][]string{
		{c.About.Zh, c.About.En, c.About.MailboxZh, c.About.MailboxEn, c.About.NoticeZh, c.About.NoticeEn},
		{c.Crisis.HotlineZh, c.Crisis.HotlineEn},
		c.Crisis.Zh, c.Crisis.En,
	} {
		if len(texts) == 0 || slices.Contains(texts, "") {
			t.Errorf("something is not said: %q", texts)
		}
	}
	for _, g := range c.Categories {
		if slices.Contains([]string{g.Zh, g.En, g.HintZh, g.HintEn, g.Lead, g.Policy}, "") || len(g.Kinds) == 0 {
			t.Errorf("category %s is incomplete", g.Code)
		}
		for _, k := range g.Kinds {
			word(t, g.Code, workflow.CaseKinds, workflow.CaseKind(k))
		}
		if g.Sealed && g.Lead != "discipline" {
			t.Errorf("sealed category %s goes to %s", g.Code, g.Lead)
		}
	}
}

// TestAccounts: the user names the contract promises.
func TestAccounts(t *testing.T) {
	t.Parallel()
	c := load(t)
	people, names := map[string]demo.Person{}, map[string]bool{}
	for _, p := range c.People {
		if names[p.Name] || p.Name == "" || p.TitleZh == "" || p.TitleEn == "" {
			t.Errorf("account %s: name %q is missing or taken, or has no title", p.Username, p.Name)
		}
		people[p.Username], names[p.Name] = p, true
		for _, r := range p.Roles {
			word(t, p.Username, workflow.StaffRoles, workflow.Role(r))
		}
	}
	want := map[string]workflow.Role{
		"clerk": workflow.Clerk, "officehead": workflow.OfficeHead, "leader": workflow.Leader, "principal": workflow.Principal,
		"reviewer": workflow.Reviewer, "discipline": workflow.Discipline, "admin": workflow.Admin,
	}
	for _, d := range c.Departments {
		want[d.Code+"-clerk"], want[d.Code+"-head"] = workflow.DeptClerk, workflow.DeptHead
		if people[d.Code+"-head"].Department != d.Code || people[d.Code+"-clerk"].Department != d.Code {
			t.Errorf("the people of %s are elsewhere", d.Code)
		}
	}
	for name, role := range want {
		if got := people[name].Roles; !slices.Equal(got, []string{string(role)}) {
			t.Errorf("%s is %v, want %s", name, got, role)
		}
	}
	if len(people) != len(want) {
		t.Errorf("%d accounts, want %d", len(people), len(want))
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	c := load(t)
	var got []string
	for _, p := range c.Policies {
		got = append(got, p.Code)
		clocks := map[workflow.ClockKind]bool{}
		for _, pr := range p.Promises {
			clocks[workflow.ClockKind(pr.Clock)] = true
			if pr.Amount <= 0 || pr.Unit == "" || pr.Warn != nil && (pr.Warn.Amount <= 0 || pr.Warn.Unit == "") {
				t.Errorf("policy %s: promise %s is incomplete", p.Code, pr.Clock)
			}
		}
		for _, k := range append([]workflow.ClockKind{workflow.Rework}, workflow.ClockKinds...) {
			if !clocks[k] {
				t.Errorf("policy %s promises nothing for %s", p.Code, k)
			}
		}
	}
	if want := []string{"consult", "general", "complex", workflow.UrgentPolicy, "disclosure"}; !slices.Equal(got, want) {
		t.Errorf("policies %v, want %v", got, want)
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	c := load(t)
	if len(c.Templates) < 25 {
		t.Errorf("only %d templates", len(c.Templates))
	}
	known := strings.NewReplacer("{来信人}", "", "{编号}", "", "{部门}", "", "{日期}", "")
	for _, x := range c.Templates {
		if slices.Contains([]string{x.TitleZh, x.BodyZh, x.TitleEn, x.BodyEn}, "") {
			t.Errorf("template %s lacks words", x.Code)
		}
		if !slices.Contains([]string{"answer", "ask", "decline", "note"}, x.Purpose) {
			t.Errorf("template %s is for %q", x.Code, x.Purpose)
		}
		for _, body := range []string{x.BodyZh, x.BodyEn} {
			if rest := known.Replace(body); strings.ContainsAny(rest, "{}") {
				t.Errorf("template %s has a variable nobody fills in: %s", x.Code, rest)
			}
			if strings.ContainsAny(body, "！!") {
				t.Errorf("template %s shouts", x.Code)
			}
		}
	}
}

func word[T ~string](tb testing.TB, who string, all []T, w T) {
	tb.Helper()
	if !slices.Contains(all, w) {
		tb.Errorf("%s: unknown word %q", who, w)
	}
}
