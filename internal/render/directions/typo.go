package directions

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/render/words"
)

// The English words that differ by one letter from one of the lexicon, so that they are no typing errors of it. They are of
// SCOWL, a collection of word lists.
//
//go:embed realwords.txt
var realWords string

// typos finds the words of the lexicon that a misspelt word may stand for.
type typos struct {
	byLetter map[string][]string // words of the lexicon and their forms by their first letter
	real     []string            // sorted
}

// typos lists the words of four letters or more that are looked for, and pan and out.
func (l lexicon) typos() typos {
	t := typos{map[string][]string{}, strings.Fields(realWords)}
	add := func(w string) {
		t.byLetter[w[:1]] = append(t.byLetter[w[:1]], w)
	}
	for _, phrases := range l {
		for _, p := range phrases {
			for i, w := range p.words {
				r, _ := utf8.DecodeRuneInString(w)
				if words.Unspaced(r) || strings.HasSuffix(w, "*") || len(w) < 4 && w != "pan" && w != "out" || !(token{sense: p.sense}).is("verb camera dir hold still factor sudden move next") {
					continue
				}
				add(w)
				if p.forms && i == 0 {
					for _, f := range inflected(w) {
						add(f[1])
					}
				}
			}
		}
	}
	return t
}

// correct returns the words of the lexicon that differ from a word by one letter left out, put in, changed or exchanged with
// its neighbour, in the order of the alphabet; none if the word is one of English. The first letter is right, or exchanged with
// the second.
func (t typos) correct(word string) []string {
	if _, found := slices.BinarySearch(t.real, word); found || len(word) < 3 || strings.IndexFunc(word, func(r rune) bool { return r > 0x24f }) >= 0 {
		return nil
	}
	var out []string
	for _, first := range []string{word[:1], word[1:2]} {
		for _, w := range t.byLetter[first] {
			exchanged := word[0] == w[1] && word[1] == w[0]
			if (first == word[:1] || exchanged) && nearly(word, w) && (len(w) > 3 || len(word) > 3 || exchanged) {
				out = append(out, w)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nearly reports whether two words differ by one error of typing.
func nearly(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	}
	return false
}
