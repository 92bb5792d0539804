package task

import "time"

// Understood is what the built-in renderer read in a prompt.
type Understood struct {
	Moves []UnderstoodMove // the camera's moves, by their beginning; none if the request has values for the camera
	Drawn []string         // the prompt's words that the scene shows
	Cards []string         // the prompt's words that stand on a card, because the renderer has no drawing of them
}

// UnderstoodMove is one move of the camera.
type UnderstoodMove struct {
	Name     string        // "pan left", as docs/camera.md lists it
	From, To time.Duration // when it begins and ends, from the beginning of the video
}
