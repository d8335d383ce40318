package webtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Node is a part of a page.
type Node struct{ n *html.Node }

// Parse reads a page as a browser without scripts does: what stands in
// noscript is part of it.
func Parse(tb testing.TB, page string) *Node {
	tb.Helper()
	n, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		tb.Fatal(err)
	}
	return &Node{n}
}

// All returns what fits a selector: simple ones (tag, #id, .class, [attr],
// [attr=value], and several of them written together), with blanks between
// them for "somewhere inside". Commas are not understood.
func (n *Node) All(selector string) []*Node {
	found := []*Node{n}
	for _, step := range strings.Fields(selector) {
		want := parseSimple(step)
		var next []*Node
		for _, f := range found {
			for d := range f.n.Descendants() {
				if want.fits(d) && !slices.ContainsFunc(next, func(x *Node) bool { return x.n == d }) {
					next = append(next, &Node{d})
				}
			}
		}
		found = next
	}
	return found
}

// One returns the only part that fits, and fails the test when there are
// none or several.
func (n *Node) One(tb testing.TB, selector string) *Node {
	tb.Helper()
	all := n.All(selector)
	if len(all) != 1 {
		tb.Fatalf("%d of %s, want 1", len(all), selector)
	}
	return all[0]
}

// Text is the text in n, with single blanks.
func (n *Node) Text() string {
	var b strings.Builder
	for d := range n.n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Tag is the name of the element.
func (n *Node) Tag() string { return n.n.Data }

// Attr is the value of an attribute, or "".
func (n *Node) Attr(name string) string {
	v, _ := attr(n.n, name)
	return v
}

// Has reports whether there is such an attribute.
func (n *Node) Has(name string) bool {
	_, ok := attr(n.n, name)
	return ok
}

// Value is what a form control would send: of an input its value, of a text
// area its text, of a select the option chosen.
func (n *Node) Value() string {
	switch n.n.Data {
	case "textarea":
		if n.n.FirstChild == nil {
			return ""
		}
		return n.n.FirstChild.Data
	case "select":
		for _, o := range n.All("option[selected]") {
			return o.Attr("value")
		}
	}
	return n.Attr("value")
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// simple is a selector without blanks.
type simple struct {
	tag     string
	classes []string
	attrs   [][2]string // a value of "\x00" means any
}

func (s simple) fits(n *html.Node) bool {
	if n.Type != html.ElementNode || s.tag != "" && s.tag != n.Data {
		return false
	}
	class, _ := attr(n, "class")
	for _, c := range s.classes {
		if !slices.Contains(strings.Fields(class), c) {
			return false
		}
	}
	for _, a := range s.attrs {
		if v, ok := attr(n, a[0]); !ok || a[1] != "\x00" && v != a[1] {
			return false
		}
	}
	return true
}

func parseSimple(s string) simple {
	var out simple
	for s != "" {
		end := strings.IndexAny(s[1:], "#.[") + 1
		if s[0] == '[' {
			end = strings.IndexByte(s, ']') + 1
		}
		if end <= 0 {
			end = len(s)
		}
		out.add(s[:end])
		s = s[end:]
	}
	return out
}

func (s *simple) add(part string) {
	switch part[0] {
	case '#':
		s.attrs = append(s.attrs, [2]string{"id", part[1:]})
	case '.':
		s.classes = append(s.classes, part[1:])
	case '[':
		name, value, ok := strings.Cut(strings.Trim(part, "[]"), "=")
		if !ok {
			value = "\x00"
		}
		s.attrs = append(s.attrs, [2]string{name, strings.Trim(value, `"`)})
	default:
		s.tag = part
	}
}

// String names n for a message.
func (n *Node) String() string {
	return fmt.Sprintf("<%s id=%q name=%q>", n.n.Data, n.Attr("id"), n.Attr("name"))
}
