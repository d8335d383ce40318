package casework_test

import (
	"testing"

	"mailbox/workflow"
)

func TestAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	subject := func(s string) func(*workflow.Letter) { return func(l *workflow.Letter) { l.Subject = s } }
	anonymous := func(l *workflow.Letter) { l.Mode, l.Identity = workflow.Anonymous, workflow.Identity{} }
	twin := w.Send(t, subject("三号宿舍楼晚上没有热水"), anonymous)
	other := w.Send(t, subject("图书馆周末能否延长开放"), anonymous)
	sealed := w.Send(t, subject("三号宿舍楼热水收费违纪"), anonymous, func(l *workflow.Letter) {
		l.Kind, l.Category = workflow.Report, w.Misconduct.ID
	})
	c := w.Send(t, subject("三号宿舍楼热水时断时续"), anonymous)
	this, err := w.Store.Case(t.Context(), c.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	alike, err := w.Cases.Alike(t.Context(), w.Clerk.Actor(), this)
	if err != nil {
		t.Fatal(err)
	}
	if len(alike) != 1 || alike[0].ID != twin.CaseID {
		t.Errorf("alike = %v, want the letter about hot water alone (not %d, not %d)", alike, other.CaseID, sealed.CaseID)
	}
}

func TestAlike_sameWriter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	c, err := w.Store.Case(t.Context(), r.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	further := w.Send(t, func(l *workflow.Letter) { l.Subject = "教学楼电梯故障" })
	w.Send(t, func(l *workflow.Letter) { l.Subject, l.Identity.Email = "食堂菜价", "wang@students.example" })
	alike, err := w.Cases.Alike(t.Context(), w.OfficeHead.Actor(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(alike) != 1 || !alike[0].SameWriter || alike[0].ID != further.CaseID {
		t.Errorf("alike = %+v, want the writer's other letter", alike)
	}
}

func TestAlike_isForTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	c, err := w.Store.Case(t.Context(), r.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []workflow.Account{w.LogisticsClerk, w.Leader, w.Admin, w.Discipline} {
		if _, err := w.Cases.Alike(t.Context(), a.Actor(), c); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s is told: %v", a.Username, err)
		}
	}
}
