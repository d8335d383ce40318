package public

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// letterForm is what a writer typed, as it was typed: it is shown again until
// the letter is stored.
type letterForm struct {
	Identity, Kind, Category, Status, Subject, Body string
	Name, Number, Phone, Email, About, Publish      string
	Asked, Purpose, Delivery                        string             // of an application for disclosure
	Kept                                            []workflow.NewFile // came with this form, now or before
	token                                           string
	warned                                          bool // help has been shown
	trap                                            bool // a field nobody sees was filled
}

// uploadRules are what one form may bring; together with the files it kept it
// is counted again.
var uploadRules = web.UploadRules{Files: workflow.MaxFiles, PerFile: workflow.MaxFileSize, Total: workflow.MaxAllFiles}

// readForm reads a form with or without files. New files go into the store as
// they arrive and are returned with those the form kept, also when something
// is wrong with one of them.
func (p *Pages) readForm(c *web.Context) (*web.Form, []workflow.NewFile, error) {
	if !strings.HasPrefix(c.Header("Content-Type"), "multipart/") {
		form, err := c.Form()
		if form == nil {
			return nil, nil, err
		}
		files, gone := c.KeptFiles("files", p.Blobs)
		return form, files, errors.Join(err, gone)
	}
	var fresh []workflow.NewFile
	form, err := c.Upload(uploadRules, func(ctx context.Context, f web.File) error {
		sum, size, err := p.Blobs.Put(ctx, f.Content, workflow.MaxFileSize)
		if err == nil {
			fresh = append(fresh, workflow.NewFile{SHA256: sum, Name: f.Name, MediaType: f.Type, Size: size})
		}
		return err
	})
	files, gone := c.KeptFiles("files", p.Blobs)
	for _, f := range fresh {
		files = addFile(files, f)
	}
	return form, files, errors.Join(err, gone, tooMuch(files))
}

// addFile adds a file unless it is there already: a form sent twice brings the
// same files again.
func addFile(files []workflow.NewFile, f workflow.NewFile) []workflow.NewFile {
	for _, known := range files {
		if known == f {
			return files
		}
	}
	return append(files, f)
}

// tooMuch holds new and kept files together to the limits of one letter.
func tooMuch(files []workflow.NewFile) error {
	var sum int64
	for _, f := range files {
		sum += f.Size
	}
	switch {
	case len(files) > workflow.MaxFiles:
		return workflow.Wrong("files", "invalid.too_many_files", workflow.MaxFiles)
	case sum > workflow.MaxAllFiles:
		return workflow.Wrong("files", "write.files_too_large", workflow.MaxAllFiles>>20)
	}
	return nil
}

func readLetter(form *web.Form, files []workflow.NewFile) letterForm {
	f := letterForm{
		Identity: form.Line("identity"), Kind: form.Line("kind"), Category: form.Line("category"), Status: form.Line("status"),
		Subject: form.Line("subject"), Body: form.Prose("body"), About: form.Line("about"), Publish: form.Line("publish"),
		Name: form.Line("name"), Number: form.Line("school_number"), Phone: form.Line("phone"), Email: form.Line("email"),
		Asked: form.Line("asked"), Purpose: form.Line("purpose"), Delivery: form.Line("delivery"),
		Kept: files, token: form.Token(), warned: form.Line("help_seen") == "yes", trap: form.Line("website") != "",
	}
	if f.Identity == string(workflow.Anonymous) {
		f.Name, f.Phone, f.Email = "", "", ""
	}
	if f.Identity != string(workflow.Signed) {
		f.Number = ""
	}
	return f
}

// letter is what was typed as a letter. Who is signed in in this browser has
// nothing to do with it.
func (f letterForm) letter(c *web.Context, o offered) (workflow.Letter, error) {
	category, ok := o.category(f.Category)
	l := workflow.Letter{
		Channel: workflow.Web, External: f.external(), Mode: workflow.Mode(f.Identity), Kind: workflow.CaseKind(f.Kind),
		Category: category.ID, WriterStatus: workflow.WriterStatus(f.Status), Subject: f.Subject, Body: f.Body,
		Identity:    workflow.Identity{Name: f.Name, Phone: f.Phone, Email: f.Email, Number: f.Number},
		Application: workflow.Application{Asked: f.Asked, Purpose: f.Purpose, Delivery: f.Delivery},
		About:       o.about(f.About), Publish: f.Publish == "yes", Urgent: o.crisisWords().In(f.Subject, f.Body),
		Locale: c.Locale, Files: f.Kept,
	}
	err := intake.Check(l)
	if !ok {
		err = errors.Join(err, workflow.Wrong("category", "write.choose_category"))
	}
	return l, err
}

// external names the letter: the form it was sent by and what was in it. The
// same form sent twice is one letter; a form gone back to and changed is
// another, and must not vanish behind the receipt of the first.
func (f letterForm) external() string {
	if f.token == "" {
		return ""
	}
	return f.token + "." + f.content()
}

// content is a digest of everything a writer chose, typed and added.
func (f letterForm) content() string {
	h := sha256.New()
	for _, s := range []string{
		f.Identity, f.Kind, f.Category, f.Status, f.Subject, f.Body, f.Name, f.Phone, f.Email, f.About, f.Publish,
		f.Asked, f.Purpose, f.Delivery,
	} {
		sum := sha256.Sum256([]byte(s))
		h.Write(sum[:])
	}
	if f.Number != "" {
		h.Write([]byte(f.Number))
	}
	for _, file := range f.Kept {
		h.Write([]byte(file.SHA256))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// about is the department a letter complains about, or 0: a name nobody knows
// hides the letter from nobody.
func (o offered) about(code string) int64 {
	for _, d := range o.departments {
		if d.Code == code && code != "" {
			return d.ID
		}
	}
	return 0
}
