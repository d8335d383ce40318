package api

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"mailbox/handlers/web"
)

//go:embed openapi.yaml
var openapi []byte

// Description is the OpenAPI document.
func Description() []byte { return openapi }

// describe answers with the description of the API.
func describe(c *web.Context) error { return public(c, "application/yaml", openapi) }

// publish answers with what everybody may know.
func publish(c *web.Context, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return public(c, "application/json", b)
}

// public lets the answer be kept by whoever asks each time whether it is still
// true.
func public(c *web.Context, kind string, b []byte) error {
	c.SetHeader("Cache-Control", "no-cache")
	return tagged(c, kind, b)
}

// confide answers with what is for the holder of a query code: nobody keeps it.
func confide(c *web.Context, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return tagged(c, "application/json", b)
}

func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return append(b, '\n'), nil
}

// confideVersion is confide for a thing that can be changed: its tag also says
// which version it is, for If-Match.
func confideVersion(c *web.Context, version int64, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return answer(c, "application/json", "v"+strconv.FormatInt(version, 10)+"-", b)
}

func tagged(c *web.Context, kind string, b []byte) error { return answer(c, kind, "", b) }

// answer answers with b, or only says that it is what the client has already.
func answer(c *web.Context, kind, prefix string, b []byte) error {
	sum := sha256.Sum256(b)
	tag := `"` + prefix + hex.EncodeToString(sum[:16]) + `"`
	c.SetHeader("ETag", tag)
	if has(c.Header("If-None-Match"), tag) {
		c.Writer.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.SetHeader("Content-Type", kind)
	c.Writer.WriteHeader(http.StatusOK)
	if _, err := c.Writer.Write(b); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// has reports whether a list of tags names tag. Proxies that compress make
// strong tags weak; for reading both are the same.
func has(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
