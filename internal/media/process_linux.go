package media

import "syscall"

// newProcessGroup gives a child a process group of its own, and has the kernel kill it when this process is gone. To the kernel the
// parent is the thread that started the child; Go's runtime ends threads only for goroutines that are locked to one, and none
// here is.
func newProcessGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
