package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of a prompt as it is written, and its place in it.
type token struct {
	text, lower string // without the marks before and after it
	end         string // the marks after it
	from, to    int    // bytes, with its marks
}

// tokens splits a prompt at spaces.
func tokens(prompt string) []token {
	var out []token
	at := 0
	for w := range strings.FieldsSeq(prompt) {
		at += strings.Index(prompt[at:], w)
		bare := strings.TrimRight(w, ".,;:!?…")
		t := token{text: strings.TrimLeft(bare, "([{"), end: w[len(bare):], from: at, to: at + len(w)}
		t.lower = strings.ToLower(t.text)
		out = append(out, t)
		at = t.to
	}
	return out
}

// unquoted finds a lettering without quotation marks: "text that says Happy Birthday", "a sign reading OPEN", "title card: The
// End", "logo reveal for a company called Acme", "Acme logo".
func unquoted(prompt string) (l Lettering, rest string, ok bool) {
	all := tokens(prompt)
	for i, t := range all {
		kind, ok := carrier(t.lower)
		if !ok {
			continue
		}
		from, to := afterCarrier(all, i, kind)
		if from == to && kind == Logo {
			from, to = nameBefore(all, i)
		}
		if from == to {
			continue
		}
		text := strings.Trim(prompt[all[from].from:all[to-1].to], " .,;:…")
		if utf8.RuneCountInString(text) > maxLettering || !strings.ContainsFunc(text, isAlphanumeric) {
			continue
		}
		return Lettering{text, kind}, prompt[:all[from].from] + " " + prompt[all[to-1].to:], true
	}
	return Lettering{}, prompt, false
}

// afterCarrier returns the tokens of the lettering that follows a word that names its kind; none if from is to.
func afterCarrier(all []token, i int, kind Kind) (from, to int) {
	says := strings.Contains(all[i].end, ":")
	i++
	card := !says && kind == Title && isCard(all[i:])
	if card {
		says = strings.Contains(all[i].end, ":")
		i++
	}
	for ; i < len(all) && !says; i++ {
		w := all[i].lower
		switch {
		case kind == Logo && means(w, "who"):
			if means(w, "called") {
				return i + 1, nameEnd(all, i+1)
			}
		case announces(w):
			says = true
		case means(w, "called") && kind != Text:
			return i + 1, nameEnd(all, i+1)
		case slices.Contains([]string{"that", "which"}, w):
		case isName(all[i]) && (card || needsNoVerb(kind, all[i-1].lower)):
			return i, nameEnd(all, i)
		default:
			return 0, 0
		}
		if strings.ContainsAny(all[i].end, ".,;!?") {
			return 0, 0
		}
		says = says || strings.Contains(all[i].end, ":")
	}
	if !says {
		return 0, 0
	}
	return i, writingEnd(all, i)
}

// writingEnd returns where the writing from a token on ends: with its name, or with its clause.
func writingEnd(all []token, from int) int {
	if from < len(all) && isName(all[from]) {
		return nameEnd(all, from)
	}
	return clauseEnd(all, from)
}

// isCard reports whether a text begins with what a title stands on.
func isCard(text []token) bool {
	return len(text) > 0 && slices.Contains([]string{"card", "screen", "sequence", "slide"}, text[0].lower)
}

// announces reports whether writing follows a word: "text that says", "a sign reading".
func announces(word string) bool {
	return means(word, "spoken") || slices.Contains([]string{"read", "reads", "reading", "spelling", "spells", "displaying", "titled", "written"}, word)
}

// needsNoVerb reports whether a name may follow the word before it at once: "logo reveal for Acme", "the word Acme".
func needsNoVerb(kind Kind, before string) bool {
	return kind == Logo && before != "logo" || kind == Text && strings.HasPrefix(before, "word")
}

// nameBefore returns the capitalised words right before the word logo.
func nameBefore(all []token, i int) (from, to int) {
	for from = i; from > 0 && isName(all[from-1]) && all[from-1].end == "" && !isArticle(all[from-1].lower); from-- {
	}
	return from, i
}

func isArticle(word string) bool {
	return slices.Contains([]string{"a", "an", "the", "minimalist", "company", "animated", "cinematic", "glowing", "3d"}, word)
}

// isName reports whether a word begins with a capital or a digit.
func isName(t token) bool {
	r, _ := utf8.DecodeRuneInString(t.text)
	return unicode.IsUpper(r) || unicode.IsDigit(r)
}

// nameEnd returns where a run of capitalised words, and of small words between two of them, ends.
func nameEnd(all []token, from int) int {
	to := min(from+1, len(all))
	for i := from; i < len(all); i++ {
		symbol := !strings.ContainsFunc(all[i].text, unicode.IsLetter)
		if isName(all[i]) || symbol || i == from {
			to = i + 1
		} else if !isSmall(all[i].lower) {
			break
		}
		if all[i].end != "" && all[i].end != ":" {
			break
		}
	}
	return to
}

// isSmall reports whether a word is written small within a name.
func isSmall(word string) bool {
	return slices.Contains([]string{"of", "the", "in", "and", "to", "for", "a", "is", "on", "de", "la", "von", "und", "et", "y"}, word)
}

// clauseEnd returns where the clause from a token on ends: at a mark, or at a word that begins where or how.
func clauseEnd(all []token, from int) int {
	for i := from; i < len(all); i++ {
		if i > from && slices.Contains([]string{"on", "in", "over", "above", "at", "with", "against", "across", "below", "under", "while", "as", "floating", "appears", "appearing", "made", "hanging", "written"}, all[i].lower) {
			return i
		}
		if all[i].end != "" {
			return i + 1
		}
	}
	return len(all)
}
