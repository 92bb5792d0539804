package directions

import "slices"

// order puts the moves of clauses into steps.
type order struct {
	seconds float64
	steps   []*stepInWork
	at      int    // the step that moves are added to
	brk     string // "next", "sentence", "insert" or "": what comes before the next move
	late    string // "after" or "before": what the comma ends
	span    *span  // of the clause; nil: the prompt names no time
	styles  []Move
	reveal  bool
}

// stepInWork is a step while clauses are read.
type stepInWork struct {
	moves []Move
	hold  string  // "hold", "still" or ""
	share float64 // of the video, or of its span; 0: not said
	span  *span   // nil: the prompt names no time
}

// factors is the smallest and the largest factor that words ask for. Only the strongest word of each kind counts.
type factors struct{ small, large float64 }

func (f *factors) include(k float64) { f.small, f.large = min(f.small, k), max(f.large, k) }

func (f *factors) product() float64 { return float64(f.small * f.large) }

// current returns the step that moves are added to.
func (o *order) current() *stepInWork {
	if len(o.steps) == 0 {
		o.steps = []*stepInWork{{span: o.span}}
	}
	return o.steps[o.at]
}

func (s *stepInWork) empty() bool { return len(s.moves) == 0 && s.hold == "" }

// advance begins a new step after the current one, or before it.
func (o *order) advance(before bool) {
	o.current()
	if !before {
		o.at++
	}
	o.steps = slices.Insert(o.steps, o.at, &stepInWork{span: o.span})
}

// enter begins the span of a clause if the clause before had another.
func (o *order) enter(c clause) {
	if c.span == o.span {
		return
	}
	o.span, o.brk, o.late = c.span, "", ""
	if len(o.steps) > 0 {
		o.at = len(o.steps) - 1
		o.advance(false)
	}
}

// open takes up how a clause follows the one before.
func (o *order) open(c clause) {
	o.enter(c)
	if n := len(o.steps); n > 0 && (c.opener == "." || c.word != "") {
		o.at = n - 1 // what was put before is done
	}
	switch {
	case c.opener == "[":
		o.brk, o.late = "next", ""
	case c.opener == "." && o.brk == "":
		o.brk, o.late = "sentence", ""
	case c.opener == "," && o.late != "" && c.word == "":
		if o.brk, o.late = map[string]string{"after": "next", "before": "insert"}[o.late], ""; o.current().empty() {
			o.brk = ""
		}
	}
	switch c.word {
	case "next", "first":
		o.brk = "next"
	case "after", "before":
		mid := !o.current().empty() && c.opener != "."
		switch {
		case mid && c.word == "after":
			o.brk = "insert"
		case mid:
			o.brk = "next"
		default:
			if o.brk = "next"; o.current().empty() {
				o.brk = ""
			}
			o.late = c.word
		}
	}
}

// step returns the step for new moves, after what divides them from those before.
func (o *order) step(moves []Move, hold string) *stepInWork {
	s, brk := o.current(), o.brk
	o.brk = ""
	if s.empty() && s.share == 0 || brk == "" && !against(s, moves) && (hold != "hold" || len(s.moves) == 0) && !(s.hold == "hold" && len(moves) > 0) {
		return s
	}
	if brk == "sentence" && (s.empty() || repeats(s, moves)) {
		return s
	}
	if s.empty() && brk != "insert" && s.share == 0 {
		return s
	}
	o.advance(brk == "insert")
	return o.current()
}

// repeats reports whether a step has the moves already, or the new ones only shake.
func repeats(s *stepInWork, moves []Move) bool {
	return !slices.ContainsFunc(moves, func(m Move) bool {
		return m.Name != "handheld" && !slices.ContainsFunc(s.moves, func(n Move) bool { return n.Name == m.Name })
	})
}

// against reports whether a move is opposite to one of the step, so that they can't be at the same time.
func against(s *stepInWork, moves []Move) bool {
	pairs := [][2]string{
		{"pan left", "pan right"}, {"tilt up", "tilt down"}, {"zoom in", "zoom out"}, {"push in", "pull out"}, {"truck left", "truck right"},
		{"pedestal up", "pedestal down"}, {"crane up", "crane down"}, {"orbit left", "orbit right"}, {"roll clockwise", "roll counterclockwise"},
		{"zoom in", "pull out"}, {"push in", "zoom out"},
	}
	for _, m := range moves {
		for _, n := range s.moves {
			if slices.Contains(pairs, [2]string{m.Name, n.Name}) || slices.Contains(pairs, [2]string{n.Name, m.Name}) {
				return true
			}
		}
	}
	return false
}

// style adds a shot that counts for the whole video.
func (o *order) style(name string) {
	if !slices.ContainsFunc(o.styles, func(m Move) bool { return m.Name == name }) {
		o.styles = append(o.styles, Move{Name: name, Factor: 1})
	}
}

// finish returns what was read. Steps without moves are dropped, and time is divided among the others.
func (r *reader) finish() Reading {
	var steps []*stepInWork
	found := false
	for _, s := range r.steps {
		if len(s.moves) == 0 && s.hold != "" {
			s.moves = []Move{{Name: Static, Factor: 1}}
		}
		found = found || len(s.moves) > 0
		if len(s.moves) > 0 || s.share > 0 {
			steps = append(steps, s)
		}
	}
	change := r.sizeChange()
	switch {
	case !found && change != "":
		steps, found = []*stepInWork{{moves: []Move{{Name: map[string]string{"in": "push in", "out": "pull out"}[change], Factor: 1}}}}, true
	case !found && r.reveal:
		steps, found = []*stepInWork{{moves: []Move{{Name: "reveal", Factor: 1}}}}, true
	}
	if !found {
		return Reading{Styles: r.styles}
	}
	if slices.ContainsFunc(steps, func(s *stepInWork) bool { return s.span != nil }) {
		return Reading{Steps: r.inSpans(steps), Styles: r.styles}
	}
	return Reading{Steps: timed(steps), Styles: r.styles}
}

// sizeChange returns the direction in which the subject's size changes from the first shot named to the last: in, out or "".
func (r *reader) sizeChange() string {
	if n := len(r.sizes); n > 1 && r.sizes[0] != r.sizes[n-1] {
		return map[string]string{"wide": "out", "close": "in"}[r.sizes[n-1]]
	}
	return ""
}

// timed gives each step its time. Those whose share is not said have equal parts of the rest.
func timed(all []*stepInWork) []Step {
	said, free := 0.0, 0
	for _, s := range all {
		if said += s.share; s.share == 0 {
			free++
		}
	}
	if len(all) == 1 {
		return []Step{{Moves: all[0].moves, To: 1}}
	}
	scale, rest := 1.0, 0.0
	if most := max(0.5, 1-float64(0.1*float64(free))); said > most || free == 0 {
		scale = float64(most / said)
	}
	if free > 0 {
		rest = float64((1 - float64(said*scale)) / float64(free))
	}
	var out []Step
	at := 0.0
	for i, s := range all {
		d := rest
		if s.share > 0 {
			d = float64(s.share * scale)
		}
		end := at + d
		if i == len(all)-1 {
			end = 1
		}
		if s.moves == nil {
			s.moves = []Move{{Name: Static, Factor: 1}}
		}
		out = append(out, Step{Moves: s.moves, From: at, To: end})
		at = end
	}
	return out
}
