package intake

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailbox/workflow"
)

// clean makes the letter fit to be stored, or says which field is wrong. It
// mends what a machine may have broken (NUL, control characters, bad UTF-8) and
// refuses what only the writer can mend. Mail and chats are cut instead of refused: their
// writer cannot be asked, and the raw bytes are kept.
func clean(l *workflow.Letter) error {
	for _, s := range []*string{&l.Subject, &l.Application.Asked, &l.Identity.Name, &l.Identity.Phone, &l.Identity.Email, &l.Identity.Number} {
		*s = strings.Join(strings.Fields(Text(*s)), " ")
	}
	for _, s := range []*string{&l.Body, &l.Quoted, &l.HTML} {
		*s = strings.TrimSpace(Text(*s))
	}
	if l.Channel == workflow.Email || l.Channel.Chat() {
		fit(l)
	}
	if l.Locale != "en" {
		l.Locale = "zh-CN"
	}
	if l.Kind != workflow.Disclosure {
		l.Application = workflow.Application{}
	}
	if l.Mode == workflow.Anonymous {
		l.Identity = workflow.Identity{}
	}
	return check(*l)
}

// fit cuts a mail to what a letter may hold.
func fit(l *workflow.Letter) {
	l.Subject = cut(l.Subject, workflow.MaxSubject)
	l.Body = cut(l.Body, workflow.MaxBody)
	l.Identity.Name = cut(l.Identity.Name, workflow.MaxName)
	if !mailAddress(l.Identity.Email) { // nobody can be answered there
		l.Identity.Email = ""
	}
	if l.Subject == "" {
		l.Subject = cut(strings.Join(strings.Fields(l.Body), " "), 30)
	}
	if l.Subject == "" {
		l.Subject = "（无主题）"
	}
	if l.Body == "" {
		l.Body = l.Subject
	}
}

// Check says everything that keeps a letter from being taken, as errors joined,
// so that its writer can mend all of it at once. It stores nothing.
func Check(l workflow.Letter) error { return clean(&l) }

func check(l workflow.Letter) error {
	var all problems
	all.add(l.External == "", "", "write.form_expired")
	all.text("subject", l.Subject, workflow.MaxSubject)
	all.text("body", l.Body, workflow.MaxBody)
	all.add(len(l.Files) > workflow.MaxFiles && l.Channel != workflow.Email && !l.Channel.Chat(), "files", "invalid.too_many_files", workflow.MaxFiles)
	all.add(!slices.Contains(workflow.WriterStatuses, l.WriterStatus), "status", "invalid.choice")
	all.add(!slices.Contains(workflow.CaseKinds, l.Kind), "kind", "invalid.choice")
	all.add(!slices.Contains(workflow.Modes, l.Mode), "identity", "invalid.choice")
	all.who(l)
	all.application(l)
	return errors.Join(all...)
}

// problems are what is wrong with a letter.
type problems []error

func (all *problems) add(wrong bool, field, key string, args ...any) {
	if wrong {
		*all = append(*all, workflow.Wrong(field, key, args...))
	}
}

// text wants a text of at least one character and at most limit.
func (all *problems) text(field, text string, limit int) {
	all.add(text == "", field, "invalid.required")
	all.add(utf8.RuneCountInString(text) > limit, field, "invalid.too_long", limit)
}

func (all *problems) who(l workflow.Letter) {
	i := l.Identity
	all.add(l.Mode == workflow.Signed && i.Name == "", "name", "invalid.required")
	all.add(utf8.RuneCountInString(i.Name) > workflow.MaxName, "name", "invalid.too_long", workflow.MaxName)
	all.add(utf8.RuneCountInString(i.Phone) > workflow.MaxContact, "phone", "invalid.too_long", workflow.MaxContact)
	known := l.Mode == workflow.Signed || l.Mode == workflow.Confidential
	all.add(known && l.Channel == workflow.Web && i.Phone == "" && i.Email == "", "email", "write.contact_needed")
	all.add(i.Email != "" && !mailAddress(i.Email), "email", "invalid.email")
}

// application wants an application for disclosure to come from somebody who can
// be answered by name. What else it should say the office asks for.
func (all *problems) application(l workflow.Letter) {
	if l.Kind != workflow.Disclosure {
		return
	}
	all.add(l.Mode == workflow.Anonymous, "identity", "application.anonymous")
	all.add(l.Mode == workflow.Confidential && l.Identity.Name == "" && l.Channel != workflow.Email, "name", "application.name")
	*all = append(*all, l.Application.Check()...)
}

// mailAddress accepts what can be an address and refuses what cannot be
// delivered or could break a header.
func mailAddress(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(s) > workflow.MaxContact || strings.ContainsAny(s, " \t\r\n<>(),;:\"\\") {
		return false
	}
	return strings.Contains(host, ".") && !strings.Contains(host, "@") && !strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") || host == "localhost"
}

// Text is s as it may be stored and shown: valid UTF-8, line ends as \n, no
// control characters but tab and line end, no characters that change direction
// or hide; and nothing when nothing of it can be seen.
func Text(s string) string {
	if !workflow.Visible(s) {
		return ""
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\uFEFF', r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, s)
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}
