package open311

import (
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// asked reads what a question for requests says.
func (n names) asked(c *web.Context) (q asked, err error) {
	if q.open, q.closed, err = statusAsked(c.Query("status")); err != nil {
		return q, err
	}
	if codes := c.Query("service_code"); codes != "" {
		for code := range strings.SplitSeq(codes, ",") {
			k, ok := n.categories[strings.TrimSpace(code)]
			if !ok {
				return q, workflow.Fail(workflow.NotFound, "open311.service_unknown")
			}
			q.query.Categories = append(q.query.Categories, k.ID)
		}
	}
	from, to, err := spanAsked(c)
	if err != nil {
		return q, err
	}
	q.query.From, q.query.To = wholeDays(from, to, c.Now.Location())
	return q, nil
}

func statusAsked(list string) (open, closed bool, err error) {
	if list == "" {
		return true, true, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(s) {
		case "open":
			open = true
		case "closed":
			closed = true
		default:
			return false, false, workflow.Fail(workflow.Invalid, "open311.status")
		}
	}
	return open, closed, nil
}

// spanAsked is the span of time asked for: 90 days at most, up to now when
// nothing is said. Of a longer one the last 90 days are answered.
func spanAsked(c *web.Context) (from, to time.Time, err error) {
	if from, err = dateAsked(c, "start_date"); err != nil {
		return from, to, err
	}
	if to, err = dateAsked(c, "end_date"); err != nil {
		return from, to, err
	}
	switch {
	case to.IsZero() && from.IsZero():
		to = c.Now
	case to.IsZero():
		to = from.Add(maxSpan)
	}
	if earliest := to.Add(-maxSpan); from.Before(earliest) {
		from = earliest
	}
	return from, to, nil
}

func dateAsked(c *web.Context, name string) (time.Time, error) {
	s := c.Query(name)
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, c.Now.Location()); err == nil {
		if name == "end_date" {
			t = t.AddDate(0, 0, 1).Add(-time.Second)
		}
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(s, " ", "+")) // a plus that a query made a blank
	if err != nil {
		return t, workflow.Fail(workflow.Invalid, "open311.date")
	}
	return t, nil
}

// wholeDays makes a span one of whole days, half-open. A day counts when it
// begins inside of the span, for that is when its letters are said to have come:
// nobody finds the hour of a letter by asking for smaller and smaller spans.
func wholeDays(from, to time.Time, zone *time.Location) (first, end time.Time) {
	first = midnight(from, zone)
	if first.Before(from) {
		first = first.AddDate(0, 0, 1)
	}
	return first, midnight(to, zone).AddDate(0, 0, 1)
}

func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
