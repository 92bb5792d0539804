package docsite

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// anchors makes the ids of one page's headings as GitHub does, so that a link to a heading works there and here.
type anchors struct {
	used map[string]bool
}

// Generate returns the id of a heading, which differs from those before it.
func (a *anchors) Generate(heading []byte, _ ast.NodeKind) []byte {
	id := anchor(string(heading))
	unique := id
	for n := 1; a.used[unique]; n++ {
		unique = id + "-" + strconv.Itoa(n)
	}
	a.used[unique] = true
	return []byte(unique)
}

// Put reserves an id.
func (a *anchors) Put(id []byte) { a.used[string(id)] = true }

// anchor returns a heading in lower case, with hyphens for spaces and without punctuation.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}
