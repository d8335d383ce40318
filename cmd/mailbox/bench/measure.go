package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sample is how long things took.
type sample []time.Duration

// at is the time that a share of the sample did not exceed, in milliseconds.
func (s sample) at(share float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	i := min(int(share*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i]) / float64(time.Millisecond)
}

// load is what many clients did.
type load struct {
	took   sample
	lasted time.Duration
}

func (l load) perSecond() float64 { return float64(len(l.took)) / l.lasted.Seconds() }

// together lets n clients do something again and again for a time. make gives
// each client what it does; the first error ends all.
func together(ctx context.Context, n int, lasts time.Duration, make func(client int) (func(context.Context) error, error)) (load, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	acts := []func(context.Context) error{}
	for i := range n {
		act, err := make(i)
		if err != nil {
			return load{}, err
		}
		acts = append(acts, act)
	}
	var out load
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	var stop atomic.Bool
	begun := time.Now()
	for _, act := range acts {
		wg.Go(func() {
			mine, err := repeat(ctx, act, begun.Add(lasts), &stop)
			mu.Lock()
			defer mu.Unlock()
			out.took = append(out.took, mine...)
			if err != nil {
				stop.Store(true)
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	out.lasted = time.Since(begun)
	return out, errors.Join(errs...)
}

func repeat(ctx context.Context, act func(context.Context) error, until time.Time, stop *atomic.Bool) (sample, error) {
	var took sample
	for now := time.Now(); now.Before(until) && !stop.Load(); {
		if err := act(ctx); err != nil {
			return took, err
		}
		after := time.Now()
		took = append(took, after.Sub(now))
		now = after
	}
	return took, nil
}
