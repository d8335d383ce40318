package access_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
)

// office is a quad with a roster.
type office struct {
	quad
	roster *access.Roster
}

// lines reads a table of commas.
func lines(_ string, content []byte, take func(row int, cells []string) error) error {
	for i, line := range strings.Split(string(content), "\n") {
		if err := take(i+1, strings.Split(line, ",")); err != nil {
			return err
		}
	}
	return nil
}

const rosterFile = `某某学院 2026 名册
学号/工号,姓名,身份,院系,离校日期
2026０001,欧阳·小 明,学生,计算机学院,
20260002,Li Ming,,,2026-06-30

20010017,林主任,教职工,校办,2027年1月1日
20010018,王处长,教师,后勤处,2026/11/23`

func newOffice(t *testing.T) office {
	t.Helper()
	q := newQuad(t)
	o := office{q, access.NewRoster(q.door, q.ways, lines, []byte("a key of thirty-two bytes and some more"), workflowtest.Zone)}
	s, err := q.ways.Show(t.Context(), q.Admin.Actor(), workflow.Local)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.ways.Save(t.Context(), q.Admin.Actor(), workflow.Local, access.WayChange{Enabled: true, Config: map[string]string{"roster": "yes"}, Version: s.Version}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o office) bring(t *testing.T, file string, sure bool) (workflow.RosterCounts, int, error) {
	t.Helper()
	return o.roster.Import(t.Context(), o.Admin.Actor(), "名册.csv", []byte(file), sure)
}

func TestRoster_saysWhoMaySign(t *testing.T) {
	o := newOffice(t)
	n, gone, err := o.bring(t, rosterFile, false)
	if err != nil || n != (workflow.RosterCounts{Students: 1, Staff: 1, Left: 2}) || gone != 0 {
		t.Fatalf("%+v %d %v", n, gone, err)
	}
	may := func(name, number string) error { return o.roster.MaySign(t.Context(), name, number) }
	for _, who := range [][2]string{{"欧阳小明", "20260001"}, {"欧阳·小明", " 2026 0001 "}, {"林主任", "２００１００１７"}} {
		if err := may(who[0], who[1]); err != nil {
			t.Errorf("%v: %v", who, err)
		}
	}
	one := may("欧阳小红", "20260001")
	for name, err := range map[string]error{
		"another's name": one, "an unknown number": may("欧阳小明", "99999999"), "who has left": may("li ming", "20260002"), "whose last day is today": may("王处长", "20010018"),
	} {
		if workflow.KindOf(err) != workflow.Invalid || err.Error() != one.Error() {
			t.Errorf("%s: %v, want %v", name, err, one)
		}
	}
	if err := may("欧阳小明", ""); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("without a number: %v", err)
	}
	for range 12 {
		err = may("欧阳小红", "20260001")
	}
	if workflow.KindOf(err) != workflow.Limited {
		t.Errorf("names are guessed: %v", err)
	}
}

func TestRoster_cannotBeRead(t *testing.T) {
	o := newOffice(t)
	if _, _, err := o.bring(t, "工号,姓名\n20010017,林主任\n", false); err != nil {
		t.Fatal(err)
	}
	other := access.NewRoster(o.door, o.ways, lines, []byte("another key of thirty-two bytes or more"), workflowtest.Zone)
	if err := other.MaySign(t.Context(), "林主任", "20010017"); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("another key reads it: %v", err)
	}
	if _, err := o.roster.Counts(t.Context(), o.OfficeHead.Actor()); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("counted for the office: %v", err)
	}
	if _, _, err := o.roster.Import(t.Context(), o.OfficeHead.Actor(), "x.csv", []byte("工号,姓名\n1,a"), true); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("imported by the office: %v", err)
	}
}

func TestRoster_isReplacedWholeOrNotAtAll(t *testing.T) {
	o := newOffice(t)
	if _, _, err := o.bring(t, rosterFile, false); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ file, key string }{
		"no columns":   {"a,b\n1,2", "roster.headless"},
		"nobody":       {"工号,姓名\n", "roster.empty"},
		"no number":    {"工号,姓名\n1,甲\n,乙", "roster.row.number"},
		"no name":      {"工号,姓名\n1,", "roster.row.name"},
		"twice":        {"工号,姓名\n1,甲\n１,乙", "roster.row.twice"},
		"a status":     {"工号,姓名,身份\n1,甲,校友会", "roster.row.status"},
		"a day":        {"工号,姓名,离校日期\n1,甲,去年", "roster.row.left"},
		"far too few":  {"工号,姓名\n1,甲", "roster.shrinks"},
		"many mistake": {"工号,姓名\n" + strings.Repeat(",甲\n", 50), "roster.row.number"},
	} {
		_, _, err := o.bring(t, tt.file, false)
		if workflow.KindOf(err) != workflow.Invalid || !strings.Contains(err.Error(), tt.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.roster.MaySign(t.Context(), "欧阳小明", "20260001"); err != nil {
		t.Errorf("the roster before is gone: %v", err)
	}
	if n, _, err := o.bring(t, "工号,姓名\n1,甲", true); err != nil || n.Students != 1 {
		t.Errorf("when sure: %+v %v", n, err)
	}
}

func TestRoster_seesStaffOut(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.named(t, o.Clerk, "20010017")
	o.named(t, o.LogisticsHead, "20010018")
	token, err := o.sessions.Open(ctx, workflow.Session{AccountID: o.LogisticsHead.ID, Since: o.Now()}, time.Hour, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, gone, err := o.bring(t, rosterFile, false); gone != 1 || err != nil {
		t.Errorf("%d have left, %v", gone, err)
	}
	if _, err := o.sessions.Find(ctx, token, o.Now()); err == nil {
		t.Error("the leaver's session lives on")
	}
	o.Set(time.Date(2027, 1, 1, 1, 0, 0, 0, workflowtest.Zone))
	if n, err := o.roster.SeeOut(ctx); n != 1 || err != nil {
		t.Errorf("on the last day: %d %v", n, err)
	}
	if a, err := o.Store.Account(ctx, o.Clerk.ID); err != nil || a.Disabled.IsZero() {
		t.Errorf("the clerk: %v", err)
	}
}
