package intake_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestSlip(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	r := w.Send(t, func(l *workflow.Letter) {
		l.Channel, l.External, l.EnteredBy = workflow.Phone, "form-1", w.Clerk.Actor()
	})
	got, err := w.Intake.Slip(t.Context(), w.Clerk.Actor(), workflow.Phone, "form-1")
	if err != nil || got.Number != r.Number || got.Code != r.Code {
		t.Errorf("slip = %s, %v; want that of %s", got.Number, err, r.Number)
	}
	for name, by := range map[string]workflow.Actor{"department": w.LogisticsHead.Actor(), "admin": w.Admin.Actor(), "writer": workflow.ByWriter(r.CaseID)} {
		if _, err := w.Intake.Slip(t.Context(), by, workflow.Phone, "form-1"); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s gets a slip: %v", name, err)
		}
	}
	w.Pass(16 * time.Minute)
	if _, err := w.Intake.Slip(t.Context(), w.Clerk.Actor(), workflow.Phone, "form-1"); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a slip after a quarter of an hour: %v", err)
	}
}
