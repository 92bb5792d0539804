package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// countedPlaces records its calls. It has as many places as are free.
type countedPlaces struct {
	free  int
	err   error
	calls []string
}

func (p *countedPlaces) Acquire(_ context.Context, task string, most int, _ time.Duration) (bool, error) {
	p.calls = append(p.calls, fmt.Sprintf("acquire %s of %d", task, most))
	if p.err == nil {
		p.free--
	}
	return p.free >= 0, p.err
}

func (p *countedPlaces) Fill(_ context.Context, task, handle string) error {
	p.calls = append(p.calls, "fill "+task+" "+handle)
	return p.err
}

func (p *countedPlaces) Renew(_ context.Context, handle string) error {
	p.calls = append(p.calls, "renew "+handle)
	return p.err
}

func (p *countedPlaces) Release(_ context.Context, task, handle string) error {
	p.calls = append(p.calls, "release "+task+handle)
	return p.err
}

// take returns the calls since the last take.
func (p *countedPlaces) take() []string {
	calls := p.calls
	p.calls = nil
	return calls
}

// wrapShared returns a key that another process uses too.
func wrapShared(t *testing.T, p *countedPlaces, limit int) *wrappedKeys {
	t.Helper()
	s := wrap(t, engine.Policy{}, "k")
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"], InFlight: limit, Places: p})
	if err != nil {
		t.Fatal(err)
	}
	return &wrappedKeys{clock: s.clock, Engine: w, keys: s.keys}
}

func TestPlacesFollowTheJobs(t *testing.T) {
	p := &countedPlaces{free: 3}
	s := wrapShared(t, p, 3)
	expect := func(what string, want ...string) {
		t.Helper()
		if got := p.take(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	poll := func(handle string) { t.Helper(); _, _ = s.Poll(t.Context(), handle) }
	handle := s.mustSubmit(t, "1")
	expect("a submit", "acquire 1 of 3", "fill 1 fake-1")
	for range 3 {
		poll(handle)
	}
	expect("polls soon after")
	s.pass(3 * time.Second)
	poll(handle)
	expect("the poll that sees its end", "release fake-1")
	_, err := s.Submit(t.Context(), job("2", "refuse:refused"))
	wantClass(t, err, engine.Refused)
	expect("a submit that fails", "acquire 2 of 3", "release 2")
	handle = s.mustSubmit(t, "3")
	s.pass(time.Second)
	p.take()
	other := wrapShared(t, p, 3) // of a process that goes on with the task
	other.clock, other.keys["k"].Engine = s.clock, s.keys["k"].Engine
	if _, err := other.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	expect("the first poll of another process", "renew fake-2")
	if err := other.Cancel(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	expect("a cancel", "release fake-2")
}

func TestPlacesOfAllProcessesDecide(t *testing.T) {
	p := &countedPlaces{free: 0}
	if wrapShared(t, p, 5).mayTakeMore(t) {
		t.Error("a submit for which no place is free was sent")
	}
	p.free = 10
	s := wrapShared(t, p, 1)
	s.mustSubmit(t, "1")
	if !s.mayTakeMore(t) {
		t.Error("a place among all processes is refused because of what this one remembers")
	}
	p.take()
	if s := wrapShared(t, p, 0); !s.mayTakeMore(t) || len(p.take()) > 0 {
		t.Error("a key without a limit needs no places")
	}
}

func TestSubmitWaitsWhilePlacesCantBeCounted(t *testing.T) {
	p := &countedPlaces{free: 5, err: errors.New("the database is away")}
	s := wrapShared(t, p, 5)
	_, err := s.Submit(t.Context(), job("1", "a cat"))
	if e := errorOfClass(t, err, engine.Overloaded); e.WaitCause != engine.VendorBusy || s.keys["k"].counts["submit"] > 0 {
		t.Errorf("%v, and the vendor was asked %d times", err, s.keys["k"].counts["submit"])
	}
}

// A place is written after the job is recorded, which a crash would lose.
func TestPlacesAreToldWhenTheOutcomeIsRecorded(t *testing.T) {
	for prompt, want := range map[string]string{"a cat": "fill 1 fake-1", "refuse:refused": "release 1"} {
		t.Run(prompt, func(t *testing.T) {
			p := &countedPlaces{free: 3}
			s := wrapShared(t, p, 3)
			_, done, _ := engine.Submit(t.Context(), s.Engine, job("1", prompt), func(context.Context) error { return nil })
			if got := p.take(); !slices.Equal(got, []string{"acquire 1 of 3"}) {
				t.Errorf("before it is recorded: %q", got)
			}
			if done(); !slices.Equal(p.calls, []string{want}) {
				t.Errorf("after it is recorded: %q", p.calls)
			}
		})
	}
}

// If a submit could not begin, another step may be in the task's submit, whose place this is.
func TestPlaceOfASubmitThatCouldNotBeginStays(t *testing.T) {
	p := &countedPlaces{free: 3}
	s := wrapShared(t, p, 3)
	_, done, err := engine.Submit(t.Context(), s.Engine, job("1", "a cat"), func(context.Context) error { return errors.New("stale") })
	if done(); err == nil || !slices.Equal(p.calls, []string{"acquire 1 of 3"}) {
		t.Errorf("%q, %v", p.calls, err)
	}
}
