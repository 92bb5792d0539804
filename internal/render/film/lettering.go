package film

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/scene"
	"github.com/filmgate/filmgate/internal/render/typeset"
	"github.com/filmgate/filmgate/internal/render/words"
)

// reading is what a spec's prompt asks to be written, and what it asks to be drawn.
type reading struct {
	letterings []words.Lettering
	signs      []string // texts that stand on boards in the scene
	scene      string   // the prompt without them
	card       string   // what the prompt is about, if nothing of it can be drawn
	plate      bool     // the words are written on a plate: the prompt names no scene
}

// read reads the spec's prompt. Over a picture there are no signs, because the picture has them.
func (s Spec) read() reading {
	found, rest := words.Letterings(s.Prompt)
	r := reading{scene: rest}
	for _, l := range found {
		if l.Kind == words.Sign && s.hasPicture() {
			continue
		}
		r.letterings = append(r.letterings, l)
	}
	if s.hasPicture() {
		return r
	}
	if len(r.letterings) == 0 {
		r.card = scene.Card(rest)
	}
	r.plate = r.card != "" || len(r.letterings) > 0 && !scene.Shows(rest)
	if !r.plate {
		r.letterings = slices.DeleteFunc(r.letterings, func(l words.Lettering) bool {
			if l.Kind == words.Sign {
				r.signs = append(r.signs, l.Text)
			}
			return l.Kind == words.Sign
		})
	}
	return r
}

func (s Spec) hasPicture() bool { return s.First != nil || s.Last != nil }

// lettering is a text over the frames, from one time of the video to another, and how it comes and goes.
type lettering struct {
	mask     *overlayMask
	text     string  // of the prompt; "" of a card
	from, to float64 // times of the video in seconds
	entrance entrance
	lasts    bool // it stays until the video ends
}

// entrance is how a text appears.
type entrance int

const (
	stand  entrance = iota // it is there from the beginning
	fade                   // it becomes visible
	slide                  // it rises to its place
	reveal                 // it is uncovered from the left to the right
)

// entranceSeconds is how long a text takes to appear.
const entranceSeconds = 0.9

// newLetterings sets the texts of a prompt, one after another if there are several.
func newLetterings(s Spec, r reading, set *typeset.Setter) []lettering {
	var out []lettering
	for _, l := range r.letterings {
		mask := letteringMask(l, s, r.plate, set)
		if mask != nil {
			out = append(out, lettering{mask: mask, text: l.Text, entrance: entranceOf(l.Kind, r.scene)})
		}
	}
	seconds := float64(s.Frames) / float64(s.FrameRate)
	for i := range out {
		out[i].lasts, out[i].to = true, seconds
		if i > 0 {
			// Not in the middle, which the poster shows.
			out[i].from = float64(seconds * (float64(i)/float64(len(out)) + 0.06))
			out[i-1].lasts, out[i-1].to = false, out[i].from
		}
	}
	if r.card != "" {
		out = append(out, lettering{mask: cardMask(r.card, s, set), entrance: stand, to: seconds, lasts: true})
	}
	return out
}

// entranceOf returns how a text appears: as the prompt says, or as is usual for its kind.
func entranceOf(k words.Kind, prompt string) entrance {
	for _, w := range words.Split(prompt) {
		switch {
		case strings.HasPrefix(w, "fad"):
			return fade
		case strings.HasPrefix(w, "slid") || w == "rises" || w == "rising":
			return slide
		case strings.HasPrefix(w, "reveal") || strings.HasPrefix(w, "wipe") || strings.HasPrefix(w, "typ"):
			return reveal
		}
	}
	switch k {
	case words.Logo:
		return reveal
	case words.Text, words.Sign:
		return slide
	}
	return fade
}

// letteringMask sets a text in the size and at the place of its kind; nil if no font has its letters.
func letteringMask(l words.Lettering, s Spec, plate bool, set *typeset.Setter) *overlayMask {
	if l.Kind == words.Subtitle {
		return subtitle(l.Text, s, set)
	}
	w, h := float64(s.Width), float64(s.Height)
	largest := map[words.Kind]float64{words.Title: 0.15, words.Logo: 0.2}[l.Kind]
	if largest == 0 {
		largest = 0.17
	}
	box := typeset.Box{W: w * 0.8, H: h * 0.5, Largest: max(minTextSize, min(h, w)*largest), Smallest: max(minTextSize, min(h, w)/24), Lines: 4}
	middle := h / 2
	if !plate && l.Kind == words.Text && !s.hasPicture() { // above the horizon and what stands on the ground
		box.H, box.Lines, middle = h*0.36, 2, h*0.26
	}
	b := set.Fit(l.Text, box)
	if b == nil {
		return nil
	}
	letters := b.Draw()
	switch l.Kind {
	case words.Title:
		letters = underline(letters, b.Size())
	case words.Sign:
		letters = boxed(letters, b.Size())
	}
	out := newTextMask(letters, b.Size()/12, 245)
	out.x += s.Width / 2
	out.y += int(middle)
	return out
}

// underline returns letters with a short line below them, for letters of a size in pixels.
func underline(letters *image.Alpha, size float64) *image.Alpha {
	half, thick := int(size*0.9), max(2, int(size/18))
	top := letters.Rect.Max.Y + int(size*0.45)
	line := image.Rect(-half, top, half, top+thick)
	out := image.NewAlpha(letters.Rect.Union(line))
	for y := letters.Rect.Min.Y; y < letters.Rect.Max.Y; y++ {
		copy(out.Pix[out.PixOffset(letters.Rect.Min.X, y):], letters.Pix[letters.PixOffset(letters.Rect.Min.X, y):][:letters.Rect.Dx()])
	}
	for y := line.Min.Y; y < line.Max.Y; y++ {
		for x := line.Min.X; x < line.Max.X; x++ {
			out.Pix[out.PixOffset(x, y)] = 200
		}
	}
	return out
}

// visibleAt returns how much of the text is seen at a time in seconds. It reports false if nothing is.
func (l *lettering) visibleAt(seconds float64) (visibility, bool) {
	takes := min(entranceSeconds, float64((l.to-l.from)*0.35))
	come := fp.Smoothstep(0, 1, (seconds-l.from)/takes)
	if l.entrance == reveal {
		come = fp.Clamp((seconds-l.from)/takes, 0, 1)
	}
	v := seen()
	switch l.entrance {
	case stand:
	case slide:
		v.down = int(math.Floor(float64(float64(16*l.mask.white.Rect.Dy())*0.5*float64((1-come)*(1-come))) + 0.5))
		v.opacity = int(float64(256 * come))
	case reveal:
		w := float64(l.mask.white.Rect.Dx())
		v.soft = int(float64(w*0.15)) + 1
		v.edge = int(float64(fp.Smoothstep(0, 1, come)*(w+float64(v.soft)))) + 1
		if come == 1 {
			v.soft = 0
		}
	default:
		v.opacity = int(float64(256 * come))
	}
	if !l.lasts {
		v.opacity = int(float64(float64(v.opacity) * fp.Smoothstep(0, 1, (l.to-seconds)/float64(takes*0.5))))
	}
	return v, v.opacity > 0
}
