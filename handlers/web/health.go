package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"
)

// Check is one thing the program depends on.
type Check struct {
	Name string
	Run  func(context.Context) error
	// Soft checks are shown, and do not keep the program from being ready.
	Soft bool
}

const checkTime = 2 * time.Second

// runChecks runs all checks at once and returns what failed, by name.
func runChecks(ctx context.Context, checks []Check) map[string]error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var (
		mu     sync.Mutex
		failed = map[string]error{}
		wg     sync.WaitGroup
	)
	for _, check := range checks {
		wg.Go(func() {
			if err := check.Run(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[check.Name] = err
			}
		})
	}
	wg.Wait()
	return failed
}

// hard is what of the failures keeps the program from being ready.
func hard(checks []Check, failed map[string]error) map[string]error {
	out := map[string]error{}
	for _, check := range checks {
		if err := failed[check.Name]; err != nil && !check.Soft {
			out[check.Name] = err
		}
	}
	return out
}

// sayAlive and sayReady are terse: they face the public.
func sayAlive(c *Context) error { return c.PlainText(http.StatusOK, "ok\n") }

func sayReady(c *Context) error {
	if len(hard(c.server.Checks, runChecks(c.Context(), c.server.Checks))) > 0 {
		return c.PlainText(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.PlainText(http.StatusOK, "ok\n")
}

// Ops returns what only the operator may see: /metrics, /healthz and /readyz
// with each check by name, and the profiler. It belongs on a listener of its
// own that the public cannot reach.
func Ops(m *Metrics, checks []Check) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		report(w, checks, runChecks(r.Context(), checks), http.StatusOK)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		report(w, checks, runChecks(r.Context(), checks), http.StatusServiceUnavailable)
	})
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func report(w http.ResponseWriter, checks []Check, failed map[string]error, status int) {
	words := map[string]string{}
	for _, check := range checks {
		words[check.Name] = "ok"
		if err := failed[check.Name]; err != nil {
			words[check.Name] = err.Error()
		}
	}
	if len(hard(checks, failed)) == 0 {
		status = http.StatusOK
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(words) // the reader left
}
