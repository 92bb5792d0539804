package postgrestest

import "syscall"

// capDACOverride is CAP_DAC_OVERRIDE of linux/capability.h: files and folders are open whatever their modes say.
const capDACOverride = 1

// attributes returns those of a process of the user; nil = the tests' own. With open, it may enter folders that the user may
// not: on some machines the root folder is root's alone.
func attributes(as *syscall.Credential, open bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Credential: as, Setpgid: true}
	if open {
		a.AmbientCaps = []uintptr{capDACOverride}
	}
	return a
}
