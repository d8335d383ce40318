package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"mailbox/workflow"
)

// UploadRules is what a form with files may bring. Route.MaxBody must leave
// room for it.
type UploadRules struct {
	Files        int   // how many
	PerFile      int64 // bytes
	Total        int64 // bytes of all files
	KeepMetadata bool  // leave place, device and author in pictures and documents
	MailArchives bool  // archives of mail may come as well
}

// File is one file on its way in. Name is safe to show and to store; Type is
// what the content was found to be. Content must be read to its end: what is
// wrong with a file may show only there, as an error instead of io.EOF.
type File struct {
	Field, Name, Type string
	Content           io.Reader
}

// upload is one form with files being read.
type upload struct {
	c       *Context
	rules   UploadRules
	keep    func(context.Context, File) error
	files   int
	left    int64 // of the total
	problem error // the first thing wrong with a file
}

// Upload reads a form with files, part by part, and gives each file to keep.
// Nothing is held in memory but the text fields.
//
// A file that breaks a rule does not end the reading: the form is returned
// with all its text, together with an Invalid error that names the first such
// file, so that the form can be shown again. When keep itself fails, that
// error is returned at once.
func (c *Context) Upload(rules UploadRules, keep func(context.Context, File) error) (*Form, error) {
	c.form = newForm()
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return c.form, &statusError{status: http.StatusUnsupportedMediaType, key: "request.broken_form", err: err}
	}
	u := &upload{c: c, rules: rules, keep: keep, left: rules.Total}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return c.form, u.problem
		}
		if err != nil {
			return c.form, c.readError(err)
		}
		if err := u.take(part); err != nil {
			return c.form, u.worst(err)
		}
	}
}

func (u *upload) take(part *multipart.Part) error {
	if part.FileName() == "" {
		return u.takeField(part)
	}
	err := u.takeFile(part)
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Invalid {
		u.note(e)
		err = nil
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, part); err != nil {
		return u.c.readError(err)
	}
	return nil
}

// worst prefers the name of the file that was too large to the fact that
// everything together is.
func (u *upload) worst(err error) error {
	if e, ok := errors.AsType[*statusError](err); ok && e.status == http.StatusRequestEntityTooLarge && u.problem != nil {
		return u.problem
	}
	return err
}

func (u *upload) note(problem error) {
	if u.problem == nil {
		u.problem = problem
	}
}

func (u *upload) takeField(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return u.c.readError(err)
	}
	if part.FormName() == "" || part.Header.Get("Content-Type") == "application/octet-stream" && len(b) == 0 {
		return nil // a file input that was left empty
	}
	err = u.c.form.add(part.FormName(), string(b))
	if workflow.KindOf(err) == workflow.Invalid {
		u.note(err)
		return nil
	}
	return err
}

func (u *upload) takeFile(part *multipart.Part) error {
	name := FileName(part.FileName())
	u.c.form.files = true
	if u.keep == nil {
		return fileError("upload.none", part.FormName(), name)
	}
	if u.files++; u.files > u.rules.Files {
		return fileError("upload.too_many", part.FormName(), strconv.Itoa(u.rules.Files))
	}
	limited := &limitedFile{
		src: part, explain: u.c.readError, fileLeft: u.rules.PerFile, total: &u.left,
		perFile: fileError("upload.too_large", part.FormName(), name, megabytes(u.rules.PerFile)),
		overall: fileError("upload.total", part.FormName(), name, megabytes(u.rules.Total)),
	}
	content, kind, err := inspect(bufio.NewReaderSize(limited, sniffSize), u.rules.types(), part.FormName(), name)
	if err != nil {
		return err
	}
	if !u.rules.KeepMetadata {
		content = WithoutMetadata(content, kind)
	}
	return u.hand(File{Field: part.FormName(), Name: name, Type: kind, Content: content})
}

// hand gives the file to keep and makes sure that it was read to its end.
func (u *upload) hand(f File) error {
	watched := &watchedReader{src: f.Content}
	f.Content = watched
	err := u.keep(u.c.Context(), f)
	if watched.err != nil && !errors.Is(watched.err, io.EOF) {
		err = watched.err // the file's own fault, however keep put it
	}
	switch {
	case errors.Is(err, errBroken):
		return fileError("upload.broken", f.Field, f.Name)
	case errors.Is(err, errBomb):
		return fileError("upload.archive_bomb", f.Field, f.Name)
	}
	if err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	if watched.err == nil {
		return errors.New("keep upload: the file was not read to its end")
	}
	return nil
}

func fileError(key, field string, args ...string) *workflow.Error {
	e := &workflow.Error{Kind: workflow.Invalid, Key: key, Field: field}
	for _, a := range args {
		e.Args = append(e.Args, a)
	}
	return e
}

// megabytes writes a size as people say it.
func megabytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n>>20, 10) + " MB"
}

// limitedFile fails with the error of the limit that was passed.
type limitedFile struct {
	src              io.Reader
	explain          func(error) error
	total            *int64
	fileLeft         int64
	perFile, overall *workflow.Error
}

func (l *limitedFile) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	l.fileLeft -= int64(n)
	*l.total -= int64(n)
	switch {
	case l.fileLeft < 0:
		return 0, l.perFile
	case *l.total < 0:
		return 0, l.overall
	case err != nil && !errors.Is(err, io.EOF):
		return n, l.explain(err)
	}
	return n, err
}

// watchedReader remembers how reading ended.
type watchedReader struct {
	src io.Reader
	err error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	if err != nil {
		w.err = err
	}
	return n, err
}
