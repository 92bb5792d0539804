package scene

import (
	"image"
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/cutout"
	"github.com/filmgate/filmgate/internal/render/directions"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/words"
)

// maxSubjects is how many different cut-outs a scene has, and maxFigures how many figures in all.
const maxSubjects, maxFigures = 4, 12

// findSubjects returns the nouns of a prompt that become cut-outs: those that no phrase of the scene's table covers, and that
// do not direct the camera.
func findSubjects(prompt string) []cutout.Subject {
	text := words.Split(prompt)
	directed, phrased := directedWords(prompt, text), inPhrases(text)
	all := slices.DeleteFunc(cutout.Find(text, 2*maxSubjects), func(s cutout.Subject) bool {
		_, n := longestPhrase(text[s.First:])
		_, named := unspacedPhrases(s.Words)
		return n >= s.Length || named > 0 || phrased[s.First+s.Length-1] || !slices.Contains(directed[s.First:s.First+s.Length], false)
	})
	all = withoutRepeats(all, text)
	return all[:min(len(all), maxSubjects)]
}

// inPhrases reports for each word of a text whether it is a later word of a phrase of the scene's table: the piano of "primo piano" is none.
func inPhrases(text []string) []bool {
	out := make([]bool, len(text))
	for i := 0; i < len(text); i++ {
		if _, n := longestPhrase(text[i:]); n > 1 {
			for k := 1; k < n; k++ {
				out[i+k] = true
			}
			i += n - 1
		}
	}
	return out
}

// withoutRepeats removes nouns that were named before and have a definite article: "a car on a road, push in on the car" has one car.
func withoutRepeats(all []cutout.Subject, text []string) []cutout.Subject {
	var out []cutout.Subject
	for _, s := range all {
		again := slices.ContainsFunc(out, func(o cutout.Subject) bool { return o.Name == s.Name })
		before := text[max(0, s.First-3):s.First]
		if again && slices.ContainsFunc(before, func(w string) bool {
			return words.IsOne(w, "the this that its his her their der die das den dem le la les el los las il lo o os as")
		}) {
			continue
		}
		out = append(out, s)
	}
	return out
}

// directedWords reports for each word of a prompt whether it directs the camera: the crane of "crane up" is none.
func directedWords(prompt string, text []string) []bool {
	known := directions.Words(prompt)
	out := make([]bool, len(text))
	for i, w := range text {
		if list := known[w]; len(list) > 0 {
			out[i], known[w] = list[0], list[1:]
		}
	}
	return out
}

// isOfARoom reports whether something is found in rooms.
func isOfARoom(c cutout.Subject) bool { return c.Habitat == "room" || c.Name == "musical-keyboard" }

// habitatDefaults are the settings of scenes for cut-outs, which count only where no word says anything.
func habitatDefaults(habitat string) []string {
	return map[string][]string{
		"road": {"ground=road"}, "water": {"ground=sea", "far=none"}, "deep": {"hour=deep", "ground=seabed", "far=reef", "near=kelp", "fall=motes", "fall=bubbles"},
		"table": {"hour=studio", "ground=table", "far=none"},
	}[habitat]
}

// figure is a cut-out in its place.
type figure struct {
	cutout.Subject
	which               int // of the scene's subjects
	x, foot, tall, near float64
	floats              bool // in air or water: it has no shadow
	lamps               rgb  // the light of a location's lamps on it
	lies                bool // on a table seen from above: its shadow is beside it
	shines              bool // its light is its own
}

// figures returns the cut-outs in their places, side by side.
func (s *scene) figures() []figure {
	var all []int // of s.subjects, for each figure
	for i, subject := range s.subjects {
		for range min(subject.Count, maxFigures-len(all)) {
			all = append(all, i)
		}
	}
	out := make([]figure, len(all))
	for i, which := range all {
		out[i] = s.place(s.subjects[which], i, len(all))
		out[i].which = which
	}
	return out
}

// drawSubjects draws the cut-outs. Those of one noun share a picture.
func (s *scene) drawSubjects() {
	figures := s.figures()
	s.lightFigures(figures)
	pictures := make([]*image.RGBA, len(s.subjects))
	for _, f := range figures {
		if pictures[f.which] == nil {
			pictures[f.which] = s.paintFigure(f)
		}
		s.drawFigure(f, pictures[f.which])
	}
}

// lightFigures gives figures the light of their location's lamps.
func (s *scene) lightFigures(figures []figure) {
	light := &location{scene: s, plan: s.plan(), flip: -sign(s.subjectX)}
	if s.location == "" || light.plan == nil {
		return
	}
	light.placeLamps()
	share := 0.7
	if s.inside {
		share = 0.3
	}
	for i, f := range figures {
		d := float64(eyeHeight*camera.Focal) / max(0.05, f.foot)
		figures[i].lamps = light.lampLight(float64(f.x*d)/camera.Focal, 0.9, d).times(share)
	}
}

// paintFigure paints a figure's picture: a person whole, even if the drawing shows head and shoulders only, unless the camera is near.
func (s *scene) paintFigure(f figure) *image.RGBA {
	tall := float64(f.tall * float64(s.take.H) * 1.3)
	whole := isPerson(f.Name) && !isBody(f.Name) && f.Habitat == "ground" && !s.isNear()
	times, cloth := bodyHeight, (*rgb)(nil)
	if isHead(f.Name) {
		wear := []rgb{{64, 96, 140}, {150, 70, 62}, {84, 116, 84}, {122, 96, 140}}
		times, cloth = headHeight, &wear[s.seed%uint32(len(wear))]
	}
	if whole {
		tall /= times
	}
	picture := f.Paint(int(tall), f.Colour)
	if whole {
		picture = withBody(picture, times, cloth)
	}
	if s.inkLine > 0 {
		picture = inked(picture, max(1, int(float64(s.inkLine*float64(picture.Rect.Dy()))/f.tall)))
	}
	return picture
}

// place chooses where figure i of all stands, and its size.
func (s *scene) place(subject cutout.Subject, i, all int) figure {
	f := figure{Subject: subject, shines: slices.Contains([]string{"red-paper-lantern", "diya-lamp", "light-bulb", "candle", "jack-o-lantern", "fireworks"}, subject.Name)}
	// The fourth root: an ant is smaller than an elephant, but both can be seen.
	f.tall = fp.Clamp(0.38*math.Sqrt(math.Sqrt(subject.Metres/1.7)), 0.2, 0.5)
	slot := 0.84 * s.aspect / float64(all)
	f.tall = min(f.tall, float64(slot*1.1))
	f.x = s.subjectX * 0.4
	if all > 1 {
		f.x = float64(slot * (float64(i) - float64(float64(all-1)/2)))
	}
	f.foot = map[string]float64{"road": 0.24, "water": 0.16, "table": 0.28, "building": 0.12, "deep": 0.24}[subject.Habitat]
	if f.foot == 0 {
		f.foot = 0.25
	}
	// Figures of a group stand at several distances.
	f.foot += float64(0.02 * float64(i%3))
	if s.location != "" {
		s.placeIndoors(&f, slot)
	}
	if all > 1 { // side by side
		small := f.Paint(32, nil).Rect
		f.tall = min(f.tall, float64(1.05*slot*float64(small.Dy()))/float64(small.Dx()))
	}
	f.near = float64(usualSlope * f.foot) // as near as the ground at its foot
	switch {
	case subject.Habitat == "air" || s.ground == "none":
		f.foot, f.near, f.floats = -0.12-float64(0.05*float64(i%3)), 0.6, true
	case subject.Habitat == "deep":
		f.foot, f.floats = f.foot-float64(0.07*float64(i%3)), true
	}
	s.frameFigure(&f, all)
	f.near = s.propNearness(prop{near: f.near, foot: f.foot})
	return f
}

// drawFigure paints a figure's layer: its picture in the light of the hour, over its shadow.
func (s *scene) drawFigure(f figure, picture *image.RGBA) {
	margin := 14 // samples: enough for the splines of coarse levels to settle before the layer ends
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	if f.lies { // and for the shadow beside it
		margin += 2 * castOffset(h)
	}
	res := float64(h) / f.tall
	if wide := float64(w) / res; wide > 0.84*s.aspect { // a wide drawing must fit the frame
		res = float64(w) / float64(0.84*s.aspect)
	}
	below := max(4, h/14)
	mirror := 0.0 // samples of the floor that reflect it
	if s.set != nil && !f.lies {
		mirror, below = float64(0.34*float64(h)), max(4, h/24)
	}
	wide := float64(w) / res
	corner := raster.Bounds{X: f.x - float64(wide/2) - float64(float64(margin)/res), Y: s.horizon + f.foot - float64(float64(h+margin)/res)}
	small, _ := s.take.Sizes(f.near)
	least := min(1, float64(small*float64(s.take.H))/res)
	s.addSampledLayer(raster.Layer{Near: raster.Nearness{Base: f.near}}, w+2*margin, h+max(below, int(mirror))+2*margin, res, corner, least, func(x int) func(y int) (rgb, float64) {
		x -= margin
		u := float64(float64(2*x-w) / float64(w))
		return func(y int) (rgb, float64) {
			y -= margin
			c, a := rgb{}, 0.0
			switch {
			case f.lies:
				c, a = s.shadow, float64(0.5*s.castShadow(picture, x, y, h))
			case !f.floats:
				v := float64(y-h+below/3) / float64(below)
				c, a = s.shadow.times(0.5), float64(0.5*bump(hypot(u, v)))
			}
			seen := 1.0
			if deep := y - h; deep >= 0 && float64(deep) < mirror {
				y, seen = h-1-deep, s.reflected(float64(deep)/mirror)
			}
			if x < 0 || y < 0 || x >= w || y >= h {
				return c, a
			}
			p := picture.RGBAAt(x, y)
			if p.A == 0 {
				return c, a
			}
			k := 255 / float64(p.A)
			shade := fp.MulAdd(float64(u*sign(s.sunX)), 0.1, fp.MulAdd(float64(y)/float64(h), -0.14, 1.04))
			own := rgb{float64(float64(p.R) * k), float64(float64(p.G) * k), float64(float64(p.B) * k)}
			if !f.shines {
				own = s.litFigure(own).plus(rgb{float64(own.r * f.lamps.r), float64(own.g * f.lamps.g), float64(own.b * f.lamps.b)}, 1.0/255).times(shade)
			}
			if s.set != nil { // a soft light from the side of the light, and above
				own = own.to(rgb{255, 255, 255}, float64(0.16*bump((u-float64(0.42*sign(s.sunX))+float64(float64(y)/float64(h)*0.3))/0.3)))
			}
			return blendOver(c, a, own, float64(seen*float64(p.A))/255)
		}
	})
}

// reflected returns how much the floor reflects of what is so far above it, of 1: all that is reflected.
func (s *scene) reflected(up float64) float64 {
	left := max(0, 1-up)
	return float64(s.set.gloss * float64(left*left))
}

// litFigure returns a colour of a figure in the light of the hour. Figures are what the prompt is about, so the dark does
// not swallow them.
func (s *scene) litFigure(c rgb) rgb {
	return s.lit(c).to(c, float64(0.45*(1-float64(0.6*s.bright))))
}
