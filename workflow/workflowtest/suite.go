package workflowtest

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
)

// promise is one sentence of workflow/store.go and how to find out whether a
// seeded Store keeps it.
type promise struct {
	name  string
	check func(t *testing.T, s workflow.Store, c College)
}

// TestStore holds a Store to every promise of workflow/store.go. open returns an
// empty Store of its own for each call and may be called by many tests at once.
func TestStore(t *testing.T, open func(testing.TB) workflow.Store) {
	t.Helper()
	for _, part := range [][]promise{
		channelPromises, channelFaultPromises, atomicPromises, casePromises, listPromises, searchPromises, letterPromises,
		dialoguePromises, attachmentPromises, answerPromises, clockPromises, eventPromises, birthPromises, changePromises,
		outboxPromises, deliveryPromises, mailPromises, collegePromises, peoplePromises, rulePromises, figurePromises,
		matterPromises, flawPromises, bulletinPromises, annualPromises, reviewPromises, ledgerPromises, publicationPromises,
		tokenPromises, deedPromises, todoPromises, signInPromises, cardPromises, webhookPromises,
	} {
		for _, p := range part {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				p.check(t, s, Seed(t, s))
			})
		}
	}
}

// together runs do n times at once and returns what each said.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}

// once wants exactly one success, and conflicts otherwise.
func once(t *testing.T, errs []error) {
	t.Helper()
	succeeded := 0
	for _, err := range errs {
		if err == nil {
			succeeded++
			continue
		}
		wantKind(t, workflow.Conflict, err)
	}
	if succeeded != 1 {
		t.Errorf("%d of %d succeeded, want 1", succeeded, len(errs))
	}
}

func allWell(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

func wantKind(t *testing.T, want workflow.Kind, err error) {
	t.Helper()
	if err == nil || workflow.KindOf(err) != want {
		t.Errorf("got kind %d (%v), want %d", workflow.KindOf(err), err, want)
	}
}

func absent(t *testing.T, what string, err error) {
	t.Helper()
	if workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("%s: got %v, want NotFound", what, err)
	}
}

// ok unwraps what must not fail.
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// same compares as stores do: times by moment and microsecond, empty like nil.
func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	g, w := copied(got), copied(want)
	forgetEmpty(reflect.ValueOf(&g).Elem())
	forgetEmpty(reflect.ValueOf(&w).Elem())
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s:\n got %s\nwant %s", what, show(g), show(w))
	}
}

func show(v any) string { return fmt.Sprintf("%+v", v) }

// forgetEmpty makes empty slices and maps nil.
func forgetEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.Len() == 0 {
			v.SetZero()
		}
		for i := range v.Len() {
			forgetEmpty(v.Index(i))
		}
	case reflect.Map:
		if v.Len() == 0 {
			v.SetZero()
		}
	case reflect.Struct:
		if _, isTime := v.Interface().(time.Time); isTime {
			return
		}
		for i := range v.NumField() {
			forgetEmpty(v.Field(i))
		}
	default:
	}
}

// newUUID is a random identity record's id.
func newUUID() string {
	b := random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func ids[V any](rows []V, id func(V) int64) []int64 {
	var out []int64
	for _, row := range rows {
		out = append(out, id(row))
	}
	return out
}
