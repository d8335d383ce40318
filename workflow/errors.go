package workflow

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what sort of failure an error is. Every kind has exactly one HTTP
// status, chosen in handlers/web/errors.go and nowhere else.
type Kind int

// The kinds of failure. Internal is the zero value: an error that says nothing
// about itself is treated as ours, never as the user's.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	Limited
	Unavailable
)

// Error is a failure that may be shown to a person. Key names a message in the
// catalogue; Err, when set, is for the log only.
type Error struct {
	Kind  Kind
	Key   string
	Args  []any
	Field string // form field the message belongs to, or ""
	// RetryAfter, on Limited and Unavailable errors, says when trying again may help.
	RetryAfter time.Duration
	Err        error
}

// Fail returns an *Error of the given kind.
func Fail(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Key + ": " + e.Err.Error()
	}
	return e.Key
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf reports the kind of the first *Error in err's chain, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Wrong returns an Invalid error about one field of a form.
func Wrong(field, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Key: key, Args: args}
}

// Absent returns the NotFound error that hidden and unknown things share.
func Absent() *Error { return Fail(NotFound, "not_found") }

// Stale is what somebody is told whose form shows a version that is not the
// last any more.
func Stale() error { return Fail(Conflict, "conflict.changed") }

// OneLine tidies a text of one line that somebody entered and checks its length
// in characters: it is Invalid when it is too long, or empty and required.
func OneLine(field string, value *string, limit int, required bool) error {
	*value = strings.TrimSpace(*value)
	switch {
	case *value == "" && required:
		return Wrong(field, "invalid.required")
	case utf8.RuneCountInString(*value) > limit:
		return Wrong(field, "invalid.too_long", limit)
	}
	return nil
}
