package channel

import (
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
)

// Words are the catalogue's.
type Words interface {
	Text(locale, key string, args ...any) string
}

// Phrases writes what people read in a chat.
type Phrases struct {
	Words Words
	URL   string // of the mailbox, without a slash at the end
	Zone  *time.Location
}

// Reply writes what is answered at once; "" for nothing.
func (p Phrases) Reply(r intake.Reply) string {
	say := func(key string, args ...any) string { return p.Words.Text(r.Locale, key, args...) }
	state := func() string { return say("progress." + string(r.State)) }
	switch r.Say {
	case intake.SayNothing:
		return ""
	case intake.SayReceived:
		return say("chat.say.received", r.Number, r.Code.Groups(), p.Moment(r.Locale, r.Due), p.link(r.Number, r.Code))
	case intake.SayAdded:
		return say("chat.say.added", r.Number)
	case intake.SayState, intake.SayBound:
		return say("chat.say."+string(r.Say), r.Number, state(), p.URL+"/track")
	case intake.SayHelp, intake.SayHello, intake.SayWrong, intake.SayAnonymous, intake.SayEnough:
		return say("chat.say."+string(r.Say), p.URL+"/track")
	case intake.SayPublic:
		return say("chat.say.public", p.URL+"/write")
	case intake.SayNone, intake.SayNew, intake.SayLimited, intake.SayShort, intake.SayOther:
	}
	return say("chat.say." + string(r.Say))
}

// link opens the case: number and code stand in the fragment, which never leaves
// the reader's browser.
func (p Phrases) link(number string, code workflow.Code) string {
	return p.URL + "/track#" + number + "." + strings.ReplaceAll(code.Groups(), "-", "")
}

// Notice writes a notice in at most limit bytes; what does not fit is read on
// the tracking page.
func (p Phrases) Notice(m delivery.Mail, limit int) string {
	if m.Kind == Test {
		return p.Words.Text(m.Locale, "chat.test")
	}
	head := p.Words.Text(m.Locale, "chat.notice."+string(m.Kind), m.Number)
	tail := p.Words.Text(m.Locale, "chat.notice.track", p.URL+"/track")
	if code, ok := workflow.ParseCode(string(m.Secret)); ok {
		tail = p.Words.Text(m.Locale, "chat.notice.code", code.Groups(), p.link(m.Number, code))
	}
	body := ""
	if m.Message != nil {
		body = m.Message.Body
	}
	if due := m.Args["due"]; due != "" && body == "" {
		if at, err := time.Parse(time.RFC3339, due); err == nil {
			body = p.Words.Text(m.Locale, "chat.notice.due", p.Moment(m.Locale, at))
		}
	}
	room := limit - len(head) - len(tail) - 4
	parts := []string{head, cutBytes(body, room), tail}
	if body == "" {
		parts = []string{head, tail}
	}
	return strings.Join(parts, "\n\n")
}

// Test is the kind of what an administrator sends to themselves.
const Test workflow.NoticeKind = "test"

// Moment is a time as people of the college read it; "" for none.
func (p Phrases) Moment(locale string, at time.Time) string {
	if at.IsZero() {
		return p.Words.Text(locale, "chat.soon")
	}
	if at = at.In(p.Zone); locale == "en" {
		return at.Format("2 January 2006, 15:04")
	}
	return at.Format("2006年1月2日 15:04")
}

// cutBytes cuts s to at most n bytes and no character in two.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n = max(n-len("…"), 0)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
