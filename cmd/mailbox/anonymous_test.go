package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// canary is something that must be found nowhere but where it is said to be.
type canary struct{ what, text string }

// canaries are everything a browser tells about a writer without being asked.
var canaries = []canary{
	{"address", "203.0.113.77"},
	{"browser", "CanaryBrowser/77"},
	{"language", "x-canary-tongue"},
	{"referer", "canary-referer.example"},
	{"cookie", "CanaryCookie77"},
	{"camera", "CanaryCam-EXIF-77"},
	{"comment", "CanaryComment-JPEG-77"},
	{"png text", "CanaryText-PNG-77"},
	{"author", "CanaryAuthor77"},
	{"folder", "CanaryFolder77"},
	{"name", "隐去之人七七"},
	{"phone", "13977007700"},
	{"email", "canary77@example.net"},
	{"header", "canary-forwarded-77"},
}

// TestAnonymous writes an anonymous letter with a browser that tells as much as
// it can, follows it, and then reads every byte that the program, its database
// and its Redis have on the disk, after a kill and a start.
func TestAnonymous(t *testing.T) {
	dir := freshDir(t)
	p := newProgram(t, dir)
	p.start(t, 0)
	hire(t, dir, []string{"DATABASE_URL=" + ownDatabase(dir), "REDIS_URL=unix://" + filepath.Join(dir, "redis", "sock", "redis.sock")}, staff...)

	v := newVisitor(func() string { return p.where.Web })
	v.signIn(t, "clerk") // whoever is signed in here is not the writer
	v.header = http.Header{
		"Sec-Fetch-Site": {"same-origin"}, "X-Forwarded-For": {"203.0.113.77"}, "X-Real-Ip": {"203.0.113.77"}, "User-Agent": {"CanaryBrowser/77"},
		"Accept-Language": {"zh-CN, x-canary-tongue;q=0.7"}, "Referer": {"https://canary-referer.example/"}, "Cookie": {"seen=CanaryCookie77"},
		"Forwarded": {"for=203.0.113.77;host=canary-forwarded-77"}, "X-Request-Id": {"canary-forwarded-77"},
	}
	number, code := writeAnonymously(t, v)
	page := v.follow(t, number, code)
	added := v.press(t, page, "/track/add", url.Values{"word_add": {"补充：CanaryAddition77"}})
	if added.status != http.StatusSeeOther {
		t.Fatalf("the addition: %v", added)
	}
	v.post(t, "/track", url.Values{"number": {number}, "code": {"0000-0000-0000-0000"}}) // a refusal tells nothing either
	v.get(t, "/no/such/page?canary=1")

	p.kill()
	p.start(t, 0)
	db := openSQL(t, ownDatabase(dir))
	checkUnknown(t, dir, p)
	if n := count(t, db, `SELECT count(*) FROM events WHERE actor_id IS NOT NULL`); n != 0 {
		t.Errorf("%d events name an account", n)
	}
	if n := count(t, db, `SELECT count(*) FROM files`); n != 3 {
		t.Errorf("%d files are kept, want 3", n)
	}
	if n := count(t, db, `SELECT count(*) FROM writers`); n != 0 {
		t.Errorf("%d writers are known", n)
	}
	if _, err := db.ExecContext(t.Context(), `CHECKPOINT`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	p.stop(t)
	search(t, dir, code)
}

// checkUnknown wants the counters of the program to name nobody.
func checkUnknown(t *testing.T, dir string, p *program) {
	t.Helper()
	ops := newVisitor(func() string { return p.where.Ops })
	metrics := ops.get(t, "/metrics").body
	for _, c := range canaries {
		if strings.Contains(metrics, c.text) {
			t.Errorf("the metrics name the %s", c.what)
		}
	}
	if len(outgoingIn(t, dir)) != 0 {
		t.Error("a mail went out for an anonymous letter")
	}
}

func writeAnonymously(t *testing.T, v *visitor) (number, code string) {
	t.Helper()
	form := letter(token(v.get(t, "/write")), "匿名来信 CanarySubject77", "正文：CanaryBody77")
	form.Set("identity", "anonymous")
	form.Set("name", "隐去之人七七")
	form.Set("phone", "13977007700")
	form.Set("email", "canary77@example.net")
	kind, body := withFiles(form,
		upload{"files", `C:\\Users\\CanaryFolder77\\现场.jpg`, "image/jpeg", photo(t)}, upload{"files", "/home/CanaryFolder77/截图.png", "image/png", screenshot(t)},
		upload{"files", "情况说明.docx", "application/octet-stream", statement(t)})
	a := v.postBytes(t, "/write", kind, body)
	if number = numberIn(a); number == "" {
		t.Fatalf("not taken: %v", a)
	}
	return number, v.receipt(t, number)
}

// search reads all files below dir. The letter's own words prove that the
// search finds what is there.
func search(t *testing.T, dir, code string) {
	t.Helper()
	needles := append([]canary{{"code", code}, {"code", strings.ReplaceAll(code, "-", "")}}, canaries...)
	for _, plain := range []string{"203.0.113.77", "CanaryBrowser/77"} {
		sum := sha256.Sum256([]byte(plain))
		needles = append(needles, canary{"hash of " + plain, string(sum[:])}, canary{"hash of " + plain, hex.EncodeToString(sum[:])})
	}
	own := map[string]int{"CanaryStatement77": 0, "CanarySubject77": 0, "CanaryBody77": 0, "CanaryAddition77": 0}
	files, bytesRead := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files, bytesRead = files+1, bytesRead+len(b)
		for _, c := range needles {
			if bytes.Contains(b, []byte(c.text)) {
				t.Errorf("%s holds the %s", strings.TrimPrefix(path, dir), c.what)
			}
		}
		for text := range own {
			own[text] += bytes.Count(b, []byte(text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files of %d MB read; the letter's own words: %v", files, bytesRead>>20, own)
	for text, n := range own {
		if n == 0 {
			t.Errorf("the search is blind: %s is not found", text)
		}
	}
}

// photo is a JPEG that says where, when and with what it was taken.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	segment := func(mark byte, content string) []byte {
		out := []byte{0xff, mark, 0, 0}
		binary.BigEndian.PutUint16(out[2:], uint16(len(content)+2))
		return append(out, content...)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0f\x00\x02\x00\x00\x00\x12\x00\x00\x00\x1a\x00\x00\x00\x00CanaryCam-EXIF-77\x00"
	meta := append(segment(0xe1, exif), segment(0xfe, "CanaryComment-JPEG-77")...)
	return append(append(bytes.Clone(b.Bytes()[:2]), meta...), b.Bytes()[2:]...)
}

// screenshot is a PNG with a text in it that nobody sees.
func screenshot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	const head = 8 + 25 // signature and IHDR
	chunk := []byte("tEXtAuthor\x00CanaryText-PNG-77")
	whole := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	whole = binary.BigEndian.AppendUint32(append(whole, chunk...), crc32.ChecksumIEEE(chunk))
	return append(append(bytes.Clone(b.Bytes()[:head]), whole...), b.Bytes()[head:]...)
}

// statement is a document that names its author wherever Word does. Its parts
// are not packed, so that the search can see them.
func statement(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"[Content_Types].xml": "<Types/>",
		"docProps/core.xml":   "<c><dc:creator>CanaryAuthor77</dc:creator><cp:lastModifiedBy>CanaryAuthor77</cp:lastModifiedBy></c>",
		"docProps/app.xml":    "<Properties><Company>CanaryAuthor77</Company></Properties>",
		"word/document.xml":   `<w:document><w:ins w:author="CanaryAuthor77"><w:t>CanaryStatement77</w:t></w:ins></w:document>`,
		"word/comments.xml":   `<w:comments><w:comment w:author="CanaryAuthor77" w:initials="C"/></w:comments>`,
		"word/media/a.jpg":    string(photo(t)),
	} {
		part, err := w.CreateRaw(&zip.FileHeader{
			Name: name, CRC32: crc32.ChecksumIEEE([]byte(content)), CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 * 48 {
		m.Set(i%64, i/64, color.RGBA{uint8(i), uint8(i >> 3), 90, 255})
	}
	return m
}

// ownDatabase is the address of the database that a program with its data in
// dir keeps for itself.
func ownDatabase(dir string) string {
	return fmt.Sprintf("postgres://mailbox@/%s?host=%s&sslmode=disable", database, url.QueryEscape(filepath.Join(dir, "postgres", "sock")))
}
