package replicate

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// standing returns the routes on a gateway whose clock stands.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	return gw, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler {
		_, h := standing()
		return h
	})
}

// finished returns a task with its video.
func finished() task.Task {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	seed := uint32(7)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, Engine: "animatic", EngineModel: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "google/veo-3.1", Prompt: "a lake", Seconds: 5, Seed: &seed, CallbackURL: "https://example.com/told",
			First: &task.Image{Field: "input/start_image", Key: "datasets/a.jpg"},
			Echo:  `{"input":{"duration":5,"tags":["a"]},"version":"google/veo-3.1","events":["start","completed"]}`},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Task: "00000000-0000-4000-8000-000000000001", Account: 7, Width: 1280, Height: 720, FrameRate: 24,
			Duration: 5041667 * time.Microsecond, Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

const api = "http://films.example/replicate/v1"

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"prediction": func(s task.State) []byte {
			return dialect.Marshal(encode(dialecttest.InState(finished(), s), links(), api))
		},
	})
}

func TestATaskOfAnotherDialectHasAnInputToo(t *testing.T) {
	other := finished()
	other.Request.Dialect, other.Request.Echo, other.Request.AspectRatio, other.Request.Resolution = "luma", `{"input":{"x":1}}`, "16:9", "720p"
	other.Request.First, other.Request.Video = &task.Image{Field: "keyframes/frame0/url", Key: "datasets/a.jpg"}, &task.InputVideo{Field: "media/url", Key: "datasets/b.mp4"}
	p := encode(dialecttest.InState(other, task.Succeeded), links(), api)
	var names []string
	for name := range p.Input {
		names = append(names, name)
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "aspect_ratio duration image prompt resolution seed video" || p.Version != "hidden" || p.Deployment != "" {
		t.Errorf("%s, %+v", got, p)
	}
}

func TestAVideoThatIsDeletedIsNoOutput(t *testing.T) {
	gone := dialecttest.InState(finished(), task.Succeeded)
	gone.Artifacts[0].Deleted = true
	if p := encode(gone, links(), api); p.Output != nil || !p.DataRemoved || p.Status != "succeeded" {
		t.Errorf("%+v", p)
	}
}

func TestAWebhookIsToldOfTheEventsThatItChose(t *testing.T) {
	for _, c := range []struct {
		events string
		states []task.State
	}{
		{`[]`, []task.State{task.Succeeded, task.Failed, task.Cancelled}},
		{`["start"]`, []task.State{task.Running}},
		{`["output"]`, []task.State{task.Succeeded}},
		{`["logs"]`, nil},
		{`["start","completed"]`, []task.State{task.Running, task.Succeeded, task.Failed, task.Cancelled}},
	} {
		for _, s := range task.States() {
			told := dialecttest.InState(finished(), s)
			told.Request.Echo = `{"events":` + c.events + `}`
			body := Callback(told, links())
			if (body != nil) != slices.Contains(c.states, s) {
				t.Errorf("%s in state %s: %s", c.events, s, body)
			}
			if body != nil && !strings.Contains(string(body), `"urls":{"get":"http://films.example/v1/predictions/`+told.ID+`"`) {
				t.Errorf("%s in state %s: %s", c.events, s, body)
			}
		}
	}
}

func TestEveryErrorHasATitleADetailAndAStatusThatIsNotRepeatedForNothing(t *testing.T) {
	for _, c := range task.Codes() {
		var got predictionError
		err := json.Unmarshal(ErrorForm().Encode(&task.Error{Code: c, Detail: "Why."}, "id"), &got)
		status := ErrorForm().Status(c)
		if err != nil || got.Detail != "Why." || got.Title == "" || got.Status != status {
			t.Errorf("%s: %+v, %v", c, got, err)
		}
		if status < 400 || status == http.StatusConflict || status == http.StatusRequestTimeout {
			t.Errorf("%s has status %d", c, status)
		}
	}
}

// request returns a call with a key.
func request(method, target, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, "http://films.example"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const ofVeo = "/v1/models/google/veo-3.1/predictions"

func TestAnInputIsDecoded(t *testing.T) { //nolint:gocyclo // a table of conditions
	for _, c := range []struct {
		name, input string
		holds       func(task.Request) bool
	}{
		{"a length, a rate and a seed", `"prompt":"x","duration":60,"fps":30,"seed":4294967295`, func(r task.Request) bool {
			return r.Seconds == 60 && r.Format.FrameRate == 30 && *r.Seed == 4294967295
		}},
		{"a random seed", `"prompt":"x","seed":-1`, func(r task.Request) bool { return *r.Seed == 42 }},
		{"a length as a text", `"prompt":"x","duration":"10"`, func(r task.Request) bool { return r.Seconds == 10 }},
		{"a length in frames", `"prompt":"x","num_frames":121,"frames_per_second":24`, func(r task.Request) bool { return r.Seconds == 5 }},
		{"frames without a rate", `"prompt":"x","num_frames":81`, func(r task.Request) bool { return r.Seconds == 5 && r.Format.FrameRate == 0 }},
		{"few frames", `"prompt":"x","num_frames":2`, func(r task.Request) bool { return r.Seconds == 1 }},
		{"a size in pixels", `"prompt":"x","size":"720x1280"`, func(r task.Request) bool {
			return r.Format.Width == 720 && r.Format.Height == 1280 && r.AspectRatio == "9:16" && r.Resolution == "720p"
		}},
		{"a named size and a shape", `"prompt":"x","resolution":"1080P","aspect_ratio":"21:9"`, func(r task.Request) bool {
			return r.Resolution == "1080p" && r.AspectRatio == "21:9" && r.Format.Width == 0
		}},
		{"the shape of the picture", `"image":"https://a.example/a","aspect_ratio":"match_input_image"`, func(r task.Request) bool { return r.AspectRatio == "" && r.First != nil }},
		{"a picture as data", `"image":"data:image/png;base64,` + strings.Repeat("A", 128) + `"`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "input/image" && !strings.Contains(r.Echo, "data:")
		}},
		{"frames by other names", `"first_frame_image":"https://a.example/a","end_image":"https://a.example/b"`, func(r task.Request) bool {
			return r.First.Field == "input/first_frame_image" && r.Last.Field == "input/end_image"
		}},
		{"Sora's words", `"prompt":"x","seconds":12,"aspect_ratio":"portrait","resolution":"high","input_reference":"https://a.example/a"`, func(r task.Request) bool {
			return r.Seconds == 12 && r.AspectRatio == "9:16" && r.Resolution == "1080p" && r.First != nil
		}},
		{"another model's mode", `"prompt":"x","mode":"turbo"`, func(r task.Request) bool { return r.Mode == "" }},
		{"sound and references", `"prompt":"x","generate_audio":false,"reference_images":["https://a.example/a","data:image/png;base64,` + strings.Repeat("A", 128) + `"]`, func(r task.Request) bool {
			return !*r.Audio && len(r.ReferenceImages) == 2 && r.ReferenceImages[1].Field == "input/reference_images/1"
		}},
		{"a video", `"prompt":"x","video_url":"https://a.example/a.mp4"`, func(r task.Request) bool { return r.Video != nil && r.Seconds == 0 }},
		{"a mode and a scale", `"prompt":"x","mode":"standard","cfg_scale":0.5,"loop":true,"negative_prompt":"y"`, func(r task.Request) bool {
			return r.Mode == "std" && *r.CfgScale == 0.5 && r.Loop && r.NegativePrompt == "y"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := standing()
			w := send(h, request(http.MethodPost, ofVeo, `{"input":{`+c.input+`}}`))
			made, err := gw.Last()
			if w.Code != 201 || err != nil || made.Request.Dialect != Dialect || made.Request.Model != "google/veo-3.1" || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestInputsThatNoModelHereHasAreIgnoredAndNamed(t *testing.T) {
	_, h := standing()
	w := send(h, request(http.MethodPost, ofVeo+"?page=1", `{"input":{"prompt":"x","sample_shift":5},"is_training":false}`))
	if got := w.Header().Get("Filmgate-Ignored"); w.Code != 201 || got != "?page, input/sample_shift, is_training" || !strings.Contains(w.Body.String(), `"sample_shift":5`) {
		t.Errorf("%d %q %s", w.Code, got, w.Body)
	}
}

func TestAnEchoStaysWithinItsLimit(t *testing.T) {
	gw, h := standing()
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, `,"n%d":"%s"`, i, strings.Repeat("x", 100))
	}
	w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"`+many.String()+`}}`))
	if made, err := gw.Last(); w.Code != 201 || err != nil || len(made.Request.Echo) > task.EchoLimit || !strings.Contains(w.Body.String(), `"prompt":"x"`) {
		t.Errorf("%d, an echo of %d bytes, %v", w.Code, len(made.Request.Echo), err)
	}
}

func TestTheModelsOfTheSettingsAreVersionsToo(t *testing.T) {
	gw, h := standing()
	w := send(h, request(http.MethodPost, "/v1/predictions", `{"version":"house-model","input":{"prompt":"x"}}`))
	if made, _ := gw.Last(); w.Code != 201 || made.Request.Model != "house-model" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheURLsOfAPredictionLeadBelowTheCallersPrefix(t *testing.T) {
	gw, _ := standing()
	h := dialecttest.Mux(dialect.Under("/replicate", Routes(gw, Options{Log: slog.New(slog.DiscardHandler)})))
	w := send(h, request(http.MethodPost, "/replicate"+ofVeo, `{"input":{"prompt":"x"}}`))
	if !strings.Contains(w.Body.String(), `"get":"http://films.example/replicate/v1/predictions/00000000-0000-4000-8000-000000000001"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestACreateWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	gw, h := standing()
	first := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Idempotency-Key", "k"))
	again := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Idempotency-Key", "k"))
	if first.Code != 201 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if made, _ := gw.Last(); made.ID != "00000000-0000-4000-8000-000000000001" {
		t.Errorf("a second task: %s", made.ID)
	}
}

func TestAListIsPagedInBothDirectionsByItsURLs(t *testing.T) {
	gw, h := standing()
	const all = 2*pageSize + 50
	for i := range all {
		gw.Put(task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Account: 7, State: task.Queued, Created: gw.Time.Add(time.Duration(i) * time.Second)})
	}
	get := func(link string) (page predictionPage) {
		w := send(h, request(http.MethodGet, strings.TrimPrefix(link, "http://films.example"), ""))
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return page
	}
	first := get("http://films.example/v1/predictions")
	second := get(*first.Next)
	third := get(*second.Next)
	if first.Previous != nil || third.Next != nil || len(first.Results) != pageSize || len(third.Results) != 50 {
		t.Fatalf("%d, %d, %d results", len(first.Results), len(second.Results), len(third.Results))
	}
	newest := int64(all)
	for _, page := range []predictionPage{first, second, third} {
		for _, p := range page.Results {
			if newest--; p.ID != fmt.Sprintf("00000000-0000-4000-8000-%012d", newest) {
				t.Fatalf("%s, want %d", p.ID, newest)
			}
		}
	}
	back := get(*third.Previous)
	if back.Results[0].ID != second.Results[0].ID || back.Previous == nil || back.Next == nil {
		t.Errorf("the page before the last begins with %s, want %s", back.Results[0].ID, second.Results[0].ID)
	}
	if start := get(*back.Previous); start.Results[0].ID != first.Results[0].ID || start.Previous != nil {
		t.Errorf("the first page begins with %s, want %s", start.Results[0].ID, first.Results[0].ID)
	}
}

func TestARetryIsNeverAskedForAfterMoreThanAMinute(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.RateLimited, Detail: "Too many.", RetryAfter: time.Hour}
	if w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`)); w.Code != 429 || w.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := standing()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"status":500`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "seconds", Detail: "a"}, {Field: "aspect_ratio", Detail: "b"}}}
	w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`))
	if w.Code != 422 || !strings.Contains(w.Body.String(), `"detail":"input.duration: a; input.aspect_ratio: b"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Any body is answered with a prediction or with an error in words.
func FuzzCreate(f *testing.F) {
	f.Add([]byte(`{"version":"google/veo-3.1","input":{"prompt":"x","image":"https://a.example/a","num_frames":1}}`))
	f.Add([]byte(`{"input":{"prompt":"x","size":"1x1","seed":1e999,"cfg_scale":"0.5"},"webhook_events_filter":["start",1],"webhook":"http://"}`))
	f.Add([]byte(`{"version":"a:b:c","input":{"":{"":[]},"loop":"true","video":"data:,"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, h := standing()
		for _, path := range []string{"/v1/predictions", ofVeo} {
			w := send(h, request(http.MethodPost, path, string(body)))
			var got struct {
				ID, Detail string
				URLs       json.RawMessage
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == 201) != (got.URLs != nil) || (w.Code != 201) != (got.Detail != "") {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

func BenchmarkEncodeFinished(b *testing.B) {
	b.ReportAllocs()
	done, l := dialecttest.InState(finished(), task.Succeeded), links()
	for b.Loop() {
		dialect.Marshal(encode(done, l, api))
	}
}
