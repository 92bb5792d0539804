// Package processtest looks at processes, for tests of what starts and ends them.
package processtest

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Runs reports whether a process exists and is no zombie. On a system without /proc a zombie counts as running.
func Runs(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) && syscall.Kill(pid, 0) == nil
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
