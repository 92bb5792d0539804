// Package panics recovers, logs and counts panics. An unrecovered panic in any goroutine ends the whole process, so the server
// starts every goroutine here: in a [Group] if its starter waits for it, by [Recorder.Go] otherwise. A test in
// architecture_test.go checks that no other code of the server has a go statement.
//
// What a caller does about a panic does not belong here. The package imports no other package of the project, because all may
// import it.
package panics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
)

// Error is a recovered panic.
type Error struct {
	Value any    // the argument of panic
	Stack []byte // of the goroutine that panicked
}

// Error returns the panic's value as text. The stack is only for the log.
func (e *Error) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if it is an error, otherwise nil.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Catch runs f and returns its error, or an *Error if it panics. It does not catch runtime.Goexit, with which a test ends
// early.
func Catch(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = toError(value)
		}
	}()
	return f()
}

// toError returns the Error for a recovered value. A panic that went through a Group keeps its first stack.
func toError(value any) *Error {
	if e, ok := value.(*Error); ok {
		return e
	}
	return &Error{value, debug.Stack()}
}

// Group runs functions in goroutines and waits for them, like a sync.WaitGroup. The zero value is ready to use.
type Group struct {
	wait  sync.WaitGroup
	mu    sync.Mutex
	first *Error
}

// Go runs f in a goroutine. If f panics, so does Wait.
func (g *Group) Go(f func()) {
	g.wait.Go(func() {
		err := Catch(func() error { f(); return nil })
		if err == nil {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if e := (*Error)(nil); g.first == nil && errors.As(err, &e) {
			g.first = e
		}
	})
}

// Wait waits until all functions have returned. If some panicked, it panics with the *Error of the first, so that the panic
// reaches a goroutine that recovers it.
func (g *Group) Wait() {
	g.wait.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first != nil {
		panic(g.first)
	}
}

// Recorder logs and counts panics. A nil Recorder logs to slog.Default() and counts nothing. Its methods may be called from
// many goroutines at once.
type Recorder struct {
	log *slog.Logger

	mu    sync.Mutex
	count map[string]uint64 // by place
}

// NewRecorder returns a Recorder that logs to log.
func NewRecorder(log *slog.Logger) *Recorder {
	return &Recorder{log: log, count: map[string]uint64{}}
}

// Record logs a panic with its stack, and counts it. place says where it happened, as one of a few fixed words such as
// "queue". more holds further attributes of the log line, as for slog.
func (r *Recorder) Record(ctx context.Context, place string, e *Error, more ...any) {
	log := slog.Default()
	if r != nil {
		log = r.log
		r.mu.Lock()
		r.count[place]++
		r.mu.Unlock()
	}
	log.ErrorContext(ctx, "panic", append([]any{"place", place, "panic", fmt.Sprint(e.Value), "stack", string(e.Stack)}, more...)...)
}

// Run runs f and returns its error. If f panics, Run records the panic and returns it as an *Error.
func (r *Recorder) Run(ctx context.Context, place string, f func() error) error {
	err := Catch(f)
	r.recordError(ctx, place, err)
	return err
}

// recordError records the *Error in err's chain, if there is one.
func (r *Recorder) recordError(ctx context.Context, place string, err error, more ...any) {
	if e := (*Error)(nil); errors.As(err, &e) {
		r.Record(ctx, place, e, more...)
	}
}

// Go runs f in a goroutine, as Run does, and calls done with the result. done must not panic; it may be nil.
func (r *Recorder) Go(ctx context.Context, place string, f func() error, done func(error)) {
	go func() {
		err := r.Run(ctx, place, f)
		if done != nil {
			done(err)
		}
	}()
}

// Counts returns the number of panics so far, by place. It returns nil for a nil Recorder.
func (r *Recorder) Counts() map[string]uint64 {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.count)
}
