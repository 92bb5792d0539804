package words

import (
	"strings"
	"unicode"
)

// Split returns the lower-case words of a prompt. Punctuation at the end of a word becomes a word of its own, because
// it divides clauses.
func Split(prompt string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(prompt), func(r rune) bool { return strings.ContainsRune(" \t\r\n\"()[]{}:_*", r) }) {
		bare := strings.TrimRight(w, ".,;!?")
		if bare != "" {
			out = append(out, bare)
		}
		if bare != w {
			out = append(out, w[len(bare):len(bare)+1])
		}
	}
	return out
}

// IsOne reports whether a word is one of a list, which are divided by single spaces.
func IsOne(word, list string) bool {
	return word != "" && strings.Contains(" "+list+" ", " "+word+" ")
}

// Unspaced reports whether a character is of a script without spaces between words.
func Unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == '々'
}
