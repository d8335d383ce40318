package todo

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"mailbox/workflow"
)

// Mapping says in which words a system wants to be told of to-dos. It is a file
// that people edit: JSON whose texts hold fields such as {number}. See Fields.
type Mapping struct {
	Name string `json:"name"`
	// Sign is how calls prove who we are: none, hmac (the college's own scheme),
	// basic (user and password) or token (see Login).
	Sign  string `json:"sign"`
	Login *Login `json:"login,omitempty"`
	// Open, Done and Withdrawn are what is called on each occasion.
	Open      Request `json:"open"`
	Done      Request `json:"done"`
	Withdrawn Request `json:"withdrawn"`
	Taken     Taken   `json:"taken"`
}

// Login is the call that gives a token, and the header that carries it.
type Login struct {
	Path    string          `json:"path"`
	Body    json.RawMessage `json:"body"`
	Field   string          `json:"field"` // of the answer
	Header  string          `json:"header"`
	Minutes int             `json:"minutes"` // how long a token is used
}

// Request is a POST of JSON.
type Request struct {
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

// Taken says how an answer shows that the call was taken: a field and what may
// stand there. Without a field any answer of success will do.
type Taken struct {
	Field string   `json:"field,omitempty"`
	Is    []string `json:"is,omitempty"`
}

// The ways to sign.
const (
	SignNone  = "none"
	SignHMAC  = "hmac"
	SignBasic = "basic"
	SignToken = "token"
)

// maxMapping is the size of the largest mapping, in bytes.
const maxMapping = 20_000

// Read reads a mapping and says everything that is wrong with it; the errors are
// about the form field "mapping".
func Read(text string) (Mapping, error) {
	var m Mapping
	if len(text) > maxMapping {
		return m, wrong("todo.mapping.too_long", maxMapping)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, syntax(text, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return m, wrong("todo.mapping.more", lineAt(text, d.InputOffset()))
	}
	return m, m.check()
}

func wrong(key string, args ...any) error { return workflow.Wrong("mapping", key, args...) }

// syntax says on which line reading ended.
func syntax(text string, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return wrong("todo.mapping.syntax", lineAt(text, e.Offset))
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return wrong("todo.mapping.type", lineAt(text, e.Offset), e.Field)
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return wrong("todo.mapping.unknown", strings.Trim(name, `"`))
	}
	return wrong("todo.mapping.syntax", lineAt(text, int64(len(text))))
}

func lineAt(text string, offset int64) int {
	return 1 + strings.Count(text[:min(max(int(offset), 0), len(text))], "\n")
}

// check says everything that is wrong with a mapping that can be read.
func (m Mapping) check() error {
	var all []error
	if strings.TrimSpace(m.Name) == "" {
		all = append(all, wrong("todo.mapping.needs", "name"))
	}
	if !slices.Contains([]string{SignNone, SignHMAC, SignBasic, SignToken}, m.Sign) {
		all = append(all, wrong("todo.mapping.sign", m.Sign))
	}
	if (m.Sign == SignToken) != (m.Login != nil) {
		all = append(all, wrong("todo.mapping.needs", "login"))
	}
	if m.Login != nil {
		all = append(all, m.Login.check()...)
	}
	for _, r := range []struct {
		name string
		Request
	}{{"open", m.Open}, {"done", m.Done}, {"withdrawn", m.Withdrawn}} {
		all = append(all, r.check(r.name)...)
	}
	if m.Taken.Field != "" && len(m.Taken.Is) == 0 {
		all = append(all, wrong("todo.mapping.needs", "taken.is"))
	}
	return errors.Join(all...)
}

func (l Login) check() []error {
	var all []error
	if !goodPath(l.Path) {
		all = append(all, wrong("todo.mapping.path", "login.path"))
	}
	for name, v := range map[string]string{"login.field": l.Field, "login.header": l.Header} {
		if !plain(v) {
			all = append(all, wrong("todo.mapping.needs", name))
		}
	}
	if l.Minutes < 1 || l.Minutes > 24*60 {
		all = append(all, wrong("todo.mapping.minutes"))
	}
	for _, f := range placesIn(l.Body) {
		if !slices.Contains(LoginFields, f.name) || !f.known() {
			all = append(all, wrong("todo.mapping.field", "{"+f.text+"}", "login"))
		}
	}
	return all
}

// check wants to-dos to be told apart and, when they are new, to be somebody's
// and to lead somewhere: a system that is told of one without an address shows
// nothing and says nothing.
func (r Request) check(name string) []error {
	var all []error
	if !goodPath(r.Path) {
		all = append(all, wrong("todo.mapping.path", name+".path"))
	}
	if !bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("{")) && !bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("[")) {
		return append(all, wrong("todo.mapping.needs", name+".body"))
	}
	have := map[string]bool{}
	for _, f := range placesIn(r.Body) {
		have[f.name] = true
		if !slices.Contains(Fields, f.name) || !f.known() {
			all = append(all, wrong("todo.mapping.field", "{"+f.text+"}", name))
		}
	}
	need := []string{"todo"}
	if name == "open" {
		need = append(need, "person", "title", "link")
	}
	for _, f := range need {
		if !have[f] {
			all = append(all, wrong("todo.mapping.lacks", name, "{"+f+"}"))
		}
	}
	return all
}

// goodPath reports whether p is a path of the system, with no query and no host.
func goodPath(p string) bool {
	return strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.ContainsAny(p, "?# \\{}\r\n\t")
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

// plain reports whether s is a name of letters, digits, dots, dashes and lines.
func plain(s string) bool { return s != "" && len(s) <= 100 && strings.Trim(s, nameLetters) == "" }
