package admin

import (
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/rules"
)

// previewPage shows what a change would do before it is done.
type previewPage struct {
	templates.Page
	Days   templates.Table
	Facts  []templates.Fact // what else changes
	Effect string
	Late   string
	Moves  templates.Table
	More   string
	Reason string
	Fields []templates.Hidden
	Back   string
}

// within puts the field of an error into a form whose fields begin so.
func within(prefix string, err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Field == "" {
		return err
	}
	moved := *e
	moved.Field = prefix + e.Field
	return &moved
}

func (p *Pages) previewCalendar(c *web.Context) error {
	ch, err := readChange(c)
	v, found := p.Rules.Calendar(c.Context(), c.User.Actor(), 0)
	if found != nil {
		return found
	}
	var draft workflow.CalendarVersion
	if err == nil {
		draft, err = ch.draft(v)
	}
	var effect rules.Effect
	if err == nil {
		draft.ID = ch.base
		effect, err = p.Rules.Preview(c.Context(), c.User.Actor(), draft)
	}
	if err != nil {
		return p.changeAgain(c, err, v, ch)
	}
	if ch.reason == "" {
		ch.reason = suggested(c, ch)
	}
	return p.showPreview(c, http.StatusOK, nil, v, draft, effect, ch)
}

// changeAgain shows the forms again with what was typed.
func (p *Pages) changeAgain(c *web.Context, err error, v workflow.CalendarVersion, ch change) error {
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	if ch.hours == nil {
		ch.hours = v.Hours
	}
	return showChange(c, status, wrong, v, ch)
}

// suggested is why a change is made, as the history could say it.
func suggested(c *web.Context, ch change) string {
	switch ch.act {
	case "table":
		if year, _, _, err := calendar.ParseHolidays([]byte(ch.table)); err == nil {
			return c.Text("admin.calendar.reason.table", strconv.Itoa(year))
		}
	case "day":
		return ch.day.Name
	case "vacation":
		return ch.vacation.Name
	case "hours":
		return c.Text("admin.calendar.reason.hours")
	}
	return ""
}

func (p *Pages) showPreview(c *web.Context, status int, wrong []templates.Problem, before, draft workflow.CalendarVersion, effect rules.Effect, ch change) error {
	view := previewPage{
		Page: page(c, "admin.calendar.preview", crumb(c, "admin.calendar", "/admin/calendar"), crumb(c, "admin.calendar.edit", "/admin/calendar/edit")),
		Days: changedDays(c, rules.Changes(before, draft)), Facts: otherChanges(c, before, draft),
		Effect: c.Text("admin.calendar.effect", strconv.Itoa(effect.Looked), strconv.Itoa(effect.Moved)),
		Reason: ch.reason, Fields: ch.hidden(), Back: "/admin/calendar/edit",
	}
	if effect.Late > 0 {
		view.Late = c.Text("admin.calendar.late", strconv.Itoa(effect.Late))
	}
	if n := effect.Moved - len(effect.Shown); n > 0 {
		view.More = c.Text("admin.calendar.more", strconv.Itoa(n))
	}
	view.Token, view.Problems = c.FormToken(), wrong
	view.Moves = moves(c, effect.Shown)
	return c.Render(status, "admin/preview.html", view)
}

var dayWords = map[string]string{rules.DayOff: "admin.day.off", rules.DayWork: "admin.day.work", rules.DayAs: "admin.day.plain"}

func changedDays(c *web.Context, all []rules.DayChange) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.calendar.changed", strconv.Itoa(len(all))), Cards: true,
		Columns: columns(c, "admin.day.date", "admin.day.name", "admin.day.was", "admin.day.becomes"),
	}
	for _, d := range all {
		t.Rows = append(t.Rows, templates.Row{Cells: []templates.Cell{
			{Text: d.Day}, {Text: d.Name}, {Text: c.Text(dayWords[d.Before])}, {Text: c.Text(dayWords[d.Now])},
		}})
	}
	return t
}

// otherChanges tells what differs besides days.
func otherChanges(c *web.Context, before, after workflow.CalendarVersion) []templates.Fact {
	var out []templates.Fact
	add := func(label, was, is string) {
		if was != is {
			out = append(out, templates.Fact{Label: c.Text(label), Value: c.Text("admin.fromto", was, is)})
		}
	}
	add("admin.calendar.hours", hoursWords(before.Hours), hoursWords(after.Hours))
	add("admin.calendar.known", before.KnownUntil, after.KnownUntil)
	add("admin.calendar.vacations", vacations(c, before.Vacations), vacations(c, after.Vacations))
	return out
}

func vacations(c *web.Context, all []workflow.Vacation) string {
	var out []string
	for _, x := range all {
		out = append(out, c.Text("admin.vacation.line", x.Name, x.First, x.Last, c.Text(vacationWords[x.Policy])))
	}
	if len(out) == 0 {
		return c.Text("admin.none")
	}
	return list(c, out)
}

func moves(c *web.Context, shown []rules.Moved) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.calendar.moves"), Cards: true,
		Columns: columns(c, "admin.move.number", "admin.move.clock", "admin.move.old", "admin.move.new"),
		Empty:   &templates.Empty{Icon: "check", Title: c.Text("admin.calendar.nomoves"), Text: c.Text("admin.calendar.nomoves.text")},
	}
	for _, m := range shown {
		row := templates.Row{Cells: []templates.Cell{
			{Text: m.Number}, {Text: c.Text("clock." + string(m.Kind))}, {Text: dayTime(c, m.Old)}, {Text: dayTime(c, m.New)},
		}}
		switch {
		case m.Paused:
			row.Cells[3].Badge = &templates.Badge{Tone: "info", Label: c.Text("admin.move.paused")}
		case m.Kind.Promised() && !m.New.After(c.Now):
			row.Cells[3].Badge, row.Tone = &templates.Badge{Tone: "late", Label: c.Text("admin.move.late")}, "late"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// hidden is the change as fields that the button to apply it sends.
func (ch change) hidden() []templates.Hidden {
	out := []templates.Hidden{{Name: "act", Value: ch.act}, {Name: "base", Value: number(ch.base)}}
	add := func(name, value string) {
		if value != "" {
			out = append(out, templates.Hidden{Name: name, Value: value})
		}
	}
	switch ch.act {
	case "table":
		add("table", ch.table)
	case "day":
		add("day_first", ch.day.First)
		add("day_last", ch.day.Last)
		add("day_kind", ch.day.Kind)
		add("day_name", ch.day.Name)
	case "vacation", "drop":
		add("vacation_replaces", ch.vacation.Replaces)
		add("vacation_first", ch.vacation.First)
		add("vacation_last", ch.vacation.Last)
		add("vacation_name", ch.vacation.Name)
		add("vacation_policy", ch.vacation.Policy)
	}
	for _, h := range ch.hours {
		out = append(out, templates.Hidden{Name: "open", Value: h[0]}, templates.Hidden{Name: "close", Value: h[1]})
	}
	return out
}

func (p *Pages) applyCalendar(c *web.Context) error {
	ch, err := readChange(c)
	v, found := p.Rules.Calendar(c.Context(), c.User.Actor(), 0)
	if found != nil {
		return found
	}
	var draft workflow.CalendarVersion
	if err == nil {
		draft, err = ch.draft(v)
	}
	if err != nil {
		return p.changeAgain(c, err, v, ch)
	}
	draft.ID, draft.Name = ch.base, ch.reason
	effect, err := p.Rules.Apply(c.Context(), c.User.Actor(), draft)
	if err != nil {
		return p.previewAgain(c, err, v, draft, ch)
	}
	c.Flash("good", "admin.calendar.applied", strconv.Itoa(effect.Moved))
	return c.Redirect("/admin/calendar")
}

// previewAgain shows what is wrong with the reason beside it; what else stands
// in the way is shown with the forms.
func (p *Pages) previewAgain(c *web.Context, err error, v, draft workflow.CalendarVersion, ch change) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Field != "reason" {
		return p.changeAgain(c, err, v, ch)
	}
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	effect, err := p.Rules.Preview(c.Context(), c.User.Actor(), draft)
	if err != nil {
		return p.changeAgain(c, err, v, ch)
	}
	return p.showPreview(c, status, wrong, v, draft, effect, ch)
}
