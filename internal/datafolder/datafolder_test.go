package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneServerLocksTheFolder(t *testing.T) {
	f := Folder(t.TempDir())
	first, err := f.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lock(); err == nil || !strings.Contains(err.Error(), "another filmgate serves the folder "+string(f)) {
		t.Errorf("a second lock: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := f.Lock()
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}

func TestMakeMakesAPrivateFolder(t *testing.T) {
	f := Folder(filepath.Join(t.TempDir(), "a", "b"))
	if err := f.Make(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(string(f)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if err := Folder("/proc/films").Make(); err == nil || !strings.Contains(err.Error(), "FILMGATE_DATA (--data)") {
		t.Errorf("a folder that can't be made: %v", err)
	}
}

func TestEmptyTempRemovesWhatIsLeft(t *testing.T) {
	f := Folder(t.TempDir())
	for range 2 {
		temp, err := f.EmptyTemp()
		if err != nil {
			t.Fatal(err)
		}
		if all, err := os.ReadDir(temp); err != nil || len(all) != 0 {
			t.Errorf("left %v, %v", all, err)
		}
		if err := os.WriteFile(filepath.Join(temp, "part"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALockThatIsReleasedInAMomentIsWaitedFor(t *testing.T) {
	f := Folder(t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		first, err := f.Lock()
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(lockPause*lockTries/2, func() { _ = first.Close() })
		second, err := f.Lock()
		if err != nil {
			t.Fatal(err)
		}
		_ = second.Close()
	})
}

func TestAFolderThatMayNotBeWrittenToIsExplained(t *testing.T) {
	f := Folder("/var/lib/films")
	for cause, want := range map[error]string{
		syscall.EACCES: fmt.Sprintf("the user of this process, number %d, may not write to /var/lib/films: ", os.Geteuid()),
		syscall.EROFS:  "/var/lib/films can't be written to: ",
		syscall.ENOSPC: "open /var/lib/films/lock: no space",
	} {
		err := f.explain(&fs.PathError{Op: "open", Path: "/var/lib/films/lock", Err: cause})
		if !strings.HasPrefix(err.Error(), want) || !errors.Is(err, cause) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want one line that begins with %q", err, want)
		}
	}
}
