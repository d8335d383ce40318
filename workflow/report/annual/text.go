package annual

import (
	"slices"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// The text of a block is what a person edits:
//
//	# 一、总体情况                 a heading of level 1; ## ### #### are the others
//	截至{{last}}，共办理{{campaign.closed}}件。
//	{{if about.total}}收到{{about.total}}件。{{else}}未收到举报、投诉。{{end}}
//	{{table duties}}               a table, on a line of its own
//
// Each line is a paragraph. A place in braces is a field; {{site.top_columns|han}}
// writes a small number in Chinese. A condition is true when its field is not
// zero and not empty.

// Para is one paragraph, heading or table of a report as it is read.
type Para struct {
	Kind  workflow.BlockKind `json:"kind"`
	Level int                `json:"level,omitempty"`
	Runs  []Run              `json:"runs,omitempty"`
	Table string             `json:"table,omitempty"`
}

// Run is a piece of a paragraph: words, or the value of a field.
type Run struct {
	Text  string `json:"text"`
	Field string `json:"field,omitempty"`
}

// Text is the paragraph without its marks.
func (p Para) Text() string {
	var b strings.Builder
	for _, r := range p.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// node is words, a place, a table or a condition.
type node struct {
	words string
	place string
	han   bool
	table string
	cond  string
	yes   []node
	no    []node
}

// parser reads a text from left to right.
type parser struct {
	rest string
	line int
}

// parse reads the text of a block. What is wrong with it is an Invalid error
// about the field "text".
func parse(text string) ([]node, error) {
	p := &parser{rest: text, line: 1}
	nodes, end, err := p.nodes()
	if err == nil && end != "" {
		err = workflow.Wrong("text", "annual.text.stray", end, p.line)
	}
	return nodes, err
}

// nodes reads up to the end, or up to an else or end that belongs to who asked.
func (p *parser) nodes() (out []node, end string, err error) {
	for {
		words, rest, found := strings.Cut(p.rest, "{{")
		p.line += strings.Count(words, "\n")
		if words != "" {
			out = append(out, node{words: words})
		}
		if !found {
			p.rest = ""
			return out, "", nil
		}
		mark, rest, closed := strings.Cut(rest, "}}")
		if !closed || strings.ContainsAny(mark, "{\n") {
			return nil, "", workflow.Wrong("text", "annual.text.open", p.line)
		}
		p.rest = rest
		n, end, err := p.mark(strings.Fields(mark))
		if err != nil || end != "" {
			return out, end, err
		}
		out = append(out, n)
	}
}

// mark reads what stands between braces.
func (p *parser) mark(words []string) (n node, end string, err error) {
	switch {
	case len(words) == 1 && (words[0] == "else" || words[0] == "end"):
		return node{}, words[0], nil
	case len(words) == 1:
		key, how, _ := strings.Cut(words[0], "|")
		if !known(key) || how != "" && how != "han" {
			return node{}, "", workflow.Wrong("text", "annual.text.unknown", words[0], p.line)
		}
		return node{place: key, han: how == "han"}, "", nil
	case len(words) == 2 && words[0] == "table" && slices.Contains(Tables, words[1]):
		return node{table: words[1]}, "", nil
	case len(words) == 2 && words[0] == "if" && known(words[1]):
		n, err := p.condition(words[1])
		return n, "", err
	}
	return node{}, "", workflow.Wrong("text", "annual.text.unknown", strings.Join(words, " "), p.line)
}

func (p *parser) condition(field string) (node, error) {
	n, line := node{cond: field}, p.line
	var end string
	var err error
	if n.yes, end, err = p.nodes(); err == nil && end == "else" {
		n.no, end, err = p.nodes()
	}
	if err == nil && end != "end" {
		err = workflow.Wrong("text", "annual.text.unclosed", field, line)
	}
	return n, err
}

// places lists the fields that a text has places for or asks about.
func places(nodes []node) []string {
	var out []string
	for _, n := range nodes {
		for _, key := range []string{n.place, n.cond} {
			if key != "" && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
		for _, key := range append(places(n.yes), places(n.no)...) {
			if !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// setter sets text: it fills values in and cuts it into paragraphs.
type setter struct {
	values map[string]Value
	paras  []Para
	line   []Run
}

// set is the text as it is read.
func set(nodes []node, values map[string]Value) []Para {
	s := &setter{values: values}
	s.run(nodes)
	s.end()
	return s.paras
}

func (s *setter) run(nodes []node) {
	for _, n := range nodes {
		switch {
		case n.cond != "" && s.values[n.cond].holds():
			s.run(n.yes)
		case n.cond != "":
			s.run(n.no)
		case n.table != "":
			s.end()
			s.paras = append(s.paras, Para{Kind: workflow.TableIn, Table: n.table})
		case n.place != "":
			s.fill(n)
		default:
			s.words(n.words)
		}
	}
}

// fill puts a value in its place; one that says nothing leaves none.
func (s *setter) fill(n node) {
	if text := s.values[n.place].words(n.han); text != "" {
		s.line = append(s.line, Run{Text: text, Field: n.place})
	}
}

func (s *setter) words(text string) {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			s.line = append(s.line, Run{Text: l})
		}
		if i < len(lines)-1 {
			s.end()
		}
	}
}

// end ends a paragraph; an empty one is none.
func (s *setter) end() {
	line := trim(s.line)
	s.line = nil
	if len(line) == 0 {
		return
	}
	p := Para{Kind: workflow.Paragraph, Runs: line}
	head := line[0].Text
	if level := len(head) - len(strings.TrimLeft(head, "#")); line[0].Field == "" && level > 0 && level <= 4 && strings.HasPrefix(head[level:], " ") {
		p.Kind, p.Level = workflow.Heading, level
		p.Runs[0].Text = strings.TrimLeft(head[level:], " ")
		p.Runs = trim(p.Runs)
	}
	if len(p.Runs) > 0 {
		s.paras = append(s.paras, p)
	}
}

// trim takes blanks off both ends of a line, and what is empty then.
func trim(line []Run) []Run {
	for len(line) > 0 && line[0].Field == "" {
		if line[0].Text = strings.TrimLeft(line[0].Text, " \t\r\u3000"); line[0].Text != "" {
			break
		}
		line = line[1:]
	}
	for n := len(line); n > 0 && line[n-1].Field == ""; n = len(line) {
		if line[n-1].Text = strings.TrimRight(line[n-1].Text, " \t\r\u3000"); line[n-1].Text != "" {
			break
		}
		line = line[:n-1]
	}
	return line
}

// hanDigits are the Chinese numerals up to ten.
var hanDigits = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// han is a number below a hundred in Chinese; larger ones stay in digits.
func han(n int) string {
	switch {
	case n < 0 || n > 99:
		return strconv.Itoa(n)
	case n <= 10:
		return hanDigits[n]
	}
	tens, ones := "十", ""
	if n >= 20 {
		tens = hanDigits[n/10] + "十"
	}
	if n%10 > 0 {
		ones = hanDigits[n%10]
	}
	return tens + ones
}
