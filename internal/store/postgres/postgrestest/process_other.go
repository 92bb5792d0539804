//go:build unix && !linux

package postgrestest

import "syscall"

// attributes returns those of a process of the user; nil = the tests' own. open has no effect here.
func attributes(as *syscall.Credential, _ bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true}
}
