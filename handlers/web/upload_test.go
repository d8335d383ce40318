package web_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// drop takes a file in and keeps nothing.
func drop(_ context.Context, f web.File) error {
	_, err := io.Copy(io.Discard, f.Content)
	return err
}

// uploads returns a route that lists what it was sent.
func uploads(rules web.UploadRules) web.Route {
	return web.Route{Method: http.MethodPost, Path: "/up", Who: web.Anyone, MaxBody: 8 << 20, Handler: func(c *web.Context) error {
		var list strings.Builder
		form, err := c.Upload(rules, func(_ context.Context, f web.File) error {
			b, err := io.ReadAll(f.Content)
			if err == nil {
				fmt.Fprintf(&list, "[%s %s %d]", f.Name, f.Type, len(b))
			}
			return err
		})
		e, ok := errors.AsType[*workflow.Error](err)
		if err != nil && !ok {
			return err
		}
		words := "subject=" + form.Line("subject") + " body=" + form.Prose("body") + list.String()
		if ok {
			return c.PlainText(422, words+" "+e.Field+": "+c.Text(e.Key, e.Args...))
		}
		return c.PlainText(200, words)
	}}
}

var generous = web.UploadRules{Files: 5, PerFile: 4 << 20, Total: 6 << 20}

func picture(tb testing.TB, encode func(io.Writer, image.Image) error) string {
	tb.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func jpegPicture(tb testing.TB) string {
	tb.Helper()
	return picture(tb, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) })
}

func gifPicture(tb testing.TB) string {
	tb.Helper()
	return picture(tb, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) })
}

type packed struct {
	name, content string
	mode          fs.FileMode
}

func archive(tb testing.TB, files ...packed) string {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(0o644 | f.mode)
		part, err := w.CreateHeader(h)
		if err != nil {
			tb.Fatal(err)
		}
		_, _ = io.WriteString(part, f.content)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func docx(tb testing.TB, more ...packed) string {
	tb.Helper()
	return archive(tb, append([]packed{{"[Content_Types].xml", "<Types/>", 0}, {"word/document.xml", "<w:document/>", 0}}, more...)...)
}

func TestUploadTypes(t *testing.T) {
	pdf := "%PDF-1.7\n" + strings.Repeat("x", 100)
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	mp4 := "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + strings.Repeat("\x00", 100)
	for _, tt := range []struct {
		name, content string
		want          string // "" is refused
	}{
		{"热水.jpg", jpegPicture(t), "image/jpeg"},
		{"a.JPEG", jpegPicture(t), "image/jpeg"},
		{"a.png", picture(t, png.Encode), "image/png"},
		{"a.gif", gifPicture(t), "image/gif"},
		{"a.pdf", pdf, "application/pdf"},
		{"a.doc", ole, "application/msword"},
		{"a.wps", ole, "application/vnd.ms-works"},
		{"a.docx", docx(t), "wordprocessingml"},
		{"a.zip", archive(t, packed{"说明.txt", "x", 0}), "application/zip"},
		{"a.txt", "宿舍没有热水", "text/plain"},
		{"gbk.txt", "\xcb\xde\xc9\xe1\xc3\xbb\xd3\xd0\xc8\xc8\xcb\xae", "text/plain"},
		{"a.csv", "a,b\n1,2\n3,4\n", "text/csv"},
		{"a.mp4", mp4, "video/mp4"},

		{"a.exe", "MZ\x90\x00" + strings.Repeat("\x00", 100), ""},
		{"a.html", "<!doctype html><script>alert(1)</script>", ""},
		{"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`, ""},
		{"a.svg.png", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"a.jpg", "MZ\x90\x00" + strings.Repeat("\x00", 100), ""},
		{"a.png", jpegPicture(t), ""},
		{"a.txt", "<!DOCTYPE html><html><script>alert(1)</script>", ""},
		{"a.txt", "#!/bin/sh\nrm -rf /\n", ""},
		{"a.pdf", docx(t), ""},
		{"a.docx", pdf, ""},
		{"a.docx", archive(t, packed{"x.txt", "no office file", 0}), ""},
		{"a.url", "[InternetShortcut]\nURL=http://x\n", ""},
		{"a.mht", "MIME-Version: 1.0\n", ""},
		{"a", "no extension", ""},
		{"\u200b.htaccess", "deny", ""},
		{"a.txt", "", ""},
		{"a.txt", "MZ\x00\x01\x02\x03\x04", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, nil, uploads(generous)).Client(t)
			a := c.PostFiles("/up", url.Values{"subject": {"热水"}}, webtest.Upload{Field: "files", Name: tt.name, Content: tt.content})
			if tt.want == "" {
				a.Wants(422, "subject=热水", "files: “")
				if strings.Contains(a.Body, "[") {
					t.Errorf("taken: %s", a.Body)
				}
				return
			}
			a.Wants(200, tt.want)
		})
	}
}

func TestUploadLimits(t *testing.T) {
	file := func(name string, size int) webtest.Upload {
		return webtest.Upload{Field: "files", Name: name, Content: strings.Repeat("x", size)}
	}
	rules := web.UploadRules{Files: 2, PerFile: 2 << 20, Total: 3 << 20}
	for _, tt := range []struct {
		name  string
		files []webtest.Upload
		want  string
	}{
		{"too large", []webtest.Upload{file("大.txt", 2<<20+1)}, "“大.txt”太大，每个附件不超过 2 MB"},
		{"just fits", []webtest.Upload{file("a.txt", 2<<20)}, ""},
		{"too many", []webtest.Upload{file("a.txt", 1), file("b.txt", 1), file("c.txt", 1)}, "最多可以添加 2 个附件"},
		{"too much together", []webtest.Upload{file("a.txt", 2<<20), file("b.txt", 2<<20)}, "加上“b.txt”，附件总量超过了 3 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, nil, uploads(rules)).Client(t)
			a := c.PostFiles("/up", url.Values{"subject": {"热水"}}, tt.files...)
			if tt.want == "" {
				a.Wants(200)
				return
			}
			a.Wants(422, "subject=热水", tt.want)
		})
	}
}

// TestUploadKeepsText sends text behind a file that is refused.
func TestUploadKeepsText(t *testing.T) {
	c := start(t, nil, uploads(generous)).Client(t)
	body := "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.exe\"\r\n\r\nMZ" + strings.Repeat("x", 100_000) +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n" +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n写了很久\r\n--b--\r\n"
	r := c.Request(http.MethodPost, "/up", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	c.Do(r).Wants(422, "body=写了很久", "a.exe")
	r = c.Request(http.MethodPost, "/up", strings.NewReader(body[:50_000]))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	c.Do(r).Wants(400)
	c.PostFiles("/up", url.Values{"subject": {"x"}}, webtest.Upload{Field: "files", Name: "a.txt", Content: strings.Repeat("x", 9<<20)}).Wants(422, "太大")
}

func TestBodyLimitOfUploads(t *testing.T) {
	rt := uploads(web.UploadRules{Files: 1, PerFile: 1 << 30, Total: 1 << 30})
	c := start(t, nil, rt).Client(t)
	c.PostFiles("/up", nil, webtest.Upload{Field: "files", Name: "a.txt", Content: strings.Repeat("x", 9<<20)}).Wants(413)
}

func TestFilesWhereNoneBelong(t *testing.T) {
	c := start(t, nil, post("/f", web.Anyone, func(c *web.Context) error {
		_, err := c.Form()
		return err
	})).Client(t)
	c.PostFiles("/f", nil, webtest.Upload{Field: "x", Name: "a.txt", Content: "x"}).Wants(422, "a.txt")
}

func TestArchives(t *testing.T) {
	bomb := docx(t, packed{"word/big.xml", strings.Repeat("0", 300<<20), 0})
	many := make([]packed, 5000)
	for i := range many {
		many[i] = packed{name: fmt.Sprintf("%d.txt", i)}
	}
	whole := archive(t, packed{"a.txt", "hello", 0})
	for _, tt := range []struct{ name, file, content, want string }{
		{"unpacks to 300 MB", "a.docx", bomb, "解压后太大"},
		{"nested", "a.zip", archive(t, packed{"b.zip", "PK", 0}), "另一个压缩包"},
		{"a program", "a.zip", archive(t, packed{"dir/setup.EXE", "MZ", 0}), "含有程序"},
		{"macros", "a.docx", docx(t, packed{"word/vbaProject.bin", "x", 0}), "含有程序"},
		{"a link", "a.zip", archive(t, packed{"a.txt", "/etc/passwd", fs.ModeSymlink}), "无法检查"},
		{"outside", "a.zip", archive(t, packed{"../../etc/cron.d/x", "x", 0}), "无法检查"},
		{"absolute", "a.zip", archive(t, packed{"/etc/x", "x", 0}), "无法检查"},
		{"too many", "a.zip", archive(t, many...), "无法检查"},
		{"cut off", "a.zip", whole[:len(whole)-5], "无法检查"},
		{"something behind", "a.zip", whole + "MZ", "无法检查"},
		{"something before", "a.zip", whole + whole, "无法检查"},
		{"shared bytes", "a.zip", overlapping(t), "解压后太大"},
		{"good", "a.zip", whole, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, nil, uploads(generous)).Client(t)
			a := c.PostFiles("/up", nil, webtest.Upload{Field: "files", Name: tt.file, Content: tt.content})
			if tt.want == "" {
				a.Wants(200)
				return
			}
			a.Wants(422, tt.want, tt.file)
		})
	}
}

// overlapping makes two directory entries that mean the same bytes.
func overlapping(t *testing.T) string {
	b := []byte(archive(t, packed{"a.txt", strings.Repeat("x", 1000), 0}, packed{"b.txt", strings.Repeat("x", 1000), 0}))
	second := bytes.LastIndex(b, []byte("PK\x01\x02"))
	copy(b[second+42:second+46], []byte{0, 0, 0, 0})
	return string(b)
}

func TestHugePictures(t *testing.T) {
	b := []byte(picture(t, png.Encode))
	copy(b[16:24], "\x00\x00\xc3\x50\x00\x00\xc3\x50") // 50,000 × 50,000
	c := start(t, nil, uploads(generous)).Client(t)
	c.PostFiles("/up", nil, webtest.Upload{Field: "files", Name: "a.png", Content: string(b)}).Wants(422, "尺寸太大")
}

func TestUploadMustBeRead(t *testing.T) {
	rt := post("/up", web.Anyone, func(c *web.Context) error {
		_, err := c.Upload(generous, func(context.Context, web.File) error { return nil })
		return err
	})
	c := start(t, nil, rt).Client(t)
	c.PostFiles("/up", nil, webtest.Upload{Field: "f", Name: "a.txt", Content: "x"}).Wants(500)
}

func TestStoreFails(t *testing.T) {
	rt := post("/up", web.Anyone, func(c *web.Context) error {
		_, err := c.Upload(generous, func(context.Context, web.File) error { return webtest.ErrAway })
		return err
	})
	c := start(t, nil, rt).Client(t)
	c.PostFiles("/up", nil, webtest.Upload{Field: "f", Name: "a.txt", Content: "x"}).Wants(503)
}

func FuzzInspect(f *testing.F) {
	f.Add("a.zip", []byte(archive(f, packed{"a.txt", "x", 0})))
	f.Add("a.docx", []byte(docx(f)))
	f.Add("a.jpg", []byte(jpegPicture(f)))
	f.Add("a.txt", []byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		r, kind, err := web.Inspect(bufio.NewReaderSize(bytes.NewReader(content), 4096), "f", name)
		if err != nil {
			if workflow.KindOf(err) != workflow.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		got, err := io.ReadAll(r)
		if err == nil && !bytes.Equal(got, content) {
			t.Errorf("%s changed", kind)
		}
		if strings.Contains(kind, "html") || strings.Contains(kind, "svg") {
			t.Errorf("took %s", kind)
		}
	})
}
