package web

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest file name kept, in bytes: every file system takes it.
const maxName = 200

// FileName makes a name that came from outside safe to show, to store and to
// download under: no path, no control, direction or zero-width characters, no
// leading or trailing dots, nothing Windows takes for a device. It never
// returns an empty name.
func FileName(s string) string {
	s = strings.ReplaceAll(validUTF8(s), `\`, "/")
	s = s[strings.LastIndex(s, "/")+1:]
	s = strings.Map(safeRune, s)
	s = strings.Trim(s, ". \u3000")
	s = cutName(s)
	if s == "" {
		return "file"
	}
	if isDevice(s) {
		return "_" + s
	}
	return s
}

func safeRune(r rune) rune {
	switch {
	case unicode.IsControl(r), isDirection(r), isInvisible(r), r == '\u2028', r == '\u2029':
		return -1
	case strings.ContainsRune(`:*?"<>|`, r):
		return '_'
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// cutName shortens the stem and leaves the extension.
func cutName(s string) string {
	if len(s) <= maxName {
		return s
	}
	ext := path.Ext(s)
	if len(ext) > 16 {
		ext = ""
	}
	stem := s[:maxName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, ". ") + ext
}

// isDevice reports names that Windows opens as a device, with any extension.
func isDevice(s string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(s), ".")
	stem = strings.TrimSpace(stem)
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}

// disposition is a Content-Disposition by RFC 6266: an ASCII name for old
// programs and the real one for all others.
func disposition(how, name string) string {
	name = FileName(name)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + percent(name)
}

// percent escapes everything but the attr-char of RFC 8187.
func percent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
