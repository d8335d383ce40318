package document_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"mailbox/handlers/document"
	"mailbox/workflow"
)

// text is all that is shown, a line for each line.
func (f *pdfFile) text() string {
	var b strings.Builder
	for _, p := range f.pages {
		for _, l := range p.lines {
			b.WriteString(l.text + "\n")
		}
	}
	return b.String()
}

func TestPDF(t *testing.T) {
	t.Parallel()
	f := asPDF(t, sample())
	// Long titles and cells are divided into lines on paper.
	parts := strings.Split(strings.Join(reading, "|"), "|")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "disclosure@", "disclosure\n@")
	}
	parts = parts[:len(parts)-1] // the mark comes before the number of its page
	inOrder(t, f.text(), parts...)
	last := f.pages[len(f.pages)-1]
	if !last.wide || f.pages[0].wide {
		t.Error("the wide table, and it alone, lies across")
	}
	inOrder(t, last.lines[0].text+last.lines[len(last.lines)-2].text, "部门", "修订 2")
	if strings.Contains(f.text(), "〓") {
		t.Error("a character of the sample is missing")
	}
	for _, want := range []string{"/Lang(zh-CN)", "/DisplayDocTitle true"} {
		if !strings.Contains(f.objects[1], want) {
			t.Errorf("the file does not say %s", want)
		}
	}
}

// TestPDF_pageNumbers: — 1 — at the outer edge, below the text.
func TestPDF_pageNumbers(t *testing.T) {
	t.Parallel()
	for i, p := range asPDF(t, sample()).pages {
		l := p.lines[len(p.lines)-1]
		if want := fmt.Sprintf("— %d —", i+1); l.text != want {
			t.Errorf("page %d ends with %q", i+1, l.text)
		}
		if right := l.x > 300; right != (i%2 == 0) {
			t.Errorf("page %d has its number at %.0f", i+1, l.x)
		}
	}
}

// TestPDF_grid: a page has 22 lines of 28 characters.
func TestPDF_grid(t *testing.T) {
	t.Parallel()
	f := asPDF(t, workflow.Document{Blocks: []workflow.Block{say(strings.Repeat("信", 28*40-2))}})
	if len(f.pages) != 2 {
		t.Fatalf("40 lines are on %d pages, want 2", len(f.pages))
	}
	first := f.pages[0].lines
	if len(first) != 23 { // and the page's number
		t.Errorf("the first page has %d lines, want 22", len(first)-1)
	}
	for i, want := range []int{26, 28, 28} {
		if n := len([]rune(first[i].text)); n != want {
			t.Errorf("line %d has %d characters, want %d", i+1, n, want)
		}
	}
	if pitch := first[0].y - first[1].y; pitch < 28.9 || pitch > 29 {
		t.Errorf("lines are %.2f points apart", pitch)
	}
}

// TestPDF_punctuation: no line begins with a comma or ends with an opening bracket.
func TestPDF_punctuation(t *testing.T) {
	t.Parallel()
	for shift := range 28 {
		text := strings.Repeat("字", shift) + strings.Repeat("来信（三件），《办法》：“是！”第20231107号。", 6)
		for _, l := range asPDF(t, workflow.Document{Blocks: []workflow.Block{say(text)}}).pages[0].lines {
			runes := []rune(l.text)
			if strings.ContainsRune("。，、；：？！）》”", runes[0]) || strings.ContainsRune("（《「“", runes[len(runes)-1]) {
				t.Errorf("a line is %q", l.text)
			}
			if digits := strings.Count(l.text, "2023"); digits != strings.Count(l.text, "20231107") {
				t.Errorf("a number is torn apart: %q", l.text)
			}
		}
	}
}

// TestPDF_missing: what no font has is shown as 〓 and still found as itself.
func TestPDF_missing(t *testing.T) {
	t.Parallel()
	text := asPDF(t, workflow.Document{Blocks: []workflow.Block{say("𠮷 喆 🙂 ሀ")}}).text()
	inOrder(t, text, "𠮷", "喆", "🙂", "ሀ")
}

// TestPDF_longCell: a cell longer than a page goes on on the next.
func TestPDF_longCell(t *testing.T) {
	t.Parallel()
	f := asPDF(t, workflow.Document{Blocks: []workflow.Block{grid(workflow.Grid{
		Head: []string{"事项", "说明"}, Rows: [][]string{{"一", strings.Repeat("长", 5000) + "尾"}, {"二", "短"}},
	})}})
	if len(f.pages) < 3 {
		t.Fatalf("5,000 characters are on %d pages", len(f.pages))
	}
	text := f.text()
	if n := strings.Count(text, "长"); n != 5000 {
		t.Errorf("%d characters of 5,000 are there", n)
	}
	inOrder(t, text, "尾", "二", "短")
	for i, p := range f.pages[:len(f.pages)-1] {
		if p.lines[0].text != "事项" {
			t.Errorf("page %d begins with %q, want the head", i+1, p.lines[0].text)
		}
	}
}

// TestPDF_together: a heading goes with its text, a signature with its date, and a
// small table is not divided.
func TestPDF_together(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]workflow.Document{
		"heading": {Blocks: []workflow.Block{head(1, "一、总体情况"), say("文")}},
		"table":   {Blocks: []workflow.Block{head(4, "（1）表"), sampleBlocks()[9]}},
		"date":    {Signature: "江城学院", Date: "2023-11-07"},
	} {
		d := ends
		d.Blocks = append([]workflow.Block{say(strings.Repeat("字", 28*21-2))}, d.Blocks...)
		f := asPDF(t, d)
		if len(f.pages) != 2 || len(f.pages[0].lines) != 22 {
			t.Errorf("%s: %d pages, %d lines on the first; want 21 and the page's number", name, len(f.pages), len(f.pages[0].lines))
		}
	}
}

func TestPDF_bookmarks(t *testing.T) {
	t.Parallel()
	all := fmt.Sprint(asPDF(t, sample()).objects)
	for _, heading := range []string{"一、总体情况", "四、存在的问题和改进措施", "附件 2"} {
		want := []byte{0xfe, 0xff}
		for _, unit := range utf16.Encode([]rune(heading)) {
			want = binary.BigEndian.AppendUint16(want, unit)
		}
		if !strings.Contains(all, fmt.Sprintf("<%X>/Parent 4 0 R", want)) {
			t.Errorf("no bookmark leads to %s", heading)
		}
	}
}

func TestPDF_ofNothing(t *testing.T) {
	t.Parallel()
	if f := asPDF(t, workflow.Document{}); len(f.pages) != 1 {
		t.Errorf("an empty document has %d pages", len(f.pages))
	}
	asPDF(t, workflow.Document{Blocks: []workflow.Block{grid(departments(1)), {Kind: workflow.TableIn}, grid(workflow.Grid{Head: []string{""}})}})
}

// everywhere is a document that says text in each of its parts.
func everywhere(text string) workflow.Document {
	g := workflow.Grid{Caption: text, Head: []string{text, "号"}, Rows: [][]string{{text}, {"1", "2", text}}, Right: []bool{true}}
	wide := g
	wide.Wide = true
	return workflow.Document{
		Locale: text, Letterhead: text, Number: text, Title: text, Addressee: text, Signature: text, Date: text, Mark: text,
		Blocks:      []workflow.Block{say(text), head(1, text), head(2, text), head(7, text), grid(g), {Kind: workflow.BlockKind(text)}},
		Attachments: []string{text, text}, Annexes: []workflow.Annex{{Label: text, Title: text, Blocks: []workflow.Block{grid(wide)}}},
		Made: time.Date(2023, 11, 7, 10, 0, 0, 0, time.UTC),
	}
}

// checkPaper writes a text everywhere and reads the files again.
func checkPaper(t *testing.T, text string) {
	t.Helper()
	d := everywhere(text)
	var word, paper bytes.Buffer
	if err := errors.Join(document.WriteDOCX(&word, d), document.WritePDF(&paper, d)); err != nil {
		t.Fatal(err)
	}
	if _, err := checkDOCX(word.Bytes()); err != nil {
		t.Errorf("docx: %v", err)
	}
	if _, err := readPDF(paper.Bytes()); err != nil {
		t.Errorf("pdf: %v", err)
	}
}

// naughty are texts that have broken somebody's documents.
var naughty = []string{
	"", " ", "\u3000", "\x00\x01\x1b[31m", "]]>", "<w:p>&amp;</w:p>", `"'>`, "\ud7ff\ue000\ufffe\uffff", "\xff\xfe\xc3", "a\tb\r\nc\u2028d\fe",
	"\u202eמכתב\u200f رسالة\u202c", "e\u0301\u0301\u0301", "\u0301", "👩‍👩‍👧‍👦🏳️‍🌈", "（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（", "，。，。，。，。，。，。，。，。，。，。，。，。，。，。，。",
	"《", "》》》", "\u00ad\u200b\u200d\ufeff", "𠮷𠮷", "%s%d%n", `\(\)<<>>`, "endstream endobj", "1/2-3@4",
}

func TestPaper_anyText(t *testing.T) {
	t.Parallel()
	for _, text := range naughty {
		checkPaper(t, text)
	}
	for _, part := range []string{"字", "w", "w ", "，", "（", "=\n", "𠮷1"} {
		checkPaper(t, strings.Repeat(part, 6_000/len(part)))
	}
}

// TestPaper_long: 100,000 characters, none twice beside each other.
func TestPaper_long(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range rune(100_000) {
		b.WriteRune(0x20 + i*7%0x1fffe)
	}
	d := workflow.Document{Title: "长", Blocks: []workflow.Block{say(b.String())}}
	asDOCX(t, d)
	asPDF(t, d)
}

func FuzzPaper(f *testing.F) {
	for _, text := range naughty {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return // long ones have tests of their own
		}
		checkPaper(t, text)
	})
}
