package directions

import (
	"strings"

	"github.com/filmgate/filmgate/internal/render/words"
)

// Words that stand before what a move goes to, and words that end it.
const (
	targetWords = "on onto upon to toward towards into at auf zu zum zur sur vers en hacia sobre su sulla verso"
	targetEnds  = "in at to from with by under over behind beside near through across as while where who im in unter mit von dans de avec del della com do da"
)

// target returns the words of what the verb at i moves to: "red car" of "push in slowly on the red car"; "" if it names nothing.
func (k *clauseReader) target(i int) string {
	var out []string
	begun, size := false, false
	for _, t := range k.tokens[i+1:] {
		named := t.is("other number") || words.IsOne(t.text, "face faces head her him them") // some have another meaning, too
		first, _, _ := strings.Cut(t.text, " ")                                              // "auf das"
		switch {
		case !begun && words.IsOne(first, targetWords):
			begun = true
		case !begun:
			if t.is("other verb") {
				return ""
			}
		case t.is("size"):
			size = true
		case t.text == "of" && size && len(out) == 0: // "to a close-up of the cat"
		case t.text == "of" || words.IsOne(t.text, targetEnds) || t.is("at from and verb hold move") && !named:
			if len(out) > 0 {
				return strings.Join(out, " ")
			}
		case named:
			out = append(out, t.text)
		}
	}
	return strings.Join(out, " ")
}

// aims reports whether a move of a name brings what it moves to nearer.
func aims(name string) bool {
	return words.IsOne(name, "push zoom crash") || strings.HasSuffix(name, " in")
}
