package raster

// stretch maps the coordinate q of a picture that reaches from -edge to edge, for a frame that sees from lo to hi. If
// the frame sees beyond the picture, the outer part of the picture is stretched to the frame's border; else nothing
// changes.
func stretch(q, edge, lo, hi float64) float64 {
	if hi > edge && q > 0 {
		return compress(q, edge, hi)
	}
	if lo < -edge && q < 0 {
		return -compress(-q, edge, -lo)
	}
	return q
}

// compress maps [0, far] to [0, edge]. It is the identity near 0 and bends smoothly towards the edge.
func compress(q, edge, far float64) float64 {
	over := far - edge
	// The stretched band is three times as wide as the part that is missing, so that it is stretched twofold at the very
	// edge and has no visible beginning.
	from := max(0, edge-float64(3*over))
	if q <= from {
		return q
	}
	// A parabola with slope 1 at from that passes through (far, edge), and a straight line beyond: the corners of tiles may
	// be a little beyond the frame, where the parabola would turn back.
	run := far - from
	u := min(q, far) - from
	bend := (run - (edge - from)) / float64(run*run)
	slope := 1 - float64(2*bend*run)
	return from + u - float64(bend*float64(u*u)) + float64(slope*max(0, q-far))
}
