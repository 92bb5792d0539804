package scene

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/render/words"
)

//go:embed direction.txt
var directionWords string

// Card returns the words for a storyboard card: what a prompt is about if New has no drawing for any of it, or if it names a
// person, who gets no likeness; emoji without a word are themselves. It returns "" if New shows what the words name, or if they name nothing to see.
func Card(prompt string) string {
	what, _ := parseScene(prompt)
	if what.named && !words.Person(prompt) {
		return ""
	}
	for clause := range strings.FieldsFuncSeq(prompt, isClauseEnd) {
		if text := subjectOf(strings.Fields(clause)); text != "" {
			return text
		}
	}
	if isOnlySymbols(prompt) {
		text := []rune(prompt)
		return string(text[:min(len(text), maxCard)])
	}
	return ""
}

// isOnlySymbols reports whether a prompt has emoji or other symbols, and no letters or digits.
func isOnlySymbols(prompt string) bool {
	symbols := false
	for _, r := range prompt {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return false
		}
		symbols = symbols || unicode.Is(unicode.So, r)
	}
	return symbols
}

func isClauseEnd(r rune) bool {
	return strings.ContainsRune(",.;:!?\n\r()[]{}，。；：！？、「」『』", r)
}

// maxCard is how many characters of a clause are read.
const maxCard = 300

// wordClass says what a word of a prompt is.
type wordClass int

const (
	content wordClass = iota // it may be what the prompt is about
	film                     // of the camera, or a small word
	look                     // it says how something looks
	scenery                  // it names an hour, a place or a thing of scenes
)

// maxClause is how many words of a clause are read.
const maxClause = 60

// subjectOf returns a clause without the words of film before and after what it is about; "" if it is about nothing.
func subjectOf(clause []string) string {
	clause = clause[:min(len(clause), maxClause)]
	class := classify(clause)
	first := slices.Index(class, content)
	if first < 0 {
		return ""
	}
	last := len(class) - 1
	for class[last] != content && class[last] != scenery {
		last--
	}
	for first > 0 && (class[first-1] == look || isArticle(clause[first-1])) {
		first--
	}
	text := []rune(strings.Join(clause[first:last+1], " "))
	return capitalised(string(text[:min(len(text), maxCard)]))
}

// classify returns the class of each word of a clause.
func classify(clause []string) []wordClass {
	plain := make([]string, len(clause))
	for i, w := range clause {
		plain[i] = strings.ToLower(strings.Trim(w, "\"'“”„«»‘’*_-–—"))
	}
	class := make([]wordClass, len(clause))
	for i := 0; i < len(plain); i++ {
		settings, n := longestPhrase(plain[i:])
		if n == 0 {
			class[i] = classOf(plain[i])
			continue
		}
		for k := range n {
			if class[i+k] = scenery; isMood(settings) {
				class[i+k] = look
			}
		}
		i += n - 1
	}
	return class
}

// classOf returns the class of one word.
func classOf(word string) wordClass {
	letters, digits, ascii := 0, false, true
	for _, r := range word {
		digits = digits || unicode.IsDigit(r)
		if unicode.IsLetter(r) {
			letters++
			if r >= utf8.RuneSelf {
				letters, ascii = letters+1, false // one may be a word
			}
		}
	}
	switch {
	case letters < 2:
		return film
	case digits && ascii: // 4k, 35mm, 24fps
		return look
	}
	for _, end := range []string{"", "s", "es", "d", "ed", "ing", "ly"} {
		stem, ok := strings.CutSuffix(word, end)
		if !ok || len(stem) < 2 {
			continue
		}
		for row := range strings.Lines(directionWords) {
			name, list, _ := strings.Cut(strings.TrimSpace(row), " ")
			if has := words.IsOne(stem, list) || end == "ing" && words.IsOne(stem+"e", list); has && name == "film" {
				return film
			} else if has && name == "look" {
				return look
			}
		}
	}
	return content
}

func isArticle(word string) bool {
	return slices.Contains([]string{"a", "an", "the", "one", "two", "three", "some", "my", "our", "your"}, strings.ToLower(word))
}

// capitalised returns a text with its first letter as a capital.
func capitalised(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}
