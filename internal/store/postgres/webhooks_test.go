package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/task"
)

// hooksHeard is a listener that passes on the news of webhooks.
type hooksHeard chan struct{}

func (hooksHeard) Listening() {}

func (hooksHeard) Deaf() {}

func (h hooksHeard) Hear(n store.News) {
	if n.Webhooks {
		h <- struct{}{}
	}
}

func TestServersHearOfOneAnothersWebhooks(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, b := joined(t, url, false), joined(t, url, false)
	if _, _, err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	heard := make(hooksHeard, 10)
	b.Follow(heard)
	s := postgres.New(a, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	w := task.Webhook{ID: "w", Account: 1, Secret: 1}
	for n, write := range []func() error{
		func() (err error) { w.Version, err = s.PutWebhook(t.Context(), w); return err },
		func() (err error) { w.Version, err = s.PutWebhook(t.Context(), w); return err },
		func() error { return s.DeleteWebhook(t.Context(), "w") },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-heard:
		case <-time.After(30 * time.Second): // only guards against a hanging test
			t.Fatalf("write %d: nothing was heard", n)
		}
	}
}
