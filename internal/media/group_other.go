//go:build unix && !linux

package media

import "syscall"

// newProcessGroup puts a child into a process group of its own.
func newProcessGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
