package film

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// gallery returns the prompts whose contact sheets are in docs/gallery, with the names of their files.
func gallery() [][2]string {
	return [][2]string{
		{"desert", "A long exposure shot of a desert landscape under a clear, starry sky, with the Milky Way arching across the horizon, and distant dunes bathed in moonlight."},
		{"ice-tea", "product photography of an ice tea, block of ice, in lava, steam coming off, dramatic lights, sparks of fire and miniature explosions, luxury, in style of maximalism"},
		{"hyperspeed", "Hyperspeed shot: [scene]. Camera movement: fast zoom."},
		{"pull-out", "camera pull out"},
		{"aurora", "aurora over a frozen lake with snowy mountains, slow pan right"},
		{"neon", "neon city skyline at night in the rain, tracking shot"},
		{"lighthouse", "a lighthouse on a cliff above a stormy sea, lightning, crane up"},
		{"windmill", "golden hour wheat field with a windmill and birds, drone shot"},
		{"forest", "misty pine forest with a river at dawn, dolly in"},
		{"sailboat", "a sailboat on the ocean at sunset, orbit left"},
		{"volcano", "a volcano erupting at night, pedestal up"},
		{"planet", "a planet and nebula in space, camera rolls clockwise"},
		{"sale", `text that says "SALE 50% OFF" over a beach at sunset, slow push in`},
		{"sign", `a neon sign reading "OPEN" in a rainy street at night, dolly in`},
		{"logo", "logo reveal for a company called Nova Labs, cinematic"},
		{"card", "a zorgle flumps the quibnax, slow zoom in"},
	}
}

// Each sheet shows the first, the middle and the last frame. Redraw: make gallery.
func TestGalleryExistsAndIsSmall(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "docs", "gallery")
	for i, g := range gallery() {
		file := filepath.Join(dir, g[0]+".jpg")
		if *update {
			if err := os.WriteFile(file, sheet(g[1], uint32(i)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 120<<10 {
			t.Errorf("%s", fmt.Sprintf("%s has %d bytes", file, info.Size()))
		}
	}
}

// The page shows every sheet under its prompt.
func TestGalleryPageShowsEverySheet(t *testing.T) {
	var page strings.Builder
	page.WriteString(sheetPage(sheetPrompts(t)))
	page.WriteString("\n## From the first frame to the last\n\nSixteen more, each with the first frame of five seconds, the middle one and the last.\n")
	for _, g := range gallery() {
		fmt.Fprintf(&page, "\n> %s\n\n![Three frames of the video](%s.jpg)\n", g[1], g[0])
	}
	file := filepath.Join("..", "..", "..", "docs", "gallery", "README.md")
	if *update {
		if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page.String() {
		t.Error("docs/gallery/README.md is out of date; run this test with -update")
	}
}

// sheet returns a contact sheet of three frames as a JPEG.
func sheet(prompt string, seed uint32) []byte {
	const w, h = 400, 240
	out := raster.NewFrame(3*w, h)
	for i, f := range frames(Spec{Prompt: prompt, Seed: seed, Width: 2 * w, Height: 2 * h, Frames: 121, FrameRate: 24}, 0, 60, 120) {
		out.Place(f.Shrink(w, h), i*w, 0)
	}
	return out.JPEG(82)
}
