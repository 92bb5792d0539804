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

// engineDeps is what an engine touches of it.
type engineDeps struct {
	http   *http.Client
	now    func() time.Time
	panics *panics.Recorder
}

// kind is one type of engines.
type kind struct {
	make  func(engineDeps, engineConfig, keyConfig) (engine.Engine, error) // for one key
	key   []string                                                         // the settings of its keys, all needed
	more  []string                                                         // settings that its keys may have besides
	open  bool                                                             // its server may want no key
	takes []string                                                         // settings that not all types have
	needs []string                                                         // those of them that it can't do without

	modelHost *modelHost // of a vendor that serves many makers' models
}

// engineKinds is the list of engines that the settings file may name.
func engineKinds() map[string]kind {
	key := []string{"key"}
	return map[string]kind{
		"runway": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return runway.New(runway.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"luma": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return luma.New(luma.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"kling": {key: key, more: []string{"secret"}, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return kling.New(kling.Options{AccessKey: k.Key, SecretKey: k.Secret, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"openai": {key: key, open: true, takes: []string{"flavor", "serves"}, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return openai.New(openai.Options{Flavor: e.Flavor, Key: k.Key, Models: models(e.Serves), BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"localai": {key: key, open: true, takes: []string{"serves"}, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return localai.New(localai.Options{Key: k.Key, Models: models(e.Serves), BaseURL: e.BaseURL, HTTP: w.http, Now: w.now, Panics: w.panics}), nil
		}},
		"comfyui": {key: key, open: true, takes: []string{"workflows"}, needs: []string{"workflows"}, make: newComfyUI},
		"webtask": {key: key, takes: []string{"team"}, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return webtask.New(webtask.Options{Key: k.Key, Team: e.Team, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"makevid": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return makevid.New(makevid.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"fal":       {key: key, takes: []string{"serves"}, modelHost: atFal(), make: newFal},
		"replicate": {key: key, takes: []string{"serves"}, modelHost: atReplicate(), make: newReplicate},
		"vertex":    {key: []string{"file"}, takes: []string{"project", "location", "bucket"}, needs: []string{"project", "location"}, make: newVertex},
		"minimax": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return minimax.New(minimax.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"ark": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return ark.New(ark.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
		"dashscope": {key: key, make: func(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
			return dashscope.New(dashscope.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		}},
	}
}

func atFal() *modelHost { return &modelHost{fal.Usual, fal.CheckPath} }

func atReplicate() *modelHost { return &modelHost{replicate.Usual, replicate.CheckPath} }

func newFal(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
	return fal.New(fal.Options{Key: k.Key, Models: atFal().offers(e.Serves), BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
}

func newReplicate(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
	return replicate.New(replicate.Options{Key: k.Key, Models: atReplicate().offers(e.Serves), BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
}

func newVertex(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
	token, err := vertex.ServiceAccount([]byte(k.serviceAccount), w.http)
	if err != nil {
		return nil, err
	}
	return vertex.New(vertex.Options{
		Project: e.Project, Location: e.Location, Bucket: e.Bucket, Token: token, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now,
	}), nil
}

func newComfyUI(w engineDeps, e engineConfig, k keyConfig) (engine.Engine, error) {
	o := comfyui.Options{BaseURL: e.BaseURL, Key: k.Key, HTTP: w.http, Now: w.now}
	for _, flow := range e.Workflows {
		o.Workflows = append(o.Workflows, comfyui.Workflow{Model: flow.model(), Graph: []byte(flow.graph), Slots: flow.Slots})
	}
	made, err := comfyui.New(o)
	if err != nil {
		return nil, err // not made: the engine port must not hold a nil of its type
	}
	return made, nil
}

func models(all []servedConfig) []engine.Model {
	var out []engine.Model
	for _, m := range all {
		out = append(out, m.model())
	}
	return out
}

func (m modelConfig) model() engine.Model {
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
