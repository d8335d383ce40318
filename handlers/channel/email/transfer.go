package email

import (
	"bytes"
	"regexp"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding. ok is false where the
// content did not keep to it; what could be read is returned all the same.
func decodeTransfer(b []byte, encoding string) (content []byte, ok bool) {
	encoding, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(encoding)), ";")
	switch strings.Trim(encoding, `" `) {
	case "base64":
		return decodeBase64Body(b)
	case "quoted-printable":
		return decodeQuotedPrintable(b)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if files, rest := cutUU(b); len(files) > 0 && blank(rest) {
			return files[0].Content, true
		}
		return b, false
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return b, true
	}
	return b, false
}

// decodeBase64Body takes content that is plainly not base64 as it is.
func decodeBase64Body(b []byte) ([]byte, bool) {
	sample := b[:min(len(b), 2000)]
	if end := padded.FindIndex(sample); end != nil {
		sample = sample[:end[1]] // text that somebody added below is no sign
	}
	odd, spaces := 0, 0
	for _, c := range sample {
		switch {
		case base64Digit(c), c == '=', c == '\r', c == '\n':
		case c == ' ', c == '\t':
			spaces++
		default:
			odd++
		}
	}
	if len(sample) > 0 && ((odd+spaces)*15 > len(sample)) {
		return b, false
	}
	return decodeBase64(b)
}

var padded = regexp.MustCompile(`=\r?\n`)

// decodeBase64 skips what is no digit, joins runs that were padded each for
// itself, and stops at text that somebody added below.
func decodeBase64(b []byte) ([]byte, bool) {
	out := make([]byte, 0, len(b)/4*3+3)
	var acc uint32
	bits, ok := 0, true
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch v := base64Value[c]; {
		case v >= 0:
			acc, bits = acc<<6|uint32(v), bits+6
			if bits == 24 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc)) //nolint:gosec // the low byte of each is meant
				acc, bits = 0, 0
			}
		case c == '=':
			out = appendRest(out, acc, bits)
			acc, bits = 0, 0
			if !base64Line(b[i+1:]) {
				return out, false
			}
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			ok = false
		}
	}
	return appendRest(out, acc, bits), ok && bits == 0
}

var base64Value = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = int8(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

func appendRest(out []byte, acc uint32, bits int) []byte {
	switch bits {
	case 12:
		return append(out, byte(acc>>4)) //nolint:gosec // the low byte is meant
	case 18:
		return append(out, byte(acc>>10), byte(acc>>2)) //nolint:gosec // the low byte is meant
	}
	return out
}

// base64Line tells whether the next line that is not empty could be base64.
func base64Line(b []byte) bool {
	b = bytes.TrimLeft(b, "= \t\r\n")
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	for _, c := range bytes.TrimRight(b[:min(len(b), 200)], " \t\r") {
		if !base64Digit(c) && c != '=' {
			return false
		}
	}
	return true
}

// decodeQuotedPrintable leaves broken escapes as they are.
func decodeQuotedPrintable(b []byte) ([]byte, bool) {
	out := make([]byte, 0, len(b))
	ok := true
	for pos := 0; pos < len(b); {
		text, next := line(b, pos)
		ended := next > pos && b[next-1] == '\n'
		eol := b[pos+len(text) : next]
		pos = next
		text = bytes.TrimRight(text, " \t")
		soft := len(text) > 0 && text[len(text)-1] == '='
		if soft {
			text = text[:len(text)-1]
		}
		var fine bool
		out, fine = appendEscaped(out, text)
		ok = ok && fine
		if !soft && ended {
			out = append(out, eol...)
		}
	}
	return out, ok
}

func appendEscaped(out, text []byte) ([]byte, bool) {
	ok := true
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			out = append(out, text[i])
			continue
		}
		if i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
			continue
		}
		out, ok = append(out, '='), false
	}
	return out, ok
}

// cutUU takes uuencoded files out of a text.
func cutUU(b []byte) (files []Attachment, rest []byte) {
	if !bytes.Contains(b, []byte("begin ")) {
		return nil, b
	}
	for pos := 0; pos < len(b); {
		text, next := line(b, pos)
		if name, ok := uuBegin(text); ok {
			if content, end, ok := uuBody(b, next); ok {
				files = append(files, Attachment{Name: name, Named: true, Type: "application/octet-stream", Content: content})
				pos = end
				continue
			}
		}
		rest = append(rest, b[pos:next]...)
		pos = next
	}
	return files, rest
}

func uuBegin(text []byte) (name string, ok bool) {
	f := bytes.SplitN(text, []byte(" "), 3)
	if len(f) < 3 || string(f[0]) != "begin" || len(f[1]) < 3 || len(f[1]) > 4 || len(bytes.Trim(f[1], "01234567")) > 0 {
		return "", false
	}
	name = fileName(decode(f[2]))
	return name, name != ""
}

// uuBody reads the lines after begin up to end. A line that is no uuencoding
// makes the whole an ordinary text.
func uuBody(b []byte, pos int) (content []byte, end int, ok bool) {
	for pos < len(b) {
		text, next := line(b, pos)
		if string(bytes.TrimSpace(text)) == "end" {
			return content, next, true
		}
		if len(text) > 0 {
			n := int((text[0] - ' ') & 63)
			if text[0] < ' ' || text[0] > '`' || len(text)-1 > (n+2)/3*4+2 {
				return nil, 0, false
			}
			content = uuLine(content, text[1:], n)
		}
		pos = next
	}
	return nil, 0, false
}

func uuLine(out, text []byte, n int) []byte {
	at := func(i int) byte {
		if i < len(text) {
			return (text[i] - ' ') & 63
		}
		return 0
	}
	for i := 0; n > 0; i, n = i+4, n-3 {
		three := []byte{at(i)<<2 | at(i+1)>>4, at(i+1)<<4 | at(i+2)>>2, at(i+2)<<6 | at(i+3)}
		out = append(out, three[:min(n, 3)]...)
	}
	return out
}
