package web

import (
	"strings"

	"mailbox/workflow"
)

// Ladder says by which way a notice reached its reader, and why the ways before
// it did not; "" for one that went through no platform.
func (c *Context) Ladder(notice int64, tries []workflow.NoticeTry) string {
	var words []string
	for _, t := range tries {
		if t.Notice != notice {
			continue
		}
		step := c.Text("ladder.step." + string(t.Step))
		switch {
		case t.Outcome == workflow.TrySent:
			words = append(words, c.Text("ladder.reached", step))
		case t.Reason != "":
			words = append(words, c.Text("ladder.because", step, c.Text(t.Reason)))
		default:
			words = append(words, c.Text("ladder.because", step, c.Text("ladder.outcome."+string(t.Outcome))))
		}
	}
	if c.Locale == "en" {
		return strings.Join(words, "; ")
	}
	return strings.Join(words, "；")
}
