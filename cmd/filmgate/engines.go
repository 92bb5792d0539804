package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/ark"
	"github.com/filmgate/filmgate/engine/dashscope"
	"github.com/filmgate/filmgate/engine/fal"
	"github.com/filmgate/filmgate/engine/kling"
	"github.com/filmgate/filmgate/engine/localai"
	"github.com/filmgate/filmgate/engine/luma"
	"github.com/filmgate/filmgate/engine/makevid"
	"github.com/filmgate/filmgate/engine/minimax"
	"github.com/filmgate/filmgate/engine/openai"
	"github.com/filmgate/filmgate/engine/replicate"
	"github.com/filmgate/filmgate/engine/runway"
	"github.com/filmgate/filmgate/engine/vertex"
	"github.com/filmgate/filmgate/engine/webtask"
	"github.com/filmgate/filmgate/gateway"
	"github.com/filmgate/filmgate/outbound"
)

// callTimeout is how long an engine's call may take where its settings say nothing.
const callTimeout = time.Minute

// world is what an engine touches of it.
type world struct {
	http *http.Client
	now  func() time.Time
}

// engineKinds is the list of engines that the settings file may name, each with how one is made for one key.
func engineKinds() map[string]func(world, engineConfig, keyConfig) (engine.Engine, error) {
	return map[string]func(world, engineConfig, keyConfig) (engine.Engine, error){
		"runway": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return runway.New(runway.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"luma": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return luma.New(luma.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"kling": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return kling.New(kling.Options{AccessKey: k.Key, SecretKey: k.Secret, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"openai": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return openai.New(openai.Options{Flavor: e.Flavor, Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"localai": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return localai.New(localai.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"webtask": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return webtask.New(webtask.Options{Key: k.Key, Team: e.Team, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"makevid": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return makevid.New(makevid.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"fal": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return fal.New(fal.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"replicate": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return replicate.New(replicate.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"vertex": newVertex,
		"minimax": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return minimax.New(minimax.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"ark": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return ark.New(ark.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
		"dashscope": func(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
			return dashscope.New(dashscope.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now}), nil
		},
	}
}

func newVertex(w world, e engineConfig, k keyConfig) (engine.Engine, error) {
	file, err := os.ReadFile(k.File)
	if err != nil {
		return nil, err
	}
	token, err := vertex.ServiceAccount(file, w.http)
	if err != nil {
		return nil, err
	}
	return vertex.New(vertex.Options{
		Project: e.Project, Location: e.Location, Bucket: e.Bucket, Token: token, BaseURL: e.BaseURL, HTTP: w.http, Now: w.now,
	}), nil
}

// engines makes the engines of the settings file, each with its keys behind the same wrappers. Every fault is named.
func (p program) engines(_ context.Context, c config) ([]gateway.Named, error) {
	var out []gateway.Named
	var faults []error
	for _, e := range c.Engines {
		made, err := p.engine(e)
		if err != nil {
			faults = append(faults, fmt.Errorf("FILMGATE_CONFIG (--config): engine %s: %w", e.Name, err))
			continue
		}
		out = append(out, gateway.Named{Name: e.Name, Engine: made})
	}
	return out, errors.Join(faults...)
}

func (p program) engine(e engineConfig) (engine.Engine, error) {
	timeout := e.Timeout
	if timeout == 0 {
		timeout = callTimeout
	}
	w := world{http: outbound.New(outbound.Options{Allow: e.networks, Timeout: timeout}).HTTP(), now: p.now}
	var keys []engine.Key
	for _, k := range e.Keys {
		one, err := engineKinds()[e.Type](w, e, k)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.Name, err)
		}
		keys = append(keys, engine.Key{Name: k.Name, Engine: one, InFlight: k.InFlight})
	}
	return engine.Wrap(engine.Policy{Now: p.now}, keys...)
}
