// Package developers is the page for people who write programs that speak with
// the mailbox. What there is, it reads from the descriptions of the interfaces
// themselves; how to use it, it shows by examples that can be run.
package developers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// Pages is the page.
type Pages struct {
	public, staff, civic []operation
	acts                 []act
}

// operation is one thing an interface can do.
type operation struct {
	ID, Method, Path, Base string
	token                  bool
}

// act is one thing that programs can do to a case, and what they say for it.
type act struct{ name, fields string }

// description is what the page reads of an OpenAPI document.
type description struct {
	Servers []struct {
		URL string `yaml:"url"`
	} `yaml:"servers"`
	Paths yaml.MapSlice `yaml:"paths"`
}

// described is what the page reads of an operation.
type described struct {
	ID       string        `yaml:"operationId"`
	Security []any         `yaml:"security"`
	Acts     yaml.MapSlice `yaml:"x-actions"`
}

// New reads the descriptions of the API and of the Open311 view.
func New(api, civic []byte) (*Pages, error) {
	p := &Pages{}
	all, err := p.read(api)
	if err != nil {
		return nil, fmt.Errorf("read description of the API: %w", err)
	}
	for _, o := range all {
		if o.token {
			p.staff = append(p.staff, o)
		} else {
			p.public = append(p.public, o)
		}
	}
	if p.civic, err = p.read(civic); err != nil {
		return nil, fmt.Errorf("read description of Open311: %w", err)
	}
	return p, nil
}

func (p *Pages) read(document []byte) ([]operation, error) {
	var d description
	if err := yaml.UnmarshalWithOptions(document, &d, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("not OpenAPI: %w", err)
	}
	var out []operation
	for _, item := range d.Paths {
		methods, _ := item.Value.(yaml.MapSlice)
		for _, m := range methods {
			o, err := p.operation(m.Value)
			if err != nil {
				return nil, err
			}
			o.Method, o.Path, o.Base = strings.ToUpper(fmt.Sprint(m.Key)), fmt.Sprint(item.Key), d.Servers[0].URL
			out = append(out, o)
		}
	}
	return out, nil
}

func (p *Pages) operation(v any) (operation, error) {
	raw, err := yaml.Marshal(v)
	if err != nil {
		return operation{}, fmt.Errorf("read operation: %w", err)
	}
	var d described
	if err := yaml.UnmarshalWithOptions(raw, &d, yaml.UseOrderedMap()); err != nil {
		return operation{}, fmt.Errorf("read operation: %w", err)
	}
	for _, a := range d.Acts {
		p.acts = append(p.acts, act{fmt.Sprint(a.Key), strings.Trim(fmt.Sprint(a.Value), "[]")})
	}
	return operation{ID: d.ID, token: len(d.Security) > 0}, nil
}

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Path: "/developers", Who: web.Anyone, Handler: p.show}}
}

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{"public/developers.html": page{}}

type page struct {
	templates.Page
	Parts                []templates.Fact // of the page: label and address
	Public, Staff, Civic []line
	Acts                 []templates.Fact
	Events               []templates.Fact
	Code                 map[string]string
	Feeds                []templates.Fact
}

// line is an operation as the page shows it.
type line struct {
	Method, Path, Words, Try string
}

var parts = []string{"start", "public", "letters", "staff", "webhooks", "feeds", "open311", "errors"}

func (p *Pages) show(c *web.Context) error {
	view := page{
		Page: c.Page("developers.title"), Public: lines(c, p.public), Staff: lines(c, p.staff), Civic: lines(c, p.civic), Code: examples(c),
	}
	for _, name := range parts {
		view.Parts = append(view.Parts, templates.Fact{Label: c.Text("developers.part." + name), Href: "#" + name})
	}
	for _, a := range p.acts {
		fields := strings.Join(strings.Fields(a.fields), ", ")
		if fields == "" {
			fields = c.Text("developers.acts.none")
		}
		view.Acts = append(view.Acts, templates.Fact{Label: a.name, Value: fields})
	}
	for _, e := range workflow.HookEvents {
		view.Events = append(view.Events, templates.Fact{Label: string(e), Value: c.Text("webhook.event." + string(e))})
	}
	for _, path := range []string{"/answers/feed.xml", "/answers/atom.xml", "/answers/export.csv"} {
		view.Feeds = append(view.Feeds, templates.Fact{Label: c.Text("developers.feed." + path[len("/answers/"):]), Value: path, Href: path})
	}
	return c.Render(http.StatusOK, "public/developers.html", view)
}

// samples are questions that can be tried from the page.
var samples = map[string]string{
	"listCategories": "?limit=3", "listDepartments": "?limit=3", "readFigures": "", "listAnswers": "?limit=1",
	"discover": "", "listServices": "", "listRequests": "",
}

func lines(c *web.Context, all []operation) []line {
	var out []line
	for _, o := range all {
		l := line{Method: o.Method, Path: o.Base + o.Path, Words: c.Text("developers.op." + o.ID)}
		if query, ok := samples[o.ID]; ok {
			l.Try = strings.Replace(o.Base+o.Path, "{format}", "json", 1) + query
		}
		out = append(out, l)
	}
	return slices.Clip(out)
}
