package media_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// No part of a file's name is read as an option or a pattern of ffmpeg.
func TestPreviewsOfAnyFileName(t *testing.T) {
	source, err := os.ReadFile(numberedFrames(t, "5"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"50% off.mp4", "%06d.mp4", "a:b.mp4", "-i.mp4", "pipe:0", "ünï code.mp4", "it's.mp4", "a|b.mp4", "no ending", "list.m3u8", "picture.jpg"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, source, 0o600); err != nil {
				t.Fatal(err)
			}
			facts := mustFacts(t, path)
			previews, err := media.Previews(t.Context(), t.TempDir(), path, facts, 1)
			if err != nil || len(previews) != 1 || frameOf(t, previews[0]) != 2 {
				t.Errorf("%d previews, %v", len(previews), err)
			}
		})
	}
}

func TestPreviewsOfAnyPixelFormat(t *testing.T) {
	for name, args := range map[string][]string{
		"4:4:4":             {"-pix_fmt", "yuv444p"},
		"4:2:2":             {"-pix_fmt", "yuv422p"},
		"gray":              {"-pix_fmt", "gray"},
		"10 bits":           {"-pix_fmt", "yuv420p10le"},
		"odd sides":         {"-pix_fmt", "yuv444p", "-vf", "scale=53:37"},
		"pixels not square": {"-pix_fmt", "yuv420p", "-vf", "setsar=2/1"},
		"interlaced":        {"-pix_fmt", "yuv420p", "-flags", "+ilme+ildct"},
	} {
		t.Run(name, func(t *testing.T) {
			path := ffmpeg(t, "a.mp4", append([]string{"-f", "lavfi", "-i", "testsrc2=s=64x48:r=24:d=0.5", "-c:v", "libx264"}, args...)...)
			facts := mustFacts(t, path)
			previews, err := media.Previews(t.Context(), t.TempDir(), path, facts, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range previews {
				decodeJPEG(t, p)
				if p.Width != facts.Width || p.Height != facts.Height {
					t.Errorf("a preview of %dx%d of a video of %dx%d", p.Width, p.Height, facts.Width, facts.Height)
				}
			}
		})
	}
}

func TestPreviewErrors(t *testing.T) {
	path := ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-g", "12", "-movflags", "+faststart")
	facts := mustFacts(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(whole), "mdat")
	broken := filepath.Join(t.TempDir(), "broken.mp4")
	for name, c := range map[string]struct {
		content []byte
		kind    error // nil = any
	}{
		"cut in its media":       {whole[:at+100], media.ErrTruncated},
		"zeros for media":        {append(whole[:at+4:at+4], make([]byte, len(whole)-at-4)...), media.ErrTruncated},
		"cut in its header":      {whole[:at/2], media.ErrTruncated},
		"a picture":              {encodePNG(t, corners(64, 32)), media.ErrTruncated},
		"nothing":                {nil, media.ErrTruncated},
		"a page":                 {[]byte("<!doctype html>"), nil},
		"a script for the shell": {[]byte("#!/bin/sh\ntouch /tmp/never\n"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(broken, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			previews, err := media.Previews(t.Context(), t.TempDir(), broken, facts, 3)
			if err == nil || c.kind != nil && !errors.Is(err, c.kind) || c.kind == nil && len(err.Error()) > 800 {
				t.Errorf("previews: %v", err)
			}
			if previews != nil {
				t.Errorf("%d previews with an error", len(previews))
			}
		})
	}
	if _, err := media.Previews(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "none.mp4"), facts, 1); err == nil || !strings.Contains(err.Error(), "No such file") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestPreviewsWithoutFFmpeg(t *testing.T) {
	path := numberedFrames(t, "5")
	facts := mustFacts(t, path)
	onPath(t, nil)
	if _, err := media.Previews(t.Context(), t.TempDir(), path, facts, 1); err == nil || !strings.Contains(err.Error(), `"ffmpeg": executable file not found`) {
		t.Errorf("%v", err)
	}
}

// The temporary files are removed in any case.
func TestPreviewsRemoveTheirFiles(t *testing.T) {
	path := numberedFrames(t, "5")
	facts := mustFacts(t, path)
	temp := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(temp, "none")) // must not be used
	gone, stop := context.WithCancel(t.Context())
	stop()
	_, done := media.Previews(t.Context(), temp, path, facts, 3)
	_, ended := media.Previews(gone, temp, path, facts, 1)
	_, failed := media.Previews(t.Context(), temp, path+"x", facts, 1)
	if done != nil || !errors.Is(ended, context.Canceled) || failed == nil {
		t.Errorf("%v, %v, %v", done, ended, failed)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
