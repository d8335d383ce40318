package demo_test

import (
	"strings"
	"testing"

	"mailbox/cmd/mailbox/demo"
	"mailbox/workflow"
)

// TestAnswersAreSelected: a dozen answers are public and two wait under
// embargo, the reviewer and the office have something to do, and no name,
// number or address of any writer is in what is public.
func TestAnswersAreSelected(t *testing.T) {
	t.Parallel()
	store, now := ordinaryStore(t), at(t, ordinaryMorning)
	list, err := store.Public(t.Context(), workflow.PublicQuery{At: now, Limit: 100})
	if err != nil || len(list.Publications) < 12 {
		t.Errorf("%d answers are public: %v", len(list.Publications), err)
	}
	for state, want := range map[workflow.PublicationState]int{
		workflow.PublicationWithdrawn: 2, workflow.PublicationDraft: 1, workflow.PublicationInReview: 1, workflow.PublicationReviewed: 1,
	} {
		n, err := store.CountPublications(t.Context(), workflow.PublicationQuery{State: state})
		if err != nil || n != want {
			t.Errorf("%d are %s, want %d: %v", n, state, want, err)
		}
	}
	q := workflow.PublicationQuery{State: workflow.PublicationPublished, Embargo: now}
	if n, err := store.CountPublications(t.Context(), q); err != nil || n != 2 {
		t.Errorf("%d are under embargo: %v", n, err)
	}
	college, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.Publications {
		for _, l := range college.Letters {
			for _, secret := range []string{l.Name, l.Phone, l.Email} {
				if len([]rune(secret)) > 2 && strings.Contains(string(p.Content), secret) {
					t.Errorf("%s shows %q", p.Subject, secret)
				}
			}
		}
	}
}
