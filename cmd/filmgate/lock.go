package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lockFolder makes this process the one server of the data folder, until it closes the file or dies. Two servers on
// one folder would each take the other's running work for a dead process's.
func lockFolder(data string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("FILMGATE_DATA (--data): %w", err)
	}
	_ = f.Chmod(0o600)                                                         // one that an older version or another umask made; nothing is in it
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil { //nolint:gosec // a descriptor fits an int
		_ = f.Close()
		return nil, fmt.Errorf("FILMGATE_DATA (--data): another filmgate serves the folder %s; stop it, or take another folder", data)
	}
	return f, nil
}
