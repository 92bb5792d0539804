// Package camera plans how the camera moves: it reads moves from a prompt or from a caller's values, joins them to a path
// with easing and shake, and maps points of the frame to points in space at each time.
//
// Lengths are in frame heights at the distance of the middle plane, which lies one focal length ahead. Times go from 0 to 1
// over the video.
package camera
