package datafolder

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// machineRun names the run of the machine, and returns how long it has lasted, including the time in which it was suspended. ok is false
// if the system does not tell.
func machineRun() (boot string, ran time.Duration, ok bool) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	var t unix.Timespec
	if err == nil {
		err = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
	}
	return strings.TrimSpace(string(id)), time.Duration(t.Nano()), err == nil
}
