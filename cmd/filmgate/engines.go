package main

import (
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/comfyui"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/localai"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/makevid"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/engine/vertex"
	"github.com/filmgate/filmgate/internal/engine/webtask"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

// Deps is what an engine touches of it.
type Deps struct {
	HTTP   *http.Client
	Now    func() time.Time
	Panics *panics.Recorder
}

// Kind is one type of engines.
type Kind struct {
	New         func(Deps, Engine, Key) (engine.Engine, error) // for one key
	KeyNeeds    []string                                       // the settings of its keys, all needed
	KeyTakes    []string                                       // settings that its keys may have besides
	KeyOptional bool                                           // its server may want no key
	Takes       []string                                       // settings that not all types have
	Needs       []string                                       // those of them that it can't do without

	Host *ModelHost // of a vendor that serves many makers' models
}

// engineKinds is the list of engines that the settings file may name.
func engineKinds() map[string]Kind {
	key := []string{"key"}
	return map[string]Kind{
		"runway": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return runway.New(runway.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"luma": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return luma.New(luma.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"kling": {KeyNeeds: key, KeyTakes: []string{"secret"}, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return kling.New(kling.Options{AccessKey: k.Key, SecretKey: k.Secret, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"openai": {KeyNeeds: key, KeyOptional: true, Takes: []string{"flavor", "serves"}, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return openai.New(openai.Options{Flavor: e.Flavor, Key: k.Key, Models: models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"localai": {KeyNeeds: key, KeyOptional: true, Takes: []string{"serves"}, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return localai.New(localai.Options{Key: k.Key, Models: models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now, Panics: w.Panics}), nil
		}},
		"comfyui": {KeyNeeds: key, KeyOptional: true, Takes: []string{"workflows"}, Needs: []string{"workflows"}, New: newComfyUI},
		"webtask": {KeyNeeds: key, Takes: []string{"team"}, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return webtask.New(webtask.Options{Key: k.Key, Team: e.Team, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"makevid": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return makevid.New(makevid.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"fal":       {KeyNeeds: key, Takes: []string{"serves"}, Host: atFal(), New: newFal},
		"replicate": {KeyNeeds: key, Takes: []string{"serves"}, Host: atReplicate(), New: newReplicate},
		"vertex":    {KeyNeeds: []string{"file"}, Takes: []string{"project", "location", "bucket"}, Needs: []string{"project", "location"}, New: newVertex},
		"minimax": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return minimax.New(minimax.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"ark": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return ark.New(ark.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"dashscope": {KeyNeeds: key, New: func(w Deps, e Engine, k Key) (engine.Engine, error) {
			return dashscope.New(dashscope.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
	}
}

func atFal() *ModelHost { return &ModelHost{fal.Usual, fal.CheckPath} }

func atReplicate() *ModelHost { return &ModelHost{replicate.Usual, replicate.CheckPath} }

func newFal(w Deps, e Engine, k Key) (engine.Engine, error) {
	return fal.New(fal.Options{Key: k.Key, Models: atFal().Models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
}

func newReplicate(w Deps, e Engine, k Key) (engine.Engine, error) {
	return replicate.New(replicate.Options{Key: k.Key, Models: atReplicate().Models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
}

func newVertex(w Deps, e Engine, k Key) (engine.Engine, error) {
	token, err := vertex.ServiceAccount([]byte(k.FileContent), w.HTTP)
	if err != nil {
		return nil, err
	}
	return vertex.New(vertex.Options{
		Project: e.Project, Location: e.Location, Bucket: e.Bucket, Token: token, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now,
	}), nil
}

func newComfyUI(w Deps, e Engine, k Key) (engine.Engine, error) {
	o := comfyui.Options{BaseURL: e.BaseURL, Key: k.Key, HTTP: w.HTTP, Now: w.Now}
	for _, flow := range e.Workflows {
		o.Workflows = append(o.Workflows, comfyui.Workflow{Model: flow.Engine(), Graph: []byte(flow.Graph), Slots: flow.Slots})
	}
	made, err := comfyui.New(o)
	if err != nil {
		return nil, err // not made: the engine port must not hold a nil of its type
	}
	return made, nil
}

func models(all []ServedModel) []engine.Model {
	var out []engine.Model
	for _, m := range all {
		out = append(out, m.Engine())
	}
	return out
}

func (m Model) Engine() engine.Model {
	out := engine.Model{
		Name: m.Name, Seed: m.Seed,
		Limits: task.Limits{
			Seconds: m.Seconds, MaxSeconds: m.MaxSeconds, AspectRatios: m.AspectRatios, Resolutions: m.Resolutions,
			PromptLimit: m.PromptLimit,
		},
		Images: task.InputImageLimits{
			Types: m.ImageTypes, Bytes: m.ImageBytes, MinSide: m.ImageMinSide, MaxSide: m.ImageMaxSide, MaxRatio: m.ImageMaxRatio,
		},
		Video: task.InputVideoLimits{Bytes: m.VideoBytes, MinSeconds: m.VideoMinSeconds, MaxSeconds: m.VideoMaxSeconds},
	}
	if m.Price != nil {
		out.Price = m.Price.price()
	}
	for _, mode := range m.Modes {
		out.Modes = append(out.Modes, engine.Mode(mode))
	}
	return out
}
