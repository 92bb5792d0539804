package fal

import (
	"encoding/json"
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

func now() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }

func handler(gw *dialecttest.Gateway) http.Handler {
	return dialecttest.Mux(dialect.OnlyUnder("/fal", Routes(gw, Options{Log: slog.New(slog.DiscardHandler)})))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler { return handler(&dialecttest.Gateway{Time: now()}) })
}

func TestWholePathIsTheModelAndAKeyIsReadInBothForms(t *testing.T) {
	for _, c := range []struct {
		name, request, authorization, body string
		status                             int
		model, callback                    string
	}{
		{"fal's scheme", "POST /fal/fal-ai/veo3.1/first-last-frame-to-video", "Key good", `{"prompt":"x"}`, 200, "fal-ai/veo3.1/first-last-frame-to-video", ""},
		{"a bearer token", "POST /fal/fal-ai/veo3.1", "Bearer good", `{"prompt":"x"}`, 200, "fal-ai/veo3.1", ""},
		{"a model of the settings file", "POST /fal/house-model", "Key good", `{"prompt":"x"}`, 200, "house-model", ""},
		{"a webhook", "POST /fal/fal-ai/veo3.1?fal_webhook=https%3A%2F%2Fexample.com%2Ftold", "Key good", `{"prompt":"x"}`, 200, "fal-ai/veo3.1", "https://example.com/told"},
		{"a webhook that is none", "POST /fal/fal-ai/veo3.1?fal_webhook=ftp://x", "Key good", `{"prompt":"x"}`, 422, "", ""},
		{"another scheme", "POST /fal/fal-ai/veo3.1", "Basic good", `{"prompt":"x"}`, 401, "", ""},
		{"no JSON", "POST /fal/fal-ai/veo3.1", "Key good", `{`, 400, "", ""},
		{"a path without a request", "GET /fal/fal-ai/veo3.1", "Key good", "", 404, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw := &dialecttest.Gateway{Time: now()}
			method, target, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequest(method, target, strings.NewReader(c.body))
			r.Header.Set("Authorization", c.authorization)
			w := httptest.NewRecorder()
			handler(gw).ServeHTTP(w, r)
			if w.Code != c.status || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if c.status != http.StatusOK {
				return
			}
			if made, err := gw.Last(); err != nil || made.Request.Model != c.model || made.Request.CallbackURL != c.callback {
				t.Errorf("%+v, %v", made.Request, err)
			}
		})
	}
}

func TestUploadInPartsIsRefusedWithTheLimit(t *testing.T) {
	for key, want := range map[string]struct {
		status int
		says   string
	}{
		dialecttest.Key:     {413, "at most 67108864 bytes"},
		dialecttest.ReadKey: {403, "scope write"},
		"none":              {401, "known key"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/fal/storage/upload/initiate-multipart?storage_type=fal-cdn-v3", strings.NewReader(`{"content_type":"video/mp4","file_name":"lake.mp4"}`))
		r.Header.Set("Authorization", "Key "+key)
		w := httptest.NewRecorder()
		handler(&dialecttest.Gateway{Time: now()}).ServeHTTP(w, r)
		var body falError
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != want.status || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("%s: %d %s", key, w.Code, w.Body)
		}
	}
}

// finished returns a task that has SUCCEEDED.
func finished() task.Task {
	seed := uint32(7)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Created: now(), Updated: now(), State: task.Succeeded,
		Request: task.Request{Dialect: Dialect, Model: "fal-ai/veo3.1", Prompt: "a lake", Seconds: 8, Seed: &seed},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Files: []task.File{
			{Role: task.Video, Key: "cdn/20261128/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4", Type: "video/mp4", Size: 9}}}}}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	l := dialect.Links{Base: "https://films.example", Token: new(dialecttest.Gateway).Token, Now: now()}
	dialecttest.States(t, map[string]func(task.State) []byte{
		"status": func(s task.State) []byte {
			return dialect.Marshal(statusOf(dialecttest.InState(finished(), s), "https://films.example/fal/fal-ai/veo3.1"))
		},
		"webhook": func(s task.State) []byte {
			if body := Callback(dialecttest.InState(finished(), s), l); body != nil {
				return body
			}
			return []byte("null")
		},
	})
}

func TestResultOfAFailedRequestNamesTheInputAtFault(t *testing.T) {
	for reason, want := range map[task.Reason]int{task.SafetyInputText: 422, task.SafetyInputImage: 422, task.SafetyOutputVideo: 422, task.AssetInvalid: 422, task.VendorUnavailable: 500, task.Internal: 500} {
		tk := finished()
		tk.State, tk.Failure = task.Failed, &task.Failure{Reason: reason}
		e := failureOf(tk)
		if got := errorStatus(e.Code); got != want || e.Detail == "" {
			t.Errorf("%s is %d %q, want %d", reason, got, e.Detail, want)
		}
	}
}

func TestSoundAndReferencesAreDecoded(t *testing.T) {
	gw := &dialecttest.Gateway{Time: now()}
	r := httptest.NewRequest(http.MethodPost, "/fal/house-model", strings.NewReader(
		`{"prompt":"x","generate_audio":true,"image_urls":["https://a.example/a.jpg"],"reference_image_urls":["https://a.example/b.jpg"],"audio_url":"https://a.example/a.mp3"}`))
	r.Header.Set("Authorization", "Key good")
	w := httptest.NewRecorder()
	handler(gw).ServeHTTP(w, r)
	made, err := gw.Last()
	if q := made.Request; err != nil || len(q.ReferenceImages) != 2 || q.ReferenceImages[1].Field != "reference_image_urls/0" || len(q.ReferenceAudio) != 1 || q.Audio == nil || !*q.Audio {
		t.Errorf("%d %s: %+v, %v", w.Code, w.Body, q, err)
	}
}

func TestEveryErrorIsReadByTheClient(t *testing.T) {
	want := map[task.Code]int{task.Invalid: 422, task.Unauthorized: 401, task.BudgetSpent: 402, task.Forbidden: 403, task.NotFound: 404, task.NotAllowed: 405,
		task.Conflict: 400, task.Changed: 412, task.TooLarge: 413, task.Unsupported: 415, task.Unreadable: 422, task.RateLimited: 429, task.Unavailable: 503, task.NoSpace: 503, task.InternalError: 500}
	for _, code := range task.Codes() {
		form := ErrorForm()
		var body falError
		if err := json.Unmarshal(form.Encode(&task.Error{Code: code, Detail: "why"}, ""), &body); err != nil || body.Detail != "why" || form.Status(code) != want[code] {
			t.Errorf("%s: %d %+v, %v", code, form.Status(code), body, err)
		}
	}
}

// FuzzDecode checks that any body is decoded or refused, and that each decoded request is within the limits.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{`{"prompt":"x","duration":8,"seed":1}`, `{"image_url":"data:image/png;base64,AAAA","tail_image_url":null}`, `{"video_url":"https://a.example/v.mp4","duration":"60s"}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fields, err := dialect.ParseFields([]byte(body))
		if err != nil {
			return
		}
		r := decode(fields)
		if err := fields.Err(); err == nil && (r.Seconds < 0 || r.Seconds > longest) {
			t.Errorf("%s is read as %+v", body, r)
		} else if err != nil && task.CodeOf(err) != task.Invalid {
			t.Errorf("%s: %v", body, err)
		}
	})
}

func BenchmarkEncodeStatus(b *testing.B) {
	tk := finished()
	b.ReportAllocs()
	for b.Loop() {
		dialect.Marshal(statusOf(tk, "https://films.example/fal/fal-ai/veo3.1"))
	}
}
