package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"mailbox/workflow"
)

// KeepFile names a file that has been stored already as the value of a hidden
// field, so that a form shown again with its mistakes keeps it. The name is
// good for this one form: nobody hands in a file they only know the hash of.
func (c *Context) KeepFile(f workflow.NewFile) string {
	b, _ := json.Marshal(f) // strings and a number always marshal
	text := base64.RawURLEncoding.EncodeToString(b)
	random, _ := splitToken(c.FormToken())
	return text + "." + c.server.mac("file", random, text)
}

// FileKeeper keeps a stored file for another while; workflow.Blobs do.
type FileKeeper interface {
	Keep(ctx context.Context, sha256 string) error
}

// KeptFiles returns the files that the values of the field "kept" name. What
// was not named for this form is passed over. A file that is gone, because the
// form lay for days, is left out and named by an Invalid error beside field.
func (c *Context) KeptFiles(field string, keeper FileKeeper) ([]workflow.NewFile, error) {
	var out []workflow.NewFile
	var problem error
	for _, f := range c.namedFiles() {
		err := keeper.Keep(c.Context(), f.SHA256)
		switch {
		case workflow.KindOf(err) == workflow.NotFound:
			problem = errors.Join(problem, fileError("upload.gone", field, f.Name))
		case err != nil:
			return out, err
		default:
			out = append(out, f)
		}
	}
	return out, problem
}

func (c *Context) namedFiles() []workflow.NewFile {
	if c.form == nil || c.form.Token() == "" {
		return nil
	}
	var out []workflow.NewFile
	for _, v := range c.form.All("kept") {
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
