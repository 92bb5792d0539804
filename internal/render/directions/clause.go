package directions

import "github.com/filmgate/filmgate/internal/render/words"

// subject is who does what a clause says.
type subject int

const (
	nobody subject = iota // none is named: an imperative, or a heading
	theCamera
	another
)

// reader reads clauses one after another.
type reader struct {
	order
	verbs    map[string]verbRow
	subject  subject // of the clause before
	lastVerb *sense  // what the last verb was, for "zoom in, then out"
	negated  bool    // the clause before said what does not happen
	sizes    []string

	lastFactor factors      // of the last clause with a move
	adjectives factors      // of a clause of nothing else: "slow, steady push in"
	directed   map[int]bool // positions of words that direct the camera
	racked     bool         // the clause before said where focus goes
}

// clauseReader reads one clause.
type clauseReader struct {
	*reader
	clause
	subject subject
	shot    bool // the subject is what the camera's picture shows: "a shot of"
	no      bool // what follows does not happen
	others  int  // words without meaning since the last verb that counts
	read    int  // verbs that count
	moves   []Move
	hold    string // "hold", "still" or ""
	factor  factors
	sudden  bool
	degrees float64
	times   float64
	share   float64      // of the video that it lasts
	things  map[int]bool // positions of words that could be verbs and are none
}

// read reads a clause and puts its moves in order.
func (r *reader) read(c clause) {
	r.open(c)
	k := &clauseReader{reader: r, clause: c, factor: factors{1, 1}, things: map[int]bool{}}
	k.subject, k.no = k.opening(), r.negated && k.lists()
	if c.opener == "," {
		k.factor = r.adjectives
	}
	r.adjectives = factors{1, 1}
	for _, t := range c.tokens {
		if t.is("size") {
			r.sizes = append(r.sizes, t.dir)
		}
	}
	rack, racks := k.findRack()
	if racks {
		k.tokens = k.tokens[:rack]
	}
	for i := 0; i < len(k.tokens); i++ {
		i += k.amount(i)
		if i < len(k.tokens) {
			k.token(i)
		}
	}
	if racks {
		k.tokens = c.tokens
		k.rack(rack)
	}
	k.alone()
	r.racked = racks
	r.negated = k.no
	if k.read > 0 || len(k.things) > 0 || !words.IsOne(c.word, "first next") {
		r.subject = k.subject // "the shot begins on a cup and pulls out" is about the shot throughout
	}
	k.finish()
	if k.read > 0 || k.no && k.subject != another || len(k.moves) > 0 {
		for _, t := range c.tokens {
			for i := range t.len {
				r.directed[t.at+i] = !t.is("other number shot") && !k.things[t.at]
			}
		}
	}
}

// opening returns who the subject is before the first word is read.
func (k *clauseReader) opening() subject {
	if k.bracket {
		return theCamera
	}
	switch k.opener {
	case ".", "[":
		return k.firstCamera(nobody)
	case "who":
		return another
	}
	for _, t := range k.tokens {
		switch {
		case t.is("verb hold still move no not reveal dir size for it"):
			return k.firstCamera(k.reader.subject)
		case t.is("other"):
			return k.firstCamera(nobody)
		}
	}
	return k.firstCamera(k.reader.subject)
}

// lists reports whether the clause goes on with a list of what does not happen: "no zoom, pan or tilt".
func (k *clauseReader) lists() bool {
	if k.opener != "," && k.opener != "and" || k.word != "" {
		return false
	}
	for _, t := range k.tokens {
		if !t.is("verb move and or fill the camera") || t.dir != "" {
			return false
		}
	}
	return true
}

// firstCamera returns theCamera if the clause names it before anything else, and else the subject given. The camera that
// somebody looks at is not the subject.
func (k *clauseReader) firstCamera(otherwise subject) subject {
	for i, t := range k.tokens {
		if t.is("other") {
			break
		}
		if t.is("camera shot") && !k.isObject(i) {
			return theCamera
		}
	}
	return otherwise
}

// isObject reports whether a noun is what a preposition is about.
func (k *clauseReader) isObject(i int) bool {
	for i--; i >= 0 && k.tokens[i].is("the"); i-- {
	}
	return i >= 0 && (k.tokens[i].is("at to from") || k.tokens[i].hint)
}

// token reads token i of the clause.
func (k *clauseReader) token(i int) {
	t := k.tokens[i]
	switch t.kind {
	case "camera", "shot", "other":
		k.noun(i)
	case "it":
		if k.reader.subject != nobody {
			k.subject = k.reader.subject
		}
	case "no":
		k.no = true
	case "not":
		k.not(i)
	case "factor":
		if !k.describesNoun(i) {
			k.factor.include(t.n)
		}
	case "sudden":
		k.sudden = true
	case "size":
		k.reveal = k.reveal || t.reveals && k.subject == theCamera && !k.no
	case "verb", "hold", "still", "move":
		k.verb(i)
	}
}

// noun reads a noun, which may be the subject.
func (k *clauseReader) noun(i int) {
	t := k.tokens[i]
	if t.is("other") {
		k.others++
		if k.shot || k.subject != theCamera && (k.subject != nobody || k.read == 0) { // the noun of an imperative is its object
			k.subject = another
		}
		return
	}
	if !k.isObject(i) && (k.subject != another || k.next(i).is("verb no not hold still")) {
		k.subject = theCamera
	}
	k.shot = t.is("shot") && k.next(i).text == "of"
}

// next returns the next token that has a meaning of its own.
func (k *clauseReader) next(i int) token {
	for i++; i < len(k.tokens); i++ {
		if !k.tokens[i].is("fill the factor sudden number degrees") {
			return k.tokens[i]
		}
	}
	return token{sense: &sense{kind: "end"}}
}

// describesNoun reports whether an adjective belongs to a noun that is no move: "past fast cars".
func (k *clauseReader) describesNoun(i int) bool {
	if i+1 == len(k.tokens) || !k.tokens[i+1].is("other") {
		return false
	}
	for _, t := range k.tokens[i+1:] {
		if t.is("verb move") {
			return false
		}
	}
	return true
}

// not reads a word that denies what follows, or else the verb before it.
func (k *clauseReader) not(i int) {
	for _, t := range k.tokens[i+1:] {
		if t.is("verb hold still move") {
			k.no = true
			return
		}
	}
	if k.read > 0 {
		k.moves, k.hold = nil, "still"
	}
	k.no = true
}
