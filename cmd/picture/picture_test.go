package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
)

const checkedIn = "../../demo/first-frame.jpg"

// load reads the picture that is checked in.
func load(t *testing.T) (picture image.Image, bytes int) {
	t.Helper()
	content, err := os.ReadFile(checkedIn)
	if err != nil {
		t.Fatal(err)
	}
	picture, err = decode(content)
	if err != nil {
		t.Fatal(err)
	}
	return picture, len(content)
}

func decode(content []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(content)) }

// mean is the average colour of a part of a picture; the part is in fractions of its width and height.
func mean(p image.Image, x0, y0, x1, y1 float64) vec {
	b := p.Bounds()
	var sum vec
	n := 0.
	for y := int(y0 * float64(b.Dy())); y < int(y1*float64(b.Dy())); y++ {
		for x := int(x0 * float64(b.Dx())); x < int(x1*float64(b.Dx())); x++ {
			c := color.RGBAModel.Convert(p.At(x, y)).(color.RGBA)
			sum = sum.add(vec{float64(c.R), float64(c.G), float64(c.B)})
			n++
		}
	}
	return sum.scale(1 / n)
}

func TestTheCheckedInPictureIsThisProgramsWork(t *testing.T) {
	picture, _ := load(t)
	small := paint(144, 96, 1)
	const tiles = 6
	for j := range tiles {
		for i := range tiles {
			x, y := float64(i)/tiles, float64(j)/tiles
			want, got := mean(picture, x, y, x+1./tiles, y+1./tiles), mean(small, x, y, x+1./tiles, y+1./tiles)
			if d := got.sub(want); math.Sqrt(d.dot(d)) > 14 {
				t.Errorf("tile %d,%d: painted %.0f, checked in %.0f; paint it anew with `go run ./cmd/picture`", i, j, got, want)
			}
		}
	}
}

func TestThePictureIsLargeSharpAndLight(t *testing.T) {
	picture, size := load(t)
	if got := picture.Bounds(); got.Dx() != 1536 || got.Dy() != 1024 {
		t.Errorf("it is %v", got)
	}
	if size > 400<<10 {
		t.Errorf("it weighs %d bytes", size)
	}
	// Detail that makes a camera's move visible: mean step between neighbours, over the mountain.
	var steps, n float64
	for y := 100; y < 400; y++ {
		for x := 300; x < 800; x++ {
			a, b := color.GrayModel.Convert(picture.At(x, y)).(color.Gray), color.GrayModel.Convert(picture.At(x+1, y)).(color.Gray)
			steps += math.Abs(float64(a.Y) - float64(b.Y))
			n++
		}
	}
	if steps/n < 4 {
		t.Errorf("mean step between neighbours %.1f, want 4 or more", steps/n)
	}
}

func TestLightFollowsTheScene(t *testing.T) {
	p := paint(96, 64, 1)
	bright := func(c vec) float64 { return c.x + c.y + c.z }
	sky, peak, forest, water := mean(p, .6, 0, .9, .1), mean(p, .26, .18, .33, .25), mean(p, .3, .53, .5, .58), mean(p, .55, .85, .7, .98)
	if sky.z <= sky.x {
		t.Errorf("the sky is not blue: %.0f", sky)
	}
	if peak.x <= peak.z {
		t.Errorf("the peak is not lit by the low sun: %.0f", peak)
	}
	if bright(forest) >= bright(peak) {
		t.Errorf("the shaded shore %.0f is brighter than the peak %.0f", forest, peak)
	}
	if water.z <= water.x {
		t.Errorf("the water %.0f does not mirror the sky", water)
	}
	if trees := mean(p, 0, .55, .03, .7); bright(trees) > 45 {
		t.Errorf("the near trees are no silhouettes: %.0f", trees)
	}
}

func TestARayMeetsTheLandWhereItIs(t *testing.T) {
	for _, along := range []vec{{-.3, .1, .95}, {.2, .02, .98}, {-.1, .15, 1}} {
		p, dist, ok := hit(vec{0, eyeHeight, 0}, along.unit(), 9)
		if !ok {
			t.Errorf("%v: nothing there", along)
			continue
		}
		if off := math.Abs(p.y - height(p.x, p.z, 9)); off > .05 || dist > far {
			t.Errorf("%v: %.3f off the ground, %.0f away", along, off, dist)
		}
	}
	if _, _, ok := hit(vec{0, eyeHeight, 0}, vec{0, 1, .1}.unit(), 9); ok {
		t.Error("there is land in the sky")
	}
}

func TestNoiseIsSmoothAndKnowsItsSlope(t *testing.T) {
	const e = 1e-5
	for _, at := range [][2]float64{{.3, .7}, {-4.2, 9.9}, {120.5, -33.25}} {
		x, y := at[0], at[1]
		v, dx, dy := noise(x, y)
		vx, _, _ := noise(x+e, y)
		vy, _, _ := noise(x, y+e)
		if v < 0 || v > 1 || math.Abs((vx-v)/e-dx) > 1e-3 || math.Abs((vy-v)/e-dy) > 1e-3 {
			t.Errorf("at %v: %v with slope %v, %v; measured %v, %v", at, v, dx, dy, (vx-v)/e, (vy-v)/e)
		}
	}
	if v, _, _ := noise(1-1e-9, .5); math.Abs(v-first(noise(1+1e-9, .5))) > 1e-6 {
		t.Error("a step between cells")
	}
}

func first(v, _, _ float64) float64 { return v }

func TestSaveWritesAPictureOrSaysWhyNot(t *testing.T) {
	name := filepath.Join(t.TempDir(), "p.jpg")
	if err := save(name, paint(24, 16, 1)); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := decode(content); err != nil || p.Bounds().Dx() != 24 {
		t.Errorf("%v, error %v", p, err)
	}
	if err := save(filepath.Join(name, "below"), paint(3, 2, 1)); err == nil {
		t.Error("a file below a file was written")
	}
}
