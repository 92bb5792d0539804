package docsite

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a search.
const (
	maxQuery   = 200 // bytes
	maxWords   = 8
	maxResults = 20
	before     = 60  // bytes of text shown before the first word found
	excerpt    = 220 // bytes of text shown in all
)

// result is a section that has all words of a query.
type result struct {
	Page, Heading        string
	URL                  string // relative to the page of results
	Before, Found, After string // an excerpt of the section's text; Found is one of the words
	points, order        int
}

// search returns the sections that have all words of the query, in their text or headings, the best first.
func (s *Site) search(from, query string) []result {
	words := strings.Fields(strings.ToLower(query))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	if len(words) == 0 {
		return nil
	}
	var found []result
	for _, d := range s.documents {
		for _, part := range d.sections {
			if points := score(d, part, words); points > 0 {
				r := result{Page: d.title, Heading: part.heading, URL: relative(from, d.path), points: points, order: len(found)}
				if part.anchor != "" {
					r.URL += "#" + part.anchor
				}
				r.Before, r.Found, r.After = excerptOf(part.text, words[0])
				found = append(found, r)
			}
		}
	}
	slices.SortFunc(found, func(a, b result) int { return cmp.Or(b.points-a.points, a.order-b.order) })
	return found[:min(len(found), maxResults)]
}

// score returns how well a section matches the words, 0 if it lacks one. Words in headings count most; the documents of the project's
// own work come after those for users.
func score(d document, part section, words []string) int {
	points := 0
	title, heading, body := strings.ToLower(d.title), strings.ToLower(part.heading), strings.ToLower(part.text)
	for _, w := range words {
		n := min(strings.Count(body, w), 5)
		if strings.Contains(heading, w) {
			n += 12
		}
		if strings.Contains(title, w) {
			n += 4
		}
		if n == 0 {
			return 0
		}
		points += n
	}
	switch d.file {
	case "docs/decisions.md", "CHANGELOG.md", "docs/chaos.md":
		return 1 + points/4
	}
	return points
}

// excerptOf returns a piece of the text around the first place of a word.
func excerptOf(text, word string) (start, found, end string) {
	at := strings.Index(strings.ToLower(text), word)
	if at < 0 || at+len(word) > len(text) { // in the heading only, or moved by a letter whose lower case is longer
		return "", "", cut(text, excerpt)
	}
	from := max(0, at-before)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	start = text[from:at]
	if from > 0 {
		start = "…" + start
	}
	return start, text[at : at+len(word)], cut(text[at+len(word):], excerpt-before)
}

// cut returns at most n bytes of a text, in whole characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
