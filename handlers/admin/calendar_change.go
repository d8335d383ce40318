package admin

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

// changePage offers the four ways to change the calendar, each a form of its own.
type changePage struct {
	templates.Page
	Base     string // the version that is changed
	Back     string
	Table    string // pasted
	NextYear string
	Day      dayForm
	Kinds    []templates.Choice
	Vacation vacationForm
	Policies []templates.Choice
	Hours    []hoursRow
	HoursBad string
}

type dayForm struct{ First, Last, Kind, Name string }

type vacationForm struct {
	Replaces, First, Last, Name, Policy string
}

// hoursRow is one stretch of office hours, with the ids of its two fields.
type hoursRow struct {
	N                     int
	OpenID, CloseID       string
	OpensLabel, EndsLabel string
	Open, Close           string
}

const stretches = 3 // of office hours a day

func (p *Pages) changeCalendar(c *web.Context) error {
	v, err := p.Rules.Calendar(c.Context(), c.User.Actor(), 0)
	if err != nil {
		return err
	}
	typed := change{hours: v.Hours}
	for _, x := range v.Vacations {
		if x.First == c.Query("vacation") {
			typed.vacation = vacationForm{Replaces: x.First, First: x.First, Last: x.Last, Name: x.Name, Policy: x.Policy}
		}
	}
	return showChange(c, http.StatusOK, nil, v, typed)
}

// change is what somebody wants to be different.
type change struct {
	act      string // table, day, vacation, drop, hours
	base     int64
	reason   string
	table    string
	day      dayForm
	vacation vacationForm
	hours    [][2]string
}

func showChange(c *web.Context, status int, wrong []templates.Problem, v workflow.CalendarVersion, typed change) error {
	known, _ := time.Parse(time.DateOnly, v.KnownUntil) // stored by the program
	view := changePage{
		Page: page(c, "admin.calendar.edit", crumb(c, "admin.calendar", "/admin/calendar")), Base: number(v.ID),
		Back: "/admin/calendar?year=" + strconv.Itoa(yearOf(c)), Table: typed.table, NextYear: strconv.Itoa(known.Year() + 1),
		Day: typed.day, Vacation: typed.vacation, Hours: hoursRows(c, typed.hours),
		Kinds: []templates.Choice{
			{Value: rules.DayOff, Label: c.Text("admin.day.off")}, {Value: rules.DayWork, Label: c.Text("admin.day.work")}, {Value: rules.DayAs, Label: c.Text("admin.day.plain")},
		},
	}
	for _, policy := range rules.VacationPolicies {
		view.Policies = append(view.Policies, templates.Choice{Value: policy, Label: c.Text(vacationWords[policy])})
	}
	if view.Day.Kind == "" {
		view.Day.Kind = rules.DayOff
	}
	if view.Vacation.Policy == "" {
		view.Vacation.Policy = rules.VacationPolicies[0]
	}
	view.Token, view.Problems = c.FormToken(), wrong
	for _, w := range wrong {
		if w.Field == "hours" {
			view.HoursBad = w.Text
		}
	}
	return c.Render(status, "admin/change.html", view)
}

// hoursRows always offers as many stretches as a day may have.
func hoursRows(c *web.Context, hours [][2]string) []hoursRow {
	var out []hoursRow
	for i := range max(stretches, len(hours)) {
		n := strconv.Itoa(i + 1)
		row := hoursRow{
			N: i + 1, OpenID: "f-open-" + n, CloseID: "f-close-" + n,
			OpensLabel: c.Text("admin.hours.open", n), EndsLabel: c.Text("admin.hours.close", n),
		}
		if i == 0 {
			row.OpenID = "f-hours" // where the summary of problems leads
		}
		if i < len(hours) {
			row.Open, row.Close = hours[i][0], hours[i][1]
		}
		out = append(out, row)
	}
	return out
}

// maxTable is how big a pasted or uploaded table may be.
const maxTable = 100 << 10

// formWithTable reads a form that may bring the table as a file.
func formWithTable(c *web.Context) (*web.Form, string, error) {
	if !strings.HasPrefix(c.Header("Content-Type"), "multipart/") {
		f, err := c.Form()
		return f, "", err
	}
	var file strings.Builder
	f, err := c.Upload(web.UploadRules{Files: 1, PerFile: maxTable, Total: maxTable}, func(_ context.Context, up web.File) error {
		_, err := io.Copy(&file, up.Content)
		return err
	})
	return f, file.String(), err
}

// readChange reads any of the four forms, or what the preview sends on.
func readChange(c *web.Context) (change, error) {
	f, file, err := formWithTable(c)
	if f == nil {
		return change{}, err
	}
	out := change{
		act: f.Line("act"), reason: f.Line("reason"), table: f.Prose("table"),
		day: dayForm{First: f.Line("day_first"), Last: f.Line("day_last"), Kind: f.Line("day_kind"), Name: f.Line("day_name")},
		vacation: vacationForm{
			Replaces: f.Line("vacation_replaces"), First: f.Line("vacation_first"), Last: f.Line("vacation_last"),
			Name: f.Line("vacation_name"), Policy: f.Line("vacation_policy"),
		},
	}
	if file != "" {
		out.table = file
	}
	opens, closes := f.All("open"), f.All("close")
	for i := range min(len(opens), len(closes), 6) {
		out.hours = append(out.hours, [2]string{opens[i], closes[i]})
	}
	if err == nil {
		out.base, err = f.Number("base")
	}
	return out, err
}

// draft makes the change to a calendar; the fields of what is wrong are those
// of the page's forms.
func (ch change) draft(v workflow.CalendarVersion) (workflow.CalendarVersion, error) {
	switch ch.act {
	case "table":
		out, _, err := rules.ImportYear(v, []byte(ch.table))
		return out, err
	case "day":
		out, err := rules.SetDays(v, ch.day.First, ch.day.Last, ch.day.Kind, ch.day.Name)
		return out, within("day_", err)
	case "vacation":
		x := ch.vacation
		out, err := rules.SetVacation(v, x.Replaces, workflow.Vacation{First: x.First, Last: x.Last, Name: x.Name, Policy: x.Policy})
		return out, within("vacation_", err)
	case "drop":
		return rules.DropVacation(v, ch.vacation.Replaces)
	case "hours":
		return rules.SetHours(v, ch.hours)
	}
	return v, workflow.Wrong("act", "invalid.choice")
}
