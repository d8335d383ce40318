package web_test

import (
	"errors"
	"testing"
	"time"

	"mailbox/handlers/web"
)

func TestRecent(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	asked, away := 0, error(nil)
	ask := func() (int, error) { asked++; return asked, away }
	for _, hold := range []bool{true, false} {
		r := &web.Recent[int]{Hold: hold}
		asked, away = 0, nil
		step := func(after time.Duration, want int, well bool) {
			t.Helper()
			now = now.Add(after)
			if got, err := r.Load(now, ask); got != want || (err == nil) != well {
				t.Errorf("hold %v: got %d, %v; want %d", hold, got, err, want)
			}
		}
		step(0, 1, true)
		step(4*time.Second, 1, true)
		step(2*time.Second, 2, true)
		step(-time.Hour, 3, true) // a clock that was set back
		away = errors.New("away")
		if !hold {
			step(6*time.Second, 0, false)
			continue
		}
		step(6*time.Second, 3, true)
		step(500*time.Millisecond, 3, true)
		away = nil
		step(time.Second, 5, true)
	}
	if _, err := (&web.Recent[int]{Hold: true}).Load(now, func() (int, error) { return 0, errors.New("never read") }); err == nil {
		t.Error("what was never read is given")
	}
}
