package datafolder

import (
	"os"
	"testing"
	"time"
)

// near fails the test unless the clock was set by as much as wanted, but for the time that the test takes.
func near(t *testing.T, got, want time.Duration) {
	t.Helper()
	if (got - want).Abs() > time.Minute {
		t.Errorf("the clock was set by %v, want %v", got, want)
	}
}

func TestAClockThatWasSetWhileNoServerRanIsNoticed(t *testing.T) {
	if _, _, ok := machineRun(); !ok {
		t.Skip("this system does not tell how long it has run")
	}
	f, now := Folder(t.TempDir()), time.Now()
	near(t, f.ClockSet(now.Add(24*time.Hour)), 0) // there is no note
	if err := f.NoteClock(now); err != nil {
		t.Fatal(err)
	}
	for _, by := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour} {
		near(t, f.ClockSet(time.Now().Add(by)), by)
	}
	if err := f.NoteClock(time.Now().Add(24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	near(t, f.ClockSet(time.Now().Add(24*time.Hour)), 0)
}

// A note is written only if it says something new: servers note the clock all the time.
func TestTheClockIsNotedOnce(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.NoteClock(time.Now()); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(f.clockFile())
	if os.IsNotExist(err) {
		t.Skip("this system does not tell how long it has run")
	}
	if err := f.NoteClock(time.Now()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(f.clockFile()); err != nil || !os.SameFile(before, after) {
		t.Errorf("it was written again: %v", err)
	}
}

// A note of another run of the machine, or none that can be read, says nothing.
func TestNotesThatSayNothingAreReplaced(t *testing.T) {
	for _, text := range []string{`{"boot": "another", "offset_ns": 5}`, `{"boot"`, ``} {
		f := Folder(t.TempDir())
		if err := os.WriteFile(f.clockFile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		near(t, f.ClockSet(time.Now()), 0)
		if err := f.NoteClock(time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, _, ok := machineRun(); ok {
			near(t, f.ClockSet(time.Now().Add(time.Hour)), time.Hour)
		}
	}
}
