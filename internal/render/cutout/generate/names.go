package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// languages are the languages whose words are kept. Those of mainLanguages also have keywords and the names of what men
// and women do.
var (
	mainLanguages = strings.Fields("en de fr es pt it nl zh ja ko ru")
	languages     = append(slices.Clone(mainLanguages), strings.Fields("af ar bg bn bs ca cs cy da el et eu fa fi fil ga gl gu he hi hr hu id is ka kk km kn lo lt lv mk ml mn mr ms my ne no pa pl ro si sk sl sq sr sv sw ta te th tr uk ur uz vi zh-Hant zu")...)
)

// annotation is what CLDR says of one emoji: keywords and its name.
type annotation struct{ Default, TTS []string }

// entry is a word and the drawing that it names in a language.
type entry struct{ word, language string }

// nameAll returns a line for each word, sorted: the word, and for each drawing its number and the languages.
func nameAll(kept []*drawing, cldr string) (string, error) {
	names := map[entry]int{}
	for _, language := range languages {
		all, err := annotations(cldr, language)
		if err != nil {
			return "", err
		}
		nameIn(names, language, kept, all)
	}
	byWord := map[string]map[int][]string{}
	for e, id := range names {
		if byWord[e.word] == nil {
			byWord[e.word] = map[int][]string{}
		}
		byWord[e.word][id] = append(byWord[e.word][id], e.language)
	}
	var out strings.Builder
	for _, word := range slices.Sorted(maps.Keys(byWord)) {
		fmt.Fprintf(&out, "%s\t", word)
		for i, id := range slices.Sorted(maps.Keys(byWord[word])) {
			slices.Sort(byWord[word][id])
			if i > 0 {
				out.WriteByte(' ')
			}
			fmt.Fprintf(&out, "%d:%s", id, strings.Join(byWord[word][id], ","))
		}
		out.WriteByte('\n')
	}
	return out.String(), nil
}

// annotations reads the annotations of a language, by emoji.
func annotations(cldr, language string) (map[string]annotation, error) {
	var file struct {
		Annotations struct{ Annotations map[string]annotation }
	}
	b, err := os.ReadFile(filepath.Join(cldr, "annotations", language, "annotations.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("language %s: %w", language, err)
	}
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(b, &file)
	return file.Annotations.Annotations, err
}

// nameIn adds the names of one language: those of CLDR first, then our own, then keywords that only one drawing has.
func nameIn(names map[entry]int, language string, kept []*drawing, all map[string]annotation) {
	isMain := slices.Contains(mainLanguages, language)
	add := func(word string, id int) {
		word = normal(word)
		if e := (entry{word, language}); word != "" && len(strings.Fields(word)) <= 4 {
			if _, there := names[e]; !there {
				names[e] = id
			}
		}
	}
	users := map[string]int{}
	for id, d := range kept {
		a := lookUp(all, d.emoji)
		for _, name := range a.TTS {
			gendered := strings.HasPrefix(d.icon, "man-") || strings.HasPrefix(d.icon, "woman-") && !strings.Contains(d.icon, "merpeople")
			if isMain || !gendered {
				add(name, id)
			}
		}
		for _, word := range a.Default {
			users[normal(word)]++
		}
	}
	if language == "en" {
		for id, d := range kept {
			for _, word := range d.calls {
				names[entry{normal(word), "en"}] = id
			}
		}
		return
	}
	for id, d := range kept {
		for _, word := range lookUp(all, d.emoji).Default {
			if users[normal(word)] == 1 && isKeyword([]rune(word), language) && !slices.Contains(adjectives, normal(word)) {
				add(word, id)
			}
		}
	}
}

// adjectives are keywords that say nothing of what a drawing shows: a natural light is no ginger.
var adjectives = []string{"natural", "naturel"}

// isKeyword reports whether a keyword of a language is long enough to mean one thing. In German it must be a noun, too.
func isKeyword(word []rune, language string) bool {
	noun := language != "de" || unicode.IsUpper(word[0])
	return slices.Contains(mainLanguages, language) && noun && len(word) > 2 || strings.ContainsRune("zh ja ko", rune(language[0])) && len(word) > 1
}

// lookUp finds an emoji's annotation. CLDR writes emoji without variation selectors.
func lookUp(all map[string]annotation, emoji string) annotation {
	return all[strings.ReplaceAll(emoji, "\uFE0F", "")]
}

// normal returns a name as the words of a prompt are compared with it: in lower case, without marks.
func normal(name string) string {
	if strings.Contains(name, ":") {
		return ""
	}
	name = strings.Map(func(r rune) rune {
		switch r {
		case '’', '‘':
			return '\''
		case '-', '‐', '–', '/', '“', '”', '"', '(', ')', ',', '\t':
			return ' '
		}
		return r
	}, strings.ToLower(name))
	return strings.Join(strings.Fields(name), " ")
}
