package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

func TestJSON(t *testing.T) {
	site := start(t, nil, web.Route{
		Method: http.MethodPost, Path: "/api/x", Who: web.Anyone, API: true, MaxBody: 100,
		Handler: func(c *web.Context) error {
			var in struct {
				Subject string `json:"subject"`
			}
			if err := c.ReadJSON(&in); err != nil {
				return err
			}
			return c.JSON(http.StatusCreated, in)
		},
	})
	c := site.Client(t)
	for body, status := range map[string]int{
		`{"subject":"热水"}`: 201, `{"subject":"a","role":"admin"}`: 422, `{"subject":"a"}{"subject":"b"}`: 400,
		`{"subject":`: 400, `[]`: 422, ``: 400, `{"subject":"` + strings.Repeat("x", 200) + `"}`: 413,
		`{"subject":"a"}]`: 400, "{\"subject\":\"\xff\"}": 400, `{"subject":"a","subject":"a"}`: 422, `{"Subject":"a"}`: 422,
		"{\"\u017fubject\":\"a\"}": 422, `{"subject":{"a":[1,{"b":2,"b":3}]}}`: 422, `{"subject":7}`: 422, "\n{\"subject\":\"a\"}\n": 201, `{"subject":null}`: 422, `null`: 422,
		"\ufeff{}": 400, strings.Repeat("[", 50): 400,
	} {
		r := c.Request(http.MethodPost, "/api/x", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=UTF-8")
		if a := c.Do(r); a.Status != status {
			t.Errorf("%.30s: %d %s", body, a.Status, a.Body)
		}
	}
}

func TestJSONSaysWhichField(t *testing.T) {
	site := start(t, nil, web.Route{
		Method: http.MethodPost, Path: "/api/x", Who: web.Anyone, API: true,
		Handler: func(c *web.Context) error {
			var in struct {
				N int `json:"n"`
			}
			return c.ReadJSON(&in)
		},
	})
	c := site.Client(t)
	for body, want := range map[string]string{
		`{"role":"admin"}`: `"code":"request.field_unknown","field":"role"`,
		`{"n":1,"n":2}`:    `"code":"request.field_twice","field":"n"`,
		`{"n":1e999}`:      `"code":"request.field_type","field":"n"`,
		`{"n":"1"}`:        `"code":"request.field_type","field":"n"`,
		`{"` + strings.Repeat("名", 40) + `":1}`: `"field":"` + strings.Repeat("名", 21) + `…"`,
	} {
		r := c.Request(http.MethodPost, "/api/x", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		c.Do(r).Wants(422, want)
	}
}

func TestJSONIsNamedJSON(t *testing.T) {
	site := start(t, nil, web.Route{
		Method: http.MethodPost, Path: "/api/x", Who: web.Anyone, API: true, MaxBody: 4 << 20,
		Handler: func(c *web.Context) error { return c.ReadJSON(&struct{}{}) },
	})
	c := site.Client(t)
	for _, h := range []http.Header{
		{},
		{"Content-Type": {"text/plain"}},
		{"Content-Type": {"application/json; charset=gbk"}},
		{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}},
		{"Content-Type": {"application/json;;"}},
	} {
		r := c.Request(http.MethodPost, "/api/x", strings.NewReader("{}"))
		r.Header = h
		c.Do(r).Wants(415, "request.media_type")
	}
	r := c.Request(http.MethodPost, "/api/x", strings.NewReader(strings.Repeat(" ", 3<<20)))
	r.Header.Set("Content-Type", "application/json")
	c.Do(r).Wants(413)
}

func TestSeveralMistakesAreOneProblem(t *testing.T) {
	both := errors.Join(workflow.Wrong("subject", "invalid.required"), workflow.Wrong("body", "invalid.too_long", 9))
	site := start(t, nil, web.Route{
		Method: http.MethodGet, Path: "/api/two", Who: web.Anyone, API: true, Handler: failing(both),
	}, web.Route{
		Method: http.MethodGet, Path: "/api/one", Who: web.Anyone, API: true, Handler: failing(errors.Join(workflow.Wrong("body", "invalid.required"))),
	})
	c := site.Client(t)
	c.Get("/api/two").Wants(422, `"field":"subject"`, `"errors":[{"field":"subject","code":"invalid.required"`, `{"field":"body","code":"invalid.too_long"`, "9")
	if a := c.Get("/api/one").Wants(422, `"field":"body"`); strings.Contains(a.Body, "errors") {
		t.Error(a.Body)
	}
}
