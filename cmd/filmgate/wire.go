package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tempdir"
	"github.com/filmgate/filmgate/internal/webhook"
)

const (
	fetchTime      = 20 * time.Second // to fetch a caller's picture
	inputVideoTime = time.Minute      // to fetch a caller's video
	imageDecodes   = 2                // pictures decoded at once: each may take 512 MiB for a moment
	cacheSize      = 4096             // ended tasks kept in memory, some 4 KB each
	verifyEvery    = 6 * time.Hour
	secretSize     = 32            // bytes of each of the server's own secrets
	accessSecret   = "access keys" // name of the secret from which secret keys are derived
)

// gateway wires the gateway to what the node has opened.
func (p program) gateway(ctx context.Context, s config.Settings, n *node, temp string, log *slog.Logger) (*gateway.Gateway, error) {
	signing, err := p.secret(ctx, n.store, "link signing")
	if err != nil {
		return nil, err
	}
	naming, err := p.secret(ctx, n.store, "file naming")
	if err != nil {
		return nil, err
	}
	access, err := p.secret(ctx, n.store, accessSecret)
	if err != nil {
		return nil, err
	}
	if n.loaded, err = p.loader().Load(s.Config, config.Loaded{}); err != nil {
		return nil, err
	}
	signer := blob.Signer{Secret: signing, Now: p.now}
	tasks := taskcache.New(n.store, cacheSize, p.now)
	dir := tempdir.New(temp, s.TempSpace)
	inputs := dataset.New(dataset.Config{
		Store: tasks, Bucket: n.bucket, Files: n.bucket, Signer: signer,
		Fetch:      outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: fetchTime}),
		FetchVideo: outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: inputVideoTime}),
		Images:     media.NewInspector(imageDecodes).WithConverters(media.FindConverters(temp)),
		FFmpeg:     n.ffmpeg, Temp: dir, Workers: s.Workers, Now: p.now, Rand: p.random, Log: log,
	})
	catalog := asset.New(asset.Config{Store: tasks, Bucket: n.bucket, Files: n.bucket, Now: p.now, Rand: p.random, Log: log, Panics: p.panics})
	return gateway.New(gateway.Config{
		Store: tasks, Bucket: n.bucket, Signer: signer, Inputs: inputs, Catalog: catalog, Temp: dir,
		Registry: n.loaded.Registry(animatic.Name, n.engine), Models: routes.Models(), PublicURL: s.PublicURL, FFmpeg: n.ffmpeg,
		Secret: naming, AccessSecret: access, Workers: s.Workers, SingleProcess: true, Scheduled: n.queue.Scheduled, Wake: n.queue.Wake,
		Now: p.now, Rand: p.random, Log: log, Panics: p.panics,
	}), nil
}

// secret returns one of the server's own secrets. The first start makes it; later ones return the same.
func (p program) secret(ctx context.Context, db store.Store, name string) ([]byte, error) {
	candidate := make([]byte, secretSize)
	if _, err := io.ReadFull(p.random, candidate); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	return db.Secret(ctx, name, candidate)
}

// steps adapts the gateway to the queue.
type steps struct {
	*gateway.Gateway
	*webhook.Notifier
	check func(ctx context.Context) // runs after a sweep
}

// notifier returns what tells callback URLs of tasks' states. Without a public URL, the URLs in what it tells begin with the
// address that the server listens on.
func notifier(s config.Settings, n *node, listening net.Addr, log *slog.Logger) *webhook.Notifier {
	base := cmp.Or(s.PublicURL, "http://"+listening.String())
	return webhook.New(webhook.Config{
		Read: n.store.Task,
		Encode: func(t task.Task) []byte {
			return routes.Callback(t, dialect.Links{Base: base, Token: n.gw.Token, Now: n.gw.Now()})
		},
		HTTP: outbound.New(outbound.Options{Allow: s.AllowNetworks}).HTTP(), Log: log,
	})
}

// Advance does one step of a task.
func (s steps) Advance(ctx context.Context, id string) (queue.Next, error) {
	next, err := s.Gateway.Advance(ctx, id)
	return queue.Next{Done: next.Done, After: next.After}, err
}

// Sweep runs the gateway's sweep, then the check.
func (s steps) Sweep(ctx context.Context) error {
	err := s.Gateway.Sweep(ctx)
	s.check(ctx)
	return err
}

// verifier returns a function that verifies the database at its first call and then every verifyEvery, if the database can be
// verified. Readiness reports the damage that it finds. Sweeps call it, one at a time.
func (p program) verifier(n *node, log *slog.Logger) func(ctx context.Context) {
	db, ok := n.store.(verifier)
	if !ok {
		return func(context.Context) {}
	}
	var mu sync.Mutex
	var next time.Time
	return func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		if p.now().Before(next) {
			return
		}
		if err := db.Verify(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the database could not be verified", "error", err)
		}
		next = p.now().Add(verifyEvery)
	}
}
