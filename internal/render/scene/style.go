package scene

import (
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// style is how the words ask for colours and edges to be treated. The zero value, with light factors of 1, changes nothing.
type style struct {
	dim, vivid, contrast   float64 // factors for light, for colour and for differences of light
	tint                   rgb     // a colour that everything leans to
	tintShare              float64 // how much, 0 to 1
	splitDark, splitBright rgb     // what dark and what bright colours lean to
	splitShare             float64
	bands                  float64 // the number of steps of light; 0: it is continuous
	inkLine                float64 // how thick the lines round figures are, in frame heights; 0: none
}

// plainStyle returns the style that changes nothing.
func plainStyle() style { return style{dim: 1, vivid: 1, contrast: 1} }

// plain reports whether a style changes no colour.
func (s *style) plain() bool {
	return s.vivid == 1 && s.tintShare == 0 && s.dim == 1 && s.contrast == 1 && s.splitShare == 0 && s.bands == 0
}

// read reads one setting of a style. It reports whether it is one.
func (s *style) read(name, value string) bool {
	switch name {
	case "dim":
		s.dim *= hundredth(value)
	case "vivid":
		s.vivid *= hundredth(value)
	case "contrast":
		s.contrast *= hundredth(value)
	case "tint":
		colour, share, _ := strings.Cut(value, "/")
		s.tint, s.tintShare = hex(colour), hundredth(share)
	case "split":
		dark, rest, _ := strings.Cut(value, "/")
		bright, share, _ := strings.Cut(rest, "/")
		s.splitDark, s.splitBright, s.splitShare = hex(dark), hex(bright), hundredth(share)
	case "bands":
		s.bands = 100 * hundredth(value)
	case "outline":
		s.inkLine = hundredth(value) / 10
	default:
		return false
	}
	return true
}

// grade returns a colour in the mood that the words ask for.
func (s *style) grade(c rgb) rgb {
	grey := luma(c)
	c = rgb{grey, grey, grey}.to(c, s.vivid)
	c = c.to(s.tint.times(fp.MulAdd(grey, 1.2/255, 0.12)), s.tintShare)
	if s.contrast != 1 {
		middle := rgb{80, 80, 80}
		c = middle.to(c, s.contrast)
	}
	if s.splitShare > 0 {
		lean := s.splitDark.to(s.splitBright, fp.Smoothstep(50, 190, grey))
		c = c.to(lean.times(fp.MulAdd(grey, 1.25/255, 0.1)), s.splitShare)
	}
	if s.bands > 0 {
		c = s.stepped(c)
	}
	return c.times(s.dim)
}

// stepped returns a colour with the nearest of a few steps of light.
func (s *style) stepped(c rgb) rgb {
	grey := max(1, luma(c))
	step := 255 / s.bands
	n := math.Floor(grey / step)
	to := float64((n + fp.Smoothstep(0.46, 0.54, grey/step-n)) * step)
	return c.times((to + float64(0.2*step)) / grey)
}

// luma returns how light a colour is, 0 to 255.
func luma(c rgb) float64 {
	return fp.MulAdd(c.r, 0.3, fp.MulAdd(c.g, 0.59, float64(c.b*0.11)))
}

// inked returns a picture with a dark line of r pixels round what it shows.
func inked(picture *image.RGBA, r int) *image.RGBA {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w+2*r, h+2*r))
	ink := color.RGBA{30, 24, 30, 255}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			near := uint8(0)
			for v := -r; v <= r && near < 255; v++ {
				for u := -r; u <= r; u++ {
					if p := (image.Point{X: x - r + u, Y: y - r + v}); u*u+v*v <= r*r && p.In(picture.Rect) {
						near = max(near, picture.Pix[picture.PixOffset(p.X, p.Y)+3])
					}
				}
			}
			k := uint32(near)
			c := color.RGBA{uint8(uint32(ink.R) * k / 255), uint8(uint32(ink.G) * k / 255), uint8(uint32(ink.B) * k / 255), near}
			if p := (image.Point{X: x - r, Y: y - r}); p.In(picture.Rect) {
				own := picture.RGBAAt(p.X, p.Y)
				left := 255 - uint32(own.A)
				over := func(own, under uint8) uint8 { return own + uint8(uint32(under)*left/255) }
				c = color.RGBA{over(own.R, c.R), over(own.G, c.G), over(own.B, c.B), over(own.A, c.A)}
			}
			out.SetRGBA(x, y, c)
		}
	}
	return out
}
