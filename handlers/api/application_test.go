package api_test

import (
	"strings"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestApplication(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.post(t, "/letters", letter(fields{"kind": "disclosure", "identity": "anonymous"})).refused(t, 422, "application.anonymous", "identity")
	m.post(t, "/letters", letter(fields{"kind": "disclosure", "name": nil})).refused(t, 422, "application.name", "name")
	r := m.send(t, fields{"kind": "disclosure", "asked": "2025年决算总表", "purpose": "research", "delivery": "email"})
	c := m.caseOf(t, r)
	m.Do(t, m.Clerk, c.ID, casework.Act{Action: workflow.Accept, Department: m.Logistics.ID})
	m.Do(t, m.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
	if _, err := m.Cases.Decide(t.Context(), m.LogisticsClerk.Actor(), c.ID, casework.Deciding{Decision: workflow.DecideAbsent}); err != nil {
		t.Fatal(err)
	}
	before := m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code)
	before.Wants(200, `"asked":"2025年决算总表"`, `"purpose":"research"`)
	if strings.Contains(before.Body, "nonexistent") {
		t.Error("the decision is told before the answer")
	}
	if _, err := m.Cases.SaveDraft(t.Context(), m.LogisticsClerk.Actor(), c.ID, "未制作。", 0); err != nil {
		t.Fatal(err)
	}
	m.Do(t, m.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
	m.Do(t, m.LogisticsHead, c.ID, casework.Act{Action: workflow.Approve})
	m.Do(t, m.Clerk, c.ID, casework.Act{Action: workflow.Answer})
	m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code).Wants(200, `"decision":"nonexistent"`)
}
