package render

import (
	"image"
	"math"
)

// Limits of how the camera shows a still.
const (
	maxBeyond        = 0.17 // how far the camera may look beyond a picture's edge, in frame heights
	maxEnlarged      = 1.6  // how many pixels of the frame may show one of the picture, in each direction
	minAllowedGrowth = 1.35 // by how much a picture may grow that is too small for the frame from the first
	maxAllowedGrowth = 2.5  // by how much the largest may
	maxBentGrowth    = 1.15 // how much more than that a part may grow that the camera sees from the side or that lies nearer
)

// pictureCompositor makes the stage of a picture that fills the frame without bars, and calms the path so far that the camera shows
// nothing but the picture (see keepInPicture).
func (f *film) pictureCompositor(src image.Image, fromEnd bool) *compositor {
	w, h := f.spec.Width, f.spec.Height
	b := src.Bounds()
	// The scale at which the picture just covers the frame, in pixels of the frame for each pixel of the picture.
	fit := max(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()))
	edge := bounds{float64(float64(b.Dx())*fit) / float64(2*h), float64(float64(b.Dy())*fit) / float64(2*h)}
	l := &layer{edge: edge, near: nearness{base: 1}, maxMagnification: clamp(maxEnlarged/fit, minAllowedGrowth, maxAllowedGrowth)}
	f.keepInPicture(l, fromEnd)
	small, large := f.sizes(1)
	if large > 1 {
		// What is nearer than the middle plane grows faster, and a morph runs the path both ways.
		large = min(2.5, float64(large*1.08))
	}
	small = min(small, 1/large)
	k := min(1, float64(fit*large))
	pw, ph := max(2, int(mulAdd(float64(b.Dx()), k, 0.5))), max(2, int(mulAdd(float64(b.Dy()), k, 0.5)))
	picture := loadPicture(src, pw, ph)
	l.near = picture.nearness(edge)
	// Now that it is known what lies how near, some paths have to be calmed a little more.
	f.keepInPicture(l, fromEnd)
	l.show(picture, min(1, float64(fit*small)/k))
	return &compositor{layers: []*layer{l}}
}

// keepInPicture calms the path so far that the camera shows a still as a picture can be shown: not so near that its pixels
// blur, nowhere folded, and beyond its edges no farther than stretching can hide.
func (f *film) keepInPicture(l *layer, fromEnd bool) {
	f.plan.path.limit(path.scaleApproach, func() bool { return f.maxGrowth(fromEnd) <= l.maxMagnification })
	fits := func() bool {
		for i := range 33 {
			s := f.shot(float64(i)/32, fromEnd)
			if !l.fits(&s) {
				return false
			}
		}
		return true
	}
	f.plan.path.limit(path.scale, fits)
	f.plan.path.limit(path.scaleShake, fits)
}

// maxGrowth is by how much the path makes the nearest parts of a picture larger at most.
func (f *film) maxGrowth(fromEnd bool) float64 {
	most := 1.0
	for i := range 65 {
		p := f.pose(float64(i)/64, fromEnd)
		most = max(most, exp(p.zoom)/max(1e-3, 1-float64(p.z*(1+depthRange))/focal))
	}
	return most
}

// fits reports whether a shot shows the layer of a still within the limits.
func (l *layer) fits(s *shot) bool {
	lo, hi := s.extent(l)
	// A frame much narrower or lower than its picture has less that can give way: stretch needs three times of it.
	if max(hi.x-l.edge.x, -lo.x-l.edge.x) > min(maxBeyond, l.edge.x/3) || max(hi.y-l.edge.y, -lo.y-l.edge.y) > min(maxBeyond, l.edge.y/3) {
		return false
	}
	const across, down = 16, 12
	var above, row [across + 1][2]float64
	// How far two neighbours of the lattice would be apart on the picture if the camera were where it is at first.
	dx, dy := float64(s.w-1)/float64(across*s.h), float64(s.h-1)/float64(down*s.h)
	for j := range down + 1 {
		for i := range across + 1 {
			row[i][0], row[i][1] = s.intersect(l, float64((s.w-1)*i)/across, float64((s.h-1)*j)/down)
			if i == 0 || j == 0 {
				continue
			}
			a, b, c := row[i-1], above[i], row[i]
			if magnification(c[0]-a[0], c[1]-a[1], c[0]-b[0], c[1]-b[1], dx, dy) > l.maxMagnification*maxBentGrowth {
				return false
			}
		}
		above = row
	}
	return true
}

// magnification is by how much a part of a picture is enlarged in the direction in which it is most, where a step of dx to the
// right in the frame goes by (xx, xy) on the picture and a step of dy downwards by (yx, yy). Where the picture is folded
// it is infinite.
func magnification(xx, xy, yx, yy, dx, dy float64) float64 {
	xx, xy, yx, yy = xx/dx, xy/dx, yx/dy, yy/dy
	area := float64(xx*yy) - float64(xy*yx)
	if area <= 0 {
		return math.Inf(1)
	}
	// The singular values of a matrix of two rows are known from its determinant and the sum of its squares.
	squares := float64(xx*xx) + float64(xy*xy) + float64(yx*yx) + float64(yy*yy)
	spread := math.Sqrt(max(0, float64(squares*squares)-float64(4*float64(area*area))))
	largest := math.Sqrt((squares + spread) / 2)
	return largest / area
}
