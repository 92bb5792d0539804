package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/panics"
)

// checkTimeout limits how long the checks of one readiness request may take.
const checkTimeout = 5 * time.Second

// serveAlive answers 200 as long as the process runs.
func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, Health{Status: "ok"})
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status  string   `json:"status" doc:"ok or unavailable."`
	Failing []string `json:"failing,omitempty" doc:"What does not work."`
	Reasons []string `json:"reasons,omitempty" doc:"Why, in words. Details for the operator are only in the log."`
	Details []string `json:"details,omitempty" doc:"What does not work, though the server is ready without it: the model server of an engine."`
}

// readiness answers 200 if every check passes, else 503 with the names of the checks that fail. The answer shows only the text
// that an error's method Public returns, if it has one. The whole error is logged when a check begins to fail, and another line
// when it passes again: readiness is asked for every few seconds.
type readiness struct {
	checks  []Check
	details func() []string
	ready   *prometheus.GaugeVec // by check: 1 = it passed when it was run last
	log     *slog.Logger
	panics  *panics.Recorder
	failed  []atomic.Bool // by check: when it was run last
}

func newReadiness(o Options, ready *prometheus.GaugeVec) *readiness {
	details := o.Details
	if details == nil {
		details = func() []string { return nil }
	}
	return &readiness{o.Checks, details, ready, o.Log, o.Panics, make([]atomic.Bool, len(o.Checks))}
}

// watch runs the checks at once and then at each interval, until ctx ends, so that the log and the metrics tell the truth though
// nobody asks.
func (c *readiness) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		c.run(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// ServeHTTP runs all checks and answers 200, or 503 with the names of those that fail.
func (c *readiness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	errs := c.run(r.Context())
	var failing, reasons []string
	for i, err := range errs {
		if err != nil {
			failing = append(failing, c.checks[i].Name)
			if public := (interface{ Public() string })(nil); errors.As(err, &public) {
				reasons = append(reasons, public.Public())
			}
		}
	}
	if failing != nil {
		writeHealth(w, http.StatusServiceUnavailable, Health{"unavailable", failing, reasons, c.details()})
		return
	}
	writeHealth(w, http.StatusOK, Health{Status: "ok", Details: c.details()})
}

// run runs all checks and returns their errors.
func (c *readiness) run(ctx context.Context) []error {
	limited, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	errs := make([]error, len(c.checks))
	var all panics.Group
	for i, check := range c.checks {
		all.Go(func() {
			errs[i] = c.panics.Run(limited, "check", func() error { return check.Run(limited) })
		})
	}
	all.Wait()
	if ctx.Err() == nil { // else the caller has gone, and the checks were only interrupted
		c.note(ctx, errs)
	}
	return errs
}

// note counts the results, and logs which checks fail since this run, and which pass again.
func (c *readiness) note(ctx context.Context, errs []error) {
	for i, err := range errs {
		ready := 1.0
		if err != nil {
			ready = 0
		}
		c.ready.WithLabelValues(c.checks[i].Name).Set(ready)
		switch failed := c.failed[i].Swap(err != nil); {
		case err != nil && !failed:
			c.log.WarnContext(ctx, "not ready", "check", c.checks[i].Name, "error", err)
		case err == nil && failed:
			c.log.InfoContext(ctx, "ready again", "check", c.checks[i].Name)
		}
	}
}

func writeHealth(w http.ResponseWriter, status int, h Health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(h) // fails only if the caller has gone
}
