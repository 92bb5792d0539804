package render_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/filmgate/filmgate/internal/render"
)

func ExampleRender() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	spec := render.Spec{Prompt: "a boat on the sea at sunset, pan right", Seed: 1, Width: 64, Height: 64, Frames: 8, FrameRate: 24}
	result, err := render.Render(context.Background(), spec, filepath.Join(dir, "boat.mp4"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filepath.Base(result.Path), "has", result.Frames, "frames and", len(result.Previews), "previews")

	spec.Width = 63
	fmt.Println(spec.Check())
	// Output:
	// boat.mp4 has 8 frames and 5 previews
	// Width is 63: it must be even and from 64 to 4096 pixels
}
