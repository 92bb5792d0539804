// Package raster draws frames from layers. A layer is a picture with a place in space, kept as cubic splines at several
// sizes (a mipmap). For each shot of the camera the compositor finds where the corners of the frame's tiles see each layer,
// and resamples the layers row by row into planar YUV 4:2:0.
//
// Positions on a layer are in frame heights from the middle of the frame as the camera sees it at first, to the right and
// down.
package raster
