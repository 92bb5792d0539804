package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/filmgate/filmgate/engine/animatic"
)

// config is the settings file: which engines there are beside the animatic, and which of them make which models.
type config struct {
	Engines []engineConfig      `yaml:"engines"`
	Models  map[string][]string `yaml:"models"` // a caller's model, or "*" for any other: "engine" or "engine/its model", in order
}

// engineConfig is one engine.
type engineConfig struct {
	Name          string        `yaml:"name"`
	Type          string        `yaml:"type"`
	BaseURL       string        `yaml:"base_url"`       // "" = the vendor's own
	Timeout       time.Duration `yaml:"timeout"`        // of one call; 0 = a minute
	AllowNetworks []string      `yaml:"allow_networks"` // private networks that this engine may be in
	Keys          []keyConfig   `yaml:"keys"`
	Flavor        string        `yaml:"flavor"`   // openai: which server it is
	Team          int           `yaml:"team"`     // webtask: asTeamId
	Project       string        `yaml:"project"`  // vertex
	Location      string        `yaml:"location"` // vertex
	Bucket        string        `yaml:"bucket"`   // vertex: where videos are left

	networks []netip.Prefix
}

// keyConfig is one key of an engine.
type keyConfig struct {
	Name     string `yaml:"name"` // shown with what it made; "" where there is one key
	Key      string `yaml:"key"`
	Secret   string `yaml:"secret"`    // kling: the secret key that goes with the access key
	File     string `yaml:"file"`      // vertex: a service account's key file
	InFlight int    `yaml:"in_flight"` // videos at once; 0 = no limit
}

// readConfig reads the settings file, puts the environment's values in for ${NAME}, and names every fault at once. No
// file is the animatic for everything.
func readConfig(path string, getenv func(string) string) (config, error) {
	var c config
	if path == "" {
		return c, nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return c, fmt.Errorf("FILMGATE_CONFIG (--config): %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	var faults []string
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		var many *yaml.TypeError
		if !errors.As(err, &many) {
			return c, fmt.Errorf("FILMGATE_CONFIG (--config): %s: %w", path, err)
		}
		faults = many.Errors
	}
	faults = append(faults, c.check(getenv)...)
	if len(faults) > 0 {
		return c, fmt.Errorf("FILMGATE_CONFIG (--config): %s:\n  %s", path, strings.Join(faults, "\n  "))
	}
	return c, nil
}

// check fills in the environment's values and returns every fault.
func (c *config) check(getenv func(string) string) []string {
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	names := map[string]bool{animatic.Name: true}
	for i := range c.Engines {
		e := &c.Engines[i]
		at := fmt.Sprintf("engines[%d]", i)
		switch {
		case e.Name == "" || strings.ContainsAny(e.Name, "/ "):
			fault("%s.name: %q; a name without slashes and spaces is needed", at, e.Name)
		case names[e.Name]:
			fault("%s.name: %q is taken; names are used once, and %q is the built-in renderer", at, e.Name, animatic.Name)
		}
		names[e.Name] = true
		e.check(at, getenv, fault)
	}
	for _, model := range slices.Sorted(maps.Keys(c.Models)) {
		if len(c.Models[model]) == 0 {
			fault("models.%s: no engine is named", model)
		}
		for _, to := range c.Models[model] {
			if name, _, _ := strings.Cut(to, "/"); !names[name] {
				fault("models.%s: there is no engine %q", model, name)
			}
		}
	}
	return faults
}

func (e *engineConfig) check(at string, getenv func(string) string, fault func(string, ...any)) {
	kinds := engineKinds()
	if _, ok := kinds[e.Type]; !ok {
		fault("%s.type: %q; allowed: %s", at, e.Type, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	if e.Timeout < 0 {
		fault("%s.timeout: %v is less than 0", at, e.Timeout)
	}
	fill := func(field string, s *string) {
		*s = variable.ReplaceAllStringFunc(*s, func(v string) string {
			value := getenv(v[2 : len(v)-1])
			if value == "" {
				fault("%s: the environment has no %s", field, v[2:len(v)-1])
			}
			return value
		})
	}
	fill(at+".base_url", &e.BaseURL)
	if e.BaseURL != "" && !strings.HasPrefix(e.BaseURL, "https://") && !strings.HasPrefix(e.BaseURL, "http://") {
		fault("%s.base_url: %q is no http or https URL", at, e.BaseURL)
	}
	for _, n := range e.AllowNetworks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			fault("%s.allow_networks: %q is no prefix such as 127.0.0.0/8", at, n)
		}
		e.networks = append(e.networks, p)
	}
	if len(e.Keys) == 0 {
		fault("%s.keys: at least one is needed", at)
	}
	seen := map[string]bool{}
	for i := range e.Keys {
		k := &e.Keys[i]
		field := fmt.Sprintf("%s.keys[%d]", at, i)
		fill(field+".key", &k.Key)
		fill(field+".secret", &k.Secret)
		if seen[k.Name] || strings.Contains(k.Name, "/") || k.Name == "" && len(e.Keys) > 1 {
			fault("%s.name: %q; each of several keys needs a name of its own, without slashes", field, k.Name)
		}
		seen[k.Name] = true
		if k.InFlight < 0 {
			fault("%s.in_flight: %d is less than 0", field, k.InFlight)
		}
	}
}

// variable is a place where a value of the environment goes.
var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

func (p program) configCommand() *cobra.Command {
	check := p.command("check", "Read the settings file and name every fault in it", func(ctx context.Context, s settings, _ []string) error {
		c, err := readConfig(s.Config, p.getenv)
		if err != nil {
			return err
		}
		engines, err := p.engines(ctx, c)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "%d engines and %d models: no faults\n", len(engines), len(c.Models))
		return err
	}, nil, configuring)
	return group("config", "Look at the settings file", check)
}
