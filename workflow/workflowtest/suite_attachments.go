package workflowtest

import (
	"slices"
	"strings"
	"testing"

	"mailbox/workflow"
)

var attachmentPromises = []promise{
	{"files of messages, drafts, mails and appraisals are in use, others are not", filesInUse},
}

func filesInUse(t *testing.T, s workflow.Store, c College) {
	sum := func(i string) string { return strings.Repeat(i, 64) }
	x := NewCase(t, s)
	m := workflow.Message{CaseID: x.ID, Kind: workflow.AdditionMessage, Channel: workflow.Web, At: Morning}
	must(t, s.AddMessage(t.Context(), &m, []workflow.NewFile{{SHA256: sum("a"), Name: "一.png", MediaType: "image/png", Size: 1}}))
	a := addAnswer(t, s, x, 1, c)
	must(t, s.AddFile(t.Context(), &workflow.File{CaseID: x.ID, Answer: a.ID, SHA256: sum("b"), Name: "二.png", MediaType: "image/png", Size: 1, At: Morning}))
	must(t, s.AddRawMail(t.Context(), &workflow.RawMail{Source: "smtp", External: "x", SHA256: sum("c"), Size: 1, Received: Morning, State: workflow.MailNew}))
	about := appraisal(c, "2026-11-20", "问卷")
	about.File = workflow.NewFile{SHA256: sum("e"), Name: "卷.pdf"}
	must(t, s.AddAppraisal(t.Context(), &about))
	got := ok(s.FilesInUse(t.Context(), []string{sum("e"), sum("d"), sum("c"), sum("b"), sum("a")}))(t)
	slices.Sort(got)
	same(t, "in use", got, []string{sum("a"), sum("b"), sum("c"), sum("e")})
	same(t, "of none", ok(s.FilesInUse(t.Context(), nil))(t), nil)
}
