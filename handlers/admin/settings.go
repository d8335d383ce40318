package admin

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/rules"
)

type settingsPage struct {
	templates.Page
	Fields []templates.Field
}

// settingWords names each setting and says what it is for.
var settingWords = map[string][2]string{
	rules.CollegeName:   {"admin.setting.name", "admin.setting.name.hint"},
	rules.CollegeNameEN: {"admin.setting.name_en", "admin.setting.name_en.hint"},
	rules.Emergency:     {"admin.setting.emergency", "admin.setting.emergency.hint"},
	rules.OfficePhone:   {"admin.setting.phone", "admin.setting.phone.hint"},
	rules.OfficeAddress: {"admin.setting.address", "admin.setting.address.hint"},
	rules.MailAddress:   {"admin.setting.mail", "admin.setting.mail.hint"},
	rules.PromiseZH:     {"admin.setting.promise", "admin.setting.promise.hint"},
	rules.PromiseEN:     {"admin.setting.promise_en", "admin.setting.promise_en.hint"},
	rules.SiteFeeds:     {"admin.setting.feeds", "admin.setting.feeds.hint"},
	rules.CrisisWords:   {"admin.setting.crisis", "admin.setting.crisis.hint"},
	rules.GuideZH:       {"admin.setting.guide", "admin.setting.guide.hint"},
	rules.GuideEN:       {"admin.setting.guide_en", "admin.setting.guide_en.hint"},
	rules.GuideURL:      {"admin.setting.guide_url", "admin.setting.guide_url.hint"},
}

func (p *Pages) settings(c *web.Context) error {
	values, err := p.Rules.Settings(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	for _, s := range rules.Settings {
		values[s.Key] = values.Get(s.Key)
	}
	return showSettings(c, http.StatusOK, nil, values)
}

func showSettings(c *web.Context, status int, wrong []templates.Problem, values rules.Values) error {
	view := settingsPage{Page: page(c, "admin.settings")}
	view.Token, view.Problems = c.FormToken(), wrong
	for _, s := range rules.Settings {
		words := settingWords[s.Key]
		f := templates.Field{
			Kind: "text", Name: s.Key, Value: values[s.Key], Label: c.Text(words[0]), Hint: c.Text(words[1]),
			Required: s.Required, Limit: s.Max, Optional: !s.Required,
		}
		if s.Type != rules.Line {
			f.Kind, f.Rows = "textarea", 3
		}
		for _, w := range wrong {
			if w.Field == s.Key {
				f.Error = w.Text
			}
		}
		view.Fields = append(view.Fields, f)
	}
	return c.Render(status, "admin/settings.html", view)
}

func (p *Pages) saveSettings(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	values := rules.Values{}
	for _, s := range rules.Settings {
		if f.Has(s.Key) {
			values[s.Key] = f.Prose(s.Key)
		}
	}
	n, err := p.Rules.SaveSettings(c.Context(), c.User.Actor(), values)
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return showSettings(c, status, wrong, values)
	}
	c.Flash("good", "admin.settings.saved", strconv.Itoa(n))
	return c.Redirect("/admin/settings")
}
