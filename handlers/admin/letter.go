package admin

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// letter is a mail as somebody reads it: the heads that matter and the words.
type letter struct {
	From, To, Subject, Date string
	Text                    string
	Files                   []string
}

// maxLetter is how much of a mail's text is shown.
const maxLetter = 200_000

// maxNesting is how deep the parts of a mail are followed.
const maxNesting = 6

var errNoText = errors.New("the mail has no text")

// readLetter reads a mail that this program wrote itself. Only its plain text is
// shown, as text.
func readLetter(raw []byte) (letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return letter{}, fmt.Errorf("read mail: %w", err)
	}
	l := letter{
		From: decoded(m.Header.Get("From")), To: decoded(m.Header.Get("To")),
		Subject: decoded(m.Header.Get("Subject")), Date: m.Header.Get("Date"),
	}
	p := part{kind: m.Header.Get("Content-Type"), coding: m.Header.Get("Content-Transfer-Encoding"), body: m.Body}
	if err := p.into(&l, 0); err != nil {
		return letter{}, err
	}
	if l.Text == "" {
		return l, errNoText
	}
	return l, nil
}

// decoded reads encoded words; what cannot be read stays as it is.
func decoded(head string) string {
	if s, err := new(mime.WordDecoder).DecodeHeader(head); err == nil {
		return s
	}
	return head
}

type part struct {
	kind, coding, disposition string
	body                      io.Reader
}

// into adds to l what the part holds.
func (p part) into(l *letter, depth int) error {
	kind, params, err := mime.ParseMediaType(p.kind)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxNesting {
		return each(multipart.NewReader(p.body, params["boundary"]), l, depth)
	}
	if how, named, err := mime.ParseMediaType(p.disposition); err == nil && how == "attachment" {
		l.Files = append(l.Files, decoded(named["filename"]))
		return nil
	}
	if kind != "text/plain" || l.Text != "" {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(p.plain(), maxLetter))
	if err != nil {
		return fmt.Errorf("read text of mail: %w", err)
	}
	l.Text = strings.ToValidUTF8(strings.ReplaceAll(string(b), "\r\n", "\n"), "\uFFFD")
	return nil
}

func each(parts *multipart.Reader, l *letter, depth int) error {
	for {
		next, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read parts of mail: %w", err)
		}
		p := part{
			kind: next.Header.Get("Content-Type"), coding: next.Header.Get("Content-Transfer-Encoding"),
			disposition: next.Header.Get("Content-Disposition"), body: next,
		}
		if err := p.into(l, depth+1); err != nil {
			return err
		}
	}
}

// plain is the body without its transfer encoding.
func (p part) plain() io.Reader {
	switch strings.ToLower(p.coding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p.body)
	case "quoted-printable":
		return quotedprintable.NewReader(p.body)
	}
	return p.body
}
