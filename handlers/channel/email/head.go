package email

import (
	"bytes"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// field is one header line: its name in lower case and its value as it came,
// folds included.
type field struct {
	name  string
	value []byte
}

type header []field

func (h header) get(name string) []byte {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

func (h header) all(name string) [][]byte {
	var out [][]byte
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

func (h header) has(name string) bool { return h.get(name) != nil }

// text is a value of plain ASCII habits: trimmed, unfolded, in lower case.
func (h header) text(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(clean(decodeHeader(h.get(name), ""))), " "))
}

// unifyLines makes line feeds of lone carriage returns where a message has
// nothing else, and drops a byte order mark.
func unifyLines(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		return bytes.ReplaceAll(raw, []byte{'\r'}, []byte{'\n'})
	}
	return raw
}

// line returns the line of b that starts at pos, without its end, and where
// the next one starts.
func line(b []byte, pos int) (text []byte, next int) {
	i := bytes.IndexByte(b[pos:], '\n')
	if i < 0 {
		return b[pos:], len(b)
	}
	return bytes.TrimSuffix(b[pos:pos+i], []byte{'\r'}), pos + i + 1
}

// readHeader reads the fields at pos and returns where the body starts. stop
// tells lines that end a header even without an empty line. Values are slices
// of b, so that a header of any size costs nothing.
func readHeader(b []byte, pos int, stop func([]byte) bool) (header, int) {
	var h header
	value := 0 // where the last field's value starts
	for pos < len(b) {
		text, next := line(b, pos)
		end := pos + len(text)
		switch {
		case stop(text):
			return h, pos
		case len(text) == 0:
			return h, next
		case isFold(text) && (len(h) > 0 || fieldName(bytes.TrimSpace(text)) == ""):
			if blank(text) && !moreHeader(b, next) {
				return h, next
			}
			h.extend(b[value:end])
		case fieldName(text) != "":
			name := fieldName(text) // an indent before the first is forgiven
			value = pos + bytes.IndexByte(text, ':') + 1
			h = append(h, field{name, b[value:end]})
		case len(h) == 0 && isEnvelopeLine(text):
		case len(h) > 0 && (bytes.HasPrefix(text, []byte("=?")) || moreHeader(b, next)):
			h.extend(b[value:end]) // a fold that lost its indent
		default:
			return h, pos
		}
		pos = next
	}
	return h, pos
}

// extend makes the last field's value longer.
func (h header) extend(value []byte) {
	if len(h) > 0 {
		h[len(h)-1].value = value
	}
}

func isFold(text []byte) bool { return text[0] == ' ' || text[0] == '\t' }

func blank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

func isEnvelopeLine(text []byte) bool {
	return bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From "))
}

// fieldName returns the name of a header line in lower case, or "".
func fieldName(text []byte) string {
	i := bytes.IndexByte(text, ':')
	if i < 1 || i > 100 {
		return ""
	}
	name := bytes.TrimSpace(text[:i])
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return ""
		}
	}
	return strings.ToLower(string(name))
}

var knownField = regexp.MustCompile(`(?i)^(from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|reply-to|sender|references|in-reply-to|return-path|x-[a-z0-9-]+|list-[a-z-]+)[ \t]*:`)

// moreHeader tells whether header lines go on within the next few lines.
func moreHeader(b []byte, pos int) bool {
	for range 6 {
		if pos >= len(b) {
			return false
		}
		text, next := line(b, pos)
		if blank(text) {
			return false
		}
		if knownField.Match(text) {
			return true
		}
		pos = next
	}
	return false
}

// ids finds the message ids in values. Folds inside an id are mended.
func ids(values [][]byte) []string {
	var out []string
	for _, v := range values {
		for len(v) > 0 && len(out) < 200 {
			i := bytes.IndexByte(v, '<')
			if i < 0 {
				break
			}
			j := bytes.IndexByte(v[i:], '>')
			if j < 0 {
				break
			}
			if id := cleanID(v[i+1 : i+j]); id != "" {
				out = append(out, id)
			}
			v = v[i+j+1:]
		}
	}
	return out
}

func firstID(v []byte) string {
	if found := ids([][]byte{v}); len(found) > 0 {
		return found[0]
	}
	f := bytes.Fields(v)
	if len(f) == 0 {
		return ""
	}
	return cleanID(f[0])
}

func cleanID(b []byte) string {
	const longest = 998
	s := strings.Join(strings.Fields(clean(toValid(b))), "")
	s = strings.Trim(s, "<>")
	if len(s) > longest {
		s = clean(s[:longest])
	}
	return s
}

var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05",
	"2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2 January 2006 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006/01/02 15:04:05", time.RFC3339, time.ANSIC,
	"Jan 2 15:04:05 2006", "Jan 2 15:04:05 2006 -0700", "2-Jan-2006 15:04:05 -0700", "2006年1月2日 15:04:05", "2006年1月2日 15:04",
}

// date reads the Date field, or else the time at which the last server took
// the message.
func date(h header) time.Time {
	if t := parseDate(decodeHeader(h.get("date"), "")); !t.IsZero() {
		return t
	}
	received := decodeHeader(h.get("received"), "")
	return parseDate(received[strings.LastIndexByte(received, ';')+1:])
}

func parseDate(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 100 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil {
		return sane(t)
	}
	if i := strings.IndexByte(s, '('); i > 0 {
		s = strings.TrimSpace(s[:i])
	}
	if i := strings.IndexAny(s, ",，"); i >= 0 {
		s = strings.TrimLeft(s[i:], ",， ")
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return sane(t)
		}
	}
	return time.Time{}
}

// sane drops years that no database column holds.
func sane(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}
	}
	return t.UTC()
}
