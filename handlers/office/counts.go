package office

import (
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/delivery"
)

// most is up to where failures are counted for the navigation.
const most = 100

// Decorate adds to the navigation how many mails wait to be sorted and how many
// messages did not arrive. It leaves the pages of everybody else as they are.
func (p *Pages) Decorate(c *web.Context, page *templates.Page) error {
	by := c.User.Actor()
	if !by.Office() {
		return nil
	}
	held, unreadable, err := p.Mail.Waiting(c.Context(), by)
	if err != nil {
		return err
	}
	failed, err := p.Failures.Count(c.Context(), by, delivery.ToWriters, most)
	if err != nil {
		return err
	}
	for i := range page.Nav {
		switch item := &page.Nav[i]; item.Href {
		case "/office/mail":
			item.Count = held + unreadable
		case "/office/undelivered":
			item.Count, item.Late = failed, true
		}
	}
	return nil
}
