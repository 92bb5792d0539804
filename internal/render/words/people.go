package words

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed people.txt
var people string

// Person reports whether a prompt names a person: by a given name and a family name, or by a name that everybody knows.
func Person(prompt string) bool {
	all := tokens(prompt)
	for i, t := range all {
		name := strings.TrimSuffix(strings.TrimSuffix(t.lower, "'s"), "’s")
		if isPerson("known", name) {
			return true
		}
		next := i + 1
		if next < len(all) && t.end == "" && isCapitalised(t.text) && isCapitalised(all[next].text) && isPerson("given", t.lower) {
			return true
		}
	}
	return false
}

// isCapitalised reports whether a word begins with one capital and is not written in capitals.
func isCapitalised(word string) bool {
	first, n := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && n < len(word) && word != strings.ToUpper(word)
}

// isPerson reports whether a name is in a row of the list.
func isPerson(row, name string) bool {
	_, list, _ := strings.Cut(people, "\n"+row+" ")
	list, _, _ = strings.Cut(list, "\n")
	return IsOne(name, list)
}
