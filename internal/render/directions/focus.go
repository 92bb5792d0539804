package directions

import (
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/render/words"
)

// Words of a rack focus. The words of change make one of the word focus; the others stand before what it comes from, and before what it
// goes to.
const (
	changeWords = "pull shift move rack change switch transition jump travel pass throw snap slide drift swing go " +
		"wandert wandern zieht ziehen geht gehen bascule basculer glisse déplace déplacer desplaza desplazar mueve mover desloca sposta"
	leaveWords = "from von vom de du des d depuis desde del da do das dos dal dalla dallo dai dall dagli dalle dell della 从 從 由"
	goWords    = "to into on onto upon at toward towards auf zu zum zur nach in ins sur vers à au aux jusqu hacia al ao para pra até alla allo all ai agli alle su sul sulla verso 到 至 向 往"
)

// findRack returns the token at which a clause begins to say that focus goes from one thing to another. ok is false if it does not say so.
func (k *clauseReader) findRack() (at int, ok bool) {
	if k.no || k.denies() {
		return 0, false
	}
	for i := range k.tokens {
		if at, ok = k.rackAt(i); ok {
			return at, true
		}
	}
	if k.racked && k.word == "next" && len(k.tokens) > 0 && (k.tokens[0].text == "back" || k.tokens[0].is("to")) {
		return 0, true // "then back to the cat"
	}
	return 0, k.racked && k.opener == "," && k.word == "" && k.comes()
}

// rackAt returns the token at which a rack focus begins, of which token i is the noun. ok is false if it is none.
func (k *clauseReader) rackAt(i int) (at int, ok bool) {
	t := k.tokens[i]
	switch {
	case t.is("rack"):
		return i, t.side != "" || len(t.text) > len("racking") || k.opens(i) && k.racksAlone(i)
	case !t.is("focus"):
		return 0, false
	case k.changesBefore(i):
		for i--; !k.changes(i); i-- {
		}
		return i, true
	}
	return i, k.changesAfter(i)
}

// comes reports whether a clause begins with what something comes from, as if it went on with the one before: "rack focus, from the cat to
// the tree".
func (k *clauseReader) comes() bool {
	if len(k.tokens) == 0 || k.lastRack() == nil {
		return false
	}
	first, _, _ := strings.Cut(k.tokens[0].text, " ")
	return words.IsOne(first, leaveWords) || len(k.tokens) > 1 && k.tokens[1].behind
}

// lastRack returns the rack focus of the clause before if it does not say what it comes from and goes to; else nil.
func (k *clauseReader) lastRack() *Move {
	for i := range k.current().moves {
		if m := &k.current().moves[i]; m.Name == RackFocus && m.Source+m.Target == "" {
			return m
		}
	}
	return nil
}

// denies reports whether a clause says what does not happen.
func (k *clauseReader) denies() bool {
	for _, t := range k.tokens {
		if t.is("no not") {
			return true
		}
	}
	return false
}

// racksAlone reports whether the word rack at i is a verb and no piece of furniture: "rack to the tree".
func (k *clauseReader) racksAlone(i int) bool {
	return !k.follows(i, "the") && (i+1 == len(k.tokens) || words.IsOne(k.tokens[i+1].text, "to from into back up down"))
}

// changes reports whether token i is a word of change.
func (k *clauseReader) changes(i int) bool {
	t := k.tokens[i]
	first, _, _ := strings.Cut(t.text, " ")
	if words.IsOne(first, changeWords) || t.text == "rack" || t.is("change") || t.is("verb") && words.IsOne(t.verb, "push move track turn") {
		return true
	}
	for _, w := range strings.Fields("change switch transition travel pass throw snap") {
		if _, ok := formOf(t.text, w, true); ok {
			return true
		}
	}
	return false
}

// changesBefore reports whether the focus at i is the object of a word of change: "pull focus".
func (k *clauseReader) changesBefore(i int) bool {
	for i--; i >= 0; i-- {
		if k.changes(i) {
			return true
		} else if !k.tokens[i].is("the fill factor sudden") {
			return false
		}
	}
	return false
}

// changesAfter reports whether the focus at i is the subject of a word of change, at once or at the clause's end: "die Schärfe wird auf den
// Baum verlagert".
func (k *clauseReader) changesAfter(i int) bool {
	for n := i + 1; n < len(k.tokens); n++ {
		t := k.tokens[n]
		first, _, _ := strings.Cut(t.text, " ")
		far := n > i+1 && (t.is("change") || !t.is("verb")) || last(k.tokens, n)
		switch {
		case k.changes(n) && (far || k.near(i, n)):
			return true
		case n == i+1 && words.IsOne(first, leaveWords) && t.text != "of" && k.goes(n):
			return true
		}
	}
	return false
}

// last reports whether nothing follows token n but words without meaning.
func last(tokens []token, n int) bool {
	for _, t := range tokens[n+1:] {
		if !t.is("fill dir hint") {
			return false
		}
	}
	return true
}

// near reports whether nothing stands between two tokens but little words.
func (k *clauseReader) near(i, n int) bool {
	for _, t := range k.tokens[i+1 : n] {
		if !t.is("the fill factor sudden") || words.IsOne(t.text, "on with") {
			return false
		}
	}
	return true
}

// goes reports whether a word for where something goes stands after token i.
func (k *clauseReader) goes(i int) bool {
	for _, t := range k.tokens[i+1:] {
		if first, _, _ := strings.Cut(t.text, " "); words.IsOne(first, goWords) {
			return true
		}
	}
	return false
}

// rack adds the rack focus that begins at token i.
func (k *clauseReader) rack(i int) {
	m := Move{Name: RackFocus, Factor: 1}
	if o := k.lastRack(); o != nil && k.opener == "," && k.word == "" && !k.tokens[i].is("rack focus") {
		o.Source, o.Target = k.rackEnds(i)
		return
	}
	if side := k.tokens[i].side; side != "" {
		thing := nouns(k.tokens[:i])
		if side == "to" {
			m.Target = thing
		} else {
			m.Source = thing
		}
	} else {
		m.Source, m.Target = k.rackEnds(i)
	}
	k.read++
	k.moves = append(k.moves, m)
	k.reader.lastVerb = nil
	for _, t := range k.tokens[:i] {
		if t.is("other") {
			k.things[t.at] = true
		}
	}
}

// nouns returns the words that are no others of a clause.
func nouns(tokens []token) string {
	var out []string
	for _, t := range tokens {
		if t.is("other") {
			out = append(out, t.text)
		}
	}
	return strings.Join(out, " ")
}

// ends is what a rack focus comes from and goes to, while it is read.
type ends struct {
	from, to, open []string // open: of which it is not known yet
	at             *[]string
}

// rackEnds returns what a rack focus comes from and what it goes to, of the tokens from i on.
func (k *clauseReader) rackEnds(i int) (source, target string) {
	e := &ends{}
	e.at = &e.open
	for n := i; n < len(k.tokens); n++ {
		t := k.tokens[n]
		switch {
		case e.after(t), e.before(t, n+1 < len(k.tokens) && k.tokens[n+1].is("the")):
		case words.IsOne(t.text, "near far") && e.at != &e.open:
			*e.at = append(*e.at, t.text)
		case t.is("focus rack") || n < i+3 && k.changes(n) && e.at == &e.open:
		case k.changes(n) && e.at != &e.open:
			if last(k.tokens, n) {
				return phraseOf(e.from), phraseOf(e.to)
			}
		case words.IsOne(t.text, "with by while as und et y e con com avec mit") && len(e.to) > 0:
			return phraseOf(e.from), phraseOf(e.to)
		case t.is("other number") || t.is("dir size verb") && e.at != &e.open && !t.hint:
			*e.at = append(*e.at, t.text)
		}
	}
	return phraseOf(e.from), phraseOf(e.to)
}

// after reads a little word that stands after its noun, as in Japanese.
func (e *ends) after(t token) bool {
	r, _ := utf8.DecodeRuneInString(t.text)
	switch {
	case t.behind || strings.HasSuffix(t.text, "から"):
		e.from, e.open, e.at = append(e.open, strings.TrimSuffix(t.text, "から")), nil, &e.open
	case words.IsOne(t.text, "へ に まで") || words.Unspaced(r) && t.is("dir") && strings.HasSuffix(t.text, "へ"):
		e.to, e.open, e.at = append(e.open, strings.TrimRight(t.text, "へにまで")), nil, &e.open
	default:
		return false
	}
	return true
}

// before reads a little word that stands before its noun. article: an article follows, so that the Spanish a is none.
func (e *ends) before(t token, article bool) bool {
	first, _, _ := strings.Cut(t.text, " ")
	switch {
	case t.text == "between", words.IsOne(first, leaveWords) && len(e.from) == 0:
		e.at = &e.from
	case words.IsOne(first, goWords) && len(e.to) == 0, t.text == "a" && article,
		t.is("change") && (strings.HasSuffix(t.text, "到") || words.IsOne(t.text, "移至 移向 转向")),
		t.is("and") && e.at == &e.from && len(e.from) > 0:
		e.at = &e.to
	default:
		return false
	}
	return true
}

// phraseOf joins words that are not empty.
func phraseOf(all []string) string { return strings.TrimSpace(strings.Join(all, " ")) }
