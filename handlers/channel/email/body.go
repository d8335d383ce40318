package email

import (
	"bytes"
	"html"
	"mime"
	"regexp"
	"strconv"
	"strings"
)

// body is one readable text of a message, in the forms it came in.
type body struct {
	plain, html string
}

// gather sorts the leaves of a message into readable bodies and attachments.
func gather(root *part, m *Mail) []body {
	var out []body
	place := map[*part]int{} // where the body of an alternative is kept
	for _, p := range leaves(root) {
		if !readableLeaf(p, root) {
			m.attach(p)
			continue
		}
		content, ok := p.content()
		if !ok {
			m.fault("a text keeps not to its transfer encoding")
		}
		b := m.bodyOf(p, content)
		alt := p.alternative()
		i, known := place[alt]
		if alt == nil || !known {
			out = append(out, b)
			place[alt] = len(out) - 1
			continue
		}
		out[i].plain = joinText(out[i].plain, b.plain)
		out[i].html = joinText(out[i].html, b.html)
	}
	return out
}

func joinText(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// alternative is the outermost multipart/alternative that p is in.
func (p *part) alternative() *part {
	var found *part
	for q := p.parent; q != nil; q = q.parent {
		if q.kind == "multipart/alternative" {
			found = q
		}
	}
	return found
}

// readableLeaf tells texts to read from files to keep.
func readableLeaf(p, root *part) bool {
	if p.disposition == "attachment" {
		return false
	}
	switch p.kind {
	case "text/plain", "text/html", "text/enriched", "application/xhtml+xml":
	default:
		return strings.HasPrefix(p.kind, "multipart/") // one that has no parts
	}
	return p == root || p.givenName() == ""
}

func (p *part) givenName() string {
	for _, s := range []string{p.fileParams["filename"], p.params["name"], p.fileParams["name"], p.params["filename"]} {
		if n := fileName(s); n != "" {
			return n
		}
	}
	return ""
}

// bodyOf decodes one text. Files that hide in it become attachments; what is
// too long to read is attached whole.
func (m *Mail) bodyOf(p *part, content []byte) body {
	if len(content) > maxText {
		m.fault("a text is longer than is shown and was attached whole")
		m.Attachments = append(m.Attachments, Attachment{Name: m.nextName("text", p.kind), Type: p.kind, Content: content})
		content = content[:maxText]
	}
	if p.kind != "text/plain" && !strings.HasPrefix(p.kind, "multipart/") {
		label := p.params["charset"]
		if label == "" {
			label = metaCharset(content)
		}
		return body{html: decode(content, label, p.hint())}
	}
	files, content := cutUU(content)
	m.Attachments = append(m.Attachments, files...)
	s := clean(decode(content, p.params["charset"], p.hint()))
	if strings.EqualFold(p.params["format"], "flowed") {
		s = unflow(s, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return body{plain: s}
}

var meta = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_-]{2,40})`)

func metaCharset(b []byte) string {
	if found := meta.FindSubmatch(b[:min(len(b), 4096)]); found != nil {
		return string(found[1])
	}
	return ""
}

// unflow joins the lines that format=flowed (RFC 3676) cut.
func unflow(s string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(s))
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		depth := quoteDepth(l)
		if depth == 0 {
			l = strings.TrimPrefix(l, " ")
		}
		soft := strings.HasSuffix(l, " ") && l != "-- " && i+1 < len(lines) && quoteDepth(lines[i+1]) == depth
		if i > 0 && depth > 0 && joined(lines[i-1], lines[i]) {
			l = strings.TrimLeft(l, "> ")
		}
		if soft && delsp {
			l = l[:len(l)-1]
		}
		out.WriteString(l)
		if !soft && i+1 < len(lines) {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func joined(above, l string) bool {
	return strings.HasSuffix(above, " ") && above != "-- " && quoteDepth(above) == quoteDepth(l)
}

func quoteDepth(l string) int { return len(l) - len(strings.TrimLeft(l, ">")) }

// readBody makes the texts of a mail from its readable bodies.
func (m *Mail) readBody(bodies []body) {
	var full, page []string
	anyHTML := false
	for _, b := range bodies {
		text := b.plain
		if b.html != "" {
			anyHTML = true
			if fromHTML := htmlText(b.html); blankText(text) || lostText(text, fromHTML) {
				text = fromHTML
			}
			page = append(page, b.html)
		} else if !blankText(b.plain) {
			page = append(page, "<pre>"+html.EscapeString(b.plain)+"</pre>")
		}
		if !blankText(text) {
			full = append(full, trimLines(text))
		}
	}
	m.FullText = clean(strings.Join(full, "\n\n"))
	m.Text, m.Quoted = splitQuoted(m.FullText, m.answersSomething())
	if anyHTML {
		m.HTML = m.safeHTML(strings.Join(page, "\n"))
	}
}

func blankText(s string) bool { return strings.TrimFunc(s, invisible) == "" }

// lostText tells a plain text whose characters were turned into question
// marks by a program that could not write them.
func lostText(plain, fromHTML string) bool {
	marks := strings.Count(plain, "?")
	return marks > 3 && marks*2 > len(strings.Join(strings.Fields(plain), "")) && strings.Count(fromHTML, "?")*2 < marks
}

func invisible(r rune) bool {
	return r <= ' ' || r == 0xa0 || r == 0x3000 || r >= 0x200b && r <= 0x200f || r == 0xfeff
}

// trimLines takes empty lines off both ends and white space off line ends.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// attach keeps a leaf as a file.
func (m *Mail) attach(p *part) {
	content, ok := p.content()
	if !ok {
		m.fault("a file keeps not to its transfer encoding")
	}
	a := Attachment{Name: p.givenName(), Type: p.kind, Content: content, ContentID: strings.Trim(cleanID(p.head.get("content-id")), "<>")}
	a.Named = a.Name != ""
	if !a.Named && len(bytes.TrimSpace(content)) == 0 {
		return
	}
	a.Inline = p.disposition == "inline" || p.disposition == "" && a.ContentID != ""
	a.Note = note(a)
	if !a.Named {
		a.Name = m.unnamed(a)
	}
	if a.Note == "encrypted" {
		m.fault("a part is encrypted")
	}
	m.Attachments = append(m.Attachments, a)
}

func note(a Attachment) string {
	switch a.Type {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return "tnef"
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "signature"
	case "application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime":
		return "encrypted"
	case "message/rfc822", "message/global":
		return "message"
	}
	if strings.EqualFold(a.Name, "winmail.dat") {
		return "tnef"
	}
	return ""
}

// unnamed makes a name for a file that came without one.
func (m *Mail) unnamed(a Attachment) string {
	if a.Note == "message" {
		h, _ := readHeader(a.Content, skipEmpty(a.Content), func([]byte) bool { return false })
		if subject := fileName(decodeHeader(h.get("subject"), "")); subject != "" {
			return fileName(subject + ".eml")
		}
	}
	family, _, _ := strings.Cut(a.Type, "/")
	return m.nextName(family, a.Type)
}

func (m *Mail) nextName(family, kind string) string {
	switch family {
	case "image", "audio", "video", "message", "text":
	default:
		family = "file"
	}
	return family + "-" + strconv.Itoa(len(m.Attachments)+1) + extension(kind)
}

// extension is fixed for the types that systems name differently.
func extension(kind string) string {
	known := map[string]string{
		"image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp", "image/webp": ".webp", "image/heic": ".heic",
		"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv", "text/rtf": ".rtf", "text/vcard": ".vcf",
		"application/pdf": ".pdf", "application/zip": ".zip", "application/ms-tnef": ".dat", "application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s",
		"application/pkcs7-mime": ".p7m", "message/rfc822": ".eml", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt", "audio/amr": ".amr", "audio/mpeg": ".mp3", "video/mp4": ".mp4",
	}
	if e, ok := known[kind]; ok {
		return e
	}
	if e, err := mime.ExtensionsByType(kind); err == nil && len(e) > 0 {
		return e[0]
	}
	return ".bin"
}
