package directions

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/render/words"
)

// token is a word or phrase of a prompt with its meaning.
type token struct {
	text string
	form string // of an English verb: "", "s", "ed" or "ing"
	at   int    // the position of its first word, and how many it has
	len  int
	span *span // of a time
	*sense
}

// is reports whether the token is of one of the kinds, which are divided by spaces.
func (t token) is(kinds string) bool { return words.IsOne(t.kind, kinds) }

// tokens looks up the meaning of words, of the longest phrases first. Words without one have the kind "other".
func (l lexicon) tokens(text []string) []token {
	var out []token
	for i := 0; i < len(text); {
		if r, _ := utf8.DecodeRuneInString(text[i]); words.Unspaced(r) {
			out = append(out, l.unspacedTokens(text[i])...)
			i++
			continue
		}
		t, n := l.longest(text[i:])
		if n == 0 {
			for _, right := range misspelt().correct(text[i]) {
				if u, m := l.longest(append([]string{right}, text[i+1:]...)); m > n {
					t, n = u, m
				}
			}
		}
		if n == 0 {
			t, n = plain(text[i]), 1
		}
		t.at, t.len = i, n
		out = append(out, t)
		i += n
	}
	return out
}

// plain returns the token of a word that is not in the lexicon.
func plain(word string) token {
	if n, err := strconv.ParseFloat(strings.TrimSuffix(word, "."), 64); err == nil {
		return token{text: word, sense: &sense{kind: "number", n: n}}
	}
	if mark(word) {
		return token{text: word, sense: &sense{kind: "mark"}}
	}
	if strings.HasSuffix(word, "ly") && len(word) > 6 && !words.IsOne(word, "family butterfly dragonfly assembly monopoly firefly italy") {
		return token{text: word, sense: &sense{kind: "fill"}}
	}
	return token{text: word, sense: &sense{kind: "other"}}
}

func mark(word string) bool {
	r, n := utf8.DecodeRuneInString(word)
	return n == len(word) && kindOf(r, ' ') == 'm'
}

// longest returns the longest phrase that the text begins with, and the number of its words.
func (l lexicon) longest(text []string) (best token, n int) {
	ends := false // the best has any ending
	for _, p := range l[bucket(text[0])] {
		if len(p.words) < n || len(p.words) == n && !ends || len(p.words) > len(text) {
			continue
		}
		form, ok := "", true
		for i, w := range p.words {
			f, is := formOf(text[i], w, p.forms && i == 0)
			if ok = ok && is; !ok {
				break
			}
			if i == 0 {
				form = f
			}
		}
		if any := strings.HasSuffix(p.words[len(p.words)-1], "*"); ok && (len(p.words) > n || !any) {
			ends = any
			best, n = token{text: strings.Join(text[:len(p.words)], " "), form: form, sense: p.sense}, len(p.words)
		}
	}
	return best, n
}

// unspacedTokens cuts a run of characters without spaces at the longest phrases. What lies between them has the kind
// "other".
func (l lexicon) unspacedTokens(run string) []token {
	var out []token
	other := ""
	flush := func() {
		if other != "" {
			out = append(out, token{text: other, sense: &sense{kind: "other"}})
		}
		other = ""
	}
	for run != "" {
		var best phrase
		for _, p := range l[bucket(run)] {
			if len(p.words) == 1 && strings.HasPrefix(run, p.words[0]) && (best.sense == nil || len(p.words[0]) > len(best.words[0])) {
				best = p
			}
		}
		if best.sense == nil {
			_, n := utf8.DecodeRuneInString(run)
			other, run = other+run[:n], run[n:]
			continue
		}
		flush()
		out = append(out, token{text: best.words[0], sense: best.sense})
		run = run[len(best.words[0]):]
	}
	flush()
	return out
}

// formOf reports whether a word is one of the lexicon, or a form of it: pans, panning and panned are pan. A word of the
// lexicon with * at its end has any ending.
func formOf(word, plain string, forms bool) (form string, ok bool) {
	if stem, any := strings.CutSuffix(plain, "*"); any {
		return "", strings.HasPrefix(word, stem)
	}
	if word == plain {
		return "", true
	}
	if stem := len(plain) - 1; !forms || stem < 1 || len(word) <= stem || word[:stem] != plain[:stem] {
		return "", false
	}
	for _, f := range inflected(plain) {
		if word == f[1] {
			return f[0], true
		}
	}
	return "", false
}

// inflected returns the forms of an English verb, each after its kind.
func inflected(verb string) [][2]string {
	last := verb[len(verb)-1:]
	switch stem := verb[:len(verb)-1]; last {
	case "y":
		return [][2]string{{"s", stem + "ies"}, {"s", verb + "s"}, {"ed", stem + "ied"}, {"ing", verb + "ing"}}
	case "e":
		return [][2]string{{"s", verb + "s"}, {"ed", verb + "d"}, {"ing", stem + "ing"}, {"ing", verb + "ing"}}
	}
	return [][2]string{
		{"s", verb + "s"}, {"s", verb + "es"}, {"ed", verb + "ed"}, {"ing", verb + "ing"},
		{"ed", verb + last + "ed"}, {"ing", verb + last + "ing"},
	}
}
