package gateway_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

func TestTargetsWithoutWeightComeLast(t *testing.T) {
	h := newHarness(t)
	poor := always(failing(engine.AuthError))
	h.registry(h.engine(t, poor...), h.engine(t, slices.Clone(poor)...), h.engine(t, slices.Clone(poor)...), h.engine(t, slices.Clone(poor)...))
	h.config.Registry.Routes = map[string][]registry.Target{"*": {{Engine: "a", Weight: 1}, {Engine: "b", Weight: 1}, {Engine: "c"}, {Engine: "d"}}}
	h.Gateway = h.config.build()
	seen := map[string]bool{}
	for range 20 {
		var tried []string
		for _, a := range h.run(t, h.submit(t, "a cat").ID).Attempts {
			tried = append(tried, a.Engine)
		}
		seen[strings.Join(tried, " ")] = true
	}
	if !seen["a b c d"] || !seen["b a c d"] || len(seen) != 2 {
		t.Errorf("tried in the orders %v", seen)
	}
}

func TestRouteMayNameTheEnginesModel(t *testing.T) {
	h := newHarness(t)
	e := h.engine(t)
	e.Caps.Models = []engine.Model{{Name: "slow", Limits: task.Limits{MaxSeconds: 60}}, {Name: "fast", Limits: task.Limits{MaxSeconds: 60}}}
	h.registry(e)
	h.config.Registry.Routes = map[string][]registry.Target{"gen3a_turbo": {{Engine: "a", Model: "fast"}}}
	h.Gateway = h.config.build()
	if got := h.submit(t, "a cat"); got.EngineModel != "fast" {
		t.Errorf("goes to %s", got.EngineModel)
	}
}

func TestRefusalNamesFieldsOfTheNearestModel(t *testing.T) {
	h := newHarness(t)
	a, b := h.engine(t), h.engine(t)
	a.Caps.Models = []engine.Model{{Name: "short", Limits: task.Limits{MaxSeconds: 2, Resolutions: []string{"4k"}, PromptLimit: 1}}}
	b.Caps.Models = []engine.Model{{Name: "long", Limits: task.Limits{Seconds: []int{10, 20}}}}
	h.registry(a, b)
	_, err := h.Submit(t.Context(), h.who, request("a cat"))
	if task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), "seconds: 5 is not possible with model long; allowed: 10, 20") {
		t.Errorf("%v", err)
	}
}

func TestTooLargeImageIsRefusedAtSubmit(t *testing.T) {
	h := newHarness(t)
	e := h.engine(t)
	e.Caps.Models[0].Images.Bytes = 100
	h.registry(e)
	r := request("a cat")
	r.First = &task.Image{Field: "init_image", Source: dataURI("image/jpeg", jpegOf(t, 64, 64))}
	_, err := h.Submit(t.Context(), h.who, r)
	if task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), "model fake takes at most 100") || !strings.Contains(err.Error(), "init_image: ") {
		t.Errorf("%v", err)
	}
}

func TestRefusalPrefersModelsThatTakeTheInputs(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Models = []engine.Model{
		{Name: "stills", Modes: []engine.Mode{engine.FromText}, Limits: task.Limits{MaxSeconds: 60}},
		{Name: "edits", Modes: []engine.Mode{engine.FromVideo}, Limits: task.Limits{AspectRatios: []string{"16:9"}}, Video: task.InputVideoLimits{KeepsResolution: true}},
	}
	h.use(h.fake)
	r := request("in winter")
	r.Seconds, r.AspectRatio, r.Resolution, r.Video = 0, "1:1", "720p", &task.InputVideo{Source: "http://127.0.0.1:9/a.mp4", Field: "video"}
	_, err := h.Submit(t.Context(), h.who, r)
	var e *task.Error
	if !errors.As(err, &e) || len(e.Fields) != 2 || e.Fields[0].Field != "aspect_ratio" || e.Fields[1].Field != "resolution" {
		t.Errorf("%v, want the field errors of the model that edits", err)
	}
}

func TestOffersFollowTheRoute(t *testing.T) {
	h := newHarness(t)
	a, b := h.engine(t), h.engine(t)
	a.Caps.ResultLife, a.Caps.Callbacks = 24*time.Hour, engine.UnsignedCallbacks
	h.config.PublicURL = "https://films.example"
	a.Caps.Models = []engine.Model{{
		Name: "fine", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{Seconds: []int{5}, AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 9},
		PromptUnit: "characters", Images: task.InputImageLimits{Types: []string{"image/png"}, Bytes: 7, MinSide: 3, MaxSide: 9, MaxRatio: 2.5}, Seed: true,
		Price: task.Price{PerSecond: 1, Currency: "USD"},
	}, {Name: "other", Limits: task.Limits{MaxSeconds: 3}}}
	h.registry(a, blindEngine{b})
	h.config.Registry.Routes = map[string][]registry.Target{
		"gen3a_turbo": {{Engine: "a", Model: "fine", Weight: 2}, {Engine: "gone"}, {Engine: "b"}}, "*": {{Engine: "a"}},
	}
	h.Gateway = h.config.build()
	want := []task.Offer{{
		Engine: "a", Model: "fine", Weight: 2, Modes: []string{"text", "first_frame"}, Limits: task.Limits{Seconds: []int{5}, AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 9},
		PromptUnit: "characters", Images: task.InputImageLimits{Types: []string{"image/png"}, Bytes: 7, MinSide: 3, MaxSide: 9, MaxRatio: 2.5}, Seed: true,
		Cancel: true, Idempotent: true, LookUp: true, Callbacks: true, ResultLife: 24 * time.Hour, Sound: "unknown",
		Price: task.Price{PerSecond: 1, Currency: "USD"},
	}, {Engine: "b", Model: "fake", Limits: task.Limits{MaxSeconds: 60, PromptLimit: 1000}, PromptUnit: "characters", Sound: "unknown", Seed: true, Cancel: true, Idempotent: true}}
	if got := h.Offers("gen3a_turbo"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if others := h.Offers("whatever"); len(others) != 2 || others[0].Model != "fine" || others[1].Model != "other" {
		t.Errorf("by the route \"*\": %+v", others)
	}
}

func TestUnknownModelIsRefused(t *testing.T) {
	h := newHarness(t)
	h.config.Models = []string{"default", "gen3a_turbo"}
	h.config.Registry.Routes = map[string][]registry.Target{"cut": {{Engine: "fake"}}, "gen3a_turbo": {{Engine: "fake"}}}
	h.use(h.fake)
	if got, want := h.Models(), []string{"cut", "default", "gen3a_turbo"}; !reflect.DeepEqual(got, want) {
		t.Errorf("models %q, want %q", got, want)
	}
	ask := func(model string) error {
		r := request("a cat")
		r.Model = model
		_, err := h.Submit(t.Context(), h.who, r)
		return err
	}
	for _, model := range h.Models() {
		if err := ask(model); err != nil {
			t.Errorf("%s: %v", model, err)
		}
	}
	checkRefused(t, "another", ask("cutt"), task.Invalid, `model: "cutt" is no model of this server; allowed are the 3 that GET /api/v1/models lists, cut, gen3a_turbo among them`)
	next := h.config.Registry
	next.Routes = map[string][]registry.Target{"*": {{Engine: "fake"}}}
	if err := h.Use(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if err := ask("cutt"); err != nil {
		t.Errorf("with a route \"*\": %v", err)
	}
}
