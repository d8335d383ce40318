package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// starts is how often the program is started to know how long that takes.
const starts = 5

// settles is how long a program that is ready is left alone before its memory
// counts as idle.
const settles = 3 * time.Second

// start measures what it takes to begin: time, memory, disk.
func start(ctx context.Context, r *run) error {
	file, err := os.Stat(r.Program)
	if err != nil {
		return fmt.Errorf("measure %s: %w", r.Program, err)
	}
	r.add("start", "size of the program", float64(file.Size())/(1<<20), "MiB", nil, "one file, nothing beside it")
	if err := r.firstStart(ctx); err != nil {
		return err
	}
	return r.with(ctx, "start", func(c *College) error { return r.laterStarts(ctx, c) })
}

// firstStart begins in an empty directory: the program makes its own servers.
func (r *run) firstStart(ctx context.Context) error {
	dir := filepath.Join(r.Dir, "first")
	p, err := r.serve(ctx, dir, nil)
	if err != nil {
		return err
	}
	r.add("start", "first start, empty directory", p.ready.Seconds(), "s", nil, "makes and starts its own PostgreSQL and Redis")
	return errors.Join(p.stop(), os.RemoveAll(dir))
}

func (r *run) laterStarts(ctx context.Context, c *College) error {
	var took sample
	var idle float64
	for range starts {
		p, err := r.serve(ctx, c.Dir+"/program", c)
		if err != nil {
			return err
		}
		took = append(took, p.ready)
		idle, err = r.idle(ctx, p, len(took) == starts)
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
	}
	r.add("start", "start with servers running", took.at(.5)/1000, "s", nil, "median of 5")
	r.add("start", "idle memory", idle, "MiB", nil, "RSS of the program, 3 s after it was ready")
	return nil
}

// idle is the memory of a program that has nothing to do.
func (r *run) idle(ctx context.Context, p *program, wait bool) (float64, error) {
	if wait {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(settles):
		}
	}
	return p.rss()
}
