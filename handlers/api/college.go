package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// offers remembers what letters may name, so that a letter costs no four
// questions for what seldom changes.
type offers struct {
	college College
	kept    web.Recent[offered]
}

// offered is what letters may name.
type offered struct {
	categories  []workflow.Category
	departments []workflow.Department
	policies    map[int64]workflow.Policy
	crisis      intake.CrisisWords
}

// load returns what is offered now.
func (o *offers) load(ctx context.Context, now time.Time) (offered, error) {
	return o.kept.Load(now, func() (offered, error) { return o.ask(ctx, now) })
}

func (o *offers) ask(ctx context.Context, now time.Time) (out offered, err error) {
	if out.categories, err = o.college.Categories(ctx, now, false); err != nil {
		return out, err
	}
	if out.departments, err = o.college.Departments(ctx); err != nil {
		return out, err
	}
	policies, err := o.college.Policies(ctx, now)
	if err != nil {
		return out, err
	}
	out.policies = map[int64]workflow.Policy{}
	for _, p := range policies {
		out.policies[p.ID] = p
	}
	settings, err := o.college.Settings(ctx)
	out.crisis = intake.ParseCrisisWords(settings["crisis.words"])
	return out, err
}

// category is the category of a code.
func (o offered) category(code string) (workflow.Category, error) {
	for _, k := range o.categories {
		if k.Code == code && code != "" {
			return k, nil
		}
	}
	return workflow.Category{}, workflow.Wrong("category", "invalid.choice")
}

// about is the department of a code; no code is no department.
func (o offered) about(code string) (int64, error) {
	for _, d := range o.departments {
		if d.Code == code && d.Active && code != "" {
			return d.ID, nil
		}
	}
	if code == "" {
		return 0, nil
	}
	return 0, workflow.Wrong("about", "invalid.choice")
}

// departmentOf is a department as others may know it, or nil.
func (o offered) departmentOf(id int64) *named {
	for _, d := range o.departments {
		if d.ID == id {
			return &named{d.Code, names{d.NameZH, d.NameEN}}
		}
	}
	return nil
}

// codeOf is the code of a category, or "" when it is not offered any more.
func (o offered) codeOf(id int64) string {
	for _, k := range o.categories {
		if k.ID == id {
			return k.Code
		}
	}
	return ""
}

// names is what something is called, by language.
type names struct {
	ZH string `json:"zh-CN"`
	EN string `json:"en"`
}

// named is something that goes by a code: a department, a category.
type named struct {
	Code string `json:"code"`
	Name names  `json:"name"`
}

// category is what a letter can be about.
type category struct {
	Code   string   `json:"code"`
	Parent string   `json:"parent,omitempty"` // code
	Name   names    `json:"name"`
	Hint   *names   `json:"hint,omitempty"`
	Answer *promise `json:"answer_within,omitempty"`
}

// promise is how long something may take.
type promise struct {
	Amount int           `json:"amount"`
	Unit   workflow.Unit `json:"unit"`
}

// categories lists what letters can be about, in the college's order.
func (a *API) categories(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	codes := map[int64]string{}
	for _, k := range o.categories {
		codes[k.ID] = k.Code
	}
	var all []category
	for _, k := range o.categories {
		out := category{Code: k.Code, Parent: codes[k.Parent], Name: names{k.NameZH, k.NameEN}}
		if k.HintZH+k.HintEN != "" {
			out.Hint = &names{k.HintZH, k.HintEN}
		}
		if p, ok := o.policies[k.Policy].Promises[workflow.Overall]; ok {
			out.Answer = &promise{p.Amount, p.Unit}
		}
		all = append(all, out)
	}
	return list(c, all, func(k category) string { return k.Code })
}

// departments lists whom a letter can complain about.
func (a *API) departments(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	var all []named
	for _, d := range o.departments {
		if d.Active {
			all = append(all, named{d.Code, names{d.NameZH, d.NameEN}})
		}
	}
	return list(c, all, func(d named) string { return d.Code })
}

// page is part of a list; Next, when there is more, is to be asked for as
// ?after=.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// maxPage is how many items a page has at most, and without being asked.
const maxPage = 100

// list answers with the page of a list that was asked for. A place is the name
// of the item before it, so that what is added meanwhile moves nothing.
func list[T any](c *web.Context, all []T, name func(T) string) error {
	size, err := strconv.Atoi(cmp.Or(c.Query("limit"), strconv.Itoa(maxPage)))
	if err != nil || size < 1 || size > maxPage {
		return workflow.Wrong("limit", "request.field_number")
	}
	after, err := c.After(1)
	if err != nil {
		return err
	}
	if after != nil {
		at := slices.IndexFunc(all, func(item T) bool { return name(item) == after[0] })
		if at < 0 {
			return workflow.Wrong("after", "request.cursor")
		}
		all = all[at+1:]
	}
	p := page[T]{Items: all[:min(size, len(all))]}
	if len(all) > size {
		p.Next = web.Cursor(name(all[size-1]))
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return publish(c, p)
}
