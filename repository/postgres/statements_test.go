package postgres_test

import (
	"database/sql"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"mailbox/repository/postgres/pgtest"
)

// TestStatements prepares every SQL constant of this package against the
// migrated schema, so that a renamed column fails here and not in production.
func TestStatements(t *testing.T) {
	db, err := sql.Open("postgres", pgtest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	texts := constants(t)
	n := 0
	for name := range texts {
		if !strings.HasPrefix(name, "sql") {
			continue
		}
		n++
		if err := prepare(db, value(t, texts, &ast.Ident{Name: name})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n < 100 {
		t.Fatalf("found only %d statements", n)
	}
}

func prepare(db *sql.DB, text string) error {
	st, err := db.Prepare(text)
	if err != nil {
		return err
	}
	defer st.Close()
	return nil
}

// constants are the string constants of the package, by name.
func constants(t *testing.T) map[string]ast.Expr {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]ast.Expr{}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(node ast.Node) bool {
			if vs, ok := node.(*ast.ValueSpec); ok && len(vs.Values) == len(vs.Names) {
				for i, ident := range vs.Names {
					out[ident.Name] = vs.Values[i]
				}
			}
			return true
		})
	}
	return out
}

// value is the text of a constant that may be put together from others.
func value(t *testing.T, texts map[string]ast.Expr, e ast.Expr) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		return constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0))
	case *ast.BinaryExpr:
		return value(t, texts, e.X) + value(t, texts, e.Y)
	case *ast.Ident:
		if text, ok := texts[e.Name]; ok {
			return value(t, texts, text)
		}
	}
	t.Fatalf("cannot read the constant %v", e)
	return ""
}
