package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// shutdownTime is what requests that are under way have to end, once the
// program is asked to.
const shutdownTime = 15 * time.Second

// Serve answers on ln until ctx ends, then lets what is under way finish.
// The time for bodies and handlers is kept route by route.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	return serve(ctx, ln, s.Handler(), s.Log, s.Drain)
}

// ServeOps answers on ln with the handler that [Ops] returned.
func ServeOps(ctx context.Context, ln net.Listener, ops http.Handler, log *slog.Logger) error {
	return serve(ctx, ln, ops, log, func() {})
}

func serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger, drain func()) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      10 * time.Minute, // the slowest download; streams lift it
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(quiet{log.Handler()}, slog.LevelDebug),
	}
	server.RegisterOnShutdown(drain)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		stopped <- server.Shutdown(late)
	})
	err := server.Serve(ln)
	if !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve: %w", err)
	}
	if err := <-stopped; err != nil {
		return errors.Join(fmt.Errorf("shut down: %w", err), server.Close())
	}
	return nil
}

// quiet keeps net/http's own messages, which name clients by address, out of
// the log.
type quiet struct{ slog.Handler }

func (quiet) Handle(context.Context, slog.Record) error { return nil }
