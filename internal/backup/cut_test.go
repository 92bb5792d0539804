package backup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/filmgate/filmgate/internal/backup"
	"github.com/filmgate/filmgate/internal/blob"
)

// cut fails from a number of uses on, and then cancels the context. It is shared by the parts of a backup, which run side by side.
type cut struct {
	left atomic.Int64
	stop func()
}

// newCut returns a cut that can be used n times.
func newCut(n int, stop func()) *cut {
	c := &cut{stop: stop}
	c.left.Store(int64(n))
	return c
}

var errCut = errors.New("cut")

func (c *cut) use() error {
	if c.left.Add(-1) < 0 {
		c.stop()
		return errCut
	}
	return nil
}

type cutRows struct {
	backup.Rows
	*cut
}

func (c cutRows) CopyTo(ctx context.Context, path string) error {
	if err := c.use(); err != nil {
		_ = os.WriteFile(path, []byte("half a database"), 0o600)
		return err
	}
	return c.Rows.CopyTo(ctx, path)
}

type cutCopy struct {
	backup.Copy
	*cut
}

func (c cutCopy) Close() error { return errors.Join(c.Copy.Close(), c.use()) }

type cutFiles struct {
	blob.Storage
	*cut
}

func (c cutFiles) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	if err := c.use(); err != nil {
		return blob.Info{}, err
	}
	return c.Storage.Put(ctx, key, r, mediaType)
}

func (c cutFiles) List(ctx context.Context, folder, after string, limit int) ([]blob.Entry, error) {
	if err := c.use(); err != nil {
		return nil, err
	}
	return c.Storage.List(ctx, folder, after, limit)
}

func (c cutFiles) Delete(ctx context.Context, key string) error {
	if err := c.use(); err != nil {
		return err
	}
	return c.Storage.Delete(ctx, key)
}

// The next backup is cut at each of its steps. What is in the folder can be restored each time, and is the backup before or, once
// the manifest is written, the next one.
func TestBackupThatIsCutLeavesACompleteOne(t *testing.T) {
	before, after := []string{"one", "two"}, []string{"four", "one", "three", "two"}
	for n := 0; ; n++ {
		s := newSite(t)
		s.run(t)
		s.finish(t, "three")
		s.finish(t, "four")
		s.remove(t, "one")
		ctx, stop := context.WithCancel(t.Context())
		c, whole := newCut(n, stop), s.Create
		s.Rows = cutRows{s.db, c}
		s.OpenCopy = func(ctx context.Context, path string) (backup.Copy, error) {
			db, err := openCopy(ctx, path)
			return cutCopy{db, c}, err
		}
		s.OpenFiles = func(path string) (blob.Storage, error) {
			b, err := openBackup(path)
			return cutFiles{b, c}, err
		}
		_, err := s.Run(ctx)
		stop()
		ids, _ := s.restored(t)
		if !slices.Equal(ids, before) && !slices.Equal(ids, after) {
			t.Errorf("cut at step %d: restored %q", n, ids)
		}
		s.Create = whole
		s.run(t)
		if ids, _ := s.restored(t); !slices.Equal(ids, after) {
			t.Errorf("after a cut at step %d and another backup: restored %q", n, ids)
		}
		if err == nil {
			if n < 5 {
				t.Errorf("only %d steps could be cut", n)
			}
			return
		}
		if !errors.Is(err, errCut) && !errors.Is(err, context.Canceled) {
			t.Errorf("cut at step %d: %v", n, err)
		}
	}
}
