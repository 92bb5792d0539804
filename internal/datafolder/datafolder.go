// Package datafolder makes the data folder of a server and locks it, so that only one server uses it.
package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/disk"
)

// setting is the setting that names the data folder of a server.
const setting = "FILMGATE_DATA (--data)"

// Folder is the path of a data folder.
type Folder string

// Database returns the path of the folder's database.
func (f Folder) Database() string { return filepath.Join(string(f), "filmgate.db") }

// Files returns the path of the folder of videos and pictures.
func (f Folder) Files() string { return filepath.Join(string(f), "files") }

// Make makes the folder if it does not exist. Only this user may read it: it holds videos and the hashes of keys.
func (f Folder) Make() error { return f.make(setting) }

func (f Folder) make(setting string) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("%s: cannot make the folder: %w", setting, f.explain(err))
	}
	return nil
}

// explain says what to do about an error of the file system, if it is one of rights.
func (f Folder) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the user of this process%s may not write to %s: %w; make that user the owner of the folder and all in it, or take another folder", userNumber(), f, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s can't be written to: %w; take another folder, mount a volume there if this is a container, or have the service's unit make it writable", f, err)
	}
	return err
}

// userNumber returns ", number 1000,", and nothing on Windows, where users have none.
func userNumber() string {
	if id := os.Geteuid(); id >= 0 {
		return fmt.Sprintf(", number %d,", id)
	}
	return ""
}

// A server that was killed while it started ffmpeg leaves its lock to that child until the child runs ffmpeg, a moment later.
const (
	lockTries = 20
	lockPause = 50 * time.Millisecond
)

// Lock makes this process the only server of the folder, until it closes the returned file or dies. A second server would
// take the first one's running work for that of a dead process. It waits up to a second for the lock.
func (f Folder) Lock() (*os.File, error) { return f.lock(setting) }

// Claim makes the folder if it does not exist, and locks it, as Make and Lock do. Its errors begin with the setting or flag that
// named the folder.
func (f Folder) Claim(setting string) (*os.File, error) {
	if err := f.make(setting); err != nil {
		return nil, err
	}
	return f.lock(setting)
}

func (f Folder) lock(setting string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(string(f), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, f.explain(err))
	}
	_ = lock.Chmod(0o600) // an older version or another umask may have made it; it is empty
	for try := 1; ; try++ {
		err := disk.TryLock(lock, disk.Exclusive)
		if err == nil {
			return lock, nil
		}
		if try == lockTries {
			_ = lock.Close()
			return nil, fmt.Errorf("%s: another filmgate serves the folder %s; stop it, or take another folder", setting, string(f))
		}
		time.Sleep(lockPause)
	}
}

// EmptyTemp makes the folder of unfinished files, and removes what a process that died has left in it. It returns its path.
func (f Folder) EmptyTemp() (string, error) {
	temp := filepath.Join(string(f), "temp")
	err := os.RemoveAll(temp)
	if err == nil {
		err = os.Mkdir(temp, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", setting, err)
	}
	return temp, nil
}
