package public

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// actOf names the acts that are words of the writer, and what is said when one
// was taken in.
var actOf = map[workflow.Action]struct{ name, done string }{
	workflow.MarkAdd:  {"add", "track.done.add"},
	workflow.AskAgain: {"again", "track.done.again"},
	workflow.Redo:     {"redo", "track.done.redo"},
	workflow.Settle:   {"solved", "track.done.solved"},
	workflow.Withdraw: {"withdraw", "track.done.withdraw"},
}

// say takes a word of the writer in. A second click is the same word.
func (p *Pages) say(action workflow.Action) func(*web.Context) error {
	act := actOf[action]
	return func(c *web.Context) error {
		form, files, err := p.readForm(c)
		if form == nil {
			return err
		}
		by, ok := p.writer(c)
		if !ok {
			return p.over(c, form.Prose(wordField(act.name)))
		}
		s := said{Act: act.name, Word: form.Prose(wordField(act.name)), files: files}
		if err == nil {
			_, err = p.Cases.Say(c.Context(), by, by.Case, casework.Word{
				Action: action, Body: s.Word, Files: files, Channel: workflow.Web, External: s.external(form.Token()),
			})
		}
		return p.answerAct(c, by, s, act.done, err)
	}
}

// external names the word: the form it was sent by and what was said. A form
// gone back to and changed says something else.
func (s said) external(token string) string {
	if token == "" {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %d:%s", s.Act, len(s.Word), s.Word)
	for _, f := range s.files {
		h.Write([]byte(f.SHA256))
	}
	return token + "." + hex.EncodeToString(h.Sum(nil))
}

// rate keeps the writer's marks. "Not solved" offers to have the matter handled
// once more before the rating closes it.
func (p *Pages) rate(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	by, ok := p.writer(c)
	if !ok {
		return p.over(c, form.Prose("comment"))
	}
	s := said{
		Act: "rate", Speed: form.Line("speed"), Attitude: form.Line("attitude"), Result: form.Line("result"),
		Solved: form.Line("solved"), Comment: form.Prose("comment"),
	}
	r, err := s.rating()
	if err == nil && !r.Solved && form.Line("close") != "yes" {
		offer, err := p.mayRedo(c, by)
		if err != nil {
			return err
		}
		if offer {
			s.offerRedo = true
			return p.showCase(c, by, http.StatusOK, s)
		}
	}
	if err == nil {
		_, err = p.Cases.Rate(c.Context(), by, by.Case, r, s.Comment)
	}
	return p.answerAct(c, by, s, "track.done.rate", err)
}

func (p *Pages) mayRedo(c *web.Context, by workflow.Actor) (bool, error) {
	got, err := p.Cases.Follow(c.Context(), by, by.Case)
	return may(got, workflow.Redo), err
}
