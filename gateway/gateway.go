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

	"github.com/filmgate/filmgate/blob"
	"github.com/filmgate/filmgate/media"
	"github.com/filmgate/filmgate/outbound"
	"github.com/filmgate/filmgate/panics"
	"github.com/filmgate/filmgate/store"
	"github.com/filmgate/filmgate/task"
)

// Config is what a Gateway is made of. All fields but Files, Alone, TempSpace, Shelf, Routes, Models, PublicURL, FetchVideo,
// FFmpeg, Alarmed and Panics are needed.
type Config struct {
	Store     store.Store
	Bucket    blob.Bucket
	Files     blob.Lister // what is in Bucket, for the sweep; nil = what no row names is not looked for
	Signer    blob.Signer
	Roster             // what the Gateway begins with; Use changes it
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
	Alone   bool
	Shelf   int                                                  // ended tasks, and keys, kept in memory; 0, or not Alone = none
	Alarmed func(ctx context.Context, task string) (bool, error) // whether an alarm is set for the task; nil = nobody knows
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
	cfg        Config
	pace       *pace
	backlog    *backlog
	flights    *flights
	roster     *roster
	shelf      *shelf
	calls      *calls
	files      taskLocks // one job at a time changes an ended task's files
	withdrawn  *withdrawn
	leftovers  leftovers
	news       *rate.Limiter // writes for progress alone
	loading    turns         // downloads of vendors' videos
	cutting    turns         // previews cut on this machine
	recutting  turns         // the same for videos whose previews failed before
	converting turns         // results encoded anew on this machine, which takes far longer than previews
	cleaning   turns         // input videos written anew on this machine
	space      *space        // of the temp folder
}

// New makes a Gateway.
func New(c Config) *Gateway {
	if c.TempSpace <= 0 {
		c.TempSpace = usualTempSpace
	}
	return &Gateway{
		cfg: c, pace: newPace(), backlog: newBacklog(), flights: &flights{all: map[flight]bool{}}, roster: newRoster(c.Roster), shelf: newShelf(c),
		calls: newCalls(), withdrawn: newWithdrawn(),
		news:    rate.NewLimiter(newsPerSecond, newsPerSecond),
		loading: make(turns, downloads), cutting: make(turns, max(c.Workers, 1)), recutting: make(turns, 1),
		cleaning: make(turns, max(c.Workers, 1)), converting: make(turns, max(c.Workers, 1)), space: &space{most: c.TempSpace},
	}
}

// turns are places for so many steps at once; the others wait, each until its context ends.
type turns chan struct{}

func (t turns) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errNoTurn says that nobody made room in time.
var errNoTurn = errors.New("gateway: no turn in time")

// takeWithin is take for as long as most; after that it returns errNoTurn.
func (t turns) takeWithin(ctx context.Context, most time.Duration) error {
	limited, stop := context.WithTimeout(ctx, most)
	defer stop()
	err := t.take(limited)
	if err != nil && ctx.Err() == nil {
		return errNoTurn
	}
	return err
}

func (t turns) leave() { <-t }

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
