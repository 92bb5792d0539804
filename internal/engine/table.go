package engine

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/filmgate/filmgate/internal/task"
)

// Row is a row of a table of models: a model, and how its engine calls it.
type Row[C any] struct {
	Model
	Call C
}

// ReadTable reads a table of models, which an engine has embedded. The first model is the one of a route that names none. ReadTable
// panics if the table has a mistake, as regexp.MustCompile does: every test of the engine finds it.
//
// A table is YAML. Its key source names where its facts come from and when they were read, models lists the models: the fields of
// [Model] in small letters, seconds as a list or as "3-15", dates as 2026-07-30, and call, which only the engine reads. A model that
// has ended needs only name, until, successor and source. Its keys sends and omits are those of each model without its own: the parts
// that the engine's code sends, and those of them that it does not send in a mode.
func ReadTable[C any](table []byte) []Row[C] {
	var file struct {
		Source string          `yaml:"source"`
		Sends  []Part          `yaml:"sends"`
		Omits  map[Mode][]Part `yaml:"omits"`
		Shared yaml.Node       `yaml:"shared"` // anchors that rows merge
		Models []tableRow[C]   `yaml:"models"`
	}
	d := yaml.NewDecoder(bytes.NewReader(table))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		panic(fmt.Sprintf("engine: a table of models: %v", err))
	}
	out := make([]Row[C], len(file.Models))
	for i, r := range file.Models {
		m := r.model()
		if m.Source == "" {
			m.Source = file.Source
		}
		if r.Sends == nil {
			m.Sends = file.Sends
		}
		if r.Omits == nil {
			m.Omits = file.Omits
		}
		out[i] = Row[C]{Model: m, Call: r.Call}
	}
	return out
}

// ModelsOf returns the models of rows, in their order.
func ModelsOf[C any](rows []Row[C]) []Model {
	out := make([]Model, len(rows))
	for i, r := range rows {
		out[i] = r.Model
	}
	return out
}

// ReadModels reads a table of models that are all called in one way, so that no row has a call. It panics as ReadTable does.
func ReadModels(table []byte) []Model { return ModelsOf(ReadTable[struct{}](table)) }

// RowOf returns the row of a model. Without one, the error is of class ModelError.
func RowOf[C any](rows []Row[C], model string) (Row[C], error) {
	for _, r := range rows {
		if r.Name == model {
			return r, nil
		}
	}
	return Row[C]{}, unknownModel(model)
}

// unknownModel returns the error for a model that an engine's table does not have.
func unknownModel(model string) *Error {
	return &Error{Class: ModelError, Reason: task.VendorRefused, Detail: "no model " + model}
}

// tableRow is a row as it is written.
type tableRow[C any] struct {
	Name       string `yaml:"name"`
	Modes      []Mode `yaml:"modes"`
	limitsRow  `yaml:",inline"`
	PromptUnit PromptUnit         `yaml:"prompt_unit"`
	Images     imagesRow          `yaml:"images"`
	Video      videoRow           `yaml:"video"`
	ByMode     map[Mode]limitsRow `yaml:"by_mode"`
	Sound      Sound              `yaml:"sound"`
	SoundIn    soundRow           `yaml:"sound_in"`
	References referencesRow      `yaml:"references"`
	Sends      []Part             `yaml:"sends"`
	Omits      map[Mode][]Part    `yaml:"omits"`
	Follows    bool               `yaml:"follows_frame"`
	Seed       bool               `yaml:"seed"`
	Loop       bool               `yaml:"loop"`
	NoTaskID   bool               `yaml:"no_task_id"`
	Price      priceRow           `yaml:"price"`
	Since      time.Time          `yaml:"since"`
	Until      time.Time          `yaml:"until"`
	Successor  string             `yaml:"successor"`
	Source     string             `yaml:"source"`
	Call       C                  `yaml:"call"`
}

type limitsRow struct {
	Seconds      secondsRow `yaml:"seconds"`
	MaxSeconds   int        `yaml:"max_seconds"`
	AspectRatios []string   `yaml:"aspect_ratios"`
	Resolutions  []string   `yaml:"resolutions"`
	PromptLimit  int        `yaml:"prompt_limit"`
	NeedsPrompt  bool       `yaml:"needs_prompt"`
}

type imagesRow struct {
	Types    []string `yaml:"types"` // without "image/"
	Bytes    int64    `yaml:"bytes"`
	MinSide  int      `yaml:"min_side"`
	MaxSide  int      `yaml:"max_side"`
	MaxRatio float64  `yaml:"max_ratio"`
}

type videoRow struct {
	Types           []string `yaml:"types"` // without "video/"
	Bytes           int64    `yaml:"bytes"`
	MinSeconds      float64  `yaml:"min_seconds"`
	MaxSeconds      float64  `yaml:"max_seconds"`
	MaxFrameRate    float64  `yaml:"max_frame_rate"`
	FreeLength      bool     `yaml:"free_length"`
	KeepsShape      bool     `yaml:"keeps_shape"`
	KeepsResolution bool     `yaml:"keeps_resolution"`
}

type soundRow struct {
	Modes       []Mode   `yaml:"modes"`
	Resolutions []string `yaml:"resolutions"`
}

type referencesRow struct {
	Images     int                  `yaml:"images"`
	Videos     int                  `yaml:"videos"`
	Audio      int                  `yaml:"audio"`
	Roles      []task.ReferenceRole `yaml:"roles"`
	Names      bool                 `yaml:"names"`
	Beside     []string             `yaml:"beside"` // modes
	NeedsImage bool                 `yaml:"needs_image"`
	Recording  recordingRow         `yaml:"recording"`
}

type recordingRow struct {
	Types      []string `yaml:"types"` // without "audio/"
	Bytes      int64    `yaml:"bytes"`
	MinSeconds float64  `yaml:"min_seconds"`
	MaxSeconds float64  `yaml:"max_seconds"`
	Unnamed    bool     `yaml:"unnamed"` // of names, the prompt may have those of images only
}

// priceRow is a price.
type priceRow struct {
	PerSecond float64 `yaml:"per_second"`
	PerClip   float64 `yaml:"per_clip"`
	Currency  string  `yaml:"currency"` // "" = US dollars
}

// secondsRow is a list of lengths, written as a list or as "3-15".
type secondsRow []int

// UnmarshalYAML reads either form.
func (s *secondsRow) UnmarshalYAML(n *yaml.Node) error {
	var from, to int
	if _, err := fmt.Sscanf(n.Value, "%d-%d", &from, &to); n.Kind == yaml.ScalarNode && err == nil {
		*s = SecondsRange(from, to)
		return nil
	}
	return n.Decode((*[]int)(s))
}

func (r tableRow[C]) model() Model {
	m := Model{
		Name: r.Name, Modes: r.Modes, Limits: r.limits(), PromptUnit: r.PromptUnit, Sound: r.Sound, SoundIn: SoundLimits(r.SoundIn), References: r.References.limits(), Sends: r.Sends, Omits: r.Omits, FollowsFrame: r.Follows,
		Seed: r.Seed, Loop: r.Loop, NoTaskID: r.NoTaskID, Since: r.Since, Until: r.Until, Successor: r.Successor, Source: strings.TrimSpace(r.Source),
		Images: task.InputImageLimits{
			Types: prefixed("image/", r.Images.Types), Bytes: r.Images.Bytes, MinSide: r.Images.MinSide, MaxSide: r.Images.MaxSide, MaxRatio: r.Images.MaxRatio,
		},
		Video: task.InputVideoLimits{
			Types: prefixed("video/", r.Video.Types), Bytes: r.Video.Bytes, MinSeconds: r.Video.MinSeconds, MaxSeconds: r.Video.MaxSeconds,
			MaxFrameRate: r.Video.MaxFrameRate, FreeLength: r.Video.FreeLength, KeepsShape: r.Video.KeepsShape, KeepsResolution: r.Video.KeepsResolution,
		},
	}
	if r.Price != (priceRow{}) {
		m.Price = task.Price{PerSecond: r.Price.PerSecond, PerClip: r.Price.PerClip, Currency: cmp.Or(r.Price.Currency, "USD")}
	}
	for mode, l := range r.ByMode {
		if m.ByMode == nil {
			m.ByMode = map[Mode]task.Limits{}
		}
		m.ByMode[mode] = l.limits()
	}
	return m
}

func (l limitsRow) limits() task.Limits {
	return task.Limits{
		Seconds: l.Seconds, MaxSeconds: l.MaxSeconds, AspectRatios: l.AspectRatios, Resolutions: l.Resolutions, PromptLimit: l.PromptLimit, NeedsPrompt: l.NeedsPrompt,
	}
}

func (r referencesRow) limits() task.ReferenceLimits {
	return task.ReferenceLimits{
		Images: r.Images, Videos: r.Videos, Audio: r.Audio, Roles: r.Roles, Names: r.Names, Beside: r.Beside, NeedsImage: r.NeedsImage,
		Recording: task.InputAudioLimits{
			Types: prefixed("audio/", r.Recording.Types), Bytes: r.Recording.Bytes, MinSeconds: r.Recording.MinSeconds, MaxSeconds: r.Recording.MaxSeconds, Unnamed: r.Recording.Unnamed,
		},
	}
}

func prefixed(prefix string, all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, prefix+s)
	}
	return out
}
