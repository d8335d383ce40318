package postgres

import (
	"context"
	"strings"

	"mailbox/workflow"
)

type boardRow struct {
	Department int64 `db:"department"`
	Overdue    int   `db:"overdue"`
	Today      int   `db:"today"`
	Soon       int   `db:"soon"`
	Later      int   `db:"later"`
	Total      int   `db:"total"`
}

func (r boardRow) toRow() workflow.BoardRow { return workflow.BoardRow(r) }

// The columns of a board are those of the lists behind it: from one mark up to,
// not including, the next.
const (
	boardHead = `
	SELECT b.department,
		coalesce(sum(b.n) FILTER (WHERE b.due_key < $1), 0) AS overdue,
		coalesce(sum(b.n) FILTER (WHERE b.due_key >= $1 AND b.due_key < $2), 0) AS today,
		coalesce(sum(b.n) FILTER (WHERE b.due_key >= greatest($1, $2) AND b.due_key < $3), 0) AS soon,
		coalesce(sum(b.n) FILTER (WHERE b.due_key >= greatest($1::timestamptz, $2::timestamptz, $3::timestamptz)), 0) AS later,
		sum(b.n) AS total
	FROM (`
	boardTail = `) b
	GROUP BY b.department
	HAVING sum(b.n) <> 0
	ORDER BY 1`
)

// Board implements workflow.Cases.
func (s *Store) Board(ctx context.Context, scope workflow.Scope, marks workflow.BoardMarks) ([]workflow.BoardRow, error) {
	statement, args := boardStatement(scope, marks)
	return many(ctx, s, "count board", boardRow.toRow, statement, args...)
}

func boardStatement(scope workflow.Scope, marks workflow.BoardMarks) (statement string, args []any) {
	args = []any{instant(marks.Now), instant(marks.Today), instant(marks.Soon)}
	if collegiate(scope) {
		where := conditions{args: &args}
		where.openWork(scope)
		return boardHead + "SELECT w.department_id AS department, w.due_key, w.n FROM open_work w WHERE " + where.String() + boardTail, args
	}
	var branches []string
	for _, src := range sources(scope) {
		where := conditions{args: &args}
		src.seat(&where, scope.Department)
		where.add(src.open)
		where.scope(scope)
		branches = append(branches, "SELECT coalesce(c.department_id, 0) AS department, c.due_key, 1 AS n FROM "+src.from+" WHERE "+where.String())
	}
	return boardHead + strings.Join(branches, " UNION ALL ") + boardTail, args
}

// collegiate is a scope over the cases of all departments: their open ones are
// counted as they change, a department's own when it looks.
func collegiate(s workflow.Scope) bool {
	return !s.Nothing && s.Case == 0 && (s.Everything || s.Department == 0)
}

// openWork says of lines of open work what scope says of cases.
func (c *conditions) openWork(s workflow.Scope) {
	if s.Everything {
		return
	}
	c.add("w.sealed = ?", s.Sealed)
	c.addIf(s.NotAbout != 0, "w.about_id <> ?", s.NotAbout)
}

// One at a time adds up, and takes only the lines it sees; what others write
// meanwhile stays.
const sqlFoldOpenWork = `
	WITH many AS (
		SELECT department_id, about_id, sealed, due_key FROM open_work
		GROUP BY department_id, about_id, sealed, due_key HAVING count(*) > 1 OR sum(n) = 0
	), taken AS (
		DELETE FROM open_work w USING many m
		WHERE (w.department_id, w.about_id, w.sealed, w.due_key) = (m.department_id, m.about_id, m.sealed, m.due_key)
		RETURNING w.department_id, w.about_id, w.sealed, w.due_key, w.n
	)
	INSERT INTO open_work (department_id, about_id, sealed, due_key, n)
	SELECT department_id, about_id, sealed, due_key, sum(n) FROM taken
	GROUP BY department_id, about_id, sealed, due_key HAVING sum(n) <> 0`

// FoldOpenWork adds up the lines that a board counts by; no number changes.
func (s *Store) FoldOpenWork(ctx context.Context) error {
	return s.together(ctx, func(tx *Store) error {
		mine, err := one[bool](ctx, tx, "lock open work", sqlTryLock, openWorkLock)
		if err != nil || !mine {
			return err
		}
		_, err = tx.exec(ctx, "fold open work", sqlFoldOpenWork)
		return err
	})
}

const sqlOpenWorkDiffers = `
	SELECT count(*) FROM (
		SELECT department_id, about_id, sealed, due_key, sum(n) AS n FROM (
			SELECT department_id, about_id, sealed, due_key, n FROM open_work
			UNION ALL
			SELECT coalesce(department_id, 0), coalesce(about_id, 0), sealed, due_key, -1 FROM cases WHERE ended_at IS NULL
		) both_counts
		GROUP BY department_id, about_id, sealed, due_key HAVING sum(n) <> 0
	) differences`

// OpenWorkDiffers counts the numbers a board would show that are not those of
// the open cases; it is 0.
func (s *Store) OpenWorkDiffers(ctx context.Context) (int, error) {
	return one[int](ctx, s, "check open work", sqlOpenWorkDiffers)
}
