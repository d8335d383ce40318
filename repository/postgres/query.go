package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"

	"mailbox/workflow"
)

// one reads the single row of a statement; none is NotFound.
func one[R any](ctx context.Context, s *Store, op, statement string, args ...any) (R, error) {
	var r R
	err := sqlx.GetContext(ctx, s.q, &r, statement, args...)
	return r, translate(op, err)
}

// many reads all rows of a statement, each made into a T.
func many[R, T any](ctx context.Context, s *Store, op string, to func(R) T, statement string, args ...any) ([]T, error) {
	var rows []R
	if err := sqlx.SelectContext(ctx, s.q, &rows, statement, args...); err != nil {
		return nil, translate(op, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = to(r)
	}
	return out, nil
}

// same is for rows that need no making.
func same[T any](v T) T { return v }

// exec runs a statement and says how many rows it touched.
func (s *Store) exec(ctx context.Context, op, statement string, args ...any) (int64, error) {
	res, err := s.q.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, translate(op, err)
	}
	n, err := res.RowsAffected()
	return n, translate(op, err)
}

// change runs a statement that must touch a row; none is NotFound.
func (s *Store) change(ctx context.Context, op, statement string, args ...any) error {
	n, err := s.exec(ctx, op, statement, args...)
	if err == nil && n == 0 {
		return workflow.Absent()
	}
	return err
}

// save runs an update of one version of a row. When it touched none, the row is
// unknown, or somebody saved another version: exists tells which.
func (s *Store) save(ctx context.Context, op, statement, exists string, id int64, args ...any) error {
	n, err := s.exec(ctx, op, statement, append([]any{id}, args...)...)
	if err != nil || n > 0 {
		return err
	}
	there, err := one[bool](ctx, s, op, exists, id)
	if err != nil {
		return err
	}
	if !there {
		return workflow.Absent()
	}
	return stale(op)
}

// together runs do in the transaction the Store stands for, or in one of its own.
func (s *Store) together(ctx context.Context, do func(*Store) error) error {
	return s.Atomic(ctx, func(tx workflow.Store) error { return do(tx.(*Store)) }) //nolint:errcheck // Atomic hands out Stores of this package only
}
