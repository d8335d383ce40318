package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type eventRow struct {
	CaseID     int64   `db:"case_id"`
	Seq        int     `db:"seq"`
	At         instant `db:"at"`
	Action     string  `db:"action"`
	From       string  `db:"from_state"`
	To         string  `db:"to_state"`
	Actor      ref     `db:"actor_id"`
	ActorName  string  `db:"actor_name"`
	Role       string  `db:"actor_role"`
	Department ref     `db:"department_id"`
	Note       string  `db:"note"`
	Detail     pairs   `db:"detail"`
	Hash       []byte  `db:"hash"`
}

func (r eventRow) toEvent() workflow.Event {
	return workflow.Event{
		CaseID: r.CaseID, Seq: r.Seq, Action: workflow.Action(r.Action), From: workflow.State(r.From), To: workflow.State(r.To),
		By:   workflow.Actor{ID: int64(r.Actor), Name: r.ActorName, Department: int64(r.Department)},
		Role: workflow.Role(r.Role), Note: r.Note, Detail: r.Detail, At: time.Time(r.At), Hash: r.Hash,
	}
}

const sqlAddEvent = `
	INSERT INTO events (case_id, seq, at, action, from_state, to_state, actor_id, actor_role, department_id, note, detail, hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// AddEvent implements workflow.Events.
func (s *Store) AddEvent(ctx context.Context, e workflow.Event) error {
	_, err := s.exec(ctx, "add event", sqlAddEvent, append([]any{e.CaseID}, eventValues(e)...)...)
	return err
}

// eventValues are the columns from seq on, in their order.
func eventValues(e workflow.Event) []any {
	return []any{
		e.Seq, instant(e.At), e.Action, e.From, e.To, ref(e.By.ID), e.Role, ref(e.By.Department), e.Note, pairs(e.Detail), solid(e.Hash),
	}
}

const sqlEventsOf = `
	SELECT e.case_id, e.seq, e.at, e.action, e.from_state, e.to_state, e.actor_id, coalesce(a.name, '') AS actor_name,
		e.actor_role, e.department_id, e.note, e.detail, e.hash
	FROM events e LEFT JOIN accounts a ON a.id = e.actor_id
	WHERE e.case_id = $1
	ORDER BY e.seq`

// EventsOf implements workflow.Events.
func (s *Store) EventsOf(ctx context.Context, caseID int64) ([]workflow.Event, error) {
	return many(ctx, s, "list events", eventRow.toEvent, sqlEventsOf, caseID)
}
