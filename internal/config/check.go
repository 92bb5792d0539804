package config

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
)

// The values of unconfirmed.
const (
	unconfirmedFail     = "fail"
	unconfirmedResubmit = "resubmit"
	unconfirmedStrict   = "strict" // as fail, and a server error to a create is unconfirmed too
)

// maxWeight is the largest weight of an account, which is served so often in a row.
const maxWeight = 100

// checker checks a settings file against the types of engines.
type checker struct {
	*errorList
	kinds   Kinds
	builtIn string
}

// check reports every mistake that can be found without making an engine.
func (c *File) check(f *checker) {
	if c.Deadline != nil && *c.Deadline < 0 {
		f.add([]any{"deadline"}, "%v is less than 0", *c.Deadline)
	}
	for _, account := range slices.Sorted(maps.Keys(c.Weights)) {
		if w := c.Weights[account]; account < 1 || w < 1 || w > maxWeight {
			f.add([]any{"weights", strconv.FormatInt(account, 10)}, "%d; an account is 1 or more, and its weight is from 1 to %d", w, maxWeight)
		}
	}
	names := map[string]bool{f.builtIn: true}
	for i := range c.Engines {
		e := &c.Engines[i]
		at := []any{"engines", i}
		switch {
		case e.Name == "" || strings.ContainsAny(e.Name, "/ "):
			f.add(append(at, "name"), "%q; a name without slashes and spaces is needed", e.Name)
		case names[e.Name]:
			f.add(append(at, "name"), "%q is taken; names are used once, and %q is the built-in renderer", e.Name, f.builtIn)
		}
		names[e.Name] = true
		e.check(at, f)
	}
	c.checkServerAddresses(f)
	for _, model := range slices.Sorted(maps.Keys(c.Models)) {
		c.checkRoute(model, names, f)
	}
}

func (c *File) checkRoute(model string, names map[string]bool, f *checker) {
	at := []any{"models", model}
	if len(c.Models[model]) == 0 {
		f.add(at, "no engine is listed")
	}
	var unweighted bool
	seen := map[string]bool{}
	for i, s := range c.Models[model] {
		name, _ := s.split()
		switch here := append(slices.Clip(at), i); {
		case !names[name]:
			f.add(here, "there is no engine %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		case seen[s.To]:
			f.add(here, "%q is listed twice", s.To)
		case s.Weight < 0:
			f.add(append(here, "weight"), "%d is less than 0", s.Weight)
		case s.Weight > 0 && unweighted:
			f.add(here, "engines with a weight must come before those without, which are tried in order after all of these have failed")
		}
		seen[s.To] = true
		unweighted = unweighted || s.Weight == 0
	}
}

func (e *Engine) check(at []any, f *checker) {
	under := func(name string) []any { return append(slices.Clip(at), name) }
	if e.Timeout < 0 {
		f.add(under("timeout"), "%v is less than 0", e.Timeout)
	}
	if e.Deadline != nil && *e.Deadline < 0 {
		f.add(under("deadline"), "%v is less than 0; 0s is none", *e.Deadline)
	}
	if e.JobDeadline < 0 {
		f.add(under("job_deadline"), "%v is less than 0; 0s is none", e.JobDeadline)
	}
	if e.Patience != nil && *e.Patience < 0 {
		f.add(under("patience"), "%v is less than 0; 0s moves on at once", *e.Patience)
	}
	if allowed := []string{unconfirmedFail, unconfirmedResubmit, unconfirmedStrict}; e.Unconfirmed != "" && !slices.Contains(allowed, e.Unconfirmed) {
		f.add(under("unconfirmed"), "%q; allowed: %s", e.Unconfirmed, strings.Join(allowed, ", "))
	}
	if u, err := url.Parse(e.BaseURL); e.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		f.add(under("base_url"), "%q is no http or https URL", e.BaseURL)
	}
	for i, n := range e.AllowNetworks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			f.add(append(under("allow_networks"), i), "%q is no prefix such as 127.0.0.0/8", n)
		}
		e.networks = append(e.networks, p)
	}
	for _, model := range slices.Sorted(maps.Keys(e.Prices)) {
		e.Prices[model].check(append(under("prices"), model), f)
	}
	e.checkKind(at, f)
	e.checkKeys(at, f)
	if k, ok := f.kinds[e.Type]; ok {
		e.checkServer(at, k, f)
		e.warnOfAddress(at, f)
		e.warnOfKeys(at, k, f)
	}
}

// checkKind checks the settings that only some types take or need.
func (e *Engine) checkKind(at []any, f *checker) {
	k, ok := f.kinds[e.Type]
	if !ok {
		f.add(append(slices.Clip(at), "type"), "%q; allowed: %s", e.Type, strings.Join(slices.Sorted(maps.Keys(f.kinds)), ", "))
		return
	}
	given := map[string]bool{
		"flavor": e.Flavor != "", "serves": len(e.Serves) > 0, "team": e.Team != 0, "project": e.Project != "",
		"location": e.Location != "", "bucket": e.Bucket != "", "workflows": len(e.Workflows) > 0, "delete_at_vendor": e.DeleteCopy,
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch here := append(slices.Clip(at), name); {
		case given[name] && !slices.Contains(k.Takes, name):
			f.add(here, "engines of type %s have no such setting", e.Type)
		case !given[name] && slices.Contains(k.Needs, name):
			f.add(here, "engines of type %s need it", e.Type)
		}
	}
	if e.Flavor != "" && !slices.Contains(k.Flavors, e.Flavor) {
		f.add(append(slices.Clip(at), "flavor"), "%q; allowed: %s", e.Flavor, strings.Join(k.Flavors, ", "))
	}
	e.checkServes(at, k, f)
	for i, w := range e.Workflows {
		here := append(slices.Clip(at), "workflows", i)
		w.check(here, append(engine.FrameModes(), engine.FromReferences), f)
		if w.File == "" {
			f.add(append(here, "file"), "the workflow's file is needed, as ComfyUI exports it for its API")
		}
	}
}

// check reports the mistakes in a model whose type allows these modes.
func (m Model) check(at []any, modes []engine.Mode, f *checker) {
	if m.Name == "" {
		f.add(append(slices.Clip(at), "name"), "a name is needed")
	}
	onlyVideo := len(m.Modes) == 1 && engine.Mode(m.Modes[0]) == engine.FromVideo // its videos are as long as the input
	if len(m.Seconds) == 0 && m.MaxSeconds <= 0 && !onlyVideo {
		f.add(append(slices.Clip(at), "max_seconds"), "seconds or max_seconds is needed")
	}
	for i, s := range m.Seconds {
		if s <= 0 {
			f.add(append(slices.Clip(at), "seconds", i), "%d is not above 0", s)
		}
	}
	m.checkLimits(at, f)
	if m.Price != nil {
		m.Price.check(append(slices.Clip(at), "price"), f)
	}
	allowed := make([]string, len(modes))
	for i, mode := range modes {
		allowed[i] = string(mode)
	}
	for i, mode := range m.Modes {
		if !slices.Contains(allowed, mode) {
			f.add(append(slices.Clip(at), "modes", i), "%q; allowed: %s", mode, strings.Join(allowed, ", "))
		}
	}
}

func (e *Engine) checkKeys(at []any, f *checker) {
	kind := f.kinds[e.Type]
	at = append(slices.Clip(at), "keys")
	if len(e.Keys) == 0 && kind.KeyOptional {
		e.Keys = []Key{{}}
	}
	if len(e.Keys) == 0 {
		f.add(at, "at least one is needed")
	}
	seen := map[string]bool{}
	for i, k := range e.Keys {
		here := append(slices.Clip(at), i)
		under := func(name string) []any { return append(slices.Clip(here), name) }
		if seen[k.Name] || strings.Contains(k.Name, "/") || k.Name == "" && len(e.Keys) > 1 {
			f.add(under("name"), "%q; each of several keys needs a name of its own, without slashes", k.Name)
		}
		seen[k.Name] = true
		if k.InFlight < 0 {
			f.add(under("in_flight"), "%d is less than 0; 0 is no limit", k.InFlight)
		}
		if kind.New == nil {
			continue // the type is unknown, which is reported already
		}
		given := map[string]bool{"key": k.Key != "", "secret": k.Secret != "", "file": k.File != ""}
		for _, name := range slices.Sorted(maps.Keys(given)) {
			needed := slices.Contains(kind.KeyNeeds, name)
			switch {
			case given[name] && !needed && !slices.Contains(kind.KeyTakes, name):
				f.add(under(name), "keys of type %s have no such setting", e.Type)
			case !given[name] && needed && !kind.KeyOptional:
				f.add(under(name), "keys of type %s need it", e.Type)
			}
		}
	}
}

// checkLimits reports limits below zero, and pairs in the wrong order.
func (m Model) checkLimits(at []any, f *checker) {
	limits := map[string]float64{
		"prompt_limit": float64(m.PromptLimit), "image_bytes": float64(m.ImageBytes), "image_min_side": float64(m.ImageMinSide),
		"image_max_side": float64(m.ImageMaxSide), "image_max_ratio": m.ImageMaxRatio, "video_bytes": float64(m.VideoBytes),
		"video_min_seconds": m.VideoMinSeconds, "video_max_seconds": m.VideoMaxSeconds,
	}
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		if limits[name] < 0 {
			f.add(append(slices.Clip(at), name), "%v is less than 0; 0 is no limit", limits[name])
		}
	}
	least := []struct {
		field, below string
		limit, least float64
	}{
		{"image_max_side", "image_min_side", float64(m.ImageMaxSide), float64(m.ImageMinSide)},
		{"image_max_ratio", "1", m.ImageMaxRatio, 1},
		{"video_max_seconds", "video_min_seconds", m.VideoMaxSeconds, m.VideoMinSeconds},
	}
	for _, l := range least {
		if l.limit > 0 && l.limit < l.least {
			f.add(append(slices.Clip(at), l.field), "%v is less than %s", l.limit, l.below)
		}
	}
	if video := m.VideoBytes != 0 || m.VideoMinSeconds != 0 || m.VideoMaxSeconds != 0; video && !slices.Contains(m.Modes, string(engine.FromVideo)) {
		f.add(append(slices.Clip(at), "modes"), "limits of an input video are for models of the mode video")
	}
}
