package scene

import (
	"slices"

	"github.com/filmgate/filmgate/internal/render/cutout"
)

// Cutouts returns the words of a prompt that New draws as cut-outs, in lower case and in the prompt's order.
func Cutouts(prompt, without string) []string {
	what, _ := parseWanted(prompt, without)
	what.removeUnwantedSubjects()
	var out []string
	left := maxFigures
	for _, s := range what.subjects {
		if left > 0 {
			out = append(out, s.Words)
		}
		left -= s.Count
	}
	return out
}

// removeUnwantedSubjects removes the cut-outs of nouns that must not be visible.
func (s *sceneSpec) removeUnwantedSubjects() {
	s.subjects = slices.DeleteFunc(s.subjects, func(c cutout.Subject) bool {
		return slices.ContainsFunc(s.unwanted.subjects, func(no cutout.Subject) bool { return no.Name == c.Name })
	})
}
