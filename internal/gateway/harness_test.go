package gateway_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/storyboard"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// clip makes a video of half a second by ffmpeg, once.
var clip = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "clip")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "clip.mp4")
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24", "-frames:v", "12",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path)
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// config is what a gateway and its parts are made of.
type config struct {
	gateway.Config // Store, Bucket, Inputs, Catalog, Temp, FFmpeg and Now are filled by build

	Store     store.Store
	rows      store.Store // without faults
	feed      store.Feed  // nil = of the rows
	Bucket    blob.Bucket
	Files     blob.Lister
	Fetch     *outbound.Client
	Images    *media.Inspector
	FFmpeg    dataset.FFmpeg
	Temp      string
	TempSpace int64
	CacheSize int
	Now       func() time.Time
}

// build puts the parts together, as cmd/filmgate does.
func (c config) build() *gateway.Gateway {
	g := c.Config
	g.Store, g.Bucket, g.FFmpeg, g.Now = taskcache.New(c.Store, c.CacheSize, c.Now), c.Bucket, c.FFmpeg, c.Now
	if c.SingleProcess {
		g.Store.CacheSteps(16)
	}
	g.Temp = tempdir.New(c.Temp, c.TempSpace)
	if g.Feed = c.feed; g.Feed == nil {
		g.Feed, _ = c.rows.(store.Feed)
	}
	g.Usage, _ = c.rows.(store.Usage)
	g.Inputs = dataset.New(dataset.Config{Store: g.Store, Bucket: c.Bucket, Files: c.Files, Signer: c.Signer, Fetch: c.Fetch, Images: c.Images,
		FFmpeg: c.FFmpeg, Temp: g.Temp, Workers: c.Workers, Now: c.Now, Rand: c.Rand, Log: c.Log})
	if rows, ok := c.rows.(store.Storyboards); ok {
		g.Boards = storyboard.New(storyboard.Config{Rows: rows, Tasks: g.Store, Files: c.Bucket, Now: c.Now, Rand: c.Rand})
	}
	g.Catalog = asset.New(asset.Config{Store: g.Store, Bucket: c.Bucket, Files: c.Files, Now: c.Now, Rand: c.Rand, Log: c.Log, Panics: c.Panics})
	return gateway.New(g)
}

// harness is a gateway with a real database and real files; only the engine and the clock are fakes.
type harness struct {
	*gateway.Gateway
	config config
	store  *faultyStore
	bucket *watchedBucket
	signer blob.Signer
	fake   *fake.Engine
	who    apikey.Key

	mu     sync.Mutex
	time   time.Time
	passed time.Duration
	wakes  []task.Wake
}

// faultyStore is the real store, of which the write that failAt counts down to is lost.
type faultyStore struct {
	store.Store
	mu     sync.Mutex
	failAt int
	crash  func() // called when that write is lost; until restart no later one is written either. nil = it is the only one
	noList error  // the error of Tasks
	lists  int    // calls of Tasks
	noTask int    // calls of Task that fail
}

func (s *faultyStore) Task(ctx context.Context, id string) (task.Task, error) {
	s.mu.Lock()
	s.noTask--
	fail := s.noTask >= 0
	s.mu.Unlock()
	if fail {
		return task.Task{}, store.ErrUnavailable
	}
	return s.Store.Task(ctx, id)
}

func (s *faultyStore) Tasks(ctx context.Context, q task.Query) ([]task.Task, error) {
	if s.noList != nil {
		return nil, s.noList
	}
	s.mu.Lock()
	s.lists++
	s.mu.Unlock()
	return s.Store.Tasks(ctx, q)
}

func (s *faultyStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	s.mu.Lock()
	s.failAt--
	fail := s.failAt == 0 || s.failAt < 0 && s.crash != nil
	crash := s.crash
	s.mu.Unlock()
	if fail && crash != nil {
		crash()
	}
	if fail {
		return 0, errFault
	}
	return s.Store.Apply(ctx, c)
}

func newHarness(t testing.TB, allow ...string) *harness {
	t.Helper()
	video, err := clip()
	if err != nil {
		t.Fatalf("make a clip: %v", err)
	}
	h := &harness{time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), who: apikey.Key{Account: 7}}
	dir := t.TempDir()
	rows := databases.Open(t, dir, func(w []task.Wake) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.wakes = append(h.wakes, w...)
	})
	h.store = &faultyStore{Store: rows}
	files, err := file.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	h.bucket = &watchedBucket{Bucket: files}
	h.fake = fake.New(video, h.now)
	h.fake.Takes = 5 * time.Second
	h.signer = blob.Signer{Secret: []byte("a secret of the tests, 32 bytes."), Now: h.now}
	temp := filepath.Join(dir, "temp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	h.config = config{
		Config: gateway.Config{Signer: h.signer, Secret: []byte("another secret"), AccessSecret: []byte("a third secret"), Workers: 2, SingleProcess: true, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
			Panics: panics.NewRecorder(slog.New(slog.DiscardHandler)), Previews: previews.of},
		Store: h.store, rows: rows, Bucket: h.bucket, Files: files, Fetch: newFetch(t, allow...), Images: media.NewInspector(2), Temp: temp, CacheSize: 16, Now: h.now,
	}
	h.use(h.fake)
	return h
}

// databases holds the databases of the tests.
var databases rowstest.Databases

// previews are those of the few videos of the tests. To start ffmpeg for each task took a third of the tests' processor time.
var previews previewCache

// previewCache cuts the previews of each video once.
type previewCache struct{ cut sync.Map } // []media.Picture by preview

// preview is what previews depend on. A test that replaces ffmpeg changes the PATH.
type preview struct {
	video [sha256.Size]byte
	facts media.VideoFacts
	n     int
	path  string
}

func (c *previewCache) of(ctx context.Context, temp, path string, facts media.VideoFacts, n int) ([]media.Picture, error) {
	video, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key := preview{sha256.Sum256(video), facts, n, os.Getenv("PATH")}
	if got, ok := c.cut.Load(key); ok {
		return got.([]media.Picture), nil
	}
	got, err := media.Previews(ctx, temp, path, facts, n)
	if err == nil {
		c.cut.Store(key, got)
	}
	return got, err
}

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

// watchedBucket is the real bucket, and records the keys that were put.
type watchedBucket struct {
	blob.Bucket
	mu  sync.Mutex
	put []string
}

func (b *watchedBucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	b.mu.Lock()
	b.put = append(b.put, key)
	b.mu.Unlock()
	return b.Bucket.Put(ctx, key, r, mediaType)
}

// use restarts the gateway, over the same rows and files, with that engine.
func (h *harness) use(e engine.Engine) {
	h.config.Registry.Engines = []registry.ConfiguredEngine{{Name: "fake", Engine: e}}
	h.Gateway = h.config.build()
}

func newFetch(t testing.TB, allow ...string) *outbound.Client {
	t.Helper()
	o := outbound.Options{Timeout: 5 * time.Second}
	for _, a := range allow {
		o.Allow = append(o.Allow, prefix(t, a))
	}
	return outbound.New(o)
}

func (h *harness) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *harness) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
	h.passed += d
}

// setClock sets the clock forward, without any time passing.
func (h *harness) setClock(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// sincePassed returns the time that has passed in the process.
func (h *harness) sincePassed() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.passed
}

// request returns a request that every engine can do.
func request(prompt string) task.Request {
	return task.Request{
		Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: prompt, Seconds: 5,
		Format: task.Format{Width: 320, Height: 192, FrameRate: 24, Frames: 12}, AssetGroup: "Generative Video",
	}
}

func (h *harness) submit(t *testing.T, prompt string) task.Task {
	t.Helper()
	made, err := h.Submit(t.Context(), h.who, request(prompt))
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	return made
}

func (h *harness) read(t *testing.T, id string) task.Task {
	t.Helper()
	got, err := h.Read(t.Context(), h.who, id)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return got
}

// run takes steps, as a worker does, until the task is done. The clock moves as each step asks.
func (h *harness) run(t *testing.T, id string) task.Task {
	t.Helper()
	for range 500 {
		next, err := h.Advance(t.Context(), id)
		if err != nil {
			t.Logf("step: %v", err) // a worker tries again
			h.pass(time.Second)
			continue
		}
		if next.Done {
			return h.read(t, id)
		}
		h.pass(next.After)
	}
	t.Fatalf("task did not end: %+v", h.read(t, id))
	return task.Task{}
}

// crashAt takes steps until the write-th write of the task, which the process does not survive, and starts it again.
func (h *harness) crashAt(t *testing.T, id string, write int) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	h.store.failAt, h.store.crash = write, kill
	for ctx.Err() == nil {
		next, _ := h.Advance(ctx, id)
		h.pass(next.After)
		if next.Done {
			break
		}
	}
	h.store.crash = nil
	h.Gateway = h.config.build()
}

// finished returns a task that has SUCCEEDED.
func (h *harness) finished(t *testing.T) task.Task {
	t.Helper()
	return h.run(t, h.submit(t, "a cat").ID)
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

// checkRefused fails unless err has the code, and text in its detail or field errors.
func checkRefused(t *testing.T, what string, err error, code task.Code, text string) {
	t.Helper()
	if task.CodeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, text)
	}
}

func ptr[T any](v T) *T { return &v }
