package office

import (
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// letter is one letter of the tray with what can be done to it.
type letter struct {
	Number, Subject, Href string
	Version               int64
	Badges                []templates.Badge
	Due                   *templates.Due
	Facts                 []templates.Fact
	Messages              []templates.Message
	Refusal               string // why a department gave it back
	Draft                 string // the answer that waits for the check
	DraftBy               string
	DraftFiles            []templates.File

	Here, Prev, Next string
	Suggestions      []suggestion
	Alike            []likeness
	Departments      []templates.Choice
	Grounds          []templates.Choice
	Kinds            []templates.Choice
	Categories       []templates.Choice
	Abouts           []templates.Choice
	Kind             string
	Category         string
	About            string
	Concern          string
	Concerns         []templates.Choice
	Held             string // why an application cannot be answered yet
	HeldAct          templates.Button
	may              []workflow.Action
	Urgent, Sealed   bool
	route            workflow.Action
}

// suggestion is a department the letter could go to, and why.
type suggestion struct {
	Department int64
	Name       string
	Because    string
}

// likeness is a letter that may be about the same matter, and why.
type likeness struct {
	Number, Subject, Href, Because string
	State                          templates.Badge
}

// May reports whether the reader may make this move now.
func (l letter) May(action string) bool { return slices.Contains(l.may, workflow.Action(action)) }

// Route is the act that sends the letter on: a new one is accepted with it.
func (l letter) Route() string { return string(l.route) }

// Act is where an act of this letter is posted.
func (l letter) Act(name string) string { return l.Href + "/" + name }

func (p *Pages) letter(c *web.Context, d casework.Dossier, w places, work web.Span) (*letter, error) {
	n, err := p.names(c)
	if err != nil {
		return nil, err
	}
	k := d.Case
	out := &letter{
		Number: k.Number, Subject: k.Subject, Href: web.CasePath(k.Number), Version: k.Version,
		Badges: badges(c, k), Due: web.DueOf(c, work, k), Facts: facts(c, n, d), Messages: messages(c, d),
		Here: w.here, Prev: w.prev, Next: w.next, may: d.Actions, Urgent: k.Urgent, Sealed: k.Sealed, route: workflow.Route,
		Departments: n.departmentChoices(c, k.About), Grounds: choices(c, "ground.", workflow.Grounds),
		Kinds: choices(c, "kind.", workflow.CaseKinds), Categories: n.categoryChoices(c),
		Abouts: append([]templates.Choice{{Label: c.Text("office.about.none")}}, n.departmentChoices(c, k.Department)...),
		Kind:   string(k.Kind), Category: decimal(k.Category), About: decimal(k.About),
	}
	if slices.Contains(d.Actions, workflow.Accept) {
		out.route = workflow.Accept
	}
	out.Concern = string(k.Concern)
	out.Concerns = append([]templates.Choice{{Label: c.Text("concern.none")}}, choices(c, "concern.", workflow.Concerns)...)
	out.held(c, d)
	out.draft(c, d)
	out.Refusal = refusal(d)
	alike, err := p.alike(c, d)
	if err != nil {
		return nil, err
	}
	out.Alike = likenesses(c, alike)
	if slices.Contains(d.Actions, out.route) && k.State != workflow.Routed {
		out.Suggestions = suggestions(c, n, d, alike)
	}
	return out, nil
}

func badges(c *web.Context, k workflow.Case) []templates.Badge {
	out := []templates.Badge{web.StateBadge(c, k.State), web.ModeBadge(c, k.Mode)}
	if k.Urgent {
		out = append([]templates.Badge{{Tone: "urgent", Label: c.Text("case.urgent")}}, out...)
	}
	return out
}

func facts(c *web.Context, n names, d casework.Dossier) []templates.Fact {
	k := d.Case
	out := []templates.Fact{
		{Label: c.Text("office.fact.category"), Value: c.Text("kind."+string(k.Kind)) + " · " + c.Name(d.Category.NameZH, d.Category.NameEN)},
		{Label: c.Text("office.fact.received"), Value: web.Short(c, k.Received) + " · " + c.Text("channel."+string(k.Channel))},
		{Label: c.Text("office.fact.writer"), Value: status(c, k.WriterStatus)},
	}
	if k.About != 0 {
		out = append(out, templates.Fact{Label: c.Text("office.fact.about"), Value: n.department(c, k.About)})
	}
	if d.Application.Asked != "" {
		out = append(out, templates.Fact{Label: c.Text("office.fact.application"), Value: d.Application.Asked})
	}
	if k.Concern != "" {
		out = append(out, templates.Fact{Label: c.Text("office.fact.concern"), Value: c.Text("concern." + string(k.Concern))})
	}
	if k.Department != 0 {
		out = append(out, templates.Fact{Label: c.Text("office.fact.department"), Value: n.department(c, k.Department)})
	}
	return out
}

// held says what keeps the signed answer of an application from being sent.
func (l *letter) held(c *web.Context, d casework.Dossier) {
	k := d.Case
	if k.Kind != workflow.Disclosure || k.State != workflow.Approved {
		return
	}
	switch {
	case k.Decision == workflow.NoDecision:
		l.Held = c.Text("office.application.undecided")
		l.HeldAct = templates.Button{Tone: "primary", Label: c.Text("office.application.go"), Href: l.Act("decide") + "#acts"}
	case k.Decision.Opens() && !d.Secure:
		l.Held = c.Text("office.application.unchecked")
		l.HeldAct = templates.Button{Tone: "primary", Label: c.Text("office.application.look"), Href: l.Href + "#acts"}
		l.may = slices.DeleteFunc(slices.Clone(l.may), func(a workflow.Action) bool { return a == workflow.Answer })
	}
}

func status(c *web.Context, s workflow.WriterStatus) string {
	if s == "" {
		s = "none"
	}
	return c.Text("status." + string(s))
}

// messages is the conversation as the tray shows it: what the writer wrote and
// was told, and what the house noted.
func messages(c *web.Context, d casework.Dossier) []templates.Message {
	var out []templates.Message
	for _, m := range d.Messages {
		one := templates.Message{Kind: "reply", Who: m.AuthorName, At: c.Local(m.At), Text: m.Body, Files: files(d.Case, m.Files)}
		switch {
		case m.Kind.FromWriter():
			one.Kind, one.Who = "letter", c.Text("office.writer")
		case m.Kind.Internal():
			one.Kind = "note"
		}
		out = append(out, one)
	}
	return out
}

func files(k workflow.Case, all []workflow.File) []templates.File {
	var out []templates.File
	for _, f := range all {
		href := web.CasePath(k.Number) + "/files/" + decimal(f.ID)
		out = append(out, templates.File{Name: f.Name, Href: href, Type: f.MediaType, Size: f.Size})
	}
	return out
}

// draft shows the answer that the office checks.
func (l *letter) draft(c *web.Context, d casework.Dossier) {
	if d.Case.State != workflow.Approved {
		return
	}
	l.Draft, l.DraftFiles = d.Draft.Body, files(d.Case, d.DraftFiles)
	for _, e := range slices.Backward(d.Events) {
		if e.Action == workflow.Approve {
			l.DraftBy = c.Text("office.signed", e.By.Name, web.Short(c, e.At))
			return
		}
	}
}

// refusal is the reason of the last refusal of a letter that came back.
func refusal(d casework.Dossier) string {
	if d.Case.State != workflow.Accepted || d.Case.Refusals == 0 {
		return ""
	}
	for _, e := range slices.Backward(d.Events) {
		if e.Action == workflow.Refuse {
			return e.Note
		}
	}
	return ""
}

// suggestions are the departments the letter could go to: the one its category
// names, then those that have letters like it. Never the one it complains
// about, nor one that has just given it back.
func suggestions(c *web.Context, n names, d casework.Dossier, alike []casework.Similar) []suggestion {
	var out []suggestion
	add := func(id int64, because string) {
		known := slices.ContainsFunc(out, func(s suggestion) bool { return s.Department == id })
		if id == 0 || known || id == d.Case.About || id == lastRefused(d) || len(out) == 3 {
			return
		}
		out = append(out, suggestion{Department: id, Name: n.department(c, id), Because: because})
	}
	category := c.Name(d.Category.NameZH, d.Category.NameEN)
	add(d.Category.Department, c.Text("office.because.category", category, n.department(c, d.Category.Department)))
	for _, s := range alike {
		add(s.Department, c.Text("office.because.alike", s.Number, n.department(c, s.Department)))
	}
	return out
}

// lastRefused is the department that gave the letter back last, or 0.
func lastRefused(d casework.Dossier) int64 {
	if d.Case.Refusals == 0 {
		return 0
	}
	for _, e := range slices.Backward(d.Events) {
		if e.Action == workflow.Refuse {
			id, err := strconv.ParseInt(e.Detail["department"], 10, 64)
			if err != nil {
				return 0
			}
			return id
		}
	}
	return 0
}

func likenesses(c *web.Context, alike []casework.Similar) []likeness {
	var out []likeness
	for _, s := range alike {
		because := c.Text("office.alike.subject", templates.Percent(s.Likeness))
		if s.SameWriter {
			because = c.Text("office.alike.writer")
		}
		out = append(out, likeness{
			Number: s.Number, Subject: s.Subject, Href: web.CasePath(s.Number), Because: because, State: web.StateBadge(c, s.State),
		})
	}
	return out
}
