package web

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// Cursor names the last row of a page of a list: the values its order goes by.
// It is opaque to readers, and not secret: whoever changes it sees another
// place of the same list.
func Cursor(values ...string) string {
	b, err := json.Marshal(values)
	if err != nil {
		return "" // strings can be encoded
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// After returns the n values of the cursor in ?after=, or nil on the first
// page.
func (c *Context) After(n int) ([]string, error) {
	raw := c.Query("after")
	if raw == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		return nil, errCursor(err)
	}
	var values []string
	if err := json.Unmarshal(b, &values); err != nil || len(values) != n {
		return nil, errCursor(err)
	}
	for i, v := range values {
		values[i] = oneLine(v)
	}
	return values, nil
}

func errCursor(err error) error {
	return &workflow.Error{Kind: workflow.Invalid, Key: "request.cursor", Field: "after", Err: err}
}

// With returns this page's address with one parameter changed, or taken off
// when value is "": for filters and for the next page. Changing anything but
// the place starts at the first page.
func (c *Context) With(name, value string) string {
	q := c.Request.URL.Query()
	if name != "after" {
		q.Del("after")
	}
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return c.Request.URL.Path
	}
	return c.Request.URL.Path + "?" + q.Encode()
}

// SetVersion marks the answer as this version of a thing.
func (c *Context) SetVersion(version int64) {
	c.SetHeader("ETag", `"v`+strconv.FormatInt(version, 10)+`"`)
}

// IfMatch returns the version the client has seen, from the header If-Match.
// An API call that changes a thing must have it.
func (c *Context) IfMatch() (int64, error) {
	tag := c.Request.Header.Get("If-Match")
	if tag == "" {
		return 0, &statusError{status: 428, key: "request.version_missing"}
	}
	number, ok := strings.CutPrefix(strings.Trim(tag, `"`), "v")
	number, _, _ = strings.Cut(number, "-") // what the version looks like to the client
	version, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return 0, Changed(err)
	}
	return version, nil
}

// Changed is the failure of a call whose client has seen another version.
func Changed(err error) error {
	return &statusError{status: 412, key: "request.version_changed", err: err}
}
