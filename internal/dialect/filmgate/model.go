package filmgate

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// wireModel is a model that a caller may name, and who makes it.
type wireModel struct {
	Name     string      `json:"name" doc:"The name that a request gives."`
	Dialects []string    `json:"dialects" doc:"The families of calls that take it."`
	Engines  []wireOffer `json:"engines" doc:"Who makes it, in the order in which they are tried: the first that can do what is asked gets the task, and the next where that one certainly did not take it."`
}

// wireOffer is one engine's model that makes it. null is no limit, or not known.
type wireOffer struct {
	Engine string   `json:"engine" doc:"The engine, by its configured name."`
	Model  string   `json:"model" doc:"The engine's own name of the model."`
	Weight *int     `json:"weight" doc:"Its share of the tasks, against the weights of the others; null where it is taken in its place."`
	Modes  []string `json:"modes" doc:"What it can start from: text, first_frame, last_frame, first_and_last_frame, references, video."`
	wireOfferLimits
	PromptUnit  string     `json:"prompt_unit" doc:"What prompt_limit counts: characters, or utf16_units, of which an emoji has two."`
	NeedsPrompt bool       `json:"needs_prompt" doc:"Whether it makes nothing of a picture or a video alone."`
	ByMode      []wireMode `json:"by_mode" doc:"Limits that are others in one of the modes."`
	Images      wireImages `json:"images" doc:"What it takes as pictures."`
	Video       *wireInput `json:"video" doc:"What it takes as an input video, null where it takes none."`
	Sound       string     `json:"sound" doc:"Whether its videos have sound: none, always, optional (as audio asks), or unknown, where it can't be asked for."`

	References *wireReferences `json:"references" doc:"What it takes as references, null where it takes none."`

	Caption       bool       `json:"caption" doc:"Whether it can write the prompt into the video."`
	Seed          bool       `json:"seed" doc:"Whether the same seed gives the same video."`
	Cancel        bool       `json:"cancel" doc:"Whether work can be ended early."`
	Idempotent    bool       `json:"idempotent" doc:"Whether the same task submitted twice is made once."`
	LookUp        bool       `json:"look_up" doc:"Whether work can be found again after a crash."`
	Callbacks     bool       `json:"callbacks" doc:"Whether it tells when work has ended; else it is asked."`
	ResultSeconds *int       `json:"result_seconds" doc:"How long the engine keeps a result, null where it does not say. The result is copied at once and kept here."`
	Price         *wirePrice `json:"price" doc:"What it costs, null where nobody knows or nothing."`
	Until         *string    `json:"until" doc:"The day on which its vendor switches it off, null where no end is announced. From that day on it is not listed, and the next engine gets its tasks."`
	Successor     *string    `json:"successor" doc:"The vendor's model that takes its place, null where none is known."`
}

// wireLimits are a model's limits as they are sent. wireOfferLimits and wireModeLimits have the same fields, each described
// for its place.
type wireLimits struct {
	Seconds      *[]int
	MaxSeconds   *int
	AspectRatios *[]string
	Resolutions  *[]string
	PromptLimit  *int
}

type wireOfferLimits struct {
	Seconds      *[]int    `json:"seconds" doc:"The lengths that it makes, null where it makes any up to max_seconds."`
	MaxSeconds   *int      `json:"max_seconds" doc:"The longest that it makes, null where seconds says it."`
	AspectRatios *[]string `json:"aspect_ratios" doc:"The aspect ratios that it makes, null where any."`
	Resolutions  *[]string `json:"resolutions" doc:"The resolutions that it makes, null where any."`
	PromptLimit  *int      `json:"prompt_limit" doc:"The longest prompt in prompt_unit, null where it sets none."`
}

type wireModeLimits struct {
	Seconds      *[]int    `json:"seconds" doc:"The lengths, null where max_seconds says it or it is as in other modes."`
	MaxSeconds   *int      `json:"max_seconds" doc:"The longest, null where seconds says it or it is as in other modes."`
	AspectRatios *[]string `json:"aspect_ratios" doc:"The aspect ratios, null where they are as in other modes."`
	Resolutions  *[]string `json:"resolutions" doc:"The resolutions, null where they are as in other modes."`
	PromptLimit  *int      `json:"prompt_limit" doc:"The longest prompt, null where it is as in other modes."`
}

type wireImages struct {
	Types    []string `json:"types" doc:"Media types."`
	MaxBytes *int64   `json:"max_bytes" doc:"The largest picture, null where it sets no limit of its own."`
	MinSide  *int     `json:"min_side" doc:"The least width and height in pixels, null where it sets none."`
	MaxSide  *int     `json:"max_side" doc:"The greatest width and height in pixels, null where it sets none."`
	MaxRatio *float64 `json:"max_ratio" doc:"How many times the shorter side the longer may be, null where it does not say."`
}

// wireMode holds the limits that differ in a mode.
type wireMode struct {
	Mode string `json:"mode" doc:"The mode."`
	wireModeLimits
	NeedsPrompt bool `json:"needs_prompt" doc:"Whether a prompt is needed in this mode."`
}

type wireInput struct {
	Types          []string `json:"types" doc:"Media types."`
	MaxBytes       *int64   `json:"max_bytes" doc:"The largest video, null where it sets no limit of its own."`
	MinSeconds     *float64 `json:"min_seconds" doc:"The shortest video, null where it sets no limit."`
	MaxSeconds     *float64 `json:"max_seconds" doc:"The longest video, null where it sets no limit."`
	MaxFrameRate   *float64 `json:"max_frame_rate" doc:"The most frames per second, null where it sets no limit."`
	FreeLength     bool     `json:"free_length" doc:"Whether the result may have another length; else it is as long as the video."`
	FreeShape      bool     `json:"free_shape" doc:"Whether an aspect ratio may be asked for; else the result has the video's shape."`
	FreeResolution bool     `json:"free_resolution" doc:"Whether a resolution may be asked for."`
}

type wirePrice struct {
	PerSecond float64 `json:"per_second" doc:"For each second of video."`
	PerClip   float64 `json:"per_clip" doc:"For each video, besides."`
	Currency  string  `json:"currency" doc:"USD, or credits for the vendor's own."`
}

type modelList struct {
	Models []wireModel `json:"models" doc:"Every model that a request may name, by name."`
}

// numberOrNull is null for 0.
func numberOrNull[T int | int64 | float64](n T) *T {
	if n == 0 {
		return nil
	}
	return &n
}

// listOrNull is null for an empty list.
func listOrNull[T any](all []T) *[]T {
	if len(all) == 0 {
		return nil
	}
	return &all
}

func encodeLimits(l task.Limits) wireLimits {
	return wireLimits{
		Seconds: listOrNull(l.Seconds), MaxSeconds: numberOrNull(l.MaxSeconds), AspectRatios: listOrNull(l.AspectRatios),
		Resolutions: listOrNull(l.Resolutions), PromptLimit: numberOrNull(l.PromptLimit),
	}
}

func encodeOffer(o task.Offer) wireOffer {
	out := wireOffer{
		Engine: o.Engine, Model: o.Model, Weight: numberOrNull(o.Weight), Modes: o.Modes, wireOfferLimits: wireOfferLimits(encodeLimits(o.Limits)),
		PromptUnit: o.PromptUnit, NeedsPrompt: o.NeedsPrompt, ByMode: []wireMode{}, Caption: o.Caption,
		Sound: cmp.Or(o.Sound, "unknown"), References: encodeReferenceLimits(o.References),
		Images: wireImages{Types: o.Images.Types, MaxBytes: numberOrNull(o.Images.Bytes), MinSide: numberOrNull(o.Images.MinSide),
			MaxSide: numberOrNull(o.Images.MaxSide), MaxRatio: numberOrNull(o.Images.MaxRatio)},
		Seed: o.Seed, Cancel: o.Cancel, Idempotent: o.Idempotent, LookUp: o.LookUp, Callbacks: o.Callbacks,
		ResultSeconds: numberOrNull(int(o.ResultLife.Seconds())), Successor: textOrNull(o.Successor),
	}
	if len(out.Modes) == 0 {
		out.Modes = []string{"text", "first_frame", "last_frame", "first_and_last_frame"}
	}
	if len(out.Images.Types) == 0 {
		out.Images.Types = []string{"image/jpeg", "image/png", "image/webp"}
	}
	for _, m := range o.ByMode {
		out.ByMode = append(out.ByMode, wireMode{m.Mode, wireModeLimits(encodeLimits(m.Limits)), m.NeedsPrompt})
	}
	if v := o.Video; v != nil {
		out.Video = &wireInput{Types: v.Types, MaxBytes: numberOrNull(v.Bytes), MinSeconds: numberOrNull(v.MinSeconds),
			MaxSeconds: numberOrNull(v.MaxSeconds), MaxFrameRate: numberOrNull(v.MaxFrameRate),
			FreeLength: v.FreeLength, FreeShape: !v.KeepsShape, FreeResolution: !v.KeepsResolution}
	}
	if o.Price.PerSecond > 0 || o.Price.PerClip > 0 {
		out.Price = &wirePrice{PerSecond: o.Price.PerSecond, PerClip: o.Price.PerClip, Currency: o.Price.Currency}
	}
	if !o.Until.IsZero() {
		out.Until = textOrNull(o.Until.Format(time.DateOnly))
	}
	return out
}

func (c calls) listModels(http.ResponseWriter, *http.Request, apikey.Key) (any, error) {
	dialects := map[string][]string{} // by model
	for _, model := range c.gw.Models() {
		dialects[model] = []string{Dialect}
	}
	for _, d := range slices.Sorted(maps.Keys(c.Models)) {
		for _, model := range c.Models[d] {
			dialects[model] = append(dialects[model], d)
		}
	}
	out := modelList{Models: []wireModel{}}
	for _, name := range slices.Sorted(maps.Keys(dialects)) {
		m := wireModel{Name: name, Dialects: dialects[name], Engines: []wireOffer{}}
		for _, o := range c.gw.Offers(name) {
			m.Engines = append(m.Engines, encodeOffer(o))
		}
		out.Models = append(out.Models, m)
	}
	return out, nil
}
