package public

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

// followed is the case that a browser has opened with its code.
type followed struct {
	Case int64 `json:"c"`
}

// TrackPage asks for number and code.
type TrackPage struct {
	templates.Page
	Number, Code string
	Lost         string // where to turn without the code, or ""
	Written      string // what was being said when the visit ended
}

// writer is whoever opened a case in this browser with its code.
func (p *Pages) writer(c *web.Context) (workflow.Actor, bool) {
	f, ok := take[followed](c, p.box, trackCookie)
	if !ok || f.Case <= 0 {
		return workflow.Actor{}, false
	}
	return workflow.ByWriter(f.Case), true
}

// track shows the case that was opened, or asks for number and code.
func (p *Pages) track(c *web.Context) error {
	by, ok := p.writer(c)
	if !ok {
		return p.askForCode(c, http.StatusOK, TrackPage{Number: c.Query("number")}, nil)
	}
	if err := put(c, p.box, trackCookie, followed{Case: by.Case}); err != nil { // two hours from now
		return err
	}
	return p.showCase(c, by, http.StatusOK, said{})
}

// askForCode shows the form. A code is never shown again: it was wrong, or it
// is a secret.
func (p *Pages) askForCode(c *web.Context, status int, page TrackPage, problems []templates.Problem) error {
	page.Page = c.Page("site.track")
	if o, err := p.lists.load(c.Context(), c.Now); err == nil {
		page.Lost = o.settings.Get(rules.OfficePhone)
	}
	page.Problems = problems
	return c.Render(status, "public/track.html", page)
}

// over answers an act that came after the visit had ended, and gives back what
// was written.
func (p *Pages) over(c *web.Context, written string) error {
	problem := templates.Problem{Field: "number", Text: c.Text("track.over")}
	return p.askForCode(c, http.StatusUnprocessableEntity, TrackPage{Written: written}, []templates.Problem{problem})
}

// enter lets in whoever has number and code. A number nobody has and a code
// that is wrong are one answer.
func (p *Pages) enter(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	number, code := form.Line("number"), form.Line("code")
	if problems := missing(c, wanted{"number", number, "track.empty_number"}, wanted{"code", code, "track.empty_code"}); problems != nil {
		return p.askForCode(c, http.StatusUnprocessableEntity, TrackPage{Number: number}, problems)
	}
	by, err := p.Cases.Track(c.Context(), number, code, c.ClientKey())
	if problem, status := tryLater(c, err); status != 0 {
		return p.askForCode(c, status, TrackPage{Number: number}, []templates.Problem{problem})
	}
	if workflow.KindOf(err) == workflow.NotFound && err != nil {
		return p.askForCode(c, http.StatusUnprocessableEntity, TrackPage{Number: number}, []templates.Problem{{Field: "number", Text: c.Text("track.unknown")}})
	}
	if err != nil {
		return err
	}
	if err := put(c, p.box, trackCookie, followed{Case: by.Case}); err != nil {
		return err
	}
	return c.Redirect("/track")
}

// wanted is a field that must be filled, and the words when it is not.
type wanted struct{ field, value, key string }

// missing are the fields that were left empty.
func missing(c *web.Context, fields ...wanted) []templates.Problem {
	var out []templates.Problem
	for _, f := range fields {
		if f.value == "" {
			out = append(out, templates.Problem{Field: f.field, Text: c.Text(f.key)})
		}
	}
	return out
}

// leave makes this browser forget the case.
func (p *Pages) leave(c *web.Context) error {
	trackCookie.drop(c)
	receiptCookie.drop(c)
	c.Flash("good", "track.left")
	return c.Redirect("/track")
}

// file hands out a file of the case that was opened.
func (p *Pages) file(c *web.Context) error {
	by, ok := p.writer(c)
	if !ok {
		return c.Redirect("/track")
	}
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := p.Cases.File(c.Context(), by, by.Case, id)
	if err != nil {
		return web.Hide(err)
	}
	content, err := p.Blobs.Open(c.Context(), f.SHA256)
	if err != nil {
		return err
	}
	defer content.Close() // read to its end or given up
	return c.Download(f.Name, f.MediaType, f.Size, content)
}
