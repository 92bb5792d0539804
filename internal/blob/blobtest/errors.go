package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

// putReaderFails puts bodies whose reader fails after n bytes, under a new key and over a stored one.
func putReaderFails(t *testing.T, b blob.Bucket) {
	broken, before := errors.New("the caller went away"), body(70_000, 1)
	put(t, b, key, before)
	for _, n := range []int{0, 1, 40_000, 6 << 20} {
		for _, name := range []string{key, "cdn/20240909/new.mp4"} {
			r := io.MultiReader(bytes.NewReader(body(n, 2)), iotest.ErrReader(broken))
			if _, err := b.Put(t.Context(), name, r, "video/mp4"); !errors.Is(err, broken) {
				t.Errorf("put that fails after %d bytes: %v, want the reader's error", n, err)
			}
		}
		checkStored(t, b, key, before)
		checkAbsent(t, b, "cdn/20240909/new.mp4")
	}
}

// putContextEnds cancels ctx as late as a reader can: when it returns io.EOF.
func putContextEnds(t *testing.T, b blob.Bucket) {
	before := body(70_000, 1)
	put(t, b, key, before)
	for _, n := range []int{0, 1, 40_000, 6 << 20} {
		for _, name := range []string{key, "cdn/20240909/new.mp4"} {
			ctx, cancel := context.WithCancel(t.Context())
			end := readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF })
			if _, err := b.Put(ctx, name, io.MultiReader(bytes.NewReader(body(n, 2)), end), "video/mp4"); !errors.Is(err, context.Canceled) {
				t.Errorf("put whose ctx ends after %d bytes: %v, want context.Canceled", n, err)
			}
			cancel()
		}
		checkStored(t, b, key, before)
		checkAbsent(t, b, "cdn/20240909/new.mp4")
	}
}

type readerFunc func([]byte) (int, error)

// Read calls f.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func absentKeys(t *testing.T, b blob.Bucket) {
	put(t, b, key, body(10, 1))
	for _, name := range []string{
		"cdn/20240909/other.mp4", // in the same folder as a stored key
		"cdn/20240909", "cdn",    // folders of a stored key
		key + "/more",                              // below a stored key
		strings.ToLower(key), "nowhere/at/all.mp4", // in another case, in another folder
	} {
		checkAbsent(t, b, name)
	}
}

func deleteTwice(t *testing.T, b blob.Bucket) {
	const other = "cdn/20240909/other.mp4"
	data := body(1000, 2)
	put(t, b, key, body(1000, 1))
	put(t, b, other, data)
	for range 2 {
		if err := b.Delete(t.Context(), key); err != nil {
			t.Errorf("delete: %v", err)
		}
		checkAbsent(t, b, key)
	}
	for _, name := range []string{"never/there.mp4", "cdn/20240909", other + "/more"} {
		if err := b.Delete(t.Context(), name); err != nil {
			t.Errorf("delete the absent %s: %v", name, err)
		}
	}
	checkStored(t, b, other, data)
	if err := b.Delete(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(t.Context(), "cdn/20240909"); err != nil { // in some storages an empty folder by now
		t.Errorf("delete of a folder: %v", err)
	}
	put(t, b, key, data)
	checkStored(t, b, key, data)
}

func refusedKeys(t *testing.T, b blob.Bucket) {
	for _, name := range []string{
		"", ".", "..", "/", "/etc/passwd", "../out.mp4", "a/../../out.mp4", "a/../b.mp4", "./a.mp4", "a/./b.mp4", "a/..", "a/",
		"a//b.mp4", "//a.mp4", `a\b.mp4`, `..\out.mp4`, "a\x00.mp4", "a\nb.mp4", "\x7f", "a\xff.mp4",
		strings.Repeat("x", 256), "a/" + strings.Repeat("é", 128), strings.Repeat("abc/", 256) + "d",
	} {
		_, put := b.Put(t.Context(), name, strings.NewReader("x"), "video/mp4")
		_, open := read(t.Context(), b, name, 0, -1)
		_, stat := b.Stat(t.Context(), name)
		_, link := b.Link(t.Context(), name, blob.LinkOptions{Life: time.Hour})
		for verb, err := range map[string]error{
			"put": put, "open": open, "stat": stat, "delete": b.Delete(t.Context(), name), "link": link,
		} {
			if err == nil || errors.Is(err, blob.ErrNotFound) {
				t.Errorf("%s %.40q: %v, want a refusal", verb, name, err)
			}
		}
	}
}

func oddKeys(t *testing.T, b blob.Bucket) {
	names := []string{
		"a b.mp4", "a+b.mp4", "a%20b.mp4", "a%2Fb.mp4", "a?b=c.mp4", "a#b.mp4", "..a", "a..", "...", ".hidden", "a.mp4.tmp", "tmp/a",
		"files/a", "ключ/映画.mp4", "-rf", "~", "*", `"quoted"`, strings.Repeat("x", 255), strings.Repeat("abc/", 255) + "abc",
	}
	for i, name := range names {
		put(t, b, name, body(100+i, byte(i)))
	}
	for i, name := range names {
		checkStored(t, b, name, body(100+i, byte(i)))
	}
}

func endedContext(t *testing.T, b blob.Bucket) {
	put(t, b, key, body(10, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, put := b.Put(ctx, key, strings.NewReader("x"), "video/mp4")
	_, open := read(ctx, b, key, 0, -1)
	_, stat := b.Stat(ctx, key)
	for verb, err := range map[string]error{
		"put": put, "open": open, "stat": stat, "delete": b.Delete(ctx, key), "ping": b.Ping(ctx),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", verb, err)
		}
	}
	checkStored(t, b, key, body(10, 1))
}
