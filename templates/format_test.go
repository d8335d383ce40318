package templates

import (
	"math"
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	set, err := Parse()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 7, 17, 5, 0, 0, time.UTC)
	zh, en := set.format("zh-CN"), set.format("en")
	for _, test := range []struct{ name, got, want string }{
		{"date", zh.date(at), "2026年11月7日"},
		{"date in English", en.date(at), "7 November 2026"},
		{"day", zh.day(at), "11月7日"},
		{"day in English", en.day(at), "7 Nov"},
		{"weekday", zh.weekday(at), "周六"},
		{"weekday in English", en.weekday(at), "Sat"},
		{"clock", zh.clock(at), "17:05"},
		{"left", zh.remains("workday", 2), "还剩 2 个工作日"},
		{"one left", en.remains("workday", 1), "1 working day left"},
		{"late", zh.remains("workday", -1), "逾期 1 个工作日"},
		{"late in English", en.remains("day", -3), "3 days late"},
		{"today", zh.remains("workday", 0), "今天到期"},
		{"this hour", en.remains("hour", 0), "Due within the hour"},
		{"number", grouped("1234567"), "1,234,567"},
		{"small number", grouped("999"), "999"},
		{"negative", grouped("-1000"), "−1,000"},
		{"decimal", decimal(1, 1234.56), "1,234.6"},
		{"percent", percent(0.934), "93.4%"},
		{"whole percent", percent(1), "100%"},
		{"no percent", percent(math.NaN()), "—"},
		{"more", signed(3), "+3"},
		{"less", signed(-3), "−3"},
		{"same", signed(0), "0"},
		{"bytes", filesize(999), "999 B"},
		{"kilobytes", filesize(1500), "2 KB"},
		{"megabytes", filesize(4_800_000), "4.8 MB"},
		{"ten megabytes", filesize(10_000_000), "10 MB"},
	} {
		if test.got != test.want {
			t.Errorf("%s = %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestCharts(t *testing.T) {
	t.Parallel()
	c := Trend{Points: []Point{{Value: 0}, {Value: 30}, {Value: 60}}}
	if got, want := c.Line(), "M0 100L50 50L100 0"; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
	if got := (Trend{}).Line() + (Trend{}).Area(); got != "" {
		t.Errorf("an empty trend draws %q", got)
	}
	for top, want := range map[float64]float64{0: 1, 1: 1, 3: 4, 51: 60, 99: 100, 118: 200, 0.3: 0.4} {
		if got := niceTop([]Point{{Value: top}}); math.Abs(got-want) > 1e-9 {
			t.Errorf("niceTop(%v) = %v, want %v", top, got, want)
		}
	}
	b := Bars{Of: 200, Points: []Point{{Value: 50}}}
	if got := b.Width(b.Points[0]); got != 25 {
		t.Errorf("Width = %v, want 25", got)
	}
	heat := Heat{Rows: []HeatRow{{Cells: []int{0, 1, 8}}}}
	if heat.Level(0) != 0 || heat.Level(1) != 1 || heat.Level(8) != 4 {
		t.Errorf("levels %d %d %d", heat.Level(0), heat.Level(1), heat.Level(8))
	}
	sum := 0.0
	for _, s := range (Stack{Parts: []Part{{Point: Point{Value: 1}}, {Point: Point{Value: 2}}}}).Segments() {
		sum += s.Width
	}
	if math.Abs(sum-100) > 0.02 {
		t.Errorf("segments are %v wide", sum)
	}
}

func TestSealsDiffer(t *testing.T) {
	t.Parallel()
	a, b := Seal{"3fa9c1d27be0"}, Seal{"3fa9c1d37be0"}
	if a.Short() != "3FA9 C1D2" || len(a.Notches()) != 8 {
		t.Errorf("seal %q with %d notches", a.Short(), len(a.Notches()))
	}
	if a.Notches()[7] == b.Notches()[7] {
		t.Error("two fingerprints, one seal")
	}
}
