// Package panics is the edge at which a panic of a goroutine ends. The Go runtime ends the whole process where a goroutine
// panics and nobody recovers, so every goroutine of the server begins here: in a Group where its maker waits for it, in
// Recorder.Go where nobody does. A test at the root holds product code to it.
//
// What may enter: catching, logging and counting panics. What may not: what a caller makes of one, and any other package of
// the project; it is imported from everywhere.
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

// Error is a panic that was caught.
type Error struct {
	Value any    // what was given to panic
	Stack []byte // of the goroutine that panicked
}

// Error says what was given to panic. The stack is for the log alone.
func (e *Error) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap is the error that was given to panic; nil where it was none.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Catch runs f and returns its error, or what it panicked with as an *Error. runtime.Goexit, by which tests end, is no
// panic.
func Catch(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = toError(value)
		}
	}()
	return f()
}

// toError is the Error of a value that was recovered. One that went through a Group keeps the stack of its origin.
func toError(value any) *Error {
	if e, ok := value.(*Error); ok {
		return e
	}
	return &Error{value, debug.Stack()}
}

// Group runs functions in goroutines of their own and waits for them, as a sync.WaitGroup does. The zero value is ready.
type Group struct {
	wait  sync.WaitGroup
	mu    sync.Mutex
	first *Error
}

// Go runs f in a goroutine. What it panics with, Wait panics with.
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

// Wait returns when all functions have. Where one panicked, it panics in turn, with the first one's *Error: the panic goes
// on in the goroutine that has an edge.
func (g *Group) Wait() {
	g.wait.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first != nil {
		panic(g.first)
	}
}

// Recorder logs and counts the panics of a process. A nil one logs to slog.Default and counts nothing. Its methods may be
// called from many goroutines.
type Recorder struct {
	log *slog.Logger

	mu    sync.Mutex
	count map[string]uint64 // by place
}

// NewRecorder makes one that writes to log.
func NewRecorder(log *slog.Logger) *Recorder {
	return &Recorder{log: log, count: map[string]uint64{}}
}

// Record logs a panic with its stack, and counts it. place is one of a few fixed words, such as "queue"; more are
// attributes of the log line.
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

// Run runs f, and records what it panics with. The error is f's own, or the panic as an *Error.
func (r *Recorder) Run(ctx context.Context, place string, f func() error) error {
	err := Catch(f)
	r.recordError(ctx, place, err)
	return err
}

// recordError records the panic in err's chain. It does nothing where there is none.
func (r *Recorder) recordError(ctx context.Context, place string, err error, more ...any) {
	if e := (*Error)(nil); errors.As(err, &e) {
		r.Record(ctx, place, e, more...)
	}
}

// Go runs f in a goroutine that nobody waits for, and gives its error, or its panic as an *Error, to done, which must not
// panic; nil is nothing to do.
func (r *Recorder) Go(ctx context.Context, place string, f func() error, done func(error)) {
	go func() {
		err := r.Run(ctx, place, f)
		if done != nil {
			done(err)
		}
	}()
}

// Counts are the panics so far, by place.
func (r *Recorder) Counts() map[string]uint64 {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.count)
}
