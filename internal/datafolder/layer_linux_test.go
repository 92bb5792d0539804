package datafolder

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A folder in the layer of a container is told from a volume that is mounted into it.
func TestTheLayerOfAContainer(t *testing.T) {
	root, below := filepath.Join(t.TempDir(), "root"), t.TempDir()
	if err := syscall.Mount("tmpfs", below, "tmpfs", 0, "size=1m"); err != nil { // an overlay can't lie on another
		t.Skipf("only root may mount a disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(below, 0) })
	for _, dir := range []string{root, below + "/lower/data", below + "/upper", below + "/work"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mount("overlay", root, "overlay", 0, "lowerdir="+below+"/lower,upperdir="+below+"/upper,workdir="+below+"/work"); err != nil {
		t.Skipf("this system has no overlays: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(root, 0) })
	data := Folder(filepath.Join(root, "data"))
	if !data.InLayer() || !Folder(root).InLayer() {
		t.Error("the layer is taken for a volume")
	}
	if err := syscall.Mount("tmpfs", string(data), "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(string(data), 0) })
	if data.InLayer() || Folder(filepath.Join(root, "none")).InLayer() {
		t.Error("a volume, or a folder that is not there, is taken for the layer")
	}
}
