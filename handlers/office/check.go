package office

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

type checkPage struct {
	templates.Page
	Tabs  []templates.Tab
	Flaw  string
	Table templates.Table
	Pages templates.Pagination
	Clean bool // nothing is wrong anywhere
}

// check lists what is wrong with cases: the first kind there is, or the one
// that is chosen.
func (p *Pages) check(c *web.Context) error {
	by := c.User.Actor()
	counts, err := p.Figures.Flaws(c.Context(), by)
	if err != nil {
		return err
	}
	page := checkPage{Flaw: c.Query("flaw"), Clean: true}
	for _, k := range counts {
		page.Clean = page.Clean && k.N == 0
		if page.Flaw == "" && k.N > 0 {
			page.Flaw = string(k.Flaw)
		}
	}
	if !page.Clean {
		if err := p.listFlawed(c, &page, counts); err != nil {
			return err
		}
	}
	page.Page = c.Page("check.title")
	return c.Render(http.StatusOK, "office/check.html", page)
}

func (p *Pages) listFlawed(c *web.Context, page *checkPage, counts []report.FlawCount) error {
	after, err := number(c.Query("after"), "after")
	if err != nil {
		return err
	}
	rows, next, err := p.Figures.Flawed(c.Context(), c.User.Actor(), workflow.Flaw(page.Flaw), after)
	if err != nil {
		return err
	}
	work, err := p.span(c.Context())
	if err != nil {
		return err
	}
	page.Table = caseTable(c, work, rows)
	page.Pages.Words = flawCounts(c, page, counts)
	if next != 0 {
		page.Pages.Next = c.With("after", strconv.FormatInt(next, 10))
	}
	if after != 0 {
		page.Pages.Prev = c.With("after", "")
	}
	return nil
}

// flawCounts makes the tabs, and says how many the open one has.
func flawCounts(c *web.Context, page *checkPage, counts []report.FlawCount) (words string) {
	for _, k := range counts {
		current := string(k.Flaw) == page.Flaw
		if k.N > 0 || current {
			href := "/office/check?flaw=" + string(k.Flaw)
			page.Tabs = append(page.Tabs, templates.Tab{Label: c.Text("check." + string(k.Flaw)), Href: href, Count: k.N, Current: current})
		}
		if current && k.More {
			words = c.Text("check.more", templates.Number(k.N))
		} else if current {
			words = c.Text("office.cases.count", templates.Number(k.N))
		}
	}
	return words
}

// flawsKept is how long the count beside the navigation stays good.
const flawsKept = time.Minute

// flawCount remembers for a moment how many cases of an office are flawed: it
// stands on every page.
type flawCount struct {
	mu   sync.Mutex
	at   map[int64]time.Time // by the department of who looks
	last map[int64]int
}

// flaws is how many flaws there are, as they were at most a minute ago.
func (p *Pages) flaws(c *web.Context) (int, error) {
	by := c.User.Actor()
	p.flawed.mu.Lock()
	defer p.flawed.mu.Unlock()
	if at, known := p.flawed.at[by.Department]; known && c.Now.Sub(at) < flawsKept && !c.Now.Before(at) {
		return p.flawed.last[by.Department], nil
	}
	counts, err := p.Figures.Flaws(c.Context(), by)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, k := range counts {
		n += k.N
	}
	p.flawed.at[by.Department], p.flawed.last[by.Department] = c.Now, n
	return n, nil
}
