package directions

import (
	"slices"
	"strings"
)

// amount reads a number with its unit from token i on: degrees, times or a length of time. It returns the number of tokens.
func (k *clauseReader) amount(i int) int {
	t := k.tokens[i]
	if t.is("share") {
		k.lasts(t.n)
		return 1
	}
	if !t.is("number") || i+1 == len(k.tokens) {
		return 0
	}
	switch unit := k.tokens[i+1]; unit.kind {
	case "degrees":
		k.degrees = t.n
	case "times":
		k.times = t.n
	case "seconds":
		if k.seconds > 0 && (unit.bare || i == 0 || k.tokens[i-1].is("for the to fill dir verb hold")) {
			k.lasts(float64(t.n*unit.n) / k.seconds)
		}
	default:
		return 0
	}
	return 2
}

// lasts says for how much of the video the clause's step lasts. A time after which something happens is one in which nothing
// does.
func (k *clauseReader) lasts(share float64) {
	share = min(share, 1)
	if k.read > 0 || k.late != "after" && k.brk != "insert" {
		k.share = share
		return
	}
	s := k.step(nil, "hold")
	s.hold, s.share = "hold", share
	k.late, k.brk = "", "next"
}

// alone reads a clause that has a direction and no verb, which goes on with the verb before: "zoom in, then out".
func (k *clauseReader) alone() {
	if k.read > 0 || k.others > 0 || k.no {
		return
	}
	verb := k.lastVerb
	if slices.ContainsFunc(k.tokens, func(t token) bool { return strings.HasPrefix(t.text, "camera mo") }) {
		verb = &sense{verb: "move"} // "camera movement to the left"
	} else if verb == nil || k.opener == "." && k.brk != "next" {
		return
	}
	if dirs, _ := k.after(0); len(dirs) > 0 {
		again := *verb
		again.dir = ""
		k.moves = k.verbMoves(&again, dirs)
	}
}

// finish puts what the clause says into its step.
func (k *clauseReader) finish() {
	if len(k.moves) == 0 && k.hold == "" {
		k.adverbs()
		return
	}
	k.shareFactor()
	for i := range k.moves {
		k.measure(&k.moves[i])
	}
	s := k.step(k.moves[:min(1, len(k.moves))], k.hold)
	for _, m := range k.moves {
		if o := []Move{m}; against(s, o) {
			s = k.step(o, "")
		}
		if !slices.ContainsFunc(s.moves, func(n Move) bool { return n.Name == m.Name }) {
			s.moves = append(s.moves, m)
		}
	}
	if s.hold != "hold" && k.hold != "" {
		s.hold = k.hold
	}
	if k.share > 0 {
		s.share = k.share
	}
}

// shareFactor gives moves joined by "and" the same factor: "slowly pan right and tilt up", "pan right and tilt up slowly".
func (k *clauseReader) shareFactor() {
	none := factors{1, 1}
	switch {
	case k.opener != "and" || k.word != "":
	case k.factor == none:
		k.factor = k.lastFactor
	case k.lastFactor == none && k.tokens[len(k.tokens)-1].is("factor"):
		for i := range k.current().moves {
			k.current().moves[i].Factor *= k.factor.product()
		}
	}
	k.lastFactor = k.factor
}

// adverbs applies a clause of nothing but adverbs and times to the moves before: "pan left, slowly".
func (k *clauseReader) adverbs() {
	s := k.current()
	if k.others == 0 && s.empty() {
		k.adjectives = k.factor
	}
	if k.others > 0 || k.opener == "." || k.word != "" {
		return
	}
	for i := range s.moves {
		s.moves[i].Factor = float64(s.moves[i].Factor * k.factor.product())
	}
	if k.share > 0 && !s.empty() {
		s.share = k.share
	}
}

// measure sets how far a move goes, and its name if it is sudden.
func (k *clauseReader) measure(m *Move) {
	if m.Factor == 0 {
		m.Factor = 1
	}
	m.Factor = float64(m.Factor * k.factor.product())
	m.Degrees, m.Times = k.degrees, k.times
	if !k.sudden {
		return
	}
	switch m.Name {
	case "pan left", "pan right", "tilt up", "tilt down":
		m.Name = "whip " + m.Name
	case "zoom in", "zoom out":
		m.Name = "crash " + m.Name
	default:
		m.Factor *= 1.7
	}
}
