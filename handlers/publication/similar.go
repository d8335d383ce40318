package publication

import (
	"encoding/json"
	"fmt"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

const (
	// titlesMost is how many answers, the newest, people are told of while they
	// write.
	titlesMost = 400
	// titlesPage is how many of them are read at once.
	titlesPage = 100
	// titleText is how much of a question comes with its title, in characters.
	titleText = 100
)

// answerTitle is what a public answer is about.
type answerTitle struct {
	Href    string `json:"href"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// titles lists what public answers are about, the newest first, for the page on
// which letters are written: it looks for similar ones by itself, so that nothing
// of a letter leaves the browser before it is sent.
func (p *Pages) titles(c *web.Context) error {
	out := make([]answerTitle, 0, titlesPage)
	for q := (workflow.PublicQuery{Limit: titlesPage}); len(out) < titlesMost; {
		page, err := p.Answers.Public(c.Context(), q)
		if err != nil {
			return err
		}
		for _, one := range page.Publications {
			a, err := one.Answer()
			if err != nil {
				return fmt.Errorf("read answer %s: %w", one.Slug, err)
			}
			out = append(out, answerTitle{Href: "/answers/" + a.Slug, Subject: a.Subject, Text: shortened(a.Question, titleText)})
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("write titles: %w", err)
	}
	return sendTagged(c, "application/json; charset=utf-8", b)
}
