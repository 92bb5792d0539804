// Package gateway holds the life of a task: submit, read, list, cancel, delete, retry, advance (one worker's step), ingest
// and sweep, a file a verb.
//
// What may enter: rules about tasks. What may not: wire formats, SQL, River, HTTP servers. Steps are idempotent: each reads
// the task, does one thing, and writes over the version that it read; a step that runs twice, or that a crash cuts in two,
// leaves one task with one artifact.
package gateway

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/keylock"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/storyboard"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tempdir"
	"github.com/filmgate/filmgate/internal/watch"
	"github.com/filmgate/filmgate/internal/webhook"
)

// Config is what a Gateway is made of. All fields but Waits, Called, Boards, Webhooks, Keys, Meter, Tracer, Models, PublicURL, FFmpeg, Previews, IdempotencyLife, SingleProcess, Node, Nodes, Scheduled, Wake,
// Passed, ClockRight, After and Panics are needed.
type Config struct {
	Store     *taskcache.Store
	Feed      store.Feed  // over the same database
	Usage     store.Usage // over the same database
	Bucket    blob.Bucket
	Signer    blob.Signer // signs and checks the URLs of files
	Inputs    *dataset.Inputs
	Catalog   *asset.Catalog     // over the same Store
	Boards    *storyboard.Boards // over the same Store; nil = there are none
	Webhooks  *webhook.Endpoints // over the same database; nil = there are none
	Keys      *keystore.Accounts // over the same Store; nil = there are no calls for keys
	Meter     Meter              // counts what happens to tasks; nil = nobody does
	Tracer    Tracer             // records the traces of tasks; nil = nobody does
	Temp      *tempdir.Dir       // for files in the making
	Registry  registry.Registry  // the first one in force; Use replaces it
	Waits     registry.Waits     // the tasks of all processes above the limits of engines; nil = this process steps all
	Models    []string           // names that callers may give besides those with a route; nil = any
	PublicURL string             // where vendors reach this server; "" = they can't
	FFmpeg    dataset.FFmpeg     // nil = it works
	Previews  Previews           // nil = media.Previews
	Secret    []byte             // makes the names of files unguessable, and the same when a step is repeated
	Workers   int                // local renders at once, for estimates
	// IdempotencyLife is how long an idempotency key returns its first request's task; 0 = task.IdempotencyLife.
	IdempotencyLife time.Duration
	// AccessSecret derives the secret keys of access keys; see apikey.AccessSecret. nil = no token is admitted.
	AccessSecret []byte
	// SingleProcess says that only this process writes tasks: a submit that was begun, and that no step of this process works on,
	// then belongs to a dead process.
	SingleProcess bool
	// Called tells the other processes that a callback has come for a task, which then call HearCallback; nil = there are none.
	Called func(ctx context.Context, task string) error
	// Node is the name of this process among those that write tasks, and Nodes returns the names of those that live. "" and nil if
	// this one is the only one.
	Node  string
	Nodes func(ctx context.Context) ([]string, error)
	// Scheduled reports whether the task has a job in the queue; nil = nobody knows.
	Scheduled func(ctx context.Context, task string) (bool, error)
	// Wake schedules jobs outside of any change: a callback changes no row. nil = callbacks are not acted on.
	Wake func(ctx context.Context, wakes ...task.Wake) error
	Now  func() time.Time
	// Passed returns the time that has passed in this process, which no setting of the clock changes; nil = nobody knows, and a clock
	// that is set forward is not noticed.
	Passed func() time.Duration
	// SetForward is by how much the clock was set forward between the process before and this one; 0 = it was not, or nobody knows.
	SetForward time.Duration
	// ClockRight reports whether nothing is known to be wrong with the clock; nil = nothing ever is.
	ClockRight func(ctx context.Context) bool
	After      func(time.Duration) <-chan time.Time // timer of steps that must not end before they have written; nil = time.After
	Rand       io.Reader
	Log        *slog.Logger
	Panics     *panics.Recorder // nil = to slog.Default
}

// Gateway holds the rules. It is safe for use by many goroutines. The methods of Inputs, Catalog, Boards, Webhooks and Keys are its own, so
// that it is all that a dialect may call.
type Gateway struct {
	*dataset.Inputs
	*asset.Catalog
	*storyboard.Boards
	*webhook.Endpoints
	*keystore.Accounts

	cfg             Config
	throughput      *throughput
	backlog         *backlog
	creates         atomic.Int64                  // that are stored at this moment
	submitting      keylock.Locks[idempotencyKey] // one submit with an idempotency key at a time
	ingesting       keylock.Locks[string]         // by task: one step at a time ingests its result
	registry        *registry.Live
	unsent          unsent
	submits         *registry.Slots // of engines that can't be asked for a job
	waits           registry.Waits
	jumps           jumps
	callbacks       *callbacks
	leftovers       leftovers
	joining         joining                       // tasks that wait for the shots that they join
	results         *lru.Cache[string, time.Time] // when a job was first seen to have ended, by its task and handle
	lastSweep       atomic.Pointer[time.Time]
	storageAway     atomic.Bool         // the last video that was to be stored could not be
	progressLimiter *rate.Limiter       // writes that only tell progress
	downloadSem     *semaphore.Weighted // downloads of vendors' videos
	mediaSem        *semaphore.Weighted // previews cut on this machine
	retryMediaSem   *semaphore.Weighted // the same for videos whose previews failed before
	ingests         *ingestLimit        // results ingested at once
	retries         *ingestLimit        // those that could not be ingested before
	conversions     *ingestLimit        // those that are converted on this machine, which takes far longer than previews

	hub     *watch.Hub                       // of those who wait for changes of tasks
	watched *watch.Shared[string, task.Task] // tasks that are read for them
	// watchedEvents are the events of a task up to a version, for those who follow it.
	watchedEvents *watch.Shared[taskVersion, []task.Event]
	watchedFeeds  *watch.Shared[feedPlace, store.FeedPage] // pages of the feed, for those who follow an account
	changes       atomic.Int64                             // changes of tasks that were heard

	keys    atomic.Int64  // changes of keys
	stopped chan struct{} // closed when nobody waits any more
	stop    func()        // closes it
}

// New makes a Gateway.
func New(c Config) *Gateway {
	workers := max(c.Workers, 1)
	c.IdempotencyLife = cmp.Or(c.IdempotencyLife, task.IdempotencyLife)
	if c.After == nil {
		c.After = time.After
	}
	if c.Waits == nil {
		c.Waits = registry.NewWaits()
	}
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	if c.Tracer == nil {
		c.Tracer = noTracer{}
	}
	if c.Previews == nil {
		c.Previews = media.Previews
	}
	results, _ := lru.New[string, time.Time](resultsSeen) // fails on no size above 0
	g := &Gateway{
		Inputs: c.Inputs, Catalog: c.Catalog, Boards: c.Boards, Endpoints: c.Webhooks, Accounts: c.Keys,
		cfg: c, throughput: newThroughput(), backlog: newBacklog(), registry: registry.NewLive(c.Registry), waits: c.Waits, callbacks: newCallbacks(), results: results,
		submits:         registry.NewSlots(maxInDoubt),
		progressLimiter: rate.NewLimiter(progressPerSecond, progressPerSecond),
		downloadSem:     semaphore.NewWeighted(ingests), mediaSem: semaphore.NewWeighted(int64(workers)), retryMediaSem: semaphore.NewWeighted(1),
		ingests: newIngestLimit(ingests), retries: newIngestLimit(retryPlaces), conversions: newIngestLimit(workers),
		hub: watch.NewHub(), watched: watch.NewShared[string, task.Task](watchedTasks), stopped: make(chan struct{}),
		watchedEvents: watch.NewShared[taskVersion, []task.Event](watchedTasks), watchedFeeds: watch.NewShared[feedPlace, store.FeedPage](watchedFeeds),
	}
	if c.SetForward > task.ClockSkew {
		g.jumps.add(c.SetForward, c.Now(), c.Passed(), c.Log)
	}
	g.stop = sync.OnceFunc(func() { close(g.stopped) })
	c.Store.OnWrite(g.Hear)
	return g
}

// newID makes a UUID of version 7: the time, and 74 random bits. Ids that are made one after the other are neighbours in the indexes of
// the database, so that a group of new tasks changes a few of their pages and not one for each task.
func (g *Gateway) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(g.cfg.Rand)
	if err != nil {
		return "", err
	}
	var now [8]byte
	binary.BigEndian.PutUint64(now[:], uint64(g.cfg.Now().UnixMilli())) //nolint:gosec // after 1970
	copy(id[:6], now[2:])
	id[6] = id[6]&0x0f | 0x70
	return id.String(), nil
}

// derive makes bytes that nobody else can guess and that are the same whenever a step is repeated.
func (g *Gateway) derive(parts ...string) []byte {
	mac := hmac.New(sha256.New, g.cfg.Secret)
	for _, p := range parts {
		_, _ = io.WriteString(mac, p)
		_, _ = mac.Write([]byte{0})
	}
	return mac.Sum(nil)
}

// deriveID makes a UUID (version 4 in form) of derived bytes.
func (g *Gateway) deriveID(parts ...string) string {
	id, _ := uuid.FromBytes(g.derive(parts...)[:16])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// fileKey returns the blob key of one of a task's files.
func (g *Gateway) fileKey(t task.Task, role, ext string) string {
	return asset.Key(t.Created, g.derive("file", t.ID, role), ext)
}
