package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// config is the settings file: which engines there are beside the animatic, and which of them make which models.
type config struct {
	Deadline *time.Duration            `yaml:"deadline"` // of tasks whose engine names none of its own; nil = defaultDeadline
	Engines  []engineConfig            `yaml:"engines"`
	Models   map[string][]targetConfig `yaml:"models"` // by a caller's model, or "*" for any other
}

// engineConfig is one engine.
type engineConfig struct {
	Name          string                 `yaml:"name"`
	Type          string                 `yaml:"type"`
	BaseURL       string                 `yaml:"base_url"`       // "" = the vendor's own
	Timeout       time.Duration          `yaml:"timeout"`        // of one call; 0 = callTimeout
	AllowNetworks []string               `yaml:"allow_networks"` // private networks that this engine may be in
	Keys          []keyConfig            `yaml:"keys"`
	Deadline      *time.Duration         `yaml:"deadline"`    // nil = the file's; 0 = none
	Patience      *time.Duration         `yaml:"patience"`    // nil = defaultPatience
	Unconfirmed   string                 `yaml:"unconfirmed"` // "fail", which "" is too, or "resubmit"
	Callbacks     *bool                  `yaml:"callbacks"`   // nil = where the public URL begins with https
	Prices        map[string]priceConfig `yaml:"prices"`      // by the engine's own model
	Flavor        string                 `yaml:"flavor"`      // openai: which server it is
	Serves        []servedConfig         `yaml:"serves"`      // openai, localai: the server's models; fal, replicate: further ones
	Team          int                    `yaml:"team"`        // webtask: asTeamId
	Project       string                 `yaml:"project"`     // vertex
	Location      string                 `yaml:"location"`    // vertex
	Bucket        string                 `yaml:"bucket"`      // vertex: where videos are left
	Workflows     []workflowConfig       `yaml:"workflows"`   // comfyui

	networks []netip.Prefix
}

// keyConfig is one key of an engine.
type keyConfig struct {
	Name     string `yaml:"name"` // shown with what it made; "" where there is one key
	Key      string `yaml:"key"`
	Secret   string `yaml:"secret"`    // kling: the secret key that goes with an access key
	File     string `yaml:"file"`      // vertex: a service account's key file
	InFlight int    `yaml:"in_flight"` // videos at once; 0 = no limit

	serviceAccount string // what is in File
}

// priceConfig is what a model costs, where the engine does not know it or the operator pays another price.
type priceConfig struct {
	PerSecond float64 `yaml:"per_second"`
	PerClip   float64 `yaml:"per_clip"`
	Currency  string  `yaml:"currency"` // "" = USD
}

// modelConfig is a model that the operator names, and its limits. A zero limit is none.
type modelConfig struct {
	Name            string   `yaml:"name"`
	Modes           []string `yaml:"modes"`
	Seconds         []int    `yaml:"seconds"`
	MaxSeconds      int      `yaml:"max_seconds"`
	AspectRatios    []string `yaml:"aspect_ratios"`
	Resolutions     []string `yaml:"resolutions"`
	PromptLimit     int      `yaml:"prompt_limit"`
	ImageTypes      []string `yaml:"image_types"`
	ImageBytes      int64    `yaml:"image_bytes"`
	ImageMinSide    int      `yaml:"image_min_side"`
	ImageMaxSide    int      `yaml:"image_max_side"`
	ImageMaxRatio   float64  `yaml:"image_max_ratio"`
	VideoBytes      int64    `yaml:"video_bytes"`
	VideoMinSeconds float64  `yaml:"video_min_seconds"`
	VideoMaxSeconds float64  `yaml:"video_max_seconds"`
	Seed            bool     `yaml:"seed"`

	Price *priceConfig `yaml:"price"` // nil = nobody knows
}

// workflowConfig is a workflow of a ComfyUI server: a model, the file of its graph, and where the parts of a job go in it.
type workflowConfig struct {
	modelConfig `yaml:",inline"`
	File        string              `yaml:"file"`
	Slots       map[string][]string `yaml:"slots"`

	graph string // what is in File
}

// targetConfig is one engine on a model's route: "engine" or "engine/its model", or the same with a weight.
type targetConfig struct {
	To     string `yaml:"to"`
	Weight int    `yaml:"weight"`
}

// UnmarshalYAML reads the short form, a text, and the long one.
func (s *targetConfig) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&s.To)
	}
	type long targetConfig
	return n.Decode((*long)(s))
}

// parts are the engine's name, and its model's or "".
func (s targetConfig) parts() (engine, model string) {
	engine, model, _ = strings.Cut(s.To, "/")
	return engine, model
}

// configError is a settings file that is not as it should be.
type configError struct {
	path     string
	problems []string // each with its line, as far as it has one
}

// Error names every fault.
func (e *configError) Error() string {
	return fmt.Sprintf("FILMGATE_CONFIG (--config): %s:\n  %s", e.path, strings.Join(e.problems, "\n  "))
}

// readConfig reads the settings file and the files that it names, and puts the environment's values in for ${NAME}. The
// faults are for whoever goes on to check what the settings say; the error is a file that can't be read at all. No file is
// the animatic for everything.
func readConfig(path string, getenv func(string) string) (config, *configErrors, error) {
	var c config
	if path == "" {
		return c, &configErrors{}, nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return c, nil, fmt.Errorf("FILMGATE_CONFIG (--config): %w", err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return c, nil, &configError{path, []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	if printNothing(root) {
		return c, nil, &configError{path, []string{emptyFile}}
	}
	f := &configErrors{path: path, root: root.Content[0]}
	f.walk(f.root, nil, getenv, &c)
	var many *yaml.TypeError
	if err := f.root.Decode(&c); errors.As(err, &many) {
		f.types(many)
	} else if err != nil {
		return c, nil, &configError{path, []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	c.check(f)
	c.readFiles(filepath.Dir(path), f)
	return c, f, nil
}

// emptyFile is said of a file without a setting. It is what an editor leaves for a moment, and a full disk for good; read
// as no settings it would send every video to the built-in renderer.
const emptyFile = `the file has no settings in it, only spaces or comments; write models: {"*": [animatic]} if every video is to be made ` +
	"by the built-in renderer, or name no file"

// printNothing reports whether a file holds no setting.
func printNothing(file yaml.Node) bool {
	if len(file.Content) == 0 {
		return true
	}
	top := file.Content[0]
	return top.ShortTag() == nullTag || top.Kind == yaml.MappingNode && len(top.Content) == 0
}

// readFiles reads the files that the settings name; a relative path begins at the settings file's folder.
func (c *config) readFiles(folder string, f *configErrors) {
	read := func(at []any, name string) string {
		if name == "" {
			return ""
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(folder, name)
		}
		b, err := os.ReadFile(name) //nolint:gosec // the operator names it
		if err != nil {
			if why := (*fs.PathError)(nil); errors.As(err, &why) {
				err = why.Err
			}
			f.add(at, "%s: %v", name, err)
		}
		return string(b)
	}
	for i := range c.Engines {
		e := &c.Engines[i]
		for n := range e.Keys {
			e.Keys[n].serviceAccount = read([]any{"engines", i, "keys", n, "file"}, e.Keys[n].File)
		}
		for n := range e.Workflows {
			e.Workflows[n].graph = read([]any{"engines", i, "workflows", n, "file"}, e.Workflows[n].File)
		}
	}
}

func (p program) configCommand() *cobra.Command {
	check := p.command("check", "Read the settings file and name every fault in it", func(ctx context.Context, s settings, _ []string) error {
		l, err := p.load(s.Config, loaded{})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "%d engines and %d models: no faults\n", len(l.engines), len(l.config.Models))
		return err
	}, nil, configuring)
	return ownGroup("config", "Look at the settings file", check)
}
