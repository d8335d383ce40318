package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"mailbox/handlers/schedule"
	"mailbox/handlers/web"
	"mailbox/templates"
)

// parts of the program that can run apart from each other.
var parts = []string{"web", "channels", "timers", "delivery"}

type serveCommand struct {
	Demo bool     `help:"Begin with a demonstration college when the database is empty."`
	Only []string `help:"Run only these parts: web,channels,timers,delivery." placeholder:"PART"`

	ReconcileEvery time.Duration `name:"reconcile-every" default:"15s" help:"How often the timers are compared with the database; a Redis that lost them has them back soon after."`
}

// Run serves until ctx ends, then lets what is under way finish.
func (s *serveCommand) Run(ctx context.Context, w world, c *Config) error {
	for _, p := range s.Only {
		if !slices.Contains(parts, p) {
			return fmt.Errorf("--only %s: the parts are %s", p, strings.Join(parts, ", "))
		}
	}
	if s.Demo {
		c.demonstrate()
	}
	words, err := templates.Parse()
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	log := slog.New(slog.NewJSONHandler(w.Err, &slog.HandlerOptions{Level: slog.LevelInfo}))
	log.InfoContext(ctx, "starting", append([]any{"version", version}, c.describe()...)...)
	say := newSayer(w.Out, words)
	a, err := start(ctx, c, w, log, say)
	if err != nil {
		return err
	}
	if err := s.prepare(ctx, a, c, say); err != nil {
		if ctx.Err() != nil {
			err = nil // told to stop: the next start goes on
		}
		return errors.Join(err, a.close())
	}
	return errors.Join(s.serve(ctx, a, c, w, say), a.close())
}

// start opens the servers, brings the schema up to date and joins the use cases.
func start(ctx context.Context, c *Config, w world, log *slog.Logger, say *sayer) (*app, error) {
	s, err := openServers(ctx, c, w, log, say.step)
	if err != nil {
		return nil, err
	}
	a, err := joinOn(ctx, c, s, log, w, say.words)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return a, nil
}

func joinOn(ctx context.Context, c *Config, s *servers, log *slog.Logger, w world, words *templates.Set) (*app, error) {
	if err := migrate(ctx, s); err != nil {
		return nil, err
	}
	k, err := readKeys(c.KeyFile)
	if err != nil {
		return nil, err
	}
	return join(c, s, k, log, w, words)
}

func (s *serveCommand) has(part string) bool {
	return len(s.Only) == 0 || slices.Contains(s.Only, part)
}

// serve runs the parts until ctx ends or one of them cannot go on.
func (s *serveCommand) serve(ctx context.Context, a *app, c *Config, w world, say *sayer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed []error
	run := func(name string, part func(context.Context) error) {
		wg.Go(func() {
			defer stop()
			if err := part(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	where, err := s.begin(ctx, a, c, run)
	if err != nil {
		stop()
		wg.Wait()
		return err
	}
	say.ready(where, c, a)
	if err := s.sayWho(ctx, a, c, say); err != nil {
		stop()
		wg.Wait()
		return err
	}
	debug.FreeOSMemory() // starting took several times what running needs
	if w.Listening != nil {
		w.Listening(where)
	}
	wg.Wait()
	return errors.Join(failed...)
}

// begin opens every listener before anything is said to be ready, and starts
// the parts.
func (s *serveCommand) begin(ctx context.Context, a *app, c *Config, run func(string, func(context.Context) error)) (where addresses, err error) {
	metrics := web.NewMetrics()
	ops, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.OpsListen)
	if err != nil {
		return where, fmt.Errorf("operations: %w", err)
	}
	where.Ops = ops.Addr().String()
	run("operations", func(ctx context.Context) error {
		return web.ServeOps(ctx, ops, web.Ops(metrics, a.checks()), a.log)
	})
	if s.has("web") {
		if where.Web, err = s.beginWeb(ctx, a, c, metrics, run); err != nil {
			return where, err
		}
	}
	if s.has("channels") {
		if where.SMTP, err = a.beginChannels(ctx, c, run); err != nil {
			return where, err
		}
	}
	run("jobs", func(ctx context.Context) error {
		schedule.Run(ctx, a.log, s.jobs(ctx, a)...)
		<-ctx.Done() // pages alone have no jobs, and go on
		return nil
	})
	return where, nil
}

func (s *serveCommand) beginWeb(ctx context.Context, a *app, c *Config, metrics *web.Metrics, run func(string, func(context.Context) error)) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return "", fmt.Errorf("web: %w", err)
	}
	add := metrics.Counter("mailbox_callbacks_total", "Callbacks of platforms, by what came of them.", "outcome")
	a.chats.count = func(outcome string) { add(outcome, 1) }
	run("replies", a.sayReplies)
	if s.Demo {
		if err := a.simulate(ctx, run); err != nil {
			return "", errors.Join(err, ln.Close())
		}
		a.chats.hub.Serve("http://" + ln.Addr().String())
	}
	server, err := a.pages(ctx, c, metrics, s.Demo)
	if err != nil {
		return "", errors.Join(err, ln.Close())
	}
	run("web", func(ctx context.Context) error { return server.Serve(ctx, ln) })
	return ln.Addr().String(), nil
}
