package web_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

func pngPicture(tb testing.TB) string {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestCleanFile: what a platform sends is what its content is, and says no more
// than what is uploaded.
func TestCleanFile(t *testing.T) {
	t.Parallel()
	for _, k := range []struct{ name, content, as, kind string }{
		{"wechat-1.jpg", photo(t, 6), "wechat-1.jpg", "image/jpeg"},
		{"wechat-2.jpg", pngPicture(t), "wechat-2.png", "image/png"},
		{"wechat-3.jpg", gifPicture(t), "wechat-3.gif", "image/gif"},
		{"wechat-4.amr", "#!AMR\n" + strings.Repeat("\x3c\x00", 40), "wechat-4.amr", "audio/amr"},
		{"wechat-5.speex", "\x01\x02\x03" + strings.Repeat("\x00\x05", 40), "wechat-5.speex", "audio/speex"},
		{"../../etc/wechat-6.jpg", photo(t, 1), "wechat-6.jpg", "image/jpeg"},
	} {
		f, err := web.CleanFile(k.name, strings.NewReader(k.content))
		if err != nil {
			t.Errorf("%s: %v", k.name, err)
			continue
		}
		kept, err := io.ReadAll(f.Content)
		if err != nil || f.Name != k.as || f.Type != k.kind || bytes.Contains(kept, []byte(secret)) {
			t.Errorf("%s: %s %s, %d bytes, %v", k.name, f.Name, f.Type, len(kept), err)
		}
	}
	for what, content := range map[string]string{
		"a page":          "<!DOCTYPE html><html><script>alert(1)</script></html>",
		"a drawing":       `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
		"nothing":         "",
		"a program":       "MZ" + strings.Repeat("\x00", 500),
		"a cut picture":   photo(t, 1)[:200],
		"a cut PNG":       pngPicture(t)[:40],
		"a broken marker": "\xff\xd8\xff\xe0\x00\x10JFIF" + strings.Repeat("\x07", 500),
	} {
		f, err := web.CleanFile("wechat-9.jpg", strings.NewReader(content))
		if err == nil {
			_, err = io.ReadAll(f.Content)
		}
		if workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: %v, want Invalid", what, err)
		}
	}
}
