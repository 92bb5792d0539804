package film

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/render/sound"
)

// withSound returns a small spec of a video with a sound bed.
func withSound(prompt string, frames int) Spec {
	spec := smallSpec(prompt)
	spec.Width, spec.Height, spec.Frames, spec.First, spec.Audio = 96, 64, frames, nil, true
	return spec
}

func TestTheSoundIsAsLongAndAsLoudAsItMustBe(t *testing.T) {
	t.Parallel()
	spec := withSound("rain on a river", 49)
	spec.Watermark, spec.RawPath = true, filepath.Join(t.TempDir(), "raw.mp4")
	_, path := rendered(t, spec)
	for _, p := range []string{path, spec.RawPath} {
		if s := streams(t, p); s != "video,2.041667 audio,2.041667" {
			t.Errorf("the streams are %s", s)
		}
	}
	out, err := exec.Command("ffmpeg", "-hide_banner", "-nostats", "-i", path, "-map", "0:a", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-").CombinedOutput()
	found := regexp.MustCompile(`(?s)aac.*48000 Hz, stereo.*Summary:.*I:\s+(-?[0-9.]+) LUFS.*Peak:\s+(-?[0-9.]+) dBFS`).FindSubmatch(out)
	if err != nil || found == nil {
		t.Fatalf("%v: %s", err, out)
	}
	loud, _ := strconv.ParseFloat(string(found[1]), 64)
	if peak, _ := strconv.ParseFloat(string(found[2]), 64); math.Abs(loud+23) > 1 || peak > -1 {
		t.Errorf("%.1f LUFS, %.1f dBTP", loud, peak)
	}
	if left := filesBeside(t, path); !slices.Equal(left, []string{"out.mp4"}) {
		t.Errorf("beside the video are %v", left)
	}
}

// The bytes of the video's stream are the same with and without sound.
func TestSoundLeavesTheFramesAlone(t *testing.T) {
	t.Parallel()
	frames := func(audio bool) string {
		spec := withSound("sunset over the sea, pan left", 13)
		spec.Audio = audio
		_, path := rendered(t, spec)
		out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "md5", "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if with, without := frames(true), frames(false); with != without {
		t.Errorf("with sound %s, without %s", with, without)
	}
}

func TestTheSceneThatIsDrawnIsHeard(t *testing.T) {
	for _, c := range []struct{ prompt, without, want string }{
		{"waves on a beach at night", "", "sea"},
		{"a city street in the rain", "", "rain"},
		{"a lighthouse in a thunderstorm", "", "thunder"},
		{"a campfire on a meadow at night", "", "fire"},
		{"coral reef underwater", "", "deep"},
		{"dunes", "", "wind"},
		{"a river in a forest, morning", "", "river"},
		{"perfume, product photography", "", "room"},
	} {
		spec := withSound(c.prompt, 24)
		spec.Without = c.without
		if got := spec.soundBed().Sources; !slices.ContainsFunc(got, func(s sound.Source) bool { return s.Kind == c.want && s.Level > -4 }) {
			t.Errorf("%q sounds like %v, want %s", c.prompt, got, c.want)
		}
	}
}

func TestAPictureSoundsLikeItsWords(t *testing.T) {
	for _, c := range []struct{ prompt, without, want string }{
		{"slow zoom in", "", "room"},
		{"", "", "room"},
		{"slow zoom in, rain", "", "rain"},
		{"a crowd cheers, rain", "rain", "crowd"},
	} {
		spec := withSound(c.prompt, 24)
		spec.Without, spec.First = c.without, testPicture(96, 64)
		if got := spec.soundBed().Sources; len(got) != 1 || got[0].Kind != c.want {
			t.Errorf("%q without %q sounds like %v, want %s", c.prompt, c.without, got, c.want)
		}
	}
}

// Words that name nothing are drawn as a landscape that the seed chooses, and sound like it.
func TestALandscapeThatTheSeedChoosesIsHeard(t *testing.T) {
	heard := map[string]bool{}
	for seed := range uint32(40) {
		spec := withSound("slow zoom", 24)
		spec.Seed = seed
		heard[spec.soundBed().Sources[0].Kind] = true
	}
	for _, want := range []string{"sea", "river", "wind"} {
		if !heard[want] {
			t.Errorf("no landscape sounds like %s, but %v", want, heard)
		}
	}
}

func TestEveryConditionOfTheSoundsIsInTheTableOfScenes(t *testing.T) {
	sounds, err := os.ReadFile("../sound/sounds.tsv")
	scenes, err2 := os.ReadFile("../scene/scene.tsv")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(strings.ReplaceAll(string(scenes), "?", "") + " hour=day hour=dusk hour=sunset ground=meadow ground=seabed")
	for line := range strings.Lines(string(sounds)) {
		conditions, _, _ := strings.Cut(line, "\t")
		for one := range strings.SplitSeq(conditions, ", ") {
			name, values, _ := strings.Cut(one, "=")
			if strings.HasPrefix(line, "#") || name == "says" {
				continue
			}
			for value := range strings.SplitSeq(values, "|") {
				if !slices.Contains(known, name+"="+value) {
					t.Errorf("no scene has %s=%s", name, value)
				}
			}
		}
	}
}

// levels returns the level of each window of 50 ms of a video's sound.
func levels(t *testing.T, path string, seconds float64) []float64 {
	t.Helper()
	raw, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-ac", "2", "pipe:1").Output()
	if err != nil || math.Abs(float64(len(raw))/sampleRate/sampleBytes-seconds) > 0.03 {
		t.Fatalf("%.3f s of sound, %v", float64(len(raw))/sampleRate/sampleBytes, err)
	}
	var out []float64
	for window := range slices.Chunk(raw, sampleRate/20*sampleBytes) {
		sum := 1.0
		for i := 0; i < len(window); i += 2 {
			sum += sampleAt(window, i) * sampleAt(window, i)
		}
		out = append(out, 10*math.Log10(sum/float64(len(window)/2)/(32768*32768)))
	}
	return out
}

func TestJoinsOfShotsWithAndWithoutSoundHaveNoGap(t *testing.T) {
	t.Parallel()
	_, rain := rendered(t, withSound("rain on a street", 36))
	_, sea := rendered(t, withSound("the sea at night", 36))
	mute := withSound("hills", 24)
	mute.Audio = false
	_, silent := rendered(t, mute)
	movie, _ := join(t, JoinShot{Path: rain}, JoinShot{Path: sea}, JoinShot{Path: rain, Dissolve: 500 * time.Millisecond},
		JoinShot{Path: silent}, JoinShot{Path: silent}, JoinShot{Path: sea, Start: 500 * time.Millisecond})
	got := levels(t, movie.Path, 1.5+1.5+1+1+1+1)
	for i, level := range got[:len(got)-1] {
		lowest := -36.0
		if at := float64(i) / 20; at >= 3.9 && at < 6 {
			lowest = -58 // room tone
		}
		if level < lowest {
			t.Errorf("at %.2f s it has %.1f dB", float64(i)/20, level)
		}
	}
}

func TestACrossFadeKeepsItsPower(t *testing.T) {
	t.Parallel()
	bytesOf := func(kind string) []byte {
		var b bytes.Buffer
		if _, err := (sound.Bed{Sources: []sound.Source{{Kind: kind}}, Samples: 3 * sampleRate, Seed: 3, Loop: true}).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	power := func(b []byte) (sum float64) {
		for i := 0; i < len(b); i += 2 {
			sum += sampleAt(b, i) * sampleAt(b, i)
		}
		return sum / float64(len(b))
	}
	before, now := bytesOf("rain"), bytesOf("river")
	mean := (power(before) + power(now)) / 2
	first, last := sampleAt(before, 0), sampleAt(now, len(now)-2)
	crossFade(now, before)
	middle := now[len(now)/3/4*4 : len(now)*2/3/4*4]
	if got := power(middle) / mean; got < 0.75 || got > 1.35 {
		t.Errorf("the middle has %.2f of the power of the ends", got)
	}
	if a, b := sampleAt(now, 0), sampleAt(now, len(now)-2); math.Abs(a-first) > 1 || math.Abs(b-last) > 200 {
		t.Errorf("it begins at %v and ends at %v, and should at %v and %v", a, b, first, last)
	}
}

func TestACutIsFadedSoThatNothingClicks(t *testing.T) {
	t.Parallel()
	loud := bytes.Repeat([]byte{0, 0x60}, 2*2000) // a constant
	for _, c := range []struct{ in, out bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		got := make([]byte, len(loud))
		e := &cutFader{in: bytes.NewReader(loud), left: 2000, fadeIn: c.in, fadeOut: c.out}
		if n, err := e.Read(got[:4*700+3]); n != 4*700 || err != nil { // whole samples only
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := e.Read(got[4*700:]); err != nil {
			t.Fatal(err)
		}
		if first, middle, last := sampleAt(got, 0), sampleAt(got, len(got)/2), sampleAt(got, len(got)-2); (first == 0) != c.in || (last == 0) != c.out || middle != 0x6000 {
			t.Errorf("%+v: %v, %v, %v", c, first, middle, last)
		}
	}
}

// BenchmarkSound measures the processor time of a render of ten seconds with and without sound, in turns.
func BenchmarkSound(b *testing.B) {
	spec, dir := tenSeconds(), b.TempDir()
	spec.Prompt, spec.First, spec.Thumbnails = "a thunderstorm at sea, crowds on the beach, push in", nil, true
	render := func(audio bool) func() {
		return func() {
			spec.Audio = audio
			if _, err := Render(b.Context(), spec, filepath.Join(dir, "out.mp4"), nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	var with, without []cost
	for b.Loop() {
		for range 3 {
			without = append(without, measure(render(false)))
			with = append(with, measure(render(true)))
		}
	}
	b.ReportMetric(median(with, without, func(c cost) float64 { return c.cpu }), "cpu-with/without")
	b.ReportMetric(median(with, without, func(c cost) float64 { return c.wall }), "wall-with/without")
}
