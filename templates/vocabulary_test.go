package templates_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailbox/templates"
	"mailbox/workflow"
)

// TestVocabularyHasWords wants a word for everything the workflow can name.
func TestVocabularyHasWords(t *testing.T) {
	t.Parallel()
	set := parse(t)
	for _, keys := range [][]string{
		named("state.", workflow.States), named("progress.", workflow.States), named("action.", workflow.Actions),
		named("kind.", workflow.CaseKinds), named("channel.", workflow.Channels), named("mode.", workflow.Modes),
		named("status.", workflow.WriterStatuses[1:]), named("role.", workflow.Roles), named("clock.", workflow.ClockKinds),
		named("ground.", workflow.Grounds), named("decision.", workflow.Decisions), named("concern.", workflow.Concerns),
		named("purpose.", workflow.Purposes[1:]), named("delivery.", workflow.Deliveries[1:]), named("withheld.", workflow.ReviewGrounds),
		named("appraisal.kind.", workflow.AppraisalKinds),
	} {
		for _, key := range keys {
			for _, locale := range templates.Locales {
				if set.Text(locale, key) == key {
					t.Errorf("%s: no words for %q", locale, key)
				}
			}
		}
	}
}

func named[T ~string](prefix string, all []T) []string {
	var keys []string
	for _, v := range all {
		keys = append(keys, prefix+string(v))
	}
	return keys
}

// TestFailuresHaveWords reads the program for the keys of its errors: a reader
// must never be shown a key.
func TestFailuresHaveWords(t *testing.T) {
	t.Parallel()
	set := parse(t)
	found := 0
	for _, dir := range []string{"workflow", "repository", "handlers"} {
		for at, key := range failures(t, filepath.Join("..", dir)) {
			found++
			if set.Text(templates.Locales[0], key) == key {
				t.Errorf("%s: no words for %q", at, key)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d failures found; does this test still know how they are made?", found)
	}
}

// failures finds the literal keys of workflow.Fail, workflow.Wrong and
// workflow.Error by the places where they stand.
func failures(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if strings.HasSuffix(filepath.Dir(path), "test") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse %s: %w", path, err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit := failureKey(n); lit != nil {
				if key, err := strconv.Unquote(lit.Value); err == nil {
					out[fset.Position(lit.Pos()).String()] = key
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func failureKey(n ast.Node) *ast.BasicLit {
	switch n := n.(type) {
	case *ast.CallExpr:
		if name := lastName(n.Fun); (name == "Fail" || name == "Wrong") && len(n.Args) >= 2 {
			return stringLit(n.Args[1])
		}
	case *ast.CompositeLit:
		if lastName(n.Type) != "Error" {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && lastName(kv.Key) == "Key" {
				return stringLit(kv.Value)
			}
		}
	}
	return nil
}

func stringLit(e ast.Expr) *ast.BasicLit {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return lit
	}
	return nil
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
