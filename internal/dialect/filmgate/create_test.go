package filmgate

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// created sends a create to a gateway that accepts every request, and returns the answer and the request that the gateway got.
func created(t *testing.T, body string) (*httptest.ResponseRecorder, task.Request) {
	t.Helper()
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	h := dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
	r := httptest.NewRequest(http.MethodPost, "/api/v1/tasks", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	made, _ := gw.Last() // none where it was refused
	return w, made.Request
}

func TestACreateReachesTheGatewayWhole(t *testing.T) {
	w, got := created(t, `{"model":"ray-2","name":"n","prompt":"p","expand_prompt":true,"negative_prompt":"no","seconds":9,"aspect_ratio":"9:21",
		"resolution":"4k","seed":4294967295,"first_frame":"https://a.example/a.jpg","last_frame":"data:image/png;base64,AAAA",
		"camera":{"horizontal":1,"vertical":-2,"pan":3,"tilt":-4,"roll":5,"zoom":-6.5},"cfg_scale":0.25,"mode":"std","watermark":true,
		"caption":true,"low_priority":true,"asset_group":"g","callback_url":"HTTPS://a.example/told?x"}`)
	if w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	seed, scale := uint32(4294967295), 0.25
	picture := func(field string) *task.Image {
		return &task.Image{Field: field, Key: "datasets/" + field + ".jpg", Type: "image/jpeg", Limits: task.ImageLimits{Bytes: 16 << 20}}
	}
	want := task.Request{
		Dialect: "filmgate", Model: "ray-2", Name: "n", Prompt: "p", ExpandPrompt: true, NegativePrompt: "no", Seconds: 9, AspectRatio: "9:21",
		Resolution: "4k", Seed: &seed, First: picture("first_frame"), Last: picture("last_frame"),
		Camera:   &task.Camera{Horizontal: 1, Vertical: -2, Pan: 3, Tilt: -4, Roll: 5, Zoom: -6.5},
		CfgScale: &scale, Mode: "std", Watermark: true, Caption: true, LowPriority: true, AssetGroup: "g",
		CallbackURL: "https://a.example/told?x",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatACreateLeavesOutHasADefault(t *testing.T) {
	for body, want := range map[string]task.Request{
		`{"prompt":"p"}`: {Prompt: "p", Seconds: 5},
		`{"last_frame":"https://a.example/a.jpg"}`:                                                         {Seconds: 5},
		`{"prompt":"p","model":"","seconds":null,"video":null,"camera":null,"seed":null,"cfg_scale":null}`: {Prompt: "p", Seconds: 5},
		`{"prompt":"p","video":"","first_frame":""}`:                                                       {Prompt: "p", Seconds: 5},
		`{"video":"https://a.example/a.mp4"}`:                                                              {Seconds: 0},
		`{"video":"https://a.example/a.mp4", "seconds": 7}`:                                                {Seconds: 7},
	} {
		w, got := created(t, body)
		if w.Code != http.StatusCreated || got.Prompt != want.Prompt || got.Seconds != want.Seconds || got.Model != DefaultModel ||
			got.AssetGroup != "Generative Video" || got.AspectRatio+got.Resolution+got.Mode != "" || got.Camera != nil || got.CfgScale != nil {
			t.Errorf("%s: %d %+v", body, w.Code, got)
		}
	}
}

// longText returns a text of that many characters, of two bytes each.
func longText(characters int) string { return strings.Repeat("é", characters) }

func TestEveryLimitOfACreate(t *testing.T) {
	with := func(fields string) string { return `{"prompt":"zoom",` + fields + `}` }
	url := func(bytes int) string { return "https://a.example/" + strings.Repeat("x", bytes-18) }
	none := "needs a preset, or an axis that is not 0"
	for _, c := range []struct {
		name, body string
		want       string // the fault, "field: detail"; "" = the request is taken
	}{
		{"a prompt of 5000", `{"prompt":"` + longText(5000) + `"}`, ""},
		{"a prompt of 5001", `{"prompt":"` + longText(5001) + `"}`, "prompt: has 5001 characters; at most 5000 are allowed"},
		{"a prompt of blanks", `{"prompt":" \n"}`, "prompt: must not be empty where there is no first_frame, last_frame or video"},
		{"no prompt, with a first frame", `{"first_frame":"https://a.example/a.jpg"}`, ""},
		{"no prompt, with a broken first frame", `{"first_frame":"a.jpg"}`, "first_frame: must be an http or https URL, or a data URI of a picture"},
		{"a negative prompt of 2500", with(`"negative_prompt":"` + longText(2500) + `"`), ""},
		{"a negative prompt of 2501", with(`"negative_prompt":"` + longText(2501) + `"`), "negative_prompt: has 2501 characters; at most 2500 are allowed"},
		{"a model of 255", with(`"model":"` + longText(255) + `"`), ""},
		{"a model of 256", with(`"model":"` + longText(256) + `"`), "model: has 256 characters; at most 255 are allowed"},
		{"a name of 255", with(`"name":"` + longText(255) + `"`), ""},
		{"a name of 256", with(`"name":"` + longText(256) + `"`), "name: has 256 characters; at most 255 are allowed"},
		{"a group of 255", with(`"asset_group":"` + longText(255) + `"`), ""},
		{"a group of 256", with(`"asset_group":"` + longText(256) + `"`), "asset_group: has 256 characters; at most 255 are allowed"},
		{"1 second", with(`"seconds":1`), ""},
		{"60 seconds", with(`"seconds":6e1`), ""},
		{"0 seconds", with(`"seconds":0`), "seconds: must be a whole number from 1 to 60"},
		{"61 seconds", with(`"seconds":61`), "seconds: must be a whole number from 1 to 60"},
		{"half a second", with(`"seconds":1.5`), "seconds: must be a whole number from 1 to 60"},
		{"seconds as text", with(`"seconds":"5"`), ""},
		{"seconds as text, with a fraction", with(`"seconds":"5.5"`), "seconds: must be a whole number from 1 to 60"},
		{"seconds as a word", with(`"seconds":"five"`), "seconds: must be a whole number from 1 to 60, not a string"},
		{"a flag as text", with(`"watermark":"true"`), ""},
		{"a flag as another text", with(`"watermark":"yes"`), "watermark: must be true or false, not a string"},
		{"a picture by another API's name", `{"image":"https://a.example/a.jpg"}`, "image: there is no such field; did you mean first_frame?"},
		{"a prompt by another API's name", `{"text_prompt":"zoom"}`, "text_prompt: there is no such field; did you mean prompt?"},
		{"a length by another API's name", with(`"duration":5`), "duration: there is no such field; did you mean seconds?"},
		{"a shape by another API's name", with(`"ratio":"16:9"`), "ratio: there is no such field; did you mean aspect_ratio?"},
		{"an axis with a letter too few", with(`"camera":{"pan":1,"zom":1}`), "camera/zom: there is no such field; did you mean zoom?"},
		{"a field of null, which is absent", with(`"image":null`), ""},
		{"the lowest seed", with(`"seed":0`), ""},
		{"the highest seed", with(`"seed":4294967295`), ""},
		{"a seed above", with(`"seed":4294967296`), "seed: must be a whole number from 0 to 4294967295"},
		{"the lowest scale", with(`"cfg_scale":0`), ""},
		{"the highest scale", with(`"cfg_scale":1`), ""},
		{"a scale above", with(`"cfg_scale":1.001`), "cfg_scale: must be a number from 0 to 1"},
		{"an axis at its end", with(`"camera":{"roll":-10}`), ""},
		{"an axis beyond", with(`"camera":{"roll":-10.1}`), "camera/roll: must be a number from -10 to 10"},
		{"several axes", with(`"camera":{"roll":1,"zoom":2}`), ""},
		{"no axis", with(`"camera":{}`), "camera: " + none},
		{"an axis of nothing", with(`"camera":{"zoom":0}`), "camera: " + none},
		{"a camera that is a word", with(`"camera":"zoom"`), "camera: must be an object, not a string"},
		{"each preset", with(`"camera":{"preset":"left_turn_forward"}`), ""},
		{"a preset and an axis of nothing", with(`"camera":{"preset":"down_back","zoom":0}`), ""},
		{"a preset and an axis", with(`"camera":{"preset":"down_back","zoom":1}`), "camera/zoom: must be 0 or absent beside a preset, which is a whole move"},
		{"a caption of nothing", `{"caption":true,"first_frame":"https://a.example/a.jpg"}`, "caption: needs a prompt, which it shows"},
		{"a URL of 2048 bytes", with(`"first_frame":"` + url(2048) + `"`), ""},
		{"a URL of 2049 bytes", with(`"last_frame":"` + url(2049) + `"`), "last_frame: is a URL of more than 2048 bytes"},
		{"a video's URL of 2049 bytes", with(`"video":"` + url(2049) + `"`), "video: is a URL of more than 2048 bytes"},
		{"a picture in Base64 alone", with(`"first_frame":"AAAA"`), "first_frame: must be an http or https URL, or a data URI of a picture"},
		{"a video in a data URI", with(`"video":"data:video/mp4;base64,AAAA"`), ""},
		{"a picture as the video", with(`"video":"data:video/mp4,AAAA"`), "video: must be a data URI in Base64, such as data:video/mp4;base64,…"},
		{"a video and a picture", with(`"video":"https://a.example/a.mp4","last_frame":"https://a.example/a.jpg"`), "video: can't go together with a first_frame or a last_frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := created(t, c.body)
			if c.want == "" {
				if w.Code != http.StatusCreated {
					t.Errorf("%d %s, want it taken", w.Code, w.Body)
				}
				return
			}
			field, detail, _ := strings.Cut(c.want, ": ")
			var said struct{ Errors []map[string]string }
			if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != http.StatusBadRequest || len(said.Errors) != 1 ||
				said.Errors[0]["pointer"] != "#/"+field || said.Errors[0]["detail"] != detail {
				t.Errorf("%d %s\nwant %s", w.Code, w.Body, c.want)
			}
		})
	}
}

// shown returns a finished task of Filmgate's own create.
func shown() task.Task {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	seed, scale := uint32(7), 0.5
	return task.Task{
		ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 1, Engine: "team", EngineModel: "gen4_turbo", Created: at,
		Request: task.Request{
			Dialect: Dialect, Model: DefaultModel, Name: "take 7", Prompt: "a boat at sea", ExpandPrompt: true, ExpandedPrompt: "a boat at sea, soft light",
			NegativePrompt: "people", Seconds: 5, AspectRatio: "16:9", Resolution: "720p", Seed: &seed, CfgScale: &scale, Mode: "pro",
			Video:  &task.InputVideo{Key: "datasets/40000000-0000-4000-8000-000000000001.mp4"},
			Camera: &task.Camera{Zoom: 2}, AssetGroup: "Boats", Caption: true,
		},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Task: "00000000-0000-4000-8000-000000000001", Filename: "take 7.mp4", Group: "20000000-0000-4000-8000-000000000001",
			Width: 1280, Height: 720, FrameRate: 24, Duration: 5 * time.Second, Unlisted: true, Created: at.Add(3 * time.Second), Updated: at.Add(3 * time.Second),
			Files: []task.File{{Role: task.Video, Key: "cdn/20261124/QjuCC61ArJToRPixJsdoziwalcwLtU.mp4", Type: "video/mp4", Size: 7, Width: 1280, Height: 720, SHA256: "4c94"}}}},
	}
}

// The answer in each state is a file.
func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	links := dialect.Links{Base: "http://films.example", Now: shown().Created, Token: (&dialecttest.Gateway{}).Token}
	dialecttest.States(t, map[string]func(task.State) []byte{
		"task": func(s task.State) []byte { return dialect.Marshal(encodeTask(dialecttest.InState(shown(), s), links)) },
		"event": func(s task.State) []byte {
			now := dialecttest.InState(shown(), s)
			if e := (task.Event{At: now.Updated, Kind: "state", To: s}); e.Type() != "" {
				return Event(now, e, links)
			}
			if s == task.Queued {
				return Event(now, task.Event{At: now.Created, Kind: "created", To: s}, links)
			}
			return Event(now, task.ProgressOf(now), links)
		},
	})
}

func TestACallbackURLIsToldTheEventOfTheState(t *testing.T) {
	links := dialect.Links{Base: "http://films.example", Now: shown().Created, Token: (&dialecttest.Gateway{}).Token}
	for state, want := range map[task.State]string{task.Running: "task.running", task.Succeeded: "task.succeeded", task.Failed: "task.failed", task.Cancelled: "task.cancelled"} {
		now := dialecttest.InState(shown(), state)
		at := now.Started
		if state.Terminal() {
			at = now.Finished
		}
		told := string(Callback(now, links))
		if begin := `{"type":"` + want + `","timestamp":"` + at.Format("2006-01-02T15:04:05.000Z") + `","data":{"id":"`; !strings.HasPrefix(told, begin) {
			t.Errorf("%s\nwant %s…", told, begin)
		}
	}
	if told := Callback(dialecttest.InState(shown(), task.Queued), links); told != nil {
		t.Errorf("told that it waits: %s", told)
	}
}

func TestCallersAreToldOfATaskAsItWas(t *testing.T) {
	links := dialect.Links{Base: "http://films.example", Now: shown().Created, Token: (&dialecttest.Gateway{}).Token}
	told := string(Event(shown(), task.Event{At: shown().Created, Kind: "created", To: task.Queued}, links))
	for _, want := range []string{`{"type":"task.created","timestamp":"2026-11-24T10:00:00.000Z","data":{"id":"`, `"status":"QUEUED"`, `"artifacts":[]`} {
		if !strings.Contains(told, want) {
			t.Errorf("no %s in %s", want, told)
		}
	}
	if told := Event(shown(), task.Event{At: shown().Created, Kind: "note", Text: "for the operator"}, links); told != nil {
		t.Errorf("told of a note: %s", told)
	}
}

// Any body is refused with the code invalid, or decoded to a valid request.
func FuzzDecodeCreate(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := dialect.ParseFields(body)
		if err == nil {
			r := decodeCreate(fields)
			if err = fields.Err(); err == nil {
				starts := strings.TrimSpace(r.Prompt) != "" || r.First != nil || r.Last != nil || r.Video != nil
				if !starts || r.Model == "" || r.Dialect != Dialect || r.Seconds < 1 && r.Video == nil || r.Seconds > 60 || r.Video != nil && r.First != nil {
					t.Errorf("%q became %+v", body, r)
				}
				return
			}
		}
		if got := task.CodeOf(err); got != task.Invalid {
			t.Errorf("%v has code %s", err, got)
		}
	})
}
