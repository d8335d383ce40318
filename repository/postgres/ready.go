package postgres

import (
	"context"
	"sync"

	"github.com/jmoiron/sqlx"
)

// readied are statements that stay prepared, each once on every connection that
// has needed it. It is for those that are asked all the time and are planned
// the same whatever they are asked with; a list is not.
type readied struct {
	mu         sync.Mutex
	statements map[string]*sqlx.Stmt
}

func newReadied() *readied { return &readied{statements: map[string]*sqlx.Stmt{}} }

// statement is the prepared text. It lives as long as db.
func (r *readied) statement(ctx context.Context, db *sqlx.DB, text string) (*sqlx.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if st, known := r.statements[text]; known {
		return st, nil
	}
	st, err := db.PreparexContext(ctx, text) //nolint:sqlclosecheck // it lives as long as db
	if err == nil {
		r.statements[text] = st
	}
	return st, err
}
