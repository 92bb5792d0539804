package store

import (
	"context"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Prompts is a database's index of the prompts of tasks. Apply adds the tasks that it inserts; a server of an earlier version does
// not. Every method may return ErrUnavailable.
type Prompts interface {
	// IndexPrompts adds at most limit tasks that are not in the index, and returns how many. It may be called at any time, by many
	// servers at once.
	IndexPrompts(ctx context.Context, limit int) (added int, err error)
}

// FoldPrompt returns the form of a prompt in which it is searched: texts that differ only in the case of letters, or in how Unicode
// composes them, have one form.
func FoldPrompt(prompt string) []byte {
	return norm.NFC.Bytes([]byte(cases.Fold().String(norm.NFC.String(prompt))))
}

// PromptWords returns the words of task.Query.Prompt, in the form of FoldPrompt; nil if there is none.
func PromptWords(query string) (words [][]byte) {
	for _, w := range strings.Fields(string(FoldPrompt(query))) {
		words = append(words, []byte(w))
	}
	return words
}
