package words

import "strings"

// words cuts a prompt into lower-case words; what divides clauses is kept as a word of its own.
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
