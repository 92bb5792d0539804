package registry_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/registry/waitstest"
)

func TestWaits(t *testing.T) {
	waitstest.Run(t, func(*testing.T) []registry.Waits { return []registry.Waits{registry.NewWaits()} })
}

func TestTaskThatHasEndedWaitsNoMore(t *testing.T) {
	w := registry.NewWaits()
	ended := waitstest.Waiter(1, 1)
	if err := w.Add(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	w.Forget(ended.ID)
	if id, ok, _ := w.Next(t.Context(), "a", true); ok {
		t.Errorf("%s was taken", id)
	}
}
