package access_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// quad is a college whose campus has a CAS server.
type quad struct {
	*worldtest.World
	ways     *access.Ways
	campus   *access.Campus
	sessions *workflowtest.Sessions
	door     *access.Door
}

func newQuad(t *testing.T, config ...string) quad {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	q := quad{World: w, ways: access.NewWays(w.Desk, w.Vault), sessions: workflowtest.NewSessions()}
	q.door = access.NewDoor(w.Store, q.sessions, w.Limiter, worldtest.Plain{}, w.Desk.Keeper.Chain, w.Now)
	q.campus = access.NewCampus(q.door, q.ways)
	q.set(t, config...)
	return q
}

func (q quad) set(t *testing.T, config ...string) {
	t.Helper()
	s, err := q.ways.Show(t.Context(), q.Admin.Actor(), workflow.CAS)
	if err != nil {
		t.Fatal(err)
	}
	c := map[string]string{"url": "https://cas.example.edu.cn/cas"}
	for i := 0; i+1 < len(config); i += 2 {
		c[config[i]] = config[i+1]
	}
	if err := q.ways.Save(t.Context(), q.Admin.Actor(), workflow.CAS, access.WayChange{Enabled: true, Config: c, Version: s.Version}); err != nil {
		t.Fatal(err)
	}
}

func (q quad) admit(t *testing.T, user string, said ...string) (workflow.Account, error) {
	t.Helper()
	p := access.Proven{Way: workflow.CAS, User: user, Attributes: map[string][]string{}}
	for i := 0; i+1 < len(said); i += 2 {
		p.Attributes[said[i]] = append(p.Attributes[said[i]], said[i+1])
	}
	return q.campus.Admit(t.Context(), p)
}

func (q quad) named(t *testing.T, a workflow.Account, name string) {
	t.Helper()
	if err := q.campus.Name(t.Context(), q.Admin.Actor(), a.ID, name); err != nil {
		t.Fatal(err)
	}
}

// refused wants nobody let in, for a reason.
func refused(t *testing.T, err error, key string) {
	t.Helper()
	if workflow.KindOf(err) != workflow.Unauthenticated || !strings.Contains(err.Error(), key) {
		t.Errorf("%v, want %s", err, key)
	}
}

func TestCampus_admitsWhomItWasTold(t *testing.T) {
	q := newQuad(t)
	_, err := q.admit(t, "20010017")
	refused(t, err, "way.unknown")
	_, err = q.admit(t, q.Clerk.Username)
	refused(t, err, "way.unknown") // a user name here is no name there
	q.named(t, q.Clerk, "20010017")
	a, err := q.admit(t, " 20010017 ", "name", "林主任", "mail", "lin@college.example")
	if err != nil || a.ID != q.Clerk.ID || a.Name != "林主任" || a.Email != "lin@college.example" || !slices.Equal(a.Roles, q.Clerk.Roles) {
		t.Fatalf("%+v %v", a, err)
	}
	n, err := q.campus.NameOf(t.Context(), q.Admin.Actor(), q.Clerk.ID)
	if err != nil || n.Way != workflow.CAS || n.Seen.IsZero() {
		t.Errorf("%+v %v", n, err)
	}
	for _, user := range []string{"", "\x00", strings.Repeat("9", 101)} {
		_, err := q.admit(t, user)
		refused(t, err, "way.nameless")
	}
	if a, err = q.admit(t, "20010017", "mail", "a@b, c@d", "name", "\n"); err != nil || a.Email != "lin@college.example" || a.Name != "林主任" {
		t.Errorf("rubbish was taken: %+v %v", a, err)
	}
}

func TestCampus_namesAreOneAccounts(t *testing.T) {
	q := newQuad(t)
	q.named(t, q.Clerk, "20010017")
	err := q.campus.Name(t.Context(), q.Admin.Actor(), q.OfficeHead.ID, "20010017")
	if workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("taken: %v", err)
	}
	for _, by := range []workflow.Account{q.OfficeHead, q.Clerk} {
		if err := q.campus.Name(t.Context(), by.Actor(), q.OfficeHead.ID, "1"); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("by %s: %v", by.Username, err)
		}
	}
	q.named(t, q.Clerk, "")
	_, err = q.admit(t, "20010017")
	refused(t, err, "way.unknown")
}

// TestCampus_givesRoles by its lines and takes them back; a leaver keeps neither
// session nor token. Administrators are made here alone.
func TestCampus_givesRoles(t *testing.T) {
	q := newQuad(t, "department", "dept", "roles", "group=校办 -> clerk\n group = 校办主任 → office_head\ngroup=后勤->dept_head")
	ctx := t.Context()
	q.named(t, q.Clerk, "1")
	q.named(t, q.Admin, "2")
	q.named(t, q.LogisticsHead, "3")
	a, err := q.admit(t, "1", "group", "校办", "group", "校办主任", "group", "后勤", "dept", "LOGISTICS")
	if err != nil || !slices.Equal(a.Roles, []workflow.Role{workflow.Clerk, workflow.OfficeHead, workflow.DeptHead}) && len(a.Roles) != 3 || a.Department != q.Logistics.ID {
		t.Fatalf("%+v %v", a, err)
	}
	if a, err = q.admit(t, "2", "group", "校办"); err != nil || !a.Actor().Is(workflow.Admin) || !a.Actor().Is(workflow.Clerk) {
		t.Errorf("an administrator: %+v %v", a.Roles, err)
	}
	if a, err = q.admit(t, "2"); err != nil || !slices.Equal(a.Roles, []workflow.Role{workflow.Admin}) {
		t.Errorf("an administrator without a group: %+v %v", a.Roles, err)
	}

	token, err := q.sessions.Open(ctx, workflow.Session{AccountID: q.Clerk.ID, Since: q.Now()}, time.Hour, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tokens := access.NewTokens(q.Desk, []byte("a key of thirty-two bytes and some more"))
	program, _, err := tokens.Create(ctx, workflow.Actor{ID: q.Clerk.ID, Roles: []workflow.Role{workflow.Clerk}}, access.TokenWish{Name: "x", Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	_, err = q.admit(t, "1", "group", "学生")
	refused(t, err, "way.unmapped")
	if _, err := q.sessions.Find(ctx, token, q.Now()); err == nil {
		t.Error("the session lives on")
	}
	if _, _, err := tokens.Admit(ctx, program); err == nil {
		t.Error("the token lives on")
	}
	if _, err := q.admit(t, "1", "group", "校办"); err != nil {
		t.Errorf("come back: %v", err)
	}
	if _, _, err := tokens.Admit(ctx, program); err == nil {
		t.Error("the token has come back")
	}
}

func TestCampus_refusesRulesItCannotRead(t *testing.T) {
	q := newQuad(t)
	for _, roles := range []string{"group=a -> admin", "group=a", "group -> clerk", "=a -> clerk", "group= -> clerk", "group=a -> nobody", "group=a => clerk"} {
		s, _ := q.ways.Show(t.Context(), q.Admin.Actor(), workflow.CAS)
		err := q.ways.Save(t.Context(), q.Admin.Actor(), workflow.CAS, access.WayChange{Config: map[string]string{"roles": roles}, Version: s.Version})
		if workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%q: %v", roles, err)
		}
	}
}

func TestCampus_makesAccountsWhenItIsTold(t *testing.T) {
	q := newQuad(t, "create", "yes")
	a, err := q.admit(t, "20010099", "name", "新同事", "mail", "x@college.example")
	if err != nil || a.ID == 0 || a.Username != "20010099" || len(a.Roles) != 0 || a.PasswordHash != "" {
		t.Fatalf("%+v %v", a, err)
	}
	if again, err := q.admit(t, "20010099", "name", "新同事"); err != nil || again.ID != a.ID {
		t.Errorf("%+v %v", again, err)
	}
	_, err = q.admit(t, q.Admin.Username, "name", "冒名者")
	refused(t, err, "way.unknown")
	_, err = q.admit(t, "no user name", "name", "某人")
	refused(t, err, "way.unknown")
}

func TestWays_secretsAreWrittenAndNeverRead(t *testing.T) {
	q := newQuad(t)
	ctx := t.Context()
	save := func(version int64, config, secrets map[string]string) error {
		return q.ways.Save(ctx, q.Admin.Actor(), workflow.OIDC, access.WayChange{Enabled: true, Config: config, Secrets: secrets, Version: version})
	}
	config := map[string]string{"issuer": "https://id.example.edu.cn", "client_id": "mailbox"}
	if err := save(0, config, map[string]string{"client_secret": "hush"}); err != nil {
		t.Fatal(err)
	}
	if err := save(1, config, nil); err != nil {
		t.Fatal(err)
	}
	shown, err := q.ways.Show(ctx, q.Admin.Actor(), workflow.OIDC)
	if err != nil || shown.Sealed != nil || !shown.Set["client_secret"] {
		t.Errorf("%+v %v", shown, err)
	}
	w, err := q.ways.Way(ctx, workflow.OIDC)
	if err != nil || w.Secrets["client_secret"] != "hush" || strings.Contains(string(w.Sealed), "hush") {
		t.Errorf("%v", err)
	}
	if _, err := q.ways.Show(ctx, q.OfficeHead.Actor(), workflow.OIDC); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("shown to the office: %v", err)
	}
	for _, address := range []string{"http://id.example.edu.cn", "ftp://x", "https://", "https://a?b", "javascript:alert(1)", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://127.0.0.1@evil.example"} {
		if err := save(2, map[string]string{"issuer": address, "client_id": "x"}, nil); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := save(2, map[string]string{"issuer": "http://127.0.0.1:8080/x", "client_id": "x"}, nil); err != nil {
		t.Errorf("this machine: %v", err)
	}
}

// TestSweep disables who has left, and nobody when the campus says that most
// have, or cannot be asked.
func TestSweep(t *testing.T) {
	q := newQuad(t)
	ctx := t.Context()
	left := map[string]error{}
	find := func(_ context.Context, name string) (access.Proven, error) {
		return access.Proven{Way: workflow.CAS, User: name}, left[name]
	}
	people := []workflow.Account{q.Clerk, q.OfficeHead, q.LogisticsClerk, q.LogisticsHead, q.Reviewer}
	for i, a := range people {
		name := string(rune('1' + i))
		q.named(t, a, name)
		if _, err := q.admit(t, name); err != nil {
			t.Fatal(err)
		}
	}
	sweep := func(want int, fails bool) {
		t.Helper()
		if n, err := q.campus.Sweep(ctx, workflow.CAS, find); n != want || (err != nil) != fails {
			t.Errorf("%d have left, %v; want %d", n, err, want)
		}
	}
	disabled := func(a workflow.Account) bool {
		t.Helper()
		a, err := q.Store.Account(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return !a.Disabled.IsZero()
	}
	sweep(0, false)
	for _, name := range []string{"1", "2", "3", "4"} {
		left[name] = workflow.Absent()
	}
	sweep(0, true)
	left = map[string]error{"1": workflow.Absent(), "5": workflow.Fail(workflow.Unavailable, "way.away")}
	sweep(0, true)
	if disabled(q.Clerk) {
		t.Error("disabled although the campus could not be asked")
	}
	delete(left, "5")
	sweep(1, false)
	if !disabled(q.Clerk) || disabled(q.OfficeHead) {
		t.Error("not the one who has left")
	}
	sweep(0, false)
}
