//go:build unix

package node

import "syscall"

// mayOpen returns how many files this process may have open. Go has raised the limit to the hard one already. ok is false if the system
// does not tell.
func mayOpen() (limit uint64, ok bool) {
	var files syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files)
	return files.Cur, err == nil
}
