package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// Traces says that the answer may tell others who wrote: it does not leave until
// they are gone, or somebody says why they may stay.
type Traces struct{ Found []workflow.Trace }

func (t *Traces) Error() string { return strconv.Itoa(len(t.Found)) + " traces of the writer" }

// Unwrap makes it a mistake in the reason, for whoever does not know it.
func (t *Traces) Unwrap() error {
	return workflow.Wrong("traces", "answer.traces", t.Words())
}

// Words lists what was found, each once.
func (t *Traces) Words() string {
	var words []string
	for _, f := range t.Found {
		words = append(words, f.Words)
	}
	return strings.Join(words, "、")
}

// checkTraces looks for the writer in an answer that is about to leave: name,
// numbers and address, and what the letter said of room, class and the like
// when others whose letters were joined will read the answer too. A reason lets
// it pass and is kept in the history, without the words.
func (w *Casework) checkTraces(ctx context.Context, s *workflow.Step, by workflow.Actor, body, reason string) error {
	found, err := w.tracer.Traces(ctx, s.Tx, s.Case, body)
	if err != nil {
		return err
	}
	more, err := toldInLetter(ctx, s, body)
	if err != nil {
		return err
	}
	found = workflow.Distinct(found, more)
	if len(found) == 0 {
		return nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return &Traces{Found: found}
	}
	detail := map[string]string{"kinds": traceKinds(found)}
	s.Mark(workflow.MarkTraces, by, by.As(officeRoles), reason, detail)
	return s.Journal(ctx, by, "traces.override", "case:"+s.Case.Number, detail)
}

// toldInLetter finds what the letter said of its writer and the answer repeats,
// when others will read the answer.
func toldInLetter(ctx context.Context, s *workflow.Step, body string) ([]workflow.Trace, error) {
	joined, err := s.Joined(ctx)
	if err != nil || len(joined) == 0 {
		return nil, err
	}
	messages, err := s.Tx.MessagesOf(ctx, s.Case.ID, false)
	if err != nil {
		return nil, err
	}
	var out []workflow.Trace
	for _, m := range messages {
		if !m.Kind.FromWriter() {
			continue
		}
		for _, t := range workflow.FindTraces(m.Body) {
			if strings.Contains(body, t.Words) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// traceKinds names the kinds of what was found: the words stay out of the
// history.
func traceKinds(found []workflow.Trace) string {
	var kinds []string
	for _, f := range found {
		if !slices.Contains(kinds, string(f.Kind)) {
			kinds = append(kinds, string(f.Kind))
		}
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ",")
}
