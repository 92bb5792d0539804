// Package render makes animatics: moving storyboards drawn from stills, words and a camera path, encoded as H.264.
//
// A Spec says what to show. Render turns the words into a Path for the camera, the pictures (or a scene drawn from the
// words) into plates, samples every frame from the plates with a cubic spline at subpixel positions, and pipes the frames
// as planar YUV to ffmpeg. It is no diffusion model: nothing moves that the camera, the weather or the light don't move.
//
// What may enter: words, pictures, numbers, a path to write to. What may not: tasks, engines, HTTP, clocks, randomness
// other than the Spec's seed. The same Spec gives the same frames on every machine: pixels are integer arithmetic, and
// floating-point values that lead to pixels never depend on a fused multiply-add (products are rounded by conversion).
package render
