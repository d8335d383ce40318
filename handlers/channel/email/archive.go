package email

import (
	"bytes"
	"html"
	"io"
	"regexp"
	"strings"

	"mailbox/workflow/ledger"
)

// Archive reads archives of mail for the ledger: a single message (.eml), or an
// mbox as RFC 4155 has it, whichever way its writer quoted lines that begin with
// "From ". It implements ledger.Archives.
type Archive struct{}

var _ ledger.Archives = Archive{}

// maxArchived is how large one mail of an archive may be, in bytes.
const maxArchived = 32 << 20

// mboxLine begins a mail of an mbox: who sent it and when it was delivered. The
// time tells it from a sentence that begins so.
var mboxLine = regexp.MustCompile(`^From \S.*\d:\d\d.*\d{4}`)

// headLine is a line of the head of a mail.
var headLine = regexp.MustCompile(`(?i)^(return-path|received|delivered-to|x-[a-z0-9-]+|message-id|date|from|to|cc|subject|mime-version|dkim-signature|reply-to|sender):`)

// Holds implements ledger.Archives.
func (Archive) Holds(name string, begin []byte) bool {
	name = strings.ToLower(name)
	switch {
	case bytes.IndexByte(begin, 0) >= 0:
		return false // a workbook, whatever it is called
	case strings.HasSuffix(name, ".mbox"), strings.HasSuffix(name, ".mbx"), strings.HasSuffix(name, ".eml"):
		return true
	}
	first, rest, _ := bytes.Cut(begin, []byte("\n"))
	return mboxLine.Match(first) && headLine.Match(rest)
}

// Mails implements ledger.Archives.
func (Archive) Mails(name string, r io.Reader, take func(line int, m ledger.ArchivedMail) error) error {
	single := strings.HasSuffix(strings.ToLower(name), ".eml")
	return splitMbox(r, single, func(p mboxMail) error {
		if p.large {
			return take(p.line, ledger.ArchivedMail{Fault: "ledger.mail.large"})
		}
		return take(p.line, archived(Parse(p.raw)))
	})
}

// archived is what a mail says of something that was made public. What machines
// wrote of mails says nothing.
func archived(m Mail) ledger.ArchivedMail {
	out := ledger.ArchivedMail{Name: m.MessageID, Subject: m.Subject, From: m.From.Name, At: m.Date, URL: firstLink(m)}
	switch {
	case m.Machine.Sort == Bounced, m.Machine.Sort == AutoReply:
		out.Fault = "ledger.mail.machine"
	case !m.Readable && m.Subject == "", m.MessageID == "" && m.Date.IsZero() && m.From.Address == "":
		out.Fault = "ledger.mail.nothing"
	}
	return out
}

var (
	linkInText = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"'“”‘’（）()【】「」《》，。；！、]+`)
	linkInHTML = regexp.MustCompile(`(?i)href="(https?://[^"]+)"`)
)

// firstLink is the first web address that the sender wrote; of a mail that was
// passed on, the first in what was passed on; else the first that is linked.
func firstLink(m Mail) string {
	for _, text := range []string{m.Text, m.FullText} {
		if link := linkInText.FindString(text); link != "" {
			return strings.TrimRight(link, ".,;:!?")
		}
	}
	if link := linkInHTML.FindStringSubmatch(m.HTML); link != nil {
		return html.UnescapeString(link[1])
	}
	return ""
}
