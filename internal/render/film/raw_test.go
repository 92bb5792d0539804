package film

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func watermarkedSpec(t *testing.T) Spec {
	t.Helper()
	spec := smallSpec("push in")
	spec.Watermark, spec.RawPath = true, filepath.Join(t.TempDir(), "raw.mp4")
	return spec
}

func TestTheRawVideoHasNoWatermark(t *testing.T) {
	t.Parallel()
	spec := watermarkedSpec(t)
	movie, path := rendered(t, spec)
	if movie.Raw != spec.RawPath {
		t.Errorf("the raw video is at %q", movie.Raw)
	}
	marked, raw := decode(t, path, 320, 192), decode(t, movie.Raw, 320, 192)
	clean := spec
	clean.Watermark, clean.RawPath = false, ""
	_, path = rendered(t, clean)
	without := decode(t, path, 320, 192)
	if len(marked) != spec.Frames || len(raw) != spec.Frames {
		t.Fatalf("%d frames, and %d raw", len(marked), len(raw))
	}
	for n := range raw {
		if string(raw[n].Pix) != string(without[n].Pix) {
			t.Fatalf("raw frame %d differs from that of a video without a watermark", n)
		}
		corner := 0
		for y := 170; y < 192; y++ {
			for x := 220; x < 320; x++ {
				if d := int(marked[n].Y[y*320+x]) - int(raw[n].Y[y*320+x]); d > 12 || d < -12 {
					corner++
				}
			}
		}
		if corner < 40 {
			t.Errorf("frame %d: the watermark changes only %d pixels", n, corner)
		}
	}
}

func TestRawNeedsAWatermark(t *testing.T) {
	spec := smallSpec("push in")
	spec.RawPath = "raw.mp4"
	if err := spec.Check(); err == nil || !strings.Contains(err.Error(), "RawPath") {
		t.Errorf("%v", err)
	}
}

func TestAFailedRenderLeavesNeitherFile(t *testing.T) {
	t.Parallel()
	spec := watermarkedSpec(t)
	spec.Frames = 2000
	path := filepath.Join(t.TempDir(), "out.mp4")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Render(ctx, spec, path, func(done, _ int) {
		if done == 20 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, file := range []string{path, spec.RawPath} {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func TestAnUnwritableRawPathIsAnError(t *testing.T) {
	t.Parallel()
	spec := watermarkedSpec(t)
	spec.RawPath = filepath.Join(t.TempDir(), "nowhere", "raw.mp4")
	path := filepath.Join(t.TempDir(), "out.mp4")
	if _, err := Render(context.Background(), spec, path, nil); err == nil || !strings.Contains(err.Error(), "raw.mp4") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other file remains: %v", err)
	}
}
