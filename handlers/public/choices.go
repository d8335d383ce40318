package public

import (
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// identities are the three modes, each with its one sentence about who sees
// what.
func identities(c *web.Context) []templates.Choice {
	icons := map[workflow.Mode]string{workflow.Signed: "person", workflow.Confidential: "shield", workflow.Anonymous: "mask"}
	var out []templates.Choice
	for _, m := range workflow.Modes {
		out = append(out, templates.Choice{
			Value: string(m), Label: c.Text("mode." + string(m)), Hint: c.Text("write.identity." + string(m)), Icon: icons[m],
		})
	}
	return out
}

func statuses(c *web.Context) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("status.none")}}
	for _, s := range workflow.WriterStatuses[1:] {
		out = append(out, templates.Choice{Value: string(s), Label: c.Text("status." + string(s))})
	}
	return out
}

func kinds(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for _, k := range workflow.CaseKinds {
		out = append(out, templates.Choice{Value: string(k), Label: c.Text("kind." + string(k))})
	}
	return out
}

// unless offers the words of a list whose empty value is "not said".
func unless(c *web.Context, prefix string, values []string) []templates.Choice {
	out := []templates.Choice{{Label: c.Text(prefix + "none")}}
	for _, v := range values[1:] {
		out = append(out, templates.Choice{Value: v, Label: c.Text(prefix + v)})
	}
	return out
}

// categories are offered by code, so that a form filled by a script keeps its
// meaning when the college is set up anew.
func categories(c *web.Context, o offered, chosen string) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("write.category.none")}}
	for _, k := range o.categories {
		out = append(out, templates.Choice{Value: k.Code, Label: c.Name(k.NameZH, k.NameEN)})
	}
	if len(o.categories) == 0 && chosen != "" { // the store is away: what was chosen stays chosen
		out = append(out, templates.Choice{Value: chosen, Label: chosen})
	}
	return out
}

func hints(c *web.Context, o offered) []CategoryHint {
	var out []CategoryHint
	for _, k := range o.categories {
		if text := c.Name(k.HintZH, k.HintEN); text != "" {
			out = append(out, CategoryHint{Code: k.Code, Name: c.Name(k.NameZH, k.NameEN), Text: text})
		}
	}
	return out
}

func departments(c *web.Context, o offered) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("write.about.none")}}
	for _, d := range o.departments {
		if d.Active {
			out = append(out, templates.Choice{Value: d.Code, Label: c.Name(d.NameZH, d.NameEN)})
		}
	}
	return out
}

func publishes(c *web.Context) []templates.Choice {
	return []templates.Choice{
		{Value: "no", Label: c.Text("write.publish.no")},
		{Value: "yes", Label: c.Text("write.publish.yes"), Hint: c.Text("write.publish.hint")},
	}
}
