package desk

import (
	"slices"
	"strconv"

	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// words are the label and, when there is one, the hint of a field.
func (v *view) words(act, field string) (label, hint string) {
	key := "desk.field." + act + "." + field
	label, hint = v.c.Text(key), v.c.Text(key+".hint")
	if hint == key+".hint" {
		hint = ""
	}
	return label, hint
}

func (v *view) prose(act string, needed bool) templates.Field {
	label, hint := v.words(act, "note")
	return templates.Field{Kind: "textarea", Name: "note", Label: label, Hint: hint, Required: needed, Optional: !needed, Limit: workflow.MaxNote, Rows: 3}
}

// needing and optional are the forms of acts that take one text.
func needing(act string) func(*view) []templates.Field {
	return func(v *view) []templates.Field { return []templates.Field{v.prose(act, true)} }
}

func optional(act string) func(*view) []templates.Field {
	return func(v *view) []templates.Field { return []templates.Field{v.prose(act, false)} }
}

// departmentField chooses among the departments that may have the case.
func (v *view) departmentField(act string, chosen int64, none string) templates.Field {
	label, hint := v.words(act, "department")
	f := templates.Field{Kind: "select", Name: "department", Label: label, Hint: hint, Required: none == ""}
	if none != "" {
		f.Options = append(f.Options, templates.Choice{Label: v.c.Text(none), Chosen: chosen == 0})
	} else if chosen == 0 {
		f.Options = append(f.Options, templates.Choice{Label: v.c.Text("desk.choose"), Chosen: true})
	}
	for _, d := range v.departments {
		if d.Active && d.ID != v.d.Case.About {
			f.Options = append(f.Options, templates.Choice{Value: id(d.ID), Label: v.c.Name(d.NameZH, d.NameEN), Chosen: d.ID == chosen})
		}
	}
	return f
}

// answerFields asks why words that may point at the writer stay in the answer,
// once some were found.
func answerFields(v *view) []templates.Field {
	if v.problem == nil || v.problem.Field != "answer-traces" {
		return nil
	}
	label, hint := v.words("answer", "traces")
	return []templates.Field{{Kind: "textarea", Name: "traces", Label: label, Hint: hint, Required: true, Limit: workflow.MaxNote, Rows: 2}}
}

func acceptFields(v *view) []templates.Field {
	return []templates.Field{v.departmentField("accept", v.suggested(), "desk.field.accept.later")}
}

// suggested is the department the category names, unless it has given the case
// back or is complained about.
func (v *view) suggested() int64 {
	k := v.d.Case
	if k.Refusals > 0 || v.d.Category.Department == k.About {
		return 0
	}
	return v.d.Category.Department
}

func routeFields(v *view) []templates.Field {
	again := v.d.Case.State != workflow.Accepted
	return []templates.Field{v.departmentField("route", v.suggested(), ""), v.prose("route", again)}
}

func declineFields(v *view) []templates.Field {
	label, hint := v.words("decline", "ground")
	f := templates.Field{Kind: "select", Name: "ground", Label: label, Hint: hint, Required: true, Options: []templates.Choice{{Label: v.c.Text("desk.choose"), Chosen: true}}}
	for _, g := range workflow.Grounds {
		f.Options = append(f.Options, templates.Choice{Value: string(g), Label: v.c.Text("ground." + string(g))})
	}
	return []templates.Field{f, v.prose("decline", false)}
}

func mergeFields(v *view) []templates.Field {
	label, hint := v.words("merge", "into")
	return []templates.Field{{Kind: "text", Name: "into", Label: label, Hint: hint, Required: true, Narrow: true, Prompt: "XZ20261123-0042"}}
}

func moreTimeFields(v *view) []templates.Field {
	label, hint := v.words("more_time", "days")
	days := templates.Field{Kind: "select", Name: "days", Label: label, Hint: hint, Required: true, Narrow: true}
	for n := 1; n <= casework.MaxExtensionDays; n++ {
		days.Options = append(days.Options, templates.Choice{Value: strconv.Itoa(n), Label: v.c.Plural("unit.working_days", n), Chosen: n == casework.OfficeDays})
	}
	label, hint = v.words("more_time", "reason")
	return []templates.Field{days, {Kind: "textarea", Name: "reason", Label: label, Hint: hint, Required: true, Limit: workflow.MaxNote, Rows: 3}}
}

func (v *view) kindField(act string) templates.Field {
	label, _ := v.words(act, "kind")
	return templates.Field{Kind: "select", Name: "kind", Label: label, Required: true, Options: choices(v.c, "kind.", workflow.CaseKinds, string(v.d.Case.Kind))[1:]}
}

func (v *view) categoryField(act string) templates.Field {
	label, hint := v.words(act, "category")
	f := templates.Field{Kind: "select", Name: "category", Label: label, Hint: hint, Required: true}
	for _, k := range v.categories {
		f.Options = append(f.Options, templates.Choice{Value: id(k.ID), Label: v.c.Name(k.NameZH, k.NameEN), Chosen: k.ID == v.d.Case.Category})
	}
	return f
}

func classifyFields(v *view) []templates.Field {
	label, hint := v.words("classify", "about")
	about := templates.Field{Kind: "select", Name: "about", Label: label, Hint: hint, Options: []templates.Choice{{Label: v.c.Text("desk.none")}}}
	for _, d := range v.departments {
		about.Options = append(about.Options, templates.Choice{Value: id(d.ID), Label: v.c.Name(d.NameZH, d.NameEN), Chosen: d.ID == v.d.Case.About})
	}
	return []templates.Field{v.kindField("classify"), v.categoryField("classify"), about, v.concernField("classify")}
}

func assistFields(v *view) []templates.Field {
	f := v.departmentField("assist", 0, "")
	taken := append([]int64{v.d.Case.Department}, v.d.Assisting...)
	f.Options = slices.DeleteFunc(f.Options, func(o templates.Choice) bool {
		return slices.ContainsFunc(taken, func(t int64) bool { return id(t) == o.Value })
	})
	return []templates.Field{f}
}

func splitFields(v *view) []templates.Field {
	subject, _ := v.words("split", "subject")
	body, hint := v.words("split", "body")
	return []templates.Field{
		{Kind: "text", Name: "subject", Label: subject, Required: true, Limit: workflow.MaxSubject},
		{Kind: "textarea", Name: "body", Label: body, Hint: hint, Required: true, Limit: workflow.MaxBody, Rows: 5},
		v.kindField("split"), v.categoryField("split"),
	}
}
