package open311

import (
	"encoding/xml"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// changeset is when what this view shows was last changed.
const changeset = "2026-11-23T00:00:00+08:00"

type directory struct {
	XMLName    xml.Name         `json:"-" xml:"discovery"`
	Changeset  string           `json:"changeset" xml:"changeset"`
	Contact    string           `json:"contact" xml:"contact"`
	KeyService string           `json:"key_service" xml:"key_service"`
	Endpoints  listed[endpoint] `json:"endpoints" xml:"endpoints"`
}

type endpoint struct {
	Specification string         `json:"specification" xml:"specification"`
	URL           string         `json:"url" xml:"url"`
	Changeset     string         `json:"changeset" xml:"changeset"`
	Type          string         `json:"type" xml:"type"`
	Formats       listed[string] `json:"formats" xml:"formats"`
}

// discovery says where the view is.
func discovery(c *web.Context, _ string) (any, error) {
	return directory{
		Changeset: changeset, Contact: c.Text("open311.contact", c.URL("/")), KeyService: c.Text("open311.no_keys"),
		Endpoints: listed[endpoint]{inner: "endpoint", items: []endpoint{{
			Specification: "http://wiki.open311.org/GeoReport_v2", URL: c.URL(base), Changeset: changeset, Type: "production",
			Formats: listed[string]{inner: "format", items: []string{"text/xml", "application/json"}},
		}}},
	}, nil
}

type service struct {
	Code        string `json:"service_code" xml:"service_code"`
	Name        string `json:"service_name" xml:"service_name"`
	Description text   `json:"description" xml:"description"`
	Metadata    bool   `json:"metadata" xml:"metadata"`
	Type        string `json:"type" xml:"type"`
	Keywords    text   `json:"keywords" xml:"keywords"`
	Group       text   `json:"group" xml:"group"`
}

// services lists what a letter can be about.
func (v *View) services(c *web.Context, _ string) (any, error) {
	all, err := v.college.Categories(c.Context(), c.Now, false)
	if err != nil {
		return nil, err
	}
	groups := map[int64]string{}
	for _, k := range all {
		groups[k.ID] = c.Name(k.NameZH, k.NameEN)
	}
	out := listed[service]{outer: "services", inner: "service"}
	for _, k := range all {
		out.items = append(out.items, service{
			Code: k.Code, Name: c.Name(k.NameZH, k.NameEN), Description: text(c.Name(k.HintZH, k.HintEN)), Type: "batch", Group: text(groups[k.Parent]),
		})
	}
	return out, nil
}

type definition struct {
	XMLName    xml.Name         `json:"-" xml:"service_definition"`
	Code       string           `json:"service_code" xml:"service_code"`
	Attributes listed[struct{}] `json:"attributes" xml:"attributes"`
}

// service is what is asked for beyond the letter itself: nothing.
func (v *View) service(c *web.Context, code string) (any, error) {
	all, err := v.college.Categories(c.Context(), c.Now, false)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.Code == code {
			return definition{Code: k.Code}, nil
		}
	}
	return nil, workflow.Fail(workflow.NotFound, "open311.service_unknown")
}
