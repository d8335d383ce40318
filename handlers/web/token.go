package web

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"mailbox/workflow"
)

// TokenField is the hidden field of every form that changes something. It has
// two uses.
//
// Its first half is random and stays the same while a form is shown again with
// its mistakes: handlers use it as the external id of what is sent, so that a
// double click or a second try makes one letter.
//
// Its second half binds it to the session. It is asked for only when a request
// says nothing of where it comes from (neither Sec-Fetch-Site nor Origin, or
// Origin: null, as old web views and plain http do) and somebody is signed in
// or about to be. Without a session there is nothing that another site could
// misuse, and no cookie is set for a writer.
const TokenField = "form_token"

const (
	tokenBytes  = 16
	tokenHeader = "X-Form-Token" // the name of a header, for scripts that send no form
	loginCookie = "mailbox-login"
)

// FormToken returns the value of the hidden field TokenField: with the random
// half of the form just read, or a new one. It is the Token of every Page.
func (c *Context) FormToken() string {
	random := ""
	if c.form != nil {
		random = c.form.Token()
	}
	if random == "" && c.fresh == "" {
		c.fresh = randomHex(tokenBytes)
	}
	if random == "" {
		random = c.fresh
	}
	return random + "-" + c.server.mac("form", random, c.binding())
}

// binding is what only the browser that got the form sends back.
func (c *Context) binding() string {
	if c.token != "" || !c.route.SignsIn {
		return c.token
	}
	name := c.server.hostCookie(loginCookie)
	if v := cmp.Or(c.login, c.cookie(name)); v != "" {
		return v
	}
	v := randomHex(tokenBytes)
	c.setCookie(name, v, 0)
	c.login = v
	return v
}

// splitToken returns the random half of a token that has the right shape.
func splitToken(token string) (random, mac string) {
	random, mac, ok := strings.Cut(token, "-")
	if !ok || len(random) != 2*tokenBytes || len(mac) != 2*16 || strings.Trim(random+mac, "0123456789abcdef") != "" {
		return "", ""
	}
	return random, mac
}

// refuseCrossSite refuses what another site made the browser send.
func (c *Context) refuseCrossSite() error {
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	h := c.Request.Header
	origin := h.Get("Origin")
	if h.Get("Sec-Fetch-Site") == "" && (origin == "" || origin == "null") {
		return c.proveForm()
	}
	if err := c.server.sameSite.Check(c.Request); err != nil {
		return &workflow.Error{Kind: workflow.Forbidden, Key: "request.cross_site", Err: err}
	}
	return nil
}

// proveForm wants a token of this session from a request of unknown origin.
func (c *Context) proveForm() error {
	cookie := c.cookie(c.server.hostCookie(sessionCookie)) != ""
	if c.route.API || !cookie && !c.route.SignsIn {
		return nil
	}
	token, err := c.sentToken()
	if err != nil {
		return err
	}
	random, mac := splitToken(token)
	if random == "" || !sameMAC(mac, c.server.mac("form", random, c.boundTo())) {
		return workflow.Fail(workflow.Forbidden, "request.cross_site")
	}
	return nil
}

func (c *Context) boundTo() string {
	if c.token != "" || !c.route.SignsIn {
		return c.token
	}
	if v := c.cookie(c.server.hostCookie(loginCookie)); v != "" {
		return v
	}
	return randomHex(tokenBytes) // equals nothing
}

// maxTokenPeek is how far into a body the token of a form with files may
// stand: it has to be the form's first field.
const maxTokenPeek = 4 << 10

func (c *Context) sentToken() (string, error) {
	if t := c.Request.Header.Get(tokenHeader); t != "" {
		return t, nil
	}
	kind, params, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil {
		return "", nil //nolint:nilerr // a body of no type holds no token, and that is refused
	}
	if kind == "multipart/form-data" {
		return c.peekToken(params["boundary"])
	}
	form, err := c.Form()
	if err != nil {
		return "", err
	}
	return form.Line(TokenField), nil
}

// peekToken reads the first part of a multipart body and puts it back.
func (c *Context) peekToken(boundary string) (string, error) {
	buffered := bufio.NewReaderSize(c.Request.Body, maxTokenPeek)
	head, err := buffered.Peek(maxTokenPeek)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", c.readError(err)
	}
	c.Request.Body = struct {
		io.Reader
		io.Closer
	}{buffered, c.Request.Body}
	part, err := multipart.NewReader(bytes.NewReader(head), boundary).NextPart()
	if err != nil || part.FormName() != TokenField {
		return "", nil //nolint:nilerr // what cannot be read holds no token, and that is refused
	}
	value, err := io.ReadAll(io.LimitReader(part, 4*tokenBytes+2))
	if err != nil {
		return "", nil //nolint:nilerr // as above
	}
	return url.QueryEscape(string(value)), nil
}
