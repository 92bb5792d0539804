package blob_test

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
)

func TestCheckKey(t *testing.T) {
	for _, key := range []string{
		"a", "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4", "..a", "a..b", "...", ".hidden/x", "a b", "%2e%2e/a", "ключ/映画",
		strings.Repeat("x", 255), strings.Repeat("abc/", 255) + "abcd",
	} {
		if err := blob.CheckKey(key); err != nil {
			t.Errorf("%.40q is refused: %v", key, err)
		}
	}
	for key, want := range map[string]string{
		"": "empty", "/a": `element ""`, "a/": `element ""`, "a//b": `element ""`, ".": `element "."`, "a/./b": `element "."`,
		"..": `element ".."`, "../a": `element ".."`, "a/..": `element ".."`,
		`a\b`: "at byte 1", "a\x00b": "at byte 1", "a/\n": "at byte 2", "a\x7f": "at byte 1", "a\xffb": "UTF-8",
		strings.Repeat("x", 256): "256 bytes", "a/" + strings.Repeat("é", 128): "256 bytes",
		strings.Repeat("abc/", 256) + "d": "1025 bytes",
	} {
		if err := blob.CheckKey(key); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want an error with %q", key, err, want)
		}
	}
}

func TestTypeOf(t *testing.T) {
	for key, want := range map[string]string{
		"a.mp4": "video/mp4", "a.MP4": "video/mp4", "a.webm": "video/webm", "a.mov": "video/quicktime", "a.jpg": "image/jpeg",
		"a.jpeg": "image/jpeg", "a.png": "image/png", "a.webp": "image/webp", "a.gif": "image/gif", "a.avif": "image/avif",
		"a.html": "application/octet-stream", "a.svg": "application/octet-stream", "a": "application/octet-stream",
		"mp4": "application/octet-stream", "a.mp4/b": "application/octet-stream", "": "application/octet-stream",
	} {
		if got := blob.TypeOf(key); got != want {
			t.Errorf("TypeOf(%q) = %q, want %q", key, got, want)
		}
	}
}
