// Package render makes animatics: moving storyboards drawn from pictures, a prompt and a camera path, encoded as H.264.
//
// A [Spec] says what to show. [Render] reads the camera's moves from the prompt, turns the pictures (or a scene drawn from
// the prompt) into layers, samples every frame from the layers with a cubic spline at subpixel positions, and pipes the
// frames as planar YUV to ffmpeg. It is no diffusion model: nothing moves that the camera, the weather or the light do not
// move.
//
// [Join] joins finished videos to one, with cuts and dissolves, through the same encoder.
//
// The package takes prompts, pictures, numbers and paths of files. It knows no engines, HTTP or clocks, and its only
// randomness is the Spec's seed. The same Spec gives the same frames on every machine: pixels are integers, and
// floating-point values that lead to pixels never depend on a fused multiply-add (see package fp).
//
// The work is done in the packages under it: words splits prompts, directions reads moves, camera plans them, raster samples
// layers, scene draws what a prompt names, film makes frames and the video; fp is the arithmetic of all of them.
package render

import (
	"context"

	"github.com/filmgate/filmgate/internal/render/film"
)

// Spec says what to render.
type Spec = film.Spec

// Encoder says how the frames are compressed. The zero value is the default.
type Encoder = film.Encoder

// Result is what Render made.
type Result = film.Result

// JoinSpec says which videos to join.
type JoinSpec = film.JoinSpec

// JoinShot is one of the videos.
type JoinShot = film.JoinShot

// ShotError says that a video can't be joined.
type ShotError = film.ShotError

// DefaultThreads is how many threads an Encoder has if it names no number.
const DefaultThreads = film.DefaultThreads

// Render makes the video that spec asks for and writes it to path as an MP4. progress, which may be nil, is called with
// the frames done of the frames asked, never twice at once. If ctx ends, the encoders' process groups are ended, the files
// are removed and ctx's error is returned.
func Render(ctx context.Context, spec Spec, path string, progress func(done, total int)) (Result, error) {
	return film.Render(ctx, spec, path, progress)
}

// Join joins videos to one MP4 at path, with cuts and dissolves. progress and ctx are as in Render. The error is or wraps a
// *ShotError if one of the videos can't be used.
func Join(ctx context.Context, spec JoinSpec, path string, progress func(done, total int)) (Result, error) {
	return film.Join(ctx, spec, path, progress)
}
