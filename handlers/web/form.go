package web

import (
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/templates"
	"mailbox/workflow"
)

const (
	maxFields = 1000
	maxField  = 200_000 // bytes of one value: far more than any letter
)

// Form is what was sent, cleaned. A field sent twice counts once, the first
// time; [Form.All] is for those that may be sent several times. Whether a
// value makes sense is for the workflow to say.
type Form struct {
	values url.Values
	count  int
	files  bool // there were files as well
}

// Form reads the form of the request, with or without files being meant but
// taking none. It is read once; later calls return the same.
func (c *Context) Form() (*Form, error) {
	if c.form != nil {
		return c.form, nil
	}
	kind, _, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	switch {
	case err != nil && c.Request.ContentLength == 0:
		c.form = newForm()
		return c.form, nil
	case kind == "multipart/form-data":
		return c.Upload(UploadRules{}, nil)
	case kind != "application/x-www-form-urlencoded":
		return nil, &statusError{status: http.StatusUnsupportedMediaType, key: "request.broken_form", err: err}
	}
	return c.readForm()
}

func (c *Context) readForm() (*Form, error) {
	b, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, c.readError(err)
	}
	c.form = newForm()
	for pair := range strings.SplitSeq(string(b), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if err := c.form.addEscaped(name, value); err != nil {
			return c.form, err
		}
	}
	return c.form, nil
}

func newForm() *Form { return &Form{values: url.Values{}} }

// addEscaped takes a pair as it stands in the body. What is escaped wrongly is
// taken as it is: losing a letter over a stray percent sign would be worse.
func (f *Form) addEscaped(name, value string) error {
	if name == "" && value == "" {
		return nil
	}
	return f.add(unescape(name), unescape(value))
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return strings.ReplaceAll(s, "+", " ")
}

func (f *Form) add(name, value string) error {
	name = oneLine(name)
	if f.count++; f.count > maxFields {
		return &statusError{status: http.StatusRequestEntityTooLarge, key: "request.too_large"}
	}
	if len(value) > maxField {
		f.values.Add(name, manyLines(value[:maxField]))
		return &workflow.Error{Kind: workflow.Invalid, Key: "request.field_too_long", Field: name}
	}
	f.values.Add(name, manyLines(value))
	return nil
}

// Line returns a field of one line.
func (f *Form) Line(name string) string { return oneLine(f.values.Get(name)) }

// Prose returns a field of many lines.
func (f *Form) Prose(name string) string { return f.values.Get(name) }

// All returns every value of a field that may be sent several times.
func (f *Form) All(name string) []string {
	var out []string
	for _, v := range f.values[name] {
		out = append(out, oneLine(v))
	}
	return out
}

// Only refuses fields other than those named, and fields that came twice: what
// a form from elsewhere does not know about ours should not pass unseen.
func (f *Form) Only(names ...string) error {
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		switch {
		case !slices.Contains(names, name):
			return errUnknownField(name)
		case len(f.values[name]) > 1:
			return errFieldTwice(name)
		}
	}
	return nil
}

// Has reports whether the field was sent, as a checkbox that is on is.
func (f *Form) Has(name string) bool { return f.values.Has(name) }

// Number returns a field that is a whole number. An empty field is 0.
func (f *Form) Number(name string) (int64, error) {
	v := f.Line(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, &workflow.Error{Kind: workflow.Invalid, Key: "request.field_number", Field: name, Err: err}
	}
	return n, nil
}

// Day returns a field of a date input as midnight in loc. An empty field is
// the zero time.
func (f *Form) Day(name string, loc *time.Location) (time.Time, error) {
	v := f.Line(name)
	if v == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, v, loc)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}, &workflow.Error{Kind: workflow.Invalid, Key: "request.field_date", Field: name, Err: err}
	}
	return t, nil
}

// Token returns the random half of the form's token, to be used as the
// external id of what was sent, or "" when the form had none.
func (f *Form) Token() string {
	random, _ := splitToken(f.Line(TokenField))
	return random
}

// hidden returns what was sent as fields to be sent again, but for the token,
// which is made anew, and for passwords, which are typed again.
func (f *Form) hidden() []templates.Hidden {
	var out []templates.Hidden
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if name == TokenField || strings.Contains(strings.ToLower(name), "password") {
			continue
		}
		for _, v := range f.values[name] {
			out = append(out, templates.Hidden{Name: name, Value: v})
		}
	}
	return out
}
