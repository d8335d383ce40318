package api

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
)

// wordFields is what a writer adds.
type wordFields struct {
	Body string `json:"body"`
}

// say adds facts to a letter, as its writer. What is sent again under its key
// is one message.
func (a *API) say(c *web.Context) error {
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	by, err := a.enter(c)
	if err != nil {
		return err
	}
	word, err := a.readWord(c)
	if err != nil {
		return err
	}
	word.External = strconv.FormatInt(by.Case, 10) + " " + key // keys are the writer's own
	if _, err := a.Cases.Say(c.Context(), by, by.Case, word); err != nil {
		return err
	}
	return a.showWord(c, by, word)
}

func (a *API) readWord(c *web.Context) (casework.Word, error) {
	var f wordFields
	word := casework.Word{Action: workflow.MarkAdd, Channel: workflow.API}
	if c.MediaType() != formKind {
		if err := c.ReadJSON(&f); err != nil {
			return word, err
		}
	} else {
		form, files, err := a.readForm(c)
		if err != nil {
			return word, err
		}
		if err := form.Only("body"); err != nil {
			return word, err
		}
		f.Body, word.Files = form.Prose("body"), files
	}
	word.Body = strings.TrimSpace(intake.Text(f.Body))
	return word, nil
}

// showWord answers with the message as it stands in the conversation. When
// another one stands there under its key, nothing was added and the client is
// told so.
func (a *API) showWord(c *web.Context, by workflow.Actor, word casework.Word) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	got, err := a.Cases.Follow(c.Context(), by, by.Case)
	if err != nil {
		return err
	}
	name := workflow.ExternalHash(word.Channel, word.External)
	at := slices.IndexFunc(got.Messages, func(m workflow.Message) bool { return bytes.Equal(m.External, name) })
	if at < 0 {
		return workflow.Absent() // the case was taken away in between
	}
	if !same(got.Messages[at], word) {
		return workflow.Wrong("", "letter.key_reused")
	}
	c.SetHeader("Location", base+"/letters/"+got.Case.Number)
	return c.JSON(http.StatusCreated, messageOf(c, o, got.Messages[at], got.Told))
}

// same reports whether the message is what the word says.
func same(m workflow.Message, word casework.Word) bool {
	return m.Body == word.Body && slices.EqualFunc(m.Files, word.Files, func(f workflow.File, n workflow.NewFile) bool {
		return f.SHA256 == n.SHA256
	})
}
