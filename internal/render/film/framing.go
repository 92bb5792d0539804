package film

import (
	"image"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
)

// framing is how a picture lies in the frame before the camera moves.
type framing struct {
	scale   float64         // pixels of the frame for each pixel of the picture
	lo, hi  raster.Bounds   // the picture's corners in frame heights from the middle of the frame
	padded  bool            // the picture does not cover the frame
	graphic bool            // the picture is a drawing or text, not a photograph
	look    *vision.Picture // the reduced picture that it was chosen by; nil: none was needed
}

// Rules of framing.
const (
	freeCrop  = 0.05 // share of the picture that may be cut off without looking at what it shows
	aboveHead = 0.06 // space over a head, in frame heights
	belowHead = 0.03 // and below and beside it
)

// newFraming chooses what of a picture a frame of w x h pixels shows. A picture of the frame's shape fills it. Of a photograph of
// another shape the middle is shown, or so far aside as faces require, and if they don't fit, or the picture is a drawing or text,
// all that matters is shown and the rest of the frame is a continuation of the picture. An upright photograph without faces
// loses more at its foot than at its top.
func newFraming(src image.Image, w, h int) framing {
	b := src.Bounds()
	pw, ph := float64(b.Dx()), float64(b.Dy())
	cover, contain := max(float64(w)/pw, float64(h)/ph), min(float64(w)/pw, float64(h)/ph)
	middle := [2]float64{pw / 2, ph / 2}
	if contain >= float64(cover*(1-freeCrop)) {
		return placed(pw, ph, cover, middle, w, h)
	}
	look := vision.NewPicture(src)
	if look.IsGraphic() {
		f := placed(pw, ph, contain, middle, w, h).by(look)
		f.graphic = true
		return f
	}
	if ph >= pw && contain == float64(h)/ph { // an upright picture in a lower frame
		// Of a very tall picture the middle is still shown.
		shown := float64(h) / cover
		middle[1] -= min(float64((ph-shown)/6), float64(shown/4))
	}
	faces := look.Faces()
	if len(faces) == 0 {
		return placed(pw, ph, cover, middle, w, h).by(look)
	}
	from, to := headsOf(faces, b.Min)
	// The scale at which the heads and the space round them fit.
	sides := float64(2 * belowHead * float64(h))
	scale := min(cover, (float64(w)-sides)/max(1, to[0]-from[0]), (float64(h)-float64((aboveHead+belowHead)*float64(h)))/max(1, to[1]-from[1]))
	scale = max(scale, contain)
	space := float64(h) / scale
	margins := [2][2]float64{{float64(belowHead * space), float64(belowHead * space)}, {float64(aboveHead * space), float64(belowHead * space)}}
	for i, shown := range [2]float64{float64(w) / scale, space} {
		// The middle may be where the heads are in the frame with space round them.
		middle[i] = min(middle[i], from[i]-margins[i][0]+float64(shown/2))
		middle[i] = max(middle[i], to[i]+margins[i][1]-float64(shown/2))
	}
	return placed(pw, ph, scale, middle, w, h).by(look)
}

// by returns the framing with the reduced picture.
func (f framing) by(look *vision.Picture) framing {
	f.look = look
	return f
}

// headsOf returns the corners of the box round the heads of all faces that are at least half as large as the largest one.
func headsOf(faces []vision.Face, origin image.Point) (from, to [2]float64) {
	largest := 0
	for _, f := range faces {
		largest = max(largest, f.Box.Dy())
	}
	var all image.Rectangle
	for _, f := range faces {
		if 2*f.Box.Dy() >= largest {
			all = all.Union(f.Head().Sub(origin))
		}
	}
	return [2]float64{float64(all.Min.X), float64(all.Min.Y)}, [2]float64{float64(all.Max.X), float64(all.Max.Y)}
}

// placed returns the framing of a picture of pw x ph pixels whose point middle is in the middle of the frame, as far as the picture
// covers the frame then; where it is smaller than the frame it is in the middle.
func placed(pw, ph, scale float64, middle [2]float64, w, h int) framing {
	f := framing{scale: scale}
	var lo, hi [2]float64
	for i, v := range [2][2]float64{{pw, float64(w)}, {ph, float64(h)}} {
		size, half := v[0], float64(v[1]/scale/2)
		at := max(half, min(size-half, middle[i]))
		if shown := float64(v[1] / scale); size <= shown {
			at = size / 2
			f.padded = f.padded || size < shown-0.5/scale
		}
		lo[i], hi[i] = float64(-float64(at)*scale)/float64(h), float64((size-float64(at))*scale)/float64(h)
	}
	f.lo, f.hi = raster.Bounds{X: lo[0], Y: lo[1]}, raster.Bounds{X: hi[0], Y: hi[1]}
	return f
}
