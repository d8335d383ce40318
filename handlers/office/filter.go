package office

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// filter is what the list of cases is asked for, as it stands in the address.
type filter struct {
	State      string // open, all, or a state
	Department string // an id; "0": nobody has it
	Category   string
	Kind       string
	Channel    string
	Mode       string
	Status     string // what the writer is; "none": did not say
	Urgent     bool
	Due        string // overdue, today, soon or later
	From, To   string // days of receipt, both included
	Concern    string // or any
	Decision   string
	Campaign   string // an id
	Proposed   string // an id
	Search     string
	Sort       string // due or new

	Fact             string // a measure: the cases behind a figure
	FactFrom, FactTo string // its days, the last not included
	First, End       string // its buckets, the last not included
	Stock            string // what of it was in hand at the end of its days
	AsOf             string // as it was known at that moment

	Did            string // an act: the cases to which people of a department did it
	DidFrom, DidTo string // moments, half-open
	DidBy          string // the department
}

// dues are the columns of the board.
var dues = []string{"overdue", "today", "soon", "later"}

// readFilter takes from the address what makes sense; without anything it is
// what is in hand.
func readFilter(c *web.Context) filter {
	f := filter{
		State: c.Query("state"), Department: c.Query("department"), Category: c.Query("category"), Kind: c.Query("kind"),
		Channel: c.Query("channel"), Mode: c.Query("mode"), Urgent: c.Query("urgent") != "", Due: c.Query("due"),
		From: c.Query("from"), To: c.Query("to"), Search: c.Query("q"), Sort: c.Query("sort"),
		Concern: c.Query("concern"), Decision: c.Query("decision"), Campaign: c.Query("campaign"), Proposed: c.Query("proposed"),
		Fact: c.Query("fact"), FactFrom: c.Query("ffrom"), FactTo: c.Query("fto"),
		First: c.Query("first"), End: c.Query("end"), Stock: c.Query("stock"), AsOf: c.Query("asof"), Status: c.Query("status"),
		Did: c.Query("did"), DidFrom: c.Query("dfrom"), DidTo: c.Query("dto"), DidBy: c.Query("dby"),
	}
	if !slices.Contains(dues, f.Due) {
		f.Due = ""
	}
	if f.State == "" {
		f.State = "open"
		if f.Fact != "" || f.Did != "" || f.Search != "" || f.matters() {
			f.State = "all"
		}
	}
	if f.Sort == "" && f.State == "open" {
		f.Sort = "due"
	}
	return f
}

// matters reports whether the annual report's matters are asked for: those
// that have ended belong to them.
func (f filter) matters() bool {
	return f.Concern != "" || f.Decision != "" || f.Campaign != "" || f.Proposed != ""
}

// Open reports whether only cases in hand are wanted.
func (f filter) open() bool { return f.State == "open" || f.Due != "" }

// query is the filter as the use case reads it.
func (f filter) query(zone *time.Location, marks workflow.BoardMarks) (workflow.Query, error) {
	q := workflow.Query{
		Kind: workflow.CaseKind(f.Kind), Channel: workflow.Channel(f.Channel), Mode: workflow.Mode(f.Mode),
		Concern: workflow.Concern(f.Concern), Decision: workflow.Decision(f.Decision),
		Status: workflow.WriterStatus(f.Status), Urgent: f.Urgent, Search: f.Search, Open: f.open(), Order: workflow.NewestFirst,
	}
	if f.State != "open" && f.State != "all" {
		q.States = []workflow.State{workflow.State(f.State)}
	}
	if f.Sort == "due" && q.Open {
		q.Order = workflow.DueFirst
	}
	var err error
	if q.Department, err = number(f.Department, "department"); err != nil {
		return q, err
	}
	q.NoOne = f.Department == "0"
	if q.Category, err = number(f.Category, "category"); err != nil {
		return q, err
	}
	if q.Campaign, err = number(f.Campaign, "campaign"); err != nil {
		return q, err
	}
	if q.Proposed, err = number(f.Proposed, "proposed"); err != nil {
		return q, err
	}
	if err := f.days(&q, zone); err != nil {
		return q, err
	}
	f.due(&q, marks)
	if err := f.happened(&q); err != nil {
		return q, err
	}
	return q, f.fact(&q)
}

// happened asks for the cases to which people of a department did something.
func (f filter) happened(q *workflow.Query) error {
	if f.Did == "" {
		return nil
	}
	q.Happened = &workflow.HappenedQuery{Action: workflow.Action(f.Did)}
	var err error
	if q.Happened.From, err = time.Parse(time.RFC3339Nano, f.DidFrom); err != nil {
		return workflow.Wrong("dfrom", "invalid.date")
	}
	if q.Happened.To, err = time.Parse(time.RFC3339Nano, f.DidTo); err != nil {
		return workflow.Wrong("dto", "invalid.date")
	}
	q.Happened.Department, err = number(f.DidBy, "dby")
	return err
}

func number(s, field string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, workflow.Wrong(field, "invalid.choice")
	}
	return n, nil
}

func (f filter) days(q *workflow.Query, zone *time.Location) error {
	var err error
	if f.From != "" {
		if q.From, err = time.ParseInLocation(time.DateOnly, f.From, zone); err != nil {
			return workflow.Wrong("from", "invalid.date")
		}
	}
	if f.To != "" {
		if q.To, err = time.ParseInLocation(time.DateOnly, f.To, zone); err != nil {
			return workflow.Wrong("to", "invalid.date")
		}
		q.To = q.To.AddDate(0, 0, 1)
	}
	return nil
}

func (f filter) due(q *workflow.Query, marks workflow.BoardMarks) {
	switch f.Due {
	case "overdue":
		q.DueTo = marks.Now
	case "today":
		q.DueFrom, q.DueTo = marks.Now, marks.Today
	case "soon":
		q.DueFrom, q.DueTo = marks.Today, marks.Soon
	case "later":
		q.Calm = marks.Soon
	}
}

func (f filter) fact(q *workflow.Query) error {
	if f.Fact == "" {
		return nil
	}
	for field, day := range map[string]string{"ffrom": f.FactFrom, "fto": f.FactTo} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return workflow.Wrong(field, "invalid.date")
		}
	}
	q.Fact = &workflow.FactQuery{
		Measure: workflow.Measure(f.Fact), From: f.FactFrom, To: f.FactTo,
		Department: q.Department, Category: q.Category, Kind: q.Kind, Channel: q.Channel, Mode: q.Mode, Status: q.Status,
	}
	q.Fact.NoOne, q.Fact.Stock = q.NoOne, f.Stock != ""
	if err := f.factSize(q.Fact); err != nil {
		return err
	}
	if f.AsOf != "" { // the case may have become something else since
		q.Department, q.NoOne, q.Category, q.Kind, q.Channel, q.Mode, q.Status = 0, false, 0, "", "", "", ""
	}
	return nil
}

// factSize reads which buckets of a figure are asked for, and as of when.
func (f filter) factSize(q *workflow.FactQuery) error {
	first, err := number(f.First, "first")
	if err != nil {
		return err
	}
	end, err := number(f.End, "end")
	if err != nil {
		return err
	}
	q.MinBucket, q.EndBucket = int(first), int(end)
	if f.AsOf == "" {
		return nil
	}
	if q.AsOf, err = time.Parse(time.RFC3339Nano, f.AsOf); err != nil {
		return workflow.Wrong("asof", "invalid.date")
	}
	return nil
}

// casesPath is where the list that a number stands for is found: the filter of
// a query that a use case gave with the number.
func casesPath(q workflow.Query) string {
	v := url.Values{}
	if q.Fact != nil && !q.Fact.AsOf.IsZero() {
		f := q.Fact
		q.Department, q.NoOne, q.Category, q.Kind, q.Channel, q.Mode, q.Status = f.Department, f.NoOne, f.Category, f.Kind, f.Channel, f.Mode, f.Status
	}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("department", decimal(q.Department))
	if q.NoOne {
		v.Set("department", "0")
	}
	set("category", decimal(q.Category))
	set("kind", string(q.Kind))
	set("channel", string(q.Channel))
	set("mode", string(q.Mode))
	set("concern", string(q.Concern))
	set("decision", string(q.Decision))
	set("campaign", decimal(q.Campaign))
	set("proposed", decimal(q.Proposed))
	set("status", string(q.Status))
	switch {
	case q.Fact != nil:
		v.Set("fact", string(q.Fact.Measure))
		v.Set("ffrom", q.Fact.From)
		v.Set("fto", q.Fact.To)
		set("first", strconv.Itoa(q.Fact.MinBucket))
		set("end", strconv.Itoa(q.Fact.EndBucket))
		if q.Fact.Stock {
			v.Set("stock", "1")
		}
		if !q.Fact.AsOf.IsZero() {
			v.Set("asof", q.Fact.AsOf.UTC().Format(time.RFC3339Nano))
		}
	case q.Happened != nil:
		v.Set("did", string(q.Happened.Action))
		v.Set("dfrom", q.Happened.From.UTC().Format(time.RFC3339Nano))
		v.Set("dto", q.Happened.To.UTC().Format(time.RFC3339Nano))
		set("dby", decimal(q.Happened.Department))
	case q.Open:
		v.Set("state", "open")
	}
	return "/office/cases?" + v.Encode()
}
