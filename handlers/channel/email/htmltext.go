package email

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText is what a reader of the page would see, with quotations marked by
// "> " as in plain mail.
func htmlText(page string) string {
	w := &textWriter{bol: true}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return trimLines(clean(w.out.String()))
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			w.start(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

type textWriter struct {
	out     strings.Builder
	skip    atom.Atom // the element whose content is not shown
	pre     int
	quotes  int
	bol     bool // at the beginning of a line
	newline int  // newlines owed before the next text
	space   bool // a space owed
	cells   int  // cells begun in this row
}

func (w *textWriter) text(s string) {
	if w.skip != 0 {
		return
	}
	s = html.UnescapeString(s)
	if w.pre > 0 {
		for i, l := range strings.Split(clean(s), "\n") {
			if i > 0 {
				w.newline++
			}
			w.word(l)
		}
		return
	}
	for i, word := range strings.FieldsFunc(s, isSpace) {
		if i > 0 || isSpace([]rune(s[:1])[0]) {
			w.space = true
		}
		w.word(word)
	}
	if s != "" && isSpace(rune(s[len(s)-1])) {
		w.space = true
	}
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

func (w *textWriter) word(s string) {
	if s == "" {
		return
	}
	s = strings.ReplaceAll(s, "\u00a0", " ")
	for ; w.newline > 0; w.newline-- {
		w.out.WriteByte('\n')
		w.bol = true
	}
	if w.bol {
		w.out.WriteString(strings.Repeat("> ", min(w.quotes, 10)))
	} else if w.space {
		w.out.WriteByte(' ')
	}
	w.out.WriteString(s)
	w.bol, w.space = false, false
}

// lines asks for at least n newlines before the next text.
func (w *textWriter) lines(n int) {
	if w.out.Len() > 0 && w.newline < n {
		w.newline = n
	}
	w.space = false
}

func (w *textWriter) start(a atom.Atom) {
	if w.skip != 0 {
		return
	}
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Object, atom.Iframe, atom.Noframes, atom.Svg, atom.Math:
		w.skip = a
	case atom.Br:
		if w.out.Len() > 0 {
			w.newline++
		}
		w.space = false
	case atom.Td, atom.Th:
		if w.cells > 0 {
			w.word("\t")
		}
		w.cells++
	case atom.Li:
		w.lines(1)
		w.word("- ")
	case atom.Pre:
		w.pre++
		w.lines(1)
	case atom.Blockquote:
		w.lines(1)
		w.quotes++
	case atom.Tr:
		w.cells = 0
		w.lines(1)
	default:
		w.block(a)
	}
}

func (w *textWriter) end(a atom.Atom) {
	if w.skip != 0 {
		if a == w.skip {
			w.skip = 0
		}
		return
	}
	switch a {
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.lines(1)
	case atom.Blockquote:
		w.quotes = max(0, w.quotes-1)
		w.lines(1)
	default:
		w.block(a)
	}
}

// blocks are the elements that stand on lines of their own, with the number of
// newlines around them.
var blocks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2,
	atom.Table: 2, atom.Ul: 2, atom.Ol: 2, atom.Dl: 2,
	atom.Div: 1, atom.Section: 1, atom.Article: 1, atom.Header: 1, atom.Footer: 1, atom.Tr: 1, atom.Hr: 1,
	atom.Form: 1, atom.Center: 1, atom.Address: 1, atom.Dt: 1, atom.Dd: 1, atom.Figure: 1, atom.Li: 1,
}

func (w *textWriter) block(a atom.Atom) {
	if n := blocks[a]; n > 0 {
		w.lines(n)
	}
}
