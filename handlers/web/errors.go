package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mailbox/templates"
	"mailbox/workflow"
)

// status is the only place where a workflow failure becomes an HTTP status.
var status = map[workflow.Kind]int{
	workflow.Internal:        http.StatusInternalServerError,
	workflow.Invalid:         http.StatusUnprocessableEntity,
	workflow.Unauthenticated: http.StatusUnauthorized,
	workflow.Forbidden:       http.StatusForbidden,
	workflow.NotFound:        http.StatusNotFound,
	workflow.Conflict:        http.StatusConflict,
	workflow.Limited:         http.StatusTooManyRequests,
	workflow.Unavailable:     http.StatusServiceUnavailable,
}

const (
	statusClientGone = 499 // the reader left; nobody sees it
	retryAfter       = 5 * time.Second
)

// statusError is a failure that HTTP knows and the workflow does not.
type statusError struct {
	status int
	key    string
	err    error
}

func (e *statusError) Error() string { return fmt.Sprintf("%s (%d): %v", e.key, e.status, e.err) }
func (e *statusError) Unwrap() error { return e.err }

// failure is what an error comes to at the edge.
type failure struct {
	status int
	key    string
	args   []any
	field  string
	retry  time.Duration
}

// examine turns an error into what may be said of it. An error that does not
// speak for itself is ours: an apology to the reader, the cause to the log.
func examine(err error) failure {
	if e, ok := errors.AsType[*statusError](err); ok {
		return failure{status: e.status, key: e.key}
	}
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind != workflow.Internal {
		f := failure{status: status[e.Kind], key: e.Key, args: e.Args, field: e.Field, retry: e.RetryAfter}
		if f.retry == 0 && (e.Kind == workflow.Limited || e.Kind == workflow.Unavailable) {
			f.retry = retryAfter
		}
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return failure{status: http.StatusServiceUnavailable, key: "request.unavailable", retry: retryAfter}
	}
	return failure{status: http.StatusInternalServerError, key: "request.internal"}
}

// Hide makes a refusal look like nothing being there. Handlers use it where
// even the existence of a thing is not for everyone.
func Hide(err error) error {
	if k := workflow.KindOf(err); k == workflow.Forbidden {
		return &workflow.Error{Kind: workflow.NotFound, Key: "request.not_found", Err: err}
	}
	return err
}

// fail is the only place that logs a failed request and that writes an error
// page.
func (c *Context) fail(err error) {
	if errors.Is(c.Request.Context().Err(), context.Canceled) && !c.late.Load() {
		c.gin.Status(statusClientGone)
		return
	}
	f := examine(err)
	c.logFailure(f, err)
	if c.gin.Writer.Written() {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	if f.retry > 0 {
		c.SetHeader("Retry-After", strconv.Itoa(seconds(f.retry)))
	}
	switch {
	case c.route.API:
		c.sendProblem(f, err)
	case f.status == http.StatusUnauthorized:
		c.askToSignIn()
	default:
		c.sendErrorPage(f)
	}
}

// logFailure writes what somebody has to mend. What readers do wrong is not
// logged: it is counted, by status.
func (c *Context) logFailure(f failure, err error) {
	attrs := []any{"request", c.id, "route", c.routeName(), "err", err}
	switch {
	case f.status == http.StatusServiceUnavailable:
		c.server.Log.WarnContext(c.Context(), "request refused", attrs...)
	case f.status >= http.StatusInternalServerError:
		c.server.Log.ErrorContext(c.Context(), "request failed", attrs...)
	}
}

func (c *Context) sendErrorPage(f failure) {
	page := templates.ErrorPage{Status: f.status, Retry: c.wait(f.retry), Staff: f.key == staffWaits}
	if form, _ := c.Form(); page.Staff && form != nil && !c.route.SignsIn {
		page.Action, page.Fields, page.Files = c.Request.URL.RequestURI(), form.hidden(), form.files
	}
	page.Page = c.Page(page.Case() + ".title")
	if !generic[f.key] {
		page.Message = c.Text(f.key, f.args...)
	}
	if f.status == http.StatusInternalServerError {
		page.Reference = c.id
	}
	if err := c.Render(f.status, "public/error.html", page); err != nil {
		c.server.Log.ErrorContext(c.Context(), "error page failed", "request", c.id, "err", err)
		http.Error(c.Writer, c.Text("request.internal"), f.status)
	}
}

// generic messages say no more than the page of their status does.
var generic = map[string]bool{
	"request.not_found": true, "request.internal": true, "request.unavailable": true, "request.too_large": true,
	staffWaits: true,
}

// staffWaits is the key of the one failure that closes the pages of staff alone.
const staffWaits = "request.staff_waits"

// wait says how long d is.
func (c *Context) wait(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d <= 90*time.Second:
		return c.Text("request.wait_seconds", seconds(d))
	}
	return c.Text("request.wait_minutes", (seconds(d)+59)/60)
}

// seconds rounds up: who comes back too early is refused again.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

// ResendPage is what public/resend.html shows to somebody whose session ended
// while she was writing: everything she sent, ready to be sent again once she
// has signed in, in another tab or here.
type ResendPage struct {
	templates.Page
	Action string
	SignIn string
	Files  bool // there were files, which are not kept
	Fields []templates.Hidden
}

// askToSignIn sends readers of pages to the sign-in page and back. What was
// sent by a form is kept in the answer instead.
func (c *Context) askToSignIn() {
	login := "/login?next=" + url.QueryEscape(c.Request.URL.RequestURI())
	if c.isVisit() {
		c.Writer.Header().Set("Location", login)
		c.Writer.WriteHeader(http.StatusSeeOther)
		return
	}
	form, _ := c.Form() // what could be read of it
	page := ResendPage{Page: c.Page("resend.title"), Action: c.Request.URL.RequestURI(), SignIn: "/login"}
	if form != nil {
		page.Fields, page.Files = form.hidden(), form.files
	}
	if err := c.Render(http.StatusUnauthorized, "public/resend.html", page); err != nil {
		c.sendErrorPage(failure{status: http.StatusUnauthorized, key: "request.unauthenticated"})
	}
}

// isVisit reports whether the reader goes to a page, rather than a script
// fetching something for one.
func (c *Context) isVisit() bool {
	mode := c.Request.Header.Get("Sec-Fetch-Mode")
	safe := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	return safe && !c.route.Stream && (mode == "" || mode == "navigate")
}

// readError explains why a body could not be read.
func (c *Context) readError(err error) error {
	if c.late.Load() {
		return &statusError{status: http.StatusRequestTimeout, key: "request.slow", err: err}
	}
	if ctxErr := c.Request.Context().Err(); ctxErr != nil {
		return fmt.Errorf("read body: %w", ctxErr)
	}
	if _, ok := errors.AsType[*statusError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*workflow.Error](err); ok {
		return err
	}
	return &statusError{status: http.StatusBadRequest, key: "request.broken_form", err: err}
}
