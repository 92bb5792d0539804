package queue

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

// Options are a queue's settings. Zero fields stand for what their comments say.
type Options struct {
	LocalWorkers  int           // tasks that this machine works on at once; 0 = 1
	RemoteWorkers int           // tasks done elsewhere that are kept in hand, those that only wait too; 0 = 10,000, the most
	MaxRemoteWait time.Duration // a remote task that waits no longer than this is kept in hand; 0 = 2 min
	ShortWait     time.Duration // the same where most remote workers are taken, and for alarms of later; 0 = 2 s
	SweepEvery    time.Duration // and once at the start; 0 = 30 s
	StopGrace     time.Duration // how long steps may go on once the queue stops; 0 = 5 s

	Backoff func(attempt int) time.Duration      // wait after the attempt-th failure, from 1 and more than 0; nil = 1 s to 1 min, growing, with jitter
	After   func(time.Duration) <-chan time.Time // how waiting tasks are held; nil = time.After
	Log     *slog.Logger                         // nil = nowhere
	Panics  *panics.Recorder                     // of steps that panic, which are tried again; nil = one that writes to Log
}

func (o Options) filled() Options {
	for field, value := range map[*int]int{&o.LocalWorkers: 1, &o.RemoteWorkers: maxWorkers} {
		if *field <= 0 {
			*field = value
		}
	}
	for field, value := range map[*time.Duration]time.Duration{
		&o.MaxRemoteWait: 2 * time.Minute, &o.ShortWait: 2 * time.Second, &o.SweepEvery: 30 * time.Second, &o.StopGrace: 5 * time.Second} {
		if *field <= 0 {
			*field = value
		}
	}
	if o.Backoff == nil {
		o.Backoff = func(attempt int) time.Duration { return backoff(attempt, rand.Float64()) }
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Panics == nil {
		o.Panics = panics.NewRecorder(o.Log)
	}
	return o
}

// backoff is the wait after the attempt-th failure, which doubles from one second to a minute. roll, in [0,1), picks a
// wait between one second and that, so that tasks which fail together don't come back together.
func backoff(attempt int, roll float64) time.Duration {
	const least, most = time.Second, time.Minute
	wait := most
	if doublings := attempt; doublings < 6 {
		wait = least << doublings
	}
	return least + time.Duration(roll*float64(wait-least))
}

// riverLog is where River logs: what it has to tell about its daily work is left out.
func (o Options) riverLog() *slog.Logger { return slog.New(warnHandler{o.Log.Handler()}) }

// warnHandler passes warnings and errors on.
type warnHandler struct{ slog.Handler }

func (h warnHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h warnHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnHandler{h.Handler.WithAttrs(attrs)}
}

func (h warnHandler) WithGroup(name string) slog.Handler {
	return warnHandler{h.Handler.WithGroup(name)}
}
