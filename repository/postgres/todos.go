package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const todoColumns = `
		id, case_id, account_id, occasion, kind, state, since, opened_at, ended_at, told, told_at, tried_at, attempt, next_at, reason, dead_at`

type todoRow struct {
	ID       int64   `db:"id"`
	CaseID   int64   `db:"case_id"`
	Account  int64   `db:"account_id"`
	Occasion int     `db:"occasion"`
	Kind     string  `db:"kind"`
	State    string  `db:"state"`
	Since    int     `db:"since"`
	Opened   instant `db:"opened_at"`
	Ended    instant `db:"ended_at"`
	Told     string  `db:"told"`
	ToldAt   instant `db:"told_at"`
	Tried    instant `db:"tried_at"`
	Attempt  int     `db:"attempt"`
	Next     instant `db:"next_at"`
	Reason   string  `db:"reason"`
	Dead     instant `db:"dead_at"`
}

func (r todoRow) toTodo() workflow.Todo {
	return workflow.Todo{
		ID: r.ID, CaseID: r.CaseID, Account: r.Account, Occasion: r.Occasion, Kind: workflow.TodoKind(r.Kind),
		State: workflow.TodoState(r.State), Since: r.Since, Opened: time.Time(r.Opened), Ended: time.Time(r.Ended), Told: workflow.TodoState(r.Told),
		ToldAt: time.Time(r.ToldAt), Tried: time.Time(r.Tried), Attempt: r.Attempt, Next: time.Time(r.Next), Reason: r.Reason,
		Dead: time.Time(r.Dead),
	}
}

const sqlTakeTurned = `
	WITH taken AS (
		DELETE FROM turned_cases
		WHERE id IN (SELECT id FROM turned_cases ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
		RETURNING case_id
	)
	SELECT DISTINCT case_id FROM taken ORDER BY case_id`

// TakeTurned implements workflow.Todos.
func (s *Store) TakeTurned(ctx context.Context, limit int) ([]int64, error) {
	return many(ctx, s, "take turned cases", same[int64], sqlTakeTurned, limit)
}

const sqlNoteTurned = `
	INSERT INTO turned_cases (case_id)
	SELECT id FROM cases WHERE ended_at IS NULL AND EXISTS (SELECT FROM channels WHERE channel = 'oa' AND enabled)
	UNION
	SELECT case_id FROM todos WHERE state = 'open' AND EXISTS (SELECT FROM channels WHERE channel = 'oa' AND enabled)`

// NoteTurned implements workflow.Todos.
func (s *Store) NoteTurned(ctx context.Context) error {
	_, err := s.exec(ctx, "note turned cases", sqlNoteTurned)
	return err
}

const sqlTodosOf = `SELECT` + todoColumns + ` FROM todos WHERE case_id = $1 ORDER BY id`

// TodosOf implements workflow.Todos.
func (s *Store) TodosOf(ctx context.Context, caseID int64) ([]workflow.Todo, error) {
	return many(ctx, s, "list todos of case", todoRow.toTodo, sqlTodosOf, caseID)
}

const sqlAddTodo = `
	INSERT INTO todos (case_id, account_id, occasion, kind, state, since, opened_at, next_at)
	SELECT $1, $2, 1 + coalesce(max(occasion), 0), $3, 'open', $4, $5, $5 FROM todos WHERE case_id = $1 AND account_id = $2
	RETURNING` + todoColumns

// AddTodo implements workflow.Todos.
func (s *Store) AddTodo(ctx context.Context, t *workflow.Todo) error {
	r, err := one[todoRow](ctx, s, "add todo", sqlAddTodo, t.CaseID, t.Account, t.Kind, t.Since, instant(t.Opened).or(s.now()))
	if err == nil {
		*t = r.toTodo()
	}
	return err
}

const sqlEndTodo = `
	UPDATE todos SET state = $2, ended_at = $3, attempt = 0, next_at = $3, dead_at = NULL, reason = '',
		told = CASE WHEN told = '' AND tried_at IS NULL THEN $2 ELSE told END
	WHERE id = $1 AND state = 'open'`

const sqlTodoExists = `SELECT EXISTS (SELECT FROM todos WHERE id = $1)`

// EndTodo implements workflow.Todos.
func (s *Store) EndTodo(ctx context.Context, id int64, how workflow.TodoState, at time.Time) error {
	return s.save(ctx, "end todo", sqlEndTodo, sqlTodoExists, id, how, instant(at))
}

const sqlTakeTodos = `
	WITH taken AS (
		UPDATE todos SET attempt = attempt + 1, tried_at = $1, lease_until = $3
		WHERE id IN (
			SELECT id FROM todos
			WHERE state <> told AND dead_at IS NULL AND next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
			ORDER BY next_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
		)
		RETURNING` + todoColumns + `
	)
	SELECT` + todoColumns + ` FROM taken ORDER BY id`

// TakeTodos implements workflow.Todos.
func (s *Store) TakeTodos(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]workflow.Todo, error) {
	return many(ctx, s, "take todos", todoRow.toTodo, sqlTakeTodos, instant(now), limit, instant(now.Add(lease)))
}

// The moment of the attempt fences: whoever comes late finds another. What ended
// while it was told starts its attempts anew.
const sqlFinishTodo = `
	UPDATE todos SET lease_until = NULL,
		told = CASE WHEN $4 THEN $3 ELSE told END,
		told_at = CASE WHEN $4 THEN $5 ELSE told_at END,
		attempt = CASE WHEN $4 OR state <> $3 THEN 0 ELSE attempt END,
		reason = CASE WHEN $4 OR state <> $3 THEN '' ELSE $6 END,
		next_at = CASE WHEN $4 OR state <> $3 THEN next_at ELSE coalesce($7, next_at) END,
		dead_at = CASE WHEN $4 OR state <> $3 OR $7::timestamptz IS NOT NULL THEN NULL ELSE $5::timestamptz END
	WHERE id = $1 AND tried_at = $2 AND lease_until IS NOT NULL`

// FinishTodo implements workflow.Todos.
func (s *Store) FinishTodo(ctx context.Context, t workflow.Todo, r workflow.TodoTold) error {
	return s.save(ctx, "finish todo", sqlFinishTodo, sqlTodoExists, t.ID, instant(t.Tried), t.State, r.Told, instant(r.At), r.Reason, instant(r.Next))
}

const sqlReplayTodo = `UPDATE todos SET dead_at = NULL, attempt = 0, next_at = $2 WHERE id = $1 AND dead_at IS NOT NULL`

// ReplayTodo implements workflow.Todos.
func (s *Store) ReplayTodo(ctx context.Context, id int64, at time.Time) error {
	n, err := s.exec(ctx, "replay todo", sqlReplayTodo, id, instant(at))
	if err == nil && n == 0 {
		return workflow.Absent()
	}
	return err
}

const sqlDeadTodos = `SELECT` + todoColumns + `
	FROM todos WHERE dead_at IS NOT NULL AND ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2`

// DeadTodos implements workflow.Todos.
func (s *Store) DeadTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return many(ctx, s, "list dead todos", todoRow.toTodo, sqlDeadTodos, before, limit)
}

const sqlLateTodos = `SELECT` + todoColumns + `
	FROM todos WHERE state <> told AND dead_at IS NULL AND ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2`

// LateTodos implements workflow.Todos.
func (s *Store) LateTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return many(ctx, s, "list late todos", todoRow.toTodo, sqlLateTodos, before, limit)
}

const sqlShownTodos = `SELECT` + todoColumns + `
	FROM todos WHERE state = 'open' AND told = 'open' AND ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2`

// ShownTodos implements workflow.Todos.
func (s *Store) ShownTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return many(ctx, s, "list shown todos", todoRow.toTodo, sqlShownTodos, before, limit)
}

const sqlCountTodos = `
	SELECT count(*) FILTER (WHERE state = 'open' AND told = 'open') AS open,
		count(*) FILTER (WHERE state <> told AND dead_at IS NULL) AS waiting,
		count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
	FROM todos WHERE state = 'open' OR state <> told OR dead_at IS NOT NULL`

type todoCounts struct {
	Open    int `db:"open"`
	Waiting int `db:"waiting"`
	Dead    int `db:"dead"`
}

// CountTodos implements workflow.Todos.
func (s *Store) CountTodos(ctx context.Context) (workflow.TodoCounts, error) {
	r, err := one[todoCounts](ctx, s, "count todos", sqlCountTodos)
	return workflow.TodoCounts(r), err
}
