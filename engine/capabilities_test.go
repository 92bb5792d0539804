package engine_test

import (
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

func TestModelNamesEveryFieldItCantDo(t *testing.T) {
	m := engine.Model{
		Name: "m", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Seconds: []int{5, 10},
		AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 5,
		ImageTypes: []string{"image/jpeg"}, ImageMinSide: 300,
	}
	picture := func(kind string, w, h int) *task.Image { return &task.Image{Type: kind, Width: w, Height: h} }
	for _, c := range []struct {
		name string
		r    task.Request
		want map[string]string
	}{
		{"all is possible", task.Request{Prompt: "a cat", Seconds: 5, AspectRatio: "16:9", Resolution: "720p"}, nil},
		{"characters are counted, not bytes", task.Request{Prompt: "äöüßé", Seconds: 5}, nil},
		{"a length between", task.Request{Seconds: 7}, map[string]string{"seconds": "7 is not possible with model m; allowed: 5, 10"}},
		{"several at once", task.Request{Seconds: 11, AspectRatio: "1:1", Resolution: "4k", Prompt: "a long one"}, map[string]string{
			"seconds":      "11 is not possible with model m; allowed: 5, 10",
			"aspect_ratio": `"1:1" is not possible with model m; allowed: 16:9`,
			"resolution":   `"4k" is not possible with model m; allowed: 720p`,
			"prompt":       "10 characters; model m takes at most 5",
		}},
		{"a mode it has not", task.Request{Seconds: 5, Last: picture("image/jpeg", 300, 300)}, map[string]string{
			"last_frame": "model m can't make a video from last frame; it can from text, first frame",
		}},
		{"a small picture of another type", task.Request{Seconds: 5, First: picture("image/png", 299, 4000)}, map[string]string{
			"first_frame": "299x4000 pixels; model m needs at least 300 on each side",
		}},
		{"the picture's own field name", task.Request{Seconds: 5, First: &task.Image{Field: "init_image", Type: "image/png"}}, map[string]string{
			"init_image": "model m takes image/jpeg, not image/png",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for _, f := range m.Check(c.r) {
				got[f.Field] = f.Detail
			}
			for field, detail := range c.want {
				if got[field] != detail {
					t.Errorf("%s: %q, want %q", field, got[field], detail)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
		})
	}
}

func TestModelWithoutListsTakesAnyLengthUpToItsLimit(t *testing.T) {
	m := engine.Model{Name: "m", MaxSeconds: 60}
	for seconds, faults := range map[int]int{1: 0, 60: 0, 61: 1} {
		if got := m.Check(task.Request{Seconds: seconds}); len(got) != faults {
			t.Errorf("%d s: %v, want %d faults", seconds, got, faults)
		}
	}
}

func TestModeFollowsThePictures(t *testing.T) {
	img := &task.Image{}
	for want, r := range map[engine.Mode]task.Request{
		engine.FromText: {}, engine.FromFirst: {First: img}, engine.FromLast: {Last: img}, engine.FromFirstLast: {First: img, Last: img},
	} {
		if got := engine.ModeOf(r); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestErrorsOfNoClassMayBeTriedAgain(t *testing.T) {
	cause := errors.New("connection reset")
	e := engine.AsError(cause)
	if e.Class != engine.Unreachable || !errors.Is(e, cause) {
		t.Errorf("%+v", e)
	}
	known := &engine.Error{Class: engine.Overloaded, RetryAfter: time.Minute}
	if got := engine.AsError(errors.Join(cause, known)); got != known {
		t.Errorf("%+v, want the one inside", got)
	}
}

func TestFailureAlwaysHasAReasonAndAPublicText(t *testing.T) {
	for _, c := range []struct {
		in   engine.Error
		want task.Failure
	}{
		{engine.Error{Class: engine.Refused}, task.Failure{Reason: task.Internal, Text: task.Internal.PublicText(), Detail: "engine: refused ()"}},
		{engine.Error{Class: engine.Refused, Reason: task.AssetInvalid, Text: "a GIF", Detail: "code 7"},
			task.Failure{Reason: task.AssetInvalid, Text: "a GIF", Detail: "engine: refused (ASSET.INVALID): code 7"}},
	} {
		if got := c.in.Failure(); *got != c.want {
			t.Errorf("%+v, want %+v", *got, c.want)
		}
	}
}
