package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mailbox/cmd/mailbox/bench"
)

type benchCommand struct {
	Cases   int      `help:"Cases of the largest college." default:"1000000"`
	Seconds int      `help:"How long each load lasts." default:"20"`
	Only    []string `help:"Measure only these: start, letters, mails, channels, timers, lists, figures, report, recount, projection, files." placeholder:"NAME"`
	Keep    bool     `help:"Keep the colleges of lists and figures, and use those that were kept."`
	Out     string   `help:"Where the figures go as JSON." default:".data/bench.json" placeholder:"FILE"`
}

// Run measures the program on servers of its own, which it removes again.
func (b *benchCommand) Run(ctx context.Context, w world, c *Config) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	return bench.Run(ctx, bench.Options{
		Program: program, Dir: filepath.Join(c.Data, "bench"), Out: b.Out, Version: version,
		Cases: b.Cases, Seconds: b.Seconds, Only: b.Only, Keep: b.Keep, Table: w.Out, Say: w.Err,
		Open: func(ctx context.Context, dir string) (*bench.College, error) { return openCollege(ctx, dir, *c, w) },
	})
}

// openCollege opens a college in a directory of its own, wired as it is for serving.
func openCollege(ctx context.Context, dir string, c Config, w world) (*bench.College, error) {
	c.Data, c.KeyFile, c.DatabaseURL, c.RedisURL, c.SMTPURL = dir, filepath.Join(dir, "keys"), "", "", ""
	a, err := startQuietly(ctx, &c, w)
	if err != nil {
		return nil, err
	}
	if err := a.found(ctx); err != nil {
		return nil, fmt.Errorf("found a college: %w", errors.Join(err, a.close()))
	}
	return &bench.College{
		Dir: dir, DSN: a.dsn, RedisURL: a.redisURL, Store: a.store, Redis: a.redis, Desk: a.desk,
		Cases: a.cases, Watch: a.watch, Figures: a.figures,
		Connect: a.connect, Close: a.close,
	}, nil
}
