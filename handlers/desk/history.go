package desk

import (
	"strconv"
	"strings"

	"mailbox/templates"
	"mailbox/workflow"
)

// history is what happened, newest first. Drafts saved one after the other are
// one entry.
func (v *view) history() []templates.TimelineItem {
	var out []templates.TimelineItem
	for i := len(v.d.Events) - 1; i >= 0; i-- {
		ev := v.d.Events[i]
		if ev.Action == workflow.MarkDraft && i+1 < len(v.d.Events) && v.d.Events[i+1].Action == workflow.MarkDraft {
			continue
		}
		out = append(out, templates.TimelineItem{
			At: v.c.Local(ev.At), Title: v.c.Text("event." + string(ev.Action)), Text: v.detail(ev), Who: v.did(ev),
			Tone: eventTones[ev.Action], Icon: eventIcons[ev.Action],
		})
	}
	return out
}

var eventTones = map[workflow.Action]string{
	workflow.MarkBreached: "late", workflow.MarkDeliverFail: "late", workflow.MarkUrgent: "late", workflow.MarkWarned: "soon", workflow.Refuse: "soon",
	workflow.SendBack: "soon", workflow.Redo: "soon", workflow.AskAgain: "soon", workflow.Answer: "good", workflow.Settle: "good", workflow.CloseCase: "good", workflow.Ask: "info",
}

var eventIcons = map[workflow.Action]string{
	workflow.MarkBreached: "overdue", workflow.MarkDeliverFail: "warn", workflow.MarkUrgent: "flag", workflow.MarkWarned: "clock", workflow.Answer: "reply",
	workflow.MarkReveal: "eye", workflow.MarkSeal: "lock", workflow.Merge: "merge", workflow.Route: "route", workflow.MarkInstruct: "star", workflow.MarkRemind: "bell",
}

// did says who it was: a name, or what they were.
func (v *view) did(ev workflow.Event) string {
	if ev.By.Name != "" {
		return ev.By.Name
	}
	if ev.Role == "" {
		return ""
	}
	return v.c.Text("role." + string(ev.Role))
}

// detail puts the facts of an event into words, and its note behind them.
func (v *view) detail(ev workflow.Event) string {
	var words []string
	say := func(s string) {
		if s != "" {
			words = append(words, s)
		}
	}
	f := ev.Detail
	say(v.departmentOf(f["department"]))
	for _, name := range []string{"into", "number", "from"} {
		say(f[name])
	}
	if g := f["ground"]; g != "" {
		say(v.c.Text("ground." + g))
	}
	if n, err := strconv.Atoi(f["days"]); err == nil {
		say(v.c.Plural("unit.working_days", n))
	}
	if k := f["clock"]; k != "" {
		say(v.c.Text("clock." + k))
	}
	for name, prefix := range map[string]string{"decision": "decision.", "withheld": "withheld.", "concern": "concern."} {
		if value := f[name]; value != "" {
			say(v.c.Text(prefix + value))
		}
	}
	say(f["campaign"])
	say(f["referral"])
	if ev.Action == workflow.MarkAssist && f["helps"] == "false" {
		say(v.c.Text("desk.assist.ended"))
	}
	if ev.Action == workflow.MarkDeliverFail {
		say(v.c.Text("notice." + f["notice"]))
		say(v.c.Text(f["reason"]))
	}
	say(ev.Note)
	return strings.Join(words, " · ")
}

// departmentOf names a department that an event knows by code or by id.
func (v *view) departmentOf(known string) string {
	for _, d := range v.departments {
		if known != "" && (d.Code == known || strconv.FormatInt(d.ID, 10) == known) {
			return v.c.Name(d.NameZH, d.NameEN)
		}
	}
	return ""
}
