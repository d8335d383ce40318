package email

import (
	"bytes"
	"regexp"
	"strings"
)

// decodeHeader turns a raw header value into text: folds undone, encoded words
// decoded, bare eight-bit text decoded by the hint or by what it looks like.
func decodeHeader(raw []byte, hint string) string {
	return strings.TrimSpace(flat(decodeWords(decodeBare(raw, hint))))
}

// decodeBare decodes what is not ASCII between encoded words and leaves those
// alone, so that the syntax around them can be read safely.
func decodeBare(raw []byte, hint string) []byte {
	if isASCII(raw) && !bytes.Contains(raw, []byte("\x1b$")) && !hzText.Match(raw) {
		return raw
	}
	var out []byte
	for {
		start, _, n := findWord(raw)
		if n == 0 {
			return append(out, decode(raw, hint)...)
		}
		out = append(out, decode(raw[:start], hint)...)
		out = append(out, raw[start:start+n]...)
		raw = raw[start+n:]
	}
}

// flat is a header value on one line without control characters.
func flat(s string) string {
	s = fold.ReplaceAllString(clean(s), " ")
	return strings.ReplaceAll(s, "\t", " ")
}

// foldInWord is a fold where none is allowed: inside an encoded word.
var foldInWord = regexp.MustCompile(`\r?\n[ \t]*`)

var fold = regexp.MustCompile(`\n[ \t]*`)

// word is one RFC 2047 encoded word.
type word struct {
	charset string
	content []byte
}

// decodeWords decodes the encoded words in b. Words that follow each other are
// joined before they are decoded, because senders cut them inside a character.
func decodeWords(b []byte) string {
	var out strings.Builder
	var run []word
	flush := func() {
		for i := 0; i < len(run); {
			j, content := i, []byte(nil)
			for ; j < len(run) && sameCharset(run[j].charset, run[i].charset); j++ {
				content = append(content, run[j].content...)
			}
			out.WriteString(decode(content, run[i].charset))
			i = j
		}
		run = run[:0]
	}
	for {
		start, w, n := findWord(b)
		if n == 0 {
			break
		}
		if between := b[:start]; len(run) == 0 || !blank(between) {
			flush()
			out.WriteString(toValid(between))
		}
		run = append(run, w)
		b = b[start+n:]
	}
	flush()
	out.WriteString(toValid(b))
	return out.String()
}

func sameCharset(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, y := notName.ReplaceAllString(strings.ToLower(a), ""), notName.ReplaceAllString(strings.ToLower(b), "")
	return x == y || gbName(x) && gbName(y)
}

func gbName(s string) bool { return strings.HasPrefix(s, "gb") }

// findWord finds the first encoded word; n is its length, 0 when there is none.
func findWord(b []byte) (start int, w word, n int) {
	for pos := 0; ; {
		i := bytes.Index(b[pos:], []byte("=?"))
		if i < 0 {
			return 0, word{}, 0
		}
		pos += i
		if w, n := readWord(b[pos:]); n > 0 {
			return pos, w, n
		}
		pos += 2
	}
}

// readWord reads the encoded word at the start of b.
func readWord(b []byte) (word, int) {
	const longestName = 60
	q1 := bytes.IndexByte(b[2:min(len(b), 2+longestName)], '?')
	if q1 < 1 {
		return word{}, 0
	}
	q1 += 2
	if q1+2 >= len(b) || b[q1+2] != '?' || bytes.ContainsAny(b[2:q1], " \t\r\n=") {
		return word{}, 0
	}
	text, n := wordText(b[q1+3:])
	label := string(b[2:q1])
	text = foldInWord.ReplaceAll(text, nil)
	switch b[q1+1] {
	case 'B', 'b':
		content, _ := decodeBase64(text)
		return word{label, content}, q1 + 3 + n
	case 'Q', 'q':
		return word{label, decodeQ(text)}, q1 + 3 + n
	}
	return word{}, 0
}

// wordText returns the text of a word up to its end mark, and its length with
// the mark. A word that was cut off ends where the white space begins.
func wordText(b []byte) ([]byte, int) {
	if i := bytes.Index(b, []byte("?=")); i >= 0 {
		if j := bytes.Index(b[:i], []byte("=?")); j < 0 || !startsWord(b[j:]) {
			return b[:i], i + 2
		}
	}
	i := bytes.IndexAny(b, " \t\r\n\"<")
	if i < 0 {
		i = len(b)
	}
	return b[:i], i
}

func startsWord(b []byte) bool {
	q := bytes.IndexByte(b[2:], '?')
	return q > 0 && q < 40 && q+4 < len(b) && b[q+4] == '?'
}

// decodeQ reads the Q encoding of RFC 2047.
func decodeQ(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]):
			out = append(out, unhex(b[i+1])<<4|unhex(b[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
