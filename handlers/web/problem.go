package web

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// problem is a failure by RFC 9457. Code is the stable name that programs
// branch on, Detail is for people.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"`
	Field  string `json:"field,omitempty"`
	ID     string `json:"request,omitempty"`
}

func (c *Context) sendProblem(f failure) {
	p := problem{
		Type: "about:blank", Title: http.StatusText(f.status), Status: f.status,
		Detail: c.Text(f.key, f.args...), Code: f.key, Field: f.field, ID: c.id,
	}
	if f.status == http.StatusUnauthorized {
		c.SetHeader("WWW-Authenticate", "Bearer")
	}
	if err := c.writeJSON(f.status, "application/problem+json", p); err != nil {
		c.server.Log.ErrorContext(c.Context(), "problem not written", "request", c.id, "err", err)
	}
}

// JSON answers with v.
func (c *Context) JSON(status int, v any) error {
	return c.writeJSON(status, "application/json", v)
}

func (c *Context) writeJSON(status int, contentType string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return c.write(status, contentType, append(b, '\n'))
}

// ReadJSON decodes a request into v. Unknown fields and a second value are
// mistakes: a client that means something else should hear of it.
func (c *Context) ReadJSON(v any) error {
	dec := json.NewDecoder(c.Request.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return c.readError(err)
	}
	if dec.More() {
		return &statusError{status: http.StatusBadRequest, key: "request.broken_form"}
	}
	return nil
}
