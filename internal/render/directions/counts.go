package directions

import (
	"strings"

	"github.com/filmgate/filmgate/internal/render/words"
)

// counts reports whether the verb at i says what the camera does.
func (k *clauseReader) counts(i int) bool {
	t := k.tokens[i]
	switch {
	case k.bracket:
		return true
	case t.strength == "cam":
		return k.subject == theCamera && !k.shot && k.others == 0
	case t.strength == "weak":
		return k.weakCounts(i)
	case k.subject == theCamera && !k.shot:
		return t.form != "s" || k.others == 0 || k.read == 0
	case t.is("hold still move"):
		return k.subject != another || !t.is("hold") && t.form == ""
	}
	if k.subject == nobody || k.opens(i) && t.form != "s" {
		return k.strongOpens(i)
	}
	// "a cat on a sofa zoom in slowly"
	return t.form != "s" && t.form != "ed" && (t.dir != "" || k.directly(i))
}

// opens reports whether nothing but little words stands before token i.
func (k *clauseReader) opens(i int) bool {
	for _, t := range k.tokens[:i] {
		if t.is("other") {
			return false
		}
	}
	return true
}

// directly reports whether a direction stands right after or before token i.
func (k *clauseReader) directly(i int) bool {
	dirs, _ := k.after(i + 1)
	return len(dirs) > 0 || k.justBefore(i) != ""
}

// strongOpens reports whether a word of film that opens a clause is a move and not a thing, as in "a pan of eggs".
func (k *clauseReader) strongOpens(i int) bool {
	t := k.tokens[i]
	if t.dir != "" || t.form != "" || strings.HasSuffix(t.text, " shot") || k.directly(i) {
		return true
	}
	article, described := false, false
	for _, b := range k.tokens[:i] {
		article = article || b.is("the")
		described = described || b.is("factor sudden camera shot no")
	}
	if i+1 == len(k.tokens) {
		return !article || described
	}
	n := k.tokens[i+1]
	if article && !described && words.IsOne(t.verb, "pan push") && !k.next(i).is("dir") {
		return false // "a dolly on a shelf"
	}
	if n.text == "of" || n.is("other") {
		return described && !n.is("other")
	}
	return true
}

// weakCounts reports whether a verb of everyday language is about the camera.
func (k *clauseReader) weakCounts(i int) bool {
	t := k.tokens[i]
	switch {
	case k.shot, k.read > 0 && k.follows(i, "the"): // "the camera follows a truck"
		return false
	case k.subject == theCamera:
		return k.others == 0 || k.read == 0
	case k.subject == another:
		// An imperative: "a road, move left".
		return k.opens(i) && t.form == "" && k.opener != "and" && k.opener != "meanwhile" && k.weakOpens(i)
	}
	return k.opens(i) && k.weakOpens(i)
}

// weakOpens reports whether the verb that opens a clause is followed as verbs are, and is no noun or adjective: "fall
// leaves", "a rising sun".
func (k *clauseReader) weakOpens(i int) bool {
	t := k.tokens[i]
	for _, b := range k.tokens[:i] {
		if b.is("the") && !t.is("move still") {
			return k.camera()
		}
	}
	if t.is("move still") {
		return i+1 == len(k.tokens) || k.camera() || k.directly(i)
	}
	if k.no {
		return true
	}
	if k.directly(i) {
		return true
	}
	n := k.next(i)
	switch {
	case n.is("dir"):
		return true
	case t.is("hold") && n.is("for end at"):
		return true
	case n.is("end camera"):
		return t.dir != "" || n.is("camera")
	}
	return i+1 < len(k.tokens) && k.tokens[i+1].is("the") && (t.or != "" || words.IsOne(t.dir, "in out over"))
}

// camera reports whether the clause names the camera.
func (k *clauseReader) camera() bool {
	for i, t := range k.tokens {
		if t.is("camera") && !k.isObject(i) {
			return true
		}
	}
	return false
}
