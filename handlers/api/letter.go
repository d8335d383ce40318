package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// letterFields is a letter as programs send it.
type letterFields struct {
	Identity string `json:"identity"`
	Kind     string `json:"kind"`
	Category string `json:"category"` // code
	Status   string `json:"status"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
	Name     string `json:"name"`
	Staff    string `json:"school_number"` // student or staff number
	Phone    string `json:"phone"`
	Email    string `json:"email"`
	About    string `json:"about"` // code of a department
	Publish  bool   `json:"publish"`
	Asked    string `json:"asked"` // of an application for disclosure
	Purpose  string `json:"purpose"`
	Delivery string `json:"delivery"`
}

// receipt is what the writer takes home. The code is shown here and nowhere
// again.
type receipt struct {
	Number   string    `json:"number"`
	Code     string    `json:"code"`
	Received time.Time `json:"received"`
	Read     time.Time `json:"read_by,omitzero"`
	Answer   time.Time `json:"answer_by,omitzero"`
	Proof    string    `json:"proof"`
	Mark     string    `json:"mark"`
	Urgent   bool      `json:"urgent"`
	Track    string    `json:"track"`
}

// send takes a letter in.
func (a *API) send(c *web.Context) error {
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	fields, files, err := a.readLetter(c)
	if err != nil {
		return err
	}
	letter, err := fields.letter(o)
	if err != nil {
		return err
	}
	letter.External, letter.Locale, letter.Files = key, c.Locale, files
	// Who cannot be counted is let in: a letter is worth more than a limit.
	if err := c.AllowClient(limitLetters); workflow.KindOf(err) == workflow.Limited {
		return err
	}
	r, err := a.Intake.Submit(c.Context(), letter)
	if err != nil {
		return err
	}
	return hand(c, r, letter.Urgent)
}

// hand answers with the receipt.
func hand(c *web.Context, r intake.Receipt, urgent bool) error {
	c.SetHeader("Location", base+"/letters/"+r.Number)
	if r.Again {
		c.SetHeader("Idempotency-Replayed", "true")
	}
	return c.JSON(http.StatusCreated, receipt{
		Number: r.Number, Code: r.Code.Groups(), Received: moment(c, r.Received), Read: moment(c, r.Next), Answer: moment(c, r.Answer),
		Proof: r.Proof, Mark: r.Mark, Urgent: urgent, Track: c.URL("/track"),
	})
}

// letter is what was sent as a letter, or everything the choices in it are
// wrong about.
func (f letterFields) letter(o offered) (workflow.Letter, error) {
	k, wrongCategory := o.category(f.Category)
	about, wrongAbout := o.about(f.About)
	return workflow.Letter{
		Channel: workflow.API, Mode: workflow.Mode(f.Identity), Kind: workflow.CaseKind(f.Kind), Category: k.ID,
		WriterStatus: workflow.WriterStatus(f.Status), Subject: f.Subject, Body: f.Body,
		Identity:    workflow.Identity{Name: f.Name, Phone: f.Phone, Email: f.Email, Number: f.Staff},
		Application: workflow.Application{Asked: f.Asked, Purpose: f.Purpose, Delivery: f.Delivery},
		About:       about, Publish: f.Publish, Urgent: o.crisis.In(f.Subject, f.Body),
	}, errors.Join(wrongCategory, wrongAbout)
}

// readLetter reads a letter as JSON, or as a form with files. Files are in the
// store when it returns.
func (a *API) readLetter(c *web.Context) (letterFields, []workflow.NewFile, error) {
	var f letterFields
	if c.MediaType() != formKind {
		return f, nil, c.ReadJSON(&f)
	}
	form, files, err := a.readForm(c)
	if err != nil {
		return f, nil, err
	}
	if err := form.Only("identity", "kind", "category", "status", "subject", "body", "name", "school_number", "phone", "email", "about", "publish", "asked", "purpose", "delivery"); err != nil {
		return f, nil, err
	}
	f = letterFields{
		Identity: form.Line("identity"), Kind: form.Line("kind"), Category: form.Line("category"), Status: form.Line("status"),
		Subject: form.Line("subject"), Body: form.Prose("body"), Name: form.Line("name"), Staff: form.Line("school_number"), Phone: form.Line("phone"),
		Email: form.Line("email"), About: form.Line("about"), Publish: form.Line("publish") == "true",
		Asked: form.Line("asked"), Purpose: form.Line("purpose"), Delivery: form.Line("delivery"),
	}
	if form.Has("publish") && !f.Publish && form.Line("publish") != "false" {
		return f, nil, workflow.Wrong("publish", "request.field_type")
	}
	return f, files, nil
}

const formKind = "multipart/form-data"

// uploads are what one form may bring.
var uploads = web.UploadRules{Files: workflow.MaxFiles, PerFile: workflow.MaxFileSize, Total: workflow.MaxAllFiles}

// readForm reads a form, and its files into the store.
func (a *API) readForm(c *web.Context) (*web.Form, []workflow.NewFile, error) {
	var files []workflow.NewFile
	form, err := c.Upload(uploads, func(ctx context.Context, f web.File) error {
		if f.Field != "files" {
			return workflow.Wrong(f.Field, "request.field_unknown")
		}
		sum, size, err := a.Blobs.Put(ctx, f.Content, workflow.MaxFileSize)
		if err == nil {
			files = append(files, workflow.NewFile{SHA256: sum, Name: f.Name, MediaType: f.Type, Size: size})
		}
		return err
	})
	return form, files, err
}

// Lengths of a key. Shorter ones would be chosen twice by two programs that
// know nothing of each other.
const minKey, maxKey = 16, 128

// idempotencyKey is the name by which the client will know what it sends again,
// or a new one that nobody knows. It may stand in quotes, as structured headers
// do.
func idempotencyKey(c *web.Context) (string, error) {
	key := c.Header("Idempotency-Key")
	if key == "" {
		return string(workflow.NewCode() + workflow.NewCode()), nil
	}
	if bare, ok := strings.CutPrefix(key, `"`); ok {
		key, _ = strings.CutSuffix(bare, `"`)
	}
	visible := !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
	if !visible || len(key) < minKey || len(key) > maxKey {
		return "", workflow.Wrong("Idempotency-Key", "api.key")
	}
	return key, nil
}

// moment is a time as answers give it: the college's, to the second.
func moment(c *web.Context, t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return c.Local(t).Truncate(time.Second)
}
