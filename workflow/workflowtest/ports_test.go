package workflowtest_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

var now = workflowtest.Morning

// is fails unless an error is of a kind, or none is wanted.
func is(t *testing.T, what string, err error, want workflow.Kind) {
	t.Helper()
	if err == nil || workflow.KindOf(err) != want {
		t.Errorf("%s: got %v, want kind %d", what, err, want)
	}
}

func well(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func claim(t *testing.T, timers *workflowtest.Timers, at time.Time, limit int) []string {
	t.Helper()
	got, err := timers.Claim(t.Context(), at, limit, time.Minute)
	well(t, err)
	var keys []string
	for _, one := range got {
		keys = append(keys, one.Key)
	}
	return keys
}

func TestTimers(t *testing.T) {
	timers := workflowtest.NewTimers()
	well(t, timers.Arm(t.Context(), workflow.Timer{Key: "2:warn", At: now.Add(time.Second)}, workflow.Timer{Key: "1:breach", At: now}, workflow.Timer{Key: "3:breach", At: now.Add(time.Hour)}))
	for _, step := range []struct {
		name  string
		at    time.Time
		limit int
		want  []string
	}{
		{"before any", now.Add(-time.Second), 10, nil},
		{"the earliest first", now.Add(time.Second), 1, []string{"1:breach"}},
		{"then the next", now.Add(time.Second), 10, []string{"2:warn"}},
		{"claimed ones are hidden", now.Add(30 * time.Second), 10, nil},
		{"until the lease runs out", now.Add(61 * time.Second), 10, []string{"1:breach", "2:warn"}},
	} {
		if got := claim(t, timers, step.at, step.limit); !slices.Equal(got, step.want) {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
	}
	well(t, timers.Arm(t.Context(), workflow.Timer{Key: "1:breach", At: now.Add(2 * time.Minute)})) // anew, while claimed
	well(t, timers.Settle(t.Context(), "1:breach", "2:warn", "3:breach", "9:warn"))
	if n, err := timers.Count(t.Context()); n != 2 || err != nil {
		t.Errorf("%d timers are left, want those armed anew and never claimed; %v", n, err)
	}
	if got := claim(t, timers, now.Add(2*time.Minute), 10); !slices.Equal(got, []string{"1:breach"}) {
		t.Errorf("armed anew: %v", got)
	}
	well(t, timers.Disarm(t.Context(), "1:breach", "9:warn"))
	if _, armed := timers.Armed("1:breach"); armed {
		t.Error("a disarmed timer is armed")
	}
	if at, armed := timers.Armed("3:breach"); !armed || !at.Equal(now.Add(time.Hour)) {
		t.Errorf("3:breach is armed %v for %v", armed, at)
	}
}

func TestLimiter(t *testing.T) {
	clock := now
	limiter := workflowtest.NewLimiter()
	limiter.Now = func() time.Time { return clock }
	limit := workflow.Limit{Name: "code", Rate: 1, Burst: 3, Per: time.Minute}
	for range 3 {
		well(t, limiter.Allow(t.Context(), limit, "a"))
	}
	err := limiter.Allow(t.Context(), limit, "a")
	is(t, "the fourth", err, workflow.Limited)
	limited, _ := errors.AsType[*workflow.Error](err)
	wait := limited.RetryAfter
	if wait <= 0 || wait > time.Minute {
		t.Fatalf("come back after %v", wait)
	}
	well(t, limiter.Allow(t.Context(), limit, "b"))
	clock = clock.Add(wait)
	well(t, limiter.Allow(t.Context(), limit, "a"))
	is(t, "once more", limiter.Allow(t.Context(), limit, "a"), workflow.Limited)
}

func TestSessions(t *testing.T) {
	sessions := workflowtest.NewSessions()
	open := func(account int64, since time.Time) string {
		token, err := sessions.Open(t.Context(), workflow.Session{AccountID: account, Since: since, Client: "Firefox"}, time.Hour, 3*time.Hour)
		well(t, err)
		return token
	}
	first, second, others := open(1, now), open(1, now.Add(time.Minute)), open(2, now)
	for minutes := 50; minutes <= 150; minutes += 50 { // used within each hour
		s, err := sessions.Find(t.Context(), first, now.Add(time.Duration(minutes)*time.Minute))
		well(t, err)
		if s.AccountID != 1 || s.ID == "" || s.ID == first {
			t.Errorf("found %+v", s)
		}
	}
	list, err := sessions.List(t.Context(), 1)
	if err != nil || len(list) != 2 || !list[0].Seen.After(list[1].Seen) {
		t.Errorf("the account has %+v, %v", list, err)
	}
	for what, find := range map[string]func() error{
		"idle":    func() error { _, err := sessions.Find(t.Context(), second, now.Add(2*time.Hour)); return err },
		"too old": func() error { _, err := sessions.Find(t.Context(), first, now.Add(181*time.Minute)); return err },
		"a guess": func() error { _, err := sessions.Find(t.Context(), "guess", now); return err },
		"signed of": func() error {
			well(t, sessions.Close(t.Context(), others))
			_, err := sessions.Find(t.Context(), others, now)
			return err
		},
	} {
		is(t, what, find(), workflow.Unauthenticated)
	}
	open(3, now)
	open(3, now)
	if n, err := sessions.CloseAll(t.Context(), 3); n != 2 || err != nil {
		t.Errorf("closed %d, %v", n, err)
	}
}

func TestOnce(t *testing.T) {
	clock := now
	once := workflowtest.NewOnce()
	once.Now = func() time.Time { return clock }
	for _, step := range []struct {
		key   string
		after time.Duration
		want  bool
	}{
		{"a", 0, true},
		{"a", 0, false},
		{"b", 0, true},
		{"a", 59 * time.Second, false},
		{"a", time.Second, true},
		{"a", 0, false},
	} {
		clock = clock.Add(step.after)
		if got, err := once.First(t.Context(), step.key, time.Minute); got != step.want || err != nil {
			t.Errorf("%s after %v: first %v, %v", step.key, step.after, got, err)
		}
	}
}

func TestBlobs(t *testing.T) {
	blobs := workflowtest.NewBlobs()
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for content, size := range map[string]int64{"": 0, "热水": 6} {
		for range 2 {
			name, n, err := blobs.Put(t.Context(), strings.NewReader(content), 6)
			well(t, err)
			r, err := blobs.Open(t.Context(), name)
			well(t, err)
			got, err := io.ReadAll(r)
			if string(got) != content || n != size || err != nil || content == "" && name != empty {
				t.Errorf("%q came back as %q, %d bytes, %v", content, got, n, err)
			}
		}
	}
	if _, _, err := blobs.Put(t.Context(), strings.NewReader("热水！"), 6); workflow.KindOf(err) != workflow.Invalid || len(blobs.Names()) != 2 {
		t.Errorf("too big: %v, and %d files are kept", err, len(blobs.Names()))
	}
	well(t, blobs.Keep(t.Context(), empty))
	blobs.Sweep()
	is(t, "kept too late", blobs.Keep(t.Context(), empty), workflow.NotFound)
	_, err := blobs.Open(t.Context(), empty)
	is(t, "swept", err, workflow.NotFound)
}
