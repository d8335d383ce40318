package web

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"mailbox/workflow"
)

// KeepFile names a file that has been stored already as the value of a hidden
// field, so that a form shown again with its mistakes keeps it. The name is
// good for this one form: nobody hands in a file they only know the hash of.
func (c *Context) KeepFile(f workflow.NewFile) string {
	b, err := json.Marshal(f)
	if err != nil || c.form == nil {
		return "" // strings and a number can be encoded; without a form there is nothing to keep
	}
	text := base64.RawURLEncoding.EncodeToString(b)
	return text + "." + c.server.mac("file", c.form.Token(), text)
}

// KeptFiles returns the files that the values of a field name. What was not
// named for this form is passed over.
func (c *Context) KeptFiles(field string) []workflow.NewFile {
	var out []workflow.NewFile
	if c.form == nil || c.form.Token() == "" {
		return nil
	}
	for _, v := range c.form.All(field) {
		text, mac, _ := strings.Cut(v, ".")
		if !sameMAC(mac, c.server.mac("file", c.form.Token(), text)) {
			continue
		}
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			continue
		}
		var f workflow.NewFile
		if json.Unmarshal(b, &f) == nil {
			out = append(out, f)
		}
	}
	return out
}
