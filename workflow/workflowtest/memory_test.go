package workflowtest_test

import (
	"errors"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

func TestMemoryPanicKeepsNothing(t *testing.T) {
	store := workflowtest.NewMemory()
	workflowtest.Seed(t, store)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not come through")
			}
		}()
		_ = store.Atomic(t.Context(), func(tx workflow.Store) error {
			workflowtest.NewCase(t, tx)
			panic("a fault of the program")
		})
	}()
	if ids, err := store.CaseIDs(t.Context(), 0, 10); err != nil || len(ids) != 0 {
		t.Errorf("kept %v after a panic, %v", ids, err)
	}
	workflowtest.NewCase(t, store) // and the store is free for the next writer
}

func TestMemoryTransactionIsOver(t *testing.T) {
	store := workflowtest.NewMemory()
	workflowtest.Seed(t, store)
	var kept workflow.Store
	if err := store.Atomic(t.Context(), func(tx workflow.Store) error { kept = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Departments(t.Context()); err == nil {
		t.Error("a transaction that has ended still answers")
	}
	if err := kept.SaveDepartment(t.Context(), &workflow.Department{Code: "late"}); err == nil {
		t.Error("a transaction that has ended still writes")
	}
}

func TestMemoryReadersSeeWhatIsCommitted(t *testing.T) {
	store := workflowtest.NewMemory()
	workflowtest.Seed(t, store)
	failed := errors.New("no")
	err := store.Atomic(t.Context(), func(tx workflow.Store) error {
		c := workflowtest.NewCase(t, tx)
		if _, err := store.Case(t.Context(), c.ID); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("others see an uncommitted case: %v", err)
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("Atomic says %v, want what do said", err)
	}
}

func TestMemory(t *testing.T) {
	workflowtest.TestStore(t, func(testing.TB) workflow.Store { return workflowtest.NewMemory() })
}
