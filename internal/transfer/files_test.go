package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

// The files of every test, by key. The last is named by no row.
var contentOf = map[string]string{
	"cdn/20261124/video.mp4":  "a video",
	"cdn/20261124/poster.jpg": "a poster",
	"datasets/first.jpg":      "a first frame",
	"datasets/upload.png":     "an upload",
	"cdn/20261124/left.mp4":   "left over",
}

const (
	taskID    = "7b0c3f3e-0000-4000-8000-000000000001"
	datasetID = "7b0c3f3e-0000-4000-8000-000000000002"
)

// filesMove is a move of rows and files between two SQLite databases and two folders.
type filesMove struct {
	transfer.Move
	from, to *file.Bucket
	problems []string // in any order
	unread   string   // key of the file that can't be read at the source; "" = none
}

// newFilesMove returns a move whose source has all files, and rows that name them.
func newFilesMove(t *testing.T) *filesMove {
	t.Helper()
	from, to := openers["SQLite"](t), openers["SQLite"](t)
	m := &filesMove{Move: move(from, to), from: openFiles(t), to: openFiles(t)}
	m.From.Files, m.To.Files = m.from, m.to
	m.Problem = func(p transfer.FileError) { m.problems = append(m.problems, p.Error()) }
	for key, content := range contentOf {
		m.put(t, m.from, key, content)
	}
	tk := task.Task{ID: taskID, State: task.Succeeded, Artifacts: []task.Artifact{{ID: taskID, Task: taskID, Files: []task.File{
		{Key: "cdn/20261124/video.mp4", SHA256: hashOf(contentOf["cdn/20261124/video.mp4"])},
		{Key: "cdn/20261124/poster.jpg", SHA256: hashOf(contentOf["cdn/20261124/poster.jpg"])},
	}}}, Request: task.Request{First: &task.Image{Key: "datasets/first.jpg"}}}
	_, err := from.store.Apply(t.Context(), task.Change{Task: tk})
	if err := errors.Join(err, from.store.PutDataset(t.Context(), task.Dataset{ID: datasetID, Key: "datasets/upload.png"})); err != nil {
		t.Fatal(err)
	}
	return m
}

func openFiles(t *testing.T) *file.Bucket {
	t.Helper()
	b, err := file.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func (m *filesMove) put(t *testing.T, b *file.Bucket, key, content string) {
	t.Helper()
	if _, err := b.Put(t.Context(), key, strings.NewReader(content), "video/of-the-test"); err != nil {
		t.Fatal(err)
	}
}

// run runs the move, which must succeed and leave each file of the source at the destination.
func (m *filesMove) run(t *testing.T) transfer.Files {
	t.Helper()
	m.problems = nil
	r := run(t, m.Move)
	listed, err := m.from.List(t.Context(), "", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range listed {
		if e.Key == m.unread {
			continue
		}
		want, _ := read(t, m.from, e.Key)
		if got, mediaType := read(t, m.to, e.Key); got != want || mediaType != "video/of-the-test" {
			t.Errorf("%s is %q of the type %q after the move, want %q", e.Key, got, mediaType, want)
		}
	}
	return r.Files
}

func read(t *testing.T, b *file.Bucket, key string) (content, mediaType string) {
	t.Helper()
	info, err := b.Stat(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	body, err := b.Open(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(all), info.Type
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// expect compares the problems that were told.
func (m *filesMove) expect(t *testing.T, files transfer.Files, problems ...string) {
	t.Helper()
	slices.Sort(m.problems)
	slices.Sort(problems)
	if !slices.Equal(m.problems, problems) || files.Problems != int64(len(problems)) {
		t.Errorf("%d problems were counted, and told were\n%s\ninstead of\n%s", files.Problems, strings.Join(m.problems, "\n"), strings.Join(problems, "\n"))
	}
}

func TestEveryFileIsCopiedOnce(t *testing.T) {
	m := newFilesMove(t)
	size := int64(0)
	for _, content := range contentOf {
		size += int64(len(content))
	}
	got := m.run(t)
	m.expect(t, got)
	if want := (transfer.Files{Copied: 5, Bytes: size}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := m.run(t), (transfer.Files{Present: 5, Bytes: size}); got != want {
		t.Errorf("called again: %+v, want %+v", got, want)
	}
}

func TestFilesThatAreNotAsTheyShouldBe(t *testing.T) {
	const video = "cdn/20261124/video.mp4"
	for name, c := range map[string]struct {
		change   func(t *testing.T, m *filesMove)
		problems []string
	}{
		"one at the destination is another": {change: func(t *testing.T, m *filesMove) { m.put(t, m.to, video, "a VIDEO") }},
		"one is missing": {
			func(t *testing.T, m *filesMove) {
				if err := errors.Join(m.from.Delete(t.Context(), video), m.from.Delete(t.Context(), "datasets/upload.png")); err != nil {
					t.Fatal(err)
				}
			},
			[]string{video + ", named by task " + taskID + ": it is missing at the source",
				"datasets/upload.png, named by dataset " + datasetID + ": it is missing at the source"},
		},
		"one is another than its row says": {
			func(t *testing.T, m *filesMove) { m.put(t, m.from, video, "damaged") },
			[]string{video + ", named by task " + taskID + ": it is damaged at the source, and was copied so: it has the hash " +
				hashOf("damaged") + " instead of " + hashOf("a video")},
		},
		"one can't be read": {
			func(_ *testing.T, m *filesMove) { m.cannotRead("datasets/first.jpg") },
			[]string{"datasets/first.jpg, named by task " + taskID + ": it can't be read at the source: injected fault"},
		},
		"one without a row can't be read": {
			func(_ *testing.T, m *filesMove) { m.cannotRead("cdn/20261124/left.mp4") },
			[]string{"cdn/20261124/left.mp4, named by no row: it can't be read at the source: injected fault"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newFilesMove(t)
			c.change(t, m)
			m.expect(t, m.run(t), c.problems...)
		})
	}
}

// faultyFiles is storage with faults. Its functions may be nil.
type faultyFiles struct {
	blob.Storage
	open func(key string) error // returns the error of Open
	ping error
	puts int  // this many are left that succeed, if failing
	fail bool // Put fails after those
	flip bool // Put stores other bytes than it reads

	mu sync.Mutex
}

// cannotRead makes a file unreadable at the source.
func (m *filesMove) cannotRead(unread string) {
	m.unread = unread
	m.From.Files = &faultyFiles{Storage: m.from, open: func(key string) error {
		if key == unread {
			return errFault
		}
		return nil
	}}
}

func (f *faultyFiles) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if f.open != nil {
		if err := f.open(key); err != nil {
			return nil, err
		}
	}
	return f.Storage.Open(ctx, key, offset, length)
}

func (f *faultyFiles) Ping(context.Context) error { return f.ping }

func (f *faultyFiles) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	f.mu.Lock()
	f.puts--
	failed := f.fail && f.puts < 0
	f.mu.Unlock()
	if failed {
		return blob.Info{}, errFault
	}
	if f.flip {
		all, err := io.ReadAll(r)
		if err != nil {
			return blob.Info{}, err
		}
		r = bytes.NewReader(bytes.ToUpper(all))
	}
	return f.Storage.Put(ctx, key, r, mediaType)
}

func TestFilesAreContinuedAfterACut(t *testing.T) {
	for n := range len(contentOf) {
		t.Run(fmt.Sprint("after ", n, " files"), func(t *testing.T) {
			m := newFilesMove(t)
			m.To.Files = &faultyFiles{Storage: m.to, puts: n, fail: true}
			if _, err := m.Run(t.Context()); !errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), "the files of there: ") {
				t.Fatalf("Run: %v", err)
			}
			if transfer.Unfinished(t.Context(), m.To.Rows) == nil {
				t.Error("the destination says that the move is complete")
			}
			m.To.Files = m.to
			// A file that was being copied at the cut may be there or not.
			if got := m.run(t); got.Present > int64(n) || got.Copied+got.Present != int64(len(contentOf)) {
				t.Errorf("it went on with %+v", got)
			}
		})
	}
}

func TestStorageThatFailsEndsTheMove(t *testing.T) {
	for want, change := range map[string]func(m *filesMove){
		"the files of here: ": func(m *filesMove) {
			m.From.Files = &faultyFiles{Storage: m.from, open: func(string) error { return store.ErrUnavailable }, ping: errFault}
		},
		"the files of there: ": func(m *filesMove) { m.To.Files = &faultyFiles{Storage: m.to, fail: true} },
	} {
		m := newFilesMove(t)
		change(m)
		if _, err := m.Run(t.Context()); !errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Run: %v, want one that begins with %q", err, want)
		}
	}
}

func TestCopyThatIsNotStoredAsSentIsMadeAgain(t *testing.T) {
	m := newFilesMove(t)
	m.To.Files = &faultyFiles{Storage: m.to, flip: true}
	if _, err := m.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "was not stored as it was sent") {
		t.Errorf("Run: %v", err)
	}
	m.To.Files = m.to
	m.expect(t, m.run(t))
}
