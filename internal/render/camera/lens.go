package camera

import (
	"math"
	"strings"

	"github.com/filmgate/filmgate/internal/render/directions"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/words"
)

// RackFocus is the name of the move that is a Rack.
const RackFocus = directions.RackFocus

// Rack is a change of focus that a prompt asks for.
type Rack struct {
	Source, Target string  // what it comes from and what it goes to; "": not named
	From, To       float64 // times of [0,1]
}

// LensPath is the focal distance as a function of time. The zero value is a lens that shows everything sharp.
type LensPath struct {
	focus    float64 // nearness of what is sharp at first
	changes  []focusChange
	aperture float64
}

// focusChange is a way of the focus to a nearness, between two times of [0,1].
type focusChange struct{ from, to, near float64 }

// How strong the blur is, in frame heights (a standard deviation).
const (
	rackBlur     = 0.011 // of what one end of a rack focus has, while the other end is sharp
	mostAperture = 0.2   // of what is 1 nearer or farther
	leastApart   = 0.02  // how much two distances must differ to be told apart by focus
)

// Words for the two ends of what is seen.
const (
	nearWords = "foreground front near close vordergrund vorne premier avant primer primeiro primo plano frente 前景 近处 近處 手前"
	farWords  = "background backdrop back far distance distant horizon sky hintergrund hinten ferne horizont himmel arrière fond lointain ciel fondo " +
		"lejos horizonte cielo fundo longe céu sfondo lontano orizzonte 背景 远处 遠處 遠く 奥 後景 空 天空"
)

// end returns near or far if words name one of the two ends.
func end(text string, near, far float64) (float64, bool) {
	for w := range strings.FieldsSeq(text) {
		switch {
		case words.IsOne(w, farWords):
			return far, true
		case words.IsOne(w, nearWords):
			return near, true
		}
	}
	return 0, false
}

// NewLensPath returns the lens for changes of focus. find returns the nearness of what words name, other than
// the foreground and the background. What is not named is the end,
// near or far, that is farther from what is named; focus that nothing is said of stays where it is. A change that has both ends at the same
// distance is none.
func NewLensPath(racks []Rack, near, far float64, find func(words string) (float64, bool)) LensPath {
	at := func(text string) (float64, bool) {
		if n, ok := find(text); ok {
			return n, true
		}
		return end(text, near, far)
	}
	var l LensPath
	now, widest := math.Inf(1), 0.0
	for _, r := range racks {
		source, named := at(r.Source)
		target, known := at(r.Target)
		other := func(end float64) float64 {
			if math.Abs(end-near) > math.Abs(end-far) {
				return near
			}
			return far
		}
		switch {
		case !named && !math.IsInf(now, 1):
			source = now
		case !named && known:
			source = other(target)
		case !named:
			source = near
		}
		if !known {
			target = other(source)
		}
		if math.IsInf(now, 1) {
			l.focus = source
		} else if source != now {
			l.changes = append(l.changes, focusChange{r.From, r.From, source})
		}
		// At both ends it stays a while.
		part := r.To - r.From
		l.changes = append(l.changes, focusChange{fp.MulAdd(0.25, part, r.From), fp.MulAdd(0.75, part, r.From), target})
		now, widest = target, max(widest, math.Abs(target-source))
	}
	if widest < leastApart {
		return LensPath{}
	}
	l.aperture = min(mostAperture, rackBlur/widest)
	return l
}

// Sharp reports whether the lens shows everything sharp.
func (l LensPath) Sharp() bool { return l.aperture == 0 }

// At returns the nearness of what is sharp at time t of [0,1], and the blur of what is 1 nearer or farther, in frame heights.
func (l LensPath) At(t float64) (focus, aperture float64) {
	focus = l.focus
	for _, c := range l.changes {
		switch {
		case t >= c.to:
			focus = c.near
		case t > c.from:
			focus = fp.Lerp(focus, c.near, ease((t-c.from)/(c.to-c.from), 0.5))
		}
	}
	return focus, l.aperture
}
