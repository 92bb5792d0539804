package cutout

import (
	"strings"

	"github.com/filmgate/filmgate/internal/render/words"
)

// postures are the drawings of a whole person by what the person does: the last word of the drawing's name, and the stems of verbs.
var postures = []struct{ does, stems string }{
	{"dancing", "danc waltz"}, {"running", "run jog sprint"}, {"walking", "walk stroll hik march wander"}, {"kneeling", "kneel pray"},
	{"climbing", "climb"}, {"swimming", "swim"}, {"surfing", "surf"}, {"biking", "bik cycl"}, {"golfing", "golf"}, {"fencing", "fenc"}, {"juggling", "juggl"},
}

// pose returns the drawing of the whole person for the drawing of a head, as the words beside the noun say that the person does something,
// else standing. Other drawings stay as they are. Children are drawn as adults of their height.
func pose(head Drawing, beside []string) Drawing {
	who := map[string]string{"person": "person", "child": "person", "man": "man", "boy": "man", "woman": "woman", "girl": "woman"}[head.Name]
	if who == "" {
		return head
	}
	does := "standing"
	for _, word := range beside {
		if p := posture(word); p != "" {
			does = p
			break
		}
	}
	if does == "dancing" && who == "person" { // there is no such drawing
		who = "woman"
	}
	body, ok := Named(who + "-" + does)
	if !ok {
		return head
	}
	body.Metres = head.Metres
	return body
}

// posture returns how a person who does what a verb says is drawn, and "" if there is no drawing of it.
func posture(verb string) string {
	for _, p := range postures {
		for stem := range strings.FieldsSeq(p.stems) {
			if end, ok := strings.CutPrefix(verb, stem); ok && (end == "" || words.IsOne(end, "s e es ed ing ning ming")) {
				return p.does
			}
		}
	}
	return ""
}
