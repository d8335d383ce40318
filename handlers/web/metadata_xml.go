package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// someone stands where a document named who wrote, changed or remarked.
const someone = "Author"

// named are the attributes that name somebody, by element; "" is any element.
var named = map[string][]string{
	"":             {"author", "initials"},
	"author":       {"name", "initials", "userId", "providerId"}, // remarks in slides
	"cmAuthor":     {"name", "initials"},
	"person":       {"displayName", "userId", "providerId"}, // remarks in sheets
	"presenceInfo": {"userId", "providerId"},
	"fileSharing":  {"userName"},
	"header":       {"userName"}, // shared workbooks
	"userInfo":     {"name"},
}

// namedInText are the elements whose text names somebody or their machine.
var namedInText = []string{
	"creator", "lastModifiedBy", "author", "Company", "Manager", "HyperlinkBase", "CompanyAddress", "CompanyPhone", "CompanyFax", "CompanyEmail",
	"initial-creator", "printed-by", "creator-initials", "sender-initials", "user-defined",
}

// printer is a setting of a document that describes a printer.
var printer = regexp.MustCompile(`["']Printer(?:Name|Setup)["']`)

// onDisk is an attribute's value that says where on somebody's disk something
// lay: such paths hold the name a person signs in by.
var onDisk = regexp.MustCompile(`^(?:[Ff][Ii][Ll][Ee]:|[A-Za-z]:[\\/]|\\\\)`)

const maxTag = 1 << 20

// xmlParts cuts an XML part at its tags and changes nothing but names of
// people, paths and remarks of programs.
type xmlParts struct {
	in      *bufio.Reader
	begun   bool
	blank   bool     // in text that names somebody
	names   []string // that stood in such text
	dropped bool     // all that follows
}

// next returns some thousand bytes at a time: tags are short.
func (x *xmlParts) next() ([]byte, error) {
	var out []byte
	for len(out) < 8<<10 {
		b, err := x.one()
		out = append(out, b...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

func (x *xmlParts) one() ([]byte, error) {
	if x.dropped {
		return nil, io.EOF
	}
	if !x.begun {
		x.begun = true
		if head, _ := x.in.Peek(2); len(head) == 2 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) {
			return nil, errBroken // UTF-16 could not be searched
		}
	}
	head, err := x.in.Peek(1)
	if err != nil {
		return nil, err
	}
	if head[0] != '<' {
		return x.text()
	}
	return x.markup()
}

// text returns a piece of text up to the next tag.
func (x *xmlParts) text() ([]byte, error) {
	b, err := x.in.ReadSlice('<')
	switch {
	case err == nil:
		b = b[:len(b)-1]
		if e := x.in.UnreadByte(); e != nil {
			return nil, e
		}
	case !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF):
		return nil, err
	}
	if name := strings.TrimRight(string(b), ":： \r\n"); x.blank {
		x.names = append(x.names, name)
		return nil, nil
	} else if name != "" && slices.Contains(x.names, name) {
		return nil, nil // sheets repeat the name before a remark
	}
	return b, nil // taken before the next is read
}

func (x *xmlParts) markup() ([]byte, error) {
	const section = "<![CDATA["
	head, _ := x.in.Peek(len(section))
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		_, err := x.through("-->")
		return nil, err
	case string(head) == section:
		b, err := x.through("]]>")
		if x.blank {
			b = nil
		}
		return b, err
	case bytes.HasPrefix(head, []byte("<?")):
		return x.through("?>")
	case bytes.HasPrefix(head, []byte("<!")):
		return nil, errBroken // a document type: none of these has one
	}
	return x.tag()
}

// through reads up to and with the end. The end must come within a megabyte.
func (x *xmlParts) through(end string) ([]byte, error) {
	var b []byte
	for !bytes.HasSuffix(b, []byte(end)) {
		c, err := x.in.ReadByte()
		if err != nil {
			return nil, cutShort(err)
		}
		if b = append(b, c); len(b) > maxTag {
			return nil, errBroken
		}
	}
	return b, nil
}

// tag returns the next tag, changed as it must be.
func (x *xmlParts) tag() ([]byte, error) {
	b, err := x.whole()
	if err != nil {
		return nil, err
	}
	x.blank = false
	if b[1] == '/' {
		return b, nil
	}
	element, rest := cutTag(b)
	empty := bytes.HasSuffix(rest, []byte("/>"))
	switch {
	case element == "Properties" && bytes.Contains(rest, []byte("custom-properties")) && !empty:
		x.dropped = true // what programs of firms and schools note about a document
		return append(b[:len(b)-1], "/>"...), nil
	case slices.Contains(namedInText, element), element == "config-item" && printer.Match(rest):
		x.blank = !empty
	}
	if named[element] == nil && !tells(rest) {
		return b, nil
	}
	head := b[:len(b)-len(rest)]
	return slices.Concat(head, withoutNames(element, rest)), nil
}

// cutTag cuts a tag behind its name, and returns the name without its prefix.
func cutTag(tag []byte) (name string, rest []byte) {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	name = string(tag[1:end])
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	return name, tag[end:]
}

// whole reads a tag. What stands in quotes does not end it.
func (x *xmlParts) whole() ([]byte, error) {
	var b []byte
	var quote byte
	for {
		c, err := x.in.ReadByte()
		if err != nil {
			return nil, cutShort(err)
		}
		if b = append(b, c); len(b) > maxTag {
			return nil, errBroken
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return b, nil
		}
	}
}

// telling is what a tag must hold one of to be looked at more closely: most
// hold nothing of the kind.
var telling = [][]byte{[]byte("author"), []byte("initials"), []byte(`\`), []byte(":/"), []byte("ile:"), []byte("ILE:")}

func tells(rest []byte) bool {
	return slices.ContainsFunc(telling, func(t []byte) bool { return bytes.Contains(rest, t) })
}

var attribute = regexp.MustCompile(`(?:[^\s=:"']*:)?([^\s=:"']+)(\s*=\s*)("[^"]*"|'[^']*')`)

// withoutNames returns the rest of a tag with other values where attributes
// name somebody, and without the folders of paths.
func withoutNames(element string, rest []byte) []byte {
	return attribute.ReplaceAllFunc(rest, func(whole []byte) []byte {
		m := attribute.FindSubmatchIndex(whole)
		name, value := string(whole[m[2]:m[3]]), string(whole[m[6]+1:m[7]-1])
		switch {
		case value == "":
			return whole
		case slices.Contains(named[""], name), slices.Contains(named[element], name):
			value = someone
		case onDisk.MatchString(value):
			value = value[strings.LastIndexAny(value, `/\`)+1:]
		default:
			return whole
		}
		quote := whole[m[6]]
		return slices.Concat(whole[:m[6]], []byte{quote}, []byte(value), []byte{quote})
	})
}
