package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// maxJSON is the largest JSON text that is read, in bytes, also on routes that
// take large files.
const maxJSON = 1 << 20

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

// ReadJSON decodes a request into v, a struct whose fields have names of small
// letters, digits and underscores. It takes application/json in UTF-8 and one
// value. Names that v does not have, in just that spelling, names that come
// twice, and null are mistakes: a client that means something else should hear
// of it, and no two readers of a request may see different things in it.
func (c *Context) ReadJSON(v any) error {
	if kind := c.MediaType(); kind != "application/json" {
		return errMediaType()
	}
	c.body.left = min(c.body.left, maxJSON)
	b, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return c.readError(err)
	}
	if !utf8.Valid(b) || !json.Valid(b) {
		return &statusError{status: http.StatusBadRequest, key: "request.broken_json"}
	}
	names := json.NewDecoder(bytes.NewReader(b))
	names.UseNumber() // 1e999 is a number, though none of ours
	if err := checkValue(names, ""); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return explainJSON(dec.Decode(v))
}

// MediaType is what kind of body the request says it brings, without
// parameters; "" when it says nothing or what is not understood: an encoding,
// or characters that are not UTF-8.
func (c *Context) MediaType() string {
	kind, params, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || c.Request.Header.Get("Content-Encoding") != "" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return ""
	}
	return kind
}

func errMediaType() error {
	return &statusError{status: http.StatusUnsupportedMediaType, key: "request.media_type"}
}

// checkValue reads one value, known to be valid, and looks at the names in it;
// name is its own.
func checkValue(dec *json.Decoder, name string) error {
	token, err := dec.Token()
	if err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	switch token {
	case nil:
		return workflow.Wrong(name, "request.field_type") // decoding would take it for nothing
	case json.Delim('{'):
		return checkObject(dec)
	case json.Delim('['):
		for dec.More() {
			if err := checkValue(dec, name); err != nil {
				return err
			}
		}
		_, err = dec.Token() // the closing bracket
	}
	return err
}

func checkObject(dec *json.Decoder) error {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return fmt.Errorf("read JSON: %w", err)
		}
		name, _ := token.(string)
		switch {
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
			return errUnknownField(name) // decoding would take it for its small letters
		case seen[name]:
			return errFieldTwice(name)
		}
		seen[name] = true
		if err := checkValue(dec, name); err != nil {
			return err
		}
	}
	_, err := dec.Token() // the closing brace
	return err
}

// explainJSON says which field could not be decoded.
func explainJSON(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &workflow.Error{Kind: workflow.Invalid, Key: "request.field_type", Field: e.Field, Err: err}
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if name, e := strconv.Unquote(quoted); e == nil {
			return errUnknownField(name)
		}
	}
	return &statusError{status: http.StatusBadRequest, key: "request.broken_json", err: err}
}

func errUnknownField(name string) error {
	return workflow.Wrong(shortName(name), "request.field_unknown")
}

func errFieldTwice(name string) error {
	return workflow.Wrong(shortName(name), "request.field_twice")
}

// shortName is a name as a stranger sent it, fit to be said back.
func shortName(name string) string {
	name = oneLine(name)
	if len(name) <= 64 {
		return name
	}
	return strings.ToValidUTF8(name[:64], "") + "…"
}
