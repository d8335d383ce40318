package todo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// Fields are the names that can stand in a mapping, in the order forms explain
// them: todo.field.<name>. With |json behind it a field is made fit for JSON
// inside a text; a text that is one field with |number is written as a number.
var Fields = []string{
	"todo", "call", "number", "title", "subject", "step", "kind", "state", "person", "person_name", "creator", "system",
	"link", "opened", "opened_ms", "ended", "told", "told_ms", "due", "urgent",
}

// LoginFields are the names that can stand in the body of a login.
var LoginFields = []string{"user", "password", "system"}

// Values are what stands for the fields.
type Values map[string]string

// place is a field in a text.
type place struct{ text, name, how string }

func (p place) known() bool { return slices.Contains([]string{"", "json", "number"}, p.how) }

var places = regexp.MustCompile(`\{([a-z_]+)(?:\|([a-z]*))?\}`)

func placesOf(text string) []place {
	var out []place
	for _, m := range places.FindAllStringSubmatch(text, -1) {
		out = append(out, place{strings.Trim(m[0], "{}"), m[1], m[2]})
	}
	return out
}

// placesIn are the fields of every text in a body.
func placesIn(body json.RawMessage) []place {
	var out []place
	v, err := decoded(body)
	if err != nil {
		return nil
	}
	walk(v, func(s string) any {
		out = append(out, placesOf(s)...)
		return s
	})
	return out
}

func decoded(body json.RawMessage) (v any, err error) {
	if len(body) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// walk gives every text of v to change, and returns v with what it made of them.
func walk(v any, change func(string) any) any {
	switch v := v.(type) {
	case string:
		return change(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = walk(v[i], change)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[name] = walk(one, change)
		}
		return out
	}
	return v
}

// Fill writes a body with values for its fields.
func Fill(body json.RawMessage, values Values) ([]byte, error) {
	v, err := decoded(body)
	if err != nil {
		return nil, fmt.Errorf("fill mapping: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(walk(v, values.in)); err != nil {
		return nil, fmt.Errorf("fill mapping: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// in is a text with values for its fields.
func (v Values) in(text string) any {
	if all := placesOf(text); len(all) == 1 && all[0].how == "number" && "{"+all[0].text+"}" == text {
		if _, err := strconv.ParseInt(v[all[0].name], 10, 64); err == nil {
			return json.Number(v[all[0].name])
		}
		return nil // the field is empty
	}
	return places.ReplaceAllStringFunc(text, func(found string) string {
		p := placesOf(found)[0]
		if p.how != "json" {
			return v[p.name]
		}
		quoted, err := json.Marshal(v[p.name])
		if err != nil {
			return ""
		}
		return string(quoted[1 : len(quoted)-1])
	})
}

// Setting is what the college has set for the system, and what only the words of
// the college can say.
type Setting struct {
	System, Creator string
	People          map[string]string // names in the system by our user names
	Zone            *time.Location
	Title, Step     string
	Link            string
}

// ReadPeople reads lines of "our user name = name in the system"; what is not
// named is called the same in both. The errors are about the form field "people".
func ReadPeople(text string) (map[string]string, error) {
	out := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		ours, theirs, ok := strings.Cut(line, "=")
		ours, theirs = strings.TrimSpace(ours), strings.TrimSpace(theirs)
		if !ok || ours == "" || theirs == "" || len(theirs) > 100 {
			return nil, workflow.Wrong("people", "todo.people.line", i+1)
		}
		out[ours] = theirs
	}
	return out, nil
}

// ValuesOf are the values of one to-do.
func ValuesOf(f Facts, s Setting) Values {
	person := f.Account.Username
	if name, ok := s.People[person]; ok {
		person = name
	}
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(s.Zone).Format(time.DateTime)
	}
	ms := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	urgent := "0"
	if f.Urgent {
		urgent = "1"
	}
	return Values{
		"todo": f.Name(), "call": f.Call(), "number": f.Number, "title": s.Title, "subject": f.Subject, "step": s.Step,
		"kind": string(f.Todo.Kind), "state": string(f.Todo.State), "person": person, "person_name": f.Account.Name,
		"creator": s.Creator, "system": s.System, "link": s.Link, "opened": clock(f.Todo.Opened), "opened_ms": ms(f.Todo.Opened),
		"ended": clock(f.Todo.Ended), "told": clock(f.Now), "told_ms": ms(f.Now), "due": clock(f.Due), "urgent": urgent,
	}
}

// Request is what is called for a to-do in this state.
func (m Mapping) Request(s workflow.TodoState) Request {
	switch s {
	case workflow.TodoDone:
		return m.Done
	case workflow.TodoWithdrawn:
		return m.Withdrawn
	case workflow.TodoOpen:
	}
	return m.Open
}

// Holds reports whether an answer says that the call was taken.
func (t Taken) Holds(answer []byte) bool {
	if t.Field == "" {
		return true
	}
	got, ok := Lookup(answer, t.Field)
	return ok && slices.Contains(t.Is, got)
}

// Lookup is the text, number or truth at a path of dots in an answer.
func Lookup(answer []byte, path string) (string, bool) {
	v, err := decoded(answer)
	if err != nil {
		return "", false
	}
	for _, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return "", false
		}
		v = m[name]
	}
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
