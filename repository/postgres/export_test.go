package postgres

import "mailbox/workflow"

// ListStatement is what List would run; of a list about a figure, with few
// facts behind it or many.
func ListStatement(q workflow.Query, few bool) (statement string, args []any, err error) {
	q.Limit = pageLength
	leads := casesLead
	if few {
		leads = factsLead
	}
	return listings[q.Order].statement(q, leads)
}

// What CountCases and Board would run.
var (
	CountStatement = countStatement
	BoardStatement = boardStatement
)
