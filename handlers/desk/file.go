package desk

import (
	"fmt"
	"strings"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// file answers with an attachment: to be saved, or, for a picture that is asked
// for as one, to be shown.
func (p *Pages) file(c *web.Context) error {
	k, err := p.cases.Find(c.Context(), actor(c), strings.ToUpper(c.Param("number")))
	if err != nil {
		return err
	}
	fileID, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := p.cases.File(c.Context(), actor(c), k.ID, fileID)
	if err != nil {
		return err
	}
	content, err := p.files.Open(c.Context(), f.SHA256)
	if err != nil {
		return fmt.Errorf("open file %d: %w", f.ID, err)
	}
	defer func() { _ = content.Close() }() // it was only read
	if c.Query("show") != "" && isPicture(f.MediaType) {
		return c.Picture(f.Name, f.Size, content)
	}
	return c.Download(f.Name, f.MediaType, f.Size, content)
}

// original shows a mail as its writer set it, cleaned and without a way to do
// anything.
func (p *Pages) original(c *web.Context) error {
	messageID, err := c.ID("id")
	if err != nil {
		return err
	}
	d, err := p.cases.Open(c.Context(), actor(c), strings.ToUpper(c.Param("number")))
	if err != nil {
		return err
	}
	for _, m := range d.Messages {
		if m.ID == messageID && m.HTML != "" {
			return c.Foreign("<!doctype html><meta charset=utf-8><title>" + c.Text("desk.original") + "</title>" + m.HTML)
		}
	}
	return workflow.Absent()
}
