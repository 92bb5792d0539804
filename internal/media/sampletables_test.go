package media_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// replaceBoxes returns a file of ffmpeg's with other bodies for some boxes of its picture track; nil removes a box. Its
// media come before its header, so that offsets stay valid.
func replaceBoxes(t *testing.T, path string, bodies map[string][]byte) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	out := rebuildBoxes(data, bodies, done)
	for kind := range bodies {
		if !done[kind] {
			t.Fatalf("the test's own video has no %s", kind)
		}
	}
	return out
}

// rebuildBoxes returns the boxes of b, the first of each kind in bodies with its new body.
func rebuildBoxes(b []byte, bodies map[string][]byte, done map[string]bool) (out []byte) {
	for len(b) >= 8 {
		size, kind := int(binary.BigEndian.Uint32(b)), string(b[4:8])
		body := b[8:size]
		given, ok := bodies[kind]
		switch {
		case slices.Contains([]string{"moov", "trak", "mdia", "minf", "stbl", "edts"}, kind):
			body = rebuildBoxes(body, bodies, done)
		case ok && !done[kind]:
			body, done[kind] = given, true
		}
		if body != nil {
			out = append(out, mp4Box(kind, body)...)
		}
		b = b[size:]
	}
	return out
}

// headerLast makes a video with its header at the end and an edit list.
func headerLast(t *testing.T) string {
	t.Helper()
	return ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-g", "12", "-pix_fmt", "yuv420p")
}

// repeated returns n words of one value.
func repeated(n int, v uint32) []byte {
	all := make([]uint32, n)
	for i := range all {
		all[i] = v
	}
	return words(all...)
}

// Each of these files has a few kilobytes that ffmpeg would expand, or be busy with for a long time.
func TestSampleTablesAreLimited(t *testing.T) {
	path := headerLast(t)
	at := uint32(48) // offset of the media
	for _, c := range []struct {
		name   string
		bodies map[string][]byte
		kind   error
		says   string
	}{
		{"one sample 6,000 times, in chunks of their own", map[string][]byte{
			"stts": words(0, 1, 6000, 512), "stsz": append(words(0, 0, 6000), repeated(6000, 5000)...), "ctts": nil,
			"stsc": words(0, 1, 1, 1, 1), "stco": append(words(0, 6000), repeated(6000, at)...),
		}, media.ErrTooLarge, "the tables name 30000000 bytes of samples; the file has "},
		{"one size for all samples", map[string][]byte{"stsz": words(0, 5000, 6000)}, media.ErrTooLarge, "the tables name 30000000 bytes of samples"},
		{"more samples than any video has", map[string][]byte{"stsz": words(0, 1, 1<<31)}, media.ErrTooLarge, "names 2147483648 samples"},
		{"samples of no size", map[string][]byte{"stsz": append(words(0, 0, 1<<21), make([]byte, 4<<21)...)}, media.ErrTooLarge, "at most 1048576 samples"},
		{"a chunk of all samples, repeated", map[string][]byte{
			"stsc": words(0, 1, 1, 48, 1), "stco": append(words(0, 6000), repeated(6000, at)...),
		}, media.ErrUnreadable, "the picture track's table of chunks names 288000 samples; the track has 48"},
		{"chunks out of order", map[string][]byte{"stsc": words(0, 2, 5, 1, 1, 1, 1, 1)}, media.ErrUnreadable, "out of order"},
		{"an edit list that shows it 60,000 times", map[string][]byte{
			"elst": append(words(0, 60000), slices.Concat(slices.Repeat([][]byte{words(2000, 0, 1<<16)}, 60000)...)...),
		}, media.ErrTooLarge, "60000 edits"},
		{"a duration that is too long", map[string][]byte{"stts": words(0, 1, 48, 12288*600), "elst": nil}, media.ErrTooLarge, "8h0m0s long; at most 6h0m0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := filepath.Join(t.TempDir(), "given")
			if err := os.WriteFile(given, replaceBoxes(t, path, c.bodies), 0o600); err != nil {
				t.Fatal(err)
			}
			_, clean, err := inspectVideo(t, given, 64<<20)
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v with %q", err, c.kind, c.says)
			}
			if len(clean) > 0 {
				t.Errorf("%d bytes were written", len(clean))
			}
		})
	}
}

func TestFragmentsAreLimited(t *testing.T) {
	const runSize, size = 0x200, 0x10
	for name, run := range map[string][]byte{
		"by the movie":    moof(words(0, 1), words(0, 1000)),
		"by the fragment": moof(words(size, 1, 5000), words(0, 1000)),
		"by the frame":    moof(words(0, 1), append(words(runSize, 100), repeated(100, 50000)...)),
	} {
		c := plainClip()
		c.stts, c.length = words(0, 0), 0
		c.moreTracks = mp4Box("mvex", mp4Box("trex", words(0, 1, 1, 2, 5000, 0)))
		c.moreMovies = slices.Concat(run, mp4Box("mdat", make([]byte, 5000)))
		given := filepath.Join(t.TempDir(), "given")
		if err := os.WriteFile(given, c.bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := inspectVideo(t, given, 64<<20); !errors.Is(err, media.ErrTooLarge) || !strings.Contains(err.Error(), "the tables name 5000000 bytes of samples") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The tables of real files stay within the limits.
func TestRealTablesAreAccepted(t *testing.T) {
	picture := []string{"-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", "sine=d=2"}
	for name, args := range map[string][]string{
		"AAC.mp4":         append(picture, "-c:a", "aac"),
		"PCM.mov":         append(picture, "-c:a", "pcm_s16le", "-ac", "6"),
		"PCM24.mov":       append(picture, "-c:a", "pcm_s24le"),
		"IMA.mov":         append(picture, "-c:a", "adpcm_ima_qt"),
		"fragments.mp4":   append(picture, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof"),
		"hybrid.mp4":      append(picture, "-c:a", "aac", "-movflags", "frag_keyframe"),
		"fast.mp4":        append(picture, "-c:a", "aac", "-movflags", "faststart"),
		"trimmed.mp4":     {"-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-output_ts_offset", "3"},
		"one frame.mp4":   {"-f", "lavfi", "-i", pattern, "-frames:v", "1"},
		"motion JPEG.mov": {"-f", "lavfi", "-i", pattern, "-c:v", "mjpeg"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _, err := inspectVideo(t, ffmpeg(t, name, args...), 64<<20); err != nil || got.Width != 160 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A file that grows in spite of valid tables is noticed while it is written.
func TestGrowingCopyIsStopped(t *testing.T) {
	path := headerLast(t)
	for name, script := range map[string]string{
		"an ffmpeg that writes without end": `for to; do :; done; while :; do printf '%1000000s' x; done > "${to#file:}"`,
		"one that wrote too much and ended": `for to; do :; done; printf '%9000000s' x > "${to#file:}"`,
	} {
		t.Run(name, func(t *testing.T) {
			onPath(t, map[string]string{"ffmpeg": script})
			_, _, err := inspectVideo(t, path, 64<<20)
			if !errors.Is(err, media.ErrTooLarge) || !strings.Contains(err.Error(), "when they are read, and the file has ") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestGrowingPreviewsAreStopped(t *testing.T) {
	path := headerLast(t)
	facts := mustFacts(t, path)
	onPath(t, map[string]string{"ffmpeg": `while :; do printf "%4000000s" x; done > x.jpg`})
	temp := t.TempDir()
	if _, err := media.Previews(t.Context(), temp, path, facts, 3); !errors.Is(err, media.ErrTooMuch) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
