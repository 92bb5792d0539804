package sound

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the hashes of testdata again")

// only returns the bed of one kind of sound.
func only(kind string, seconds float64, seed uint32) Bed {
	return Bed{Sources: []Source{{kind, 0}}, Samples: int(seconds * Rate), Seed: seed}
}

// raw returns the bytes of a bed.
func raw(t testing.TB, b Bed) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := b.WriteTo(&out)
	if err != nil || n != int64(out.Len()) || out.Len() != b.Samples*SampleBytes {
		t.Fatalf("%d samples have %d bytes, and it says %d, %v", b.Samples, out.Len(), n, err)
	}
	return out.Bytes()
}

// samples returns the samples of a bed, from -1 to 1.
func samples(t testing.TB, b Bed) [][2]float64 {
	t.Helper()
	return samplesIn(raw(t, b))
}

// samplesIn returns the samples in a bed's bytes.
func samplesIn(all []byte) [][2]float64 {
	out := make([][2]float64, len(all)/SampleBytes)
	for i := range out {
		for side := range 2 {
			out[i][side] = float64(int16(binary.LittleEndian.Uint16(all[i*SampleBytes+2*side:]))) / 32768
		}
	}
	return out
}

// level returns the mean power of samples in decibels below full scale.
func level(all [][2]float64) float64 {
	sum := 1e-12
	for _, s := range all {
		sum += (s[0]*s[0] + s[1]*s[1]) / 2
	}
	return 10 * math.Log10(sum/float64(max(1, len(all))))
}

// loudnessOf returns the loudness in LUFS and the true peak in dBTP of a bed's bytes, as ffmpeg's ebur128 measures them.
func loudnessOf(t *testing.T, raw []byte) (loudness, peak float64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-nostats", "-f", "s16le", "-ar", "48000", "-ac", "2", "-i", "pipe:0", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-")
	cmd.Stdin = bytes.NewReader(raw)
	out, err := cmd.CombinedOutput()
	found := regexp.MustCompile(`(?s)Summary:.*I:\s+(-?[0-9.]+) LUFS.*Peak:\s+(-?[0-9.]+) dBFS`).FindSubmatch(out)
	if err != nil || found == nil {
		t.Fatalf("%v: %s", err, out)
	}
	loudness, _ = strconv.ParseFloat(string(found[1]), 64)
	peak, _ = strconv.ParseFloat(string(found[2]), 64)
	return loudness, peak
}

func TestAStormIsQuieterIfItIsToBe(t *testing.T) {
	t.Parallel()
	storm := Bed{Sources: []Source{{"rain", 0}, {"thunder", 0}, {"wind", -4}, {"sea", -6}}, Samples: 3 * Rate, Seed: 9, Quieter: 17}
	if loudness, _ := loudnessOf(t, raw(t, storm)); math.Abs(loudness+40) > 0.3 {
		t.Errorf("%.1f LUFS", loudness)
	}
}

func TestShortBedsAreAsLoud(t *testing.T) {
	t.Parallel()
	for _, seconds := range []float64{0.05, 0.2, 0.39, 0.6} {
		if got := level(samples(t, only("rain", seconds, 1))); got < -32 || got > -20 {
			t.Errorf("rain of %v s has %.1f dB", seconds, got)
		}
	}
	for _, n := range []int{0, 1, 2, 3, 65} {
		b := only("sea", 0, 1)
		b.Samples = n
		raw(t, b)
		b.Loop = true
		raw(t, b)
	}
}

// The hashes were made on amd64. A compiler that fuses multiplications and additions would change them.
func TestSamplesAreTheSameOnEveryMachine(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, kind := range Kinds() {
		fmt.Fprintf(&got, "%x %s\n", sha256.Sum256(raw(t, only(kind, 0.8, 5))), kind)
	}
	file := filepath.Join("testdata", "samples.sha256")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got.String() != string(want) {
		t.Errorf("the hashes are\n%sbut in the file\n%s%v", got.String(), want, err)
	}
}

func TestAnotherSeedGivesOtherSamples(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		if bytes.Equal(raw(t, only(kind, 0.2, 1)), raw(t, only(kind, 0.2, 2))) {
			t.Error(kind)
		}
	}
}

func TestABedIsFadedAndALoopIsNot(t *testing.T) {
	t.Parallel()
	b := only("wind", 2, 4)
	faded := samples(t, b)
	for _, s := range [][2]float64{faded[0], faded[len(faded)-1]} {
		if math.Abs(s[0])+math.Abs(s[1]) > 0.001 {
			t.Errorf("a bed begins or ends at %v", s)
		}
	}
	b.Loop = true
	loop := samples(t, b)
	far := 0.0 // the farthest step from sample to sample
	for i := range len(loop) - 1 {
		far = max(far, math.Abs(loop[i+1][0]-loop[i][0]))
	}
	if step := math.Abs(loop[0][0] - loop[len(loop)-1][0]); step > far {
		t.Errorf("the loop jumps by %.4f where it begins again; elsewhere by %.4f at most", step, far)
	}
	ends := append(append([][2]float64(nil), loop[len(loop)-Rate/40:]...), loop[:Rate/40]...)
	if got, mean := level(ends), level(loop); got < mean-9 {
		t.Errorf("where the loop begins again it has %.1f dB, and %.1f in the mean", got, mean)
	}
}

func TestPeaksAreLimited(t *testing.T) {
	t.Parallel()
	last := -1.0
	for x := -40.0; x <= 40; x += 0.05 {
		got := limited(x)
		if got < last || got > 0.65 || got < -0.65 || math.Abs(x) < 0.4 && got != x {
			t.Fatalf("%.2f becomes %.4f, after %.4f", x, got, last)
		}
		last = got
	}
}

// BenchmarkBed makes ten seconds of the sounds of a storm at sea, which are as many as a bed has.
func BenchmarkBed(b *testing.B) {
	storm := Bed{Sources: []Source{{"rain", 0}, {"thunder", 0}, {"sea", 0}, {"wind", -4}, {"crowd", 0}}, Samples: 10 * Rate, Seed: 1}
	for b.Loop() {
		raw(b, storm)
	}
}

// BenchmarkKind makes ten seconds of each sound.
func BenchmarkKind(b *testing.B) {
	for _, kind := range Kinds() {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				raw(b, only(kind, 10, 1))
			}
		})
	}
}
