package chaos

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

const printsClock = "CHAOS_TEST_PRINTS_CLOCK"

// TestClockIsPrinted is the process of the test below: it prints the wall clock, and how much time has passed, at each line of its input.
func TestClockIsPrinted(*testing.T) {
	if os.Getenv(printsClock) == "" {
		return
	}
	began := time.Now()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(time.Now().Unix(), int(time.Since(began).Seconds()))
	}
}

func TestWallClockOfAProcessIsTurned(t *testing.T) {
	c, err := newClock()
	if err != nil {
		t.Skip(err)
	}
	process := exec.Command(os.Args[0], "-test.run=^TestClockIsPrinted$") //nolint:noctx // it ends with its input
	process.Env = append(os.Environ(), printsClock+"=1")
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.start(process, time.Hour); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = process.Wait() })
	printed := bufio.NewReader(out)
	for i, ahead := range []time.Duration{time.Hour, -48 * time.Hour, 0} {
		if i > 0 {
			if err := c.set(process.Process.Pid, ahead); err != nil {
				t.Fatal(err)
			}
		}
		var at, passed int64
		if _, err := fmt.Fprintln(in); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fscanln(printed, &at, &passed); err != nil {
			t.Fatal(err)
		}
		off := time.Unix(at, 0).Sub(time.Now().Add(ahead))
		if off.Abs() > 10*time.Minute || passed > 600 { // a slow machine
			t.Errorf("set to %v, the clock is off by %v, and %d s have passed", ahead, off, passed)
		}
	}
}
