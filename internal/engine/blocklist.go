package engine

import (
	"strings"
	"unicode"

	"github.com/filmgate/filmgate/internal/task"
)

// Blocklist is a list of words that a model refuses in prompts. A nil Blocklist has none.
type Blocklist struct{ words []string }

// ParseBlocklist reads a list with a word or a phrase on each line. Empty lines, and lines that begin with #, are comments.
func ParseBlocklist(text string) *Blocklist {
	b := &Blocklist{}
	for line := range strings.Lines(text) {
		if w := plainWords(line); !strings.HasPrefix(line, "#") && strings.TrimSpace(w) != "" {
			b.words = append(b.words, w)
		}
	}
	return b
}

// Find returns the first word or phrase of the list that a text has, in lower case; "" if it has none. Only whole words count,
// except in scripts that have no spaces between them.
func (b *Blocklist) Find(text string) string {
	if b == nil {
		return ""
	}
	text = plainWords(text)
	for _, w := range b.words {
		if bare := strings.TrimSpace(w); strings.Contains(text, w) || strings.ContainsFunc(bare, withoutSpaces) && strings.Contains(text, bare) {
			return bare
		}
	}
	return ""
}

// check returns the error for a prompt that has one of the words.
func (b *Blocklist) check(prompt, model string) []task.FieldError {
	w := b.Find(prompt)
	if w == "" {
		return nil
	}
	return []task.FieldError{{Field: "prompt", Detail: "has " + `"` + w + `"` + ", which model " + model + " refuses (" + string(task.SafetyInputText) + ")"}}
}

// plainWords returns the words of a text in lower case, each between single spaces. Characters that are not seen are left out.
func plainWords(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	return " " + strings.Join(strings.Fields(text), " ") + " "
}

// withoutSpaces reports whether a character is of a script that has no spaces between words.
func withoutSpaces(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
