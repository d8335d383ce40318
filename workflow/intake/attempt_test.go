package intake_test

import (
	"context"
	"errors"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/intake"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// faulty is a store in which nobody can look for the same mail.
type faulty struct {
	workflow.Store
	why func() error
}

func (f faulty) SameMail(ctx context.Context, identity []byte) ([]workflow.RawMail, error) {
	if err := f.why(); err != nil {
		return nil, err
	}
	return f.Store.SameMail(ctx, identity)
}

// plain reads every mail as the same one.
type plain struct{}

func (plain) Read([]byte, []string) intake.ReadMail {
	return intake.ReadMail{Readable: true, MessageID: "one@example.com", FromAddress: "li@example.com", Subject: "食堂", Text: "太贵了，请您过问。"}
}

// TestSort_attempts wants a mail to be set aside for what is its own fault or
// ours, and never for a database that was away.
func TestSort_attempts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		why   func() error
		tries int
		end   workflow.MailState
	}{
		{"the database is away", func() error { return workflow.Fail(workflow.Unavailable, "request.unavailable") }, 20, workflow.MailCase},
		{"a fault of ours", func() error { return errors.New("no such column") }, 4, workflow.MailUnreadable},
		{"a panic of ours", func() error { panic("index out of range") }, 4, workflow.MailUnreadable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := worldtest.New(t, workflowtest.NewMemory())
			store, broken := w.Store, true
			w.Desk.Store = faulty{store, func() error {
				if !broken {
					return nil
				}
				return test.why()
			}}
			room := intake.NewMailroom(w.Intake, w.Blobs, plain{}, func(context.Context, int64, intake.ReadMail, string, []workflow.NewFile) error { return nil }, nil)
			if err := room.Arrive(t.Context(), intake.Arrival{Source: "smtp", External: "smtp:1", Received: w.Now(), Raw: []byte("a mail")}); err != nil {
				t.Fatal(err)
			}
			for range test.tries {
				_, _ = room.Sort(t.Context(), 10) // what it says, the mail's end shows
			}
			broken = false
			if _, err := room.Sort(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			if m, err := store.RawMail(t.Context(), 1); err != nil || m.State != test.end {
				t.Errorf("the mail is %q (%s) after %d attempts, %v; want %q", m.State, m.Reason, m.Attempts, err, test.end)
			}
		})
	}
}
