package queue

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

// Options are a queue's settings. The comments give the meaning of zero values.
type Options struct {
	LocalWorkers  int           // tasks that this machine works on at once; 0 = 1
	RemoteWorkers int           // tasks done elsewhere that have a worker at once, waiting ones included; 0 = 10,000, the maximum
	MaxRemoteWait time.Duration // longest wait in which a remote task keeps its worker; 0 = 2 min
	ShortWait     time.Duration // the same if most remote workers are taken, and for wakes with their own time; 0 = 2 s
	SweepEvery    time.Duration // also sweeps at the start; 0 = 30 s
	StopGrace     time.Duration // how long steps may run on after Stop; 0 = 5 s

	Weight  func(account int64) int              // how many turns an account has for one of others at the local workers; nil = 1 for all
	Backoff func(attempt int) time.Duration      // wait after the attempt-th failure, from 1 and more than 0; nil = 1 s to 1 min, growing, with jitter
	After   func(time.Duration) <-chan time.Time // timer of waiting tasks; nil = time.After
	Log     *slog.Logger                         // nil = no log
	// Ping reports whether the database works, so that the log says once that it does not; nil = a look at the queue's tables.
	Ping func(ctx context.Context) error
	// Peers are other processes that run jobs of the same PostgreSQL database; nil = there are none.
	Peers  Peers
	Panics *panics.Recorder // records panics of steps, which run again; nil = one that writes to Log
}

// filled returns the options with defaults for zero fields.
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
	if o.Weight == nil {
		o.Weight = func(int64) int { return 1 }
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

// backoff returns the wait after the attempt-th failure: between one second and a limit that doubles from two seconds to a
// minute. roll, in [0,1), picks the wait, so that tasks which fail together do not run again together.
func backoff(attempt int, roll float64) time.Duration {
	const least, most = time.Second, time.Minute
	wait := most
	if doublings := attempt; doublings < 6 {
		wait = least << doublings
	}
	return least + time.Duration(roll*float64(wait-least))
}

// rescueAfter returns the time after which River frees a running job; 0 = an hour. In this process such a job steps nothing, since
// its task is in flight; another one would step the task besides.
func (o Options) rescueAfter() time.Duration {
	if o.Peers == nil {
		return 0
	}
	return rescueAfter
}

// nodeName returns the name under which jobs are worked on; "" lets River make one.
func (o Options) nodeName() string {
	if o.Peers == nil {
		return ""
	}
	return o.Peers.Node()
}
