package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mailbox/handlers/document"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// hostile are texts that a spreadsheet might compute.
var hostile = []string{
	`=HYPERLINK("http://evil.example","点我")`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a", "  =1", "\u3000=1", "\ufeff=1",
}

func sheet(names ...string) report.Sheet {
	s := report.Sheet{
		Title: "统计", Notes: []string{"=注", "按月"},
		Columns: []report.Column{
			{Title: "部门", Kind: report.TextColumn},
			{Title: "-收到", Kind: report.IntColumn},
			{Title: "按时率", Kind: report.PercentColumn},
			{Title: "中位数", Kind: report.DecimalColumn},
			{Title: "日期", Kind: report.DateColumn},
		},
	}
	for _, n := range names {
		s.Rows = append(s.Rows, []report.Field{
			{Text: n}, {Number: 1208}, {Number: 0.934}, {Empty: true}, {Day: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)},
		})
	}
	return s
}

func write(t *testing.T, format string, s report.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (document.Files{}).Write(&b, format, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	raw := string(write(t, "csv", sheet("后勤处")))
	text, ok := strings.CutPrefix(raw, "\ufeff")
	if !ok {
		t.Fatal("no byte order mark")
	}
	if !strings.Contains(text, "后勤处,1208,0.9340,,2026-11-23\r\n") {
		t.Errorf("the row is not there: %s", text)
	}
}

func TestCSV_computesNothing(t *testing.T) {
	t.Parallel()
	raw := strings.TrimPrefix(string(write(t, "csv", sheet(hostile...))), "\ufeff")
	r := csv.NewReader(strings.NewReader(raw))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range lines {
		for _, f := range line {
			bare := strings.TrimLeft(f, " \u3000\ufeff\u00a0")
			if strings.IndexAny(bare, "=+-@\t\r＝＋－＠") == 0 {
				t.Errorf("%q may be computed", f)
			}
		}
		if strings.HasPrefix(line[0], "'") {
			n++
		}
	}
	if want := len(hostile) + 1; n != want { // and the note
		t.Errorf("%d texts made harmless, want %d", n, want)
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(write(t, "xlsx", sheet(append([]string{"后勤处"}, hostile...)...))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	if name != "统计" || rows[0][0] != "统计" || rows[2][1] != "'-收到" || rows[3][0] != "后勤处" {
		t.Errorf("sheet %s begins %q", name, rows[:4])
	}
	for cell, want := range map[string]string{"B4": "1,208", "C4": "93.40%", "D4": "", "E4": "2026-11-23"} {
		if got, err := f.GetCellValue(name, cell); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", cell, got, err, want)
		}
	}
	for y := range rows {
		for x := range rows[y] {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
				t.Errorf("%s computes %q, %v", at, formula, err)
			}
		}
	}
}

func TestWrite_unknownFormat(t *testing.T) {
	t.Parallel()
	err := document.Files{}.Write(&bytes.Buffer{}, "docm", sheet())
	if workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("docm: %v, want Invalid", err)
	}
}

func workbook(t *testing.T, sheets ...report.Sheet) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := (document.Files{}).WriteWorkbook(&b, sheets); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	first, second := sheet("后勤处"), sheet("教务处", "学生处")
	second.Title = "一张名字很长很长的表：各部门主动公开信息与来信办理情况/一览表[2023]"
	again := second
	f := workbook(t, first, second, again)
	names := f.GetSheetList()
	if len(names) != 3 || names[0] != "统计" || names[1] == names[2] || !strings.HasSuffix(names[2], " 2") {
		t.Fatalf("sheets are called %q", names)
	}
	for _, name := range names {
		if n := len([]rune(name)); n > 31 || strings.ContainsAny(name, `:\/?*[]`) {
			t.Errorf("a spreadsheet refuses the name %q", name)
		}
		panes, err := f.GetPanes(name)
		if err != nil || !panes.Freeze || panes.YSplit != 3 {
			t.Errorf("%s: the head runs away: %+v, %v", name, panes, err)
		}
	}
	if got, err := f.GetCellValue(names[1], "A5"); err != nil || got != "学生处" {
		t.Errorf("the second row of the second sheet is %q, %v", got, err)
	}
}

// TestWorkbook_memory must not run beside others: it looks at what the whole
// program has asked the system for.
func TestWorkbook_memory(t *testing.T) {
	s := sheet()
	row := sheet("第十二系（部、处、室）：一段不太短的说明文字，每行都有").Rows[0]
	for range 100_000 {
		s.Rows = append(s.Rows, row)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := document.WriteWorkbook(io.Discard, []report.Sheet{s}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := (after.Sys - before.Sys) >> 20; used >= 100 {
		t.Errorf("100,000 rows took %d MiB", used)
	}
}

// TestWrite_sheetOnPaper: a table can be had as a document too.
func TestWrite_sheetOnPaper(t *testing.T) {
	t.Parallel()
	files, err := checkDOCX(write(t, "docx", sheet("后勤处")))
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, texts(files["word/document.xml"]), "统计", "部门", "按时率", "后勤处", "1208", "93.4%", "—", "2026-11-23", "=注", "按月")
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := (document.Files{}).WriteDocument(&b, "json", sample()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Title, Date, Made string
		Blocks            []struct {
			Kind, Text string
			Table      *struct{ Rows [][]string }
		}
		Annexes []struct{ Label string }
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Title != sample().Title || got.Date != "2023-11-07" || got.Made != "2023-11-07T10:00:00Z" || len(got.Annexes) != 2 {
		t.Errorf("the document is %.200s", b.String())
	}
	if table := got.Blocks[9]; table.Kind != "table" || table.Table.Rows[3][0] != "来访" {
		t.Errorf("the table is %+v", table)
	}
	if err := (document.Files{}).WriteDocument(&b, "csv", sample()); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("a document as csv: %v, want Invalid", err)
	}
}
