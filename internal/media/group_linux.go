package media

import "syscall"

// newProcessGroup puts a child into a process group of its own, and makes the kernel kill it when this process ends. The kernel
// takes the thread that started the child for its parent; Go's runtime ends threads only for goroutines locked to them, and
// none is here.
func newProcessGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
