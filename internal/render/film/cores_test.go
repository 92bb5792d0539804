package film

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// busySpec returns a spec whose video would differ with the number of encoder threads: it is large and full of motion.
func busySpec() Spec {
	return Spec{Prompt: "orbit left, handheld", Seed: 3, Width: 320, Height: 320, Frames: 16, FrameRate: 24, First: gravel(320, 320), Thumbnails: true}
}

// TestRenderInChildProcess is run by TestSameBytesOnAnyNumberOfCores in a process of its own, and does nothing otherwise.
func TestRenderInChildProcess(t *testing.T) {
	folder := os.Getenv("RENDER_TEST_FOLDER")
	if folder == "" {
		return
	}
	movie, err := Render(context.Background(), busySpec(), filepath.Join(folder, "out.mp4"), nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	video, err := os.ReadFile(movie.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range append(movie.Previews, video, movie.Last, movie.Poster, movie.Sprite.Bytes, movie.Hover.Bytes) {
		fmt.Fprintln(hash, len(b))
		hash.Write(b)
	}
	if err := os.WriteFile(filepath.Join(folder, "sum"), fmt.Appendf(nil, "%x", hash.Sum(nil)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// renderOn renders busy in a process of its own, with prefix before its command, and returns a hash of all results.
func renderOn(t *testing.T, procs int, prefix ...string) string {
	t.Helper()
	folder := t.TempDir()
	args := append(prefix, os.Args[0], "-test.run", "^TestRenderInChildProcess$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "RENDER_TEST_FOLDER="+folder, "GOMAXPROCS="+strconv.Itoa(procs))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
	sum, err := os.ReadFile(filepath.Join(folder, "sum"))
	if err != nil {
		t.Fatal(err)
	}
	return string(sum)
}

func TestSameBytesOnAnyNumberOfCores(t *testing.T) {
	t.Parallel()
	want := renderOn(t, runtime.NumCPU())
	for _, procs := range []int{1, 8} {
		if got := renderOn(t, procs); got != want {
			t.Errorf("GOMAXPROCS=%d gives other bytes", procs)
		}
	}
	out, err := exec.Command("taskset", "-cp", strconv.Itoa(os.Getpid())).Output()
	if err != nil {
		t.Skipf("taskset, which limits a process to some of the cores, does not work: %v", err)
	}
	// "pid 7's current affinity list: 0-3,6"
	list := string(out[strings.LastIndexByte(string(out), ' ')+1:])
	first := list[:strings.IndexFunc(list, func(r rune) bool { return r < '0' || r > '9' })]
	if got := renderOn(t, 1, "taskset", "-c", first); got != want {
		t.Error("one core gives other bytes")
	}
}
