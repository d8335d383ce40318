package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"mailbox/handlers/schedule"
	"mailbox/handlers/web"
)

// parts of the program that can run apart from each other.
var parts = []string{"web", "channels", "timers", "delivery"}

type serveCommand struct {
	Demo bool     `help:"Begin with a demonstration college when the database is empty."`
	Only []string `help:"Run only these parts: web,channels,timers,delivery." placeholder:"PART"`
}

// Run serves until ctx ends, then lets what is under way finish.
func (s *serveCommand) Run(ctx context.Context, w world, c *Config) error {
	for _, p := range s.Only {
		if !slices.Contains(parts, p) {
			return fmt.Errorf("--only %s: the parts are %s", p, strings.Join(parts, ", "))
		}
	}
	if s.Demo && c.SMTPListen == "" {
		c.SMTPListen = "127.0.0.1:2525"
	}
	log := slog.New(slog.NewJSONHandler(w.Err, nil))
	log.InfoContext(ctx, "starting", append([]any{"version", version}, c.describe()...)...)
	say := newSayer(w.Out)
	a, err := start(ctx, c, w, log, say.step)
	if err != nil {
		return err
	}
	err = s.serve(ctx, a, c, w, say)
	return errors.Join(err, a.close())
}

// start opens the servers, brings the schema up to date and joins the use cases.
func start(ctx context.Context, c *Config, w world, log *slog.Logger, progress func(string)) (*app, error) {
	k, err := readKeys(c.KeyFile)
	if err != nil {
		return nil, err
	}
	s, err := openServers(ctx, c, w, log, progress)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, s); err != nil {
		return nil, errors.Join(err, s.close())
	}
	a, err := join(c, s, k, log, w)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return a, nil
}

func (s *serveCommand) has(part string) bool { return len(s.Only) == 0 || slices.Contains(s.Only, part) }
