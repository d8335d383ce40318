package web

import (
	"errors"
	"slices"

	"mailbox/templates"
	"mailbox/workflow"
)

// Problems turns what is Invalid about a form into words beside its fields, so
// that the handler can show the form again with status 422. Several mistakes
// may come joined. An error that is anything else is returned as rest, to be
// returned by the handler.
//
//	problems, err := c.Problems(err)
//	if err != nil {
//		return err
//	}
func (c *Context) Problems(err error) (problems []templates.Problem, rest error) {
	if err == nil {
		return nil, nil
	}
	if several := joined(err); several != nil {
		for _, e := range several {
			p, r := c.Problems(e)
			problems, rest = append(problems, p...), errors.Join(rest, r)
		}
		return problems, rest
	}
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Kind != workflow.Invalid {
		return nil, err
	}
	return []templates.Problem{{Field: e.Field, Text: c.Text(e.Key, e.Args...)}}, nil
}

// joined returns the errors that were joined somewhere in the chain, or nil.
func joined(err error) []error {
	for ; err != nil; err = errors.Unwrap(err) {
		if j, ok := err.(interface{ Unwrap() []error }); ok {
			return j.Unwrap()
		}
	}
	return nil
}

// InOrder puts problems in the order of the fields on the page, so that the
// summary reads as the form does. What is of no field comes first, and fields
// that are not named come last.
func InOrder(problems []templates.Problem, fields ...string) []templates.Problem {
	place := func(p templates.Problem) int {
		if i := slices.Index(fields, p.Field); i >= 0 || p.Field == "" {
			return i
		}
		return len(fields)
	}
	out := slices.Clone(problems)
	slices.SortStableFunc(out, func(a, b templates.Problem) int { return place(a) - place(b) })
	return out
}
