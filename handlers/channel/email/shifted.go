package email

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
)

// shifted reads ISO-2022-KR and -CN: between shift-out and shift-in the bytes
// are those of an eight-bit charset with their highest bit off.
func shifted(e encoding.Encoding) func([]byte) string {
	decode := through(e)
	return func(b []byte) string {
		out := make([]byte, 0, len(b))
		on := false
		for i := 0; i < len(b); i++ {
			switch c := b[i]; {
			case c == 0x0e:
				on = true
			case c == 0x0f, c == '\n':
				on = false
				out = appendUnless(out, c, 0x0f)
			case c == 0x1b && i+3 < len(b) && b[i+1] == '$':
				i += 3
			case on && c > ' ':
				out = append(out, c|0x80)
			default:
				out = append(out, c)
			}
		}
		return decode(out)
	}
}

func appendUnless(out []byte, c, not byte) []byte {
	if c == not {
		return out
	}
	return append(out, c)
}

// utf7 reads RFC 2152. What is no valid run of it stays as it is.
func utf7(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			break
		}
		out.WriteString(toValid(b[:i]))
		b = b[i:]
		n := 1
		for n < len(b) && base64Digit(b[n]) {
			n++
		}
		out.WriteString(utf7Run(b[1:n]))
		if n < len(b) && b[n] == '-' {
			n++
		}
		b = b[n:]
	}
	out.WriteString(toValid(b))
	return out.String()
}

func utf7Run(b []byte) string {
	if len(b) == 0 {
		return "+"
	}
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(b)))
	n, err := base64.RawStdEncoding.Decode(raw, b)
	if err != nil && n < 2 {
		return "+" + string(b)
	}
	units := make([]uint16, 0, n/2)
	for i := 0; i+1 < n; i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

func base64Digit(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}
