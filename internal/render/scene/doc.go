// Package scene draws what a prompt names: a sky, a horizon, ground, props, a foreground and particles in the air, each at
// its distance from the camera.
//
// Coordinates are in frame heights from the middle of the frame, to the right and down.
package scene
