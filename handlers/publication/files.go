package publication

import (
	"fmt"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// pictures are the pictures of a public version under a page that shows them.
func pictures(base string, files []workflow.PublicFile) []templates.File {
	var out []templates.File
	for i, f := range files {
		href := base + "/files/" + decimal(int64(i+1))
		out = append(out, templates.File{Name: f.Name, Href: href, Type: f.MediaType, Size: f.Size, Thumb: href})
	}
	return out
}

func publicFiles(files []workflow.File) []workflow.PublicFile {
	var out []workflow.PublicFile
	for _, f := range files {
		out = append(out, workflow.PublicFile{Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256})
	}
	return out
}

// send answers with the n-th of some pictures.
func (p *Pages) send(c *web.Context, files []workflow.PublicFile) error {
	n, err := c.ID("n")
	if err != nil || n > int64(len(files)) {
		return workflow.Absent()
	}
	f := files[n-1]
	content, err := p.Blobs.Open(c.Context(), f.SHA256)
	if err != nil {
		return fmt.Errorf("open picture: %w", err)
	}
	defer func() { _ = content.Close() }() // it was only read
	return c.Picture(f.Name, f.Size, content)
}

func (p *Pages) reviewFile(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	s, err := p.Reviews.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	return p.send(c, publicFiles(s.Exhibit.Files))
}

func (p *Pages) draftFile(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	e, err := p.Answers.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	return p.send(c, e.Public.Files)
}

func (p *Pages) answerFile(c *web.Context) error {
	pub, err := p.Answers.One(c.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	public, err := pub.Answer()
	if err != nil {
		return fmt.Errorf("read public answer: %w", err)
	}
	return p.send(c, public.Files)
}
