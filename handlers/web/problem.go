package web

import "net/http"

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
	// Errors lists every mistake when there are several; the first is the
	// problem's own.
	Errors []mistake `json:"errors,omitempty"`
}

// mistake is one of several things wrong with what was sent.
type mistake struct {
	Field  string `json:"field,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (c *Context) sendProblem(f failure, err error) {
	p := problem{
		Type: "about:blank", Title: http.StatusText(f.status), Status: f.status,
		Detail: c.Text(f.key, f.args...), Code: f.key, Field: f.field, ID: c.id, Errors: c.mistakes(err),
	}
	if f.status == http.StatusUnauthorized {
		c.SetHeader("WWW-Authenticate", "Bearer")
	}
	if err := c.writeJSON(f.status, "application/problem+json", p); err != nil {
		c.server.Log.ErrorContext(c.Context(), "problem not written", "request", c.id, "err", err)
	}
}

// mistakes lists what is wrong when several things are; they come joined.
func (c *Context) mistakes(err error) []mistake {
	var out []mistake
	for _, e := range joined(err) {
		f := examine(e)
		if f.status != http.StatusUnprocessableEntity {
			return nil // what is not the client's to mend comes first
		}
		out = append(out, mistake{Field: f.field, Code: f.key, Detail: c.Text(f.key, f.args...)})
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
