package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// Similar is a case that may be about the same matter as another.
type Similar struct {
	workflow.Row
	SameWriter bool
	Likeness   float64 // of the subjects: 0 to 1
}

const (
	similarSpan  = 90 * 24 * time.Hour // how far back one looks
	similarLeast = 0.3                 // likeness of subjects from which a case is named
	similarMost  = 5
	probes       = 5 // pieces of the subject that are searched for
	probeLength  = 4 // characters of a piece
)

// Alike lists what may be the same matter as a case, the likeliest first: other
// letters of its writer, and letters whose subjects share words. Only who
// screens letters is told; inside their scope.
func (w *Casework) Alike(ctx context.Context, by workflow.Actor, c workflow.Case) ([]Similar, error) {
	if by.As(officeRoles) == "" || !workflow.ScopeOf(by).Sees(c, false) {
		return nil, workflow.Absent()
	}
	found := map[int64]Similar{}
	words := wordSet(c.Subject)
	note := func(rows []workflow.Row, same bool) {
		for _, r := range rows {
			if r.ID == c.ID || r.State == workflow.Merged {
				continue
			}
			s := Similar{Row: r, SameWriter: same || found[r.ID].SameWriter, Likeness: likeness(words, wordSet(r.Subject))}
			if s.SameWriter || s.Likeness >= similarLeast {
				found[r.ID] = s
			}
		}
	}
	if err := w.probe(ctx, by, c, note); err != nil {
		return nil, err
	}
	out := make([]Similar, 0, len(found))
	for _, s := range found {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Similar) int {
		if a.rank() != b.rank() {
			return int(1000 * (b.rank() - a.rank()))
		}
		return int(b.ID - a.ID)
	})
	return out[:min(len(out), similarMost)], nil
}

func (s Similar) rank() float64 {
	if s.SameWriter {
		return s.Likeness + 0.5
	}
	return s.Likeness
}

// probe looks for the writer's other letters and for pieces of the subject.
func (w *Casework) probe(ctx context.Context, by workflow.Actor, c workflow.Case, note func([]workflow.Row, bool)) error {
	base := workflow.Query{From: c.Received.Add(-similarSpan), Limit: 10, Order: workflow.NewestFirst}
	records, err := w.recordsOf(ctx, c)
	if err != nil {
		return err
	}
	for _, id := range records {
		q := base
		q.Writer = id
		l, err := w.List(ctx, by, q)
		if err != nil {
			return err
		}
		note(l.Rows, true)
	}
	for _, piece := range pieces(c.Subject) {
		q := base
		q.Search = piece
		l, err := w.List(ctx, by, q)
		if err != nil {
			return err
		}
		note(l.Rows, false)
	}
	return nil
}

// recordsOf lists the identity records that have the writer's address, the
// newest few: who writes twice has two. Nothing is opened for it.
func (w *Casework) recordsOf(ctx context.Context, c workflow.Case) ([]string, error) {
	if c.Writer == "" {
		return nil, nil
	}
	writer, err := w.desk.Store.Writer(ctx, c.Writer)
	if err != nil || writer.MailIndex == nil {
		return []string{c.Writer}, err
	}
	all, err := w.desk.Store.WritersByMail(ctx, writer.MailIndex)
	if err != nil {
		return nil, err
	}
	return all[max(0, len(all)-similarMost):], nil
}

// pieces cuts a subject into short stretches to search for: whole, a subject
// is hardly ever written twice.
func pieces(subject string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(subject, func(r rune) bool {
		return strings.ContainsRune(" ，。、；：？！,.;:?!“”\"（）()《》", r)
	}) {
		r := []rune(part)
		for len(r) > 1 && len(out) < probes {
			n := min(len(r), probeLength)
			out = append(out, string(r[:n]))
			r = r[n:]
		}
	}
	return out
}

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(workflow.SearchWords(text)) {
		out[w] = true
	}
	return out
}

// likeness is the share of words two texts have in common.
func likeness(a, b map[string]bool) float64 {
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}
