package postgres

import (
	"regexp"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// conditions is a WHERE clause in the making. It only ever takes constants,
// with a question mark for each argument.
type conditions struct {
	terms []string
	args  *[]any // of the whole statement
	leads lead   // of a list about a figure
}

// add appends one condition; arguments get the next numbers.
func (c *conditions) add(term string, args ...any) {
	c.terms = append(c.terms, c.with(term, args...))
}

// with gives the arguments of an expression the next numbers.
func (c *conditions) with(term string, args ...any) string {
	for _, a := range args {
		*c.args = append(*c.args, a)
		term = strings.Replace(term, "?", "$"+strconv.Itoa(len(*c.args)), 1)
	}
	return term
}

func (c *conditions) addIf(yes bool, term string, args ...any) {
	if yes {
		c.add(term, args...)
	}
}

func (c *conditions) String() string {
	if len(c.terms) == 0 {
		return "true"
	}
	return strings.Join(c.terms, " AND ")
}

// source is one of the ways in which cases get into a list: as the
// department's own, or as those it assists in. A case has one of them only.
type source struct {
	from   string
	at, id string // the columns of the order by time that have an index
	open   string // condition for open cases that has an index
	seat   func(c *conditions, department int64)
}

var (
	wholeCollege = source{
		from: "cases c", at: "c.received_at", id: "c.id", open: "c.ended_at IS NULL",
		seat: func(*conditions, int64) {},
	}
	ownCases = source{
		from: "cases c", at: "c.received_at", id: "c.id", open: "c.ended_at IS NULL",
		seat: func(c *conditions, d int64) { c.add("c.department_id = ?", d) },
	}
	assistedCases = source{
		from: "case_departments a JOIN cases c ON c.id = a.case_id", at: "a.received_at", id: "a.case_id", open: "a.open AND c.ended_at IS NULL",
		seat: func(c *conditions, d int64) {
			c.add("a.department_id = ? AND c.department_id IS DISTINCT FROM ?", d, d)
		},
	}
)

// sources returns the ways for a scope: without a department there is one.
// Two ways each in order of an index are faster than one that says "or".
func sources(s workflow.Scope) []source {
	if !departmental(s) {
		return []source{wholeCollege}
	}
	return []source{ownCases, assistedCases}
}

func departmental(s workflow.Scope) bool {
	return !s.Everything && !s.Nothing && s.Case == 0 && s.Department != 0
}

// scope says in SQL what Scope.Sees says of one case; its department is the
// business of sources.
func (c *conditions) scope(s workflow.Scope) {
	switch {
	case s.Everything:
	case s.Nothing:
		c.add("false")
	case s.Case != 0:
		c.add("c.id = ?", s.Case)
	default:
		c.add("c.sealed = ?", s.Sealed)
		c.addIf(s.NotAbout != 0, "c.about_id IS DISTINCT FROM ?", s.NotAbout)
	}
}

// query adds the conditions of a list in one source, all but its page.
func (c *conditions) query(q workflow.Query, src source) {
	src.seat(c, q.Scope.Department)
	c.scope(q.Scope)
	c.addIf(q.Open || q.Order == workflow.DueFirst, src.open)
	c.states(q.States)
	c.addIf(q.Department != 0, "c.department_id = ?", q.Department)
	c.addIf(q.NoOne, "c.department_id IS NULL")
	c.addIf(q.Category != 0, "c.category_id = ?", q.Category)
	c.addIf(q.Kind != "", "c.kind = ?", q.Kind)
	c.addIf(q.Channel != "", "c.channel = ?", q.Channel)
	c.addIf(q.Mode != "", "c.mode = ?", q.Mode)
	c.addIf(q.Status != "", "c.writer_status = ?", q.Status.Stored())
	c.addIf(q.Urgent, "c.urgent")
	c.addIf(!q.From.IsZero(), "c.received_at >= ?", instant(q.From))
	c.addIf(!q.To.IsZero(), "c.received_at < ?", instant(q.To))
	c.addIf(!q.DueFrom.IsZero(), "c.due_key >= ? AND c.due_key < 'infinity'", instant(q.DueFrom))
	c.addIf(!q.DueTo.IsZero(), "c.due_key < ?", instant(q.DueTo))
	c.addIf(q.NoDue, "c.due_key = 'infinity'")
	c.addIf(!q.Calm.IsZero(), "c.due_key >= ?", instant(q.Calm)) // without a clock it is infinity
	c.addIf(q.Refused, "c.refusals > 0")
	c.addIf(q.Unrefused, "c.refusals = 0")
	c.matters(q)
	c.writer(q.Writer)
	c.search(q.Search)
	c.fact(q.Fact)
	c.happened(q.Happened)
}

// matters adds what the annual report asks of cases, each with the condition of
// its index.
func (c *conditions) matters(q workflow.Query) {
	switch q.Concern {
	case "":
	case workflow.AnyConcern:
		c.add("c.concern <> ''")
	default:
		c.add("c.concern <> '' AND c.concern = ?", q.Concern)
	}
	c.addIf(q.Decision != "", "c.kind = 'disclosure' AND c.decision = ?", q.Decision)
	c.addIf(q.Campaign != 0, "c.campaign_id = ?", q.Campaign)
	c.addIf(q.Proposed != 0, "c.proposed_id = ?", q.Proposed)
}

func (c *conditions) states(states []workflow.State) {
	switch len(states) {
	case 0:
	case 1:
		c.add("c.state = ?", states[0]) // in the order of an index
	default:
		c.add("c.state = ANY (?)", array(states))
	}
}

func (c *conditions) writer(id string) {
	if id == "" {
		return
	}
	if !uid(id).known() {
		c.add("false")
		return
	}
	c.add("c.writer_id = ?", uid(id))
}

// numberLike is what somebody types who has a case number, or its beginning,
// before their eyes.
var numberLike = regexp.MustCompile(`^(?:XZ(\d{1,8})|XZ(\d{8}-\d*)|(\d{8}-\d*))$`)

// search finds a number by its beginning, and text by words that stand
// together. What has no words in it finds nothing.
func (c *conditions) search(typed string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return
	}
	if m := numberLike.FindStringSubmatch(strings.ToUpper(typed)); m != nil {
		begin := "XZ" + m[1] + m[2] + m[3]
		c.add("c.number >= ? AND c.number < ?", begin, begin+"~")
		return
	}
	words := workflow.SearchQuery(typed)
	if len(words) == 0 {
		c.add("false")
		return
	}
	c.add("EXISTS (SELECT FROM case_search s WHERE s.case_id = c.id AND s.words @@ ?::tsquery)", phrases(words))
}

// happened finds the cases to which people of a department did something.
func (c *conditions) happened(q *workflow.HappenedQuery) {
	if q == nil {
		return
	}
	e := conditions{args: c.args}
	e.add("e.case_id = c.id AND e.action = ? AND e.at >= ? AND e.at < ?", q.Action, instant(q.From), instant(q.To))
	e.addIf(q.Department != 0, "e.department_id = ?", q.Department)
	c.add("EXISTS (SELECT FROM events e WHERE " + e.String() + ")")
}
