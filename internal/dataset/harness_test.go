package dataset_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// databases makes the stores of the tests.
var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

// harness is Inputs over a real database and real files; only the clock is a fake.
type harness struct {
	*dataset.Inputs
	config dataset.Config
	store  store.Store
	bucket blob.Bucket
	signer blob.Signer
	temp   string
	who    apikey.Key

	mu   sync.Mutex
	time time.Time
}

// newHarness makes a harness that may fetch from the networks given.
func newHarness(t testing.TB, allow ...string) *harness {
	t.Helper()
	h := &harness{time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), who: apikey.Key{Account: 7}}
	dir := t.TempDir()
	rows := databases.Open(t, dir, nil)
	files, err := file.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	h.temp = filepath.Join(dir, "temp")
	if err := os.Mkdir(h.temp, 0o700); err != nil {
		t.Fatal(err)
	}
	o := outbound.Options{Timeout: 5 * time.Second}
	for _, a := range allow {
		o.Allow = append(o.Allow, netip.MustParsePrefix(a))
	}
	h.store, h.bucket = rows, files
	h.signer = blob.Signer{Secret: []byte("a secret of the tests, 32 bytes."), Now: h.now}
	h.config = dataset.Config{
		Store: rows, Bucket: files, Files: files, Signer: h.signer, Fetch: outbound.New(o), Images: media.NewInspector(2),
		Temp: tempdir.New(h.temp, 0), Workers: 2, Now: h.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	}
	h.restart()
	return h
}

// restart makes new Inputs over the same rows and files.
func (h *harness) restart() { h.Inputs = dataset.New(h.config) }

func (h *harness) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *harness) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// copyImage copies a request's first frame, and returns the copy.
func (h *harness) copyImage(t *testing.T, source string, limits task.ImageLimits) (task.Image, error) {
	t.Helper()
	return h.copyImageOf(t, h.who, source, limits)
}

func (h *harness) copyImageOf(t *testing.T, who apikey.Key, source string, limits task.ImageLimits) (task.Image, error) {
	t.Helper()
	r := task.Request{First: &task.Image{Source: source, Field: "init_image", Limits: limits}}
	err := h.Copy(t.Context(), who.Account, &r)
	return *r.First, err
}

// copyVideo copies a request's video, and returns the copy.
func (h *harness) copyVideo(t *testing.T, source string) (task.InputVideo, error) {
	t.Helper()
	r := task.Request{Video: &task.InputVideo{Source: source, Field: "video"}}
	err := h.Copy(t.Context(), h.who.Account, &r)
	return *r.Video, err
}

// signed returns the URL of a dataset, in force for an hour.
func (h *harness) signed(key string) string {
	return "https://any.host/" + key + "?_jwt=" + h.signer.Sign(key, h.now().Add(time.Hour))
}

// exists reports whether a file is in the storage.
func (h *harness) exists(t *testing.T, key string) bool {
	t.Helper()
	_, err := h.bucket.Stat(t.Context(), key)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// stored returns the bytes of a file in the storage.
func (h *harness) stored(t *testing.T, key string) []byte {
	t.Helper()
	body, err := h.bucket.Open(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkTempIsEmpty fails if a file is left in the temp folder.
func (h *harness) checkTempIsEmpty(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(h.temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the temp folder: %v, %v", left, err)
	}
}

// checkRefused fails unless err has the code, and text in its detail or field errors.
func checkRefused(t *testing.T, what string, err error, code task.Code, text string) {
	t.Helper()
	if task.CodeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, text)
	}
}

func picture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	return img
}

func jpegOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dataURI(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}

// clip returns a video of half a second, made by ffmpeg.
func clip(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x192:rate=24", "-frames:v", "12",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path)
	if err := cmd.Run(); err != nil {
		t.Fatalf("make a clip: %v", err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
