package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// perPage is how many rows a list shows at once.
const perPage = 50

// listPage is a page that is a list.
type listPage struct {
	templates.Page
	Lead  string
	Add   templates.Button
	Chips []templates.Chip
	Table templates.Table
	Pages *templates.Pagination
}

// page begins a page below the overview.
func page(c *web.Context, title string, way ...templates.Crumb) templates.Page {
	p := c.Page(title)
	if c.User.Is("admin") {
		p.Crumbs = append(p.Crumbs, templates.Crumb{Label: c.Text("admin.title"), Href: "/admin"})
	}
	p.Crumbs = append(p.Crumbs, way...)
	return p
}

// crumb is one step of the way to a page.
func crumb(c *web.Context, key, href string) templates.Crumb {
	return templates.Crumb{Label: c.Text(key), Href: href}
}

// moment writes a time so that it can be sorted by eye.
func moment(c *web.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Local(t).Format("2006-01-02 15:04")
}

// day writes a date for the reader.
func day(c *web.Context, t time.Time) string {
	if c.Locale == "en" {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2006年1月2日")
}

// dayTime writes when something falls due.
func dayTime(c *web.Context, t time.Time) string {
	t = c.Local(t)
	if c.Locale == "en" {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("1月2日 15:04")
}

// list joins names as the language does.
func list(c *web.Context, names []string) string {
	if c.Locale == "en" {
		return strings.Join(names, ", ")
	}
	return strings.Join(names, "、")
}

// problems turns what went wrong with a form into words, so that it can be
// shown again with all that was typed, and says with which status. Somebody
// else's change in between is such a problem too.
func problems(c *web.Context, err error) (status int, all []templates.Problem, rest error) {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return http.StatusConflict, []templates.Problem{{Text: c.Text(e.Key, e.Args...)}}, nil
	}
	all, rest = c.Problems(err)
	return http.StatusUnprocessableEntity, all, rest
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// cut returns the part of all behind a cursor and the cursor of the part after.
func cut[T any](c *web.Context, all []T, key func(T) string) (part []T, pages *templates.Pagination, err error) {
	after, err := c.After(1)
	if err != nil {
		return nil, nil, err
	}
	begin := 0
	if after != nil {
		begin = 1 + slices.IndexFunc(all, func(v T) bool { return key(v) == after[0] })
	}
	end := min(begin+perPage, len(all))
	if begin == 0 && end == len(all) {
		return all, nil, nil
	}
	pages = &templates.Pagination{Words: c.Text("admin.range", strconv.Itoa(begin+1), strconv.Itoa(end), strconv.Itoa(len(all)))}
	if begin > 0 {
		pages.Prev = c.With("after", "")
	}
	if end < len(all) {
		pages.Next = c.With("after", web.Cursor(key(all[end-1])))
	}
	return all[begin:end], pages, nil
}

// columns heads a table with words.
func columns(c *web.Context, keys ...string) []templates.Column {
	var out []templates.Column
	for _, k := range keys {
		out = append(out, templates.Column{Label: c.Text(k)})
	}
	return out
}

// addButton leads to the page that adds one more.
func addButton(c *web.Context, key, href string) templates.Button {
	return templates.Button{Tone: "primary", Label: c.Text(key), Href: href, Icon: "plus"}
}

// departmentNames maps ids to names in the reader's language.
func departmentNames(c *web.Context, all []workflow.Department) map[int64]string {
	names := map[int64]string{}
	for _, d := range all {
		names[d.ID] = c.Name(d.NameZH, d.NameEN)
	}
	return names
}

// departmentChoices offers departments that are in use, and the one chosen
// although it is not; none is what "no department" means there.
func departmentChoices(c *web.Context, all []workflow.Department, chosen int64, none string) []templates.Choice {
	out := []templates.Choice{{Label: c.Text(none)}}
	for _, d := range all {
		if d.Active || d.ID == chosen {
			out = append(out, templates.Choice{Value: number(d.ID), Label: c.Name(d.NameZH, d.NameEN), Chosen: d.ID == chosen})
		}
	}
	return out
}

// numbers reads whole numbers of a form; all that are wrong are told at once.
func numbers(f *web.Form, into map[string]*int64) error {
	var errs []error
	for name, to := range into {
		n, err := f.Number(name)
		*to, errs = n, append(errs, err)
	}
	return errors.Join(errs...)
}

// span writes from when to when a version holds.
func span(c *web.Context, from, to time.Time) string {
	if to.IsZero() {
		return c.Text("admin.history.now", moment(c, from))
	}
	return c.Text("admin.history.was", moment(c, from), moment(c, to))
}
