package media_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// ffmpeg runs ffmpeg with the arguments and returns the path of the file it made, in a folder of the test.
// probe returns the facts that ffprobe finds when it decodes every frame.
func TestFactsAgreeWithFfprobe(t *testing.T) {
	plain := func(more ...string) []string {
		return append([]string{"-f", "lavfi", "-i", pattern, "-pix_fmt", "yuv420p"}, more...)
	}
	cases := []struct {
		name string
		file string
		args []string
	}{
		{"H.264 with the header at the end", "a.mp4", plain("-c:v", "libx264")},
		{"H.264 with the header in front", "a.mp4", plain("-c:v", "libx264", "-movflags", "+faststart")},
		{"H.265", "a.mp4", plain("-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=none")},
		{"no B-frames, so no edit list", "a.mp4", plain("-c:v", "libx264", "-bf", "0", "-use_editlist", "0")},
		{"a fractional frame rate", "a.mp4", plain("-r", "30000/1001", "-c:v", "libx264")},
		{"fragmented by keyframe", "a.mp4", plain("-c:v", "libx264", "-g", "12", "-movflags", "+frag_keyframe+empty_moov")},
		{"fragmented by frame with default-base-is-moof", "a.mp4", plain("-c:v", "libx264", "-movflags", "+frag_every_frame+empty_moov+default_base_moof")},
		{"fragmented after a first unfragmented part", "a.mp4", plain("-c:v", "libx264", "-g", "12", "-movflags", "+frag_keyframe")},
		{"sound longer than the picture", "a.mp4", []string{"-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", "sine=d=3", "-c:v", "libx264", "-c:a", "aac"}},
		{"sound as the first track", "a.mp4", []string{"-f", "lavfi", "-i", "sine=d=2", "-f", "lavfi", "-i", pattern, "-map", "0", "-map", "1", "-c:v", "libx264", "-c:a", "aac"}},
		{"a frame rate that varies", "a.mp4", plain("-vf", "select='not(mod(n\\,3))+lt(n\\,20)'", "-fps_mode", "vfr", "-c:v", "libx264")},
		{"a QuickTime movie", "a.mov", plain("-c:v", "libx264")},
		{"non-square pixels", "a.mp4", plain("-vf", "setsar=2/1", "-c:v", "libx264")},
		{"one frame", "a.mp4", plain("-frames:v", "1", "-c:v", "libx264")},
		{"MPEG-4 part 2", "a.mp4", plain("-c:v", "mpeg4")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := ffmpeg(t, c.file, c.args...)
			got, err := factsOf(t, path)
			if err != nil {
				t.Fatal(err)
			}
			sameFacts(t, got, probe(t, path))
		})
	}
}

func TestFactsAgreeWithFfprobeOnCopies(t *testing.T) {
	source := ffmpeg(t, "source.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-g", "12", "-pix_fmt", "yuv420p")
	cases := []struct {
		name string
		args []string
	}{
		{"rotated by a quarter", []string{"-i", source, "-c", "copy", "-metadata:s:v", "rotate=90"}},
		{"rotated by a half", []string{"-i", source, "-c", "copy", "-metadata:s:v", "rotate=180"}},
		{"trimmed by an edit list", []string{"-ss", "0.75", "-i", source, "-c", "copy"}},
		{"delayed by an empty edit", []string{"-itsoffset", "0.5", "-i", source, "-c", "copy"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := ffmpeg(t, "copy.mp4", c.args...)
			got, err := factsOf(t, path)
			if err != nil {
				t.Fatal(err)
			}
			sameFacts(t, got, probe(t, path))
		})
	}
}

// sameFacts compares facts; ffprobe prints times in microseconds.
func sameFacts(t *testing.T, got, want media.VideoFacts) {
	t.Helper()
	if math.Abs(got.FrameRate-want.FrameRate) > 1e-6*want.FrameRate {
		t.Errorf("FrameRate = %v, ffprobe says %v", got.FrameRate, want.FrameRate)
	}
	if d := got.Duration - want.Duration; d.Abs() > 2*time.Microsecond {
		t.Errorf("Duration = %v, ffprobe says %v", got.Duration, want.Duration)
	}
	got.FrameRate, got.Duration = want.FrameRate, want.Duration
	if got != want {
		t.Errorf("got %+v, ffprobe says %+v", got, want)
	}
}

func TestFactsOfATruncatedVideo(t *testing.T) {
	front, err := os.ReadFile(ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-movflags", "+faststart"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := media.Facts(bytes.NewReader(front[:len(front)/2]), int64(len(front)/2))
	if !errors.Is(err, media.ErrTruncated) || got.Frames != 48 {
		t.Errorf("header in front: got %+v, %v; want the header's facts and ErrTruncated", got, err)
	}
	back, err := os.ReadFile(ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{len(back) / 2, len(back) - 1, 100} {
		if got, err := media.Facts(bytes.NewReader(back), int64(n)); !errors.Is(err, media.ErrTruncated) || got != (media.VideoFacts{}) {
			t.Errorf("header at the end, %d bytes: got %+v, %v; want no facts and ErrTruncated", n, got, err)
		}
	}
}

func TestFactsRefuseOtherFiles(t *testing.T) {
	sound, err := os.ReadFile(ffmpeg(t, "a.m4a", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]byte{
		"nothing":                nil,
		"a page":                 []byte("<!DOCTYPE html><html><body>Not found</body></html>"),
		"JSON":                   []byte(`{"error":"expired"}`),
		"a picture":              append([]byte{0xff, 0xd8, 0xff, 0xe0}, make([]byte, 64)...),
		"only sound":             sound,
		"no header":              mp4Box("ftyp", []byte("isom0000")),
		"an empty header":        append(mp4Box("ftyp", []byte("isom0000")), mp4Box("moov", nil)...),
		"a picture with no size": append(mp4Box("ftyp", nil), mp4Box("moov", mp4Box("trak", mp4Box("mdia", mp4Box("hdlr", []byte("\x00\x00\x00\x00\x00\x00\x00\x00vide")))))...),
	}
	for name, b := range cases {
		t.Run(name, func(t *testing.T) {
			if got, err := media.Facts(bytes.NewReader(b), int64(len(b))); !errors.Is(err, media.ErrNotVideo) {
				t.Errorf("got %+v, %v; want ErrNotVideo", got, err)
			}
		})
	}
}

// mp4Box returns a box with a body.
// longBox returns a box with a 64-bit length.
// words returns 32-bit numbers in big-endian order.
// handMade returns a movie of version 1 boxes with 64-bit lengths and times, at 75 ticks a second, that shows shown
// milliseconds of the frames in stts.
func TestFactsOf64BitBoxes(t *testing.T) {
	b := handMade(words(0, 1, 50, 3), 2000)
	got, err := media.Facts(bytes.NewReader(b), int64(len(b)))
	want := media.VideoFacts{Width: 512, Height: 256, FrameRate: 25, Frames: 50, Duration: 2 * time.Second, Codec: "av01"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestFactsRefuseImpossibleNumbers(t *testing.T) {
	const most = 1<<32 - 1
	cases := map[string][]byte{
		"too many frames":                  words(0, 1, most, 0),
		"longer than forty days":           words(0, 1, 1<<30, 1<<20),
		"lengths that overflow when added": words(0, 3, 1, most, 1<<30, most, most, most),
	}
	for name, stts := range cases {
		t.Run(name, func(t *testing.T) {
			b := handMade(stts, 0)
			if got, err := media.Facts(bytes.NewReader(b), int64(len(b))); !errors.Is(err, media.ErrNotVideo) {
				t.Errorf("got %+v, %v; want ErrNotVideo", got, err)
			}
		})
	}
}

func TestFactsIgnoreTrailingBytes(t *testing.T) {
	b := append(handMade(words(0, 1, 50, 3), 2000), "\x00\x00\x00\x02junk that is no box"...)
	if got, err := media.Facts(bytes.NewReader(b), int64(len(b))); err != nil || got.Frames != 50 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzFacts(f *testing.F) {
	seeds, err := filepath.Glob("testdata/video/*")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range seeds {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(handMade(words(0, 1, 50, 3), 2000))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := media.Facts(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !errors.Is(err, media.ErrNotVideo) && !errors.Is(err, media.ErrTruncated) {
				t.Errorf("an unexpected kind of error: %v", err)
			}
			return
		}
		if got.Width <= 0 || got.Height <= 0 || got.Frames <= 0 || got.Duration < 0 || !(got.FrameRate > 0) || math.IsInf(got.FrameRate, 0) {
			t.Errorf("impossible facts %+v", got)
		}
	})
}
