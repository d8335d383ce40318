package web_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"mailbox/handlers/web"
)

const (
	docxKind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	odtKind  = "application/vnd.oasis.opendocument.text"
	writer   = "张七七"
)

// paper is a document as Word, Excel, PowerPoint and LibreOffice leave them
// together: every place in which they name their user.
func paper(tb testing.TB) []packed {
	tb.Helper()
	return []packed{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types/>`, 0},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>关于热水</dc:title><dc:creator>` + writer + `</dc:creator><cp:lastModifiedBy>` + writer + `</cp:lastModifiedBy></cp:coreProperties>`, 0},
		{"docProps/app.xml", `<Properties xmlns="e"><Pages>1</Pages><Company>` + writer + `工作室</Company><Manager>` + writer + `</Manager></Properties>`, 0},
		{"docProps/custom.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"><property name="ICV"><vt:lpwstr>` + writer + `</vt:lpwstr></property></Properties>`, 0},
		{"word/document.xml", `<w:document><w:p><w:ins w:id="1" w:author="` + writer + `"><w:t xml:space='preserve'>热水 &lt;没有&gt; </w:t></w:ins><wp:docPr id="1" descr="C:\Users\` + writer + `\现场.jpg" name="a > b"/></w:p></w:document>`, 0},
		{"word/comments.xml", `<w:comments><w:comment w:author='` + writer + `' w:initials="Z"><w:t>批注</w:t></w:comment><!-- ` + writer + ` --></w:comments>`, 0},
		{"word/people.xml", `<w15:people><w15:person w15:author="` + writer + `"><w15:presenceInfo w15:providerId="AD" w15:userId="S::` + writer + `@school"/></w15:person></w15:people>`, 0},
		{"word/_rels/settings.xml.rels", `<Relationships><Relationship Id="rId1" Target="file:///C:\Users\` + writer + `\Normal.dotm" TargetMode="External"/></Relationships>`, 0},
		{"word/media/image1.jpeg", photo(tb, 6), 0},
		{"xl/workbook.xml", `<workbook><fileSharing userName="` + writer + `"/><x15ac:absPath url="D:\` + writer + `\"/></workbook>`, 0},
		{"xl/comments1.xml", `<comments><authors><author>` + writer + `</author></authors><t>` + writer + `:</t><t>` + "\n漏水" + `</t></comments>`, 0},
		{"xl/persons/person.xml", `<personList><person displayName="` + writer + `" id="{1}" userId="` + writer + `" providerId="None"/></personList>`, 0},
		{"ppt/commentAuthors.xml", `<p:cmAuthorLst><p:cmAuthor id="1" name="` + writer + `" initials="ZQQ"/></p:cmAuthorLst>`, 0},
		{"ppt/authors.xml", `<p188:authorLst><p188:author id="{1}" name="` + writer + `" initials="Z" userId="` + writer + `" providerId="None"/></p188:authorLst>`, 0},
		{"meta.xml", `<office:document-meta><meta:initial-creator>` + writer + `</meta:initial-creator><dc:creator><![CDATA[` + writer + `]]></dc:creator><meta:user-defined meta:name="x">` + writer + `</meta:user-defined></office:document-meta>`, 0},
		{"settings.xml", `<config:config-item config:name="PrinterName" config:type="string">` + writer + `的打印机</config:config-item>`, 0},
		{"word/embeddings/sheet.xlsx", archive(tb, packed{"docProps/core.xml", `<c><dc:creator>` + writer + `</dc:creator></c>`, 0}), 0},
		{"word/fonts/font1.odttf", strings.Repeat("字体\x00", 30_000), 0},
	}
}

// withSizesFirst writes a document the way Office does: sizes before the
// content, and something about the machine in the extra fields.
func withSizesFirst(tb testing.TB, files ...packed) string {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	r, err := zip.NewReader(strings.NewReader(archive(tb, files...)), int64(len(archive(tb, files...))))
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range r.File {
		h := f.FileHeader
		h.Flags, h.Extra = 0, []byte("ux\x04\x00"+"uid7")
		raw, err := f.OpenRaw()
		if err != nil {
			tb.Fatal(err)
		}
		part, err := w.CreateRaw(&h)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.Copy(part, raw); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// unpack returns the parts of a document, and of the documents inside.
func unpack(tb testing.TB, content string) map[string]string {
	tb.Helper()
	r, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		if len(f.Extra) > 0 || f.Modified.Year() > 1980 {
			tb.Errorf("%s says when it was made: %v %q", f.Name, f.Modified, f.Extra)
		}
		part, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			tb.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(b)
		if strings.HasSuffix(f.Name, ".xlsx") {
			for name, part := range unpack(tb, string(b)) {
				out[f.Name+"/"+name] = part
			}
		}
	}
	return out
}

func TestDocumentsWithoutNames(t *testing.T) {
	files := paper(t)
	for form, content := range map[string]string{"sizes behind": archive(t, files...), "sizes first": withSizesFirst(t, files...)} {
		for _, kind := range []string{docxKind, odtKind} {
			t.Run(form+" "+kind[len(kind)-8:], func(t *testing.T) {
				got := unpack(t, cleaned(t, kind, content))
				for name, part := range got {
					if strings.Contains(part, writer) || strings.Contains(part, secret) {
						t.Errorf("%s still says who: %q", name, part)
					}
				}
				checkKept(t, got, files)
			})
		}
	}
}

// checkKept wants everything that is not a name as it was.
func checkKept(t *testing.T, got map[string]string, files []packed) {
	t.Helper()
	if len(got) != len(files)+1 {
		t.Errorf("%d parts of %d", len(got), len(files)+1)
	}
	for name, want := range map[string]string{
		"[Content_Types].xml":          files[0].content,
		"docProps/core.xml":            `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>关于热水</dc:title><dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy></cp:coreProperties>`,
		"word/document.xml":            `<w:document><w:p><w:ins w:id="1" w:author="Author"><w:t xml:space='preserve'>热水 &lt;没有&gt; </w:t></w:ins><wp:docPr id="1" descr="现场.jpg" name="a > b"/></w:p></w:document>`,
		"word/comments.xml":            `<w:comments><w:comment w:author='Author' w:initials="Author"><w:t>批注</w:t></w:comment></w:comments>`,
		"word/_rels/settings.xml.rels": `<Relationships><Relationship Id="rId1" Target="Normal.dotm" TargetMode="External"/></Relationships>`,
		"xl/comments1.xml":             "<comments><authors><author></author></authors><t></t><t>\n漏水</t></comments>",
		"word/fonts/font1.odttf":       files[len(files)-1].content,
	} {
		if got[name] != want {
			t.Errorf("%s:\n got %.300q\nwant %.300q", name, got[name], want)
		}
	}
	if again := cleaned(t, "image/jpeg", got["word/media/image1.jpeg"]); again != got["word/media/image1.jpeg"] {
		t.Error("the picture inside was not cleaned as pictures are")
	}
}

// TestMimetypeStaysFirst: readers of OpenDocument look for it at a fixed place.
func TestMimetypeStaysFirst(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part, err := w.CreateRaw(&zip.FileHeader{Name: "mimetype", Method: zip.Store, CRC32: 0x0cc6325e, CompressedSize64: 39, UncompressedSize64: 39})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, odtKind)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := cleaned(t, odtKind, b.String()); got[30:38] != "mimetype" || got[38:38+len(odtKind)] != odtKind {
		t.Errorf("%q", got)
	}
}

func TestBrokenDocuments(t *testing.T) {
	good := archive(t, paper(t)...)
	hidden, _, _ := strings.Cut(good, "PK\x01\x02")
	deep := archive(t, packed{"a.xml", "<a/>", 0})
	for range 6 {
		deep = archive(t, packed{"x.docx", deep, 0})
	}
	flipped := []byte(withSizesFirst(t, packed{"word/document.xml", "<w:document>" + strings.Repeat("字", 500) + "</w:document>", 0}))
	flipped[70] ^= 0x55
	for name, content := range map[string]string{
		"cut off":           good[:len(good)/2],
		"no directory":      hidden,
		"two files in one":  good + good,
		"a part not listed": strings.Replace(archive(t, packed{"a.xml", "<a/>", 0}, packed{"b.xml", "<b/>", 0}), "PK\x01\x02", "PK\x05\x06", 1),
		"a document type":   archive(t, packed{"a.xml", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, 0}),
		"UTF-16":            archive(t, packed{"a.xml", "\xff\xfe<\x00a\x00", 0}),
		"an endless tag":    archive(t, packed{"a.xml", "<a " + strings.Repeat("x", 2<<20), 0}),
		"a bad picture":     archive(t, packed{"a.jpg", "\xff\xd8\xff\xe1\xff\xff short", 0}),
		"too deep":          deep,
		"flipped bits":      string(flipped),
		"no zip":            "PK\x03\x04 nothing",
		"a bomb":            archive(t, packed{"a.xml", "<a>" + strings.Repeat("0", 300<<20), 0}),
	} {
		if _, err := io.Copy(io.Discard, web.WithoutMetadata(strings.NewReader(content), docxKind)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestSourceFails wants the error of the source itself, not another.
func TestSourceFails(t *testing.T) {
	good := archive(t, paper(t)...)
	own := errors.New("the line broke")
	for _, at := range []int{3, 100, len(good) / 2, len(good) - 3} {
		src := io.MultiReader(strings.NewReader(good[:at]), iotest.ErrReader(own))
		if _, err := io.Copy(io.Discard, web.WithoutMetadata(src, docxKind)); !errors.Is(err, own) {
			t.Errorf("after %d bytes: %v", at, err)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	f.Add([]byte(archive(f, paper(f)...)))
	f.Add([]byte(withSizesFirst(f, paper(f)...)))
	for _, part := range paper(f) {
		f.Add([]byte(part.content))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, in := range []string{string(in), archive(t, packed{"a.xml", string(in), 0})} {
			once, err := io.ReadAll(web.WithoutMetadata(strings.NewReader(in), docxKind))
			if err != nil {
				continue
			}
			twice, err := io.ReadAll(web.WithoutMetadata(bytes.NewReader(once), docxKind))
			if err != nil || !bytes.Equal(once, twice) {
				t.Errorf("%q, then %q, %v", once, twice, err)
			}
		}
	})
}

// BenchmarkDocument is a text of ten megabytes unpacked.
func BenchmarkDocument(b *testing.B) {
	content := archive(b, packed{"word/document.xml", "<w:document>" + strings.Repeat(`<w:p w:rsidR="00AB"><w:r><w:t>宿舍没有热水</w:t></w:r></w:p>`, 160_000) + "</w:document>", 0})
	b.SetBytes(10 << 20)
	for b.Loop() {
		if _, err := io.Copy(io.Discard, web.WithoutMetadata(strings.NewReader(content), docxKind)); err != nil {
			b.Fatal(err)
		}
	}
}
