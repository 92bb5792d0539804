package film

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// clipOf makes a video of one colour by ffmpeg: size is "96x64", sound a tone's sample rate; 0 = without sound.
func clipOf(t *testing.T, colour, size string, rate int, seconds float64, sound int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), colour+".mp4")
	length := strconv.FormatFloat(seconds, 'f', 3, 64)
	args := []string{"-v", "error", "-f", "lavfi", "-i", "color=" + colour + ":s=" + size + ":r=" + strconv.Itoa(rate)}
	if sound > 0 {
		args = append(args, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate="+strconv.Itoa(sound), "-c:a", "aac")
	}
	args = append(args, "-t", length, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// join joins shots in a frame of 96x64 at 24 frames per second, and returns the frames.
func join(t *testing.T, shots ...JoinShot) (Result, []*raster.Frame) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "joined.mp4")
	movie, err := Join(t.Context(), JoinSpec{Shots: shots, Width: 96, Height: 64, FrameRate: 24, Dir: dir}, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("beside the video it leaves %v, %v", left, err)
	}
	return movie, decode(t, path, 96, 64)
}

// colourAt returns what a point of a frame looks like: a word, or its samples.
func colourAt(f *raster.Frame, x, y int) string {
	c := y/2*(f.W/2) + x/2
	l, u, v := int(f.Y[y*f.W+x]), int(f.U[c]), int(f.V[c])
	near := func(a, b, c int) bool { return max(l-a, a-l) < 12 && max(u-b, b-u) < 12 && max(v-c, c-v) < 12 }
	switch {
	case near(63, 102, 240):
		return "red"
	case near(93, 85, 79) || near(173, 42, 26):
		return "green"
	case near(32, 240, 118):
		return "blue"
	case near(16, 128, 128):
		return "black"
	}
	return strconv.Itoa(l) + "," + strconv.Itoa(u) + "," + strconv.Itoa(v)
}

// loudness returns the mean power of a video's sound in a span, in decibels below full scale.
func loudness(t *testing.T, path string, from, to float64) float64 {
	t.Helper()
	raw, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-ss", strconv.FormatFloat(from, 'f', 3, 64), "-to", strconv.FormatFloat(to, 'f', 3, 64),
		"-ac", "1", "-f", "s16le", "pipe:1").Output()
	if err != nil || len(raw) == 0 {
		t.Fatalf("%d bytes of sound, %v", len(raw), err)
	}
	sum := 1.0
	for i := 0; i+1 < len(raw); i += 2 {
		s := float64(int16(binary.LittleEndian.Uint16(raw[i:])))
		sum += s * s
	}
	return 10 * math.Log10(sum/float64(len(raw)/2)/(32768*32768))
}

func streams(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_type,duration", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestShotsOfAllSizesAndRatesAreJoined(t *testing.T) {
	t.Parallel()
	red, green, blue := clipOf(t, "red", "96x64", 24, 1, 44100), clipOf(t, "green", "64x96", 30, 1, 0), clipOf(t, "blue", "128x64", 12, 2, 22050)
	movie, got := join(t, JoinShot{Path: red}, JoinShot{Path: green}, JoinShot{Path: blue, Start: 500 * time.Millisecond, End: 1500 * time.Millisecond, Dissolve: 500 * time.Millisecond})
	if len(got) != 60 || movie.Frames != 60 {
		t.Fatalf("%d frames, and the result says %d; want 24 + 24 + 24 - 12", len(got), movie.Frames)
	}
	for n, want := range map[int]string{0: "red", 23: "red", 24: "green", 35: "green", 48: "blue", 59: "blue"} {
		if is := colourAt(got[n], 48, 32); is != want {
			t.Errorf("frame %d is %s, want %s", n, is, want)
		}
	}
	if left, middle := colourAt(got[30], 2, 32), colourAt(got[50], 48, 2); left != "black" || middle != "black" {
		t.Errorf("the bars are %s and %s", left, middle)
	}
	last := 0
	for n := 36; n < 48; n++ { // green becomes blue bit by bit
		u := int(got[n].U[16*48+24])
		if u < last {
			t.Errorf("in frame %d the dissolve goes back from %d to %d", n, last, u)
		}
		last = u
	}
	if is := colourAt(got[42], 48, 32); is == "green" || is == "blue" {
		t.Errorf("in the middle of the dissolve it is %s", is)
	}
	if s := streams(t, movie.Path); s != "video,2.500000 audio,2.500000" {
		t.Errorf("the streams are %s", s)
	}
	loud, soft, end := loudness(t, movie.Path, 0.2, 0.8), loudness(t, movie.Path, 1.1, 1.4), loudness(t, movie.Path, 2.1, 2.4)
	if loud < -30 || soft < -50 || soft > -30 || end < -30 {
		t.Errorf("the sound has %.0f, %.0f and %.0f dB; the second is room tone", loud, soft, end)
	}
	if len(movie.Previews) != 5 || len(movie.Last) == 0 || len(movie.Poster) == 0 || len(movie.Sprite.Bytes) == 0 {
		t.Errorf("%d previews, and other stills are missing", len(movie.Previews))
	}
}

func TestAJoinOfSilentShotsHasNoSound(t *testing.T) {
	t.Parallel()
	red, green := clipOf(t, "red", "96x64", 24, 0.5, 0), clipOf(t, "green", "96x64", 24, 0.5, 0)
	movie, got := join(t, JoinShot{Path: red}, JoinShot{Path: green})
	if s := streams(t, movie.Path); s != "video,1.000000" || len(got) != 24 {
		t.Errorf("the streams are %s, of %d frames", s, len(got))
	}
}

func TestADissolveIsNoLongerThanItsShots(t *testing.T) {
	t.Parallel()
	red, green := clipOf(t, "red", "96x64", 24, 0.5, 0), clipOf(t, "green", "96x64", 24, 0.25, 0)
	long := 5 * time.Second
	_, got := join(t, JoinShot{Path: red, Dissolve: long}, JoinShot{Path: green, Dissolve: long}, JoinShot{Path: red, Dissolve: long})
	if len(got) != 12-6+6-0+12 { // the whole green shot is seen through; nothing of it is left for the third
		t.Errorf("%d frames", len(got))
	}
}

func TestTheFirstShotGivesWhatTheSpecLeavesOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, firstW, firstH, wantW, wantH int }{
		{0, 0, 1280, 768, 1280, 768}, {0, 0, 101, 75, 102, 76}, {640, 0, 1280, 720, 640, 360}, {0, 360, 1280, 720, 640, 360},
		{300, 200, 1280, 720, 300, 200}, {0, 0, 8192, 4320, 4096, 2160}, {0, 0, 32, 16, 64, 64},
	} {
		if w, h := frameSize(c.w, c.h, c.firstW, c.firstH); w != c.wantW || h != c.wantH {
			t.Errorf("%+v is %dx%d", c, w, h)
		}
	}
	j := JoinSpec{Shots: []JoinShot{{Path: clipOf(t, "red", "128x64", 25, 0.4, 0)}}}
	cut, err := j.plan()
	if err != nil || cut.spec.Width != 128 || cut.spec.Height != 64 || cut.spec.FrameRate != 25 || cut.spec.Frames != 10 {
		t.Errorf("%+v, %v", cut, err)
	}
}

func TestAShotThatCanNotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	good, dir := clipOf(t, "red", "96x64", 24, 0.5, 0), t.TempDir()
	text, broken := filepath.Join(dir, "text.mp4"), filepath.Join(dir, "broken.mp4")
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := []byte(strings.Replace(string(whole), "avc1", "zzzz", -1))
	if err := errors.Join(os.WriteFile(text, []byte("#EXTM3U\nhttp://127.0.0.1/"), 0o600), os.WriteFile(broken, spoiled, 0o600)); err != nil {
		t.Fatal(err)
	}
	for want, shot := range map[string]JoinShot{
		"Shot 2 can't be read as a video.":                           {Path: text},
		"Shot 2 has nothing from 700ms on: its video is 500ms long.": {Path: good, Start: 700 * time.Millisecond},
		"Shot 2 can't be read as a video. ":                          {Path: broken},
		"Shot 2 can't be read as a video.  ":                         {Path: filepath.Join(dir, "gone.mp4")},
		"Shot 2 has nothing from 300ms on: its video is 500ms long.": {Path: good, Start: 300 * time.Millisecond, End: 300 * time.Millisecond},
	} {
		path := filepath.Join(t.TempDir(), "joined.mp4")
		_, err := Join(t.Context(), JoinSpec{Shots: []JoinShot{{Path: good}, shot}, Dir: filepath.Dir(path)}, path, nil)
		var bad *ShotError
		if !errors.As(err, &bad) || bad.Public() != strings.TrimSpace(want) {
			t.Errorf("%v, want %s", err, want)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
			t.Errorf("%s: it leaves %v", want, left)
		}
	}
}

func TestAJoinIsNoLongerThanAllowed(t *testing.T) {
	t.Parallel()
	shot := JoinShot{Path: clipOf(t, "red", "64x64", 1, 40, 0)}
	j := JoinSpec{}
	for range 15 {
		j.Shots = append(j.Shots, shot)
	}
	if _, err := j.plan(); err != nil {
		t.Errorf("ten minutes: %v", err)
	}
	j.Shots = append(j.Shots, shot)
	var bad *ShotError
	if _, err := j.plan(); !errors.As(err, &bad) || bad.Shot != 16 {
		t.Errorf("more: %v", err)
	}
}

func TestAJoinThatIsCancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	red := clipOf(t, "red", "96x64", 24, 1, 44100)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := Join(ctx, JoinSpec{Shots: []JoinShot{{Path: red}, {Path: red, Dissolve: time.Second / 2}}, Dir: dir}, filepath.Join(dir, "joined.mp4"), func(done, _ int) {
		if done == 14 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}
