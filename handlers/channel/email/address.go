package email

import (
	"iter"
	"strings"
	"unicode"
)

// addresses reads a list of mailboxes. It forgives names with commas, colons
// and brackets that nobody quoted, and reads in one pass.
func addresses(raw []byte, hint string, most int) []Address {
	const longest, longestName = 8 << 20, 500
	s := clean(string(decodeBare(raw[:min(len(raw), longest)], hint)))
	s = fold.ReplaceAllString(s, " ")
	var out []Address
	start := 0
	for end := range addressEnds(s) {
		c := s[start:end]
		if halfName(c, longestName) {
			continue // perhaps a name with a comma in it
		}
		a := mailbox(c)
		if a.Address == "" && end < len(s) && strings.Contains(c, "=?") && strings.Count(c, ",") == 1 && len(c) < longestName {
			continue // or an encoded word with one
		}
		start = end
		if a != (Address{}) {
			out = append(out, a)
		}
		if len(out) >= most {
			return out[:most]
		}
	}
	if a := mailbox(s[start:]); a != (Address{}) {
		out = append(out, a)
	}
	return out
}

// halfName tells what may be the part of a name before a comma.
func halfName(s string, longest int) bool {
	return len(s) < longest && strings.HasSuffix(s, ",") && !strings.Contains(s, "@") && !strings.Contains(s, "=?") && !strings.Contains(s, "<")
}

// addressEnds yields where each address ends: behind the commas and semicolons
// that stand outside quotes, comments and angle brackets, and at the end.
func addressEnds(s string) iter.Seq[int] {
	return func(yield func(int) bool) {
		depth := 0
		inQuote, inAngle := false, false
		near := func(i int) string { return s[i:min(len(s), i+1000)] }
		for i := 0; i < len(s); i++ {
			ends := false
			switch c := s[i]; {
			case c == '\\':
				i++
			case c == '"' && depth == 0 && (inQuote || strings.IndexByte(near(i+1), '"') >= 0):
				inQuote = !inQuote
			case inQuote:
			case c == '(' && strings.IndexByte(near(i), ')') > 0:
				depth++
			case c == ')' && depth > 0:
				depth--
			case depth > 0:
			case c == '<' && strings.IndexByte(near(i), '>') > 0:
				inAngle = true
			case c == '>':
				ends = inAngle && anotherBegins(s[i+1:])
				inAngle = false
			case inAngle:
			default:
				ends = c == ',' || c == ';'
			}
			if ends && !yield(i+1) {
				return
			}
		}
		yield(len(s))
	}
}

// anotherBegins tells an address that follows without a comma.
func anotherBegins(rest string) bool {
	if i := strings.IndexAny(rest, ",;\""); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[:min(len(rest), 1000)]
	return strings.Contains(rest, "<") && strings.Contains(rest, "@")
}

// mailbox reads one address with its name.
func mailbox(s string) Address {
	s = strings.Trim(s, ",; \t\n")
	if s == "" {
		return Address{}
	}
	a := mailboxOf(s)
	if a.Address != "" || !strings.Contains(s, "=?") {
		return a
	}
	// All of it, address included, may sit in encoded words.
	if whole := flat(decodeWords([]byte(s))); strings.Contains(whole, "@") {
		if b := mailboxOf(strings.Trim(whole, ",; ")); b.Address != "" {
			return b
		}
	}
	return a
}

func mailboxOf(s string) Address {
	name, addr, found := angle(s)
	if !found {
		name, addr = bareMailbox(s)
	}
	a := Address{Name: displayName(name), Address: cleanAddress(addr)}
	if found && a.Address == "" && addr != "" && a.Name == "" {
		a.Name = displayName(addr)
	}
	if group, rest, ok := strings.Cut(a.Name, ":"); ok && strings.TrimSpace(rest) == "" && a.Address == "" {
		a.Name = group // an empty group: "undisclosed-recipients:;"
	}
	return a
}

// angle finds the address in the last pair of brackets.
func angle(s string) (name, addr string, found bool) {
	open := strings.LastIndexByte(s, '<')
	if open < 0 {
		return "", "", false
	}
	name, addr = s[:open], s[open+1:]
	if end := strings.IndexByte(addr, '>'); end >= 0 {
		if comment := strings.TrimSpace(addr[end+1:]); strings.TrimSpace(name) == "" && strings.HasPrefix(comment, "(") {
			name = strings.Trim(comment, "()")
		}
		addr = addr[:end]
	}
	return strings.TrimRight(name, "<"), addr, true
}

// bareMailbox reads "a@b", "a@b (Name)" and "Name a@b".
func bareMailbox(s string) (name, addr string) {
	if i := strings.IndexByte(s, '('); i >= 0 && strings.Contains(s[:i], "@") {
		return strings.Trim(s[i:], "() "), s[:i]
	}
	if strings.HasPrefix(s, `"`) && strings.Contains(s, `"@`) {
		return "", s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if strings.Contains(w, "@") && !strings.Contains(w, "=?") {
			return strings.Join(append(words[:i:i], words[i+1:]...), " "), w
		}
	}
	return s, ""
}

func displayName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, `\"`, `"`), `\\`, `\`)
	s = strings.Join(strings.Fields(flat(decodeWords([]byte(s)))), " ")
	s = strings.TrimSpace(strings.Trim(s, `"`))
	if len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	const longest = 200
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest])
	}
	return s
}

// cleanAddress returns the address s holds, or "" when it is none.
func cleanAddress(s string) string {
	const longest = 320
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	s = strings.Trim(s, `<>'",;`)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "@") { // a source route: <@a,@b:user@host>
		_, s, _ = strings.Cut(s, ":")
	}
	if strings.Count(s, `"`)%2 == 1 {
		s = strings.ReplaceAll(s, `"`, "")
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > longest {
		return ""
	}
	domain := strings.ToLower(strings.TrimRight(s[at+1:], ".,;)"))
	if domain == "" || strings.ContainsAny(domain, `<>()"\,;`) {
		return ""
	}
	return s[:at+1] + domain
}
