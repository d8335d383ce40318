package email

import (
	"bytes"
	"strings"
)

// part is one node of a message: a leaf with content, or a multipart.
type part struct {
	head        header
	kind        string // "text/plain"
	params      map[string]string
	disposition string
	fileParams  map[string]string
	body        []byte // still encoded
	parent      *part
	children    []*part
	leaf        bool
}

func newPart(h header, parent *part) *part {
	p := &part{head: h, parent: parent, leaf: true}
	hint := ""
	if parent != nil {
		hint = parent.hint()
	}
	p.kind, p.params = contentType(h.get("content-type"), hint)
	if !h.has("content-type") && parent != nil && parent.kind == "multipart/digest" {
		p.kind = "message/rfc822"
	}
	p.disposition, p.fileParams = parameters(h.get("content-disposition"), hint)
	p.disposition = strings.ToLower(p.disposition)
	return p
}

// hint is the charset the message speaks of, for text that names none.
func (p *part) hint() string {
	for ; p != nil; p = p.parent {
		if c := p.params["charset"]; c != "" {
			return c
		}
	}
	return ""
}

func (p *part) multipart() bool {
	return strings.HasPrefix(p.kind, "multipart/") && p.params["boundary"] != ""
}

// content is the leaf's content decoded.
func (p *part) content() ([]byte, bool) {
	encoding := string(p.head.get("content-transfer-encoding"))
	if strings.HasPrefix(p.kind, "multipart/") || p.kind == "message/rfc822" && !strings.Contains(strings.ToLower(encoding), "base64") {
		return p.body, true
	}
	return decodeTransfer(p.body, encoding)
}

// splitter cuts a message into its parts in one pass over its lines, however
// deep they are nested.
type splitter struct {
	raw    []byte
	open   []*part        // the multiparts we are in, outermost first
	bounds map[string]int // their boundaries
	leaf   *part          // the part that is being read
	start  int            // where its body starts
	parts  int
	faults []string
}

// split takes a message apart.
func split(raw []byte) (*part, []string) {
	h, pos := readHeader(raw, skipEmpty(raw), func([]byte) bool { return false })
	root := newPart(h, nil)
	s := &splitter{raw: raw, bounds: map[string]int{}}
	s.begin(root, pos)
	for pos < len(raw) {
		text, next := line(raw, pos)
		if len(s.open) > 0 && bytes.HasPrefix(text, []byte("--")) {
			next = s.boundary(text, pos, next)
		}
		pos = next
	}
	s.endLeaf(len(raw))
	if len(s.open) > 0 {
		s.faults = append(s.faults, "the last boundary is missing")
	}
	if !root.leaf && len(root.children) == 0 { // a multipart without parts is text
		root.leaf, root.kind, root.body = true, "text/plain", raw[bodyStart(raw):]
		s.faults = append(s.faults, "the message has no parts")
	}
	return root, s.faults
}

func bodyStart(raw []byte) int {
	_, pos := readHeader(raw, skipEmpty(raw), func([]byte) bool { return false })
	return pos
}

// skipEmpty is the position of the first line that holds anything.
func skipEmpty(raw []byte) int {
	pos := 0
	for pos < len(raw) {
		text, next := line(raw, pos)
		if !blank(text) {
			break
		}
		pos = next
	}
	return pos
}

// begin starts reading the body of p at pos.
func (s *splitter) begin(p *part, pos int) {
	s.parts++
	if strings.HasPrefix(p.kind, "multipart/") && p.params["boundary"] == "" {
		p.params["boundary"] = guessBoundary(s.raw, pos)
	}
	if p.multipart() {
		if _, taken := s.bounds[p.params["boundary"]]; !taken {
			p.leaf = false
			s.bounds[p.params["boundary"]] = len(s.open)
			s.open = append(s.open, p)
			return
		}
	}
	s.leaf, s.start = p, pos
}

// guessBoundary finds the boundary of a multipart that does not name it: the
// first line of that look with a part's header below.
func guessBoundary(raw []byte, pos int) string {
	for range 50 {
		if pos >= len(raw) {
			break
		}
		text, next := line(raw, pos)
		if len(text) > 4 && bytes.HasPrefix(text, []byte("--")) && next < len(raw) {
			if below, _ := line(raw, next); strings.HasPrefix(fieldName(below), "content-") {
				return strings.TrimRight(string(text[2:]), " \t")
			}
		}
		pos = next
	}
	return ""
}

func (s *splitter) endLeaf(end int) {
	if s.leaf == nil {
		return
	}
	s.leaf.body = s.raw[s.start:max(s.start, end)]
	s.leaf = nil
}

// boundary handles a line that may be one, and returns where to read on.
func (s *splitter) boundary(text []byte, pos, next int) int {
	level, closing, ok := s.match(text)
	if !ok || s.parts >= maxParts {
		if ok && s.parts == maxParts {
			s.faults = append(s.faults, "there are more parts than are shown")
			s.parts++
		}
		return next
	}
	s.endLeaf(beforeBoundary(s.raw, pos))
	s.pop(level + 1)
	if closing {
		s.pop(level)
		return next
	}
	parent := s.open[level]
	h, body := readHeader(s.raw, next, func(t []byte) bool {
		_, _, ok := s.match(t)
		return ok
	})
	child := newPart(h, parent)
	parent.children = append(parent.children, child)
	s.begin(child, body)
	return body
}

// match finds the open multipart whose boundary the line is.
func (s *splitter) match(text []byte) (level int, closing, ok bool) {
	if !bytes.HasPrefix(text, []byte("--")) || len(text) > 1000 {
		return 0, false, false
	}
	name := strings.TrimRight(string(text[2:]), " \t\r")
	if level, ok = s.bounds[name]; ok {
		return level, false, true
	}
	if name, closing = strings.CutSuffix(name, "--"); closing {
		level, ok = s.bounds[name]
	}
	return level, closing, ok
}

func (s *splitter) pop(level int) {
	for len(s.open) > level {
		last := s.open[len(s.open)-1]
		delete(s.bounds, last.params["boundary"])
		s.open = s.open[:len(s.open)-1]
	}
}

// beforeBoundary is the end of a body: the newline before a boundary belongs
// to the boundary.
func beforeBoundary(raw []byte, pos int) int {
	if pos > 0 && raw[pos-1] == '\n' {
		pos--
		if pos > 0 && raw[pos-1] == '\r' {
			pos--
		}
	}
	return pos
}

// leaves lists the leaves below root in the order of the message.
func leaves(root *part) []*part {
	var out []*part
	stack := []*part{root}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p.leaf {
			out = append(out, p)
			continue
		}
		for i := len(p.children) - 1; i >= 0; i-- {
			stack = append(stack, p.children[i])
		}
	}
	return out
}
