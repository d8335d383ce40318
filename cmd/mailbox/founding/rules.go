// Package founding gives a new college what it needs before the first letter
// comes: categories, promises, the calendar, texts to answer with and the
// office that keeps the mailbox. Every college changes them to its own in the
// pages.
package founding

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
)

//go:embed data/*.json
var data embed.FS

// Rules is what a college begins with.
type Rules struct {
	Categories []Category
	Policies   []Policy
	Templates  []Template
	Crisis     Crisis
}

// Category is what letters may be about.
type Category struct {
	Code   string   `json:"code"`
	Zh     string   `json:"zh"`
	En     string   `json:"en"`
	HintZh string   `json:"hint_zh"`
	HintEn string   `json:"hint_en"`
	Lead   string   `json:"lead"`   // department its cases are routed to
	Assist []string `json:"assist"` // departments that usually help
	Policy string   `json:"policy"`
	Kinds  []string `json:"kinds"`  // usual kinds, the most usual first
	Sealed bool     `json:"sealed"` // goes to the discipline lane
}

// Policy is a set of promises.
type Policy struct {
	Code         string    `json:"code"`
	Zh           string    `json:"zh"`
	En           string    `json:"en"`
	Promises     []Promise `json:"promises"`
	RefuseWithin Span      `json:"refuse_within"` // after signing for a case
	Extension    Extension `json:"extension"`
}

// Span is a length of time in one of the units of limits.
type Span struct {
	Amount int    `json:"amount"`
	Unit   string `json:"unit"`
}

// Promise is the limit of one clock and how long before its end to warn; nil
// means that nobody is warned.
type Promise struct {
	Clock string `json:"clock"`
	Span
	Warn *Span `json:"warn"`
}

// Extension says how often a limit may be extended, and by how many working
// days by the office and by the leader in charge.
type Extension struct {
	Times      int `json:"times"`
	OfficeDays int `json:"office_days"`
	LeaderDays int `json:"leader_days"`
}

// Template is a text to begin an answer with. The variables are {来信人},
// {编号}, {部门} and {日期}, in both languages.
type Template struct {
	Code     string `json:"code"`
	Purpose  string `json:"purpose"`  // answer, ask, decline or note
	Category string `json:"category"` // "" for all
	TitleZh  string `json:"title_zh"`
	BodyZh   string `json:"body_zh"`
	TitleEn  string `json:"title_en"`
	BodyEn   string `json:"body_en"`
}

// Crisis lists the words that call for a person at once, and what the writer is
// shown before sending.
type Crisis struct {
	Zh        []string `json:"zh"`
	En        []string `json:"en"`
	HotlineZh string   `json:"hotline_zh"`
	HotlineEn string   `json:"hotline_en"`
}

// Load reads the rules and checks that they fit together.
func Load() (Rules, error) {
	var r Rules
	parts := []struct {
		name string
		into any
	}{
		{"categories", &r.Categories},
		{"policies", &r.Policies},
		{"answer_templates", &r.Templates},
		{"crisis", &r.Crisis},
	}
	for _, p := range parts {
		if err := read("data/"+p.name+".json", p.into); err != nil {
			return Rules{}, err
		}
	}
	if err := r.check(); err != nil {
		return Rules{}, fmt.Errorf("founding: %w", err)
	}
	return r, nil
}

// read is strict: a field nobody reads is a slip of the pen.
func read(name string, into any) error {
	b, err := data.ReadFile(name)
	if err != nil {
		return fmt.Errorf("founding: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("founding: %s: %w", name, err)
	}
	return nil
}

// check returns every reference that leads nowhere, and every code given twice.
func (r Rules) check() error {
	var errs []error
	categories, policies := map[string]bool{"": true}, map[string]bool{}
	for _, p := range r.Policies {
		if policies[p.Code] {
			errs = append(errs, fmt.Errorf("policy %q twice", p.Code))
		}
		policies[p.Code] = true
	}
	for _, c := range r.Categories {
		if categories[c.Code] {
			errs = append(errs, fmt.Errorf("category %q twice", c.Code))
		}
		categories[c.Code] = true
		if !policies[c.Policy] {
			errs = append(errs, fmt.Errorf("category %s: unknown policy %q", c.Code, c.Policy))
		}
	}
	for _, t := range r.Templates {
		if !categories[t.Category] {
			errs = append(errs, fmt.Errorf("template %s: unknown category %q", t.Code, t.Category))
		}
	}
	return errors.Join(errs...)
}
