package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"mailbox/handlers/document"
	"mailbox/workflow/report"
)

// What files are held to.
const (
	sheetRows  = 100_000
	mostOfFile = 100 // MiB
)

// files measures what is written for somebody to take away.
func files(_ context.Context, r *run) error {
	rows := min(sheetRows, 50*r.Cases)
	debug.FreeOSMemory()
	before := inUse()
	sheet := longSheet(rows)
	debug.FreeOSMemory()
	table := inUse() - before
	most, took, err := heldWhile(func() error { return document.WriteWorkbook(io.Discard, []report.Sheet{sheet}) })
	if err != nil {
		return err
	}
	r.add("files", "memory for XLSX of "+number(float64(rows))+" rows", most, "MiB", atMost(mostOfFile), fmt.Sprintf("besides %s MiB of the table; %s s", number(table), number(took.Seconds())))
	return nil
}

// longSheet is a table as offices take them away: words, days and numbers.
func longSheet(rows int) report.Sheet {
	s := report.Sheet{Title: "台账", Columns: []report.Column{
		{Title: "编号", Kind: report.TextColumn},
		{Title: "标题", Kind: report.TextColumn},
		{Title: "部门", Kind: report.TextColumn},
		{Title: "日期", Kind: report.DateColumn},
		{Title: "次数", Kind: report.IntColumn},
		{Title: "满意率", Kind: report.PercentColumn},
	}}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		s.Rows = append(s.Rows, []report.Field{
			{Text: fmt.Sprintf("XZ20260101-%06d", i)},
			{Text: places[i%len(places)] + troubles[i%len(troubles)].long},
			{Text: "后勤管理处"},
			{Day: day.AddDate(0, 0, i%365)},
			{Number: float64(i)},
			{Number: float64(i%100) / 100},
		})
	}
	return s
}

// heldWhile is how much more memory than before is in use while do runs, at
// most, in MiB; it is looked at every few milliseconds.
func heldWhile(do func() error) (most float64, took time.Duration, err error) {
	debug.FreeOSMemory()
	before := inUse()
	done := make(chan error)
	begun := time.Now()
	go func() { done <- do() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return most, time.Since(begun), err
		case <-tick.C:
			most = max(most, inUse()-before)
		}
	}
}

func inUse() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse+m.StackInuse) / (1 << 20)
}
