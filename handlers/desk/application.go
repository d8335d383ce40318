package desk

import (
	"math"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// application is what an application for disclosure asks for and how it was
// decided; nil of other cases.
func (v *view) application() []templates.Fact {
	c, k, a := v.c, v.d.Case, v.d.Application
	if k.Kind != workflow.Disclosure {
		return nil
	}
	out := []templates.Fact{
		{Label: c.Text("desk.application.asked"), Value: v.orMissing("", a.Asked)},
		{Label: c.Text("desk.application.purpose"), Value: v.orMissing("purpose.", a.Purpose)},
		{Label: c.Text("desk.application.delivery"), Value: v.orMissing("delivery.", a.Delivery)},
	}
	decision := c.Text("desk.application.open")
	if k.Decision != workflow.NoDecision {
		decision = c.Text("decision." + string(k.Decision))
	}
	out = append(out, templates.Fact{Label: c.Text("desk.application.decision"), Value: decision})
	add := func(label, value string) {
		if value != "" {
			out = append(out, templates.Fact{Label: c.Text("desk.application." + label), Value: value})
		}
	}
	if a.Ground != "" {
		add("ground", c.Text("withheld."+string(a.Ground)))
	}
	add("referral", a.Referral)
	add("fee", v.yuan(a.Fee))
	add("waived", v.yuan(a.Waived))
	add("secure", v.secure())
	return out
}

// orMissing is a word of the applicant's, or that it was not said.
func (v *view) orMissing(prefix, value string) string {
	if value == "" {
		return v.c.Text("desk.application.missing")
	}
	if prefix == "" {
		return value
	}
	return v.c.Text(prefix + value)
}

func (v *view) yuan(fen int) string {
	if fen == 0 {
		return ""
	}
	return v.c.Text("desk.application.yuan", strconv.FormatFloat(float64(fen)/100, 'f', 2, 64))
}

// secure says how far the confidentiality check is, where one is needed.
func (v *view) secure() string {
	k, a := v.d.Case, v.d.Application
	switch {
	case !k.Decision.Opens():
		return ""
	case a.Checked.IsZero():
		return v.c.Text("desk.application.secure.none")
	case !v.d.Secure && v.d.Draft.ID != 0:
		return v.c.Text("desk.application.secure.stale")
	}
	return v.c.Text("desk.application.secure.done", web.Moment(v.c, a.Checked))
}

// matters are what the annual report asks of the case.
func (v *view) matters() []templates.Fact {
	var out []templates.Fact
	k := v.d.Case
	if k.Concern != "" {
		out = append(out, templates.Fact{Label: v.c.Text("desk.concern"), Value: v.c.Text("concern." + string(k.Concern))})
	}
	if name := v.campaign(k.Campaign); name != "" {
		out = append(out, templates.Fact{Label: v.c.Text("desk.campaign"), Value: name})
	}
	if name := v.campaign(k.Proposed); name != "" {
		out = append(out, templates.Fact{Label: v.c.Text("desk.proposed"), Value: name})
	}
	return out
}

func (v *view) campaign(id int64) string {
	for _, k := range v.d.Campaigns {
		if k.ID == id {
			return k.Name
		}
	}
	return ""
}

// needed is what an application needs before its answer can be sent, if this
// reader can give it.
func (v *view) needed() workflow.Action {
	k := v.d.Case
	switch {
	case v.d.May(workflow.MarkSecrecy):
		return workflow.MarkSecrecy
	case v.d.May(workflow.MarkDecide) && k.Decision == workflow.NoDecision && k.Answered.IsZero():
		return workflow.MarkDecide
	}
	return ""
}

func decideFields(v *view) []templates.Field {
	k, a := v.d.Case, v.d.Application
	label, _ := v.words("decide", "decision")
	decision := templates.Field{Kind: "select", Name: "decision", Label: label, Required: true, Options: choices(v.c, "decision.", workflow.ChosenDecisions, string(k.Decision))}
	decision.Options[0] = templates.Choice{Label: v.c.Text("desk.choose"), Chosen: k.Decision == workflow.NoDecision}
	label, hint := v.words("decide", "ground")
	ground := templates.Field{Kind: "select", Name: "ground", Label: label, Hint: hint, Optional: true, Options: choices(v.c, "withheld.", workflow.ReviewGrounds, string(a.Ground))}
	ground.Options[0] = templates.Choice{Label: v.c.Text("desk.field.decide.ground.none"), Chosen: a.Ground == ""}
	label, hint = v.words("decide", "referral")
	referral := templates.Field{Kind: "text", Name: "referral", Label: label, Hint: hint, Optional: true, Value: a.Referral, Limit: workflow.MaxAsked}
	return []templates.Field{decision, ground, referral, v.money("fee", a.Fee), v.money("waived", a.Waived)}
}

func (v *view) money(name string, fen int) templates.Field {
	label, hint := v.words("decide", name)
	f := templates.Field{Kind: "text", Name: name, Label: label, Hint: hint, Optional: true, Narrow: true, Prompt: "12.50"}
	if fen != 0 {
		f.Value = strconv.FormatFloat(float64(fen)/100, 'f', 2, 64)
	}
	return f
}

func secrecyFields(v *view) []templates.Field {
	label, _ := v.words("secrecy", "checked")
	return []templates.Field{{Kind: "tick", Name: "checked", Value: "yes", Label: label, Required: true, Options: []templates.Choice{{Value: "yes"}}}}
}

func (v *view) concernField(act string) templates.Field {
	label, _ := v.words(act, "concern")
	f := templates.Field{Kind: "select", Name: "concern", Label: label, Options: choices(v.c, "concern.", workflow.Concerns, string(v.d.Case.Concern))}
	f.Options[0] = templates.Choice{Label: v.c.Text("concern.none"), Chosen: v.d.Case.Concern == ""}
	return f
}

func concernFields(v *view) []templates.Field { return []templates.Field{v.concernField("concern")} }

// campaignFields chooses the campaign the case counts for, or is to count for.
func campaignFields(act string) func(*view) []templates.Field {
	return func(v *view) []templates.Field {
		label, _ := v.words(act, "campaign")
		now := v.d.Case.Campaign
		if act == "propose" || now == 0 {
			now = v.d.Case.Proposed
		}
		f := templates.Field{Kind: "select", Name: "campaign", Label: label, Options: []templates.Choice{{Value: "0", Label: v.c.Text("desk.field.campaign.none"), Chosen: now == 0}}}
		for _, k := range v.d.Campaigns {
			f.Options = append(f.Options, templates.Choice{Value: id(k.ID), Label: k.Name, Chosen: k.ID == now})
		}
		return []templates.Field{f}
	}
}

func (p *Pages) decide(c *web.Context, k workflow.Case, f *web.Form) error {
	to := casework.Deciding{
		Decision: workflow.Decision(f.Line("decision")), Ground: workflow.ReviewGround(f.Line("ground")), Referral: f.Line("referral"), Version: k.Version,
	}
	var err error
	if to.Fee, err = fen(f, "fee"); err != nil {
		return err
	}
	if to.Waived, err = fen(f, "waived"); err != nil {
		return err
	}
	_, err = p.cases.Decide(c.Context(), actor(c), k.ID, to)
	return err
}

// fen reads an amount in yuan.
func fen(f *web.Form, name string) (int, error) {
	typed := strings.TrimSuffix(strings.TrimSpace(f.Line(name)), "元")
	if typed == "" {
		return 0, nil
	}
	yuan, err := strconv.ParseFloat(strings.TrimSpace(typed), 64)
	whole := math.Round(yuan * 100)
	if err != nil || math.Abs(yuan*100-whole) > 1e-6 || whole < 0 || whole > workflow.MaxFee {
		return 0, workflow.Wrong(name, "application.fee")
	}
	return int(whole), nil
}

func (p *Pages) checkSecrecy(c *web.Context, k workflow.Case, f *web.Form) error {
	if f.Line("checked") != "yes" {
		return workflow.Wrong("checked", "application.tick")
	}
	_, err := p.cases.CheckSecrecy(c.Context(), actor(c), k.ID, k.Version)
	return err
}

func (p *Pages) concern(c *web.Context, k workflow.Case, f *web.Form) error {
	_, err := p.cases.Concern(c.Context(), actor(c), k.ID, workflow.Concern(f.Line("concern")), k.Version)
	return err
}

func (p *Pages) tag(c *web.Context, k workflow.Case, f *web.Form) error {
	campaign, err := f.Number("campaign")
	if err == nil {
		_, err = p.cases.Tag(c.Context(), actor(c), k.ID, campaign, k.Version)
	}
	return err
}

func (p *Pages) propose(c *web.Context, k workflow.Case, f *web.Form) error {
	campaign, err := f.Number("campaign")
	if err == nil {
		_, err = p.cases.Propose(c.Context(), actor(c), k.ID, campaign, k.Version)
	}
	return err
}
