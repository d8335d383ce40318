package email

import (
	"regexp"
	"strings"
)

var (
	replyAddress = regexp.MustCompile(`(?i)^reply\+([a-z0-9._=-]{8,128})@(.+)$`)
	caseNumber   = regexp.MustCompile(`\bXZ[0-9]{8}-[0-9]{4,}\b`)
)

// ReplyToken is the secret of the address reply+<token>@domain, where the mail
// was sent to one: in To, Cc, Delivered-To or X-Original-To, or in envelope.
func (m Mail) ReplyToken(domain string, envelope ...string) (token string, ok bool) {
	for _, list := range [][]Address{m.To, m.Cc} {
		for _, a := range list {
			if token, ok = replyToken(a.Address, domain); ok {
				return token, true
			}
		}
	}
	for _, a := range append(m.DeliveredTo[:len(m.DeliveredTo):len(m.DeliveredTo)], envelope...) {
		if token, ok = replyToken(a, domain); ok {
			return token, true
		}
	}
	return "", false
}

func replyToken(addr, domain string) (string, bool) {
	found := replyAddress.FindStringSubmatch(strings.Trim(addr, "<> "))
	if found == nil || !strings.EqualFold(found[2], domain) {
		return "", false
	}
	return found[1], true
}

// Numbers are the case numbers in the subject, each once. A number alone
// proves nothing: anybody may guess one.
func (m Mail) Numbers() []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range caseNumber.FindAllString(m.Subject, 10) {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}
