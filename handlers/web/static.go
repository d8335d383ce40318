package web

import (
	"net/http"
	"strconv"
	"strings"

	"mailbox/templates"
	"mailbox/workflow"
)

// serveStatic gives the files of the pages: styles, scripts, drawings. They
// are the only answers that may be kept, and only under the address of their
// own content.
func serveStatic(c *Context) error {
	path := c.Request.URL.Path
	content, kind, immutable, ok := templates.Static(path)
	if !ok {
		return workflow.Fail(workflow.NotFound, "request.not_found")
	}
	c.SetHeader("Cache-Control", "no-cache")
	if immutable {
		c.SetHeader("Cache-Control", "public, max-age=31536000, immutable")
	}
	c.SetHeader("Vary", "Accept-Encoding")
	if packed, ok := templates.StaticGzip(path); ok && acceptsGzip(c.Request) && len(packed) < len(content) {
		c.SetHeader("Content-Encoding", "gzip")
		content = packed
	}
	c.SetHeader("Content-Length", strconv.Itoa(len(content)))
	return c.write(http.StatusOK, kind, content)
}

// acceptsGzip takes gzip for accepted unless it is refused outright.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.TrimSpace(q) != "q=0"
		}
	}
	return false
}
