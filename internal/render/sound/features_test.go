package sound

import (
	"math"
	"slices"
	"testing"
)

// features are what tells sounds apart: the share of power in bands, in decibels, and how much the level swings.
type features struct {
	low, mid, high, top float64 // below 250 Hz, to 1 kHz, to 4 kHz, and above
	pulse               float64 // the spread of the levels of 5 ms, in decibels: drops, crackles, chirps
	swell               float64 // the spread of the levels of half a second: waves, gusts, vehicles
}

func featuresOf(all [][2]float64) features {
	bands := make([]float64, 4)
	filters := [][]biquad{
		{lowPass(250), lowPass(250)}, {highPass(250), highPass(250), lowPass(1000), lowPass(1000)},
		{highPass(1000), highPass(1000), lowPass(4000), lowPass(4000)}, {highPass(4000), highPass(4000)},
	}
	for _, s := range all {
		for i, chain := range filters {
			x := s[0] + s[1]
			for k := range chain {
				x = chain[k].next(x)
			}
			bands[i] += x * x
		}
	}
	total := bands[0] + bands[1] + bands[2] + bands[3]
	share := func(i int) float64 { return 10 * math.Log10(bands[i]/total+1e-6) }
	return features{share(0), share(1), share(2), share(3), spread(all, Rate/200), spread(all, Rate/2)}
}

// spread returns the distance between the level that a tenth of the windows is below and that a tenth is above.
func spread(all [][2]float64, window int) float64 {
	var levels []float64
	for at := window; at+2*window <= len(all); at += window {
		levels = append(levels, level(all[at:at+window]))
	}
	slices.Sort(levels)
	return levels[len(levels)*9/10] - levels[len(levels)/10]
}

// distance is how different two sounds are, in decibels of the feature that differs most.
func (f features) distance(g features) float64 {
	return max(math.Abs(f.low-g.low), math.Abs(f.mid-g.mid), math.Abs(f.high-g.high), math.Abs(f.top-g.top), math.Abs(f.pulse-g.pulse), math.Abs(f.swell-g.swell))
}

func TestEverySoundIsAsLoudAsTheOthersAndHasNoGap(t *testing.T) {
	t.Parallel()
	of := map[string]features{}
	for _, kind := range Kinds() {
		bed := raw(t, only(kind, 6, 2))
		if loudness, peak := loudnessOf(t, bed); math.Abs(loudness+23) > 0.3 || peak > -1.5 {
			t.Errorf("%s has %.1f LUFS, %.1f dBTP", kind, loudness, peak)
		}
		all := samplesIn(bed)
		checkGaps(t, kind, all)
		of[kind] = featuresOf(all)
		t.Logf("%-8s %+.1f", kind, of[kind])
	}
	checkDifferences(t, of)
}

// checkGaps looks for windows of 50 ms in which nothing is heard. Fades at the ends are shorter.
func checkGaps(t *testing.T, kind string, all [][2]float64) {
	t.Helper()
	mean := level(all)
	for at := 0; at+Rate/20 <= len(all); at += Rate / 20 {
		if got := level(all[at : at+Rate/20]); got < mean-35 || got < -62 {
			t.Errorf("%s has %.1f dB at %.2f s, and %.1f dB in the mean", kind, got, float64(at)/Rate, mean)
		}
	}
}

// checkDifferences compares the features of all sounds.
func checkDifferences(t *testing.T, of map[string]features) {
	t.Helper()
	for i, a := range Kinds() {
		for _, b := range Kinds()[i+1:] {
			if d := of[a].distance(of[b]); d < 3 {
				t.Errorf("%s and %s differ by %.1f dB only: %.1f, %.1f", a, b, d, of[a], of[b])
			}
		}
	}
	for name, holds := range map[string]bool{
		"rain is brighter than the sea":           of["rain"].top > of["sea"].top+6,
		"the sea swells and rain does not":        of["sea"].swell > of["rain"].swell+2,
		"fire crackles and wind does not":         of["fire"].pulse > of["wind"].pulse,
		"thunder rolls":                           of["thunder"].swell > 8 && of["thunder"].low > -6,
		"insects are higher than birds":           of["insects"].top > of["birds"].top,
		"a river is brighter than a deep sea":     of["river"].high > of["deep"].high+10,
		"a room is dull":                          of["room"].top < -15,
		"voices are in the middle":                of["crowd"].mid > -6,
		"an engine is lower than a crowd":         of["engine"].low > of["crowd"].low+6,
		"a city is lower than rain, and steadier": of["city"].top < of["rain"].top-6,
	} {
		if !holds {
			t.Error("not true: " + name)
		}
	}
}
