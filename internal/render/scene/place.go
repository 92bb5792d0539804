package scene

import (
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/cutout"
	"github.com/filmgate/filmgate/internal/render/words"
)

// spot is where something of a scene is.
type spot struct{ x, near, depth float64 }

// find returns where the scene has what words name: a figure, a prop, or a thing of the location.
func (s *scene) find(text string) (spot, bool) {
	if text == "" {
		return spot{}, false
	}
	for _, f := range s.figures() {
		if named(text, f.Words) {
			return spot{f.x, f.near, f.near}, true
		}
	}
	settings := strings.Fields(settingsOf(text))
	if words.IsOne(text, "树 樹 木") { // within other words they mean too much for the table
		settings = append(settings, "add=tree")
	}
	for _, p := range s.placedProps() {
		if slices.Contains(settings, "add="+p.name) {
			return spot{p.x, p.near, s.depthOf(p.prop)}, true
		}
	}
	if s.plan() == nil {
		return spot{}, false
	}
	return s.findInLocation(cutout.Find(words.Split(text), 2), settings)
}

// named reports whether words name a noun: "red car" names car, and a word that is written without spaces all that it has.
func named(all, noun string) bool {
	if strings.ContainsFunc(noun, words.Unspaced) {
		return strings.Contains(all, noun)
	}
	return strings.Contains(" "+all+" ", " "+noun+" ")
}

// settingsOf returns the settings that words stand for in the table of scenes.
func settingsOf(text string) string {
	var out []string
	all := words.Split(text)
	for i := 0; i < len(all); i++ {
		if settings, n := unspacedPhrases(all[i]); n > 0 {
			out = append(out, settings)
			continue
		}
		if settings, n := longestPhrase(all[i:]); n > 0 {
			out = append(out, settings)
			i += n - 1
		}
	}
	return strings.Join(out, " ")
}

// findInLocation returns where the location has the first of some nouns, or its fire.
func (s *scene) findInLocation(nouns []cutout.Subject, settings []string) (spot, bool) {
	l := &location{scene: s, plan: s.plan(), flip: -sign(s.subjectX)}
	for _, layer := range l.layers {
		for _, it := range layer.items {
			what := it.name
			switch it.kind {
			case "window", "arched":
				what = "window"
			case "fire":
				what = "fire"
			}
			wanted := slices.ContainsFunc(nouns, func(n cutout.Subject) bool { return n.Name == what })
			if what == "" || layer.edge || l.isReplaced(it) || !wanted && !(what == "fire" && slices.Contains(settings, "location="+s.location)) {
				continue
			}
			near := nearnessAt(layer.distance)
			return spot{float64(l.flip*it.x) * metre(layer.distance), near, near}, true
		}
	}
	return spot{}, false
}

// aim has the camera go to what the prompt names for its moves. Up and down it stays, since what is seen stands on the ground. A product
// shot has what it shows in its middle.
func (s *scene) aim() {
	if s.backdrop != "" {
		return
	}
	for _, a := range s.take.Plan.Aims {
		if at, ok := s.find(a.Words); ok {
			s.take.Plan.AimAt(a, at.x, 0, at.near, s.aspect, 0)
		}
	}
}

// rackFocus has the lens follow what the prompt says of the focus. What a rack focus does not name is the end that is farther from what it
// names; the figure, or the nearest thing, is the near one.
func (s *scene) rackFocus() {
	if len(s.take.Plan.Racks) == 0 {
		return
	}
	near, far := s.nearest(), s.farthest()
	at := func(text string) (float64, bool) {
		if p, ok := s.find(text); ok {
			return p.depth, true
		}
		for set := range strings.FieldsSeq(settingsOf(text)) {
			if name, value, _ := strings.Cut(set, "="); name == "far" && value == s.far {
				return 0.07, true
			}
		}
		return 0, false
	}
	s.take.Lens = camera.NewLensPath(s.take.Plan.Racks, near, far, at)
}

// nearest returns the nearness of the figure that is nearest, or else of the nearest prop, or else of the foreground.
func (s *scene) nearest() float64 {
	best := 0.0
	for _, f := range s.figures() {
		best = max(best, f.near)
	}
	if best > 0 {
		return best
	}
	for _, p := range s.placedProps() {
		best = max(best, s.depthOf(p.prop))
	}
	if best > 0 {
		return best
	}
	return 1
}

// farthest returns the nearness of the background.
func (s *scene) farthest() float64 {
	if p := s.plan(); p != nil && !p.open {
		l := location{scene: s, plan: p}
		return nearnessAt(l.wallDistance())
	}
	return 0.05
}
