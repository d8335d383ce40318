package audit_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// tampered is a store in which somebody who can write everywhere changed what
// was published.
type tampered struct {
	workflow.Store
	answer func(*workflow.Publication)
	day    func(*workflow.ProofDay)
	drop   string // an action of the journal that is gone
}

func (s tampered) EverPublic(ctx context.Context, after int64, limit int) ([]workflow.Publication, error) {
	rows, err := s.Store.EverPublic(ctx, after, limit)
	for i := range rows {
		if s.answer != nil {
			s.answer(&rows[i])
		}
	}
	return rows, err
}

func (s tampered) ProofDays(ctx context.Context, before string, limit int) ([]workflow.ProofDay, error) {
	days, err := s.Store.ProofDays(ctx, before, limit)
	for i := range days {
		if s.day != nil {
			s.day(&days[i])
		}
	}
	return days, err
}

func (s tampered) JournalFrom(ctx context.Context, after int64, limit int) ([]workflow.JournalEntry, error) {
	entries, err := s.Store.JournalFrom(ctx, after, limit)
	for i := range entries {
		if entries[i].Action == s.drop {
			entries[i].Detail = nil
		}
	}
	return entries, err
}

// published is a world in which one answer became public yesterday.
func published(t *testing.T) *worldtest.World {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	r := w.Send(t, func(l *workflow.Letter) { l.Publish = true })
	w.Answer(t, r.CaseID, "已修好。")
	answers := publication.NewAnswers(w.Desk, w.Vault, w.Blobs, func(r io.Reader, _ string) io.Reader { return r })
	reviews := publication.NewReviews(w.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: answers})
	p, err := answers.Begin(t.Context(), w.Clerk.Actor(), r.Number)
	if err == nil {
		p, err = answers.HandIn(t.Context(), w.Clerk.Actor(), p.ID, p.Version, "")
	}
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "规定"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	if err == nil {
		_, err = reviews.Decide(t.Context(), w.Reviewer.Actor(), 1, d)
	}
	if err == nil {
		_, err = answers.Publish(t.Context(), w.OfficeHead.Actor(), p.ID, p.Version+1, time.Time{})
	}
	w.Pass(24 * time.Hour)
	if err == nil {
		_, err = answers.SealDays(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestOneByteIsFound: whatever is changed about a published answer, even with
// its hash made anew, is found.
func TestOneByteIsFound(t *testing.T) {
	w := published(t)
	change := func(p *workflow.Publication) { p.Content = bytes.Replace(p.Content, []byte("修"), []byte("拆"), 1) }
	for what, k := range map[string]struct {
		store tampered
		want  string
	}{
		"nothing":                {tampered{}, ""},
		"a byte":                 {tampered{answer: change}, "changed"},
		"a byte and its hash":    {tampered{answer: func(p *workflow.Publication) { change(p); p.ContentHash = workflow.HashOf(p.Content) }}, "not_noted not_reviewed unproved"},
		"what lists show":        {tampered{answer: func(p *workflow.Publication) { p.Subject = "别的" }}, "changed"},
		"a root":                 {tampered{day: func(d *workflow.ProofDay) { d.Root[0]++ }}, "changed"},
		"a leaf and the root":    {tampered{day: func(d *workflow.ProofDay) { d.Leaves[0][0]++; d.Root = d.RootOf() }}, "not_noted unproved"},
		"the chain of roots":     {tampered{day: func(d *workflow.ProofDay) { d.Prev = []byte{1} }}, "gap"},
		"the journal of answers": {tampered{drop: "publication.publish"}, "not_noted"},
		"the journal of days":    {tampered{drop: "publication.day"}, "not_noted"},
	} {
		k.store.Store = w.Store
		var got []string
		n, err := audit.VerifyPublic(t.Context(), k.store, w.Desk.Keeper, func(f audit.PublicFault) { got = append(got, string(f.What)) })
		if err != nil || n != 1 || strings.Join(got, " ") != k.want {
			t.Errorf("%s: found %v, want %q (%d answers, %v)", what, got, k.want, n, err)
		}
	}
}
