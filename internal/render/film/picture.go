package film

import (
	"image"
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// Limits of how the camera shows a picture.
const (
	maxBeyond        = 0.17 // how far the camera may look beyond a picture's edge, in frame heights
	maxEnlarged      = 1.6  // how many pixels of the frame may show one of the picture, in each direction
	minAllowedGrowth = 1.35 // factor by which even a picture too small for the frame may grow
	maxAllowedGrowth = 2.5  // factor by which the largest picture may grow
	maxBentGrowth    = 1.15 // factor on top of that for parts that are nearer or seen at an angle
	spareEdge        = 0.02 // how much farther than the camera looks a picture is continued, in frame heights
	spareFlow        = 0.12 // the same in a morph, whose flow moves points from beyond the frame
)

// pictureCompositor returns a compositor for a picture that fills the frame, itself or with a continuation (see newFraming). It
// limits the path so that the camera hardly leaves what the frame shows at first (see keepInPicture).
func (f *film) pictureCompositor(src image.Image, fromEnd bool) *raster.Compositor {
	b := src.Bounds()
	frame := newFraming(src, f.spec.Width, f.spec.Height)
	fit := frame.scale
	l := &raster.Layer{Lo: frame.lo, Hi: frame.hi, Padded: frame.padded, Near: raster.Nearness{Base: 1}, MaxMagnification: fp.Clamp(maxEnlarged/fit, minAllowedGrowth, maxAllowedGrowth)}
	look := frame.look
	if !fromEnd {
		look = f.aimAtFaces(l, src, look, fit)
	}
	f.keepInPicture(l, fromEnd)
	small, large := f.Sizes(1)
	if large > 1 {
		// Parts nearer than the middle plane grow faster, and a morph runs the path both ways.
		large = min(2.5, float64(large*1.08))
	}
	small = min(small, 1/large)
	k := min(1, float64(fit*levelAbove(large)))
	picture := raster.NewPicture(src, max(2, int(fp.MulAdd(float64(b.Dx()), k, 0.5))), max(2, int(fp.MulAdd(float64(b.Dy()), k, 0.5))))
	if frame.graphic {
		f.keepInPicture(l, fromEnd)
		return f.onePlane(picture, l, fromEnd, min(1, float64(fit*small)/k))
	}
	picture.Place(l)
	before, mask, apart := f.standApart(l, src, look, fromEnd)
	// The nearness of the parts may require stricter limits.
	f.keepInPicture(l, fromEnd)
	f.rackFocus(l, before)
	if !apart {
		return f.onePlane(picture, l, fromEnd, min(1, float64(fit*small)/k))
	}
	f.keepInPicture(before, fromEnd)
	from, to := f.seen(l, fromEnd)
	nearFrom, nearTo := f.seen(before, fromEnd)
	from, to = raster.Bounds{X: min(from.X, nearFrom.X), Y: min(from.Y, nearFrom.Y)}, raster.Bounds{X: max(to.X, nearTo.X), Y: max(to.Y, nearTo.Y)}
	picture.ShowApart(l, before, mask, from, to, min(1, float64(fit*small)/k))
	return &raster.Compositor{Layers: []*raster.Layer{l, before}}
}

// levelAbove returns the smallest power of 5/4 that is no less than a factor. A picture of that many samples for each pixel of the frame has a
// level with one sample for each pixel, so that the first frame is as sharp as the picture.
func levelAbove(factor float64) float64 {
	k := 1.0
	for k < factor-1e-3 {
		k = float64(k * 1.25)
	}
	return k
}

// onePlane returns a compositor for a picture in one layer.
func (f *film) onePlane(picture *raster.Picture, l *raster.Layer, fromEnd bool, least float64) *raster.Compositor {
	from, to := f.seen(l, fromEnd)
	picture.Show(l, from, to, least)
	return &raster.Compositor{Layers: []*raster.Layer{l}}
}

// seen returns the part of a picture's layer that the camera sees in the whole video, with some to spare.
func (f *film) seen(l *raster.Layer, fromEnd bool) (from, to raster.Bounds) {
	spare := spareEdge
	if f.spec.First != nil && f.spec.Last != nil {
		spare = spareFlow
	}
	for i := range 65 {
		s := f.Shot(float64(i)/64, fromEnd)
		lo, hi := s.Extent(l)
		from.X, from.Y, to.X, to.Y = min(from.X, lo.X), min(from.Y, lo.Y), max(to.X, hi.X), max(to.Y, hi.Y)
	}
	// What a still camera sees needs nothing beyond.
	grow := func(seen, edge float64) float64 {
		if seen <= edge+1e-6 && spare == spareEdge {
			return seen
		}
		return seen + spare
	}
	return raster.Bounds{X: -grow(-from.X, -l.Lo.X), Y: -grow(-from.Y, -l.Lo.Y)}, raster.Bounds{X: grow(to.X, l.Hi.X), Y: grow(to.Y, l.Hi.Y)}
}

// keepInPicture limits the path to what a picture can show: not so near that its pixels blur, never folded, and beyond
// its edges only as far as a continuation looks natural.
func (f *film) keepInPicture(l *raster.Layer, fromEnd bool) {
	f.Plan.Path.Limit(camera.Path.ScaleApproach, func() bool { return f.maxGrowth(fromEnd) <= l.MaxMagnification })
	fits := func() bool {
		for i := range 33 {
			s := f.Shot(float64(i)/32, fromEnd)
			if !showsWithin(l, &s) {
				return false
			}
		}
		return true
	}
	f.Plan.Path.Limit(camera.Path.Scale, fits)
	f.Plan.Path.Limit(camera.Path.ScaleShake, fits)
}

// maxGrowth returns the largest factor by which the path scales the nearest parts of a picture.
func (f *film) maxGrowth(fromEnd bool) float64 {
	most := 1.0
	for i := range 65 {
		p := f.Pose(float64(i)/64, fromEnd)
		most = max(most, fp.Exp(p.Zoom)/max(1e-3, 1-float64(p.Z*(1+raster.DepthRange))/camera.Focal))
	}
	return most
}

// showsWithin reports whether a shot shows the layer of a picture within the limits.
func showsWithin(l *raster.Layer, s *raster.Shot) bool {
	lo, hi := s.Extent(l)
	// Beside a padded picture the frame shows a continuation from the beginning.
	half := raster.Bounds{X: float64(s.W) / float64(2*s.H), Y: 0.5}
	if max(hi.X-max(l.Hi.X, half.X), min(l.Lo.X, -half.X)-lo.X, hi.Y-max(l.Hi.Y, half.Y), min(l.Lo.Y, -half.Y)-lo.Y) > maxBeyond {
		return false
	}
	const across, down = 16, 12
	var above, row [across + 1][2]float64
	// The distance of two neighbours of the lattice on the picture for the camera's first pose.
	dx, dy := float64(s.W-1)/float64(across*s.H), float64(s.H-1)/float64(down*s.H)
	for j := range down + 1 {
		for i := range across + 1 {
			row[i][0], row[i][1] = s.Intersect(l, float64((s.W-1)*i)/across, float64((s.H-1)*j)/down)
			if i == 0 || j == 0 {
				continue
			}
			a, b, c := row[i-1], above[i], row[i]
			if magnification(c[0]-a[0], c[1]-a[1], c[0]-b[0], c[1]-b[1], dx, dy) > l.MaxMagnification*maxBentGrowth {
				return false
			}
		}
		above = row
	}
	return true
}

// magnification returns the largest factor, over all directions, by which a part of a picture is enlarged, if a step of
// dx to the right in the frame goes by (xx, xy) on the picture and a step of dy down by (yx, yy). It returns infinity
// if the picture is folded.
func magnification(xx, xy, yx, yy, dx, dy float64) float64 {
	xx, xy, yx, yy = xx/dx, xy/dx, yx/dy, yy/dy
	area := float64(xx*yy) - float64(xy*yx)
	if area <= 0 {
		return math.Inf(1)
	}
	// The singular values of a 2x2 matrix follow from its determinant and the sum of its squares.
	squares := float64(xx*xx) + float64(xy*xy) + float64(yx*yx) + float64(yy*yy)
	spread := math.Sqrt(max(0, float64(squares*squares)-float64(4*float64(area*area))))
	largest := math.Sqrt((squares + spread) / 2)
	return largest / area
}
