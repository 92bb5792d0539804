package words

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what carries a lettering.
type Kind string

// The kinds of lettering.
const (
	Text     Kind = "text"     // words over the picture
	Title    Kind = "title"    // a title card
	Logo     Kind = "logo"     // the name of a company or a product
	Sign     Kind = "sign"     // a sign or a banner in the scene
	Subtitle Kind = "subtitle" // what somebody says
)

// Lettering is words that a prompt asks to be seen as words.
type Lettering struct {
	Text string
	Kind Kind
}

// maxLettering is how many characters a lettering may have. A longer quotation is part of the prompt.
const maxLettering = 160

// Letterings finds the words of a prompt that are to be set in type: quoted ones, and those that follow "text that says",
// "a sign reading", "title card", "logo for a company called" and the like. rest is the prompt without them. Quotation marks
// round the whole prompt, and round a name ("a dog called …"), mean nothing.
func Letterings(prompt string) (found []Lettering, rest string) {
	quotes := quotations(prompt)
	if len(quotes) > 4 {
		return nil, prompt // it is a document, not a description
	}
	var out strings.Builder
	at := 0
	for _, q := range quotes {
		text := strings.TrimSpace(prompt[q.from:q.to])
		before, after := prompt[at:q.start], prompt[q.end:]
		kind, ok := kindOf(before, after)
		if n := len(found); n > 0 && means(strings.Trim(before, " ,"), "and") { // "ONE" and "TWO" are of one kind
			kind, ok = found[n-1].Kind, true
		}
		if whole := strings.Trim(prompt[:q.start]+after, " \t\r\n.,;!?") == ""; whole || !ok || utf8.RuneCountInString(text) > maxLettering {
			out.WriteString(before + " " + text + " ")
		} else {
			found = append(found, Lettering{text, kind})
			out.WriteString(before + " ")
		}
		at = q.end
	}
	out.WriteString(prompt[at:])
	if rest = out.String(); len(found) > 0 {
		return found, withoutCarriers(rest)
	}
	if l, without, ok := unquoted(rest); ok {
		return []Lettering{l}, withoutCarriers(without)
	}
	if len(quotes) == 0 {
		rest = prompt
	}
	return nil, rest
}

// withoutCarriers returns a prompt without the words that name what carries a lettering: they are no things to draw.
func withoutCarriers(prompt string) string {
	var out strings.Builder
	at := 0
	for _, t := range tokens(prompt) {
		if _, ok := carrier(t.lower); ok {
			out.WriteString(prompt[at:t.from] + t.end)
			at = t.to
		}
	}
	return out.String() + prompt[at:]
}

// quotation is a quoted part of a prompt: with its marks from start to end, without them from from to to.
type quotation struct{ start, from, to, end int }

// closers maps an opening quotation mark to those that close it.
func closers(open rune) string {
	switch open {
	case '"':
		return "\""
	case '“', '”', '„', '‟':
		return "”“\""
	case '«':
		return "»"
	case '»':
		return "«"
	case '‹':
		return "›"
	case '「':
		return "」"
	case '『':
		return "』"
	case '《':
		return "》"
	case '‘', '‚':
		return "’‘"
	case '\'':
		return "'"
	}
	return ""
}

// quotations returns the quoted parts of a prompt that have letters or digits in them.
func quotations(prompt string) []quotation {
	var out []quotation
	before := ' '
	for i := 0; i < len(prompt); {
		r, n := utf8.DecodeRuneInString(prompt[i:])
		if q, ok := quotationAt(prompt, i, r, n, before); ok {
			out = append(out, q)
			before, i = ' ', q.end
			continue
		}
		before, i = r, i+n
	}
	return out
}

// quotationAt returns the quotation that begins at byte i with the mark r, n bytes long. before is the character before.
func quotationAt(prompt string, i int, r rune, n int, before rune) (quotation, bool) {
	ends := closers(r)
	apostrophe := strings.ContainsRune("'‘‚", r)
	if ends == "" || apostrophe && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
		return quotation{}, false
	}
	for k := i + n; k < len(prompt); {
		c, size := utf8.DecodeRuneInString(prompt[k:])
		next, _ := utf8.DecodeRuneInString(prompt[k+size:])
		inWord := apostrophe && (unicode.IsLetter(next) || unicode.IsDigit(next))
		if strings.ContainsRune(ends, c) && !inWord {
			text := prompt[i+n : k]
			return quotation{i, i + n, k, k + size}, strings.ContainsFunc(text, isAlphanumeric) && (!apostrophe || isLabel(text))
		}
		k += size
	}
	return quotation{}, false
}

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isLabel reports whether a text between apostrophes can be a quotation, and not what is between two apostrophes that stand
// for letters ('90s, rock 'n' roll).
func isLabel(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	decade := len(text) > 2 && unicode.IsDigit(first) && text[2] == 's'
	return !unicode.IsSpace(first) && !decade && utf8.RuneCountInString(text) > 1 && len(strings.Fields(text)) <= 12
}

//go:embed lettering.tsv
var letteringTable string

// means reports whether a word is in the row of the table for a meaning.
func means(word, meaning string) bool {
	row, _, _ := strings.Cut(letteringTable[strings.Index(letteringTable, "\n"+meaning+"\t")+1:], "\n")
	_, list, _ := strings.Cut(row, "\t")
	return strings.Contains("|"+list+"|", "|"+word+"|")
}

// carrier returns what a word names, if it names a kind of lettering.
func carrier(word string) (Kind, bool) {
	for _, k := range []Kind{Sign, Logo, Title, Subtitle, Text} {
		if means(word, string(k)) {
			return k, true
		}
	}
	return "", false
}

// kindOf returns the kind of a quotation by the words before it, else by those after it. ok is false if it is only a name.
func kindOf(before, after string) (kind Kind, ok bool) {
	said := lettersOf(before)
	spoken, called := false, false
	for i := len(said) - 1; i >= max(0, len(said)-9); i-- {
		w := said[i]
		if strings.ContainsAny(w, ".;!?") {
			break
		}
		if k, ok := carrier(w); ok {
			return k, true
		}
		if means(w, "who") && called && i < len(said)-1 && !means(said[i+1], "who") {
			break
		}
		spoken = spoken || means(w, "spoken")
		called = called || i == len(said)-1 && means(w, "called")
	}
	for _, w := range first(lettersOf(after), 3) {
		if strings.ContainsAny(w, ".,;!?") {
			break
		}
		if k, ok := carrier(w); ok {
			return k, true
		}
	}
	switch {
	case called:
		return "", false
	case spoken:
		return Subtitle, true
	}
	return inCJK(before)
}

// inCJK returns the kind by the end of a text that has no spaces between words.
func inCJK(before string) (Kind, bool) {
	tail := []rune(before)
	tail = tail[max(0, len(tail)-10):]
	for row := range strings.Lines(letteringTable) {
		name, list, _ := strings.Cut(strings.TrimSpace(row), "\t")
		if !slices.Contains([]Kind{Sign, Logo, Title, Subtitle, Text}, Kind(name)) {
			continue
		}
		for w := range strings.SplitSeq(list, "|") {
			if r, _ := utf8.DecodeRuneInString(w); r > 0x2e80 && strings.Contains(string(tail), w) {
				return Kind(name), true
			}
		}
	}
	return Text, true
}

// lettersOf returns the lower-case words of a text, with the mark that ends a word as a word of its own.
func lettersOf(text string) []string { return Split(strings.ReplaceAll(text, ":", " ")) }

func first(list []string, n int) []string { return list[:min(n, len(list))] }
