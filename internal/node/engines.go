package node

import (
	"regexp"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/comfy"
	"github.com/filmgate/filmgate/internal/engine/comfyui"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/gemini"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/lightx2v"
	"github.com/filmgate/filmgate/internal/engine/localai"
	"github.com/filmgate/filmgate/internal/engine/ltx"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/makevid"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/engine/openrouter"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/engine/sdcpp"
	"github.com/filmgate/filmgate/internal/engine/vertex"
	"github.com/filmgate/filmgate/internal/engine/webtask"
	"github.com/filmgate/filmgate/internal/engine/xai"
)

// engineKinds returns the types of engines that the settings file may name.
func engineKinds() config.Kinds {
	key := []string{"key"}
	return config.Kinds{
		"runway": {BaseURL: runway.BaseURL, KeyForm: keyForm("^key_", "begin with key_"), KeyNeeds: key, Takes: []string{"delete_at_vendor"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return runway.New(runway.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"luma": {BaseURL: luma.BaseURL, KeyForm: keyForm("^luma-", "begin with luma-"), KeyNeeds: key, Takes: []string{"flavor", "delete_at_vendor"}, Flavors: luma.Flavors(), New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return luma.New(luma.Options{Flavor: e.Flavor, Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"kling": {BaseURL: kling.BaseURL, KeyNeeds: key, KeyTakes: []string{"secret"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return kling.New(kling.Options{AccessKey: k.Key, SecretKey: k.Secret, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"openai": {BaseURL: openai.BaseURL, KeyForm: keyForm("^sk-", "begin with sk-"), KeyNeeds: key, KeyOptional: true, Takes: []string{"flavor", "serves", "delete_at_vendor"}, Flavors: openai.Flavors(), New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return openai.New(openai.Options{Flavor: e.Flavor, Key: k.Key, Models: e.Models(), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"localai": {BaseURL: localai.BaseURL, KeyNeeds: key, KeyOptional: true, Takes: []string{"serves"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return localai.New(localai.Options{Key: k.Key, Models: e.Models(), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now, Panics: w.Panics}), nil
		}},
		"ltx": {BaseURL: ltx.BaseURL, KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return ltx.New(ltx.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"gemini": {BaseURL: gemini.BaseURL, KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return gemini.New(gemini.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"comfyui": {BaseURL: comfyui.BaseURL, KeyNeeds: key, KeyOptional: true, Takes: []string{"workflows"}, Needs: []string{"workflows"}, ErrorsAt: "workflows", New: newComfyUI},
		"comfy":   {BaseURL: comfy.BaseURL, KeyForm: keyForm("^comfyui-", "begin with comfyui-"), KeyNeeds: key, KeyOptional: true, Takes: []string{"workflows"}, Needs: []string{"workflows"}, ErrorsAt: "workflows", New: newComfy},
		"sdcpp": {BaseURL: sdcpp.BaseURL, KeyNeeds: key, KeyOptional: true, Takes: []string{"serves"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return sdcpp.New(sdcpp.Options{Key: k.Key, Models: e.Models(), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"lightx2v": {BaseURL: lightx2v.BaseURL, KeyNeeds: key, KeyOptional: true, Takes: []string{"serves"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return lightx2v.New(lightx2v.Options{Key: k.Key, Models: e.Models(), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"openrouter": {BaseURL: openrouter.BaseURL, KeyForm: keyForm("^sk-or-", "begin with sk-or-"), KeyNeeds: key, KeyTakes: []string{"secret"}, Takes: []string{"serves"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return openrouter.New(openrouter.Options{Key: k.Key, Secret: k.Secret, Models: e.Models(), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"xai": {BaseURL: xai.BaseURL, KeyForm: keyForm("^xai-", "begin with xai-"), KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return xai.New(xai.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"webtask": {BaseURL: webtask.BaseURL, KeyNeeds: key, Takes: []string{"team"}, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return webtask.New(webtask.Options{Key: k.Key, Team: e.Team, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"makevid": {BaseURL: makevid.BaseURL, KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return makevid.New(makevid.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"fal":       {BaseURL: fal.BaseURL, KeyForm: keyForm("^[^:]+:[^:]+$", "are an id and a secret with a colon between them"), KeyNeeds: key, Takes: []string{"serves"}, Host: atFal(), New: newFal},
		"replicate": {BaseURL: replicate.BaseURL, KeyForm: keyForm("^r8_", "begin with r8_"), KeyNeeds: key, Takes: []string{"serves"}, Host: atReplicate(), New: newReplicate},
		"vertex":    {BaseURL: vertex.BaseURL, Address: vertex.URLOf, KeyNeeds: []string{"file"}, Takes: []string{"project", "location", "bucket"}, Needs: []string{"project", "location"}, New: newVertex},
		"minimax": {BaseURL: minimax.BaseURL, KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return minimax.New(minimax.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"ark": {BaseURL: ark.BaseURL, KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return ark.New(ark.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
		"dashscope": {BaseURL: dashscope.BaseURL, KeyForm: keyForm("^sk-", "begin with sk-"), KeyNeeds: key, New: func(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
			return dashscope.New(dashscope.Options{Key: k.Key, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
		}},
	}
}

// keyForm returns the form of a vendor's keys, as its documents show them.
func keyForm(pattern, looks string) *config.KeyForm {
	return &config.KeyForm{Pattern: regexp.MustCompile(pattern), Looks: looks}
}

func atFal() *config.ModelHost {
	return &config.ModelHost{Defaults: fal.DefaultInputs, CheckPath: fal.CheckPath}
}

func atReplicate() *config.ModelHost {
	return &config.ModelHost{Defaults: replicate.DefaultInputs, CheckPath: replicate.CheckPath}
}

func newFal(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
	return fal.New(fal.Options{Key: k.Key, Models: atFal().Models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
}

func newReplicate(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
	return replicate.New(replicate.Options{Key: k.Key, Models: atReplicate().Models(e.Serves), BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now}), nil
}

func newVertex(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
	tokens, err := vertex.ServiceAccount([]byte(k.FileContent), w.HTTP)
	if err != nil {
		return nil, err
	}
	return vertex.New(vertex.Options{
		Project: e.Project, Location: e.Location, Bucket: e.Bucket, Token: tokens.Get, DropToken: tokens.Drop, BaseURL: e.BaseURL, HTTP: w.HTTP, Now: w.Now,
	}), nil
}

func newComfyUI(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
	made, err := comfyui.New(comfyui.Options{BaseURL: e.BaseURL, Key: k.Key, HTTP: w.HTTP, Now: w.Now, Workflows: workflowsOf(e)})
	if err != nil {
		return nil, err // not made: an interface must not hold a nil *Engine
	}
	return made, nil
}

func newComfy(w config.Deps, e config.Engine, k config.Key) (engine.Engine, error) {
	return comfy.New(comfy.Options{BaseURL: e.BaseURL, Key: k.Key, HTTP: w.HTTP, Now: w.Now, Workflows: workflowsOf(e)})
}

// workflowsOf returns the workflows of an engine's settings.
func workflowsOf(e config.Engine) []engine.Workflow {
	var out []engine.Workflow
	for _, flow := range e.Workflows {
		out = append(out, engine.Workflow{Model: flow.EngineModel(), Graph: []byte(flow.Graph), Slots: flow.Slots})
	}
	return out
}
