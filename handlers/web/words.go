package web

import (
	"strings"
	"time"

	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// Span tells how far two moments lie apart in working time; calendar.Working
// does.
type Span interface {
	Remaining(now, due time.Time) calendar.Remaining
}

// Local is t as the college's clocks show it.
func (c *Context) Local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(c.Now.Location())
}

// Name is the one of two names that is in the reader's language, or the other
// when that is empty.
func (c *Context) Name(zh, en string) string {
	if c.Locale == "en" && en != "" || zh == "" {
		return en
	}
	return zh
}

// Month names the month of a day in the reader's language.
func (c *Context) Month(day time.Time) string {
	if c.Locale == "en" {
		return day.Format("Jan 2006")
	}
	return day.Format("2006年1月")
}

// Plural returns the words of key+".one" or key+".many" with n in them.
func (c *Context) Plural(key string, n int) string {
	if n == 1 {
		return c.Text(key+".one", n)
	}
	return c.Text(key+".many", n)
}

// DueWords says how far away a promise is: "还剩 2 个工作日", "今天到期", "逾期 3 小时".
// It speaks of working days while there are any between, then of days, and of
// hours when the due time has passed on the same day.
func DueWords(c *Context, work Span, due, now time.Time) string {
	r := work.Remaining(now, due)
	side := "left"
	if r.Overdue {
		side = "late"
	}
	switch {
	case r.WorkingDays > 0:
		return c.Plural("due."+side+".workday", r.WorkingDays)
	case r.Days > 0:
		return c.Plural("due."+side+".day", r.Days)
	case r.Overdue:
		return c.Plural("due.late.hour", hours(r.Wall))
	case r.Wall < time.Hour:
		return c.Text("due.thishour")
	}
	return c.Text("due.today")
}

// hours rounds up: a promise broken since a minute is broken since an hour.
func hours(d time.Duration) int { return int((d + time.Hour - 1) / time.Hour) }

// DueOf is what a case is held to next, as words and a bar, or nil when no
// clock runs. The writer's own time is neutral: nobody is late with it.
func DueOf(c *Context, work Span, k workflow.Case) *templates.Due {
	if k.Due.IsZero() {
		return nil
	}
	d := &templates.Due{Words: DueWords(c, work, k.Due, c.Now), At: c.Local(k.Due), Spent: spent(begun(k), k.Due, c.Now)}
	r := work.Remaining(c.Now, k.Due)
	switch {
	case !k.DueClock.Promised():
		d.Tone = "info"
	case r.Overdue:
		d.Tone = "late"
	case r.WorkingDays < 1 && r.Days < 1:
		d.Tone = "soon"
	}
	return d
}

// begun is about when the clock that is due first began: lists know the case
// and not its clocks.
func begun(k workflow.Case) time.Time {
	switch k.DueClock {
	case workflow.ToRoute:
		return k.Accepted
	case workflow.ToSign, workflow.ToAnswer:
		return k.Routed
	case workflow.ToSupply, workflow.ToRate, workflow.ToCheck:
		return k.Updated
	case workflow.Register, workflow.Overall, workflow.Rework:
	}
	return k.Received
}

// spent is the share of a span that is over, 0 to 1.
func spent(from, due, now time.Time) float64 {
	whole := due.Sub(from)
	if whole <= 0 {
		return 1
	}
	return min(max(float64(now.Sub(from))/float64(whole), 0), 1)
}

// StateBadge is a state in a word with its mark.
func StateBadge(c *Context, s workflow.State) templates.Badge {
	return templates.Badge{Tone: stateTones[s], Label: c.Text("state." + string(s))}
}

var stateTones = map[workflow.State]string{
	workflow.Received: "soon", workflow.Accepted: "soon", workflow.Waiting: "info",
	workflow.Answered: "good", workflow.Closed: "good",
	workflow.Declined: "quiet", workflow.Merged: "quiet", workflow.Withdrawn: "quiet", workflow.Archived: "quiet",
}

// ModeBadge says how much of the writer is known.
func ModeBadge(c *Context, m workflow.Mode) templates.Badge {
	return templates.Badge{Tone: string(m), Label: c.Text("mode." + string(m))}
}

// CasePath is the page of a case.
func CasePath(number string) string { return "/desk/cases/" + number }

// CaseItem is a case as one entry of a narrow list that leads to href.
func CaseItem(c *Context, work Span, row workflow.Row, href string) templates.Item {
	words := []string{c.Text("state." + string(row.State)), c.Text("mode." + string(row.Mode)), c.Name(row.CategoryZH, row.CategoryEN)}
	item := templates.Item{
		Href: href, Title: row.Subject, When: Short(c, row.Received), Due: DueOf(c, work, row.Case), Who: strings.Join(words, " · "),
	}
	if row.Urgent {
		item.Badge = &templates.Badge{Tone: "urgent", Label: c.Text("case.urgent")}
	}
	return item
}

// Short is a moment as briefly as a list can say it: the hour today, else the
// day, with the year when it is another.
func Short(c *Context, t time.Time) string {
	t = c.Local(t)
	y, m, d := c.Now.Date()
	if ty, tm, td := t.Date(); ty == y && tm == m && td == d {
		return t.Format("15:04")
	}
	switch {
	case t.Year() != y && c.Locale == "en":
		return t.Format("2 Jan 2006")
	case t.Year() != y:
		return t.Format("2006年1月2日")
	case c.Locale == "en":
		return t.Format("2 Jan")
	}
	return t.Format("1月2日")
}

// Moment is a day and an hour: "11月23日 17:30".
func Moment(c *Context, t time.Time) string {
	t = c.Local(t)
	day := "1月2日"
	switch {
	case t.Year() != c.Now.Year() && c.Locale == "en":
		day = "2 Jan 2006"
	case t.Year() != c.Now.Year():
		day = "2006年1月2日"
	case c.Locale == "en":
		day = "2 Jan"
	}
	return t.Format(day + " 15:04")
}
