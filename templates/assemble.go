package templates

import (
	"html/template"
	"path"
	"text/template/parse"
)

// assemble is the page in its layout, with those partials alone that it uses:
// every page needs copies of its own, because escaping changes them.
func assemble(layout *template.Template, name string, funcs template.FuncMap) (*template.Template, error) {
	own, err := template.New(path.Base(name)).Funcs(funcs).ParseFS(files, "page/"+name)
	if err != nil {
		return nil, err
	}
	page := template.New(layout.Name()).Funcs(funcs).Option("missingkey=error")
	waiting := []string{layout.Name()}
	for _, t := range own.Templates() {
		if t.Tree != nil {
			waiting = append(waiting, t.Name())
		}
	}
	for seen := map[string]bool{}; len(waiting) > 0; {
		part := waiting[0]
		waiting = waiting[1:]
		if seen[part] {
			continue
		}
		seen[part] = true
		t := own.Lookup(part)
		if t == nil || t.Tree == nil {
			t = layout.Lookup(part)
		}
		if t == nil || t.Tree == nil {
			continue // executing or checking the page names what is missing
		}
		if _, err := page.AddParseTree(part, t.Tree.Copy()); err != nil {
			return nil, err
		}
		waiting = append(waiting, used(t.Tree.Root)...)
	}
	return page.Lookup(layout.Name()), nil
}

// used lists the templates that a node invokes.
func used(n parse.Node) []string {
	switch n := n.(type) {
	case *parse.ListNode:
		return usedIn(n)
	case *parse.IfNode:
		return usedIn(n.List, n.ElseList)
	case *parse.RangeNode:
		return usedIn(n.List, n.ElseList)
	case *parse.WithNode:
		return usedIn(n.List, n.ElseList)
	case *parse.TemplateNode:
		return []string{n.Name}
	}
	return nil
}

func usedIn(lists ...*parse.ListNode) []string {
	var out []string
	for _, l := range lists {
		if l == nil {
			continue
		}
		for _, n := range l.Nodes {
			out = append(out, used(n)...)
		}
	}
	return out
}
