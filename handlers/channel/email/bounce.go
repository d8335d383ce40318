package email

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Bounce is what a returned mail says of the mail it returns.
type Bounce struct {
	Recipients []Recipient
	MessageID  string // of the mail that bounced, or ""
}

// Recipient is one address that a mail did not reach.
type Recipient struct {
	Address    string
	Action     string // failed, delayed, delivered, relayed, expanded
	Status     string // RFC 3463: "5.1.1", or ""
	Diagnostic string
}

// Failed says that the mail will not reach the address any more: one that is
// delayed may, one that was passed on has.
func (r Recipient) Failed() bool {
	return r.Action != "delayed" && r.Action != "delivered" && r.Action != "relayed" && r.Action != "expanded"
}

// Hard says that the address will not take mail another time either.
func (r Recipient) Hard() bool {
	if !r.Failed() {
		return false
	}
	if r.Status != "" {
		return strings.HasPrefix(r.Status, "5") && r.Status != "5.2.2" // a full mailbox empties again
	}
	return hardWords.MatchString(r.Diagnostic)
}

var hardWords = regexp.MustCompile(`(?i)\b55[0134]\b|user unknown|no such user|unknown user|does not exist|doesn't exist|not found|invalid (?:recipient|mailbox|user)|不存在|无此用户|没有该用户|地址有误|已停用|被禁用`)

func bounceOf(root *part, m *Mail) Bounce {
	var b Bounce
	for _, p := range leaves(root) {
		switch p.kind {
		case "message/delivery-status", "message/global-delivery-status":
			content, _ := p.content()
			b.Recipients = append(b.Recipients, statusRecipients(content)...)
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global":
			content, _ := p.content()
			h, _ := readHeader(content, skipEmpty(content), func([]byte) bool { return false })
			if id := firstID(h.get("message-id")); id != "" && b.MessageID == "" {
				b.MessageID = id
			}
		}
	}
	if len(b.Recipients) == 0 {
		b.Recipients = textRecipients(root.head, m)
	}
	if b.MessageID == "" {
		b.MessageID = bouncedID(m)
	}
	return b
}

// statusRecipients reads the groups of fields of RFC 3464.
func statusRecipients(content []byte) []Recipient {
	var out []Recipient
	pos := skipEmpty(content)
	for pos < len(content) && len(out) < 100 {
		h, next := readHeader(content, pos, func([]byte) bool { return false })
		if next == pos {
			_, next = line(content, pos)
		}
		if r, ok := statusRecipient(h); ok {
			out = append(out, r)
		}
		pos = next
	}
	return out
}

func statusRecipient(h header) (Recipient, bool) {
	value := func(name string) string { // "rfc822; a@b"
		v := decodeHeader(h.get(name), "")
		if _, after, ok := strings.Cut(v, ";"); ok && (strings.HasSuffix(name, "recipient") || name == "diagnostic-code") {
			v = after
		}
		return strings.TrimSpace(v)
	}
	addr := cleanAddress(value("original-recipient"))
	if addr == "" {
		addr = cleanAddress(value("final-recipient"))
	}
	if addr == "" {
		return Recipient{}, false
	}
	status, _, _ := strings.Cut(value("status"), " ")
	return Recipient{Address: addr, Action: h.text("action"), Status: status, Diagnostic: cutRunes(value("diagnostic-code"), 500)}, true
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

var (
	inText     = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+=-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}`)
	statusText = regexp.MustCompile(`\b[45]\.[0-9]{1,3}\.[0-9]{1,3}\b`)
	idInText   = regexp.MustCompile(`(?i)message-id:\s*<([^<>\s]{3,500})>`)
)

// textRecipients reads bounces that speak to people only: X-Failed-Recipients,
// or the first addresses in the text that are neither ours nor the system's.
func textRecipients(h header, m *Mail) []Recipient {
	text := m.FullText[:min(len(m.FullText), 8000)]
	text = strings.ToValidUTF8(text, "")
	diagnostic, status := cutRunes(reason(text), 500), statusText.FindString(text)
	var found []string
	for _, v := range h.all("x-failed-recipients") {
		for _, a := range addresses(v, "", 100) {
			found = append(found, a.Address)
		}
	}
	if len(found) == 0 {
		found = addressesInText(text, m)
	}
	var out []Recipient
	for _, a := range found {
		out = append(out, Recipient{Address: a, Action: "failed", Status: status, Diagnostic: diagnostic})
	}
	return out
}

func addressesInText(text string, m *Mail) []string {
	// What is quoted below holds the addresses of the returned mail.
	if i := strings.Index(strings.ToLower(text), "received: "); i > 0 {
		text = text[:i]
	}
	var out []string
	for _, a := range inText.FindAllString(text, 50) {
		a = cleanAddress(a)
		if strings.EqualFold(a, m.From.Address) || daemon.MatchString(a) || slices.ContainsFunc(m.To, func(t Address) bool { return strings.EqualFold(t.Address, a) }) || slices.Contains(out, a) {
			continue
		}
		out = append(out, a)
	}
	return out[:min(len(out), 1)]
}

// reason is the first line of a bounce that gives a code or a known word.
func reason(text string) string {
	for l := range strings.SplitSeq(text, "\n") {
		if hardWords.MatchString(l) || statusText.MatchString(l) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// bouncedID looks for the id of the returned mail where no part holds it.
func bouncedID(m *Mail) string {
	if found := idInText.FindStringSubmatch(m.FullText); found != nil && found[1] != m.MessageID {
		return found[1]
	}
	for _, a := range m.Attachments {
		if i := bytes.Index(bytes.ToLower(a.Content[:min(len(a.Content), 64<<10)]), []byte("message-id:")); i >= 0 {
			if id := firstID(a.Content[i+len("message-id:") : min(len(a.Content), i+1000)]); id != "" {
				return id
			}
		}
	}
	for _, id := range append(slices.Clone(m.InReplyTo), m.References...) {
		return id
	}
	return ""
}
