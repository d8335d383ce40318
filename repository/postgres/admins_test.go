package postgres_test

import (
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// TestTwoLastAdministrators: two administrators take the role from each other,
// or disable each other, in the same moment. One of them must stay.
func TestTwoLastAdministrators(t *testing.T) {
	t.Parallel()
	for name, fall := range map[string]func(*workflow.Account){
		"demoted":  func(a *workflow.Account) { a.Roles = []workflow.Role{workflow.Clerk} },
		"disabled": func(a *workflow.Account) { a.Disabled = workflowtest.Morning },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			w := worldtest.New(t, s)
			for round := range 10 {
				var rivals [2]workflow.Account
				for i, id := range []int64{w.Admin.ID, w.Clerk.ID} {
					rivals[i] = restored(t, s, id, workflow.Admin)
				}
				errs := together(2, func(i int) error {
					other := rivals[1-i]
					fall(&other)
					_, err := w.Door.SaveAccount(t.Context(), rivals[i].Actor(), other, "")
					return err
				})
				admins, err := s.AccountsFor(t.Context(), 0, workflow.Admin)
				if err != nil || len(admins) != 1 || (errs[0] == nil) == (errs[1] == nil) {
					t.Fatalf("round %d: %d administrators are left; %v, %v, %v", round, len(admins), errs[0], errs[1], err)
				}
			}
		})
	}
}

// TestDisabledStaysDisabled: somebody changes their password in the moment in
// which they are disabled. Whatever was said to be done is done.
func TestDisabledStaysDisabled(t *testing.T) {
	t.Parallel()
	s := open(t)
	w := worldtest.New(t, s)
	for round := range 10 {
		able := restored(t, s, w.Clerk.ID, workflow.Clerk)
		errs := together(2, func(i int) (err error) {
			if i == 0 {
				return w.Door.ChangePassword(t.Context(), able.Actor(), "the-old-long-words", "the-new-long-words")
			}
			gone := able
			gone.Disabled = workflowtest.Morning
			_, err = w.Door.SaveAccount(t.Context(), w.Admin.Actor(), gone, "")
			return err
		})
		now, err := s.Account(t.Context(), able.ID)
		wanted := errs[1] != nil || !now.Disabled.IsZero()
		changed := errs[0] != nil || now.PasswordHash == "plain:the-new-long-words"
		if err != nil || !wanted || !changed || errs[0] != nil && errs[1] != nil {
			t.Fatalf("round %d: disabled %v, password %q; %v, %v", round, now.Disabled, now.PasswordHash, errs, err)
		}
	}
}

// restored gives an account its role and its password back.
func restored(t *testing.T, s workflow.Store, id int64, role workflow.Role) workflow.Account {
	t.Helper()
	a, err := s.Account(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	a.Roles, a.Disabled, a.PasswordHash = []workflow.Role{role}, time.Time{}, "plain:the-old-long-words"
	if err := s.SaveAccount(t.Context(), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// together runs do n times at once and returns what each said.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}
