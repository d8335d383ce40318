package access_test

import (
	"errors"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// saved stores an account as the administrator wishes, and says which field was
// wrong.
func saved(t *testing.T, w *worldtest.World, a workflow.Account) (now workflow.Account, wrong string) {
	t.Helper()
	now, err := w.Door.SaveAccount(t.Context(), w.Admin.Actor(), a, "")
	if e, ok := errors.AsType[*workflow.Error](err); ok {
		return a, e.Field
	}
	if err != nil {
		t.Fatal(err)
	}
	return now, ""
}

func TestWeComNames(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	a := w.Clerk
	a.WeCom = " Zhang.San "
	a, wrong := saved(t, w, a)
	if wrong != "" || a.WeCom != "zhang.san" {
		t.Fatalf("kept as %q, wrong %q", a.WeCom, wrong)
	}
	other := w.LogisticsClerk
	for _, name := range []string{"ZHANG.SAN", "张三", "a b", "x|y", "@all|", string(make([]byte, 65))} {
		other.WeCom = name
		if _, wrong := saved(t, w, other); wrong != "wecom" {
			t.Errorf("%q: wrong is %q", name, wrong)
		}
	}
}

// TestRecognise: whoever WeCom names is the account that carries the name, in
// whatever capitals, and nobody else; one that is disabled is nobody.
func TestRecognise(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	a := w.Clerk
	a.WeCom = "zhang.san"
	a, _ = saved(t, w, a)
	known := func(person string) int64 {
		got, err := w.Door.Recognise(t.Context(), workflow.WeCom, person)
		if err != nil && workflow.KindOf(err) != workflow.Unauthenticated {
			t.Fatal(err)
		}
		return got.ID
	}
	for person, want := range map[string]int64{"Zhang.San": a.ID, "zhang.san": a.ID, "": 0, "li.si": 0, "clerk": 0} {
		if got := known(person); got != want {
			t.Errorf("%q is account %d, want %d", person, got, want)
		}
	}
	if _, err := w.Door.Recognise(t.Context(), workflow.WeChat, "zhang.san"); workflow.KindOf(err) != workflow.Unauthenticated {
		t.Errorf("another house vouches: %v", err)
	}
	a.Disabled = w.Now()
	saved(t, w, a)
	if known("zhang.san") != 0 {
		t.Error("a disabled account was let in")
	}
}

// TestWeComNameEndsSessions: who came in by a name that is taken away is out.
func TestWeComNameEndsSessions(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	sessions := workflowtest.NewSessions()
	w.Door = access.NewDoor(w.Store, sessions, w.Limiter, worldtest.Plain{}, w.Desk.Keeper.Chain, w.Now)
	a := w.Clerk
	a.WeCom = "zhang.san"
	a, _ = saved(t, w, a)
	if _, err := sessions.Open(t.Context(), workflow.Session{AccountID: a.ID, Since: w.Now(), Seen: w.Now()}, 0, 0); err != nil {
		t.Fatal(err)
	}
	a.Name = "改名"
	a, _ = saved(t, w, a)
	if n := open(t, sessions, a.ID); n != 1 {
		t.Errorf("%d sessions after a change of the name", n)
	}
	a.WeCom = "somebody.else"
	saved(t, w, a)
	if n := open(t, sessions, a.ID); n != 0 {
		t.Errorf("%d sessions after a change of the WeCom id", n)
	}
}

func open(t *testing.T, s workflow.Sessions, account int64) int {
	t.Helper()
	all, err := s.List(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
