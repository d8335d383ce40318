package audit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// forgedLedger is a store in which somebody who can write everywhere changed
// what was let out, or the journal.
type forgedLedger struct {
	workflow.Store
	forge   func([]workflow.LetOut) []workflow.LetOut
	journal func(*workflow.JournalEntry)
}

func (f forgedLedger) ItemsLetOut(ctx context.Context, after, imported int64, limit int) ([]workflow.LetOut, error) {
	some, err := f.Store.ItemsLetOut(ctx, 0, imported, limit)
	if f.forge != nil {
		some = f.forge(some)
	}
	return slices.DeleteFunc(some, func(l workflow.LetOut) bool { return l.ID <= after }), err
}

func (f forgedLedger) JournalFrom(ctx context.Context, after int64, limit int) ([]workflow.JournalEntry, error) {
	entries, err := f.Store.JournalFrom(ctx, after, limit)
	for i := range entries {
		if f.journal != nil {
			f.journal(&entries[i])
		}
	}
	return entries, err
}

// letOut is a world with one item that was reviewed by itself (the first) and
// two that an import brought.
func letOut(t *testing.T) *worldtest.World {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	ctx := t.Context()
	l := ledger.New(w.Desk)
	reviews := publication.NewReviews(w.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewItem: l.Reviewed()})
	column, err := l.SaveColumn(ctx, w.Clerk.Actor(), workflow.Column{Name: "通知公告", Department: w.Logistics.ID, Opened: "2026-01-01"})
	must(t, err)
	i, err := l.Save(ctx, w.LogisticsClerk.Actor(), workflow.Item{Channel: workflow.OnSite, Title: "食堂招标公告", Day: "2026-11-23", Column: column.ID})
	must(t, err)
	must(t, l.HandIn(ctx, w.LogisticsClerk.Actor(), i.ID, i.Version, false))
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "规定"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	_, err = reviews.Decide(ctx, w.LogisticsHead.Actor(), 1, d)
	must(t, err)
	i, err = w.Store.Item(ctx, i.ID)
	must(t, err)
	must(t, l.Publish(ctx, w.LogisticsHead.Actor(), i.ID, i.Version))
	m := workflow.Import{Source: "sheet", Name: "a.csv", State: workflow.ImportAdded, Basis: "规定", ReviewedBy: "某某", By: w.Clerk.ID, At: w.Desk.Now()}
	must(t, w.Store.AddImport(ctx, &m))
	for n := range 2 {
		workflowtest.NewItem(t, w.Store, w.College, func(i *workflow.Item) { i.Import, i.Title = m.ID, fmt.Sprint("新闻", n) })
	}
	_, err = ledger.NewImports(l, nil, nil, w.Blobs).Confirm(ctx, w.OfficeHead.Actor(), m.ID, "")
	must(t, err)
	return w
}

// TestLedgerTampering: whatever is changed about an item that was let out, its
// review or the journal's word on it, is found and named.
func TestLedgerTampering(t *testing.T) {
	w := letOut(t)
	at := func(n int, change func(*workflow.LetOut)) func([]workflow.LetOut) []workflow.LetOut {
		return func(some []workflow.LetOut) []workflow.LetOut {
			change(&some[n])
			return some
		}
	}
	anew := func(l *workflow.LetOut) { l.Title = "别的"; l.ContentHash = l.Digest() }
	together := func(l *workflow.LetOut) { anew(l); l.Reviewed = l.ContentHash }
	without := func(n int) func([]workflow.LetOut) []workflow.LetOut {
		return func(some []workflow.LetOut) []workflow.LetOut { return append(some[:n:n], some[n+1:]...) }
	}
	forget := func(action string) func(*workflow.JournalEntry) {
		return func(e *workflow.JournalEntry) {
			if e.Action == action {
				e.Subject = ""
			}
		}
	}
	for what, k := range map[string]struct {
		store forgedLedger
		want  string
	}{
		"nothing":                           {forgedLedger{}, ""},
		"a title":                           {forgedLedger{forge: at(0, func(l *workflow.LetOut) { l.Title = "别的" })}, "item 1 changed"},
		"a day":                             {forgedLedger{forge: at(2, func(l *workflow.LetOut) { l.Day = "2026-01-01" })}, "item 3 changed"},
		"a title and its digest":            {forgedLedger{forge: at(0, anew)}, "item 1 not_reviewed, item 1 not_noted"},
		"the same of an import":             {forgedLedger{forge: at(1, anew)}, "item 2 not_reviewed, import 1 changed"},
		"a title and its review":            {forgedLedger{forge: at(0, together)}, "item 1 not_noted"},
		"the same of an import's":           {forgedLedger{forge: at(2, together)}, "import 1 changed"},
		"the review, which did not pass":    {forgedLedger{forge: at(0, func(l *workflow.LetOut) { l.Passes = false })}, "item 1 not_reviewed"},
		"the review, which is of an answer": {forgedLedger{forge: at(1, func(l *workflow.LetOut) { l.Subject = workflow.ReviewAnswer })}, "item 2 not_reviewed"},
		"the review, which is of another":   {forgedLedger{forge: at(1, func(l *workflow.LetOut) { l.SubjectID++ })}, "item 2 not_reviewed"},
		"its place: another import's":       {forgedLedger{forge: at(1, func(l *workflow.LetOut) { l.Import = 9 })}, "item 2 not_noted, import 1 missing"},
		"the first, which is gone":          {forgedLedger{forge: without(0)}, "item 1 missing"},
		"one of an import, which is gone":   {forgedLedger{forge: without(2)}, "import 1 missing"},
		"the journal of the review":         {forgedLedger{journal: forget("review.decide")}, "item 1 not_noted"},
		"the journal of the import":         {forgedLedger{journal: forget("ledger.import.confirm")}, "item 2 not_noted, item 3 not_noted"},
	} {
		k.store.Store = w.Store
		var got []string
		_, err := audit.VerifyLedger(t.Context(), k.store, func(f audit.LedgerFault) {
			if f.Item != 0 {
				got = append(got, fmt.Sprintf("item %d %s", f.Item, f.What))
			} else {
				got = append(got, fmt.Sprintf("import %d %s", f.Import, f.What))
			}
		})
		if err != nil || strings.Join(got, ", ") != k.want {
			t.Errorf("%s: found %v, want %q (%v)", what, got, k.want, err)
		}
	}
}
