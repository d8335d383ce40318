package web

import (
	"slices"
	"strconv"
	"strings"

	"mailbox/templates"
)

const (
	localeCookie = "mailbox-locale"
	themeCookie  = "mailbox-theme"
	oneYear      = 365 * 24 * 60 * 60
)

// chooseLocale takes the address, the reader's earlier choice, or what the
// browser asks for, in this order.
func (c *Context) chooseLocale() string {
	for _, wish := range []string{c.Query("lang"), c.cookie(localeCookie)} {
		if slices.Contains(templates.Locales, wish) {
			return wish
		}
	}
	return acceptedLocale(c.Request.Header.Get("Accept-Language"))
}

// acceptedLocale picks the language with the greatest weight; the first of
// ours wins when nothing fits.
func acceptedLocale(header string) string {
	best, weight := templates.Locales[0], 0.0
	for _, part := range strings.Split(header[:min(len(header), 200)], ",") {
		tag, q, _ := strings.Cut(strings.TrimSpace(part), ";q=")
		w, err := strconv.ParseFloat(q, 64)
		if err != nil {
			w = 1
		}
		if loc, ok := localeOf(tag); ok && w > weight {
			best, weight = loc, w
		}
	}
	return best
}

// localeOf finds our locale for a language tag: en-GB is en, zh-TW is zh-CN.
func localeOf(tag string) (string, bool) {
	lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, loc := range templates.Locales {
		if ours, _, _ := strings.Cut(loc, "-"); ours == lang {
			return loc, true
		}
	}
	return "", false
}

func (c *Context) chooseTheme() string {
	if theme := c.cookie(themeCookie); theme == "light" || theme == "dark" {
		return theme
	}
	return ""
}

// savePreferences is the target of the switches in the footer of every page.
func savePreferences(c *Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if loc := form.Line("locale"); slices.Contains(templates.Locales, loc) {
		c.setPreference(localeCookie, loc)
	}
	switch theme := form.Line("theme"); {
	case theme == "light" || theme == "dark":
		c.setPreference(themeCookie, theme)
	case form.Has("theme"): // what the device prefers
		c.dropCookie(themeCookie)
	}
	return c.Redirect(form.Line("back"))
}

func (c *Context) setPreference(name, value string) {
	c.setCookie(name, value, oneYear)
}
