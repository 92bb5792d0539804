package gateway_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// recordingMeter records what a gateway tells its meter.
type recordingMeter struct {
	states []task.State
	stored []time.Time // when the jobs were seen to have ended
}

func (m *recordingMeter) Changed(prev, next task.Task) {
	if next.Version != prev.Version+1 {
		m.states = append(m.states, "version skipped")
	}
	if next.State != prev.State {
		m.states = append(m.states, next.State)
	}
}

func (m *recordingMeter) Stored(_ task.Task, ended time.Time) { m.stored = append(m.stored, ended) }

func TestMeterIsToldOfEachChangeThatIsWritten(t *testing.T) {
	h := newHarness(t)
	m := &recordingMeter{}
	h.config.Meter = m
	h.use(h.fake)
	id := h.submit(t, "a cat").ID
	h.store.failAt = 2 // a write that is lost is no change
	got := h.run(t, id)
	want := []task.State{task.Queued, task.Pending, task.Running, task.Succeeded}
	if got.State != task.Succeeded || len(m.states) != len(want) {
		t.Fatalf("ended %s; the meter was told of %v, want %v", got.State, m.states, want)
	}
	for i, s := range want {
		if m.states[i] != s {
			t.Errorf("the meter was told of %v, want %v", m.states, want)
		}
	}
}

// The lag of a completion counts from when the job was first seen to have ended, also if its result can't be stored at once.
func TestMeterIsToldWhenTheJobEnded(t *testing.T) {
	h := newHarness(t)
	m := &recordingMeter{}
	h.config.Meter = m
	h.use(h.fake)
	id := h.submit(t, "a cat").ID
	var first time.Time
	for range 100 {
		if tries := h.read(t, id).Attempts; first.IsZero() && len(tries) > 0 && h.now().Sub(tries[0].Begun) >= h.fake.Takes {
			first, h.store.failAt = h.now().Truncate(time.Millisecond), 1 // the write of the result
		}
		next, err := h.Advance(t.Context(), id)
		if err == nil && next.Done {
			break
		}
		h.pass(max(next.After, time.Second))
	}
	got := h.read(t, id)
	if got.State != task.Succeeded || !got.Finished.After(first) {
		t.Fatalf("%s at %v, the job ended by %v", got.State, got.Finished, first)
	}
	if len(m.stored) != 1 || !m.stored[0].Equal(first) {
		t.Errorf("told of %v, want %v", m.stored, first)
	}
}
