package web

import (
	"errors"

	"mailbox/templates"
	"mailbox/workflow"
)

// StatusOf is the HTTP status of a failure, for pages that show it beside what
// was typed instead of returning it.
func StatusOf(err error) int { return examine(err).status }

// Problem is what is wrong in the reader's words, when err is something the
// reader can do about: a field to mend, or a case that changed meanwhile. Other
// errors are for the caller to return.
func (c *Context) Problem(err error) (templates.Problem, bool) {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Kind != workflow.Invalid && e.Kind != workflow.Conflict && e.Kind != workflow.Forbidden {
		return templates.Problem{}, false
	}
	return templates.Problem{Field: e.Field, Text: c.Text(e.Key, e.Args...)}, true
}

// TextIn returns words in a language that is not the reader's: a letter's.
func (c *Context) TextIn(locale, key string, args ...any) string {
	return c.server.Templates.Text(locale, key, args...)
}
