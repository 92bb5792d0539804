package directions

import "github.com/filmgate/filmgate/internal/render/words"

// verb reads a verb or a shot with a name.
func (k *clauseReader) verb(i int) {
	t := k.tokens[i]
	if !k.counts(i) {
		if k.subject != theCamera {
			k.subject = another
		}
		k.others++
		k.things[t.at] = true
		return
	}
	if k.no {
		k.denied(t)
		return
	}
	k.read, k.others = k.read+1, 0
	switch t.kind {
	case "hold", "still":
		if k.hold != "hold" {
			k.hold = t.kind
		}
	case "move":
		k.named(t)
	default:
		k.reader.lastVerb, k.sudden = t.sense, k.sudden || t.sudden
		for _, m := range k.verbMoves(t.sense, k.directions(i, t.dir != "")) {
			if aims(m.Name) {
				m.Target = k.target(i)
			}
			k.moves = append(k.moves, m)
		}
	}
}

// denied reads a verb of what does not happen. A camera that never stops does not hold; all else leaves it where it is.
func (k *clauseReader) denied(t token) {
	k.read++
	if k.no = !t.is("hold"); t.is("verb move") {
		k.hold = "still"
	}
}

// named adds a shot with a name of its own.
func (k *clauseReader) named(t token) {
	if t.style {
		k.style(t.move)
		return
	}
	k.moves = append(k.moves, Move{Name: t.move})
}

// verbMoves returns the moves of a verb in the directions named.
func (k *clauseReader) verbMoves(v *sense, dirs []string) []Move {
	row := k.verbs[v.verb]
	switch {
	case v.verb == "shake":
		return []Move{{Name: "handheld"}}
	case v.dir != "":
		// "pull back and up" goes back as well.
		dirs = append([]string{v.dir}, dirs...)
	case len(dirs) == 0 && v.or == "follow":
		return []Move{{Name: "follow shot", Factor: k.own(v)}}
	case len(dirs) == 0 && v.or != "":
		if fromSizes := k.sizeChange(); fromSizes != "" && axisOf(v.or) == "depth" {
			dirs = []string{fromSizes}
		} else {
			dirs = []string{v.or}
		}
	}
	var out []Move
	seen := map[string]bool{}
	for _, d := range dirs {
		if d == "and" {
			clear(seen)
			continue
		}
		name := row.name(d)
		if name == "" && v.or != "" && v.or != "follow" && len(out) == 0 {
			name = row.name(v.or)
		}
		if name != "" && !seen[name] && !seen[axisOf(d)] {
			seen[name], seen[axisOf(d)] = true, true
			out = append(out, Move{Name: name, Factor: k.own(v)})
		}
	}
	return out
}

// own returns the factor of a verb like creep.
func (k *clauseReader) own(v *sense) float64 {
	if v.n > 0 {
		return v.n
	}
	return 1
}

// directions returns the directions of the verb at i: those right after it, or else right before it, or else the first
// further on that is reached by "to". fixed: the verb has one of its own.
func (k *clauseReader) directions(i int, fixed bool) []string {
	dirs, end := k.after(i + 1)
	if len(dirs) > 0 || fixed {
		return dirs
	}
	if before := k.justBefore(i); before != "" {
		return []string{before}
	}
	if later := k.later(end); later != "" {
		return []string{later}
	}
	return k.hinted(i)
}

// after returns the directions from token i on, up to a word that is neither one nor between them. "and" stands before one
// that is opposite to the one before it.
func (k *clauseReader) after(i int) (dirs []string, end int) {
	from := ""
	for ; i < len(k.tokens); i++ {
		t := k.tokens[i]
		switch {
		case t.is("dir") && t.hint:
			if n := k.next(i); !n.is("dir") || n.hint { // "verso sinistra" is only to the left
				return k.turnRound(dirs, from), i
			}
		case t.is("dir") && (k.follows(i, "from") || k.beforeFrom(i)):
			from = t.dir
		case t.is("dir"):
			dirs = k.oneMore(dirs, i, from)
		case !t.is("fill the factor sudden and to from camera shot number degrees times"):
			return k.turnRound(dirs, from), i
		}
	}
	return k.turnRound(dirs, from), i
}

// oneMore adds the direction at i to those before it.
func (k *clauseReader) oneMore(dirs []string, i int, from string) []string {
	t, n := k.tokens[i], len(dirs)
	switch back := n > 0 && opposite(dirs[n-1]) == t.dir; {
	case back && k.follows(i, "and"): // in and out again
		return append(dirs, "and", t.dir)
	case back && k.follows(i, "to"): // left to right
		dirs[n-1] = t.dir
		return dirs
	case t.place && from == "" && !k.follows(i, "to"):
		return dirs
	}
	return append(dirs, t.dir)
}

// turnRound adds the opposite of a direction that a move comes from, if it does not say where it goes.
func (k *clauseReader) turnRound(dirs []string, from string) []string {
	if len(dirs) == 0 && from != "" {
		return []string{opposite(from)}
	}
	return dirs
}

// follows reports whether a word of the kind stands before token i, with articles between.
func (k *clauseReader) follows(i int, kind string) bool {
	for i--; i >= 0; i-- {
		if t := k.tokens[i]; t.is(kind) && !t.behind {
			return true
		} else if !t.is("the fill") {
			return false
		}
	}
	return false
}

// beforeFrom reports whether the word for "from" stands after token i, as in Japanese.
func (k *clauseReader) beforeFrom(i int) bool { return i+1 < len(k.tokens) && k.tokens[i+1].behind }

// justBefore returns the direction before token i: "a right pan", "nach links schwenken".
func (k *clauseReader) justBefore(i int) string {
	for i--; i >= 0; i-- {
		t := k.tokens[i]
		switch {
		case t.is("dir") && !t.hint && !t.place && !k.beforeFrom(i):
			return t.dir
		case !t.is("fill the factor sudden number degrees to camera"):
			return ""
		}
	}
	return ""
}

// later returns the first direction from token i on that is where a move goes: "to the left", or at the clause's end.
func (k *clauseReader) later(i int) string {
	for ; i < len(k.tokens); i++ {
		t := k.tokens[i]
		switch {
		case t.is("and"), t.is("verb") && t.form != "ing":
			return ""
		case t.is("from"):
			if dirs, _ := k.after(i); len(dirs) > 0 {
				return dirs[0]
			}
		case t.is("dir") && !t.hint && (k.follows(i, "to") || k.next(i).is("end") && !t.place && !k.nounBefore(i)):
			return t.dir
		}
	}
	return ""
}

// nounBefore reports whether the direction at i is a place: "on the left".
func (k *clauseReader) nounBefore(i int) bool {
	return i > 0 && k.tokens[i-1].is("the") || len(k.tokens[i].text) > 3 && k.tokens[i].text[:4] == "the "
}

// hinted returns the direction that a preposition after a verb means: toward, around. A camera that turns toward something comes no nearer.
func (k *clauseReader) hinted(verb int) []string {
	for i := verb + 1; i < len(k.tokens); i++ {
		t := k.tokens[i]
		switch {
		case t.is("dir") && t.hint && !(axisOf(t.dir) == "depth" && words.IsOne(k.tokens[verb].verb, "pan tilt turn look")):
			return []string{t.dir}
		case t.is("verb and"):
			return nil
		}
	}
	return nil
}
