package founding_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/cmd/mailbox/founding"
	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/workflowtest"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func TestFound(t *testing.T) {
	t.Parallel()
	pg, err := postgres.Open(t.Context(), pgtest.Open(t), func() time.Time { return now })
	must(t, err)
	t.Cleanup(func() { _ = pg.Close() })
	for name, store := range map[string]workflow.Store{"memory": workflowtest.NewMemory(), "postgres": pg} {
		t.Run(name, func(t *testing.T) {
			if did, err := founding.Found(t.Context(), store, now); err != nil || !did {
				t.Fatal(did, err)
			}
			if did, err := founding.Found(t.Context(), store, now.Add(time.Hour)); err != nil || did {
				t.Errorf("founded twice: %v %v", did, err)
			}
			rules(t, store)
			holidays(t, store)
			texts(t, store)
		})
	}
}

// rules: every category has a policy in force, promises for every clock, and
// its own department or none.
func rules(t *testing.T, store workflow.Store) {
	t.Helper()
	departments, err := store.Departments(t.Context())
	must(t, err)
	if len(departments) != 1 || departments[0].Code != "office" || !departments[0].Active {
		t.Fatalf("departments %v, want the office", departments)
	}
	policies, err := store.Policies(t.Context(), now)
	must(t, err)
	promised := map[int64]bool{}
	for _, p := range policies {
		promised[p.ID] = len(p.Promises) == len(workflow.ClockKinds)+1
	}
	categories, err := store.Categories(t.Context(), now, false)
	must(t, err)
	if len(categories) != 19 || !slices.ContainsFunc(policies, func(p workflow.Policy) bool { return p.Code == workflow.UrgentPolicy }) {
		t.Errorf("%d categories, policies %v", len(categories), policies)
	}
	for _, c := range categories {
		if !promised[c.Policy] || !c.Active || c.Department != 0 && c.Department != departments[0].ID {
			t.Errorf("category %s: policy %d, department %d", c.Code, c.Policy, c.Department)
		}
		if c.Code == "other" && c.Department == 0 {
			t.Error("the office does not take what is left")
		}
	}
	accounts, err := store.Accounts(t.Context())
	if err != nil || len(accounts) > 0 {
		t.Errorf("%d accounts nobody asked for: %v", len(accounts), err)
	}
}

// holidays: the calendar knows a swapped Saturday and where its knowledge ends.
func holidays(t *testing.T, store workflow.Store) {
	t.Helper()
	v, err := store.CurrentCalendar(t.Context())
	must(t, err)
	work, err := calendar.Of(v, workflowtest.Zone)
	must(t, err)
	for day, want := range map[string]bool{"2026-02-14": true, "2026-10-01": false, "2026-11-23": true, "2026-11-22": false} {
		d, err := calendar.ParseDate(day)
		must(t, err)
		if work.IsWorkingDay(d) != want {
			t.Errorf("people work on %s: %v", day, !want)
		}
	}
	if v.KnownUntil != "2026-12-31" || !v.Current {
		t.Errorf("known until %s", v.KnownUntil)
	}
}

func texts(t *testing.T, store workflow.Store) {
	t.Helper()
	templates, err := store.AnswerTemplates(t.Context(), false)
	must(t, err)
	if len(templates) < 25 {
		t.Errorf("%d answer templates", len(templates))
	}
	settings, err := store.Settings(t.Context())
	must(t, err)
	if settings[founding.SettingName] == "" || !strings.Contains(settings[founding.SettingCrisis], "\n") || !strings.Contains(settings[founding.SettingEmergency], "120") {
		t.Errorf("settings %v", settings)
	}
}

// TestFound_leads: departments that are there lead their categories, and what
// the college has set stays.
func TestFound_leads(t *testing.T) {
	t.Parallel()
	store := workflowtest.NewMemory()
	logistics := workflow.Department{Code: "logistics", NameZH: "后勤", NameEN: "Logistics", Active: true}
	must(t, store.SaveDepartment(t.Context(), &logistics))
	must(t, store.SaveSetting(t.Context(), founding.SettingName, "云汀", 0, now))
	_, err := founding.Found(t.Context(), store, now)
	must(t, err)
	categories, err := store.Categories(t.Context(), now, false)
	must(t, err)
	for _, c := range categories {
		if c.Code == "canteen" && c.Department != logistics.ID {
			t.Error("nobody leads the canteens")
		}
	}
	settings, err := store.Settings(t.Context())
	if err != nil || settings[founding.SettingName] != "云汀" {
		t.Errorf("the college is called %q: %v", settings[founding.SettingName], err)
	}
}

// TestFound_race: of several programs that start on an empty database one
// founds, and the others go on.
func TestFound_race(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Open(t)
	var founded [4]bool
	var errs [4]error
	var wg sync.WaitGroup
	for i := range founded {
		store, err := postgres.Open(t.Context(), dsn, func() time.Time { return now })
		must(t, err)
		t.Cleanup(func() { _ = store.Close() })
		wg.Go(func() { founded[i], errs[i] = founding.Found(t.Context(), store, now) })
	}
	wg.Wait()
	n := 0
	for i := range founded {
		must(t, errs[i])
		if founded[i] {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d programs founded the college", n)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
