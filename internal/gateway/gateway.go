// Package gateway is the story of a task and every rule about it: submit, read, list, cancel, advance (one worker's
// step), ingest, finish, admit and sweep, a file a verb.
//
// What may enter: rules. What may not: wire formats, SQL, River, HTTP servers. Steps are idempotent: each reads the
// task, does one thing, and writes over the version that it read; a step that runs twice, or that a crash cuts in two,
// leaves one task with one artifact.
package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Config is what a Gateway is made of. All fields but Files, Alone, TempSpace, Shelf, Routes, Models, PublicURL, FetchVideo,
// FFmpeg, Alarmed and Panics are needed.
type Config struct {
	Store     store.Store
	Bucket    blob.Bucket
	Files     blob.Lister // what is in Bucket, for the sweep; nil = what no row names is not looked for
	Signer    blob.Signer
	Registry           // what the Gateway begins with; Use changes it
	Models    []string // names that callers may give besides those with a route; nil = any
	PublicURL string   // where vendors reach this server for pictures; "" = they can't
	Fetch     *outbound.Client
	// FetchVideo is for input videos, which take longer than pictures; nil = Fetch.
	FetchVideo *outbound.Client
	Images     *media.Inspector
	FFmpeg     Health // nil = it works
	Secret     []byte // makes the names of files unguessable, and the same when a step is repeated
	Temp       string // folder for files in the making; the sweep of a start empties it
	TempSpace  int64  // bytes that inputs and results in the making may have together; 0 = 8 GiB
	Workers    int    // how many local renders run at once, for estimates
	// Alone says that this process alone writes tasks: a submit that was begun, and that none of its steps is at, then is a
	// dead process's.
	Alone     bool
	CacheSize int                                                  // ended tasks, and keys, kept in memory; 0, or not Alone = none
	Scheduled func(ctx context.Context, task string) (bool, error) // whether an alarm is set for the task; nil = nobody knows
	// Wake sets an alarm outside of any change: a callback changes no row. nil = callbacks are not acted on.
	Wake func(ctx context.Context, wakes ...task.Wake) error
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
	// Panics records what background jobs panic with; nil = to slog.Default.
	Panics *panics.Recorder
}

// Gateway holds the rules. It is safe for use by many goroutines.
type Gateway struct {
	cfg             Config
	throughput      *throughput
	backlog         *backlog
	inFlight        *inFlightSet
	registry        *registry
	cache           *taskCache
	callbacks       *callbacks
	files           taskLocks // one job at a time changes an ended task's files
	withdrawn       *withdrawn
	leftovers       leftovers
	progressLimiter *rate.Limiter // writes for progress alone
	downloadSem     semaphore     // downloads of vendors' videos
	mediaSem        semaphore     // previews cut on this machine
	retryMediaSem   semaphore     // the same for videos whose previews failed before
	convertSem      semaphore     // results encoded anew on this machine, which takes far longer than previews
	cleanSem        semaphore     // input videos written anew on this machine
	space           *tempSpace    // of the temp folder
}

// New makes a Gateway.
func New(c Config) *Gateway {
	if c.TempSpace <= 0 {
		c.TempSpace = defaultTempSpace
	}
	return &Gateway{
		cfg: c, throughput: newThroughput(), backlog: newBacklog(), inFlight: &inFlightSet{all: map[inFlightKey]bool{}}, registry: newRegistry(c.Registry), cache: newTaskCache(c),
		callbacks: newCallbacks(), withdrawn: newWithdrawn(),
		progressLimiter: rate.NewLimiter(progressPerSecond, progressPerSecond),
		downloadSem:     make(semaphore, downloads), mediaSem: make(semaphore, max(c.Workers, 1)), retryMediaSem: make(semaphore, 1),
		cleanSem: make(semaphore, max(c.Workers, 1)), convertSem: make(semaphore, max(c.Workers, 1)), space: &tempSpace{limit: c.TempSpace},
	}
}

// semaphore are places for so many steps at once; the others wait, each until its context ends.
type semaphore chan struct{}

func (t semaphore) acquire(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errBusy says that nobody made room in time.
var errBusy = errors.New("gateway: no turn in time")

// acquireWithin is take for as long as most; after that it returns errBusy.
func (t semaphore) acquireWithin(ctx context.Context, most time.Duration) error {
	limited, stop := context.WithTimeout(ctx, most)
	defer stop()
	err := t.acquire(limited)
	if err != nil && ctx.Err() == nil {
		return errBusy
	}
	return err
}

func (t semaphore) release() { <-t }

// newID makes a random UUID.
func (g *Gateway) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(g.cfg.Rand)
	return id.String(), err
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

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// fileKey is the blob key of one of a task's files: the day it was created, and 30 characters of base62.
func (g *Gateway) fileKey(id string, created time.Time, role, ext string) string {
	return "cdn/" + created.UTC().Format("20060102") + "/" + inBase62(g.derive("file", id, role), 30) + "." + ext
}

// inBase62 writes b as n characters; b should have more bits than they hold.
func inBase62(b []byte, n int) string {
	rest, digit, radix := new(big.Int).SetBytes(b), new(big.Int), big.NewInt(int64(len(base62)))
	out := make([]byte, n)
	for i := range out {
		rest.DivMod(rest, radix, digit)
		out[i] = base62[digit.Int64()]
	}
	return string(out)
}
