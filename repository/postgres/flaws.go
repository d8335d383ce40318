package postgres

import (
	"context"
	"strconv"
	"time"

	"mailbox/workflow"
)

// flawConditions say which cases have a flaw. Those about columns of cases
// alone have a partial index with the very same words, so that an empty list
// costs nothing; the others look at open cases, at clocks that run or at the
// latest letters. Question marks are the present moment.
var flawConditions = map[workflow.Flaw]string{
	workflow.FlawDates: `(c.accepted_at < c.received_at OR c.answered_at < c.accepted_at OR c.signed_for_at < c.routed_at
		OR c.routed_at < c.received_at OR c.ended_at < c.received_at OR c.rated_at < c.answered_at)`,
	workflow.FlawFuture:       `c.received_at > ?::timestamptz`,
	workflow.FlawUnanswered:   `(c.state IN ('closed', 'archived') AND c.answered_at IS NULL AND c.outcome <> 'no_reply')`,
	workflow.FlawNoDepartment: `(c.department_id IS NULL AND (c.answered_at IS NOT NULL OR c.state IN ('routed', 'in_hand', 'drafted', 'signed')))`,
	workflow.FlawVerdict:      `(c.answered_at IS NOT NULL AND (c.in_time IS NULL OR c.worked_minutes IS NULL))`,
	workflow.FlawRating:       `(c.rated_at IS NOT NULL AND (c.rate_result IS NULL OR c.rate_speed IS NULL OR c.rate_attitude IS NULL OR c.answered_at IS NULL))`,
	workflow.FlawCategory:     `(c.ended_at IS NULL AND NOT EXISTS (SELECT FROM categories k WHERE k.id = c.category_id AND k.active))`,
	workflow.FlawClock: `(c.ended_at IS NOT NULL AND c.id IN (
		SELECT k.case_id FROM clocks k WHERE k.met_at IS NULL AND k.cancelled_at IS NULL))`,
	workflow.FlawNoClock: `(c.ended_at IS NULL AND NOT EXISTS (
		SELECT FROM clocks k WHERE k.case_id = c.id AND k.met_at IS NULL AND k.cancelled_at IS NULL))`,
	workflow.FlawNoLetter: `(c.received_at > ?::timestamptz - interval '400 days' AND c.split_from IS NULL
		AND NOT EXISTS (SELECT FROM letters l WHERE l.case_id = c.id))`,
}

// flawed is the condition of a flaw inside a scope.
func flawed(f workflow.Flaw, s workflow.Scope, now time.Time, args *[]any) (conditions, error) {
	where := conditions{args: args}
	text, known := flawConditions[f]
	if !known {
		return where, workflow.Wrong("flaw", "invalid.choice")
	}
	var moments []any
	for _, r := range text {
		if r == '?' {
			moments = append(moments, instant(now))
		}
	}
	where.add(text, moments...)
	where.scope(s)
	return where, nil
}

// Flawed implements workflow.Checks.
func (s *Store) Flawed(ctx context.Context, f workflow.Flaw, scope workflow.Scope, now time.Time, after int64, limit int) ([]workflow.Row, error) {
	var args []any
	where, err := flawed(f, scope, now, &args)
	if err != nil {
		return nil, err
	}
	where.add("c.id > ?", after)
	return many(ctx, s, "list flawed cases", listRow.toRow,
		listHead+"SELECT c.id FROM cases c WHERE "+where.String()+" ORDER BY c.id LIMIT "+strconv.Itoa(limit)+listTail+"c.id", args...)
}

// CountFlawed implements workflow.Checks.
func (s *Store) CountFlawed(ctx context.Context, f workflow.Flaw, scope workflow.Scope, now time.Time, limit int) (int, error) {
	var args []any
	where, err := flawed(f, scope, now, &args)
	if err != nil {
		return 0, err
	}
	return one[int](ctx, s, "count flawed cases",
		"SELECT count(*) FROM (SELECT FROM cases c WHERE "+where.String()+" LIMIT "+strconv.Itoa(limit)+") f", args...)
}
