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
	Bucket           string // of a measure with a size, exactly this one
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
		Fact: c.Query("fact"), Bucket: c.Query("bucket"), FactFrom: c.Query("ffrom"), FactTo: c.Query("fto"),
	}
	if !slices.Contains(dues, f.Due) {
		f.Due = ""
	}
	if f.State == "" {
		f.State = "open"
		if f.Fact != "" || f.Search != "" || f.matters() {
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
		Urgent: f.Urgent, Search: f.Search, Open: f.open(), Order: workflow.NewestFirst,
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
	return q, f.fact(&q)
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
	bucket, err := number(f.Bucket, "bucket")
	if err != nil {
		return err
	}
	q.Fact = &workflow.FactQuery{
		Bucket:  int(bucket),
		Measure: workflow.Measure(f.Fact), From: f.FactFrom, To: f.FactTo,
		Department: q.Department, Category: q.Category, Kind: q.Kind, Channel: q.Channel, Mode: q.Mode,
	}
	return nil
}

// casesPath is where the list that a number stands for is found: the filter of
// a query that a use case gave with the number.
func casesPath(q workflow.Query) string {
	v := url.Values{}
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
	if q.Fact != nil {
		v.Set("fact", string(q.Fact.Measure))
		v.Set("ffrom", q.Fact.From)
		v.Set("fto", q.Fact.To)
		set("bucket", strconv.Itoa(q.Fact.Bucket))
	} else if q.Open {
		v.Set("state", "open")
	}
	return "/office/cases?" + v.Encode()
}
