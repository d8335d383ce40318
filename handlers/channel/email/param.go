package email

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// contentType reads a Content-Type value into its type and parameters.
func contentType(raw []byte, hint string) (kind string, params map[string]string) {
	kind, params = parameters(raw, hint)
	switch kind = strings.ToLower(kind); kind {
	case "", "text", "plain", "plain/text", "text/ascii":
		kind = "text/plain"
	case "html", "html/text":
		kind = "text/html"
	}
	if kind = mediaType.FindString(kind); kind == "" {
		kind = "application/octet-stream"
	}
	return kind, params
}

var mediaType = regexp.MustCompile(`^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+`)

// parameters reads "value; name=x; name*0*=…", however badly it is quoted.
func parameters(raw []byte, hint string) (value string, params map[string]string) {
	const longest = 64 << 10
	s := fold.ReplaceAllString(clean(string(decodeBare(raw[:min(len(raw), longest)], hint))), " ")
	value, s, _ = strings.Cut(s, ";")
	value, params = strings.TrimSpace(value), map[string]string{}
	if name, rest, ok := strings.Cut(value, "="); ok && !strings.Contains(name, "/") { // the type itself is missing
		value, s = "", name+"="+rest+";"+s
	}
	if f := strings.Fields(value); len(f) > 0 {
		value = f[0]
	}
	var pieces []piece
	for s != "" && len(pieces) < 1000 {
		var p piece
		p, s = nextParameter(s)
		if p.name != "" {
			pieces = append(pieces, p)
		}
	}
	for _, p := range joinPieces(pieces) {
		if _, seen := params[p.name]; !seen || p.encoded {
			params[p.name] = p.text(hint)
		}
	}
	return value, params
}

// piece is a parameter or, after RFC 2231, a part of one.
type piece struct {
	name    string
	order   int
	encoded bool
	value   string
}

// nextParameter takes the first parameter off s.
func nextParameter(s string) (piece, string) {
	s = strings.TrimLeft(s, "; \t")
	i := strings.IndexAny(s, "=;")
	if i < 0 {
		return piece{}, ""
	}
	if s[i] == ';' {
		return piece{}, s[i+1:]
	}
	p := named(strings.ToLower(strings.TrimSpace(s[:i])))
	s = strings.TrimLeft(s[i+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		p.value, s = quoted(s[1:])
		return p, s
	}
	p.value, s, _ = strings.Cut(s, ";")
	p.value = strings.TrimSpace(p.value)
	return p, s
}

func named(name string) piece {
	p := piece{name: name}
	name, p.encoded = strings.CutSuffix(name, "*")
	if base, n, ok := strings.Cut(name, "*"); ok {
		if order, err := strconv.Atoi(n); err == nil {
			return piece{name: base, order: order, encoded: p.encoded}
		}
	}
	p.name = name
	return p
}

// quoted reads up to the closing quote. A quote closes only where a parameter
// may end; a backslash escapes only quotes and itself, as Windows paths show.
func quoted(s string) (value, rest string) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			out.WriteByte(s[i])
		case s[i] == '"' && endsParameter(s[i+1:]):
			return out.String(), s[i+1:]
		default:
			out.WriteByte(s[i])
		}
	}
	if v, r, ok := strings.Cut(s, ";"); ok { // never closed
		return v, r
	}
	return out.String(), ""
}

func endsParameter(s string) bool {
	s = strings.TrimLeft(s, " \t")
	if s == "" || s[0] == ';' || s[0] == '(' {
		return true
	}
	i := strings.IndexAny(s, "=\"; ") // a forgotten semicolon
	return i > 0 && s[i] == '='
}

// joinPieces puts the parts of a value together in their order.
func joinPieces(pieces []piece) []piece {
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.order, b.order))
	})
	var out []piece
	for _, p := range pieces {
		if n := len(out); n > 0 && p.order > 0 && out[n-1].name == p.name {
			if p.encoded && !out[n-1].encoded {
				out[n-1].value = escapePercent(out[n-1].value)
			}
			if out[n-1].encoded && !p.encoded {
				p.value = escapePercent(p.value)
			}
			out[n-1].encoded = out[n-1].encoded || p.encoded
			out[n-1].value += p.value
			continue
		}
		out = append(out, p)
	}
	return out
}

func escapePercent(s string) string { return strings.ReplaceAll(s, "%", "%25") }

// text is the value decoded: by RFC 2231, or RFC 2047 where senders use that.
func (p piece) text(hint string) string {
	if !p.encoded {
		return flat(decodeWords([]byte(p.value)))
	}
	label, rest, ok := strings.Cut(p.value, "'")
	if ok {
		if _, text, ok := strings.Cut(rest, "'"); ok {
			return flat(decode(unpercent(text), label, hint))
		}
	}
	return flat(decodeWords([]byte(decode(unpercent(p.value), hint))))
}

func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// fileName makes the last step of a path and nothing invisible of a name.
func fileName(s string) string {
	const longest = 200
	s = strings.ReplaceAll(flat(s), `\`, "/")
	s = path.Base(strings.TrimRight(s, "/ "))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if s == "." || s == ".." || s == "/" {
		return ""
	}
	if r := []rune(s); len(r) > longest {
		ext := path.Ext(s)
		if len(ext) > 10 {
			ext = ""
		}
		s = string(r[:longest-len(ext)]) + ext
	}
	return s
}
