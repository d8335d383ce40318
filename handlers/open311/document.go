package open311

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// text is a value that may be missing: null in JSON, an empty element in XML.
type text string

// MarshalJSON implements json.Marshaler.
func (t text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// listed is a list as the two formats write it: bare in JSON, inside an element
// in XML.
type listed[T any] struct {
	outer, inner string
	items        []T
}

// MarshalJSON implements json.Marshaler.
func (l listed[T]) MarshalJSON() ([]byte, error) {
	if l.items == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(l.items)
}

// MarshalXML implements xml.Marshaler.
func (l listed[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if l.outer != "" {
		start.Name.Local = l.outer
	}
	if err := e.EncodeToken(start); err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	for _, item := range l.items {
		if err := e.EncodeElement(item, xml.StartElement{Name: xml.Name{Local: l.inner}}); err != nil {
			return fmt.Errorf("write XML: %w", err)
		}
	}
	if err := e.EncodeToken(start.End()); err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	return nil
}

// fault is one thing that went wrong.
type fault struct {
	Code        int    `json:"code" xml:"code"`
	Description string `json:"description" xml:"description"`
}

// refuse answers with an error as Open311 writes it. What is ours to mend goes
// the way of all errors, and is logged.
func refuse(c *web.Context, format string, err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Kind == workflow.Internal || e.Kind == workflow.Unavailable {
		return err
	}
	status := web.StatusOf(err)
	switch e.Kind {
	case workflow.Invalid:
		status = http.StatusBadRequest
	case workflow.Limited:
		c.SetHeader("Retry-After", strconv.Itoa(max(1, int(e.RetryAfter.Seconds()))))
	default:
	}
	return send(c, format, status, listed[fault]{"errors", "error", []fault{{status, c.Text(e.Key, e.Args...)}}})
}

func send(c *web.Context, format string, status int, doc any) error {
	if format == "json" {
		b, err := json.Marshal(doc)
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		return write(c, status, "application/json; charset=utf-8", append(b, '\n'))
	}
	b, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	return write(c, status, "text/xml; charset=utf-8", append([]byte(xml.Header), append(b, '\n')...))
}

// write lets the answer be kept by whoever asks each time whether it is still
// true: what is withdrawn is gone at the next look.
func write(c *web.Context, status int, kind string, b []byte) error {
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	if status == http.StatusOK {
		c.SetHeader("Cache-Control", "no-cache")
		c.SetHeader("ETag", tag)
		if strings.TrimPrefix(c.Header("If-None-Match"), "W/") == tag {
			c.Writer.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	c.SetHeader("Content-Type", kind)
	c.Writer.WriteHeader(status)
	if _, err := c.Writer.Write(b); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
