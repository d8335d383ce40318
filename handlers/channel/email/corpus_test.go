package email_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"mailbox/handlers/channel/email"
)

// sample is one way to write Chinese mail: the corpus is the product of all.
type sample struct {
	charset  script
	label    string // as written; "" leaves it out
	transfer string
	header   string
	body     string
	file     string
}

type script struct {
	name  string
	enc   encoding.Encoding
	right string
	wrong string
	words words
}

type words struct{ from, subject, text, file string }

var (
	simplified = words{"张小明", "关于第三食堂饭菜价格上涨的投诉", "尊敬的校长：\n您好！近来三食堂的菜价涨了不少，\n希望学校能够关注，谢谢。", "食堂价格对比照片.jpg"}
	wide       = words{"王𠮷喆", "宿舍热水器镕化漏电问题的反映", "校长您好，6栋宿舍的热水器已经坏了两周，報修无人处理。\n𠮷喆敬上", "热水器维修记录表（二）.docx"}
	complex    = words{"陳大文", "關於圖書館開放時間的建議", "校長您好：\n圖書館週末太早關門，希望能夠延長開放時間，謝謝。", "圖書館開放時間建議書.pdf"}
	scripts    = []script{
		{"utf-8", unicode.UTF8, "UTF-8", "gb2312", wide},
		{"gb2312", simplifiedchinese.GBK, "gb2312", "utf-8", simplified},
		{"gbk", simplifiedchinese.GBK, "GBK", "iso-8859-1", simplified},
		{"gb18030", simplifiedchinese.GB18030, "gb2312", "us-ascii", wide},
		{"big5", traditionalchinese.Big5, "big5", "gb2312", complex},
	}
	transfers = []string{"base64", "quoted-printable", "8bit"}
	headers   = []string{"B", "Q", "cut", "folded", "raw"}
	bodies    = []string{"plain", "html", "alternative", "meta"}
	fileForms = []string{"2231", "2047", "raw", "pieces", "type"}
)

func corpus() []sample {
	var out []sample
	for _, sc := range scripts {
		for li, label := range []string{sc.right, sc.wrong, ""} {
			for ti, transfer := range transfers {
				for hi, header := range headers {
					n := len(out) + li + ti + hi
					out = append(out, sample{sc, label, transfer, header, bodies[n%len(bodies)], fileForms[(n/2)%len(fileForms)]})
				}
			}
		}
	}
	return out
}

func (s sample) name() string {
	return fmt.Sprintf("%s labelled %q %s %s %s %s", s.charset.name, s.label, s.transfer, s.header, s.body, s.file)
}

func (s sample) bytes(text string) []byte {
	b, err := s.charset.enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

func TestChineseCorpus(t *testing.T) {
	t.Parallel()
	all := corpus()
	if len(all) < 200 {
		t.Fatalf("the corpus has %d mails, want 200", len(all))
	}
	for _, s := range all {
		m := email.Parse(s.mail())
		w := s.charset.words
		if m.From.Name != w.from || m.From.Address != "zhang@example.edu.cn" {
			t.Errorf("%s: from %q %q, want %q", s.name(), m.From.Name, m.From.Address, w.from)
		}
		if m.Subject != w.subject {
			t.Errorf("%s: subject %q, want %q", s.name(), m.Subject, w.subject)
		}
		if m.Text != w.text {
			t.Errorf("%s: text %q, want %q", s.name(), m.Text, w.text)
		}
		if len(m.Attachments) != 1 || m.Attachments[0].Name != w.file || string(m.Attachments[0].Content) != "\xff\xd8jpeg\x00" {
			t.Errorf("%s: attachments %+v, want %q", s.name(), m.Attachments, w.file)
		}
		if !m.Readable || m.Machine.Sort != email.Person {
			t.Errorf("%s: readable %v, sort %v", s.name(), m.Readable, m.Machine.Sort)
		}
	}
}

// mail writes the sample out.
func (s sample) mail() []byte {
	var b bytes.Buffer
	w := s.charset.words
	fmt.Fprintf(&b, "Received: from a by b; Wed, 15 Nov 2023 10:00:00 +0800\r\nMessage-ID: <1@example.edu.cn>\r\nDate: Wed, 15 Nov 2023 10:00:00 +0800\r\n")
	b.WriteString("From: ")
	b.Write(s.headerText(w.from))
	b.WriteString(" <zhang@example.edu.cn>\r\nTo: xzxx@college.example\r\nSubject: ")
	b.Write(s.headerText(w.subject))
	b.WriteString("\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n--=_outer\r\n")
	s.writeBody(&b)
	b.WriteString("\r\n--=_outer\r\n")
	b.Write(s.fileHeader(w.file))
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n/9hqcGVnAA==\r\n--=_outer--\r\n")
	return b.Bytes()
}

// headerLabel is the charset an encoded word must have: none is no choice there.
func (s sample) headerLabel() string {
	if s.label == "" {
		return s.charset.right
	}
	return s.label
}

func (s sample) headerText(text string) []byte {
	raw := s.bytes(text)
	word := func(kind byte, content string) string {
		return fmt.Sprintf("=?%s?%c?%s?=", s.headerLabel(), kind, content)
	}
	b64 := base64.StdEncoding.EncodeToString
	switch s.header {
	case "B":
		return []byte(word('B', b64(raw)))
	case "Q":
		return []byte(word('Q', escape(raw, "=", "")))
	case "cut": // inside a character
		return []byte(word('B', b64(raw[:3])) + "\r\n " + word('B', b64(raw[3:])))
	case "folded": // inside a word, and without an indent
		return []byte(word('B', b64(raw[:5])) + "\r\n" + word('b', b64(raw[5:])))
	}
	return raw
}

func escape(raw []byte, sign, prefix string) string {
	var out strings.Builder
	out.WriteString(prefix)
	for _, c := range raw {
		fmt.Fprintf(&out, "%s%02X", sign, c)
	}
	return out.String()
}

func (s sample) writeBody(b *bytes.Buffer) {
	text := s.charset.words.text
	page := "<html><body><div>" + strings.ReplaceAll(text, "\n", "<br>\r\n") + "</div></body></html>"
	switch s.body {
	case "plain":
		s.writeText(b, "text/plain", text)
	case "html":
		s.writeText(b, "text/html", page)
	case "meta": // the label stands in the page only, as far as there is one
		unlabelled := s
		unlabelled.label = ""
		if s.label != "" {
			page = strings.Replace(page, "<html>", `<html><head><meta http-equiv="Content-Type" content="text/html; charset=`+s.label+`"></head>`, 1)
		}
		unlabelled.writeText(b, "text/html", page)
	case "alternative":
		b.WriteString("Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n")
		s.writeText(b, "text/plain", text)
		b.WriteString("\r\n--inner\r\n")
		s.writeText(b, "text/html", page)
		b.WriteString("\r\n--inner--\r\n")
	}
}

func (s sample) writeText(b *bytes.Buffer, kind, text string) {
	b.WriteString("Content-Type: " + kind)
	if s.label != "" {
		b.WriteString("; charset=" + s.label)
	}
	fmt.Fprintf(b, "\r\nContent-Transfer-Encoding: %s\r\n\r\n", s.transfer)
	raw := s.bytes(strings.ReplaceAll(text, "\n", "\r\n"))
	switch s.transfer {
	case "base64":
		b.WriteString(base64.StdEncoding.EncodeToString(raw))
	case "quoted-printable":
		w := quotedprintable.NewWriter(b)
		w.Write(raw)
		w.Close()
	default:
		b.Write(raw)
	}
}

func (s sample) fileHeader(name string) []byte {
	raw := s.bytes(name)
	b64 := base64.StdEncoding.EncodeToString
	disposition := func(params string) []byte {
		return []byte("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; " + params + "\r\n")
	}
	switch s.file {
	case "2231":
		return disposition("filename*=" + escape(raw, "%", s.headerLabel()+"''"))
	case "2047":
		return disposition(fmt.Sprintf("filename=\"=?%s?B?%s?=\"", s.headerLabel(), b64(raw)))
	case "pieces":
		return disposition(fmt.Sprintf("filename*0*=%s;\r\n filename*1*=%s", escape(raw[:5], "%", s.headerLabel()+"'zh-cn'"), escape(raw[5:], "%", "")))
	case "type":
		return []byte(fmt.Sprintf("Content-Type: application/octet-stream;\r\n\tname=\"=?%s?B?%s?=\r\n =?%s?B?%s?=\"\r\nContent-Disposition: attachment\r\n", s.headerLabel(), b64(raw[:4]), s.headerLabel(), b64(raw[4:])))
	}
	return disposition("filename=\"" + string(raw) + "\"")
}

// TestRareCharsets reads what has no room in the product above.
func TestRareCharsets(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, contentType, body, want string }{
		{"hz", "text/plain; charset=hz-gb-2312", "~{VPND~}", "中文"},
		{"hz without a label", "text/plain", "~{VPND~}", "中文"},
		{"utf-7", "text/plain; charset=utf-7", "Hi +Ti1lhw- 1+-1", "Hi 中文 1+1"},
		{"unicode-1-1-utf-7", "text/plain; charset=unicode-1-1-utf-7", "+Ti1lhw-", "中文"},
		{"iso-2022-jp", "text/plain; charset=ISO-2022-JP", "\x1b$BF|K\\8l\x1b(B", "日本語"},
		{"iso-2022-jp without a label", "text/plain", "\x1b$BF|K\\8l\x1b(B", "日本語"},
		{"shift-jis without a label", "text/plain", "\x82\xa0\x82\xe8\x82\xaa\x82\xc6\x82\xa4", "ありがとう"},
		{"euc-kr", "text/plain; charset=ks_c_5601-1987", "\xc7\xd1\xb1\xb9\xbe\xee", "한국어"},
		{"iso-2022-kr", "text/plain; charset=iso-2022-kr", "\x1b$)C\x0eGQ19>n\x0f", "한국어"},
		{"iso-2022-cn", "text/plain; charset=iso-2022-cn", "\x1b$)A\x0eVPND\x0f", "中文"},
		{"koi8-r", "text/plain; charset=koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
		{"windows-1251", "text/plain; charset=cp1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
		{"latin without a label", "text/plain", "Cher Monsieur, le caf\xe9 est ferm\xe9", "Cher Monsieur, le café est fermé"},
		{"latin", "text/plain; charset=iso-8859-1", "M\xfcller, Gr\xf6\xdfe", "Müller, Größe"},
		{"utf-16", "text/plain; charset=utf-16", "\xfe\xff\x4e\x2d\x65\x87", "中文"},
		{"unknown name", "text/plain; charset=x-gibberish", "\xd6\xd0\xce\xc4\xd3\xca\xbc\xfe", "中文邮件"},
		{"x-gbk", "text/plain; charset=x-gbk", "\xd6\xd0\xce\xc4", "中文"},
		{"cp936", "text/plain; charset=cp936", "\xd6\xd0\xce\xc4", "中文"},
		{"broken utf-8", "text/plain; charset=utf-8", "校长您好，食堂的饭\xe8\x8f", "校长您好，食堂的饭\uFFFD"},
		{"controls", "text/plain; charset=utf-8", "a\x00b\x07c\x1b[0m\td\u0085e", "abc[0m\td\ne"},
	}
	for _, test := range tests {
		m := email.Parse([]byte("From: a@b.c\nContent-Type: " + test.contentType + "\n\n" + test.body))
		if m.Text != test.want {
			t.Errorf("%s: got %q, want %q", test.name, m.Text, test.want)
		}
	}
}

// TestHZInASubject: its bytes are ASCII, and say so only by their marks.
func TestHZInASubject(t *testing.T) {
	t.Parallel()
	m := email.Parse([]byte("From: a@b.c\nSubject: Re: ~{VPND~} ok\nContent-Type: text/plain\n\nx"))
	if m.Subject != "Re: 中文 ok" {
		t.Errorf("got %q", m.Subject)
	}
	m = email.Parse([]byte("From: a@b.c\nSubject: ls ~{a,b~} and ~/bin\n\nx"))
	if m.Subject != "ls ~{a,b~} and ~/bin" {
		t.Errorf("a shell's words became %q", m.Subject)
	}
}
