package public

import (
	"mailbox/handlers/web"
	"mailbox/workflow"
)

// Publish is what the writer wishes about the publication of letter and answer,
// and what became of it.
type Publish struct {
	Asked  bool // it can be published at all
	Agrees bool
	Href   string // where it is public; "": nowhere
}

func (p *Pages) wish(c *web.Context, by workflow.Actor, k workflow.Case) (Publish, error) {
	out := Publish{Asked: !k.Sealed && k.Kind != workflow.Report, Agrees: k.PublishWish}
	pub, public, err := p.Answers.OfWriter(c.Context(), by, k.ID)
	if public {
		out.Href = "/answers/" + pub.Slug
	}
	return out, err
}

// consent keeps what the writer wishes. Taking consent back takes the answer
// down in the same act.
func (p *Pages) consent(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	by, ok := p.writer(c)
	if !ok {
		return p.over(c, "")
	}
	agrees := form.Line("publish") == "yes"
	done := "track.done.dissent"
	if agrees {
		done = "track.done.consent"
	}
	_, err = p.Answers.Consent(c.Context(), by, by.Case, agrees)
	return p.answerAct(c, by, said{Act: "publish"}, done, err)
}
