package datafolder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mountType returns the type of the file system that the folder lies in, as the kernel's list of mounts says.
func mountType(t *testing.T, folder string) (fsType string) {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var longest string
	for line := range strings.Lines(string(mounts)) {
		before, after, _ := strings.Cut(line, " - ")
		at := strings.Fields(before)[4]
		// Of mounts at one place the last is seen.
		if (folder == at || strings.HasPrefix(folder, strings.TrimSuffix(at, "/")+"/")) && len(at) >= len(longest) {
			longest, fsType = at, strings.Fields(after)[0]
		}
	}
	return fsType
}

// scripts/image-test.sh tries it in containers with and without a volume.
func TestOnlyAnOverlayIsTheLayerOfAContainer(t *testing.T) {
	for _, folder := range []string{"/", "/proc", "/dev/shm", t.TempDir()} {
		real, err := filepath.EvalSymlinks(folder)
		if err != nil {
			continue
		}
		if got, want := Folder(folder).InLayer(), mountType(t, real) == "overlay"; got != want {
			t.Errorf("%s, of type %s: InLayer is %t", folder, mountType(t, real), got)
		}
	}
	if Folder(filepath.Join(t.TempDir(), "none")).InLayer() {
		t.Error("a folder that is not there is taken for the layer")
	}
}
