package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/gabriel-vasile/mimetype"
)

// filePolicy lets a file do nothing at all, wherever it is opened.
const filePolicy = "default-src 'none'; sandbox"

// Download answers with a stored file, to be saved and never to be shown:
// whatever it is, it does not run in the mailbox's name. A size below 0 is
// unknown.
func (c *Context) Download(name, kind string, size int64, content io.Reader) error {
	if !knownKind(kind) {
		kind = "application/octet-stream"
	}
	return c.sendFile("attachment", name, kind, size, content)
}

// Picture answers with a stored picture to be shown in a page. The bytes are
// looked at again: what is not a JPEG, PNG, WebP or GIF is a download.
func (c *Context) Picture(name string, size int64, content io.Reader) error {
	buffered := bufio.NewReaderSize(content, sniffSize)
	head, err := buffered.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read picture: %w", err)
	}
	kind := mimetype.Detect(head)
	if !slices.ContainsFunc([]string{"image/jpeg", "image/png", "image/webp", "image/gif"}, kind.Is) {
		return c.Download(name, "application/octet-stream", size, buffered)
	}
	return c.sendFile("inline", name, kind.String(), size, buffered)
}

// Export answers with a file that was made for this request.
func (c *Context) Export(name, kind string, content []byte) error {
	c.fileHeaders("attachment", name, kind)
	return c.write(http.StatusOK, kind, content)
}

func (c *Context) fileHeaders(how, name, kind string) {
	c.SetHeader("Content-Type", kind)
	c.SetHeader("Content-Disposition", disposition(how, name))
	c.SetHeader("Content-Security-Policy", filePolicy)
}

func (c *Context) sendFile(how, name, kind string, size int64, content io.Reader) error {
	c.fileHeaders(how, name, kind)
	if size >= 0 {
		c.SetHeader("Content-Length", strconv.FormatInt(size, 10))
	}
	c.Writer.WriteHeader(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(c.Writer, content); err != nil {
		return fmt.Errorf("send file: %w", err)
	}
	return nil
}

func knownKind(kind string) bool {
	for _, ft := range filetypes {
		if ft.kind == kind {
			return true
		}
	}
	return false
}

// sealedPage lets a page of somebody else's making be looked at and nothing
// more: no script, no form, nothing fetched, and an origin of its own.
const sealedPage = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"

// Foreign answers with a page that came from outside and was cleaned before: a
// mail as its writer set it.
func (c *Context) Foreign(page string) error {
	c.SetHeader("Content-Security-Policy", sealedPage)
	return c.write(http.StatusOK, "text/html; charset=utf-8", []byte(page))
}
