package film

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

// docs/morph.jpg shows two morphs from one picture to another, at a quarter, a half and three quarters: ffmpeg's
// minterpolate above, ours below. Redraw: go test ./internal/render/film -run MorphSheet -update.
func TestMorphSheetExistsAndIsSmall(t *testing.T) {
	file := filepath.Join("..", "..", "..", "docs", "morph.jpg")
	if *update {
		const w, h = 400, 240
		boat := imageOf(frames(Spec{Prompt: "a sailboat on the ocean at sunset, static", Seed: 9, Width: 2 * w, Height: 2 * h, Frames: 1, FrameRate: 24}, 0)[0])
		tree := dusk(2*w, 2*h)
		out := raster.NewFrame(3*w, 2*h)
		ours := frames(Spec{Prompt: "static", Width: 2 * w, Height: 2 * h, Frames: 25, FrameRate: 24, First: boat, Last: tree}, 6, 12, 18)
		for i, f := range interpolated(t, boat, tree, 2*w, 2*h) {
			out.Place(f.Shrink(w, h), i*w, 0)
			out.Place(ours[i].Shrink(w, h), i*w, h)
		}
		if err := os.WriteFile(file, out.JPEG(82), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 150<<10 {
		t.Errorf("docs/morph.jpg: %+v, %v", info, err)
	}
}

// Pictures with nothing in common dissolve as they are: half way each pixel is the mean of both pictures, and nothing is bent.
func TestUnlikePicturesDissolveUnbent(t *testing.T) {
	t.Parallel()
	portrait, lake, oak, stones := visiontest.Portrait(t), landscape(320, 192), dusk(320, 192), gravel(320, 192)
	for _, c := range []struct {
		name        string
		first, last image.Image
	}{{"a portrait and a lake", portrait, lake}, {"a lake and an oak", lake, oak}, {"stones and a portrait", stones, portrait}} {
		all := frames(Spec{Prompt: "static", Width: 320, Height: 192, Frames: 25, FrameRate: 24, First: c.first, Last: c.last}, 0, 12, 24)
		bent := 0
		for i, v := range all[1].Y {
			if d := 2*int(v) - int(all[0].Y[i]) - int(all[2].Y[i]); d > 6 || d < -6 {
				bent++
			}
		}
		if bent > 0 {
			t.Errorf("%s: %d pixels of the middle frame are no dissolve", c.name, bent)
		}
	}
}

// interpolated returns the frames of minterpolate's morph between two pictures at a quarter, a half and three quarters.
func interpolated(t *testing.T, first, last image.Image, w, h int) []*raster.Frame {
	t.Helper()
	dir := t.TempDir()
	raw, path := filepath.Join(dir, "in.yuv"), filepath.Join(dir, "out.mp4")
	a, b := onScreen(first, w, h).Pix, onScreen(last, w, h).Pix
	// minterpolate needs a frame before and one after.
	if err := os.WriteFile(raw, append(append(append(append([]byte{}, a...), a...), b...), b...), 0o600); err != nil {
		t.Fatal(err)
	}
	args := Spec{Width: w, Height: h, FrameRate: 1}.args(raw, path)
	args = append(args[:len(args)-1], "-vf", "minterpolate=fps=24:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none", "-r", "24", path)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	all := decode(t, path, w, h)
	return []*raster.Frame{all[24+6], all[24+12], all[24+18]}
}
