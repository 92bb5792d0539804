package blobtest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
)

// RunFull checks what a bucket does while its storage is full. open returns an empty bucket on a small storage; fill uses up
// the storage's free space, and free releases it.
func RunFull(t *testing.T, open func(t *testing.T) (b blob.Bucket, fill, free func())) {
	const before, after = "cdn/20240909/before.mp4", "cdn/20240909/after.mp4"
	b, fill, free := open(t)
	data := body(10_000, 1)
	put(t, b, before, data)
	fill()
	t.Run("put is ErrUnavailable and IsFull", func(t *testing.T) {
		_, err := b.Put(t.Context(), after, bytes.NewReader(body(100_000, 2)), "video/mp4")
		if !errors.Is(err, blob.ErrUnavailable) || !blob.IsFull(err) {
			t.Errorf("put: %v, want ErrUnavailable", err)
		}
	})
	t.Run("ping is ErrUnavailable", func(t *testing.T) {
		if err := b.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("ping: %v, want ErrUnavailable", err)
		}
	})
	t.Run("stored bytes can be read", func(t *testing.T) { checkStored(t, b, before, data) })
	free()
	t.Run("all works once there is space", func(t *testing.T) {
		if _, err := b.Stat(t.Context(), after); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("the refused put left something: %v", err)
		}
		put(t, b, after, data)
		checkStored(t, b, after, data)
		if err := b.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
	})
	t.Run("delete works", func(t *testing.T) {
		if err := b.Delete(t.Context(), before); err != nil {
			t.Errorf("delete: %v", err)
		}
	})
}
