package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/store"
)

// wire puts the rooms together: the handler that answers calls, and how to end the work that goes on behind it.
func wire(_ context.Context, _ settings, _ *slog.Logger, _ store.Store) (http.Handler, func(context.Context) error, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	return mux, func(context.Context) error { return nil }, nil
}
