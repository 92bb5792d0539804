package words

import "strings"

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
