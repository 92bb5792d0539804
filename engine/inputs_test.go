package engine_test

import (
	"reflect"
	"testing"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

func TestInputsNameThePartsOfAJobAsTheModelDoes(t *testing.T) {
	seed := uint32(7)
	whole := engine.Job{
		Request: task.Request{Prompt: "a cat", NegativePrompt: "rain", Seconds: 8, AspectRatio: "16:9", Resolution: "720p", Seed: &seed},
		First:   &engine.Picture{Type: "image/png", Bytes: []byte("abc")},
		Last:    &engine.Picture{Type: "image/png", URL: "https://p/2.png"},
	}
	for _, c := range []struct {
		name string
		in   engine.Inputs
		job  engine.Job
		want map[string]any
	}{
		{"only what it has a name for", engine.Inputs{Prompt: "text"}, whole, map[string]any{"text": "a cat"}},
		{"all of it", engine.Inputs{
			Prompt: "p", Negative: "n", Seconds: "s", Aspect: "a", Resolution: "r",
			Seed: "seed", First: "f", Last: "l",
		}, whole, map[string]any{
			"p": "a cat", "n": "rain", "s": 8, "a": "16:9", "r": "720p", "seed": uint32(7),
			"f": "data:image/png;base64,YWJj", "l": "https://p/2.png",
		}},
		{"what the job has not is left out", engine.Inputs{Seed: "seed", First: "f", Aspect: "a"},
			engine.Job{}, map[string]any{}},
		{"seconds as text", engine.Inputs{Seconds: "d", Text: true}, whole, map[string]any{"d": "8"}},
		{"seconds with a unit", engine.Inputs{Seconds: "d", Text: true, Unit: "s"}, whole, map[string]any{"d": "8s"}},
		{"fixed values come along", engine.Inputs{Fixed: map[string]any{"audio": false}}, whole, map[string]any{"audio": false}},
		{"the expanded prompt goes first", engine.Inputs{Prompt: "p"},
			engine.Job{Request: task.Request{Prompt: "a", ExpandedPrompt: "a, wide"}}, map[string]any{"p": "a, wide"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Of(c.job); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
