package public

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
	"mailbox/workflow/rules"
)

// lists remembers what forms offer, so that a letter that cannot be stored
// just now can still be shown to its writer, with everything in it.
type lists struct {
	college College
	figures Figures
	answers Answers
	roster  RosterSwitch
	kept    web.Recent[offered]
}

// answersAtHome is how many answers the first page names.
const answersAtHome = 3

// offered is what a form offers.
type offered struct {
	categories  []workflow.Category
	departments []workflow.Department
	policies    []workflow.Policy
	settings    rules.Values
	lately      lately
	answers     []workflow.Publication // the newest
	roster      bool                   // letters are signed by people of the roster alone
}

// lately is what the college says of itself on its first page.
type lately struct{ onTime, median report.Value }

// load returns the lists of now, or those known last when the store is away.
// It fails only when they were never read.
func (l *lists) load(ctx context.Context, now time.Time) (offered, error) {
	return l.kept.Load(now, func() (offered, error) { return l.ask(ctx, now) })
}

func (l *lists) ask(ctx context.Context, now time.Time) (o offered, err error) {
	if o.categories, err = l.college.Categories(ctx, now, false); err != nil {
		return o, err
	}
	if o.departments, err = l.college.Departments(ctx); err != nil {
		return o, err
	}
	if o.policies, err = l.college.Policies(ctx, now); err != nil {
		return o, err
	}
	if o.settings, err = rules.ReadSettings(ctx, l.college); err != nil {
		return o, err
	}
	if _, o.lately.onTime, o.lately.median, err = l.figures.Lately(ctx); err != nil {
		return o, err
	}
	if o.roster, err = l.roster.On(ctx); err != nil {
		return o, err
	}
	newest, err := l.answers.Public(ctx, workflow.PublicQuery{Limit: answersAtHome})
	o.answers = newest.Publications
	return o, err
}

// category is the category that goes by a code or an id.
func (o offered) category(name string) (workflow.Category, bool) {
	for _, k := range o.categories {
		if k.Code == name || strconv.FormatInt(k.ID, 10) == name {
			return k, true
		}
	}
	return workflow.Category{}, false
}

func (o offered) department(id int64) workflow.Department {
	for _, d := range o.departments {
		if d.ID == id {
			return d
		}
	}
	return workflow.Department{}
}

func (o offered) crisisWords() intake.CrisisWords {
	return intake.ParseCrisisWords(o.settings.Get(rules.CrisisWords))
}

// usualDays is the promise that holds for most categories, in working days; 0
// when most are promised something else.
func (o offered) usualDays() int {
	days, most, best := map[int64]int{}, map[int]int{}, 0
	for _, p := range o.policies {
		if promise := p.Promises[workflow.Overall]; promise.Unit == workflow.WorkingDays {
			days[p.ID] = promise.Amount
		}
	}
	for _, k := range o.categories {
		n := days[k.Policy]
		most[n]++
		if most[n] > most[best] {
			best = n
		}
	}
	return best
}

// applicationsWithin is how long the college has for an application, in words.
func (o offered) applicationsWithin(c *web.Context) string {
	for _, p := range o.policies {
		if promise, ok := p.Promises[workflow.Overall]; ok && p.Code == workflow.DisclosurePolicy {
			return c.Plural("unit."+string(promise.Unit), promise.Amount)
		}
	}
	return ""
}

// guide is what the college tells applicants for disclosure, or "".
func (o offered) guide(c *web.Context) string {
	return c.Name(o.settings.Get(rules.GuideZH), o.settings.Get(rules.GuideEN))
}

// phones are the numbers to ring in danger: one a line, its name in Chinese and
// in English before it.
func (o offered) phones(c *web.Context) []templates.Phone {
	var out []templates.Phone
	for line := range strings.Lines(o.settings.Get(rules.Emergency)) {
		part := strings.Split(line, "|")
		if len(part) == 3 && strings.TrimSpace(part[2]) != "" {
			name := c.Name(strings.TrimSpace(part[0]), strings.TrimSpace(part[1]))
			out = append(out, templates.Phone{Name: name, Number: strings.TrimSpace(part[2])})
		}
	}
	return out
}
