package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// EndingSoon is how long before its end a model is shown as one that ends.
const EndingSoon = 60 * 24 * time.Hour

// Endings returns a line for each target whose model has ended by now or ends within [EndingSoon], and for each model that so ends
// of an engine that a route names without a model. One that has ended is listed there only if the engine has no other.
func (l Loaded) Endings(now time.Time) []string {
	var out []string
	whole := map[string]bool{} // engines that a route names without a model
	for _, route := range slices.Sorted(maps.Keys(l.File.Models)) {
		for i, target := range l.File.Models[route] {
			name, wanted := target.split()
			whole[name] = whole[name] || wanted == ""
			for _, m := range l.modelsOf(name) {
				if m.Name == wanted && endsSoon(m, now) {
					out = append(out, fmt.Sprintf("models.%s[%d]: %s", route, i, m.EndText(now)))
				}
			}
		}
	}
	for i, e := range l.File.Engines {
		models := l.modelsOf(e.Name)
		for _, m := range models {
			if whole[e.Name] && endsSoon(m, now) && (!m.Ended(now) || engine.AllEnded(models, now)) {
				out = append(out, fmt.Sprintf("engines[%d] (%s): %s", i, e.Name, m.EndText(now)))
			}
		}
	}
	return out
}

func endsSoon(m engine.Model, now time.Time) bool { return m.Ended(now.Add(EndingSoon)) }

// modelsOf returns the models of an engine of the file; none of the built-in renderer.
func (l Loaded) modelsOf(name string) []engine.Model {
	if e, ok := l.Engines[name]; ok {
		return e.Capabilities().Models
	}
	return nil
}
