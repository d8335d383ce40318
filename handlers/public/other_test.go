package public_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestHome(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	page := s.Client(t).Get("/").Wants(200, "10 个工作日", "027-5550-0110", "mailbox@college.example").HTML()
	webtest.CheckPage(t, page)
	if len(page.All(".home-figures")) != 0 {
		t.Error("figures without letters behind them")
	}
	if len(page.All(".home-answers")) != 0 {
		t.Error("published answers where there are none")
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	page := c.Get("/figures").Wants(200).HTML()
	webtest.CheckPage(t, page)
	if n := len(page.All(".tabs a")); n != 4 {
		t.Errorf("%d terms, want 4", n)
	}
	c.Get("/figures?term=2026-11-01").Wants(404)
	c.Get("/figures?term=x").Wants(404)
}

// TestFiguresOfATerm counts a term with letters: what is few, or would give
// few away, is a mark.
func TestFiguresOfATerm(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.term(t)
	page := s.Client(t).Get("/figures").Wants(200, "收到", "按承办部门").HTML()
	webtest.CheckPage(t, page)
	if n := len(page.All(".table")); n != 3 {
		t.Fatalf("%d tables, want 3", n)
	}
	months := page.All(".table")[0].All("tbody tr")
	if len(months) != 6 {
		t.Errorf("%d months, want 6", len(months))
	}
	if got := page.All(".stat-value")[0].Text(); !strings.HasPrefix(got, "14 ") {
		t.Errorf("received %q, want 14", got)
	}
	if text := page.All(".table")[1].Text(); !strings.Contains(text, "*") {
		t.Errorf("two letters of a department are shown: %s", text)
	}
	wantHiddenBars(t, page)
	if !strings.Contains(page.Text(), "少于 5 件") {
		t.Error("nothing says what the mark means")
	}
}

// wantHiddenBars wants no bar of something hidden, but for months, where it has
// no length; and every bar to say what the table below says.
func wantHiddenBars(t *testing.T, page *webtest.Node) {
	t.Helper()
	charts := page.All("figure.bars")
	hidden := strings.Count(page.All(".table")[2].Text(), "*")
	for i, chart := range charts {
		column := [2]int{0, 1} // by month, received
		switch title := chart.All("figcaption")[0].Text(); {
		case strings.HasPrefix(title, "按类别"):
			column = [2]int{2, 1}
		case strings.HasPrefix(title, "按时答复"):
			column = [2]int{1, 4}
		}
		said := map[string]string{}
		for _, row := range page.All(".table")[column[0]].All("tbody tr") {
			said[row.All("td")[0].Text()] = row.All("td")[column[1]].Text()
		}
		for _, bar := range chart.All("tbody tr") {
			name, text, width := bar.All("th")[0].Text(), bar.All("td.number")[0].Text(), bar.All("rect")[0].Attr("width")
			if said[name] != text {
				t.Errorf("the bar of %s says %q, the table %q", name, text, said[name])
			}
			if text == "*" {
				if i > 0 || width != "0%" {
					t.Errorf("the hidden bar of %s is %s long", name, width)
				}
			}
		}
	}
	if hidden == 0 || len(charts) != 2 { // every category is hidden, and has no chart
		t.Errorf("%d charts, %d cells hidden", len(charts), hidden)
	}
}

// term is twelve letters to one department and two to another, in a term that
// is over, counted.
func (s *school) term(t *testing.T) {
	t.Helper()
	now := s.Now()
	s.Set(time.Date(2026, 4, 7, 9, 0, 0, 0, workflowtest.Zone))
	for range 12 {
		s.Answer(t, s.Send(t).CaseID, "已修好。")
		s.Pass(24 * time.Hour)
	}
	for range 2 {
		r := s.Send(t, func(l *workflow.Letter) { l.Category = s.Teaching.ID })
		s.Do(t, s.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: s.Academic.ID})
	}
	s.Set(now)
	if _, err := s.Store.Project(t.Context(), 100_000); err != nil {
		t.Fatal(err)
	}
}

// The first visit weighs less than 100 KB, whichever page it is.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	for _, path := range []string{"/", "/write", "/track", "/login", "/figures"} {
		a := c.Get(path).Wants(200)
		total := len(a.Body)
		for _, name := range []string{"app.css", "public.css", "app.js", "draft.js", "upload.js", "dialog.js", "form.js", "page.js", "write.js", "track.js"} {
			total += len(c.Get(templates.Asset(name)).Wants(200).Body)
		}
		if total > 100_000 {
			t.Errorf("%s weighs %d bytes", path, total)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	account := s.OfficeHead
	account.PasswordHash, _ = worldtest.Plain{}.Hash("correct horse")
	if err := s.Store.SaveAccount(t.Context(), &account); err != nil {
		t.Fatal(err)
	}
	s.Accounts.Put(staff(account))
	webtest.CheckPage(t, c.Get("/login").Wants(200).HTML())

	form := s.fresh(t, c, "/login?next=/office/cases")
	form.Set("username", "officehead")
	form.Set("password", "not the word")
	a := c.Post("/login", form).Wants(422, "officehead")
	webtest.CheckPage(t, a.HTML())
	if strings.Contains(a.Body, "not the word") {
		t.Error("the password comes back")
	}
	form.Set("password", "correct horse")
	c.Post("/login", form).LeadsTo("/office")

	webtest.CheckPage(t, c.Get("/account").Wants(200, "本机").HTML())
	c.Get("/login?next=//evil.example").LeadsTo("/office")
	c.Post("/logout", s.fresh(t, c, "/account")).LeadsTo("/login")
	c.Get("/account").LeadsTo("/login?next=%2Faccount")
}

func TestLoginLeadsOnward(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	for name, tt := range map[string]struct {
		account workflow.Account
		next    string
		to      string
	}{
		"where she wanted": {s.Clerk, "/office/cases", "/office/cases"},
		"nowhere else":     {s.Clerk, "https://evil.example/", "/office"},
		"a department":     {s.LogisticsClerk, "", "/desk"},
		"the discipline":   {s.Discipline, "", "/desk"},
		"the principal":    {s.Principal, "", "/office/board"},
		"an administrator": {s.Admin, "", "/admin"},
		"a reviewer":       {s.Reviewer, "", "/office/reviews"},
	} {
		account := tt.account
		account.PasswordHash, _ = worldtest.Plain{}.Hash("correct horse")
		if err := s.Store.SaveAccount(t.Context(), &account); err != nil && workflow.KindOf(err) != workflow.Conflict {
			t.Fatal(err)
		}
		c := s.Client(t)
		form := s.fresh(t, c, "/login")
		form.Set("username", account.Username)
		form.Set("password", "correct horse")
		form.Set("next", tt.next)
		if got := c.Post("/login", form).Header.Get("Location"); got != tt.to {
			t.Errorf("%s: led to %q, want %q", name, got, tt.to)
		}
	}
}

func TestAccount(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	account := s.LogisticsHead
	account.PasswordHash, _ = worldtest.Plain{}.Hash("correct horse")
	if err := s.Store.SaveAccount(t.Context(), &account); err != nil {
		t.Fatal(err)
	}
	here, there := s.SignedIn(t, staff(account)), s.SignedIn(t, staff(account))
	for _, tt := range [][4]string{
		{"wrong", "another horse", "another horse", "f-old"},
		{"correct horse", "another horse", "other horse", "f-password_again"},
		{"correct horse", "short", "short", "f-password"},
	} {
		form := s.fresh(t, here, "/account")
		form.Set("old", tt[0])
		form.Set("password", tt[1])
		form.Set("password_again", tt[2])
		page := here.Post("/account/password", form).Wants(422).HTML()
		webtest.CheckPage(t, page)
		if len(page.All(".problems [href=#"+tt[3]+"]")) != 1 {
			t.Errorf("%v: the summary does not lead to %s", tt, tt[3])
		}
	}
	here.Post("/account/sessions", s.fresh(t, here, "/account")).LeadsTo("/account")
	here.Get("/account").Wants(200, "其他设备已全部退出")
	there.Get("/account").LeadsTo("/login?next=%2Faccount")

	form := s.fresh(t, here, "/account")
	form.Set("old", "correct horse")
	form.Set("password", "a battery staple")
	form.Set("password_again", "a battery staple")
	here.Post("/account/password", form).LeadsTo("/account")
	here.Get("/account").Wants(200, "密码已修改")
}
