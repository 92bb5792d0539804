package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func noMoney() *engine.Error {
	return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Text: "The account has no credits.", Detail: "balance is 0"}
}

func TestOtherProcessesHearThatAKeyIsRefused(t *testing.T) {
	a, b, announced := twoServers(t)
	old := b.mustSubmit(t, "old")
	a.keys["k"].errs["submit"] = []error{noMoney()}
	_, _ = a.Submit(t.Context(), job("1", "a cat"))
	_, err := b.Submit(t.Context(), job("2", "a cat"))
	// Its random part is half of two seconds: the process that was refused tries the key first.
	if e := errorOfClass(t, err, engine.AuthError); e.Reason != task.VendorRefused || e.Text != "The account has no credits." || e.Detail != "balance is 0" || e.RetryAfter != time.Minute+2*time.Second {
		t.Errorf("the other process: %+v, to be tried after %v", e, e.RetryAfter)
	}
	if n := b.keys["k"].counts["submit"]; n != 1 {
		t.Errorf("the other process submitted %d times with the refused key", n-1)
	}
	if _, err := b.Poll(t.Context(), old); err != nil {
		t.Errorf("a poll of a job that the refused key has: %v", err)
	}
	a.pass(time.Minute)
	b.pass(time.Minute + 2*time.Second)
	a.mustSubmit(t, "3")
	b.mustSubmit(t, "4")
	if want := []string{"a k 1m0s"}; !slices.Equal(*announced, want) {
		t.Errorf("announced %q, want %q", *announced, want)
	}
}

// Jobs that are submitted together are refused together.
func TestARefusalIsToldOnce(t *testing.T) {
	a, _, announced := twoServers(t)
	a.keys["k"].errs["submit"] = []error{noMoney(), noMoney()}
	a.keys["k"].hook = func() { _, _ = a.Submit(t.Context(), job("2", "a dog")) }
	_, err := a.Submit(t.Context(), job("1", "a cat"))
	wantClass(t, err, engine.AuthError)
	if n := a.keys["k"].counts["submit"]; n != 2 {
		t.Errorf("%d submits, want 2", n)
	}
	if want := []string{"a k 1m0s"}; !slices.Equal(*announced, want) {
		t.Errorf("announced %q, want %q", *announced, want)
	}
}
