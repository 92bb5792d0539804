package blobtest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
)

// RunFull checks what a bucket does when its storage is full. open makes an empty bucket on a small storage of its own; fill
// takes all the space that is left there, and free gives it back.
func RunFull(t *testing.T, open func(t *testing.T) (b blob.Bucket, fill, free func())) {
	const before, after = "cdn/20240909/before.mp4", "cdn/20240909/after.mp4"
	b, fill, free := open(t)
	data := body(10_000, 1)
	put(t, b, before, data)
	fill()
	t.Run("put is refused as unavailable, and says that the storage is full", func(t *testing.T) {
		_, err := b.Put(t.Context(), after, bytes.NewReader(body(100_000, 2)), "video/mp4")
		if !errors.Is(err, blob.ErrUnavailable) || !blob.IsFull(err) {
			t.Errorf("put: %v, want ErrUnavailable", err)
		}
	})
	t.Run("ping fails as unavailable", func(t *testing.T) {
		if err := b.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("ping: %v, want ErrUnavailable", err)
		}
	})
	t.Run("what is there can be read", func(t *testing.T) { checkStored(t, b, before, data) })
	free()
	t.Run("once there is space again, all works", func(t *testing.T) {
		if _, err := b.Stat(t.Context(), after); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("part of a refused put is there: %v", err)
		}
		put(t, b, after, data)
		checkStored(t, b, after, data)
		if err := b.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
	})
	t.Run("and deleting makes space", func(t *testing.T) {
		if err := b.Delete(t.Context(), before); err != nil {
			t.Errorf("delete: %v", err)
		}
	})
}
