package cutout

import (
	"slices"
	"unicode"

	"github.com/filmgate/filmgate/internal/render/words"
)

// longestUnspaced is how many characters of a text without spaces are tried as one noun.
const longestUnspaced = 7

// unspaced returns the nouns in a word that is written without spaces: a whole Chinese or Japanese sentence, or a Korean noun with what is
// joined to its end. A noun of one character counts in Chinese and Japanese only.
func unspaced(word string) []Subject {
	all := []rune(word)
	var out []Subject
	for i := 0; i < len(all); i++ {
		hangul := unicode.Is(unicode.Hangul, all[i])
		if !hangul && !words.Unspaced(all[i]) || hangul && i > 0 {
			continue
		}
		for n := min(longestUnspaced, len(all)-i); n > 0; n-- {
			noun := string(all[i : i+n])
			id, ok := lookUp(noun, "")
			if !ok || n == 1 && (hangul || words.IsOne(noun, particles)) {
				continue
			}
			if !words.IsOne(noun, filmWords) {
				out = append(out, Subject{Drawing: load(id), Words: noun, Count: counted(all[:i]), Length: 1})
			}
			i += n - 1
			break
		}
	}
	return out
}

// particles are characters of grammar that also name a thing.
const particles = "的"

// counted returns the number that ends a text, perhaps before a measure word: 三只 before 猫.
func counted(before []rune) int {
	for _, r := range before[max(0, len(before)-2):] {
		if n := slices.Index([]rune("零一二三四五六七八九十"), r); n > 0 {
			return n
		}
		if r == '两' || r == '兩' {
			return 2
		}
	}
	return 1
}
