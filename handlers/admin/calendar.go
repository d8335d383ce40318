package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

type calendarPage struct {
	templates.Page
	Year        int
	Years       []templates.Tab
	Months      []month
	Weekdays    []string
	Holidays    []holiday
	Vacations   templates.Table
	Hours       string
	WorkingDays int
	Unknown     bool // the year's table is not published yet
	Edit        string
	Versions    templates.Table
	KnownUntil  string
}

// month is one month as a small table, Monday first.
type month struct {
	Name  string
	Weeks [][7]square
}

// square is one day; N is 0 outside the month.
type square struct {
	N     int
	Class string // off, work, vacation, weekend
	Mark  string // 休 or 班
	Title string // what it is, in words
	Today bool
}

// holiday is one holiday of the year: when it is off, and when people work for it.
type holiday struct{ Name, Off, Work string }

func (p *Pages) calendar(c *web.Context) error {
	v, err := p.Rules.Calendar(c.Context(), c.User.Actor(), 0)
	if err != nil {
		return err
	}
	history, err := p.Rules.Calendars(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	year := yearOf(c)
	view := calendarPage{
		Page: page(c, "admin.calendar"), Year: year, Weekdays: weekdays(c), Edit: "/admin/calendar/edit?year=" + strconv.Itoa(year),
		Hours: hoursWords(v.Hours), KnownUntil: v.KnownUntil, Unknown: v.KnownUntil < strconv.Itoa(year)+"-12-31",
		Vacations: vacationTable(c, v.Vacations, year), Versions: versionTable(c, history), Holidays: holidays(c, v, year),
	}
	for y := year - 1; y <= year+1; y++ {
		view.Years = append(view.Years, templates.Tab{Label: strconv.Itoa(y), Href: "/admin/calendar?year=" + strconv.Itoa(y), Current: y == year})
	}
	if err := view.fill(c, v); err != nil {
		return err
	}
	return c.Render(http.StatusOK, "admin/calendar.html", view)
}

// yearOf is the year asked for, or this one.
func yearOf(c *web.Context) int {
	if y, err := strconv.Atoi(c.Query("year")); err == nil && y >= 1950 && y <= 2148 {
		return y
	}
	return c.Now.Year()
}

func (view *calendarPage) fill(c *web.Context, v workflow.CalendarVersion) error {
	work, err := calendar.Of(v, c.Now.Location())
	if err != nil {
		return err
	}
	y := yearDays{c: c, work: work, days: map[string]workflow.CalendarDay{}, vacations: v.Vacations}
	for _, d := range v.Days {
		y.days[d.Day] = d
	}
	for m := time.January; m <= time.December; m++ {
		view.Months = append(view.Months, y.month(view.Year, m))
	}
	view.WorkingDays = work.CountDays(calendar.NewDate(view.Year, time.January, 1), calendar.NewDate(view.Year, time.December, 31))
	return nil
}

// yearDays knows what each day is.
type yearDays struct {
	c         *web.Context
	work      calendar.Working
	days      map[string]workflow.CalendarDay
	vacations []workflow.Vacation
}

func (y yearDays) month(year int, m time.Month) month {
	first := calendar.NewDate(year, m, 1)
	out := month{Name: monthName(y.c, m)}
	var week [7]square
	for d := first; d < calendar.NewDate(year, m+1, 1); d++ {
		at := (int(d.Weekday()) + 6) % 7
		week[at] = y.square(d, int(d-first)+1)
		if at == 6 {
			out.Weeks, week = append(out.Weeks, week), [7]square{}
		}
	}
	if week != ([7]square{}) {
		out.Weeks = append(out.Weeks, week)
	}
	return out
}

func monthName(c *web.Context, m time.Month) string {
	if c.Locale == "en" {
		return m.String()
	}
	return strconv.Itoa(int(m)) + "月"
}

// square says what a day is: what is said of the day itself before what
// vacation it lies in.
func (y yearDays) square(d calendar.Date, n int) square {
	s := square{N: n, Today: d == y.work.Date(y.c.Now)}
	name := d.String()
	for _, x := range y.vacations {
		if x.First <= name && name <= x.Last {
			s.Class, s.Title = "vacation", x.Name
		}
	}
	if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		s.Class += " weekend"
	}
	special, is := y.days[name]
	switch {
	case is && special.Off:
		s.Class, s.Mark, s.Title = "off", y.c.Text("admin.calendar.mark.off"), special.Name
	case is:
		s.Class, s.Mark, s.Title = "work", y.c.Text("admin.calendar.mark.work"), y.c.Text("admin.calendar.works", special.Name)
	}
	s.Class = strings.TrimSpace(s.Class)
	return s
}

func weekdays(c *web.Context) []string {
	if c.Locale == "en" {
		return []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	}
	return strings.Split("一 二 三 四 五 六 日", " ")
}

func hoursWords(hours [][2]string) string {
	var out []string
	for _, h := range hours {
		out = append(out, h[0]+"–"+h[1])
	}
	return strings.Join(out, "  ")
}

// holidays gathers the named days of a year.
func holidays(c *web.Context, v workflow.CalendarVersion, year int) []holiday {
	off, work := map[string][]string{}, map[string][]string{}
	var order []string
	for _, d := range v.Days {
		if !strings.HasPrefix(d.Day, strconv.Itoa(year)+"-") {
			continue
		}
		if !slices.Contains(order, d.Name) {
			order = append(order, d.Name)
		}
		if d.Off {
			off[d.Name] = append(off[d.Name], d.Day)
		} else {
			work[d.Name] = append(work[d.Name], d.Day)
		}
	}
	var out []holiday
	for _, name := range order {
		out = append(out, holiday{Name: name, Off: runs(c, off[name]), Work: runs(c, work[name])})
	}
	return out
}

// runs writes days in order, those that follow each other as one span.
func runs(c *web.Context, days []string) string {
	var out []string
	for i := 0; i < len(days); {
		first, err := calendar.ParseDate(days[i])
		if err != nil {
			return strings.Join(days, " ") // as they are stored
		}
		j := i + 1
		for j < len(days) && days[j] == (first+calendar.Date(j-i)).String() {
			j++
		}
		last := first + calendar.Date(j-i-1)
		out, i = append(out, run(c, first, last)), j
	}
	return list(c, out)
}

// run writes a span of days, the month once when it is the same.
func run(c *web.Context, first, last calendar.Date) string {
	a, b := first.In(time.UTC), last.In(time.UTC)
	switch {
	case first == last:
		return shortDay(c, first)
	case a.Month() != b.Month():
		return shortDay(c, first) + "–" + shortDay(c, last)
	case c.Locale == "en":
		return strconv.Itoa(a.Day()) + "–" + shortDay(c, last)
	}
	return shortDay(c, first) + "–" + strconv.Itoa(b.Day()) + "日"
}

func shortDay(c *web.Context, d calendar.Date) string {
	t := d.In(time.UTC)
	if c.Locale == "en" {
		return t.Format("2 Jan")
	}
	return t.Format("1月2日")
}

var vacationWords = map[string]string{
	"run": "admin.vacation.run", "stretch": "admin.vacation.stretch", "stop": "admin.vacation.stop",
}

// vacationTable lists the vacations that touch a year.
func vacationTable(c *web.Context, all []workflow.Vacation, year int) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.calendar.vacations"), Cards: true,
		Columns: columns(c, "admin.vacation.name", "admin.vacation.days", "admin.vacation.policy"),
		Empty:   &templates.Empty{Icon: "calendar", Title: c.Text("admin.calendar.novacation"), Text: c.Text("admin.calendar.novacation.text")},
	}
	from, to := strconv.Itoa(year)+"-01-01", strconv.Itoa(year)+"-12-31"
	for _, x := range all {
		if x.Last < from || x.First > to {
			continue
		}
		t.Rows = append(t.Rows, templates.Row{
			Href:  "/admin/calendar/edit?year=" + strconv.Itoa(year) + "&vacation=" + x.First + "#vacation",
			Cells: []templates.Cell{{Text: x.Name}, {Text: x.First + " – " + x.Last}, {Text: c.Text(vacationWords[x.Policy])}},
		})
	}
	return t
}

func versionTable(c *web.Context, all []workflow.CalendarVersion) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.calendar.versions"), Cards: true,
		Columns: columns(c, "admin.calendar.why", "admin.calendar.since", "admin.calendar.known"),
	}
	for _, v := range all[:min(len(all), 20)] {
		row := templates.Row{Current: v.Current, Cells: []templates.Cell{{Text: v.Name}, {Text: moment(c, v.Created)}, {Text: v.KnownUntil}}}
		if v.Current {
			row.Cells[0].Badge = &templates.Badge{Tone: "good", Label: c.Text("admin.calendar.current")}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
