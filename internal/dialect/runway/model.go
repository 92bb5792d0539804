package runway

import (
	"slices"
	"unicode/utf16"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// model is one of Runway's models as its SDK describes it (npm @runwayml/sdk 4.20.1, read on 2026-11-28).
type model struct {
	name         string
	lengths      []int    // seconds; nil = least to most
	least, most  int      // seconds
	auto         bool     // the duration may be "auto"
	needsLength  bool     // the duration is required
	ratios       []string // from a picture; nil = any
	textRatios   []string // from a text alone, if they are others
	needsRatio   bool
	prompt       int  // longest prompt, in UTF-16 code units
	needsPrompt  bool // from a picture too
	text         bool // it makes videos from text alone
	image        bool // it makes videos from a picture
	video        bool // it changes videos
	noTextPrompt bool // the prompt may be left out even without a picture
	references   bool // a picture without a position is a reference
}

// models returns Runway's models, and gen3a_turbo, which its older SDKs name.
func models() []model {
	six := []string{"1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"}
	veo := []string{"1280:720", "720:1280", "1080:1920", "1920:1080"}
	return []model{
		{name: "gen4.5", least: 2, most: 10, needsLength: true, ratios: six, textRatios: six[:2], needsRatio: true, prompt: 1000, needsPrompt: true, text: true, image: true},
		{name: "gen4_turbo", least: 2, most: 10, ratios: six, needsRatio: true, prompt: 1000, image: true},
		{name: "gen3a_turbo", lengths: []int{5, 10}, ratios: []string{"1280:768", "768:1280", "16:9", "9:16"}, prompt: 1000, image: true},
		{name: "veo3.1", lengths: []int{4, 6, 8}, ratios: veo, needsRatio: true, prompt: 1000, text: true, image: true},
		{name: "veo3.1_fast", lengths: []int{4, 6, 8}, ratios: veo, needsRatio: true, prompt: 1000, text: true, image: true},
		{name: "hailuo3", least: 1, most: 15, prompt: 7000, needsPrompt: true, text: true, image: true, video: true, references: true},
		{name: "happyhorse_1_0", least: 1, most: 15, prompt: 2500, text: true, image: true},
		{name: "seedance2", least: 1, most: 15, auto: true, prompt: 3500, text: true, image: true, video: true, references: true},
		{name: "seedance2_fast", least: 1, most: 15, auto: true, prompt: 3500, text: true, image: true, video: true, references: true},
		{name: "seedance2_mini", least: 1, most: 15, auto: true, prompt: 3500, text: true, image: true, video: true, references: true},
		{name: "seedance2_5", least: 1, most: 30, auto: true, prompt: 15000, text: true, image: true, video: true, noTextPrompt: true, references: true},
		{name: "gemini_omni_flash", least: 3, most: 10, ratios: veo[:2], prompt: 15000, text: true, image: true, video: true},
		{name: "gemini_omni_flash_1.1", least: 3, most: 10, auto: true, prompt: 15000, needsPrompt: true, text: true, image: true, video: true},
		{name: "grok_imagine_1_5", least: 1, most: 15, prompt: 15000, text: true, image: true},
		{name: "wan3", least: 1, most: 15, prompt: 15000, needsPrompt: true, text: true, image: true, references: true},
		{name: "wan3_prime", least: 1, most: 15, prompt: 15000, needsPrompt: true, text: true, image: true, references: true},
		{name: "h3_max", least: 1, most: 15, prompt: 15000, needsPrompt: true, text: true, image: true},
		{name: "aleph2", least: 1, most: 30, prompt: 1000, video: true},
	}
}

// Models returns the models that callers of the developer API may name, by its Request.Dialect.
func Models() map[string][]string {
	var names []string
	for _, m := range models() {
		names = append(names, m.name)
	}
	return map[string][]string{developer: names}
}

// kind is what a call starts from.
type kind int

const (
	fromText kind = iota
	fromImage
	fromVideo
)

// makes reports whether the model makes videos of that kind.
func (m model) makes(k kind) bool {
	return [...]bool{fromText: m.text, fromImage: m.image, fromVideo: m.video}[k]
}

// modelNames returns the models that a call accepts: Runway's of its kind, and those that the operator routes.
func modelNames(k kind, routed []string) []string {
	var names []string
	for _, m := range models() {
		if m.makes(k) {
			names = append(names, m.name)
		}
	}
	return dialect.AddModels(names, routed)
}

// find returns the model of that name. One that only the operator's settings know has no limits of its own.
func find(name string) model {
	for _, m := range models() {
		if m.name == name {
			return m
		}
	}
	return model{name: name, least: 1, most: longest, auto: true, prompt: promptLimit, text: true, image: true, video: true, noTextPrompt: true}
}

// check records what the model does not make of the request.
func (m model) check(f *dialect.Fields, k kind, r task.Request) {
	m.checkLength(f, r)
	m.checkRatio(f, k)
	if n := len(utf16.Encode([]rune(r.Prompt))); n > m.prompt {
		f.AddError("promptText", "has %d UTF-16 code units; at most %d are allowed with %s", n, m.prompt, m.name)
	}
	if r.Prompt == "" && (m.needsPrompt || k == fromText && !m.noTextPrompt) {
		f.AddError("promptText", "is required with %s", m.name)
	}
}

func (m model) checkLength(f *dialect.Fields, r task.Request) {
	switch given := f.Has("duration"); {
	case !given && m.needsLength:
		f.AddError("duration", "is required with %s", m.name)
	case !given || f.HasErrors("duration"):
	case m.lengths != nil && !slices.Contains(m.lengths, r.Seconds):
		f.AddError("duration", "must be one of %s with %s", list(m.lengths), m.name)
	case m.lengths == nil && (r.Seconds < m.least || r.Seconds > m.most):
		f.AddError("duration", "must be a whole number from %d to %d with %s", m.least, m.most, m.name)
	}
}

func (m model) checkRatio(f *dialect.Fields, k kind) {
	allowed := m.ratios
	if k == fromText && m.textRatios != nil {
		allowed = m.textRatios
	}
	switch {
	case allowed == nil || k == fromVideo:
	case !f.Has("ratio") && m.needsRatio:
		f.AddError("ratio", "is required with %s; allowed: %s", m.name, list(allowed))
	case f.Has("ratio") && !f.HasErrors("ratio") && !slices.Contains(allowed, f.String("ratio", "", 0)):
		f.AddError("ratio", "is not possible with %s; allowed: %s", m.name, list(allowed))
	}
}
