package engine_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestWithReplacesByName(t *testing.T) {
	offer := func(name string, seconds int) engine.TableModel {
		return engine.TableModel{Model: engine.Model{Name: name, Limits: task.Limits{MaxSeconds: seconds}}}
	}
	known := engine.ModelTable{offer("a", 1), offer("b", 1)}
	got := known.With(engine.ModelTable{offer("c", 2), offer("a", 2), offer("c", 3)})
	want := []engine.Model{{Name: "a", Limits: task.Limits{MaxSeconds: 2}}, {Name: "b", Limits: task.Limits{MaxSeconds: 1}}, {Name: "c", Limits: task.Limits{MaxSeconds: 3}}}
	if !slices.EqualFunc(got.Models(), want, func(a, b engine.Model) bool { return a.Name == b.Name && a.MaxSeconds == b.MaxSeconds }) {
		t.Errorf("%+v", got.Models())
	}
	if known[0].MaxSeconds != 1 || len(known.With(nil)) != 2 {
		t.Error("what was known has changed")
	}
}

func TestEndpointForMode(t *testing.T) {
	all := engine.ModelTable{{
		Model:     engine.Model{Name: "m"},
		Endpoints: engine.SameEndpoint("m/image", engine.Inputs{First: "image"}, engine.FromFirst, engine.FromFirstLast),
	}}
	for _, c := range []struct {
		job    engine.Job
		path   string
		reason task.Reason
	}{
		{engine.Job{Model: "m", Request: task.Request{First: &task.Image{}}}, "m/image", ""},
		{engine.Job{Model: "m", Request: task.Request{First: &task.Image{}, Last: &task.Image{}}}, "m/image", ""},
		{engine.Job{Model: "m"}, "", task.AssetInvalid},
		{engine.Job{Model: "n"}, "", task.VendorRefused},
	} {
		way, err := all.EndpointFor(c.job)
		if way.Path != c.path || (err != nil) != (c.reason != "") || err != nil && engine.AsError(err).Reason != c.reason {
			t.Errorf("%+v: %q, %v", c.job, way.Path, err)
		}
	}
}

func TestEveryPartOfAJobHasOneInput(t *testing.T) {
	var in engine.Inputs
	for _, part := range engine.InputParts() {
		at := in.Field(part)
		if at == nil || *at != "" {
			t.Errorf("%s: %v", part, at)
			continue
		}
		*at = part
	}
	want := engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "seconds", Aspect: "aspect_ratio", Resolution: "resolution",
		Seed: "seed", First: "first_frame", Last: "last_frame", Video: "video", Audio: "audio", ReferenceImages: "reference_images", ReferenceAudio: "reference_audio",
	}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("%+v", in)
	}
	if in.Field("colour") != nil {
		t.Error("a part that there is not has an input")
	}
	if got := engine.SecondsRange(3, 5); !slices.Equal(got, []int{3, 4, 5}) {
		t.Errorf("span %v", got)
	}
}

func TestLargeSeedsAreReduced(t *testing.T) {
	for _, c := range []struct{ most, seed, want uint32 }{
		{0, 4294967295, 4294967295},
		{1<<31 - 1, 1<<31 - 1, 1<<31 - 1},
		{1<<31 - 1, 1 << 31, 0},
		{1<<31 - 1, 4294967295, 1<<31 - 1},
		{4294967295, 4294967295, 4294967295},
		{9, 123, 3},
	} {
		in := engine.Inputs{Seed: "seed", SeedMax: c.most}
		if got := in.Fields(engine.Job{Request: task.Request{Seed: &c.seed}})["seed"]; got != c.want {
			t.Errorf("%d of at most %d: %v, want %d", c.seed, c.most, got, c.want)
		}
	}
}
