package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	text "text/template"
)

// mail is one kind of message: a text file with the defines "subject" and
// "text", and beside it perhaps an HTML file with the define "html".
type mail struct {
	text *text.Template
	html *template.Template
}

func (s *Set) parseMails(locale string, funcs text.FuncMap) error {
	names, err := fs.Glob(files, "mail/[a-z]*.txt")
	if err != nil {
		return fmt.Errorf("list mails: %w", err)
	}
	for _, name := range names {
		kind := strings.TrimSuffix(path.Base(name), ".txt")
		m, err := parseMail(kind, funcs)
		if err != nil {
			return fmt.Errorf("mail %s: %w", kind, err)
		}
		s.mails[locale+"/"+kind] = m
	}
	return nil
}

func parseMail(kind string, funcs text.FuncMap) (*mail, error) {
	t, err := text.New(kind).Funcs(funcs).Option("missingkey=error").ParseFS(files, "mail/part/*.txt", "mail/"+kind+".txt")
	if err != nil {
		return nil, err
	}
	for _, part := range []string{"subject", "text"} {
		if t.Lookup(part) == nil {
			return nil, fmt.Errorf("no define %q", part)
		}
	}
	m := &mail{text: t}
	page := "mail/" + kind + ".html"
	if _, err := fs.Stat(files, page); err != nil {
		return m, nil //nolint:nilerr // a mail without HTML is a plain mail
	}
	m.html, err = template.New(kind).Funcs(funcs).Option("missingkey=error").ParseFS(files, page)
	return m, err
}

// Mail writes a message. The subject is one line; html is "" for kinds that
// are plain text only. Data is a struct or a map the kind's file describes.
func (s *Set) Mail(locale, kind string, data any) (subject, plain, html string, err error) {
	m, ok := s.mails[locale+"/"+kind]
	if !ok {
		m, ok = s.mails[Locales[0]+"/"+kind]
	}
	if !ok {
		return "", "", "", fmt.Errorf("no mail %s", kind)
	}
	var b bytes.Buffer
	if err = m.text.ExecuteTemplate(&b, "subject", data); err != nil {
		return "", "", "", fmt.Errorf("mail %s: %w", kind, err)
	}
	subject = strings.Join(strings.Fields(b.String()), " ")
	b.Reset()
	if err = m.text.ExecuteTemplate(&b, "text", data); err != nil {
		return "", "", "", fmt.Errorf("mail %s: %w", kind, err)
	}
	plain = strings.TrimSpace(b.String()) + "\n"
	if m.html == nil {
		return subject, plain, "", nil
	}
	b.Reset()
	if err = m.html.ExecuteTemplate(&b, "html", data); err != nil {
		return "", "", "", fmt.Errorf("mail %s: %w", kind, err)
	}
	return subject, plain, b.String(), nil
}
