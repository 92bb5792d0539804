//go:build !linux

package chaos

import "errors"

// disk is a small disk, which only Linux can mount.
type disk struct{}

func mountDisk(string, int) (*disk, error) {
	return nil, errors.New("a small disk can be mounted only on Linux")
}

func (*disk) fill() error    { return nil }
func (*disk) free() error    { return nil }
func (*disk) unmount() error { return nil }

func removeLeftovers(string) error { return nil }
