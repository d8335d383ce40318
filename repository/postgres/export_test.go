package postgres

import "mailbox/workflow"

// ListStatement is what List would run.
func ListStatement(q workflow.Query) (statement string, args []any, err error) {
	q.Limit = pageLength
	return listings[q.Order].statement(q)
}

// What CountCases and Board would run.
var (
	CountStatement = countStatement
	BoardStatement = boardStatement
)
