package public

import (
	"mailbox/handlers/web"
	"mailbox/templates"
)

// labels are the names of fields as the summary of a form says them: "fill this
// in" alone does not tell what.
var labels = map[string]string{
	"identity": "write.identity", "kind": "write.kind", "category": "write.category", "status": "write.status",
	"subject": "write.subject", "body": "write.body", "files": "write.files",
	"name": "write.name", "phone": "write.phone", "email": "write.email",
	"word_add": "track.act.add.word", "word_again": "track.act.again.word", "word_redo": "track.act.redo.word",
	"word_withdraw": "track.act.withdraw.word",
	"speed":         "rate.speed", "attitude": "rate.attitude", "result": "rate.result", "solved": "rate.solved", "comment": "rate.comment",
	"old": "account.old", "password": "account.new", "password_again": "account.again",
}

// labelled names the fields of problems.
func labelled(c *web.Context, problems []templates.Problem) []templates.Problem {
	for i, p := range problems {
		if key, ok := labels[p.Field]; ok {
			problems[i].Label = c.Text(key)
		}
	}
	return problems
}
