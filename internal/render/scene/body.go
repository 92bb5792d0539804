package scene

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// busts are the beginnings of the names of drawings that show only a person's head and shoulders; bodies are parts of the names of those
// that begin like them and show the whole.
const (
	busts  = "person man woman boy girl child older-person old-man old-woman health-worker student teacher judge farmer cook mechanic factory-worker office-worker scientist technologist singer artist pilot astronaut firefighter police-officer detective guard ninja construction-worker prince princess pregnant-woman santa-claus mrs-claus mx-claus"
	bodies = "standing walking running kneeling dancing cane wheelchair levitating bunny steamy climbing fencing golfing surfing rowing swimming bouncing lifting biking cartwheeling wrestling polo handball juggling lotus bath bed merpeople genie fairy haircut feeding"
)

// isPerson reports whether a drawing of a name shows a person.
func isPerson(name string) bool {
	for b := range strings.FieldsSeq(busts) {
		if rest, ok := strings.CutPrefix(name, b); ok && (rest == "" || rest[0] == '-') {
			return true
		}
	}
	return false
}

// isBody reports whether the drawing of a person shows the whole.
func isBody(name string) bool {
	for b := range strings.FieldsSeq(bodies) {
		if strings.Contains(name, b) {
			return true
		}
	}
	return false
}

// bodyHeight is how many times as high as a bust the whole figure is, headHeight as a head without shoulders.
const bodyHeight, headHeight = 2.5, 3.1

// body is what stands below a bust, in pixels.
type body struct {
	*image.RGBA
	bust           *image.RGBA
	middle, half   float64 // of the shoulders, at the bust's lower edge
	row            int     // of the bust: what its clothes are like
	cloth          *rgb    // what is worn below a head without shoulders; nil: what the bust wears
	skin, trousers rgb
}

// isHead reports whether the drawing of a person shows the head only.
func isHead(name string) bool {
	for _, end := range []string{"", "-blonde-hair", "-beard", "-red-hair", "-curly-hair", "-white-hair", "-bald"} {
		if who, ok := strings.CutSuffix(name, end); ok && slices.Contains([]string{"person", "man", "woman", "boy", "girl", "child", "older-person", "old-man", "old-woman"}, who) {
			return true
		}
	}
	return false
}

// withBody returns a bust with a body that stands, the whole so many times as high: the clothes go on below it, over trousers and shoes.
// A head gets shoulders, in the cloth given.
func withBody(bust *image.RGBA, times float64, cloth *rgb) *image.RGBA {
	w, h := bust.Rect.Dx(), bust.Rect.Dy()
	b := &body{RGBA: image.NewRGBA(image.Rect(0, 0, w, int(float64(h)*times))), bust: bust, cloth: cloth, row: h - 1 - h/32}
	left, right := w, 0
	if cloth != nil {
		left, right = w/24, w-1-w/24
	}
	for x := range w {
		if bust.Pix[bust.PixOffset(x, b.row)+3] > 200 {
			left, right = min(left, x), max(right, x)
		}
	}
	if right <= left {
		return bust
	}
	b.middle, b.half = float64(left+right)/2, float64(right-left)/2
	b.skin, b.trousers = skinOf(bust), b.clothes(0).times(0.4).to(rgb{40, 46, 66}, 0.65)
	top := h
	if cloth != nil {
		top -= h / 12
	}
	for y := top; y < b.Rect.Dy(); y++ {
		b.drawRow(y, float64(y-top)/float64(b.Rect.Dy()-top))
	}
	draw.Draw(b.RGBA, bust.Rect, bust, image.Point{}, draw.Over)
	return b.RGBA
}

// clothes returns the colour of the bust's lower edge at a share of its half width from the middle, -1 to 1.
func (b *body) clothes(at float64) rgb {
	if b.cloth != nil {
		return *b.cloth
	}
	x := int(fp.Clamp(fp.MulAdd(at, float64(b.half*0.96), b.middle), 0, float64(b.bust.Rect.Dx()-1)))
	p := b.bust.RGBAAt(x, b.row)
	k := 255 / max(1, float64(p.A))
	return rgb{float64(float64(p.R) * k), float64(float64(p.G) * k), float64(float64(p.B) * k)}
}

// skinOf returns the colour of the bust's face: of its pixels that nearest to the yellow that the drawings have.
func skinOf(bust *image.RGBA) rgb {
	best, least := rgb{250, 200, 70}, math.Inf(1)
	for i := 0; i < len(bust.Pix); i += 4 {
		if p := bust.Pix[i : i+4]; p[3] == 255 {
			c := rgb{float64(p[0]), float64(p[1]), float64(p[2])}
			if off := math.Abs(c.r-250) + math.Abs(c.g-200) + math.Abs(c.b-70); off < least {
				best, least = c, off
			}
		}
	}
	return best
}

// drawRow draws a row of the body, t of its height below the bust.
func (b *body) drawRow(y int, t float64) {
	const waist, knee, ankle = 0.36, 0.7, 0.94
	half := b.half
	for x := range b.Rect.Dx() {
		u := (float64(x) - b.middle) / half // of the shoulders' half width
		c, a := rgb{}, 0.0
		put := func(with rgb, d float64) { // d: the distance to its edge as a share of the shoulders' half width
			c, a = blendOver(c, a, with, fp.Clamp(fp.MulAdd(-d, half, 0.5), 0, 1))
		}
		if t > waist-0.04 { // legs
			leg := fp.Lerp(0.27, 0.2, fp.Smoothstep(waist, knee, t))
			at := math.Abs(u) - fp.Lerp(0.3, 0.34, t)
			shade := 1 - float64(0.18*fp.Smoothstep(0.05, -0.25, at))
			put(b.trousers.times(shade), max(math.Abs(at)-leg, t-ankle-0.02))
			put(rgb{44, 38, 42}, hypot((at-0.05)/1.15, float64((t-0.99)*2.2))-0.25)
		}
		torso := fp.Lerp(0.74, 0.58, fp.Smoothstep(0, waist, t))
		if t < waist {
			shade := fp.MulAdd(bump(u/0.9), 0.1, 0.9)
			put(b.clothes(u/fp.Lerp(1, 0.66, t/waist)).times(shade), max(math.Abs(u)-torso, b.aboveShoulders(u, t)))
		}
		arm := math.Abs(u) - fp.Lerp(0.86, 0.82, t/0.5)
		put(b.skin, hypot(arm, float64((t-0.45)*2.4))-0.13)
		sleeve := fp.Lerp(0.16, 0.115, t/0.42)
		put(b.clothes(float64(0.9*sign(u))).times(0.86), max(math.Abs(arm)-sleeve, t-0.43, b.aboveShoulders(u, t)))
		if a > 0 {
			b.SetRGBA(x, y, color.RGBA{premultiplied(c.r, a), premultiplied(c.g, a), premultiplied(c.b, a), uint8(float64(a*255) + 0.5)})
		}
	}
}

// aboveShoulders returns how far a point is above the round shoulders of a head without any; a bust has its own.
func (b *body) aboveShoulders(u, t float64) float64 {
	if b.cloth == nil {
		return -1
	}
	return float64((float64(0.1*u*u*u*u) - t) * 3)
}

// premultiplied returns a channel of 0 to 255 as a picture with an opacity a holds it.
func premultiplied(v, a float64) uint8 {
	return uint8(fp.Clamp(float64(v*a)+0.5, 0, float64(a*255)+0.5))
}
