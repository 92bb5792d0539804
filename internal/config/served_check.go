package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
)

// checkServes reports the mistakes in an engine's models.
func (e *Engine) checkServes(at []any, k Kind, f *checker) {
	names := map[string]bool{}
	for i, m := range e.Serves {
		here := append(slices.Clip(at), "serves", i)
		modes := engine.FrameModes()
		if k.Host != nil {
			modes = engine.Modes()
		}
		m.check(here, modes, f)
		if names[m.Name] && m.Name != "" {
			f.add(append(here, "name"), "%q is listed twice", m.Name)
		}
		names[m.Name] = true
		if k.Host != nil {
			m.checkCall(here, *k.Host, f)
			continue
		}
		given := map[string]bool{
			"paths": m.Paths != nil, "inputs": m.Inputs != nil, "mode_inputs": m.ModeInputs != nil, "seconds_as": m.SecondsAs != "",
			"seed_max": m.SeedMax != 0, "fixed": m.Fixed != nil, "max_reference_images": m.MaxReferenceImages != 0, "max_reference_audio": m.MaxReferenceAudio != 0,
		}
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if given[name] {
				f.add(append(slices.Clip(here), name), "engines of type %s have no such setting", e.Type)
			}
		}
	}
}

// checkCall reports the mistakes in how a model is called at a vendor.
func (m ServedModel) checkCall(at []any, k ModelHost, f *checker) {
	under := func(names ...any) []any { return append(slices.Clip(at), names...) }
	m.checkPaths(under, k, f)
	for _, part := range slices.Sorted(maps.Keys(m.Inputs)) {
		checkPart(under("inputs", part), part, f)
	}
	for _, mode := range slices.Sorted(maps.Keys(m.ModeInputs)) {
		m.checkMode(under("mode_inputs", mode), mode, f)
		for _, part := range slices.Sorted(maps.Keys(m.ModeInputs[mode])) {
			checkPart(under("mode_inputs", mode, part), part, f)
		}
	}
	if forms := []string{"", engine.SecondsNumber, engine.SecondsText, engine.SecondsWithUnit}; !slices.Contains(forms, m.SecondsAs) {
		f.add(under("seconds_as"), "%q; allowed: %s", m.SecondsAs, strings.Join(forms[1:], ", "))
	}
	if m.SeedMax < 0 || m.SeedMax > math.MaxUint32 {
		f.add(under("seed_max"), "%d; 0 to %d, and 0 is any", m.SeedMax, uint32(math.MaxUint32))
	}
	if least := min(m.MaxReferenceImages, m.MaxReferenceAudio); least < 0 {
		f.add(under("max_reference_images"), "%d is less than 0; 0 is none, as for max_reference_audio", least)
	}
	if slices.Contains(m.Modes, string(engine.FromReferences)) && m.MaxReferenceImages <= 0 && m.MaxReferenceAudio <= 0 {
		f.add(under("max_reference_images"), "mode references needs it, or max_reference_audio")
	}
	var strange *json.UnsupportedTypeError
	if _, err := json.Marshal(m.Fixed); errors.As(err, &strange) {
		f.add(under("fixed"), "names in it must be texts")
	} else if err != nil {
		f.add(under("fixed"), "it has a number that JSON can't express, such as .nan or .inf")
	}
	for _, mode := range m.modes() {
		m.checkInputs(under, mode, k.Defaults(), f)
	}
}

// checkPaths reports paths that the vendor can't have, and modes without a path.
func (m ServedModel) checkPaths(under func(...any) []any, k ModelHost, f *checker) {
	for _, mode := range slices.Sorted(maps.Keys(m.Paths)) {
		m.checkMode(under("paths", mode), mode, f)
		if err := k.CheckPath(m.Paths[mode]); err != nil {
			f.add(under("paths", mode), "%v", err)
		}
	}
	if len(m.Paths) == 0 && m.Name != "" {
		if err := k.CheckPath(m.Name); err != nil {
			f.add(under("name"), "%v; else paths must say where the model is called", err)
		}
	}
	for _, mode := range m.Modes {
		if _, ok := m.Paths[mode]; !ok && len(m.Paths) > 0 && slices.Contains(engine.Modes(), engine.Mode(mode)) {
			f.add(under("paths"), "mode %s needs one", mode)
		}
	}
	if len(m.Paths) > 0 && len(m.Modes) == 0 {
		f.add(under("modes"), "they are needed if there are paths")
	}
}

func (m ServedModel) checkMode(at []any, mode string, f *checker) {
	if !slices.Contains(m.modes(), engine.Mode(mode)) {
		f.add(at, "%q is no mode of the model", mode)
	}
}

func checkPart(at []any, part string, f *checker) {
	if parts := engine.InputParts(); !slices.Contains(parts, part) {
		f.add(at, "%q is no part of a request; allowed: %s", part, strings.Join(parts, ", "))
	}
}

// checkInputs reports parts that a mode needs and has no input for, and inputs that are used twice.
func (m ServedModel) checkInputs(under func(...any) []any, mode engine.Mode, usual engine.Inputs, f *checker) {
	in := m.call().Model(m.hostedModel(), usual).Endpoints[mode].Inputs
	needed := map[string]string{}
	need := func(part, why string, does bool) {
		if does {
			needed[part] = why
		}
	}
	need("prompt", "mode text needs an input for it", mode == engine.FromText)
	need("first_frame", fmt.Sprintf("mode %s needs an input for it", mode), mode == engine.FromFirst || mode == engine.FromFirstLast)
	need("last_frame", fmt.Sprintf("mode %s needs an input for it", mode), mode == engine.FromLast || mode == engine.FromFirstLast)
	need("reference_images", "max_reference_images needs an input for them", m.MaxReferenceImages > 0)
	need("reference_audio", "max_reference_audio needs an input for them", m.MaxReferenceAudio > 0)
	need("video", "mode video needs an input for it", mode == engine.FromVideo)
	need("seconds", "a model of several lengths needs an input to say which", mode != engine.FromVideo && (len(m.Seconds) > 1 || len(m.Seconds) == 0 && m.MaxSeconds > 1))
	need("aspect_ratio", "a model of several aspect ratios needs an input to say which", len(m.AspectRatios) > 1 && mode == engine.FromText)
	need("resolution", "a model of several resolutions needs an input to say which", len(m.Resolutions) > 1 && mode != engine.FromVideo)
	need("seed", "a model with a seed needs an input for it", m.Seed)
	taken := map[string]string{}
	for _, part := range engine.InputParts() {
		name := *in.Field(part)
		if name == "" && needed[part] != "" {
			f.add(under("inputs", part), "%s", needed[part])
		}
		if before, ok := taken[name]; ok && name != "" {
			f.add(under("inputs", part), "%q is the input of %s already", name, before)
		}
		taken[name] = part
		if _, ok := m.Fixed[name]; ok && name != "" {
			f.add(under("fixed", name), "%q is the input of %s already", name, part)
		}
	}
}
