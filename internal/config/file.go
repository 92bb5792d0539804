package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// File holds the settings file: the engines besides the built-in renderer, and the engines for each model.
type File struct {
	Deadline *time.Duration      `yaml:"deadline"` // of tasks whose engine names none of its own; nil = defaultDeadline
	Engines  []Engine            `yaml:"engines"`
	Models   map[string][]Target `yaml:"models"`  // by a caller's model, or "*" for any other
	Weights  map[int64]int       `yaml:"weights"` // by account: its turns for one of an account that is not named
}

// Engine is one engine.
type Engine struct {
	Name          string           `yaml:"name"`
	Type          string           `yaml:"type"`
	BaseURL       string           `yaml:"base_url"`       // "" = the vendor's own
	Timeout       time.Duration    `yaml:"timeout"`        // of one call; 0 = callTimeout
	AllowNetworks []string         `yaml:"allow_networks"` // private networks that this engine may be in
	Keys          []Key            `yaml:"keys"`
	Deadline      *time.Duration   `yaml:"deadline"`         // nil = the file's; 0 = none
	JobDeadline   time.Duration    `yaml:"job_deadline"`     // 0 = none
	Patience      *time.Duration   `yaml:"patience"`         // nil = defaultPatience
	Unconfirmed   string           `yaml:"unconfirmed"`      // "fail", which "" is too, "resubmit" or "strict"
	DeleteCopy    bool             `yaml:"delete_at_vendor"` // when a job has ended
	Callbacks     *bool            `yaml:"callbacks"`        // nil = where the public URL begins with https
	Prices        map[string]Price `yaml:"prices"`           // by the engine's own model
	Flavor        string           `yaml:"flavor"`           // openai: which server it is
	Serves        []ServedModel    `yaml:"serves"`           // openai, localai, sdcpp, lightx2v: the server's models; fal, replicate, openrouter: further ones
	Team          int              `yaml:"team"`             // webtask: asTeamId
	Project       string           `yaml:"project"`          // vertex
	Location      string           `yaml:"location"`         // vertex
	Bucket        string           `yaml:"bucket"`           // vertex: where videos are left
	Workflows     []Workflow       `yaml:"workflows"`        // comfyui, comfy
	Server        *Server          `yaml:"server"`           // of a type whose server is the operator's own: its program; nil = it runs already

	networks []netip.Prefix
}

// Key is one key of an engine.
type Key struct {
	Name     string `yaml:"name"` // shown with what it made; "" where there is one key
	Key      string `yaml:"key"`
	Secret   string `yaml:"secret"`    // kling: the secret key that goes with an access key; openrouter: what callbacks are signed with
	File     string `yaml:"file"`      // vertex: a service account's key file
	InFlight int    `yaml:"in_flight"` // videos at once; 0 = no limit

	FileContent string // what is in File
}

// Price is what a model costs, where the engine does not know it or the operator pays another price.
type Price struct {
	PerSecond float64 `yaml:"per_second"`
	PerClip   float64 `yaml:"per_clip"`
	Currency  string  `yaml:"currency"` // "" = USD
}

// Model is a model that the operator names, and its limits. A zero limit is none.
type Model struct {
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

	Price *Price `yaml:"price"` // nil = nobody knows
}

// Workflow is a workflow of a ComfyUI server: a model, the file of its graph, and where the parts of a job go in it.
type Workflow struct {
	Model `yaml:",inline"`
	File  string              `yaml:"file"`
	Slots map[string][]string `yaml:"slots"`

	Graph string // what is in File
}

// Target is one engine on a model's route: "engine" or "engine/its model", or the same with a weight.
type Target struct {
	To     string `yaml:"to"`
	Weight int    `yaml:"weight"`
}

// UnmarshalYAML reads the short form, a text, and the long one.
func (s *Target) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&s.To)
	}
	type long Target
	return n.Decode((*long)(s))
}

// split returns the engine's name, and its model's or "".
func (s Target) split() (engine, model string) {
	engine, model, _ = strings.Cut(s.To, "/")
	return engine, model
}

// FileError reports the mistakes in a settings file.
type FileError struct {
	path     string
	Problems []string // each with its line, if it has one
}

// Error returns every mistake, each on a line.
func (e *FileError) Error() string {
	return fmt.Sprintf("FILMGATE_CONFIG (--config): %s:\n  %s", e.path, strings.Join(e.Problems, "\n  "))
}

// readFile reads the settings file and the files that it names, and puts the environment's values in for ${NAME}. The
// faults are for whoever goes on to check what the settings say; the error is a file that can't be read at all. No file is
// the animatic for everything.
func (l Loader) readFile(path string) (File, *checker, error) {
	var c File
	if path == "" {
		return c, &checker{errorList: &errorList{}}, nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return c, nil, fmt.Errorf("FILMGATE_CONFIG (--config): %w", err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return c, nil, &FileError{path, []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	if isEmpty(root) {
		return c, nil, &FileError{path, []string{emptyFile}}
	}
	f := &checker{&errorList{path: path, root: root.Content[0]}, l.Kinds, l.BuiltIn}
	f.walk(f.root, nil, l.Getenv, &c)
	var many *yaml.TypeError
	if err := f.root.Decode(&c); errors.As(err, &many) {
		f.types(many)
	} else if err != nil {
		return c, nil, &FileError{path, []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	c.check(f)
	c.readFiles(filepath.Dir(path), f)
	if err := c.resolveServers(filepath.Dir(path)); err != nil {
		return c, nil, err
	}
	c.warnOfServers(f)
	return c, f, nil
}

// emptyFile is said of a file without a setting. It is what an editor leaves for a moment, and a full disk for good; read
// as no settings it would send every video to the built-in renderer.
const emptyFile = `the file has no settings in it, only spaces or comments; write models: {"*": [animatic]} if every video is to be made ` +
	"by the built-in renderer, or name no file"

// isEmpty reports whether a file has no settings.
func isEmpty(file yaml.Node) bool {
	if len(file.Content) == 0 {
		return true
	}
	top := file.Content[0]
	return top.ShortTag() == nullTag || top.Kind == yaml.MappingNode && len(top.Content) == 0
}

// readFiles reads the files that the settings name. Relative paths start at the settings file's folder.
func (c *File) readFiles(folder string, f *checker) {
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
			e.Keys[n].FileContent = read([]any{"engines", i, "keys", n, "file"}, e.Keys[n].File)
		}
		for n := range e.Workflows {
			e.Workflows[n].Graph = read([]any{"engines", i, "workflows", n, "file"}, e.Workflows[n].File)
		}
	}
}
