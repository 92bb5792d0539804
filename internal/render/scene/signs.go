package scene

import (
	"image"
	"image/color"
	"image/draw"
	"slices"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/typeset"
)

// maxSigns is how many signs a scene has.
const maxSigns = 2

// signColours are a board's ground and its letters.
type signColours struct {
	board, ink color.RGBA
	glow       bool // the letters shine
}

// signColours returns the colours of sign i: neon letters if the prompt says so, else one of a few boards.
func (s *scene) signColours(i int) signColours {
	if s.neon {
		inks := []color.RGBA{{255, 122, 214, 255}, {120, 230, 255, 255}}
		return signColours{board: color.RGBA{26, 20, 34, 255}, ink: inks[(s.rnd.IntN(2)+i)%2], glow: true}
	}
	boards := []color.RGBA{{28, 62, 88, 255}, {120, 34, 36, 255}, {34, 78, 56, 255}, {52, 44, 40, 255}}
	return signColours{board: boards[(s.rnd.IntN(4)+i)%4], ink: color.RGBA{252, 248, 236, 255}}
}

// drawSigns draws boards with the texts, beside what stands in the scene. Texts that no font has are left out.
func (s *scene) drawSigns() {
	set := typeset.NewSetter()
	texts := slices.DeleteFunc(slices.Clone(s.signs), func(t string) bool { drawn, _ := set.Drawable(t); return drawn == "" })
	texts = texts[:min(len(texts), maxSigns)]
	alone := len(s.subjects) == 0 && len(s.things) == 0
	for i, text := range texts {
		wide := min(0.75, float64(s.aspect*0.8)/float64(len(texts)))
		f := figure{foot: 0.24, floats: s.ground == "none", shines: s.neon}
		f.near = s.propNearness(prop{near: float64(2.6 * f.foot), foot: f.foot})
		f.x = float64(float64(-0.27*s.aspect) * sign(s.subjectX))
		switch road := s.ground == "road" || s.ground == "street"; {
		case len(texts) > 1:
			f.x = float64(float64(s.aspect*0.23) * float64(2*i-1))
		case alone && !road: // a road stays free
			f.x = float64(0.3 * s.subjectX)
		}
		picture := signPicture(set, text, wide, float64(s.take.H)*1.2, s.signColours(i), !f.floats)
		f.tall = float64(picture.Rect.Dy()) / float64(float64(s.take.H)*1.2)
		_, large := s.take.Sizes(f.near) // a push-in must not drive it out of the frame
		free := max(0, float64(0.48*s.aspect)/max(1, large)-float64(picture.Rect.Dx())/float64(float64(s.take.H)*2.4))
		f.x = fp.Clamp(f.x, -free, free)
		s.drawFigure(f, picture)
	}
}

// signPicture paints a board with a text, wide at most so many frame heights, on two posts. res is pixels to a frame height.
func signPicture(set *typeset.Setter, text string, wide, res float64, c signColours, posts bool) *image.RGBA {
	pad := int(float64(res * 0.05))
	b := set.Fit(text, typeset.Box{W: float64(wide*res) - float64(2*pad), H: float64(res * 0.26), Largest: float64(res * 0.15), Smallest: max(9, float64(res*0.035)), Lines: 3})
	letters := b.Draw()
	w, h := letters.Rect.Dx()+2*pad, letters.Rect.Dy()+2*pad
	below := 0
	if posts {
		below = int(float64(res * 0.16))
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h+below))
	fill := func(r image.Rectangle, c color.RGBA) { draw.Draw(out, r, image.NewUniform(c), image.Point{}, draw.Src) }
	post := max(2, int(float64(res*0.012)))
	for _, x := range []int{w / 5, w - w/5 - post} {
		fill(image.Rect(x, h, x+post, h+below), color.RGBA{58, 50, 44, 255})
	}
	edge := max(1, int(float64(res*0.006)))
	fill(image.Rect(0, 0, w, h), c.board)
	for i, r := range []image.Rectangle{image.Rect(0, 0, w, h).Inset(2 * edge), image.Rect(0, 0, w, h).Inset(3 * edge)} {
		fill(r, []color.RGBA{c.ink, c.board}[i])
	}
	if c.glow {
		writeOn(out, glowOf(letters, max(2, pad/2)), pad, c.ink, 0.55)
	}
	writeOn(out, letters, pad, c.ink, 1)
	return out
}

// writeOn blends letters in a colour over a picture, pad pixels from its corner.
func writeOn(to *image.RGBA, letters *image.Alpha, pad int, ink color.RGBA, strength float64) {
	for y := range letters.Rect.Dy() {
		for x := range letters.Rect.Dx() {
			a := float64(strength * float64(letters.Pix[y*letters.Stride+x]) / 255)
			if a == 0 {
				continue
			}
			c := to.RGBAAt(x+pad, y+pad)
			mix := func(from, to uint8) uint8 { return uint8(fp.Lerp(float64(from), float64(to), a) + 0.5) }
			to.SetRGBA(x+pad, y+pad, color.RGBA{mix(c.R, ink.R), mix(c.G, ink.G), mix(c.B, ink.B), 255})
		}
	}
}

// glowOf returns letters spread over r pixels in each direction.
func glowOf(letters *image.Alpha, r int) *image.Alpha {
	out := image.NewAlpha(letters.Rect)
	w, h := letters.Rect.Dx(), letters.Rect.Dy()
	sums := make([]int, (w+1)*(h+1)) // of all pixels above and to the left
	for y := range h {
		row := 0
		for x := range w {
			row += int(letters.Pix[y*letters.Stride+x])
			sums[(y+1)*(w+1)+x+1] = sums[y*(w+1)+x+1] + row
		}
	}
	for y := range h {
		for x := range w {
			x0, y0, x1, y1 := max(0, x-r), max(0, y-r), min(w, x+r+1), min(h, y+r+1)
			sum := sums[y1*(w+1)+x1] - sums[y0*(w+1)+x1] - sums[y1*(w+1)+x0] + sums[y0*(w+1)+x0]
			out.Pix[y*out.Stride+x] = byte(min(255, 2*sum/((2*r+1)*(2*r+1))))
		}
	}
	return out
}
