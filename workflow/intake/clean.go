package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailbox/workflow"
)

// clean makes the letter fit to be stored, or says which field is wrong. It
// mends what a machine may have broken (NUL, control characters, bad UTF-8) and
// refuses what only the writer can mend. Mail is cut instead of refused: its
// writer cannot be asked, and the raw bytes are kept.
func clean(l *workflow.Letter) error {
	for _, s := range []*string{&l.Subject, &l.Identity.Name, &l.Identity.Phone, &l.Identity.Email, &l.Identity.Number} {
		*s = strings.Join(strings.Fields(Text(*s)), " ")
	}
	for _, s := range []*string{&l.Body, &l.Quoted, &l.HTML} {
		*s = strings.TrimSpace(Text(*s))
	}
	if l.Channel == workflow.Email {
		fit(l)
	}
	if l.Locale != "en" {
		l.Locale = "zh-CN"
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

func check(l workflow.Letter) error {
	switch {
	case l.External == "":
		return workflow.Wrong("", "write.form_expired")
	case l.Subject == "":
		return workflow.Wrong("subject", "invalid.required")
	case utf8.RuneCountInString(l.Subject) > workflow.MaxSubject:
		return workflow.Wrong("subject", "invalid.too_long", workflow.MaxSubject)
	case l.Body == "":
		return workflow.Wrong("body", "invalid.required")
	case utf8.RuneCountInString(l.Body) > workflow.MaxBody:
		return workflow.Wrong("body", "invalid.too_long", workflow.MaxBody)
	case len(l.Files) > workflow.MaxFiles && l.Channel != workflow.Email:
		return workflow.Wrong("files", "invalid.too_many_files", workflow.MaxFiles)
	case !slices.Contains(workflow.WriterStatuses, l.WriterStatus):
		return workflow.Wrong("status", "invalid.choice")
	}
	return checkWho(l)
}

func checkWho(l workflow.Letter) error {
	if _, err := workflow.ParseKind(string(l.Kind)); err != nil {
		return err
	}
	if _, err := workflow.ParseMode(string(l.Mode)); err != nil {
		return err
	}
	i := l.Identity
	switch {
	case l.Mode == workflow.Signed && i.Name == "":
		return workflow.Wrong("name", "invalid.required")
	case utf8.RuneCountInString(i.Name) > workflow.MaxName:
		return workflow.Wrong("name", "invalid.too_long", workflow.MaxName)
	case utf8.RuneCountInString(i.Phone) > workflow.MaxContact:
		return workflow.Wrong("phone", "invalid.too_long", workflow.MaxContact)
	case l.Mode != workflow.Anonymous && l.Channel == workflow.Web && i.Phone == "" && i.Email == "":
		return workflow.Wrong("email", "write.contact_needed")
	case i.Email != "" && !mailAddress(i.Email):
		return workflow.Wrong("email", "invalid.email")
	}
	return nil
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
// or hide.
func Text(s string) string {
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
