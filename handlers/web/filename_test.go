package web_test

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailbox/handlers/web"
)

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"热水.jpg":                 "热水.jpg",
		"../../etc/passwd":       "passwd",
		`C:\Users\林\简历.docx`:     "简历.docx",
		"a\r\nSet-Cookie: x.txt": "aSet-Cookie_ x.txt",
		"a\x00b.txt":             "ab.txt",
		"invoice\u202efdp.exe":   "invoicefdp.exe",
		"\u200b.htaccess":        "htaccess",
		".htaccess":              "htaccess",
		"CON":                    "_CON",
		"con.txt":                "_con.txt",
		"lpt1.pdf":               "_lpt1.pdf",
		"console.txt":            "console.txt",
		"a. . .":                 "a",
		"":                       "file",
		"...":                    "file",
		"..":                     "file",
		"/":                      "file",
		`a"b<c>|d?.txt`:          "a_b_c__d_.txt",
		"\xff\xfe.txt":           "\uFFFD.txt",
		"　全角　.txt":               "全角 .txt",
	} {
		if got := web.FileName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	long := web.FileName(strings.Repeat("字", 300) + ".docx")
	if len(long) > 200 || !strings.HasSuffix(long, "字.docx") || !utf8.ValidString(long) {
		t.Errorf("300 characters became %d bytes, %q", len(long), long)
	}
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.txt", "../x", "CON", "\u202e", strings.Repeat("字", 300) + ".jpg", "a\r\nb", `"; filename="x`, "%0d%0a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := web.FileName(s)
		if name == "" || len(name) > 201 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00\r\n\"") || strings.HasPrefix(name, ".") {
			t.Errorf("%q became %q", s, name)
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			t.Errorf("%q became %q", s, name)
		}
		if again := web.FileName(name); again != name {
			t.Errorf("%q, then %q", name, again)
		}
		head := web.Disposition("attachment", s)
		kind, params, err := mime.ParseMediaType(head)
		if err != nil || kind != "attachment" || params["filename"] != name || len(params) != 1 {
			t.Errorf("%q: %q %v %v", s, head, params, err)
		}
	})
}
