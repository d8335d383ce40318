package intake_test

import (
	"errors"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// TestSubmit_namesOfPrograms sends letters under one name: the same again is the
// same case with the same code, any other is refused and learns nothing.
func TestSubmit_namesOfPrograms(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, workflowtest.NewMemory())
	letter := func(opts ...func(*workflow.Letter)) workflow.Letter {
		return w.Letter(append([]func(*workflow.Letter){func(l *workflow.Letter) { l.Channel, l.External = workflow.API, "a name chosen elsewhere" }}, opts...)...)
	}
	first, err := w.Intake.Submit(t.Context(), letter())
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Intake.Submit(t.Context(), letter(func(l *workflow.Letter) { l.Subject, l.Locale = " "+l.Subject+"\n", "en" }))
	if err != nil || !again.Again || again.Number != first.Number || again.Code != first.Code {
		t.Errorf("again: %v %v", again.Number, err)
	}
	for name, change := range map[string]func(*workflow.Letter){
		"subject":  func(l *workflow.Letter) { l.Subject += "了" },
		"body":     func(l *workflow.Letter) { l.Body += "。" },
		"mode":     func(l *workflow.Letter) { l.Mode = workflow.Anonymous },
		"kind":     func(l *workflow.Letter) { l.Kind = workflow.Praise },
		"category": func(l *workflow.Letter) { l.Category = w.Teaching.ID },
		"status":   func(l *workflow.Letter) { l.WriterStatus = "parent" },
		"name":     func(l *workflow.Letter) { l.Identity.Name = "另一位同学" },
		"phone":    func(l *workflow.Letter) { l.Identity.Phone = "1" },
		"email":    func(l *workflow.Letter) { l.Identity.Email = "other@students.example" },
		"about":    func(l *workflow.Letter) { l.About = w.Logistics.ID },
		"publish":  func(l *workflow.Letter) { l.Publish = true },
		"files":    func(l *workflow.Letter) { l.Files = []workflow.NewFile{{SHA256: "00", Name: "a.txt"}} },
	} {
		r, err := w.Intake.Submit(t.Context(), letter(change))
		if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Kind != workflow.Invalid || e.Key != "letter.key_reused" || r.Code != "" {
			t.Errorf("other %s: %q %v", name, r.Number, err)
		}
	}
}
