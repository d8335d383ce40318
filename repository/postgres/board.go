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
	SELECT coalesce(b.department_id, 0) AS department,
		count(*) FILTER (WHERE b.due_key < $1) AS overdue,
		count(*) FILTER (WHERE b.due_key >= $1 AND b.due_key < $2) AS today,
		count(*) FILTER (WHERE b.due_key >= greatest($1, $2) AND b.due_key < $3) AS soon,
		count(*) FILTER (WHERE b.due_key >= greatest($1::timestamptz, $2::timestamptz, $3::timestamptz)) AS later,
		count(*) AS total
	FROM (`
	boardTail = `) b
	GROUP BY b.department_id
	ORDER BY 1`
)

// Board implements workflow.Cases.
func (s *Store) Board(ctx context.Context, scope workflow.Scope, marks workflow.BoardMarks) ([]workflow.BoardRow, error) {
	statement, args := boardStatement(scope, marks)
	return many(ctx, s, "count board", boardRow.toRow, statement, args...)
}

func boardStatement(scope workflow.Scope, marks workflow.BoardMarks) (statement string, args []any) {
	args = []any{instant(marks.Now), instant(marks.Today), instant(marks.Soon)}
	var branches []string
	for _, src := range sources(scope) {
		where := conditions{args: &args}
		src.seat(&where, scope.Department)
		where.add(src.open)
		where.scope(scope)
		branches = append(branches, "SELECT c.department_id, c.due_key FROM "+src.from+" WHERE "+where.String())
	}
	return boardHead + strings.Join(branches, " UNION ALL ") + boardTail, args
}
