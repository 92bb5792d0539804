package animatic

import (
	"strings"
)

// expansion is one thing that a director's prompt says. If the prompt mentions it already, it is left out; otherwise the
// seed picks one of the phrases.
type expansion struct {
	words   []string // any of them shows that the prompt mentions it
	phrases []string
}

// expansions is in the order that prompt guides advise: camera, light, look. No phrase changes the speed or direction of the
// camera, which are the caller's choice. No phrase names what could be drawn, or has a small word of English such as "with": the small
// words of a prompt show its language, and with it which names count.
func expansions() []expansion {
	return []expansion{
		{
			words: []string{"camera", "zoom", "push", "pull", "dolly", "pan", "tilt", "orbit", "roll", "static", "handheld",
				"tracking", "crane", "truck", "pedestal", "fpv", "flyover", "shot"},
			phrases: []string{"one smooth camera movement", "a steady, eased camera movement", "a gliding camera movement"},
		},
		{
			words: []string{"light", "sun", "moon", "night", "dusk", "dawn", "golden hour", "noon", "neon", "dark", "bright", "glow"},
			phrases: []string{"soft directional light", "warm low light, long shadows", "clear daylight",
				"diffuse light, gentle contrast"},
		},
		{
			words:   []string{"film", "cinematic", "style", "photograph", "lens", "grain", "illustration", "painting", "render"},
			phrases: []string{"cinematic, fine film grain", "photographed on a 35 mm lens", "cinematic, rich colour"},
		},
	}
}

// Expand adds to the prompt what a director would also say: camera, light and look, if the prompt does not mention them. It
// removes no word. The same prompt and seed give the same text.
func (e *Engine) Expand(prompt string, seed uint32) string {
	text := strings.TrimRight(strings.TrimSpace(prompt), ".,; ")
	low := strings.ToLower(text)
	parts := []string{}
	if text != "" {
		parts = append(parts, text)
	}
	for i, x := range expansions() {
		if mentions(low, x.words) {
			continue
		}
		// A multiplicative hash, so that neighbouring seeds do not pick in step.
		pick := (seed + uint32(i)*0x9e3779b9) * 0x85ebca6b >> 16 //nolint:gosec // i is the index of three
		parts = append(parts, x.phrases[pick%uint32(len(x.phrases))])
	}
	return strings.Join(parts, ", ")
}

func mentions(low string, words []string) bool {
	for _, w := range words {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
