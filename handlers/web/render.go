package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// Render answers with a page, whole or not at all.
func (c *Context) Render(status int, name string, data any) error {
	var b bytes.Buffer
	if err := c.server.Templates.Execute(&b, c.Locale, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return c.write(status, "text/html; charset=utf-8", b.Bytes())
}

// PlainText answers with words alone.
func (c *Context) PlainText(status int, text string) error {
	return c.write(status, "text/plain; charset=utf-8", []byte(text))
}

// NoContent answers that it is done and there is nothing to show.
func (c *Context) NoContent() error {
	c.Writer.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *Context) write(status int, contentType string, b []byte) error {
	c.SetHeader("Content-Type", contentType)
	c.Writer.WriteHeader(status)
	_, err := c.Writer.Write(b)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// Redirect sends the browser on with GET after a form was handled. Only paths
// of this site are followed; anything else leads home.
func (c *Context) Redirect(path string) error {
	c.SetHeader("Location", LocalPath(path))
	c.Writer.WriteHeader(http.StatusSeeOther)
	return nil
}

// Leave sends the browser to an address elsewhere: one that an administrator has
// set, never one that a request named.
func (c *Context) Leave(address string) error {
	c.SetHeader("Location", address)
	c.Writer.WriteHeader(http.StatusSeeOther)
	return nil
}

// Next is where the reader wanted to go before she was asked to sign in.
func (c *Context) Next() string { return LocalPath(c.Query("next")) }

// LocalPath returns path if it is one of this site and "/" otherwise. Browsers
// take a backslash for a slash and drop tabs and line ends, so that much of
// what looks like a path leads elsewhere.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "/"
	}
	for _, r := range path {
		if r <= ' ' || r == '\\' || r == 0x7f {
			return "/"
		}
	}
	return path
}
