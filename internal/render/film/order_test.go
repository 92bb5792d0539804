package film

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// orderSpecs returns specs with everything that could depend on the order of drawing: layers, particles, blur, morph, text.
func orderSpecs() []Spec {
	still := testPicture(120, 80)
	specs := []Spec{
		{Prompt: "whip pan over a misty lake before mountains, rain, clouds"},
		{Prompt: "hyperspeed, a city at night in the snow, fireflies", Caption: "a city at night"},
		{Prompt: "orbit left, handheld", First: still, Watermark: true},
		{Prompt: "push in", First: still, Last: landscape(120, 80)},
	}
	for i := range specs {
		specs[i].Seed, specs[i].Width, specs[i].Height, specs[i].Frames, specs[i].FrameRate = uint32(i), 112, 72, 12, 24
	}
	return specs
}

func TestAFrameDoesNotDependOnFramesDrawnBefore(t *testing.T) {
	for _, spec := range orderSpecs() {
		inOrder := frames(spec, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
		mixed := []int{7, 0, 11, 7, 3, 3, 10, 1}
		for i, f := range frames(spec, mixed...) {
			if !bytes.Equal(f.Pix, inOrder[mixed[i]].Pix) {
				t.Errorf("%q: frame %d differs if it is drawn as number %d", spec.Prompt, mixed[i], i)
			}
		}
		if alone := frames(spec, 6)[0]; !bytes.Equal(alone.Pix, inOrder[6].Pix) {
			t.Errorf("%q: frame 6 differs if only it is drawn", spec.Prompt)
		}
	}
}

func TestFramesAreInOrderAndTheSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, spec := range orderSpecs() {
		var first [][]byte
		for _, cores := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(cores)
			var all [][]byte
			err := newFilm(spec).drawAll(context.Background(), func(p *frameJob) error {
				if p.n != len(all) {
					t.Errorf("%q, %d cores: frame %d comes as number %d", spec.Prompt, cores, p.n, len(all))
				}
				all = append(all, slices.Clone(p.frame.Pix))
				return nil
			})
			if err != nil || len(all) != spec.Frames {
				t.Fatalf("%q, %d cores: %d frames, %v", spec.Prompt, cores, len(all), err)
			}
			if first == nil {
				first = all
			}
			for n := range all {
				if !bytes.Equal(all[n], first[n]) {
					t.Fatalf("%q: on %d cores frame %d differs", spec.Prompt, cores, n)
				}
			}
		}
	}
}

func TestDrawingStopsOnCancelAndOnError(t *testing.T) {
	spec := orderSpecs()[2]
	spec.Frames = 400
	ctx, cancel := context.WithCancel(context.Background())
	seen := 0
	err := newFilm(spec).drawAll(ctx, func(*frameJob) error {
		if seen++; seen == 3 {
			cancel()
		}
		return nil
	})
	if err == nil || seen > 60 {
		t.Errorf("%d frames were drawn: %v", seen, err)
	}
	seen = 0
	err = newFilm(spec).drawAll(context.Background(), func(*frameJob) error {
		seen++
		return context.DeadlineExceeded
	})
	if err == nil || seen != 1 {
		t.Errorf("after an error %d frames were delivered: %v", seen, err)
	}
}

// The same words make the same scene at any size. A larger size only shows more detail.
func TestSizeAndRateDoNotChangeTheScene(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{"static, a boat on the sea at sunset", "static, milky way over dunes", "static, neon city street", "static, a castle in a forest at dawn"} {
		spec := Spec{Prompt: prompt, Seed: 6, Width: 160, Height: 96, Frames: 24, FrameRate: 24}
		small := frames(spec, 0)[0]
		large := spec
		large.Width, large.Height = 320, 192
		shrunk := frames(large, 0)[0].Shrink(160, 96)
		if s := ssim(small.Y, shrunk.Y, 160, 96); s < 0.75 {
			t.Errorf("%q: at twice the size the scene differs: SSIM %.3f", prompt, s)
		}
		fast := spec
		fast.FrameRate, fast.Frames = 120, 120
		// The area of clouds depends on how far they drift, so their samples are at other places.
		if s := ssim(small.Y, frames(fast, 0)[0].Y, 160, 96); s < 0.99 {
			t.Errorf("%q: at another rate the first frame differs: SSIM %.3f", prompt, s)
		}
	}
}

// The move lasts the whole video at any frame rate: frame n at 24 a second is frame 5n at 120.
func TestFrameRateDoesNotChangeTheMove(t *testing.T) {
	for _, prompt := range []string{"pan right, snow over a lake", "orbit left, rain on a meadow, clouds"} {
		slow := Spec{Prompt: prompt, Seed: 6, Width: 96, Height: 64, Frames: 25, FrameRate: 24}
		fast := slow
		fast.Frames, fast.FrameRate = 121, 120
		a, b := newFilm(slow), newFilm(fast)
		for _, n := range []int{0, 6, 12, 24} {
			p, q := a.Shot(a.time(float64(n)), false), b.Shot(b.time(float64(5*n)), false)
			if p.View != q.View {
				t.Errorf("%q: frame %d has another view at the higher rate", prompt, n)
			}
			if want := float64(n) / 24; math.Abs(p.Seconds-want)+math.Abs(q.Seconds-want) > 1e-12 {
				t.Errorf("%q: frame %d is at %.4f s and at %.4f s", prompt, n, p.Seconds, q.Seconds)
			}
		}
	}
}

// Motion blur is symmetric about the position at the frame's own time.
func TestBlurIsCentredOnTheFramesTime(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 320, 192))
	for y := 86; y < 106; y++ {
		for x := 150; x < 170; x++ {
			img.SetGray(x, y, color.Gray{250})
		}
	}
	centre := func(f *raster.Frame) float64 {
		sum, n := 0.0, 0.0
		for i, v := range f.Y {
			sum, n = sum+float64(int(v)-16)*float64(i%f.W), n+float64(int(v)-16)
		}
		return sum / n
	}
	for _, prompt := range []string{"whip pan", "whip pan left"} {
		p := newFrameRenderer(newFilm(Spec{Prompt: prompt, Width: 320, Height: 192, Frames: 13, FrameRate: 24, First: img}))
		if times, _ := p.exposures(6); times < 2 {
			t.Fatalf("%q is not blurred", prompt)
		}
		for _, n := range []int{5, 6, 7} {
			blurred, sharp := raster.NewFrame(320, 192), raster.NewFrame(320, 192)
			p.draw(blurred, nil, n)
			p.drawMoment(sharp, p.time(float64(n)))
			if d := centre(blurred) - centre(sharp); math.Abs(d) > 0.4 {
				t.Errorf("%q: the blur of frame %d is %.2f pixels off centre", prompt, n, d)
			}
		}
	}
}
