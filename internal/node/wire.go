package node

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/retention"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/storyboard"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tempdir"
	"github.com/filmgate/filmgate/internal/webhook"
)

const (
	fetchTime      = 20 * time.Second // to fetch a caller's picture
	inputVideoTime = time.Minute      // to fetch a caller's video
	imageDecodes   = 2                // pictures decoded at once: each may take 512 MiB for a moment
	cacheSize      = 4096             // tasks kept in memory, some 4 KB each
	stepsCacheSize = 16384            // tasks kept in memory for their steps, some 2 KB each: more than the queue has workers
	verifyEvery    = 6 * time.Hour
)

// newGateway returns the gateway over what the node has opened. temp is the folder of unfinished files.
func (n *Node) newGateway(ctx context.Context, temp string, tasks *taskcache.Store) (*gateway.Gateway, error) {
	s, keys := n.Settings, keystore.Keys{Store: n.store, Now: n.Now, Random: n.Random}
	signing, err := keys.Secret(ctx, keystore.LinkSigning)
	if err != nil {
		return nil, err
	}
	naming, err := keys.Secret(ctx, keystore.FileNaming)
	if err != nil {
		return nil, err
	}
	access, err := keys.Secret(ctx, keystore.AccessKeys)
	if err != nil {
		return nil, err
	}
	hooks, err := keys.Secret(ctx, keystore.Webhooks)
	if err != nil {
		return nil, err
	}
	n.hooks = webhook.NewEndpoints(webhook.EndpointsConfig{Rows: n.store, Secret: hooks, Now: n.Now, Rand: n.Random, Log: n.Log})
	if s.Role != config.RoleAPI {
		n.servers = newModelServers(n.Options, func(name string) engine.Engine {
			e, _ := n.gw.Registry().Find(name)
			return e.Engine
		})
	}
	if n.loaded, err = n.loader().Load(s.Config, config.Loaded{}); err != nil {
		return nil, err
	}
	if n.servers != nil {
		n.servers.use(n.loaded.File)
	}
	n.warnOfEndings(ctx)
	signer := blob.Signer{Secret: signing, Now: n.Now}
	dir := tempdir.New(temp, s.TempSpace)
	inputs := dataset.New(dataset.Config{
		Store: tasks, Bucket: n.bucket, Files: n.bucket, Signer: signer,
		Fetch:      outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: fetchTime}),
		FetchVideo: outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: inputVideoTime}),
		Images:     media.NewInspector(imageDecodes).WithConverters(media.FindConverters(temp)),
		FFmpeg:     n.ffmpeg, Temp: dir, Workers: s.Workers, Now: n.Now, Rand: n.Random, Log: n.Log, Lock: n.lock(),
	})
	catalog := asset.New(asset.Config{Store: tasks, Bucket: n.bucket, Files: n.bucket, Now: n.Now, Rand: n.Random, Log: n.Log, Panics: n.Panics, Lock: n.lock()})
	boards := storyboard.New(storyboard.Config{Rows: n.store, Tasks: tasks, Files: n.bucket, Now: n.Now, Rand: n.Random})
	clockRight := n.newClockCheck()
	// It says so if not. Later only the server that sweeps asks, which is one of several.
	clockRight(ctx)
	owned := keystore.NewAccounts(keystore.Keys{Store: tasks, Now: n.Now, Random: n.Random}) // over the cache, which forgets keys that change
	c := gateway.Config{
		Store: tasks, Feed: n.store, Usage: n.store, Bucket: n.bucket, Signer: signer, Inputs: inputs, Catalog: catalog, Boards: boards, Webhooks: n.hooks, Keys: owned, Meter: n.meter, Temp: dir,
		Registry: n.loaded.Registry(animatic.Name, n.engine), Models: routes.Models(), PublicURL: s.PublicURL, FFmpeg: n.ffmpeg,
		Secret: naming, AccessSecret: access, Workers: s.Workers, IdempotencyLife: s.KeepKeys, SingleProcess: !isShared(s), Scheduled: n.queue.Scheduled, Wake: n.queue.Wake,
		Now: n.Now, Passed: passed(), SetForward: n.clockSetForward(), ClockRight: clockRight, Rand: n.Random, Log: n.Log, Panics: n.Panics,
	}
	if n.tracer != nil {
		c.Tracer = n.tracer
	}
	if isShared(s) {
		c.Node, c.Nodes, c.Waits = n.peers.Node(), n.peers.Nodes, n.peers.Waits()
		c.Called = n.announceCallback
	}
	return gateway.New(c), nil
}

// passed returns a function that returns the time since now, whatever the clock is set to meanwhile.
func passed() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// steps adapts the gateway to the queue.
type steps struct {
	*gateway.Gateway
	*webhook.Notifier
	webhooks  *webhook.Sender
	wake      func(context.Context, ...task.Wake) error
	retention *retention.Sweeper
	rows      interface {
		store.Prompts
		store.Usage
	}
	noteClock func() error              // for the next start
	check     func(ctx context.Context) // runs after a sweep
}

// steps returns the work of the queue, on a server that listens at an address.
func (n *Node) steps(base string) steps {
	return steps{n.gw, n.notifier(base), n.sender(base), n.queue.Wake, n.newSweeper(), n.store, n.noteClock, n.newVerifier()}
}

// notifier returns the sender of callbacks: it posts a task's state to its callback URL.
func (n *Node) notifier(base string) *webhook.Notifier {
	return webhook.New(webhook.Config{
		Read:   n.store.Task,
		Encode: func(t task.Task) []byte { return routes.Callback(t, n.linksAt(base)) },
		HTTP:   outbound.New(outbound.Options{Allow: n.Settings.AllowNetworks}).HTTP(), Log: n.Log, Lock: n.lock(),
	})
}

// linksAt returns what makes the URLs in bodies that are sent to others: they begin with the public URL, or with base if there is none.
func (n *Node) linksAt(base string) dialect.Links {
	return dialect.Links{Base: cmp.Or(n.Settings.PublicURL, base), Token: n.gw.Token, Now: n.gw.Now()}
}

// Advance does one step of a task.
func (s steps) Advance(ctx context.Context, id string) (queue.Next, error) {
	next, err := s.Gateway.Advance(ctx, id)
	return queue.Next{Done: next.Done, After: next.After}, err
}

// Sweep runs the gateway's sweep, deletes what has been kept long enough if the clock can be relied on, then runs the check.
func (s steps) Sweep(ctx context.Context) error {
	err := errors.Join(s.Gateway.Sweep(ctx), s.sweepWebhooks(ctx), s.completeRows(ctx))
	if s.MayDelete(ctx) {
		err = errors.Join(err, s.retention.Sweep(ctx), s.noteClock())
	}
	s.check(ctx)
	return err
}

// completeRows makes tasks of an earlier version findable by their prompts, and counts them: 20,000 of them, in transactions of a few
// milliseconds. The next sweep continues.
func (s steps) completeRows(ctx context.Context) error {
	const batch, batches = 200, 100
	var all []error
	for _, add := range []func(context.Context, int) (int, error){s.rows.IndexPrompts, s.rows.CountUsage} {
		for range batches {
			n, err := add(ctx, batch)
			if all = append(all, err); err != nil || n < batch {
				break
			}
		}
	}
	return errors.Join(all...)
}

// newVerifier returns a function that verifies the database at its first call and then every verifyEvery, if the database can be
// verified. Readiness reports the damage that it finds. Sweeps call it, one at a time.
func (n *Node) newVerifier() func(ctx context.Context) {
	db, ok := n.store.(verifier)
	if !ok {
		return func(context.Context) {}
	}
	var mu sync.Mutex
	var next time.Time
	return func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		if n.Now().Before(next) {
			return
		}
		if err := db.Verify(ctx); err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "the database could not be verified", "error", err)
		}
		next = n.Now().Add(verifyEvery)
	}
}
