package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// numberedFrames makes a video with a brightness that counts frames: frame n is gray of 40 + 4n.
func numberedFrames(t *testing.T, frames string, more ...string) string {
	t.Helper()
	args := []string{"-f", "lavfi", "-i", "color=black:s=64x48:r=24,format=yuv420p,geq=lum='40+4*N':cb=128:cr=128", "-frames:v", frames, "-c:v", "libx264", "-qp", "0"}
	return ffmpeg(t, "clock.mp4", append(args, more...)...)
}

// frameOf returns the frame number of a preview of numberedFrames. The video's gray has limited range, the preview's full.
func frameOf(t *testing.T, p media.Picture) int {
	t.Helper()
	m := decodeJPEG(t, p)
	y, _, _ := rgbAt(m, m.Bounds().Dx()/2, m.Bounds().Dy()/2)
	limited := 16 + float64(y)*219/255
	return int((limited-40)/4 + 0.5)
}

func decodeJPEG(t *testing.T, p media.Picture) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if p.Type != "image/jpeg" || m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height {
		t.Fatalf("a picture that says %s %dx%d holds %v", p.Type, p.Width, p.Height, m.Bounds())
	}
	if !bytes.Contains(p.Bytes, []byte{0xff, 0xc0, 0x00, 0x11}) {
		t.Error("the preview is no baseline JPEG")
	}
	return m
}

func rgbAt(m image.Image, x, y int) (r, g, b int) {
	cr, cg, cb, _ := m.At(x, y).RGBA()
	return int(cr >> 8), int(cg >> 8), int(cb >> 8)
}

// middlePreview returns the middle frame of the video at path.
func middlePreview(t *testing.T, path string) media.Picture {
	t.Helper()
	previews, err := media.Previews(t.Context(), t.TempDir(), path, mustFacts(t, path), 1)
	if err != nil {
		t.Fatal(err)
	}
	return previews[0]
}

func mustFacts(t *testing.T, path string) media.VideoFacts {
	t.Helper()
	facts, err := factsOf(t, path)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func TestPreviewsAreEvenlySpaced(t *testing.T) {
	cases := []struct {
		name, frames string
		n            int
		more         []string
		want         []int
	}{
		{"fifty frames", "50", 5, nil, []int{5, 15, 25, 35, 45}},
		{"fragmented", "50", 5, []string{"-g", "7", "-movflags", "+frag_keyframe+empty_moov"}, []int{5, 15, 25, 35, 45}},
		{"one preview", "50", 1, nil, []int{25}},
		{"fewer frames than previews", "3", 5, nil, []int{0, 0, 1, 2, 2}},
		{"a single frame", "1", 5, nil, []int{0, 0, 0, 0, 0}},
		{"none asked for", "3", 0, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := numberedFrames(t, c.frames, c.more...)
			previews, err := media.Previews(t.Context(), t.TempDir(), path, mustFacts(t, path), c.n)
			if err != nil {
				t.Fatal(err)
			}
			if len(previews) != len(c.want) {
				t.Fatalf("%d previews, want %d", len(previews), len(c.want))
			}
			for i, preview := range previews {
				if got := frameOf(t, preview); got != c.want[i] {
					t.Errorf("preview %d is frame %d, want %d", i, got, c.want[i])
				}
			}
		})
	}
}

func TestPreviewsKeepColours(t *testing.T) {
	const wantR, wantG, wantB = 200, 40, 90
	cases := []struct {
		name, size, matrix string
		tags               []string
	}{
		{"BT.709 with tags", "320x240", "bt709", []string{"-colorspace", "bt709"}},
		{"BT.601 with tags, in high definition", "1280x720", "smpte170m", []string{"-colorspace", "smpte170m"}},
		{"high definition without tags is BT.709", "1280x720", "bt709", nil},
		{"a small video without tags is BT.601", "320x240", "smpte170m", nil},
		{"full range", "320x240", "bt709", []string{"-colorspace", "bt709", "-color_range", "pc"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := "tv"
			if len(c.tags) == 4 {
				out = c.tags[3]
			}
			args := []string{"-f", "lavfi", "-i", "color=0xC8285A:s=" + c.size + ":r=24:d=0.2,format=rgb24",
				"-vf", "scale=out_color_matrix=" + c.matrix + ":out_range=" + out + ",format=yuv420p", "-c:v", "libx264", "-qp", "0"}
			path := ffmpeg(t, "colour.mp4", append(args, c.tags...)...)
			preview := middlePreview(t, path)
			r, g, b := rgbAt(decodeJPEG(t, preview), 100, 100)
			if differs(r, wantR) || differs(g, wantG) || differs(b, wantB) {
				t.Errorf("rgb(%d,%d,%d), want rgb(%d,%d,%d)", r, g, b, wantR, wantG, wantB)
			}
		})
	}
}

// differs reports whether a colour differs by more than coding losses.
func differs(got, want int) bool { return got-want > 4 || want-got > 4 }

func TestPreviewsAreUpright(t *testing.T) {
	source := ffmpeg(t, "source.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-pix_fmt", "yuv420p")
	path := ffmpeg(t, "turned.mp4", "-i", source, "-c", "copy", "-metadata:s:v", "rotate=90")
	facts := mustFacts(t, path)
	preview := middlePreview(t, path)
	if preview.Width != 96 || preview.Height != 160 || facts.Width != 96 || facts.Height != 160 {
		t.Errorf("preview %dx%d, facts %dx%d; want 96x160", preview.Width, preview.Height, facts.Width, facts.Height)
	}
}

func TestPreviewsOfATruncatedVideo(t *testing.T) {
	path := ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-g", "12", "-movflags", "+faststart")
	facts := mustFacts(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
	if _, err := media.Previews(t.Context(), t.TempDir(), path, facts, 5); !errors.Is(err, media.ErrTruncated) {
		t.Errorf("previews: %v; want ErrTruncated", err)
	}
}

func TestPreviewsReadNoPlaylist(t *testing.T) {
	video := numberedFrames(t, "5")
	list := filepath.Join(t.TempDir(), "list.mp4")
	if err := os.WriteFile(list, []byte("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://"+video+"\n#EXT-X-ENDLIST\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := media.Previews(t.Context(), t.TempDir(), list, media.VideoFacts{Frames: 5}, 1); err == nil {
		t.Errorf("a playlist gave %d previews of another file", len(got))
	}
}

func TestStillsEndWithTheContext(t *testing.T) {
	path := numberedFrames(t, "5")
	facts := mustFacts(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := media.Previews(ctx, t.TempDir(), path, facts, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
