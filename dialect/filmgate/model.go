package filmgate

import (
	"maps"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/task"
)

// wireModel is a model that a caller may name, and who makes it.
type wireModel struct {
	Name     string      `json:"name"`
	Dialects []string    `json:"dialects"`
	Engines  []wireOffer `json:"engines"`
}

// wireOffer is one engine's model that makes it. null is no limit, or not known.
type wireOffer struct {
	Engine        string     `json:"engine"`
	Model         string     `json:"model"`
	Weight        *int       `json:"weight"`
	Modes         []string   `json:"modes"`
	Seconds       []int      `json:"seconds"`
	MaxSeconds    *int       `json:"max_seconds"`
	AspectRatios  []string   `json:"aspect_ratios"`
	Resolutions   []string   `json:"resolutions"`
	PromptLimit   *int       `json:"prompt_limit"`
	Images        wireImages `json:"images"`
	Seed          bool       `json:"seed"`
	Cancel        bool       `json:"cancel"`
	Idempotent    bool       `json:"idempotent"`
	LookUp        bool       `json:"look_up"`
	Callbacks     bool       `json:"callbacks"`
	ResultSeconds *int       `json:"result_seconds"`
	Price         *wirePrice `json:"price"`
}

type wireImages struct {
	Types    []string `json:"types"`
	MaxBytes *int64   `json:"max_bytes"`
	MinSide  *int     `json:"min_side"`
}

type wirePrice struct {
	PerSecond float64 `json:"per_second"`
	PerClip   float64 `json:"per_clip"`
	Currency  string  `json:"currency"`
}

type modelList struct {
	Models []wireModel `json:"models"`
}

// numberOrNull is null for 0.
func numberOrNull[T int | int64](n T) *T {
	if n == 0 {
		return nil
	}
	return &n
}

func encodeOffer(o task.Offer) wireOffer {
	out := wireOffer{
		Engine: o.Engine, Model: o.Model, Weight: numberOrNull(o.Weight), Modes: o.Modes, Seconds: o.Seconds,
		MaxSeconds: numberOrNull(o.MaxSeconds), AspectRatios: o.AspectRatios, Resolutions: o.Resolutions,
		PromptLimit: numberOrNull(o.PromptLimit),
		Images:      wireImages{Types: o.ImageTypes, MaxBytes: numberOrNull(o.ImageBytes), MinSide: numberOrNull(o.ImageMinSide)},
		Seed:        o.Seed, Cancel: o.Cancel, Idempotent: o.Idempotent, LookUp: o.LookUp, Callbacks: o.Callbacks,
		ResultSeconds: numberOrNull(int(o.ResultLife.Seconds())),
	}
	if len(out.Modes) == 0 {
		out.Modes = []string{"text", "first_frame", "last_frame", "first_and_last_frame"}
	}
	if len(out.Images.Types) == 0 {
		out.Images.Types = []string{"image/jpeg", "image/png", "image/webp"}
	}
	if o.Price.PerSecond > 0 || o.Price.PerClip > 0 {
		out.Price = &wirePrice{PerSecond: o.Price.PerSecond, PerClip: o.Price.PerClip, Currency: o.Price.Currency}
	}
	return out
}

func (c calls) listModels(http.ResponseWriter, *http.Request, apikey.Key) (any, error) {
	dialects := map[string][]string{} // by model
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
