// Package blobtest is the test suite for implementations of [blob.Bucket]. [Run] checks each sentence of that interface's
// documentation; [RunFull] checks what a bucket does while its storage is full.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

// key is the key that most tests use.
const key = "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"

// Run runs the suite. open must return a new, empty bucket each time; Run closes it. The buckets must implement blob.Lister
// too.
func Run(t *testing.T, open func(t *testing.T) blob.Bucket) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, blob.Bucket)
	}{
		{"put returns size, type, hash and time", putReturnsInfo},
		{"put stores bodies of all sizes", putSizes},
		{"put replaces", putReplaces},
		{"put without a type uses the extension", putDefaultType},
		{"put whose reader fails changes nothing", putReaderFails},
		{"put whose ctx ends changes nothing", putContextEnds},
		{"open reads ranges", openRanges},
		{"an open body is not mixed with another", openSurvivesChange},
		{"an absent key is ErrNotFound", absentKeys},
		{"delete may be repeated", deleteTwice},
		{"invalid keys are refused", refusedKeys},
		{"unusual keys are stored", oddKeys},
		{"a cancelled ctx is refused", endedContext},
		{"concurrent readers see whole bodies", concurrentOneKey},
		{"concurrent writers do not mix", concurrentManyKeys},
		{"list returns all keys in order", listPages},
		{"list starts after any key", listAfter},
		{"link is a URL or empty", link},
		{"ping fails after close", pingAndClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t)
			t.Cleanup(func() {
				if err := b.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			c.check(t, b)
		})
	}
}

// body returns n pseudo-random bytes that depend on seed.
func body(n int, seed byte) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out) // never fails
	return out
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, b blob.Bucket, key string, data []byte) blob.Info {
	t.Helper()
	info, err := b.Put(t.Context(), key, bytes.NewReader(data), "video/mp4")
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return info
}

func read(ctx context.Context, b blob.Bucket, key string, offset, length int64) ([]byte, error) {
	body, err := b.Open(ctx, key, offset, length)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}

// checkStored checks with Open and Stat that want is stored under key.
func checkStored(t *testing.T, b blob.Bucket, key string, want []byte) {
	t.Helper()
	got, err := read(t.Context(), b, key, 0, -1)
	if err != nil {
		t.Errorf("open %s: %v", key, err)
	} else if !bytes.Equal(got, want) {
		t.Errorf("%s holds %d bytes, %s; want %d, %s", key, len(got), hash(got), len(want), hash(want))
	}
	info, err := b.Stat(t.Context(), key)
	if err != nil {
		t.Errorf("stat %s: %v", key, err)
		return
	}
	if info.Size != int64(len(want)) {
		t.Errorf("stat %s: size %d, want %d", key, info.Size, len(want))
	}
	if info.SHA256 != "" && info.SHA256 != hash(want) {
		t.Errorf("stat %s: hash %s, want %s or none", key, info.SHA256, hash(want))
	}
}

// checkAbsent checks that nothing is stored under key.
func checkAbsent(t *testing.T, b blob.Bucket, key string) {
	t.Helper()
	if _, err := b.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("stat %s: %v, want ErrNotFound", key, err)
	}
	for _, offset := range []int64{0, 5} {
		if _, err := read(t.Context(), b, key, offset, -1); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("open %s at %d: %v, want ErrNotFound", key, offset, err)
		}
	}
}

func putReturnsInfo(t *testing.T, b blob.Bucket) {
	data := body(4096, 1)
	fromPut := put(t, b, key, data)
	fromStat, err := b.Stat(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if fromPut.SHA256 != hash(data) {
		t.Errorf("put: hash %q, want %s", fromPut.SHA256, hash(data))
	}
	for name, info := range map[string]blob.Info{"put": fromPut, "stat": fromStat} {
		if info.Size != 4096 || info.Type != "video/mp4" {
			t.Errorf("%s: %d bytes of %q, want 4096 of video/mp4", name, info.Size, info.Type)
		}
		if info.Modified.IsZero() {
			t.Errorf("%s returns no time", name)
		}
	}
	if d := fromStat.Modified.Sub(fromPut.Modified).Abs(); d >= 2*time.Second { // some storages keep whole seconds
		t.Errorf("put returns %v, stat %v", fromPut.Modified, fromStat.Modified)
	}
}

func putSizes(t *testing.T, b blob.Bucket) {
	// The largest is more than every buffer, and more than one part of an S3 upload.
	for _, n := range []int{0, 1, 32<<10 - 1, 32 << 10, 32<<10 + 1, 6<<20 + 7} {
		data := body(n, 2)
		name := fmt.Sprintf("datasets/%d.mp4", n)
		if info := put(t, b, name, data); info.Size != int64(n) || info.SHA256 != hash(data) {
			t.Errorf("put of %d bytes returns %d, %s", n, info.Size, info.SHA256)
		}
		checkStored(t, b, name, data)
	}
}

func putReplaces(t *testing.T, b blob.Bucket) {
	put(t, b, key, body(100_000, 1))
	for i, n := range []int{200_000, 10, 0, 50} { // longer, shorter, empty
		data := body(n, byte(i+2))
		put(t, b, key, data)
		checkStored(t, b, key, data)
	}
	if _, err := b.Put(t.Context(), "a.mp4", strings.NewReader("x"), "video/mp4"); err != nil {
		t.Fatal(err)
	}
	checkStored(t, b, key, body(50, 5)) // the put under another key changed nothing
}

func putDefaultType(t *testing.T, b blob.Bucket) {
	for name, want := range map[string]string{
		"a.mp4": "video/mp4", "b/c.JPG": "image/jpeg", "d.png": "image/png", "e.webp": "image/webp", "f": "application/octet-stream",
	} {
		info, err := b.Put(t.Context(), name, strings.NewReader("x"), "")
		if err != nil || info.Type != want {
			t.Errorf("put %s: type %q (%v), want %s", name, info.Type, err, want)
		}
		if info, err = b.Stat(t.Context(), name); err != nil || info.Type != want {
			t.Errorf("stat %s: type %q (%v), want %s", name, info.Type, err, want)
		}
	}
}

func openRanges(t *testing.T, b blob.Bucket) {
	data := body(1000, 1)
	put(t, b, key, data)
	for _, c := range []struct{ offset, length, from, to int64 }{
		{0, -1, 0, 1000}, {0, -7, 0, 1000}, {0, 1000, 0, 1000}, {0, 5000, 0, 1000}, {0, 1, 0, 1},
		{0, 0, 0, 0}, {500, 0, 0, 0}, {10, 20, 10, 30}, {999, -1, 999, 1000}, {999, 1, 999, 1000}, {990, 100, 990, 1000},
		{1000, -1, 0, 0}, {1000, 10, 0, 0}, {1000, 0, 0, 0}, {5000, -1, 0, 0}, {5000, 10, 0, 0}, // at the end and past it
	} {
		got, err := read(t.Context(), b, key, c.offset, c.length)
		if err != nil || !bytes.Equal(got, data[c.from:c.to]) {
			t.Errorf("open at %d for %d: %d bytes (%v), want bytes %d to %d", c.offset, c.length, len(got), err, c.from, c.to)
		}
	}
	if _, err := read(t.Context(), b, key, -1, 5); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open at -1: %v, want an error that is not ErrNotFound", err)
	}
	put(t, b, "empty.mp4", nil)
	if got, err := read(t.Context(), b, "empty.mp4", 0, -1); err != nil || len(got) != 0 {
		t.Errorf("open of an empty body: %d bytes, %v", len(got), err)
	}
}

func openSurvivesChange(t *testing.T, b blob.Bucket) {
	data := body(3<<20, 1)
	for name, change := range map[string]func(){
		"replaced": func() { put(t, b, key, body(3<<20, 2)) },
		"deleted": func() {
			if err := b.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		},
	} {
		put(t, b, key, data)
		opened, err := b.Open(t.Context(), key, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		change()
		// A storage may end the body early, but must never mix it with another.
		got, err := io.ReadAll(opened)
		if !bytes.HasPrefix(data, got) || err == nil && len(got) != len(data) {
			t.Errorf("%s while open: %d bytes (%v) that are not the old body's", name, len(got), err)
		}
		if err := opened.Close(); err != nil {
			t.Errorf("%s while open: close: %v", name, err)
		}
	}
}
