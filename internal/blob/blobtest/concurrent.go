package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

// concurrentOneKey puts bodies of different sizes under one key while it is read: each read must return one whole body.
func concurrentOneKey(t *testing.T, b blob.Bucket) {
	const writers, readers, rounds = 4, 4, 8
	whole := map[string]bool{}
	bodies := make([][]byte, writers)
	for i := range bodies {
		bodies[i] = body(150_000+i*90_001, byte(i))
		whole[hash(bodies[i])] = true
	}
	put(t, b, key, bodies[0])
	var group sync.WaitGroup
	for _, data := range bodies {
		group.Go(func() {
			for range rounds {
				info, err := b.Put(t.Context(), key, bytes.NewReader(data), "video/mp4")
				if err != nil || info.SHA256 != hash(data) {
					t.Errorf("put: %s, %v", info.SHA256, err)
				}
			}
		})
	}
	for range readers {
		group.Go(func() {
			for range rounds {
				got, err := read(t.Context(), b, key, 0, -1)
				if err != nil || !whole[hash(got)] {
					t.Errorf("read %d bytes that were not put (%v)", len(got), err)
				}
				info, err := b.Stat(t.Context(), key)
				if err != nil || info.SHA256 != "" && !whole[info.SHA256] {
					t.Errorf("stat returns a hash %s that was not put (%v)", info.SHA256, err)
				}
			}
		})
	}
	group.Wait()
	last, err := read(t.Context(), b, key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if !whole[hash(last)] {
		t.Errorf("the last body, %d bytes, was not put", len(last))
	}
	checkStored(t, b, key, last)
}

// concurrentManyKeys puts, reads and deletes many keys at once, in folders that do not exist before.
func concurrentManyKeys(t *testing.T, b blob.Bucket) {
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			mine, data := fmt.Sprintf("cdn/2024090%d/%d.mp4", i%3, i), body(20_000+i, byte(i))
			for range 4 {
				if _, err := b.Put(t.Context(), mine, bytes.NewReader(data), "video/mp4"); err != nil {
					t.Errorf("put %s: %v", mine, err)
				}
				if got, err := read(t.Context(), b, mine, 0, -1); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%s: read %d bytes of another key (%v)", mine, len(got), err)
				}
				if err := b.Delete(t.Context(), mine); err != nil {
					t.Errorf("delete %s: %v", mine, err)
				}
				if _, err := b.Stat(t.Context(), mine); !errors.Is(err, blob.ErrNotFound) {
					t.Errorf("%s after its deletion: %v", mine, err)
				}
			}
		})
	}
	group.Wait()
}

func link(t *testing.T, b blob.Bucket) {
	put(t, b, key, body(10, 1))
	got, err := b.Link(t.Context(), key, blob.LinkOptions{Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := url.Parse(got); got != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		t.Errorf("link %q is not a web address", got)
	}
}

func pingAndClose(t *testing.T, b blob.Bucket) {
	put(t, b, key, body(10, 1))
	for range 2 {
		if err := b.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
	}
	checkStored(t, b, key, body(10, 1))
	if err := b.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := b.Ping(t.Context()); err == nil {
		t.Error("a closed bucket answers ping")
	}
}
