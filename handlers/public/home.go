package public

import (
	"net/http"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/report"
	"mailbox/workflow/rules"
)

// home is the first page. Its promise is the college's own sentence, or what
// most categories are promised; figures of last month stand beside it when
// there are enough letters behind them.
func (p *Pages) home(c *web.Context) error {
	o, err := p.lists.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	page := templates.Home{
		Page: c.Page(""), Promise: c.Name(o.settings.Get(rules.PromiseZH), o.settings.Get(rules.PromiseEN)),
		Days: o.usualDays(), Phones: o.phones(c), Channels: channels(c, o),
		Answers: answersOf(c, o),
	}
	if !o.lately.onTime.None && !o.lately.median.None {
		page.OnTime, page.MedianDays = percent(o.lately.onTime), strconv.FormatFloat(o.lately.median.Days, 'f', 1, 64)
	}
	return c.Render(http.StatusOK, "public/home.html", page)
}

// answersOf are the newest public answers, by their subjects.
func answersOf(c *web.Context, o offered) []templates.HomeAnswer {
	var out []templates.HomeAnswer
	for _, a := range o.answers {
		line := templates.HomeAnswer{Title: a.Subject, Href: "/answers/" + a.Slug, At: c.Local(a.Visible)}
		for _, d := range o.departments {
			if d.ID == a.Department {
				line.Department = c.Name(d.NameZH, d.NameEN)
			}
		}
		out = append(out, line)
	}
	return out
}

// channels are the other ways that lead here.
func channels(c *web.Context, o offered) []templates.Channel {
	var out []templates.Channel
	if mail := o.settings.Get(rules.MailAddress); mail != "" {
		out = append(out, templates.Channel{Name: c.Text("home.channel.mail"), Text: mail, Href: "mailto:" + mail})
	}
	if tel := o.settings.Get(rules.OfficePhone); tel != "" {
		out = append(out, templates.Channel{Name: c.Text("home.channel.phone"), Text: tel, Href: "tel:" + tel})
	}
	if address := o.settings.Get(rules.OfficeAddress); address != "" {
		out = append(out, templates.Channel{Name: c.Text("home.channel.visit"), Text: address})
	}
	return out
}

// percent is a share in words: "96%", "96.2%".
func percent(v report.Value) string {
	return strings.TrimSuffix(strconv.FormatFloat(v.Percent(), 'f', 1, 64), ".0") + "%"
}
