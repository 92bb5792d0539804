package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func health(s *wrappedKeys, key string) task.KeyHealth {
	for _, h := range s.Engine.(interface{ Health() []task.KeyHealth }).Health() {
		if h.Name == key {
			return h
		}
	}
	return task.KeyHealth{}
}

func TestHealthFollowsAKey(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	if h := health(s, "k"); h.State != task.KeyWorking || h.InFlight != 1 || h.LastError != "" || !h.PausedUntil.IsZero() {
		t.Errorf("at first %+v", h)
	}
	s.openBreaker(t, handle, s.mustSubmit(t, "another"))
	paused := health(s, "k")
	if paused.State != task.KeyPaused || paused.PauseReason != "repeated failures" || !strings.HasPrefix(paused.LastError, "unreachable") || paused.InFlight != 2 {
		t.Errorf("after failures %+v", paused)
	}
	if wait := paused.PausedUntil.Sub(paused.LastErrorAt); wait != oneTry.OpenTimeout {
		t.Errorf("it is paused for %v", wait)
	}
	s.pass(time.Minute)
	if h := health(s, "k"); h.State != task.KeyProbing || !h.PausedUntil.IsZero() {
		t.Errorf("after the pause %+v", h)
	}
	if _, err := s.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	if h := health(s, "k"); h.State != task.KeyWorking || h.LastError != paused.LastError {
		t.Errorf("when it works again %+v", h)
	}
}

func TestHealthOfAKeyThatTheVendorRefuses(t *testing.T) {
	s := wrap(t, oneTry, "bad", "good")
	s.keys["bad"].errs["submit"] = repeat(1, engine.AuthError)
	s.mustSubmit(t, "a")
	if h := health(s, "bad"); h.State != task.KeyPaused || h.PauseReason != "the vendor refuses the key" || h.LastError == "" {
		t.Errorf("%+v", h)
	}
	if h := health(s, "good"); h.State != task.KeyWorking || h.InFlight != 1 {
		t.Errorf("%+v", h)
	}
}

func TestHealthHearsOfPausesElsewhere(t *testing.T) {
	for reason, told := range map[string]engine.Pause{
		"repeated failures at another server": {Key: "k", For: time.Minute},
		"the vendor refuses the key":          {Key: "k", For: time.Minute, Refusal: &engine.Refusal{Reason: task.VendorRefused, Detail: "no credits"}},
	} {
		s := wrap(t, oneTry, "k")
		s.Engine.(interface{ Hear(told engine.Pause) }).Hear(told)
		if h := health(s, "k"); h.State != task.KeyPaused || h.PauseReason != reason || h.PausedUntil.IsZero() {
			t.Errorf("%s: %+v", reason, h)
		}
	}
}

func TestHealthTellsNoSecret(t *testing.T) {
	detail := "Incorrect key hunter2 or sk-0123456789abcdefghijkl for https://api.example.com/v1/videos?X-Amz-Signature=feed&x=1: " + strings.Repeat("long ", 200)
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.keys["k"].errs["poll"] = []error{&engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: detail}}
	_, _ = s.Poll(t.Context(), handle)
	got := health(s, "k").LastError
	if strings.Contains(got, "0123456789") || strings.Contains(got, "feed") || !strings.Contains(got, "https://api.example.com/v1/videos?***") || len([]rune(got)) > 301 {
		t.Errorf("%q", got)
	}
	if strings.Contains(got, "hunter2") {
		t.Errorf("the key itself is told: %q", got)
	}
}
