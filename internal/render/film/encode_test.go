package film

import (
	"bytes"
	"context"
	"encoding/binary"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func rendered(t *testing.T, spec Spec) (Result, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.mp4")
	movie, err := Render(context.Background(), spec, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return movie, path
}

func TestSoundOnlyIfAskedFor(t *testing.T) {
	t.Parallel()
	for _, audio := range []bool{false, true} {
		spec := smallSpec("zoom in")
		spec.Audio = audio
		_, path := rendered(t, spec)
		out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "aac") != audio {
			t.Errorf("audio %v: the streams are %q", audio, out)
		}
		if got := probe(t, path, "stream=nb_read_frames"); !strings.Contains(got, "=13") {
			t.Errorf("audio %v: %s", audio, got)
		}
	}
}

func TestTryFindsEncodersThatFail(t *testing.T) {
	for _, e := range []Encoder{{}, {Codec: "libx264", Preset: "ultrafast", CRF: 40, Threads: 1}} {
		if err := e.Try(t.Context()); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
	err := Encoder{Codec: "h264_nvenc"}.Try(t.Context())
	if err != nil && !strings.HasPrefix(err.Error(), "render: ffmpeg: ") {
		t.Errorf("%v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := (Encoder{}).Try(t.Context()); err == nil || !strings.Contains(err.Error(), "ffmpeg") {
		t.Errorf("without ffmpeg: %v", err)
	}
}

func TestTheFileCanBeStreamedAndSeeked(t *testing.T) {
	spec := smallSpec("pan right")
	spec.Frames, spec.FrameRate, spec.Width, spec.Height = 72, 12, 96, 64
	_, path := rendered(t, spec)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if moov, mdat := bytes.Index(b, []byte("moov")), bytes.Index(b, []byte("mdat")); moov < 0 || moov > mdat {
		t.Errorf("moov is at %d, mdat at %d", moov, mdat)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-skip_frame", "nokey", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	if keys := strings.Count(strings.TrimSpace(string(out)), "\n") + 1; keys < 3 {
		t.Errorf("6 seconds have %d keyframes: %s", keys, out)
	}
}

func TestShortestAndLongestVideos(t *testing.T) {
	t.Parallel()
	for _, frames := range []int{1, 2, 3, 60 * 24} {
		spec := smallSpec("orbit left")
		spec.Width, spec.Height, spec.Frames = 64, 64, frames
		movie, path := rendered(t, spec)
		if got := decode(t, path, 64, 64); len(got) != frames || len(movie.Previews) != 5 {
			t.Errorf("%d frames were asked for: %d frames, %d previews", frames, len(got), len(movie.Previews))
		}
	}
}

func TestPreviewsAndThumbnailsHaveTheirSizes(t *testing.T) {
	t.Parallel()
	spec := smallSpec("push in")
	spec.Thumbnails = true
	movie, _ := rendered(t, spec)
	for name, c := range map[string]struct {
		jpeg []byte
		w, h int
	}{"preview": {movie.Previews[1], 320, 192}, "last": {movie.Last, 320, 192}, "poster": {movie.Poster, 320, 192}, "sprite": {movie.Sprite.Bytes, 5 * 192, 5 * 114}} {
		img, err := jpeg.DecodeConfig(bytes.NewReader(c.jpeg))
		if err != nil || img.Width != c.w || img.Height != c.h {
			t.Errorf("%s is %dx%d: %v", name, img.Width, img.Height, err)
		}
		if !bytes.Contains(c.jpeg, []byte{0xff, 0xc0, 0x00, 0x11}) {
			t.Errorf("%s is not a baseline JPEG", name)
		}
	}
	if h := movie.Hover.Bytes; len(h) < 100 || string(h[:4]) != "RIFF" || string(h[8:12]) != "WEBP" || !bytes.Contains(h, []byte("ANIM")) {
		t.Errorf("the hover picture of %d bytes is not an animated WebP", len(h))
	}
}

// JPEG stores BT.601 in full range, the video BT.709 in limited range. A decoded preview must still look like the frame.
func TestPreviewsHaveTheFramesColours(t *testing.T) {
	f := frames(smallSpec("static"), 0)[0]
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG(95)))
	if err != nil {
		t.Fatal(err)
	}
	want, off, n := imageOf(f), 0.0, 0.0
	for y := 0; y < 192; y += 3 {
		for x := 0; x < 320; x += 3 {
			r, g, b, _ := img.At(x, y).RGBA()
			p, q, s, _ := want.At(x, y).RGBA()
			for _, d := range []int{int(r>>8) - int(p>>8), int(g>>8) - int(q>>8), int(b>>8) - int(s>>8)} {
				off, n = off+float64(d*d), n+1
			}
		}
	}
	if off/n > 36 {
		t.Errorf("mean square error is %.1f", off/n)
	}
}

func TestAFastMoveIsBlurredAndItsPreviewSharp(t *testing.T) {
	spec := smallSpec("whip pan")
	p := newFrameRenderer(newFilm(spec))
	blurred := raster.NewFrame(spec.Width, spec.Height)
	p.draw(blurred, nil, 6)
	if times, _ := p.exposures(6); times < 4 {
		t.Fatalf("a whip pan has %d exposures", times)
	}
	sharp := raster.NewFrame(spec.Width, spec.Height)
	p.drawMoment(sharp, p.time(6))
	if a, b := edges(blurred), edges(sharp); a > b*17/20 {
		t.Errorf("the differences along rows are %d blurred, %d sharp", a, b)
	}
	if still := p.sharpJPEG(blurred, 6); !bytes.Equal(still, sharp.JPEG(stillQuality)) {
		t.Error("the preview is not the sharp frame")
	}
}

// edges returns the sum of the differences between neighbours in rows.
func edges(f *raster.Frame) int {
	sum := 0
	for i := 1; i < len(f.Y); i++ {
		sum += max(int(f.Y[i])-int(f.Y[i-1]), int(f.Y[i-1])-int(f.Y[i]))
	}
	return sum
}

func TestTextIsAtTheLowerEdge(t *testing.T) {
	plain := frames(smallSpec("static"), 0)[0]
	for _, set := range []func(*Spec){
		func(s *Spec) { s.Watermark = true },
		func(s *Spec) {
			s.Caption = "static, " + strings.Repeat("a very long prompt ", 40) + strings.Repeat("x", 300)
		},
	} {
		spec := smallSpec("static")
		set(&spec)
		f := frames(spec, 0)[0]
		changed := 0
		for i, v := range f.Y {
			if v == plain.Y[i] {
				continue
			}
			if changed++; i/320 < 192*3/4 {
				t.Fatalf("row %d changed", i/320)
			}
		}
		if changed < 100 {
			t.Errorf("only %d pixels changed", changed)
		}
	}
}

// durationOf returns the timescale and the duration in a box of version 0: mvhd or mdhd.
func durationOf(t *testing.T, file []byte, box string) [2]uint32 {
	t.Helper()
	at := bytes.Index(file, []byte(box))
	if at < 0 || file[at+4] != 0 {
		t.Fatalf("no %s of version 0", box)
	}
	// They follow the version, the flags and two dates.
	return [2]uint32{binary.BigEndian.Uint32(file[at+16:]), binary.BigEndian.Uint32(file[at+20:])}
}

func TestHeaderAndTrackHaveTheSameDuration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rate, ticks, frames int }{{24, 12288, 13}, {25, 12800, 7}, {30, 15360, 31}, {1, 16384, 3}, {120, 15360, 5}} {
		spec := smallSpec("zoom in")
		spec.Width, spec.Height, spec.FrameRate, spec.Frames = 64, 64, c.rate, c.frames
		_, path := rendered(t, spec)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := [2]uint32{uint32(c.ticks), uint32(c.ticks / c.rate * c.frames)}
		if movie, track := durationOf(t, file, "mvhd"), durationOf(t, file, "mdhd"); movie != want || track != want {
			t.Errorf("%d frames at %d a second: the header has %v, the track %v, wanted %v", c.frames, c.rate, movie, track, want)
		}
	}
}
