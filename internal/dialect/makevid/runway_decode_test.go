package makevid

import (
	"encoding/base64"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

func ptr[T any](v T) *T { return &v }

// decoded runs a family's decoder on a body and returns the request, or the errors as "field: detail" lines.
func decoded(t *testing.T, decode func(*dialect.Fields) task.Request, body string) (task.Request, []string) {
	t.Helper()
	f, err := dialect.ParseFields([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := decode(f)
	var e *task.Error
	if err := f.Err(); !errors.As(err, &e) {
		return r, nil
	}
	lines := make([]string, len(e.Fields))
	for i, x := range e.Fields {
		lines[i] = x.Field + ": " + x.Detail
	}
	return r, lines
}

func TestRunwayDecodes(t *testing.T) {
	example, err := os.ReadFile("testdata/create_runway.request.json")
	if err != nil {
		t.Fatal(err)
	}
	limits := task.ImageLimits{Bytes: 16 << 20}
	five := task.Format{Width: 1280, Height: 768, FrameRate: 24, Frames: 125}
	ten := task.Format{Width: 1280, Height: 768, FrameRate: 24, Frames: 253}
	pixel := "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte("any bytes"))
	tests := []struct {
		name, body string
		want       task.Request
	}{
		{"the published request", string(example), task.Request{Model: "gen3a_turbo", Prompt: "camera pull out", ExpandPrompt: true,
			Seconds: 5, Format: five, First: &task.Image{Source: "https://example.com/image.jpg", Field: "init_image", Limits: limits},
			AssetGroup: "Generative Video"}},
		{"the least there can be", `{"seconds":10,"text_prompt":"zoom"}`, task.Request{Model: "gen3a_turbo", Prompt: "zoom",
			Seconds: 10, Format: ten, AssetGroup: "Generative Video"}},
		{"every field", `{"seconds":5.0,"text_prompt":"zoom","enhance_prompt":true,"init_image":"` + pixel + `","image_as_end_frame":true,
			"seed":4294967295,"exploreMode":true,"watermark":true,"resolution":"720p","name":"take 1","assetGroupName":"Reel","model":"gen3a_turbo","more":[1]}`,
			task.Request{Model: "gen3a_turbo", Name: "take 1", Prompt: "zoom", ExpandPrompt: true, Seconds: 5, Format: five, Seed: ptr(uint32(4294967295)),
				Last: &task.Image{Source: pixel, Field: "init_image", Limits: limits}, LowPriority: true, Watermark: true, Resolution: "720p", AssetGroup: "Reel"}},
		{"a picture alone, and seed 0", `{"seconds":5,"text_prompt":"","init_image":"HTTP://127.0.0.1:8080/datasets/a.jpg?_jwt=x","seed":0}`,
			task.Request{Model: "gen3a_turbo", Seconds: 5, Format: five, Seed: ptr(uint32(0)),
				First:      &task.Image{Source: "http://127.0.0.1:8080/datasets/a.jpg?_jwt=x", Field: "init_image", Limits: limits},
				AssetGroup: "Generative Video"}},
		{"null is absent", `{"seconds":5,"text_prompt":"zoom","init_image":null,"seed":null,"name":null,"model":null}`,
			task.Request{Model: "gen3a_turbo", Prompt: "zoom", Seconds: 5, Format: five, AssetGroup: "Generative Video"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := decoded(t, decodeRunway, tt.body)
			if faults != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("faults %v\ngot  %+v\nwant %+v", faults, got, tt.want)
			}
		})
	}
}

func TestRunwayRefuses(t *testing.T) {
	with := func(fields string) string { return `{"seconds":5,"text_prompt":"zoom",` + fields + `}` }
	tests := []struct {
		name, body string
		want       []string
	}{
		{"nothing given", `{}`, []string{"seconds: is required", "text_prompt: must not be empty where there is no init_image"}},
		{"a length that no one makes", `{"seconds":7,"text_prompt":"zoom"}`, []string{"seconds: 7 is not possible; allowed: 5, 10"}},
		{"half a second", `{"seconds":5.5,"text_prompt":"zoom"}`, []string{"seconds: 5.5 is not possible; allowed: 5, 10"}},
		{"a length as a word", `{"seconds":"five","text_prompt":"zoom"}`, []string{"seconds: must be one of 5, 10, not a string"}},
		{"half a second as a text", `{"seconds":"5.5","text_prompt":"zoom"}`, []string{`seconds: "5.5" is not possible; allowed: 5, 10`}},
		{"a length beyond numbers", `{"seconds":1e400,"text_prompt":"zoom"}`, []string{"seconds: 1e400 is not possible; allowed: 5, 10"}},
		{"an empty prompt", `{"seconds":5,"text_prompt":" \n"}`, []string{"text_prompt: must not be empty where there is no init_image"}},
		{"a seed below", with(`"seed":-1`), []string{"seed: must be a whole number from 0 to 4294967295"}},
		{"a seed above", with(`"seed":4294967296`), []string{"seed: must be a whole number from 0 to 4294967295"}},
		{"a resolution not offered", with(`"resolution":"1080p"`), []string{`resolution: "1080p" is not possible; allowed: "720p"`}},
		{"an unknown model", with(`"model":"gen9"`), []string{`model: "gen9" is not possible; allowed: "gen3a_turbo"`}},
		{"an end frame without a picture", with(`"image_as_end_frame":true`), []string{"image_as_end_frame: needs an init_image to end on"}},
		{"a picture of no scheme", with(`"init_image":"image.jpg"`), []string{"init_image: must be an http or https URL, or a data URI of a picture"}},
		{"a file URL", with(`"init_image":"file:///etc/passwd"`), []string{"init_image: must be an http or https URL, or a data URI of a picture"}},
		{"a URL without a host", with(`"init_image":"https:///a.jpg"`), []string{"init_image: must be a whole URL with a host, such as https://example.com/image.jpg"}},
		{"a URL that is too long", with(`"init_image":"https://a/` + strings.Repeat("x", 2048) + `"`), []string{"init_image: is a URL of more than 2048 bytes"}},
		{"a data URI in no Base64", with(`"init_image":"data:text/html,AAAA"`), []string{"init_image: must be a data URI in Base64, such as data:image/png;base64,…"}},
		{"a data URI not in Base64", with(`"init_image":"data:image/png,abc"`), []string{"init_image: must be a data URI in Base64, such as data:image/png;base64,…"}},
		{"a data URI with broken Base64", with(`"init_image":"data:image/png;base64,A==="`), []string{"init_image: is a data URI that does not hold valid Base64"}},
		{"a data URI with nothing in it", with(`"init_image":"data:image/png;base64,"`), []string{"init_image: is a data URI that does not hold valid Base64"}},
		{"a prompt that is too long", `{"seconds":5,"text_prompt":"` + strings.Repeat("ä", 5001) + `"}`, []string{"text_prompt: has 5001 characters; at most 5000 are allowed"}},
		{"a broken picture is not a missing one", `{"seconds":5,"init_image":"x","image_as_end_frame":true}`,
			[]string{"init_image: must be an http or https URL, or a data URI of a picture"}},
		{"all faults at once", `{"seconds":7,"text_prompt":1,"enhance_prompt":"yes","init_image":{},"image_as_end_frame":0,"seed":true,
			"exploreMode":"","watermark":[],"resolution":720,"name":false,"assetGroupName":2,"model":"x"}`, []string{
			`model: "x" is not possible; allowed: "gen3a_turbo"`,
			"text_prompt: must be a string, not a number",
			"enhance_prompt: must be true or false, not a string",
			"exploreMode: must be true or false, not a string",
			"watermark: must be true or false, not a list",
			"resolution: must be a string, not a number",
			"name: must be a string, not a boolean",
			"assetGroupName: must be a string, not a number",
			"seconds: 7 is not possible; allowed: 5, 10",
			"seed: must be a whole number from 0 to 4294967295, not a boolean",
			"init_image: must be a string, not an object",
			"image_as_end_frame: must be true or false, not a number",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := decoded(t, decodeRunway, tt.body); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(tt.want, "\n "))
			}
		})
	}
}

func FuzzDecodeRunway(f *testing.F) { fuzz(f, decodeRunway) }

// fuzz checks that a decoder refuses any body with the code invalid, or returns a valid request.
func fuzz(f *testing.F, decode func(*dialect.Fields) task.Request) {
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := dialect.ParseFields(body)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		r := decode(fields)
		if err := fields.Err(); err != nil {
			wantInvalid(t, err)
			return
		}
		if r.Format.Frames == 0 || r.Seconds == 0 || r.Prompt == "" && r.First == nil && r.Last == nil {
			t.Errorf("%q became %+v", body, r)
		}
	})
}

func wantInvalid(t *testing.T, err error) {
	t.Helper()
	if got := task.CodeOf(err); got != task.Invalid {
		t.Errorf("%v has code %s", err, got)
	}
}
