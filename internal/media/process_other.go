//go:build !linux

package media

import "syscall"

// newProcessGroup gives a child a process group of its own.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
