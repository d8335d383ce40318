package delivery_test

import (
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/delivery"
)

// failed is an answer that was refused, and the office's view of it.
func failed(t *testing.T) (*office, *delivery.Failures, workflow.Notice) {
	t.Helper()
	o := open(t)
	o.post.answer = always(workflow.Failed, "550 no such user")
	n := o.tellWriter(t, workflow.Telling{Name: "answer", Kind: workflow.NoticeAnswered})
	_, err := o.courier.Deliver(t.Context())
	must(t, err)
	return o, delivery.NewFailures(o.desk), n
}

func TestFailures_list(t *testing.T) {
	o, f, n := failed(t)
	for _, a := range []workflow.Account{o.Clerk, o.OfficeHead} {
		got, err := f.List(t.Context(), a.Actor(), delivery.ToWriters, 0, 10)
		must(t, err)
		if len(got) != 1 || got[0].ID != n.ID || got[0].Case.Number != o.c.Number {
			t.Errorf("%s sees %+v", a.Username, got)
		}
	}
	for _, a := range []workflow.Account{o.LogisticsHead, o.Admin, o.Leader} {
		if _, err := f.List(t.Context(), a.Actor(), delivery.ToWriters, 0, 10); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s may look: %v", a.Username, err)
		}
	}
	if got, err := f.List(t.Context(), o.Discipline.Actor(), delivery.ToWriters, 0, 10); err != nil || len(got) != 0 {
		t.Errorf("the discipline officer sees %v, %v: the case is not sealed", got, err)
	}
}

func TestFailures_ofSealedCasesAreNotTheOffices(t *testing.T) {
	o, f, n := failed(t)
	c, err := o.store.Case(t.Context(), o.c.ID)
	must(t, err)
	c.Sealed = true
	must(t, o.store.SaveCase(t.Context(), &c))
	if got, err := f.List(t.Context(), o.Clerk.Actor(), delivery.ToWriters, 0, 10); err != nil || len(got) != 0 {
		t.Errorf("the clerk sees %v, %v", got, err)
	}
	if err := f.Again(t.Context(), o.Clerk.Actor(), n.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("the clerk may act: %v", err)
	}
	if k, err := f.Count(t.Context(), o.Discipline.Actor(), delivery.ToWriters, 10); err != nil || k != 1 {
		t.Errorf("the discipline officer counts %d, %v", k, err)
	}
}

func TestFailures_again(t *testing.T) {
	o, f, n := failed(t)
	must(t, f.Again(t.Context(), o.Clerk.Actor(), n.ID))
	o.post.answer = nil
	_, err := o.courier.Deliver(t.Context())
	must(t, err)
	got, err := o.store.Notice(t.Context(), n.ID)
	must(t, err)
	if got.State != workflow.Sent {
		t.Errorf("state %s after sending once more", got.State)
	}
	if err := f.Again(t.Context(), o.Clerk.Actor(), n.ID); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("once more what was sent: %v", err)
	}
}

func TestFailures_settle(t *testing.T) {
	o, f, n := failed(t)
	if err := f.Settle(t.Context(), o.Clerk.Actor(), n.ID, "  "); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("without a remark: %v", err)
	}
	must(t, f.Settle(t.Context(), o.Clerk.Actor(), n.ID, "已电话告知来信人"))
	if k, err := f.Count(t.Context(), o.Clerk.Actor(), delivery.ToWriters, 10); err != nil || k != 0 {
		t.Errorf("%d left, %v", k, err)
	}
	messages, err := o.store.MessagesOf(t.Context(), o.c.ID, true)
	must(t, err)
	if len(messages) != 1 || messages[0].Kind != workflow.NoteMessage || messages[0].Body != "已电话告知来信人" {
		t.Errorf("the case keeps %+v", messages)
	}
}

func TestFailures_allAgain(t *testing.T) {
	o, f, n := failed(t)
	unsure := o.tellWriter(t, workflow.Telling{Name: "another", Kind: workflow.NoticeAccepted})
	o.post.answer = func(m delivery.Mail) workflow.SendResult {
		if m.Kind == workflow.NoticeAccepted {
			return workflow.SendResult{State: workflow.Uncertain}
		}
		return workflow.SendResult{State: workflow.Failed}
	}
	toStaff := o.tellAccount(t, o.LogisticsClerk, "routed")
	_, err := o.courier.Deliver(t.Context())
	must(t, err)
	sent, err := f.AllAgain(t.Context(), o.Clerk.Actor(), delivery.ToWriters, 10)
	must(t, err)
	if sent != 1 {
		t.Errorf("%d queued again, want the failed one alone", sent)
	}
	for id, want := range map[int64]workflow.NoticeState{n.ID: workflow.Queued, unsure.ID: workflow.Uncertain, toStaff.ID: workflow.Failed} {
		if got, err := o.store.Notice(t.Context(), id); err != nil || got.State != want {
			t.Errorf("notice %d is %s, %v; want %s", id, got.State, err, want)
		}
	}
}
