package xai

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// standing returns the routes below their prefix on a gateway whose clock stands. It knows a finished video and a deleted one.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	deleted := finished()
	deleted.ID, deleted.Deleted = "00000000-0000-4000-8000-000000000002", true
	gw.Put(finished())
	gw.Put(deleted)
	return gw, dialecttest.Mux(dialect.OnlyUnder("/xai", Routes(gw, Options{Log: slog.New(slog.DiscardHandler)})))
}

// finished returns a task with its video.
func finished() task.Task {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, State: task.Succeeded, Engine: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request:  task.Request{Dialect: Dialect, Model: "grok-imagine-video", Prompt: "a lake", Seconds: 5},
		Attempts: []task.Attempt{{Engine: "animatic", Cost: 0.25, Currency: "USD"}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Account: 7, Duration: 5041667 * time.Microsecond,
			Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

// send sends a request with a good key.
func send(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler {
		_, h := standing()
		return h
	})
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"video": func(s task.State) []byte { return encode(dialecttest.InState(finished(), s), links()) },
	})
}

func TestEveryErrorHasACodeAndNoStatusThatIsSentAgainInVain(t *testing.T) {
	for _, c := range task.Codes() {
		form := ErrorForm()
		if s := form.Status(c); s < 400 || s == http.StatusConflict || s == http.StatusRequestTimeout {
			t.Errorf("%s: status %d", c, s)
		}
		if got, want := string(form.Encode(&task.Error{Code: c, Detail: "Why <not>."}, "id")), `{"code":"`+string(c)+`","error":"Why <not>."}`+"\n"; got != want {
			t.Errorf("%s: %s", c, got)
		}
	}
}

func TestEveryFailureIsToldWithItsReason(t *testing.T) {
	for _, r := range task.Reasons() {
		tk := dialecttest.InState(finished(), task.Failed)
		tk.Failure = &task.Failure{Reason: r, Detail: "for the operator"}
		var got xaiVideo
		if err := json.Unmarshal(encode(tk, links()), &got); err != nil || got.Error == nil || got.Error.Code != string(r) || got.Error.Message != r.PublicText() ||
			(got.Status == "expired") != (r == task.Overdue) || got.Video != nil {
			t.Errorf("%s: %+v, %v", r, got, err)
		}
	}
}

func TestEncodeIsTotal(t *testing.T) {
	for _, s := range task.States() {
		for _, artifacts := range [][]task.Artifact{nil, {{}}, {{Deleted: true, Files: finished().Artifacts[0].Files}}} {
			tk := dialecttest.InState(task.Task{}, s)
			tk.Artifacts, tk.Failure = artifacts, nil
			if body := encode(tk, links()); !json.Valid(body) || strings.Contains(string(body), `"video"`) {
				t.Errorf("%s: %s", s, body)
			}
		}
	}
}

func TestAPendingVideoIsAccepted(t *testing.T) {
	gw, h := standing()
	for _, s := range task.States() {
		gw.Put(dialecttest.InState(finished(), s))
		want := http.StatusAccepted
		if s.Terminal() {
			want = http.StatusOK
		}
		w := send(h, "GET", "/xai/v1/videos/AAAAAAAAQACAAAAAAAAAAQ", "")
		if w.Code != want || (w.Header().Get("ETag") != "") != s.Terminal() {
			t.Errorf("%s: %d %v", s, w.Code, w.Header())
		}
	}
}

func TestAContinuationIsRefused(t *testing.T) {
	_, h := standing()
	if w := send(h, "POST", "/xai/v1/videos/extensions", `{"video":{"url":"https://a.example/v.mp4"}}`); w.Code != 400 || !strings.Contains(w.Body.String(), "does not continue videos") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := send(h, "POST", "/xai/v1/videos/extensions", `{}`, "Authorization", "Bearer nobody"); w.Code != 401 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestARequestIsDecoded(t *testing.T) {
	gw, h := standing()
	w := send(h, "POST", "/xai/v1/videos/generations", `{"model":"house-model","prompt":"a lake","duration":12,"aspect_ratio":"3:2","resolution":"1080p","generate_audio":true,`+
		`"image":{"url":"https://a.example/x.jpg"},"last_frame":{"url":"data:image/png;base64,AAAA"}}`)
	last, err := gw.Last()
	r := last.Request
	if w.Code != 200 || err != nil || r.Dialect != Dialect || r.Model != "house-model" || r.Seconds != 12 || r.AspectRatio != "3:2" || r.Resolution != "1080p" ||
		r.First == nil || r.First.Field != "image/url" || r.Last == nil || r.Last.Field != "last_frame/url" {
		t.Errorf("%d %s: %+v, %v", w.Code, w.Body, r, err)
	}
	if got := w.Header().Get(dialect.IgnoredHeader); got != "" || r.Audio == nil || !*r.Audio {
		t.Errorf("ignored %q", got)
	}
}

func TestReferencesAreDecoded(t *testing.T) {
	gw, h := standing()
	w := send(h, "POST", "/xai/v1/videos/generations", `{"model":"grok-imagine-video","prompt":"x","reference_images":[{"url":"https://a.example/x.jpg"}],"reference_audios":[{"url":"https://a.example/x.mp3"}]}`)
	last, err := gw.Last()
	if r := last.Request; w.Code != 200 || err != nil || len(r.ReferenceImages) != 1 || r.ReferenceImages[0].Field != "reference_images/0/url" || len(r.ReferenceAudio) != 1 || r.Audio != nil {
		t.Errorf("%d %s: %+v, %v", w.Code, w.Body, r, err)
	}
	if w := send(h, "POST", "/xai/v1/videos/generations", `{"model":"grok-imagine-video","prompt":"x","reference_audios":[{"voice_id":"eve"}]}`); w.Code != 400 || !strings.Contains(w.Body.String(), "reference_audios.0.url: is required") {
		t.Errorf("a voice: %d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	for ours, wire := range map[string]string{"seconds": "duration", "first_frame": "image", "last_frame": "last_frame", "prompt": "prompt", "resolution": "resolution"} {
		gw.Fail = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: ours, Detail: "no"}}}
		if w := send(h, "POST", "/xai/v1/videos/generations", `{"model":"grok-imagine-video","prompt":"a lake"}`); w.Code != 400 || !strings.Contains(w.Body.String(), `"error":"`+wire+`: no"`) {
			t.Errorf("%s: %d %s", ours, w.Code, w.Body)
		}
	}
}

func TestAnInternalErrorIsLoggedAndNotTold(t *testing.T) {
	var log strings.Builder
	gw := &dialecttest.Gateway{Fail: errors.New("disk /secret is full")}
	h := dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	w := send(h, "POST", "/v1/videos/generations", `{"model":"grok-imagine-video","prompt":"a lake"}`)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "/secret") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}

func BenchmarkEncodeFinished(b *testing.B) {
	tk, l := finished(), links()
	b.ReportAllocs()
	for b.Loop() {
		encode(tk, l)
	}
}

func FuzzCreate(f *testing.F) { fuzz(f, decodeCreate) }

func FuzzEdit(f *testing.F) { fuzz(f, decodeEdit) }

// fuzz checks that a decoder refuses any body, or returns a request that can be answered.
func fuzz(f *testing.F, decode func(*dialect.Fields, []string) task.Request) {
	for _, seed := range []string{
		`{"model":"grok-imagine-video","prompt":"a lake","duration":15,"aspect_ratio":"16:9","resolution":"720p"}`,
		`{"model":"grok-imagine-video","image":{"url":"https://a.example/x.jpg"},"last_frame":{"url":"data:image/png;base64,AAAA"}}`,
		`{"model":"grok-imagine-video","prompt":"x","video":{"url":"https://a.example/v.mp4"}}`,
		`{"model":1,"duration":1e400,"image":null,"keyframes":[]}`, `[]`, `{`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := dialect.ParseFields(body)
		if err != nil {
			return
		}
		r := decode(fields, Models()[Dialect])
		if fields.Err() != nil {
			return
		}
		if r.Model == "" || r.Video == nil && (r.Seconds < 1 || r.Seconds > longest) || !json.Valid(encode(task.Task{Request: r}, links())) {
			t.Errorf("%+v", r)
		}
	})
}
