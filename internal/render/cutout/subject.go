package cutout

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/render/words"
)

//go:embed words.txt
var lexicon string

// Subject is a noun of a prompt that a drawing exists for.
type Subject struct {
	Drawing
	Words  string   // as the prompt has them, in lower case
	Count  int      // how many of it
	Colour *[3]byte // nil: the drawing's own
	First  int      // position of its first word in the text
	Length int      // number of its words
}

// Find returns the subjects of a text, which is split as words.Split does, at most the given number. An English noun that
// is a word of film or a verb as well needs an article, a number or a colour before it. Words of other languages count
// only if the text has none of the words that every English sentence has. In a word without spaces, as Chinese and Japanese are written, each
// noun is found.
func Find(text []string, most int) []Subject {
	language := languageOf(text)
	english := language == inEnglish
	var out []Subject
	for i := 0; i < len(text) && len(out) < most; i++ {
		id, n, plural, ok := longest(text[i:], language)
		if !ok && !english {
			for _, s := range unspaced(text[i]) {
				s.First = i
				out = append(out, s)
			}
		}
		if !ok || n == 1 && isNoNoun(text, i) {
			continue
		}
		before := text[max(0, i-3):i]
		s := Subject{Drawing: load(id), Words: strings.Join(text[i:i+n], " "), Count: 1, First: i, Length: n}
		s.Drawing = pose(s.Drawing, slices.Concat(text[i+n:min(len(text), i+n+4)], text[max(0, i-1):i]))
		if plural {
			s.Count = 3
		}
		described := s.describe(before)
		if !english && s.Colour == nil && i+n < len(text) {
			if c, ok := colourOf(text[i+n]); ok { // "un chat noir"
				s.Colour = &c
			}
		}
		if !described && n == 1 && words.IsOne(text[i], ambiguous) {
			continue
		}
		out = append(out, s)
		i += n - 1
	}
	return out[:min(len(out), most)]
}

// isNoNoun reports whether word i of a text is a small word, a word of film, or a collective that is not drawn.
func isNoNoun(text []string, i int) bool {
	for line := range strings.Lines(smallWords) {
		if words.IsOne(text[i], strings.TrimSpace(line)) {
			return true
		}
	}
	return words.IsOne(text[i], filmWords) || words.IsOne(text[i], collectives) && i+1 < len(text) && text[i+1] == "of"
}

// inEnglish is the language of a text with words that every English sentence has.
const inEnglish = "en"

// languageOf returns the language of a text as its small words show it; "": they show none.
func languageOf(text []string) string {
	best, most := "", 0
	for line := range strings.Lines(smallWords) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		n := 0
		for _, w := range text {
			if words.IsOne(w, list) {
				n++
			}
		}
		if name == inEnglish && n > 0 {
			return inEnglish
		}
		if n > most {
			best, most = name, n
		}
	}
	return best
}

// smallWords are words that a language has and those near to it have not.
const smallWords = `en the of with and at an is into over through by to from
de der das ein eine einen einem einer eines und durch über auf im mit fährt läuft am vom zum beim
fr le les un une des du dans sur avec et au aux qui
es el los una del en con y por se las
pt o os um uma do da no na em com ao pelo pela
it il lo gli uno della nel nella con sulla sul che`

// collectives say that there are many of the noun after "of", and are not drawn then: a school of fish is no house.
const collectives = "school flock herd pack swarm group crowd bunch pod colony row pile fleet field"

// filmWords are never drawn, ambiguous words only after an article, a number or a colour.
const (
	filmWords = "camera film movie shot lens drone light down turn does sobre grain 空的 镜头 摄像机 相机 カメラ 카메라"
	ambiguous = "die gold truck crane watch fly bat bear seal duck ring key orange chain rock shell ball hook bell drum brick cook judge guard pilot plate hammer plane hole leg foot ear nose eyes back fall pick saw link clamp fan band park pop coat dress cap book label tag note bow pen pie jar mouse ox ram"
)

// englishWords are names in a language that is not English, and words of English prompts that name no drawing: a prompt of few words,
// such as "night, cool light", does not show its language.
const englishWords = "action adorable autumn bean beat beauty cement cool dance denim drama drink ember empty fancy fantasy fear fire " +
	"fruit glass gold grain hard horror industrial juice jump long love magic metal mini mist night noodle oriental pastel play present real " +
	"romance sauce short silver slim spark sports spring stand stop storm style super tart transparent tropical under vegetable warm water wind winter"

// describe reads the words before a noun: how many there are, and their colour. It reports whether they belong to a noun.
func (s *Subject) describe(before []string) bool {
	found := false
	for k := range before {
		w := before[len(before)-1-k]
		if words.IsOne(w, "a an the this that his her their my its") {
			return true
		}
		if n := slices.Index(strings.Fields("zero one two three four five six seven eight nine ten"), w); n > 0 {
			s.Count, found = n, true
		} else if n, err := strconv.Atoi(w); err == nil && n > 0 {
			s.Count, found = min(12, n), true
		} else if words.IsOne(w, "many several some "+collectives) {
			s.Count, found = 5, true
		} else if c, ok := colourOf(w); ok {
			s.Colour, found = &c, true
		}
	}
	return found
}

// colourOf returns the colour that a word names.
func colourOf(word string) ([3]byte, bool) {
	for pair := range strings.FieldsSeq("red=d42a2a green=3aa347 blue=2f6fd8 yellow=f5c932 orange=f28a1e purple=8a3fc0 violet=7a45c8 pink=f27fb2 brown=7d4e2d black=2a2a30 white=f2f2f0 grey=8d9096 gray=8d9096 golden=e0a82e gold=e0a82e silver=b9c0c8 turquoise=2fb8b0 " + foreignColours) {
		if names, value, _ := strings.Cut(pair, "="); slices.Contains(strings.Split(names, "|"), word) {
			n, _ := strconv.ParseUint(value, 16, 32)
			return [3]byte{byte(n >> 16), byte(n >> 8), byte(n)}, true
		}
	}
	return [3]byte{}, false
}

// foreignColours are colours in German, as they stand before a noun, and in French, Spanish, Portuguese and Italian, as they follow one.
const foreignColours = "rot|rote|roter|rotes|roten|rouge|rojo|roja|vermelho|vermelha|rosso|rossa=d42a2a grün|grüne|grüner|grünes|grünen|vert|verte|verde=3aa347 " +
	"blau|blaue|blauer|blaues|blauen|bleu|bleue|azul|blu|azzurro|azzurra=2f6fd8 gelb|gelbe|gelber|gelbes|gelben|jaune|amarillo|amarilla|amarelo|amarela|giallo|gialla=f5c932 " +
	"rosa|rosane=f27fb2 braun|braune|brauner|braunes|braunen|marron|brun|marrón|marrom|marrone=7d4e2d schwarz|schwarze|schwarzer|schwarzes|schwarzen|noir|noire|negro|negra|preto|preta|nero|nera=2a2a30 " +
	"weiß|weiße|weißer|weißes|weißen|blanc|blanche|blanco|blanca|branco|branca|bianco|bianca=f2f2f0 grau|graue|grauer|graues|grauen|gris|grise|cinza|grigio|grigia=8d9096 lila|violett|morado|morada|roxo|roxa|viola=8a3fc0"

// longest returns the drawing of the longest phrase that the text begins with, and the number of its words.
func longest(text []string, language string) (id, n int, plural, ok bool) {
	for n = min(4, len(text)); n > 0; n-- {
		phrase := strings.Join(text[:n], " ")
		phrase = strings.ReplaceAll(phrase, "-", " ")
		if id, ok = lookUp(phrase, language); ok {
			return id, n, words.IsOne(phrase, "people men women children kids girls boys"), true
		}
		for _, end := range [][2]string{{"s", ""}, {"es", ""}, {"ies", "y"}, {"ves", "f"}, {"mice", "mouse"}} {
			if stem, cut := strings.CutSuffix(phrase, end[0]); cut && len(stem) > 1 {
				if id, ok = lookUp(stem+end[1], inEnglish); ok {
					return id, n, true, true
				}
			}
		}
	}
	return 0, 0, false, false
}

// lookUp finds a phrase in the lexicon: in English, or else in the language given, or in any other if none is. Short words of
// other languages mean too many other things.
func lookUp(phrase, language string) (id int, ok bool) {
	lo, hi := 0, len(lexicon)
	for lo < hi {
		mid := lo + (hi-lo)/2
		begin := strings.LastIndexByte(lexicon[:mid], '\n') + 1
		line, _, _ := strings.Cut(lexicon[begin:], "\n")
		word, meanings, _ := strings.Cut(line, "\t")
		switch {
		case word < phrase:
			lo = begin + len(line) + 1
		case word > phrase:
			hi = begin
		default:
			return choose(meanings, phrase, language)
		}
	}
	return 0, false
}

// choose returns the English meaning of a line of the lexicon, or that of the language given, or the first if none is given.
func choose(meanings, phrase, language string) (id int, ok bool) {
	first, own := -1, -1
	for m := range strings.FieldsSeq(meanings) {
		number, languages, _ := strings.Cut(m, ":")
		n, _ := strconv.Atoi(number)
		all := strings.Split(languages, ",")
		if slices.Contains(all, inEnglish) {
			return n, true
		}
		if own < 0 && slices.Contains(all, language) {
			own = n
		}
		if first < 0 {
			first = n
		}
	}
	ascii := !strings.ContainsFunc(phrase, func(r rune) bool { return r > 127 })
	if own >= 0 {
		return own, !ascii || len(phrase) > 2
	}
	return first, language != inEnglish && first >= 0 && (!ascii || len(phrase) > 3) && !words.IsOne(phrase, englishWords)
}
