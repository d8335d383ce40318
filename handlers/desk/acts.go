package desk

import (
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// Act is one act as the page offers it: a button, or a button that opens the
// form of what the act needs to know.
type Act struct {
	Name   string // also the last part of its path
	Path   string
	Label  string
	Key    string
	Icon   string
	Tone   string // primary or danger
	Direct bool   // one press
	Open   bool
	Intro  string // what happens then
	Fields []templates.Field
	Hidden []templates.Hidden
	Yes    []templates.Button // what the form ends with
}

// act is what the page needs to know to offer an act and to carry it out.
type act struct {
	key, icon string
	danger    bool
	direct    bool
	fields    func(*view) []templates.Field
	yes       func(*view, string) []templates.Button // nil: one button with the act's own word
	do        func(*Pages, *web.Context, workflow.Case, *web.Form) error
}

// moveOrder and markOrder are the order in which acts stand on the page.
var (
	moveOrder = []workflow.Action{
		workflow.SignFor, workflow.Approve, workflow.Answer, workflow.Accept, workflow.Route, workflow.GoOn, workflow.HandIn, workflow.SendBack,
		workflow.Ask, workflow.Refuse, workflow.Decline, workflow.Merge, workflow.CloseCase, workflow.Reopen, workflow.Archive,
	}
	markOrder = []workflow.Action{
		workflow.MarkGrant, workflow.MarkInstruct, workflow.MarkNote, workflow.MarkMoreTime, workflow.MarkRemind, workflow.MarkClassify,
		workflow.MarkUrgent, workflow.MarkAssist, workflow.MarkSplit, workflow.MarkDecide, workflow.MarkConcern, workflow.MarkCampaign,
		workflow.MarkPropose, workflow.MarkSeal,
	}
)

// acts is everything staff can do to a case, by the name in its path. Whether
// it is offered, the dossier says.
var acts = map[string]act{
	"sign_for":  {key: "e", icon: "check", direct: true, do: move(workflow.SignFor)},
	"approve":   {key: "a", icon: "check", direct: true, do: move(workflow.Approve)},
	"answer":    {key: "s", icon: "send", fields: answerFields, do: move(workflow.Answer)},
	"accept":    {key: "e", icon: "check", fields: acceptFields, do: move(workflow.Accept)},
	"route":     {key: "t", icon: "route", fields: routeFields, do: move(workflow.Route)},
	"go_on":     {icon: "right", direct: true, do: move(workflow.GoOn)},
	"hand_in":   {icon: "send", direct: true, do: move(workflow.HandIn)},
	"send_back": {key: "b", icon: "undo", fields: needing("send_back"), do: move(workflow.SendBack)},
	"ask":       {key: "q", icon: "help", fields: needing("ask"), do: move(workflow.Ask)},
	"refuse":    {key: "x", icon: "undo", fields: needing("refuse"), do: move(workflow.Refuse)},
	"decline":   {key: "d", icon: "cross", danger: true, fields: declineFields, do: move(workflow.Decline)},
	"merge":     {key: "m", icon: "merge", fields: mergeFields, do: move(workflow.Merge)},
	"close":     {icon: "check", fields: needing("close"), do: move(workflow.CloseCase)},
	"reopen":    {icon: "undo", fields: needing("reopen"), do: move(workflow.Reopen)},
	"archive":   {icon: "file", do: move(workflow.Archive)},

	"grant":     {icon: "clock", fields: optional("grant"), yes: decideButtons, do: decide(true)},
	"deny":      {icon: "clock", fields: optional("grant"), yes: decideButtons, do: decide(false)},
	"instruct":  {icon: "star", fields: needing("instruct"), do: (*Pages).instruct},
	"note":      {key: "n", icon: "note", fields: needing("note"), do: (*Pages).note},
	"more_time": {icon: "clock", fields: moreTimeFields, do: (*Pages).moreTime},
	"remind":    {icon: "bell", fields: optional("remind"), do: (*Pages).remind},
	"classify":  {key: "c", icon: "filter", fields: classifyFields, do: (*Pages).classify},
	"urgent":    {key: "u", icon: "flag", danger: true, fields: optional("urgent"), do: (*Pages).urgent},
	"assist":    {icon: "people", fields: assistFields, do: (*Pages).assist},
	"split":     {icon: "copy", fields: splitFields, do: (*Pages).split},
	"seal":      {icon: "lock", danger: true, fields: needing("seal"), do: (*Pages).seal},
	"decide":    {icon: "check", fields: decideFields, do: (*Pages).decide},
	"secrecy":   {icon: "shield", fields: secrecyFields, do: (*Pages).checkSecrecy},
	"concern":   {icon: "flag", fields: concernFields, do: (*Pages).concern},
	"campaign":  {icon: "star", fields: campaignFields("campaign"), do: (*Pages).tag},
	"propose":   {icon: "star", fields: campaignFields("propose"), do: (*Pages).propose},
}

// acts are the acts this reader has: what moves the case, and what else.
func (v *view) acts() (moves, marks []Act) {
	next, first := v.next(), v.needed()
	if first != "" {
		offered := v.offer(string(first))
		if v.d.Case.State == workflow.Approved {
			offered.Tone, next = "primary", ""
		}
		moves = append(moves, offered)
	}
	for _, a := range moveOrder {
		if !v.d.May(a) || a == workflow.HandIn { // handing in belongs to the editor
			continue
		}
		if one, ok := v.routeAtOnce(a); ok {
			moves = append(moves, one)
			next = ""
		}
		offered := v.offer(string(a))
		if a == next {
			offered.Tone = "primary"
		}
		moves = append(moves, offered)
	}
	for _, a := range markOrder {
		if v.d.May(a) && a != first {
			marks = append(marks, v.offer(string(a)))
		}
	}
	return moves, marks
}

// next is the act that should come next, which the page makes its one filled
// button. While an answer is to be written it is the editor's.
func (v *view) next() workflow.Action {
	for _, a := range []workflow.Action{workflow.SignFor, workflow.Approve, workflow.Answer, workflow.Accept} {
		if v.d.May(a) {
			return a
		}
	}
	if v.d.Case.State == workflow.Accepted && v.d.May(workflow.Route) {
		return workflow.Route
	}
	return ""
}

// routeAtOnce is accepting or routing in one press, to the department that the
// category names.
func (v *view) routeAtOnce(a workflow.Action) (Act, bool) {
	k, to := v.d.Case, v.d.Category.Department
	fits := a == workflow.Accept || a == workflow.Route && k.State == workflow.Accepted && k.Refusals == 0
	if !fits || to == 0 || to == k.About {
		return Act{}, false
	}
	return Act{
		Name: string(a), Path: v.path(string(a)), Key: "e", Icon: "route", Tone: "primary", Direct: true,
		Label:  v.c.Text("desk.act."+string(a)+".to", v.department(to, "desk.nobody")),
		Hidden: append(v.hidden(), templates.Hidden{Name: "department", Value: id(to)}),
	}, true
}

func (v *view) path(name string) string { return web.CasePath(v.d.Case.Number) + "/" + name }

func (v *view) hidden() []templates.Hidden {
	h := []templates.Hidden{{Name: web.TokenField, Value: v.c.FormToken()}, {Name: "version", Value: id(v.d.Case.Version)}}
	for _, name := range append([]string{"queue"}, filters...) {
		if value := v.c.Query(name); value != "" {
			return append(h, templates.Hidden{Name: "next", Value: casePath(v.c, v.d.Case.Number)})
		}
	}
	return h
}

func (v *view) offer(name string) Act {
	a := acts[name]
	out := Act{
		Name: name, Path: v.path(name), Label: v.c.Text("action." + name), Key: a.key, Icon: a.icon, Direct: a.direct,
		Open: v.open == name || name == "grant" && v.open == "deny", Hidden: v.hidden(),
	}
	if _, once := v.routeAtOnce(workflow.Action(name)); once {
		out.Key, out.Label = "t", v.c.Text("desk.act."+name+".other")
	}
	if name == "grant" {
		out.Label = v.c.Text("desk.wish.decide") // it opens on yes and no
	}
	if a.danger {
		out.Tone = "danger"
	}
	if a.direct {
		return out
	}
	out.Intro = v.c.Text("desk.act." + name)
	if x := v.d.Wish(); x != nil && name == "grant" {
		out.Intro = v.c.Text("desk.wish.ask", x.Days, x.Reason) + " " + out.Intro
	}
	if a.fields != nil {
		out.Fields = a.fields(v)
	}
	for i := range out.Fields {
		out.Fields[i].Within = name
		if out.Open {
			v.again(&out.Fields[i])
		}
	}
	if a.yes != nil {
		out.Yes = a.yes(v, name)
		return out
	}
	out.Yes = []templates.Button{{Tone: yesTone(a), Label: v.c.Text("action." + name)}}
	return out
}

func yesTone(a act) string {
	if a.danger {
		return "danger filled"
	}
	return "primary"
}

// decideButtons are the two answers to a wish for more time: one form, two
// ends.
func decideButtons(v *view, _ string) []templates.Button {
	return []templates.Button{
		{Tone: "primary", Label: v.c.Text("action.grant"), Name: "grant", Value: "yes"},
		{Label: v.c.Text("action.deny"), Name: "grant", Value: "no"},
	}
}

// move carries out an act that moves the case.
func move(action workflow.Action) func(*Pages, *web.Context, workflow.Case, *web.Form) error {
	return func(p *Pages, c *web.Context, k workflow.Case, f *web.Form) error {
		department, err := f.Number("department")
		if err != nil {
			return err
		}
		_, err = p.cases.Do(c.Context(), actor(c), k.ID, casework.Act{
			Action: action, Note: f.Prose("note"), Ground: workflow.Ground(f.Line("ground")), Department: department, Into: f.Line("into"), Version: k.Version,
			Traces: f.Prose("traces"),
		})
		return err
	}
}
