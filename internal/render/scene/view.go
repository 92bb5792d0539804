package scene

import (
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/cutout"
)

// The frames that words ask for: how near the camera is to what a prompt is about, and from where it looks. "": as ever.
const (
	frameWide   = "wide"   // it is small in a large frame
	frameThird  = "third"  // it is a little nearer, on a third of the frame
	frameClose  = "close"  // it fills most of the frame's height
	frameMacro  = "macro"  // it fills the frame, before a ground far out of focus
	frameAerial = "aerial" // from above, with the horizon in the upper part of the frame
	frameTop    = "top"    // straight down or, on what is drawn from the side, from so high that no horizon is seen
)

// isNear reports whether the camera is so near that all else is out of focus.
func (s *sceneSpec) isNear() bool { return s.frame == frameClose || s.frame == frameMacro }

// isHigh reports whether the camera looks from above.
func (s *sceneSpec) isHigh() bool { return s.frame == frameAerial || s.frame == frameTop }

// groundSlope returns how much nearer ground is, a frame height below the horizon: the higher the camera, the less.
func (s *sceneSpec) groundSlope() float64 {
	switch s.frame {
	case frameAerial:
		return 1.3
	case frameTop:
		return 1
	}
	return usualSlope
}

// altitude returns how many times higher than usual the camera is above the ground.
func (s *sceneSpec) altitude() float64 {
	switch s.frame {
	case frameAerial:
		return 3
	case frameTop:
		return 3.4
	}
	return 1
}

// sharpness returns how many samples of the background there are to a usual one.
func (s *sceneSpec) sharpness() float64 {
	switch s.frame {
	case frameClose:
		return 0.3
	case frameMacro:
		return 0.16
	}
	return 1
}

// lookCloser finds what a close-up shows: nouns that are else a part of the scene, if there is nothing more.
func (s *sceneSpec) lookCloser(prompt string, text []string) {
	if !s.isNear() || len(s.subjects)+len(s.things) > 0 {
		return
	}
	directed := directedWords(prompt, text)
	s.subjects = slices.DeleteFunc(cutout.Find(text, 1), func(c cutout.Subject) bool { return directed[c.First] })
}

// chooseFrame takes back a frame that can't be drawn honestly: a location is built to be seen from its floor. From above, the ground is
// what else stands on the horizon.
func (s *sceneSpec) chooseFrame() {
	if !s.isHigh() {
		return
	}
	if s.location != "" || s.ground == "none" || s.hour == "deep" || s.ground == "table" && !s.liesFlat() {
		s.frame = ""
		return
	}
	s.near = ""
	switch {
	case s.ground != "meadow" && s.ground != "street":
	case s.far == "skyline":
		s.ground = "blocks"
	case s.far == "forest":
		s.ground = "canopy"
	case s.far == "mountains" && s.isPlan():
		s.ground = "ridges"
	}
}

// liesFlat reports whether all that the scene is about lies on a table that is seen from above.
func (s *sceneSpec) liesFlat() bool {
	return s.frame == frameTop && s.hasTableThings() && !s.has("glass") && !s.has("candle") && !s.has("bottle")
}

// isPlan reports whether only ground is seen, from straight above it.
func (s *sceneSpec) isPlan() bool {
	return s.frame == frameTop && len(s.subjects)+len(s.signs) == 0 && !slices.ContainsFunc(props(), func(p prop) bool { return s.has(p.name) })
}

// raiseCamera puts the horizon where a camera high up sees it.
func (s *scene) raiseCamera() {
	switch s.frame {
	case frameAerial:
		s.horizon = float64(0.5*s.horizon) - 0.3
	case frameTop:
		s.horizon = -0.72
	default:
		return
	}
	s.sunY = s.horizon - 0.1
}

// frameProp changes the place of one of several props as the frame asks for.
func (s *scene) frameProp(t *prop, all int) {
	switch {
	case s.isHigh() && t.foot < 0:
		t.foot = 0.05 - s.horizon
	case s.isHigh():
		t.foot = float64(1.7*t.foot) + 0.1
		t.tall, t.near = float64(0.75*t.tall), float64(s.groundSlope()*t.foot)
		if s.frame == frameTop {
			t.foot += 0.45
		}
	case s.isNear() && all == 1 && len(s.subjects) == 0:
		t.tall = min(0.92, float64(1.8*t.tall), float64(0.5*s.aspect)/t.reachX)
		t.foot, t.near = 0.46-s.horizon, 1.05
	}
}

// frameFigure changes the place and the size of one of several figures as the frame asks for.
func (s *scene) frameFigure(f *figure, all int) {
	switch {
	case s.frame == frameWide:
		f.tall = float64(0.62 * f.tall)
	case s.frame == frameThird:
		f.tall = min(0.66, float64(1.2*f.tall))
		if all == 1 && s.aspect > 1.2 {
			f.x = float64(0.15 * s.aspect * sign(s.subjectX))
		}
	case s.isNear():
		s.fillFrame(f, all)
	case s.isHigh():
		f.tall = float64(0.7 * f.tall)
		if f.floats {
			f.foot = 0.05 - s.horizon
			return
		}
		if f.foot = float64(1.8 * f.foot); s.frame == frameTop {
			f.foot += 0.5
		}
		f.near = float64(s.groundSlope() * f.foot)
	}
}

// fillFrame makes a figure as large as the frame, or as its share of it. Of a person it shows head and shoulders.
func (s *scene) fillFrame(f *figure, all int) {
	bust := f.Metres > 1 && isPerson(f.Name)
	who, _, _ := strings.Cut(f.Name, "-")
	if head, ok := cutout.Named(who); ok && bust && isBody(f.Name) {
		f.Drawing = head
	}
	small := f.Paint(32, nil).Rect
	wide := float64(small.Dx()) / float64(small.Dy())
	f.tall = 0.82
	if s.frame == frameMacro {
		f.tall = 0.96
	}
	f.tall = min(f.tall, float64(0.84*s.aspect)/float64(float64(all)*wide))
	f.foot, f.near, f.floats = float64(0.5*f.tall)-s.horizon, 1.05, true
	if bust {
		f.foot = 0.52 - s.horizon
	}
	if all == 1 {
		f.x = float64(0.1 * s.subjectX)
	}
}
