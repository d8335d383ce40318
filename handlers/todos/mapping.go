package todos

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/todo"
)

type mappingPage struct {
	templates.Page
	Tabs     []templates.Tab
	Presets  []templates.Chip
	Fields   []templates.Field
	Version  int64
	Base     string // where it is sent; "": nowhere yet
	Stored   bool   // there is a mapping to take away
	Explain  []templates.Fact
	Previews []preview
}

// preview is a call as it would be made.
type preview struct {
	State templates.Badge
	Call  string
	Sign  string
	Body  string
}

// asked are the settings of the page, in order; the first ones are short.
var asked = []string{"system_code", "creator", "user", "password", "people", "mapping"}

func (p *Pages) mapping(c *web.Context) error {
	s, err := p.board.Show(c.Context(), c.User.Actor(), workflow.OA)
	if err != nil {
		return err
	}
	stored := s.Config["mapping"] != ""
	if name := c.Query("preset"); name != "" {
		if s.Config == nil {
			s.Config = map[string]string{}
		}
		if s.Config["mapping"] = Preset(name); s.Config["mapping"] == "" {
			return workflow.Absent()
		}
	}
	return p.showMapping(c, http.StatusOK, s, stored, nil)
}

func (*Pages) showMapping(c *web.Context, status int, s channels.Shown, stored bool, wrong []templates.Problem) error {
	view := mappingPage{Page: page(c, "todo.mapping"), Tabs: tabs(c, mappingPath), Version: s.Version, Base: s.Config["base"], Stored: stored}
	view.Problems = wrong
	for _, name := range Presets {
		on := s.Config["mapping"] == strings.TrimSpace(Preset(name)) || s.Config["mapping"] == Preset(name)
		view.Presets = append(view.Presets, templates.Chip{Label: c.Text("todo.preset." + name), Href: mappingPath + "?preset=" + name, On: on})
	}
	for _, name := range asked {
		view.Fields = append(view.Fields, settingField(c, s, name, wrong))
	}
	sample := sampleValues(c, s, workflow.TodoOpen)
	for _, name := range todo.Fields {
		view.Explain = append(view.Explain, templates.Fact{Label: "{" + name + "}", Value: c.Text("todo.field."+name, sample[name])})
	}
	if m, err := todo.Read(s.Config["mapping"]); err == nil {
		view.Previews = previews(c, s, m)
	}
	return c.Render(status, "admin/mapping.html", view)
}

func settingField(c *web.Context, s channels.Shown, name string, wrong []templates.Problem) templates.Field {
	key := "todo.setting." + name
	f := templates.Field{Kind: "text", Name: name, Label: c.Text(key), Hint: c.Text(key + ".hint"), Value: s.Config[name], Optional: true}
	switch name {
	case "password":
		f.Kind, f.Complete, f.Value = "password", "off", ""
		if s.Set[name] {
			f.Hint += " " + c.Text("channel.secret.set")
		}
	case "people":
		f.Kind, f.Rows = "textarea", 4
	case "mapping":
		f.Kind, f.Rows = "textarea", 24
	}
	for _, w := range wrong {
		if w.Field == name && f.Error == "" {
			f.Error = w.Text
		}
	}
	return f
}

// sampleValues are the values of an invented to-do.
func sampleValues(c *web.Context, s channels.Shown, state workflow.TodoState) todo.Values {
	now := c.Local(time.Date(2026, 11, 23, 1, 30, 0, 0, time.UTC))
	people, err := todo.ReadPeople(s.Config["people"])
	if err != nil {
		people = nil
	}
	f := todo.Facts{
		Number: "XZ20261123-0042", Subject: c.Text("todo.sample.subject"), Due: now.AddDate(0, 0, 3), Now: now,
		Account: workflow.Account{Username: "logistics-clerk", Name: c.Text("todo.sample.name")},
		Todo:    workflow.Todo{ID: 17, Account: 12, Occasion: 1, Kind: workflow.TodoSignFor, State: state, Opened: now},
	}
	if state != workflow.TodoOpen {
		f.Todo.Ended, f.Now, f.Subject = now.Add(time.Hour), now.Add(time.Hour), ""
	}
	step := c.Text("todo.sign_for")
	return todo.ValuesOf(f, todo.Setting{
		System: s.Config["system_code"], Creator: s.Config["creator"], People: people, Zone: now.Location(), Step: step,
		Title: c.Text("todo.title", f.Number, step), Link: c.URL(web.CasePath(f.Number)),
	})
}

func previews(c *web.Context, s channels.Shown, m todo.Mapping) []preview {
	var out []preview
	for _, state := range []workflow.TodoState{workflow.TodoOpen, workflow.TodoDone, workflow.TodoWithdrawn} {
		r := m.Request(state)
		body, err := todo.Fill(r.Body, sampleValues(c, s, state))
		if err != nil {
			continue // a mapping that was read can be filled
		}
		out = append(out, preview{
			State: templates.Badge{Tone: tones[state], Label: c.Text("todo.state." + string(state))},
			Call:  "POST " + strings.TrimRight(s.Config["base"], "/") + r.Path, Sign: c.Text("todo.sign." + m.Sign), Body: indented(body),
		})
	}
	return out
}

func indented(body []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return string(body)
	}
	return b.String()
}

// change previews a mapping, or keeps it.
func (p *Pages) change(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	s, err := p.board.Show(c.Context(), c.User.Actor(), workflow.OA)
	if err != nil {
		return err
	}
	version, err := f.Number("version")
	if err != nil {
		return err
	}
	stored := s.Config["mapping"] != ""
	config := map[string]string{}
	maps.Copy(config, s.Config)
	for _, name := range []string{"system_code", "creator", "user"} {
		config[name] = f.Line(name)
	}
	config["people"], config["mapping"] = f.Prose("people"), f.Prose("mapping")
	s.Config, s.Version = config, version
	err = valid(config)
	if err == nil && f.Line("do") == "save" {
		ch := channels.Change{Enabled: s.Enabled, Config: config, Secrets: map[string]string{"password": f.Line("password")}, Version: version}
		if err = p.board.Save(c.Context(), c.User.Actor(), workflow.OA, ch); err == nil {
			c.Flash("good", "todo.saved")
			return c.Redirect(mappingPath)
		}
	}
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	return p.showMapping(c, status, s, stored, wrong)
}

// valid says everything that is wrong with what was typed. Without a mapping
// nobody is told of to-dos.
func valid(config map[string]string) error {
	var all []error
	if config["mapping"] != "" {
		_, err := todo.Read(config["mapping"])
		all = append(all, err)
	}
	_, err := todo.ReadPeople(config["people"])
	return errors.Join(append(all, err)...)
}

// problems are words for what is wrong with a form; somebody else's change in
// between is one.
func problems(c *web.Context, err error) (status int, all []templates.Problem, rest error) {
	if err == nil {
		return http.StatusOK, nil, nil
	}
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return http.StatusConflict, []templates.Problem{{Text: c.Text(e.Key, e.Args...)}}, nil
	}
	all, rest = c.Problems(err)
	return http.StatusUnprocessableEntity, all, rest
}
