package disclosure

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type itemsPage struct {
	templates.Page
	Places   []templates.Tab
	Chips    []templates.Chip
	Fields   []templates.Field
	Table    templates.Table
	Pages    templates.Pagination
	MayWrite bool
	Narrow   bool // something is filtered
}

var itemStates = []workflow.ItemState{
	workflow.ItemDraft, workflow.ItemInReview, workflow.ItemReviewed, workflow.ItemPublished, workflow.ItemWithdrawn, workflow.ItemUndone,
}

// filter is what the list is asked for, as it stands in the address.
type filter struct {
	workflow.ItemQuery
	lastDay string // the day To excludes, as the address has it: included
}

func readFilter(c *web.Context) (filter, error) {
	f := filter{ItemQuery: workflow.ItemQuery{Search: c.Query("q"), After: c.Query("after"), Limit: 25}, lastDay: c.Query("to")}
	if ch := workflow.ItemChannel(c.Query("channel")); slices.Contains(workflow.ItemChannels, ch) {
		f.Channel = ch
	}
	if s := workflow.ItemState(c.Query("state")); slices.Contains(itemStates, s) {
		f.State = s
	}
	for name, to := range map[string]*int64{"column": &f.Column, "department": &f.Department, "import": &f.Import} {
		if *to = 0; c.Query(name) == "" {
			continue
		}
		n, err := strconv.ParseInt(c.Query(name), 10, 64)
		if err != nil {
			return f, workflow.Wrong(name, "invalid.choice")
		}
		*to = n
	}
	for name, value := range map[string]string{"from": c.Query("from"), "to": f.lastDay} {
		if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
			return f, workflow.Wrong(name, "invalid.date")
		}
	}
	f.From = c.Query("from")
	if d, err := time.Parse(time.DateOnly, f.lastDay); err == nil {
		f.To = d.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return f, nil
}

func (f filter) narrow() bool {
	q := f.ItemQuery
	q.After, q.Limit = "", 0
	return q != workflow.ItemQuery{}
}

// items lists the ledger.
func (p *Pages) items(c *web.Context) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	by := c.User.Actor()
	f, err := readFilter(c)
	view := itemsPage{
		Places: places(c, "items"), Fields: filterFields(c, n, f), Chips: chips(c, n, f), Narrow: f.narrow(),
		MayWrite: by.Office() || by.Is(workflow.DeptClerk, workflow.DeptHead),
	}
	if err == nil {
		err = p.listItems(c, n, f, &view)
	}
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		status = http.StatusOK
	}
	view.Page = begin(c, "ledger.items")
	view.Problems = wrong
	return c.Render(status, "disclosure/items.html", view)
}

func (p *Pages) listItems(c *web.Context, n names, f filter, view *itemsPage) error {
	page, err := p.Ledger.Items(c.Context(), c.User.Actor(), f.ItemQuery)
	if err != nil {
		return err
	}
	view.Table = itemTable(c, n, page.Items)
	view.Pages = templates.Pagination{Words: c.Plural("ledger.count", page.Count)}
	if page.Next != "" {
		view.Pages.Next = c.With("after", page.Next)
	}
	if f.After != "" {
		view.Pages.Prev = c.With("after", "")
	}
	return nil
}

func itemTable(c *web.Context, n names, items []workflow.Item) templates.Table {
	t := templates.Table{
		Caption: c.Text("ledger.items"), Cards: true,
		Columns: columnsOf(c, "ledger.item.title", "ledger.item.state", "ledger.item.day", "ledger.item.channel", "ledger.item.department"),
	}
	for _, i := range items {
		badge := stateBadge(c, i.State)
		hint := i.Document()
		if i.Meeting != "" {
			hint = c.Text("item.meeting." + string(i.Meeting))
		}
		if hint == "" {
			hint = n.column(i.Column)
		}
		t.Rows = append(t.Rows, templates.Row{Href: itemPath(i.ID), Cells: []templates.Cell{
			{Text: i.Title, Hint: hint},
			{Badge: &badge},
			{Text: dayWords(c, i.Day)},
			{Text: c.Text("item.channel." + string(i.Channel))},
			{Text: n.department(c, i.Department)},
		}})
	}
	return t
}

// chips are the filters that are on; each is taken off by its link.
func chips(c *web.Context, n names, f filter) []templates.Chip {
	var out []templates.Chip
	on := func(name, label string) {
		out = append(out, templates.Chip{Label: label, Href: c.With(name, ""), On: true})
	}
	if f.Channel != "" {
		on("channel", c.Text("item.channel."+string(f.Channel)))
	}
	if f.State != "" {
		on("state", c.Text("item.state."+string(f.State)))
	}
	if f.Column != 0 {
		on("column", n.column(f.Column))
	}
	if f.Department != 0 {
		on("department", n.department(c, f.Department))
	}
	if f.Import != 0 {
		on("import", c.Text("ledger.filter.import", decimal(f.Import)))
	}
	if f.From != "" {
		on("from", c.Text("ledger.filter.since", dayWords(c, f.From)))
	}
	if f.To != "" {
		on("to", c.Text("ledger.filter.until", dayWords(c, f.lastDay)))
	}
	if f.Search != "" {
		on("q", c.Text("ledger.filter.search", f.Search))
	}
	return out
}

func filterFields(c *web.Context, n names, f filter) []templates.Field {
	pick := func(name string, options []templates.Choice) templates.Field {
		return templates.Field{Kind: "select", Name: name, Label: c.Text("ledger.filter." + name), Options: options}
	}
	anyOf := func(options []templates.Choice) []templates.Choice {
		return append([]templates.Choice{{Label: c.Text("ledger.any")}}, options...)
	}
	return []templates.Field{
		{Kind: "search", Name: "q", Value: f.Search, Label: c.Text("ledger.filter.q")},
		pick("channel", anyOf(choices(c, "item.channel.", workflow.ItemChannels, f.Channel))),
		pick("state", anyOf(choices(c, "item.state.", itemStates, f.State))),
		pick("column", n.columnChoices(c, "ledger.any", f.Column, nil)),
		pick("department", n.departmentChoices(c, "ledger.any", f.Department)),
		{Kind: "date", Name: "from", Value: f.From, Label: c.Text("ledger.filter.from")},
		{Kind: "date", Name: "to", Value: f.lastDay, Label: c.Text("ledger.filter.to")},
	}
}
