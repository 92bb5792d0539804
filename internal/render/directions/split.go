package directions

import (
	"strings"
	"unicode"

	"github.com/filmgate/filmgate/internal/render/words"
)

// split cuts a prompt into lower-case words, numbers and marks. Runs of a script without spaces stay whole.
func split(prompt string) []string {
	text := strings.ReplaceAll(strings.ToLower(prompt), "->", "→")
	text = strings.Map(func(r rune) rune {
		switch r {
		case '’', '‘':
			return '\''
		case '–', '—':
			return ','
		}
		return r
	}, joined(text))
	var out []string
	for _, run := range runs(text) {
		out = append(out, elided(run)...)
	}
	return out
}

// joined replaces the dash between two numbers, with a unit or not, by a hyphen: "0 s – 2 s".
func joined(text string) string {
	out, last := []rune(text), ' '
	for i, r := range out {
		switch {
		case r != '–' && r != '—':
			if r != ' ' {
				last = r
			}
		case unicode.IsDigit(last) || last == 's' || last == '秒':
			rest := strings.TrimLeft(string(out[i+1:min(len(out), i+3)]), " ")
			if rest != "" && rest[0] >= '0' && rest[0] <= '9' {
				out[i] = '-'
			}
		}
	}
	return string(out)
}

// phraseWords cuts a phrase of the lexicon in the same way.
func phraseWords(p string) []string {
	if strings.ContainsAny(p, "'°") {
		return split(p)
	}
	return strings.Fields(p)
}

// runs cuts text where the kind of its characters changes.
func runs(text string) []string {
	var out []string
	begin, last := -1, ' '
	flush := func(end int) {
		if begin >= 0 {
			out = append(out, text[begin:end])
		}
		begin = -1
	}
	for i, r := range text {
		k := kindOf(r, last)
		if k != kindOf(last, ' ') || k == 'm' || k == ' ' {
			flush(i)
		}
		if begin < 0 && k != ' ' {
			begin = i
		}
		last = r
		if k == 'd' && r == '.' {
			last = '0'
		}
	}
	flush(len(text))
	return out
}

// kindOf returns the kind of a character: d a digit, w a letter, u one of a script without spaces, m a mark, or a space.
func kindOf(r, last rune) rune {
	switch {
	case unicode.IsDigit(r), r == '.' && unicode.IsDigit(last):
		return 'd'
	case words.Unspaced(r):
		return 'u'
	case unicode.IsLetter(r), unicode.IsMark(r), r == '\'', r == '*':
		return 'w'
	case strings.ContainsRune(".,;:!?()[]。，、；：！？【】（）\n→°&", r):
		return 'm'
	}
	return ' '
}

// elided cuts off the article or pronoun before an apostrophe, as French and Italian write it, and a dot that ended a number.
func elided(word string) []string {
	if number, ok := strings.CutSuffix(word, "."); ok && number != "" {
		return []string{number, "."}
	}
	word = strings.TrimSuffix(strings.Trim(word, "'"), "'s")
	before, after, ok := strings.Cut(word, "'")
	if ok && after != "" && len(after) > 1 && words.IsOne(before, "l d s n j m qu all dell nell sull dall jusqu aujourd") {
		return []string{before, after}
	}
	if word == "" {
		return nil
	}
	return []string{word}
}
