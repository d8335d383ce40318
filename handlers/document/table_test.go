package document_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"mailbox/handlers/document"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// joined are the rows of a table, cells joined; formulas begin with = and what
// was carried from a merged cell with ^.
func joined(t *testing.T, content []byte) []string {
	t.Helper()
	var out []string
	err := document.Files{}.Rows("x", content, func(row int, cells []ledger.Cell) error {
		var parts []string
		for _, c := range cells {
			mark := ""
			if c.Formula {
				mark = "="
			}
			if c.Carried {
				mark = "^"
			}
			parts = append(parts, mark+c.Text)
		}
		out = append(out, fmt.Sprintf("%d:%s", row, strings.Join(parts, "|")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReadWorkbook(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	set := func(cell string, v any) {
		t.Helper()
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "2023 年官网发布情况")
	for n, h := range []string{"标题", "发布日期", "栏目", "序号"} {
		set(string(rune('A'+n))+"2", h)
	}
	set("A3", "招标公告")
	set("B3", time.Date(2023, 11, 17, 0, 0, 0, 0, time.UTC))
	set("C3", "新闻动态/通知公告")
	set("D3", 89)
	set("A4", "第二条")
	set("B4", "2023年1月2日")
	set("A6", "第三条")
	set("B6", 45247)
	for _, m := range [][2]string{{"A1", "D1"}, {"C3", "C6"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "D4", "D3+1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got := joined(t, b.Bytes())
	for n, g := range got { // rows without anything may or may not be in the file
		if strings.HasPrefix(g, "5:") {
			got = append(got[:n], got[n+1:]...)
			break
		}
	}
	same(t, got, "1:2023 年官网发布情况|^2023 年官网发布情况|^2023 年官网发布情况|^2023 年官网发布情况", "2:标题|发布日期|栏目|序号",
		"3:招标公告|2023-11-17|新闻动态/通知公告|89", "4:第二条|2023年1月2日|^新闻动态/通知公告|=", "6:第三条|45247|^新闻动态/通知公告")
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	want := []string{"1:标题|日期", "2:公告，“一”|2023-1-2", "4:跨\n行|2023/1/3"}
	text := "标题,日期\n公告，“一”,2023-1-2\n\n\"跨\n行\",2023/1/3\n"
	same(t, joined(t, []byte(text)), want...)
	same(t, joined(t, []byte("\ufeff"+text)), want...)
	same(t, joined(t, []byte(strings.ReplaceAll(text, ",", "\t"))), want...)
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	same(t, joined(t, []byte(gbk)), want...)
}

func TestUnreadableTables(t *testing.T) {
	t.Parallel()
	for what, content := range map[string]string{
		"nothing": "", "blanks": " \n ", "a picture": "\x89PNG\x00", "a broken workbook": "PK\x03\x04rubbish", "an old workbook": "\xd0\xcf\x11\xe0",
	} {
		err := document.Files{}.Rows(what, []byte(content), func(int, []ledger.Cell) error { return nil })
		if workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: got %v, want Invalid", what, err)
		}
	}
}

// A hundred thousand rows are read in a stream: what stays in memory is a small
// part of what the sheet is.
func TestReadLargeWorkbook(t *testing.T) {
	const rows = 100_000
	content := largeWorkbook(t, rows)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, most := 0, uint64(0)
	err := document.Files{}.Rows("large.xlsx", content, func(row int, cells []ledger.Cell) error {
		if n++; n%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
		if row == rows && cells[1].Text != fmt.Sprintf("第 %d 条", rows) {
			t.Errorf("the last row is %v", cells)
		}
		return nil
	})
	if err != nil || n != rows {
		t.Fatalf("read %d rows: %v", n, err)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 48<<20 {
		t.Errorf("%d MiB were held while reading", grown>>20)
	}
}

func largeWorkbook(t *testing.T, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for n := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), []any{"2023-11-17", fmt.Sprintf("第 %d 条", n+1), "新闻动态", "https://college.example/" + strconv.Itoa(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
