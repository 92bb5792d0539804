package engine_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestInputFields(t *testing.T) {
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
		{"seconds as text", engine.Inputs{Seconds: "d", SecondsAsText: true}, whole, map[string]any{"d": "8"}},
		{"seconds with a unit", engine.Inputs{Seconds: "d", SecondsAsText: true, SecondsUnit: "s"}, whole, map[string]any{"d": "8s"}},
		{"fixed values come along", engine.Inputs{Fixed: map[string]any{"audio": false}}, whole, map[string]any{"audio": false}},
		{"the expanded prompt goes first", engine.Inputs{Prompt: "p"},
			engine.Job{Request: task.Request{Prompt: "a", ExpandedPrompt: "a, wide"}}, map[string]any{"p": "a, wide"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Fields(c.job); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestInputVideoLink(t *testing.T) {
	video := func(link string, size int64) engine.Job {
		return engine.Job{Video: &engine.InputVideo{InputFile: engine.InputFile{Type: "video/mp4", URL: link, Size: size, Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("abc")), nil
		}}}}
	}
	in := engine.Inputs{Video: "video_url"}
	for _, c := range []struct {
		name  string
		in    engine.Inputs
		job   engine.Job
		want  map[string]any
		class engine.Class
	}{
		{"by its link", in, video("https://v/1.mp4", 1<<30), map[string]any{"video_url": "https://v/1.mp4"}, ""},
		{"within the request", in, video("", 3), map[string]any{"video_url": "data:video/mp4;base64,YWJj"}, ""},
		{"too large for that", in, video("", 16<<20+1), nil, engine.AuthError},
		{"a job without one", in, engine.Job{}, map[string]any{}, ""},
		{"a model that has no name for it", engine.Inputs{}, video("", 3), map[string]any{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]any{}
			err := c.in.AddVideo(t.Context(), c.job, got)
			if c.class != "" {
				if e := engine.AsError(err); err == nil || e.Class != c.class || !strings.Contains(e.Detail, "FILMGATE_PUBLIC_URL") {
					t.Errorf("%v, want class %s", err, c.class)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestUnreadableVideoIsNotSubmitted(t *testing.T) {
	withBreaker := errors.New("disk is gone")
	for name, open := range map[string]func(context.Context) (io.ReadCloser, error){
		"opening": func(context.Context) (io.ReadCloser, error) { return nil, withBreaker },
		"reading": func(context.Context) (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(withBreaker)), nil },
	} {
		_, err := (&engine.InputFile{Open: open}).Bytes(t.Context())
		if !errors.Is(err, withBreaker) || engine.AsError(err).Unconfirmed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReferencesAreListsOfLinks(t *testing.T) {
	in := engine.Inputs{ReferenceImages: "image_urls", ReferenceAudio: "audio_urls", Audio: "generate_audio"}
	open := func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }
	yes := true
	job := engine.Job{
		Request:         task.Request{Audio: &yes},
		ReferenceImages: []engine.ReferenceImage{{InputFile: engine.InputFile{URL: "https://a.example/a"}}, {InputFile: engine.InputFile{Type: "image/png", Open: open}}},
		ReferenceAudio:  []engine.InputAudio{{InputFile: engine.InputFile{Type: "audio/wav", Open: open}}},
	}
	got, err := engine.Endpoint{Inputs: in}.Body(t.Context(), job)
	want := map[string]any{"image_urls": []string{"https://a.example/a", "data:image/png;base64,YWJj"}, "audio_urls": []string{"data:audio/wav;base64,YWJj"}, "generate_audio": true}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := (engine.Endpoint{Inputs: in}).Body(t.Context(), engine.Job{}); err != nil || !reflect.DeepEqual(got, map[string]any{"generate_audio": false}) {
		t.Errorf("without any: %v, %v", got, err)
	}
	if got, err := (engine.Endpoint{}).Body(t.Context(), job); err != nil || len(got) != 0 {
		t.Errorf("a model without such inputs: %v, %v", got, err)
	}
}
