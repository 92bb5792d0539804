package film

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/task"
)

// randomMoves returns a prompt with a few moves of the table, in one clause or several.
func randomMoves(rnd *rand.Rand, table []string) string {
	var out strings.Builder
	for i := range 1 + rnd.IntN(6) {
		if i > 0 {
			out.WriteString([]string{", ", " and ", " then ", ". "}[rnd.IntN(4)])
		}
		out.WriteString([]string{"", "", "camera ", "slowly ", "very fast ", "quickly ", "hyperspeed "}[rnd.IntN(7)])
		out.WriteString(table[rnd.IntN(len(table))])
	}
	return out.String()
}

// patchy returns a picture of parts that look near or far: some pale and smooth, some sharp, some dark.
func patchy(w, h int, seed uint32) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(120 + 100*y/h), 210, 250, 255}
			if k := fp.Hash(uint32(8*x/w), uint32(6*y/h), seed); k%3 > 0 {
				c = color.RGBA{uint8(fp.Hash(uint32(x), uint32(y), k)), uint8(k >> 8), uint8(k >> 16), 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// randomSpec returns a spec with random pictures and a random prompt.
func randomSpec(rnd *rand.Rand, table []string) Spec {
	side := func() int { return 64 + 16*rnd.IntN(18) }
	spec := Spec{
		Prompt: randomMoves(rnd, table), Seed: rnd.Uint32(), Width: side(), Height: side(), Frames: 1 + rnd.IntN(60), FrameRate: 24,
		First: patchy(8+rnd.IntN(500), 8+rnd.IntN(500), rnd.Uint32()),
	}
	switch rnd.IntN(3) {
	case 0:
		spec.First, spec.Last = nil, spec.First
	case 1:
		spec.Last = patchy(8+rnd.IntN(300), 8+rnd.IntN(300), rnd.Uint32())
	}
	if rnd.IntN(4) == 0 {
		v := func() float64 { return float64(rnd.IntN(21) - 10) }
		spec.Camera = &task.Camera{Horizontal: v(), Vertical: v(), Pan: v(), Tilt: v(), Roll: v(), Zoom: v()}
	}
	return spec
}

// largestMagnification returns the largest factor by which a shot enlarges a part of a picture. It is infinite if the picture
// is folded.
func largestMagnification(l *raster.Layer, s *raster.Shot) float64 {
	const step = 16 // pixels
	at := func(i, j int) (x, y float64) { return s.Intersect(l, float64(i*step), float64(j*step)) }
	size, most := float64(step)/float64(s.H), 0.0
	for j := range s.H / step {
		for i := range s.W / step {
			x0, y0 := at(i, j)
			x1, y1 := at(i+1, j)
			x2, y2 := at(i, j+1)
			x3, y3 := at(i+1, j+1)
			// The map is linear between the four corners.
			most = max(most, magnification(x1-x0, y1-y0, x2-x0, y2-y0, size, size), magnification(x1-x0, y1-y0, x3-x1, y3-y1, size, size),
				magnification(x3-x2, y3-y2, x2-x0, y2-y0, size, size), magnification(x3-x2, y3-y2, x3-x1, y3-y1, size, size))
		}
	}
	return most
}

// withinPicture checks that no frame of the spec folds a picture, or enlarges a part of it more than its layer allows.
func withinPicture(t *testing.T, name string, spec Spec) {
	t.Helper()
	film := newFilm(spec)
	for n := range spec.Frames {
		for _, side := range []struct {
			layers  *raster.Compositor
			fromEnd bool
		}{{film.first, film.Reversed}, {film.last, true}} {
			if side.layers == nil {
				continue
			}
			l := side.layers.Layers[0]
			s := film.Shot(film.time(float64(n)), side.fromEnd)
			if got := largestMagnification(l, &s); !(got < l.MaxMagnification*maxBentGrowth*1.2) {
				t.Errorf("%s: frame %d of %d enlarges a part %.2f times, more than %.2f: %dx%d, %q", name, n, spec.Frames, got, l.MaxMagnification, spec.Width, spec.Height, spec.Prompt)
				return
			}
		}
	}
}

func TestNoPromptFoldsOrMagnifiesAPicture(t *testing.T) {
	t.Parallel()
	table := moveNames(t)
	for seed := range uint64(120) {
		withinPicture(t, fmt.Sprintf("seed %d", seed), randomSpec(rand.New(rand.NewPCG(seed, 1)), table))
	}
}

func FuzzNoPromptFoldsOrMagnifiesAPicture(f *testing.F) {
	table := moveNames(f)
	for seed := range uint64(4) {
		f.Add(seed, "push in, dolly in, move closer", uint16(320), uint16(180), uint16(400), uint16(300))
	}
	f.Add(uint64(9), "whip pan then whip pan right then barrel roll", uint16(64), uint16(640), uint16(30), uint16(900))
	f.Fuzz(func(t *testing.T, seed uint64, prompt string, w, h, pw, ph uint16) {
		spec := randomSpec(rand.New(rand.NewPCG(seed, 2)), table)
		if prompt != "" {
			spec.Prompt = prompt
		}
		spec.Width, spec.Height = 64+16*int(w%40), 64+16*int(h%40)
		spec.First, spec.Last = patchy(1+int(pw%600), 1+int(ph%600), uint32(seed)), nil
		withinPicture(t, "fuzzed", spec)
	})
}

func TestTypicalPromptsStayWithinThePicture(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{
		"Aerial drone shot flying over the old town, camera moves forward, cinematic flyover",
		"push in, dolly in, move closer",
		"push in then push in then dolly in then zoom in",
		"hyperspeed crash zoom, fpv fly through, warp speed",
		"whip pan right then whip pan right then orbit left, barrel roll",
	} {
		for _, size := range [][2]int{{1280, 768}, {768, 1280}, {320, 320}} {
			withinPicture(t, "named", Spec{Prompt: prompt, Seed: 1, Width: size[0], Height: size[1], Frames: 49, FrameRate: 24, First: patchy(600, 400, 3)})
		}
	}
}

// In the middle, at most 1.6 pixels of the frame show one of the picture, so a large picture may grow more.
func TestGrowthDependsOnThePicturesSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		w, h int
		most float64 // the largest growth
		many bool    // whether it grows nearly that much
	}{
		{"as many pixels as the frame", 320, 192, 1.6, true},
		{"twice as many", 640, 384, maxAllowedGrowth, true},
		{"ten times as many", 3200, 1920, maxAllowedGrowth, true},
		{"a quarter", 160, 96, minAllowedGrowth, true},
	} {
		film := newFilm(Spec{Prompt: "crash zoom, hyperspeed, push in then push in", Seed: 1, Width: 320, Height: 192, Frames: 49, FrameRate: 24, First: testPicture(c.w, c.h)})
		got := film.maxGrowth(false)
		if got > c.most+1e-9 || c.many && got < c.most*0.9 {
			t.Errorf("%s: grows %.2f times, wanted %.2f", c.name, got, c.most)
		}
	}
}

func TestAMoveCountsOncePerClause(t *testing.T) {
	for _, c := range []struct{ repeated, once string }{
		{"push in, dolly in, move closer", "push in"},
		{"Aerial drone shot flying over the old town, camera moves forward, cinematic flyover", "flyover"},
		{"pan right, turn right, look right", "pan right"},
		{"slow, gentle, calm zoom in", "slow zoom in"},
		{"quickly, rapidly, fast, swift zoom in", "fast zoom in"},
		{"handheld, shaky cam, documentary style", "handheld"},
		{"zoom in, pan left", "pan left, zoom in"},
		{"orbit left, circle left, push in", "orbit left, push in"},
	} {
		repeated, once := camera.NewPlan(c.repeated, 5, nil, 1).Path, camera.NewPlan(c.once, 5, nil, 1).Path
		for i := range 9 {
			if t0 := float64(i) / 8; repeated.Pose(t0, false) != once.Pose(t0, false) {
				t.Errorf("%q is at %+v when %q is at %+v", c.repeated, repeated.Pose(t0, false), c.once, once.Pose(t0, false))
				break
			}
		}
	}
}

func TestTheSameMoveInTwoClausesCountsTwice(t *testing.T) {
	once, twice := camera.NewPlan("push in", 5, nil, 1).Path.Pose(1, false).Z, camera.NewPlan("push in then push in", 5, nil, 1).Path.Pose(1, false).Z
	if twice != 2*once {
		t.Errorf("one push-in moves %.3f forward, two move %.3f", once, twice)
	}
}
