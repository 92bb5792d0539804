package blobtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

// listAll lists all keys below folder in pages of the given size.
func listAll(t *testing.T, b blob.Bucket, folder string, page int) []string {
	t.Helper()
	l, ok := b.(blob.Lister)
	if !ok {
		t.Fatal("the bucket does not implement blob.Lister")
	}
	keys := []string{}
	for after := ""; ; after = keys[len(keys)-1] {
		found, err := l.List(t.Context(), folder, after, page)
		if err != nil {
			t.Fatalf("list %q after %q: %v", folder, after, err)
		}
		if len(found) > page {
			t.Fatalf("a page has %d keys, want at most %d", len(found), page)
		}
		for _, e := range found {
			if e.Modified.IsZero() || time.Since(e.Modified) > time.Hour {
				t.Errorf("%s was put at %v", e.Key, e.Modified)
			}
			keys = append(keys, e.Key)
		}
		if len(found) < page {
			return keys
		}
	}
}

func listPages(t *testing.T, b blob.Bucket) {
	keys := []string{
		"cdn/20240909/a.mp4", "cdn/20240909/b.mp4", "cdn/20240909.mp4", "cdn/20240910/a.mp4", "cdn0/a", "datasets/é.jpg", "datasets/a.jpg", "datasets/a/b.jpg",
		"uploads/1.1", "uploads/1.10", "uploads/1.2",
	}
	if got := listAll(t, b, "", 3); len(got) != 0 {
		t.Errorf("an empty bucket lists %q", got)
	}
	for _, k := range keys {
		put(t, b, k, body(3, 1))
	}
	slices.Sort(keys)
	for _, page := range []int{1, 2, 3, 100} {
		if got := listAll(t, b, "", page); !slices.Equal(got, keys) {
			t.Errorf("in pages of %d: %q, want %q", page, got, keys)
		}
		if got, want := listAll(t, b, "cdn/20240909/", page), []string{"cdn/20240909/a.mp4", "cdn/20240909/b.mp4"}; !slices.Equal(got, want) {
			t.Errorf("a folder in pages of %d: %q, want %q", page, got, want)
		}
	}
	if err := b.Delete(t.Context(), "uploads/1.10"); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string][]string{"uploads/": {"uploads/1.1", "uploads/1.2"}, "nowhere/": {}, "uploads/1.1/": {}} {
		if got := listAll(t, b, folder, 5); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", folder, got, want)
		}
	}
}

func listAfter(t *testing.T, b blob.Bucket) {
	for _, k := range []string{"cdn/20240909/a.mp4", "cdn/20240909/b.mp4", "cdn/20240910/a.mp4"} {
		put(t, b, k, body(3, 1))
	}
	for after, want := range map[string]string{
		"": "cdn/20240909/a.mp4", "cdn/20240909/a": "cdn/20240909/a.mp4", "cdn/20240909/a.mp4": "cdn/20240909/b.mp4",
		"cdn/202409090": "cdn/20240910/a.mp4", "cdn/20240910/a.mp4": "", "z": "", "a": "cdn/20240909/a.mp4",
	} {
		found, err := b.(blob.Lister).List(t.Context(), "cdn/", after, 1)
		got := ""
		if len(found) > 0 {
			got = found[0].Key
		}
		if err != nil || got != want {
			t.Errorf("after %q: %q, %v, want %q", after, got, err, want)
		}
	}
	for _, folder := range []string{"cdn", "/", "../", "cdn//", "/cdn/"} {
		if _, err := b.(blob.Lister).List(t.Context(), folder, "", 1); err == nil {
			t.Errorf("the folder %q is accepted", folder)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.(blob.Lister).List(ended, "cdn/", "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled ctx: %v", err)
	}
}
