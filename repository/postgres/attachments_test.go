package postgres_test

import (
	"database/sql"
	"go/ast"
	"slices"
	"strings"
	"testing"

	"mailbox/repository/postgres/pgtest"
)

// TestEveryFileIsKnown finds every column that names a stored file: one that
// the statement leaves out would have its files swept away.
func TestEveryFileIsKnown(t *testing.T) {
	db, err := sql.Open("postgres", pgtest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND (column_name LIKE '%sha256%' OR column_name LIKE '%blob%') AND data_type = 'text'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	statement := value(t, constants(t), &ast.Ident{Name: "sqlFilesInUse"})
	var seen []string
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, table)
		if !strings.Contains(statement, "SELECT "+column+" FROM "+table+" ") {
			t.Errorf("files of %s.%s would be swept away", table, column)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(seen, "files") || !slices.Contains(seen, "raw_mails") {
		t.Errorf("the search is blind: %v", seen)
	}
}
