package demo

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is one line of a table that the office hands in.
type row struct {
	title, day, channel, column, number, meeting, author string
}

// span makes what became public from one day to another, not included: always
// the same for the same days.
type span struct {
	year      Year
	from      time.Time
	to        time.Time
	share     int // of a hundred: how much of the example year's numbers
	seed      dice
	seen      map[string]bool
	of        string // 2023, in titles
	sites     []row
	account   []row
	video     []row
	minutes   []row
	documents []row
}

// series are the numbers that documents carry: the office's, and another's.
const (
	officeSeries = "云职院办"
	partySeries  = "云职院党发"
)

// lastSerial is the number of the example year's last document.
const lastSerial = 89

// span is the whole of the example year's items, in the days of the span.
func (y Year) span(from, to string) *span { return y.part(from, to, 100) }

// part is so many of a hundred of them.
func (y Year) part(from, to string, share int) *span {
	s := &span{year: y, from: dayOf(from), to: dayOf(to), share: share, seed: dice{"year " + from}, seen: map[string]bool{}, of: to[:4]}
	s.sites = s.rows("官网", y.Site)
	if share == 100 {
		s.sites = s.boundaries(s.sites)
	}
	s.account = s.rows("公众号", y.Account)
	s.video = s.rows("视频号", y.Video)
	s.minutes = s.rows("会议纪要", y.Minutes)
	s.documents = s.numbered()
	return s
}

// boundaries puts items on the first and the last day of the period, and adds one
// of the day before.
func (*span) boundaries(all []row) []row {
	first, last := &all[0], &all[len(all)-1]
	first.title, first.day, first.column = "校长新年贺词", yearBegins, "新闻动态/学校要闻"
	last.title, last.day, last.column = "关于报送信息公开年度工作材料的通知", yearLast, "新闻动态/通知公告"
	return slices.Concat([]row{{title: "学校举行辞旧迎新座谈会", day: "2022-12-31", channel: "官网", column: "新闻动态/学校要闻", author: "党委工作部"}}, all)
}

// site are the rows of the site from one day to another; "" is no limit.
func (s *span) site(from, to string) []row {
	var out []row
	for _, r := range s.sites {
		if r.day >= from && (to == "" || r.day < to) {
			out = append(out, r)
		}
	}
	return out
}

func dayOf(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day) // our own writing
	return t
}

// rows are items with titles, days and places, by day.
func (s *span) rows(channel string, all []Pattern) []row {
	var out []row
	for _, p := range all {
		if s.share < 10 && p.N < 20 {
			continue // what a college publishes once a year is not of the last weeks
		}
		for n := range (p.N*s.share + 99) / 100 {
			r := s.one(channel+p.In, p.Titles, n)
			r.channel = channel
			switch channel {
			case "官网":
				r.column = p.In
			case "会议纪要":
				r.meeting = p.In
			}
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.title, b.title)) })
	return out
}

// attempts is how many titles are thought of until one is new.
const attempts = 400

// one is an item that no other is called like; when the words run
// out, the month tells them apart.
func (s *span) one(place string, titles []string, n int) row {
	for try := range attempts {
		key := fmt.Sprint(place, " ", n, " ", try)
		pattern := titles[(n+try)%len(titles)]
		day, text, ok := s.day(key, pattern)
		if !ok {
			continue
		}
		title := s.filled(key, text)
		if try > attempts/2 {
			title += "（" + strconv.Itoa(int(day.Month())) + "月）"
		}
		if s.seen[title] {
			continue
		}
		s.seen[title] = true
		return row{title: title, day: day.Format(time.DateOnly)}
	}
	return row{title: fmt.Sprintf("%s（%d）", s.filled(place, titles[0]), n), day: s.from.Format(time.DateOnly)}
}

// day is a day of the span for a pattern, and the pattern without its months.
func (s *span) day(key, pattern string) (day time.Time, text string, ok bool) {
	day = s.from.AddDate(0, 0, s.seed.roll("day "+key, int(s.to.Sub(s.from).Hours())/24))
	if weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday; weekend && s.seed.chance("weekend "+key, 80) {
		return day, "", false
	}
	months, text, limited := strings.Cut(pattern, "|")
	if !limited || strings.Contains(months, "｜") || len(months) != len("09-10") {
		return day, pattern, true
	}
	month := day.Format("01")
	return day, text, month >= months[:2] && month <= months[3:]
}

// filled puts words into the places of a pattern.
func (s *span) filled(key, pattern string) string {
	out := strings.ReplaceAll(pattern, "{年}", s.of)
	for name, words := range s.year.Slots {
		out = strings.ReplaceAll(out, "{"+name+"}", words[s.seed.roll(name+" "+key, len(words))])
	}
	return out
}

// numbered are the documents: the office's up to its last number, with gaps
// where a number went to a paper that is not public, and some of the party's.
func (s *span) numbered() []row {
	var out []row
	series := []struct {
		name string
		last int
	}{{officeSeries, lastSerial * s.share / 100}, {partySeries, 31 * s.share / 100}}
	for _, x := range series {
		for n := 1; n <= x.last; n++ {
			if n != x.last && s.seed.chance(fmt.Sprint(x.name, n), 20) {
				continue
			}
			r := s.one("公文"+x.name, s.year.Documents, n)
			r.channel, r.author = "公文", "学校办公室"
			r.number = fmt.Sprintf("%s〔%s〕%d号", x.name, s.of, n)
			days := int(s.to.Sub(s.from).Hours()) / 24
			r.day = s.from.AddDate(0, 0, n*(days-3)/x.last).Format(time.DateOnly)
			out = append(out, r)
		}
	}
	return out
}

var tableHead = []string{"标题", "发布日期", "渠道", "栏目", "文号", "会议类型", "作者"}

// table writes rows as a spreadsheet program saves them.
func table(rows []row) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	lines := [][]string{tableHead}
	for _, r := range rows {
		lines = append(lines, []string{r.title, r.day, r.channel, r.column, r.number, r.meeting, r.author})
	}
	err := w.WriteAll(lines)
	return b.String(), err
}
