package makevid

import (
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

func klingTaskOf() task.Task {
	return task.Task{ID: "0a60bdac-66ed-5731-0000-0000003418f8", State: task.Succeeded, Created: at("2024-09-21T17:19:14.945Z"), Updated: at("2024-09-21T17:21:15Z"),
		Request: task.Request{Dialect: "makevid/kling.text2video"},
		Artifacts: []task.Artifact{{ID: "46fccdf2-04ae-46d6-a042-29aea74de280", Duration: 153 * time.Second / 30,
			Files: []task.File{cdn(task.Video, "20240921", "e", ".mp4")}}}}
}

func TestKlingAnswersAreThePublishedOnes(t *testing.T) {
	t.Run("get of a finished task", func(t *testing.T) {
		dialecttest.SameJSON(t, encodeKling(klingTaskOf(), mediaScene(t)), []byte(example(t, "kling_get.succeed.json")))
	})
	t.Run("create", func(t *testing.T) {
		tk, s := klingTaskOf(), mediaScene(t)
		tk.State, tk.Updated, s.create = task.Queued, tk.Created, true
		dialecttest.SameJSON(t, encodeKling(tk, s), []byte(example(t, "kling_create.response.json")))
	})
}

func TestKlingTellsEachState(t *testing.T) {
	tests := []struct {
		state   task.State
		failure *task.Failure
		want    string
	}{
		{task.Queued, nil, `"task_status":"submitted","task_status_msg":"",`},
		{task.Throttled, nil, `"task_status":"submitted","task_status_msg":"",`},
		{task.Pending, nil, `"task_status":"submitted","task_status_msg":"",`},
		{task.Running, nil, `"task_status":"processing","task_status_msg":"",`},
		{task.Failed, &task.Failure{Reason: task.AssetInvalid}, `"task_status":"failed","task_status_msg":"The engine could not use the picture or video. Check its format and size.",`},
		{task.Cancelled, nil, `"task_status":"failed","task_status_msg":"The task was cancelled.",`},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			tk := klingTaskOf()
			tk.State, tk.Failure = tt.state, tt.failure
			want := `{"code":0,"message":"SUCCEED","request_id":"CmC9rGbtVzEAAAAAADQY-A","data":{"task_id":"CmC9rGbtVzEAAAAAADQY-A",` + tt.want +
				`"created_at":1726939154945,"updated_at":1726939275000}}` + "\n"
			if got := string(encodeKling(tk, mediaScene(t))); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	t.Run("succeeded, and its files deleted since", func(t *testing.T) {
		tk := klingTaskOf()
		tk.Artifacts[0].Deleted = true
		if got := string(encodeKling(tk, mediaScene(t))); !strings.Contains(got, `"task_status":"succeed"`) || !strings.Contains(got, `"task_result":{"videos":[]}`) {
			t.Errorf("got %s", got)
		}
	})
	for _, s := range task.States() {
		if got := klingStatus(s); !slices.Contains([]string{"submitted", "processing", "succeed", "failed"}, got) {
			t.Errorf("state %s is told as %q", s, got)
		}
	}
}

func TestKlingIDsNameTheTask(t *testing.T) {
	uuid := "0a60bdac-66ed-5731-0000-0000003418f8"
	if got, ok := dialect.ParseID(dialect.ShortID(uuid)); !ok || got != uuid {
		t.Errorf("%s came back as %s", uuid, got)
	}
}

func TestKlingDecodes(t *testing.T) {
	iced := "product photography of an ice tea, block of ice, in lava, steam coming off, dramatic lights, sparks of fire and miniature explosions, luxury, in style of maximalism"
	limits := task.ImageLimits{Bytes: 10 << 20, MinSide: 300, MaxRatio: 2.5, Types: []string{"image/jpeg", "image/png"}}
	image := func(field, source string) *task.Image {
		return &task.Image{Field: field, Source: source, Limits: limits}
	}
	bare := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("picture", 100)))
	base := func(change func(*task.Request)) task.Request {
		r := task.Request{Model: "kling-v1", Prompt: "x", Seconds: 5, Mode: "std", AssetGroup: "Generative Video", AspectRatio: "16:9",
			Format: task.Format{Width: 1280, Height: 720, FrameRate: 30, Frames: 153}}
		change(&r)
		return r
	}
	fromImage := func(change func(*task.Request)) task.Request {
		r := base(func(r *task.Request) {
			r.AspectRatio, r.Prompt, r.Format, r.First = "", "", task.Format{FrameRate: 30, Frames: 153}, image("image", bare)
		})
		change(&r)
		return r
	}
	text, img := klingText(), klingImage()
	tests := []struct {
		name string
		from family
		body string
		want task.Request
	}{
		{"the published text2video", text, example(t, "kling_text2video.request.json"), base(func(r *task.Request) {
			r.Prompt, r.NegativePrompt, r.CfgScale, r.Camera = iced, "ugly", ptr(0.8), &task.Camera{Zoom: -10}
		})},
		{"the least there can be", text, `{"prompt":"x"}`, base(func(*task.Request) {})},
		{"ten seconds upright", text, `{"prompt":"x","duration":"10","aspect_ratio":"9:16","mode":"pro","cfg_scale":0}`, base(func(r *task.Request) {
			r.Seconds, r.AspectRatio, r.Mode, r.CfgScale = 10, "9:16", "pro", ptr(0.0)
			r.Format = task.Format{Width: 720, Height: 1280, FrameRate: 30, Frames: 303}
		})},
		{"square, with a preset move", text, `{"prompt":"x","aspect_ratio":"1:1","cfg_scale":1,"camera_control":{"type":"down_back","config":null}}`, base(func(r *task.Request) {
			r.AspectRatio, r.CfgScale, r.Camera = "1:1", ptr(1.0), &task.Camera{Preset: "down_back"}
			r.Format = task.Format{Width: 960, Height: 960, FrameRate: 30, Frames: 153}
		})},
		{"the published image2video", img, example(t, "kling_image2video.request.json"), fromImage(func(r *task.Request) {
			r.Prompt, r.NegativePrompt, r.CfgScale = "camera pull out", "ugly", ptr(0.8)
			r.First, r.Last = image("image", "https://www.example.com/image.png"), image("image_tail", "https://www.example.com/image_tail.png")
		})},
		{"bare Base64", img, `{"image":"` + bare + `"}`, fromImage(func(*task.Request) {})},
		{"a data URI", img, `{"image":"DATA:image/png;base64,` + bare + `","camera_control":{"type":"simple","config":{"roll":0.5}}}`, fromImage(func(r *task.Request) {
			r.First.Source, r.Camera = "data:image/png;base64,"+bare, &task.Camera{Roll: 0.5}
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, faults := decoded(t, tt.from.decode, tt.body); faults != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("faults %v\ngot  %+v\nwant %+v", faults, got, tt.want)
			}
		})
	}
}

func TestKlingRefuses(t *testing.T) {
	text, img := klingText(), klingImage()
	camera := func(c string) string { return `{"prompt":"x","camera_control":` + c + `}` }
	one := "camera_control/config: must have exactly one of horizontal, vertical, pan, tilt, roll and zoom other than 0, not "
	tests := []struct {
		name string
		from family
		body string
		want []string
	}{
		{"no prompt", text, `{}`, []string{"prompt: is required"}},
		{"an empty prompt", text, `{"prompt":" "}`, []string{"prompt: must not be empty"}},
		{"a prompt too long", text, `{"prompt":"` + strings.Repeat("x", 2501) + `"}`, []string{"prompt: has 2501 characters; at most 2500 are allowed"}},
		{"a negative prompt too long", text, `{"prompt":"x","negative_prompt":"` + strings.Repeat("x", 201) + `"}`, []string{"negative_prompt: has 201 characters; at most 200 are allowed"}},
		{"cfg_scale above", text, `{"prompt":"x","cfg_scale":1.01}`, []string{"cfg_scale: must be a number from 0 to 1"}},
		{"cfg_scale below", text, `{"prompt":"x","cfg_scale":-0.1}`, []string{"cfg_scale: must be a number from 0 to 1"}},
		{"a duration as a number", text, `{"prompt":"x","duration":7}`, []string{"duration: must be a string, not a number"}},
		{"a duration that no one makes", text, `{"prompt":"x","duration":"7"}`, []string{`duration: "7" is not possible; allowed: "5", "10"`}},
		{"an odd shape", text, `{"prompt":"x","aspect_ratio":"4:3"}`, []string{`aspect_ratio: "4:3" is not possible; allowed: "16:9", "9:16", "1:1"`}},
		{"a camera that is no object", text, camera(`"zoom"`), []string{"camera_control: must be an object, not a string"}},
		{"a camera without a type", text, camera(`{}`), []string{"camera_control/type: is required"}},
		{"an unknown move", text, camera(`{"type":"spin"}`), []string{`camera_control/type: "spin" is not possible; allowed: "simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward"`}},
		{"simple without values", text, camera(`{"type":"simple"}`), []string{`camera_control/config: is required with type "simple"`}},
		{"no axis", text, camera(`{"type":"simple","config":{"pan":0}}`), []string{one + "0"}},
		{"two axes", text, camera(`{"type":"simple","config":{"pan":1,"zoom":1}}`), []string{one + "2"}},
		{"an axis beyond 10", text, camera(`{"type":"simple","config":{"pan":10.1}}`), []string{"camera_control/config/pan: must be a number from -10 to 10"}},
		{"a preset with values", text, camera(`{"type":"down_back","config":{"pan":1}}`), []string{`camera_control/config: must be absent with type "down_back"`}},
		{"no image", img, `{"prompt":"x"}`, []string{"image: is required"}},
		{"an empty image", img, `{"image":""}`, []string{"image: must not be empty"}},
		{"an image that is neither", img, `{"image":"not base64!"}`, []string{"image: must be an http or https URL, or a picture in Base64"}},
		{"a tail that is neither", img, `{"image":"AAAA","image_tail":"htp://x"}`, []string{"image_tail: must be an http or https URL, or a picture in Base64"}},
		{"a tail and a camera", img, `{"image":"AAAA","image_tail":"AAAA","camera_control":{"type":"forward_up"}}`, []string{"camera_control: is not possible together with image_tail"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := decoded(t, tt.from.decode, tt.body); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestKlingHasACodeForEveryError(t *testing.T) {
	fault := []task.FieldError{{Field: "camera/zoom", Detail: "b"}, {Field: "seconds", Detail: "c"}}
	tests := map[task.Code][2]int{task.Invalid: {400, 1201}, task.BudgetSpent: {429, 1102}, task.Forbidden: {403, 1103}, task.NotFound: {404, 1203}, task.NotAllowed: {405, 1202},
		task.Conflict: {409, 1201}, task.Changed: {412, 1201}, task.TooLarge: {413, 1201}, task.Unsupported: {415, 1201}, task.Unreadable: {422, 1201},
		task.RateLimited: {429, 1302}, task.Unavailable: {503, 5001}, task.NoSpace: {507, 5001}, task.InternalError: {500, 5000}, task.Unauthorized: {401, 1000}}
	for _, code := range task.Codes() {
		t.Run(string(code), func(t *testing.T) {
			gw, h := standing()
			gw.Fail = &task.Error{Code: code, Detail: "a", Fields: fault}
			w := send(h, "POST", "/api/v1/kling/text2video/create_kling", `{"prompt":"x"}`)
			want := fmt.Sprintf(`{"code":%d,"message":"camera.zoom: b; duration: c","request_id":"CmC9rGbtVzEAAAAAADQY-A"}`+"\n", tests[code][1])
			if w.Code != tests[code][0] || w.Body.String() != want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	t.Run("a cause that callers may not see", func(t *testing.T) {
		gw, h := standing()
		gw.Fail = errors.New("secret")
		if w := send(h, "POST", "/api/v1/kling/text2video/create_kling", `{"prompt":"x"}`); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func FuzzDecodeKlingText(f *testing.F) { fuzz(f, decodeKlingText) }

func FuzzDecodeKlingImage(f *testing.F) { fuzz(f, decodeKlingImage) }
