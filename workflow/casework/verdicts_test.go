package casework_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// TestVerdicts_beforeAndAfterAnExtension answers between the date first promised
// and the one granted: late by the first, in time by the second.
func TestVerdicts_beforeAndAfterAnExtension(t *testing.T) {
	w := worldtest.New(t, workflowtest.NewMemory())
	id := w.Send(t).CaseID
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.SignFor})
	if err := w.Cases.AskMoreTime(t.Context(), w.LogisticsClerk.Actor(), id, 5, "等配件"); err != nil {
		t.Fatal(err)
	}
	if err := w.Cases.DecideMoreTime(t.Context(), w.OfficeHead.Actor(), id, true, "同意"); err != nil {
		t.Fatal(err)
	}
	w.Set(workflowtest.Morning.AddDate(0, 0, 16)) // the 12th working day of 10 promised and 5 granted
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), id, "已修好。", 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.HandIn})
	w.Do(t, w.LogisticsHead, id, casework.Act{Action: workflow.Approve})
	c := w.Do(t, w.OfficeHead, id, casework.Act{Action: workflow.Answer})
	if !*c.InTime || *c.InFirst {
		t.Errorf("in time %v, by the first date %v; want true and false", *c.InTime, *c.InFirst)
	}
	if c.SignedInTime == nil || !*c.SignedInTime {
		t.Error("it was signed for at once and not in time")
	}
}

// TestVerdicts_theDepartmentsOwnTime gives a case to one department for two
// hours, to another for three with a day of waiting and a day of check between.
func TestVerdicts_theDepartmentsOwnTime(t *testing.T) {
	w := worldtest.New(t, workflowtest.NewMemory())
	id := w.Send(t).CaseID
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Accept, Department: w.Academic.ID})
	w.Pass(2 * time.Hour)
	w.Do(t, w.AcademicClerk, id, casework.Act{Action: workflow.Refuse, Note: "不是教务的事", Department: w.Logistics.ID})
	w.Set(workflowtest.Morning.AddDate(0, 0, 1))
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Route, Department: w.Logistics.ID, Note: "请后勤办理"})
	w.Pass(time.Hour)
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.SignFor})
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.Ask, Note: "哪一层？"})
	w.Set(workflowtest.Morning.AddDate(0, 0, 2).Add(time.Hour))
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.GoOn})
	w.Pass(2 * time.Hour)
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), id, "已修好。", 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.HandIn})
	w.Do(t, w.LogisticsHead, id, casework.Act{Action: workflow.Approve})
	w.Set(workflowtest.Morning.AddDate(0, 0, 4))
	c := w.Do(t, w.OfficeHead, id, casework.Act{Action: workflow.Answer})
	if c.Handled == nil || *c.Handled != 180 {
		t.Errorf("the department had it %v minutes, want 180", c.Handled)
	}
}

// TestVerdicts_signedLate signs for a case two days after it was routed.
func TestVerdicts_signedLate(t *testing.T) {
	w := worldtest.New(t, workflowtest.NewMemory())
	id := w.Send(t).CaseID
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Set(workflowtest.Morning.AddDate(0, 0, 3))
	c := w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.SignFor})
	if c.SignedInTime == nil || *c.SignedInTime {
		t.Error("signed for two days late counts as in time")
	}
}
