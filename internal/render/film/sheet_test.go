package film

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/scene"
	"github.com/filmgate/filmgate/internal/render/typeset"
)

// sheetPrompt is a prompt of the contact sheet, and what the animatic makes of it: scene, text or card.
type sheetPrompt struct{ kind, text string }

// sheetPrompts reads docs/gallery/prompts.txt.
func sheetPrompts(t *testing.T) []sheetPrompt {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "gallery", "prompts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []sheetPrompt
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		kind, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("prompts.txt: %q has no tab", line)
		}
		out = append(out, sheetPrompt{kind, text})
	}
	return out
}

// The gallery's prompts get what their list says: a card only if it says so, and each a picture of its own.
func TestTheGallerysPromptsAreDrawn(t *testing.T) {
	prompts := sheetPrompts(t)
	if len(prompts) != 40 {
		t.Errorf("there are %d prompts", len(prompts))
	}
	seen := map[string]int{}
	for i, p := range prompts {
		s := Spec{Prompt: p.text, Seed: uint32(i), Width: 96, Height: 64, Frames: 2, FrameRate: 24}
		r := s.read()
		kind := "scene"
		switch {
		case r.card != "":
			kind = "card"
		case len(r.letterings)+len(r.signs) > 0:
			kind = "text"
		}
		if kind != p.kind {
			t.Errorf("%d. %q is a %s, and not a %s", i+1, p.text, kind, p.kind)
		}
		if kind == "scene" && !scene.Shows(r.scene) {
			t.Errorf("%d. %q: nothing of it is drawn", i+1, p.text)
		}
		pix := string(frames(s, 0)[0].Pix)
		if k, ok := seen[pix]; ok {
			t.Errorf("%d. %q looks like number %d", i+1, p.text, k+1)
		}
		seen[pix] = i
	}
}

// Redraw: make gallery.
func TestTheContactSheetExistsAndIsSmall(t *testing.T) {
	file := filepath.Join("..", "..", "..", "docs", "gallery", "contact-sheet.jpg")
	if *update {
		if err := os.WriteFile(file, contactSheet(sheetPrompts(t)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 600<<10 {
		t.Errorf("%s has %d bytes", file, info.Size())
	}
}

// contactSheet returns the middle frame of five seconds of each prompt, with its number, as a JPEG.
func contactSheet(prompts []sheetPrompt) []byte {
	const w, h, columns = 320, 192, 5
	rows := (len(prompts) + columns - 1) / columns
	out := raster.NewFrame(columns*w, rows*h)
	set := typeset.NewSetter()
	for i, p := range prompts {
		f := frames(Spec{Prompt: p.text, Seed: uint32(i), Width: 2 * w, Height: 2 * h, Frames: 121, FrameRate: 24}, 60)[0].Shrink(w, h)
		number := newTextMask(set.Fit(strconv.Itoa(i+1), typeset.Box{W: w, H: h, Largest: 15, Smallest: 15, Lines: 1}).Draw(), 2, 255)
		number.x, number.y = 6, 4
		number.drawOn(f, seen())
		out.Place(f, i%columns*w, i/columns*h)
	}
	return out.JPEG(80)
}

// sheetPage returns the part of the gallery's page that shows the contact sheet.
func sheetPage(prompts []sheetPrompt) string {
	var page strings.Builder
	page.WriteString("# Gallery\n\nThe middle frames of five seconds each that the animatic makes of forty prompts without a picture. What it draws, and what it writes: [engines.md](../engines.md#the-animatics-words).\n" +
		"Drawn by `make gallery` from [prompts.txt](prompts.txt).\n\n![Forty numbered frames](contact-sheet.jpg)\n\n")
	for i, p := range prompts {
		fmt.Fprintf(&page, "%d. %s\n", i+1, p.text)
	}
	return page.String()
}
