package google

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
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

const videoBytes = "the bytes of a video"

// files serves one video only.
var files = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/cdn/20261128/video.mp4" || r.URL.Query().Get("_jwt") == "" {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "video.mp4", time.Time{}, strings.NewReader(videoBytes))
})

// standing returns the routes on a gateway whose clock stands.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	return gw, dialecttest.Mux(Routes(gw, Options{Files: files, Log: slog.New(slog.DiscardHandler)}))
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
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, Engine: "animatic", EngineModel: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "veo-3.1-generate-001", Prompt: "a lake", Seconds: 8},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Task: "00000000-0000-4000-8000-000000000001", Account: 7, Width: 1280, Height: 720, FrameRate: 24,
			Duration: 8 * time.Second, Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4", Size: int64(len(videoBytes))}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

const (
	geminiName = "models/veo-3.1-generate-001/operations/00000000-0000-4000-8000-000000000001"
	vertexName = "publishers/google/" + geminiName
	fileURL    = "http://films.example/v1beta/files/00000000000040008000000000000001:download?alt=media"
)

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"gemini": func(s task.State) []byte {
			return dialect.Marshal(encode(dialecttest.InState(finished(), s), geminiName, fileURL))
		},
		"vertex": func(s task.State) []byte {
			return dialect.Marshal(encodeVertex(dialecttest.InState(finished(), s), vertexName, links()))
		},
	})
}

func TestEveryReasonOfAFailureIsToldOrCountedAsBlocked(t *testing.T) {
	codes := map[task.Reason]int{task.PreprocessFailed: 13, task.BadOutput: 13, task.AssetInvalid: 3, task.VendorUnavailable: 14, task.VendorRefused: 13, task.Overdue: 4, task.Internal: 13}
	for _, reason := range append(task.Reasons(), "") {
		ended := dialecttest.InState(finished(), task.Failed)
		ended.Failure = &task.Failure{Reason: reason}
		op := encode(ended, geminiName, fileURL)
		code, isError := codes[reason]
		switch {
		case reason == "":
		case isError && (op.Error == nil || op.Error.Code != code || op.Error.Message != reason.PublicText() || op.Response != nil):
			t.Errorf("%s: %+v", reason, op)
		case !isError && (op.Error != nil || op.Response == nil || op.Response.Result.Filtered != 1 || op.Response.Result.Reasons[0] != reason.PublicText() || op.Response.Result.Samples != nil):
			t.Errorf("%s: %+v", reason, op)
		}
		if !op.Done {
			t.Errorf("%q is not done", reason)
		}
	}
}

func TestAVideoThatIsDeletedIsAnError(t *testing.T) {
	gone := dialecttest.InState(finished(), task.Succeeded)
	gone.Artifacts[0].Deleted = true
	if op := encodeVertex(gone, vertexName, links()); !op.Done || op.Error == nil || op.Error.Code != codeNotFound || op.Response != nil {
		t.Errorf("%+v", op)
	}
}

func TestEveryErrorHasAStatusWordAndIsNotRepeatedForNothing(t *testing.T) {
	for _, c := range task.Codes() {
		var got googleError
		err := json.Unmarshal(ErrorForm().Encode(&task.Error{Code: c, Detail: "Why."}, "id"), &got)
		status := ErrorForm().Status(c)
		if err != nil || got.Error.Message != "Why." || got.Error.Status == "" || got.Error.Code != status {
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
	r.Header.Set("X-Goog-Api-Key", dialecttest.Key)
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

const (
	predict = "/v1beta/models/veo-3.1-generate-preview:predictLongRunning"
	fetch   = "/v1beta1/publishers/google/models/veo-3.1-generate-001:fetchPredictOperation"
)

func TestACreateIsDecoded(t *testing.T) { //nolint:gocyclo // one condition a field
	bytes := strings.Repeat("A", 128)
	for _, c := range []struct {
		name, body string
		holds      func(task.Request) bool
	}{
		{"a length, a rate and a seed", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":60,"fps":30,"seed":4294967295}}`, func(r task.Request) bool {
			return r.Seconds == 60 && r.Format.FrameRate == 30 && *r.Seed == 4294967295
		}},
		{"a named size and a shape", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"4K","aspectRatio":"9:16","negativePrompt":"y","enhancePrompt":true}}`, func(r task.Request) bool {
			return r.Resolution == "4k" && r.AspectRatio == "9:16" && r.NegativePrompt == "y" && r.ExpandPrompt && r.Seconds == 8
		}},
		{"a size in pixels", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"720x1280"}}`, func(r task.Request) bool {
			return r.Format.Width == 720 && r.Resolution == "720p" && r.AspectRatio == "9:16"
		}},
		{"two frames as bytes", `{"instances":[{"image":{"bytesBase64Encoded":"` + bytes + `","mimeType":"image/png"},"lastFrame":{"inlineData":{"data":"` + bytes + `","mimeType":"image/png"}}}]}`,
			func(r task.Request) bool {
				return r.First.Field == "instances/0/image/bytesBase64Encoded" && r.Last.Field == "instances/0/lastFrame/inlineData/data"
			}},
		{"a frame by its URL", `{"instances":[{"image":{"gcsUri":"https://a.example/a.png","mimeType":"image/png"}}]}`, func(r task.Request) bool { return r.First != nil && r.Prompt == "" }},
		{"sound and references", `{"instances":[{"prompt":"x","referenceImages":[{"image":{"gcsUri":"https://a.example/a.png"},"referenceType":"asset"},{"image":{"bytesBase64Encoded":"` + bytes + `"},"referenceType":"STYLE"}]}],"parameters":{"generateAudio":true}}`,
			func(r task.Request) bool {
				return len(r.ReferenceImages) == 2 && r.ReferenceImages[0].Role == task.RoleGeneral && r.ReferenceImages[1].Role == task.RoleStyle && r.ReferenceImages[1].Field == "instances/0/referenceImages/1/image/bytesBase64Encoded" && *r.Audio
			}},
		{"a video by its URL", `{"instances":[{"prompt":"x","video":{"uri":"https://a.example/a.mp4"}}]}`, func(r task.Request) bool { return r.Video != nil && r.Seconds == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := standing()
			w := send(h, request(http.MethodPost, predict, c.body))
			made, err := gw.Last()
			if w.Code != 200 || err != nil || made.Request.Dialect != Dialect || made.Request.Model != "veo-3.1-generate-preview" || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestUnknownFieldsAreIgnoredAndNamedAndTheKeyIsNot(t *testing.T) {
	_, h := standing()
	r := request(http.MethodPost, predict+"?key=good&alt=json", `{"instances":[{"prompt":"x"}],"parameters":{"personGeneration":"allow_all"},"labels":{}}`)
	r.Header.Del("X-Goog-Api-Key")
	w := send(h, r)
	if got := w.Header().Get("Filmgate-Ignored"); w.Code != 200 || got != "?alt, labels, parameters/personGeneration" {
		t.Errorf("%d %q %s", w.Code, got, w.Body)
	}
}

func TestAFinishedOperationOfTheGeminiAPIIsDownloadedWithTheKey(t *testing.T) {
	gw, _ := standing()
	h := dialecttest.Mux(dialect.Under("/google", Routes(gw, Options{Files: files, Log: slog.New(slog.DiscardHandler)})))
	gw.Put(dialecttest.InState(finished(), task.Succeeded))
	var op operation
	w := send(h, request(http.MethodGet, "/google/v1beta/"+geminiName, ""))
	if err := json.Unmarshal(w.Body.Bytes(), &op); err != nil || !op.Done || op.Name != geminiName {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	link := strings.TrimPrefix(op.Response.Result.Samples[0].Video.URI, "http://films.example")
	bare := httptest.NewRequest(http.MethodGet, link+"&key=good", nil)
	if w := send(h, bare); w.Code != 200 || w.Body.String() != videoBytes || w.Header().Get("Content-Type") != "video/mp4" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := send(h, request(http.MethodGet, link, "", "Range", "bytes=4-8")); w.Code != 206 || w.Body.String() != "bytes" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := send(h, httptest.NewRequest(http.MethodGet, link, nil)); w.Code != 401 {
		t.Errorf("without a key: %d %s", w.Code, w.Body)
	}
}

func fetchOf(h http.Handler) *httptest.ResponseRecorder {
	return send(h, request(http.MethodPost, fetch, `{"operationName":"`+vertexName+`"}`))
}

func TestAFinishedOperationOfVertexHoldsTheVideo(t *testing.T) {
	gw, h := standing()
	gw.Put(dialecttest.InState(finished(), task.Succeeded))
	s := httptest.NewServer(h) // which refuses an answer that is not as long as it says
	defer s.Close()
	r := request(http.MethodPost, fetch, `{"operationName":"`+vertexName+`"}`, "Range", "bytes=0-1")
	sent, err := http.NewRequestWithContext(t.Context(), r.Method, s.URL+fetch, r.Body)
	if err != nil {
		t.Fatal(err)
	}
	sent.Header = r.Header
	w, err := s.Client().Do(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	body, err := io.ReadAll(w.Body)
	var op vertexOperation
	if err != nil || json.Unmarshal(body, &op) != nil || w.StatusCode != 200 || w.Header.Get("Content-Type") != "application/json" || w.ContentLength != int64(len(body)) {
		t.Fatalf("%d %v %s, %v", w.StatusCode, w.Header, body, err)
	}
	if got, err := base64.StdEncoding.DecodeString(op.Response.Videos[0].Bytes); err != nil || string(got) != videoBytes || op.Response.Videos[0].MimeType != "video/mp4" || op.Name != vertexName {
		t.Errorf("%s, %v", got, err)
	}
}

func TestALargeVideoIsALink(t *testing.T) {
	gw, h := standing()
	large := dialecttest.InState(finished(), task.Succeeded)
	large.Artifacts[0].Files[0].Size = inlineLimit + 1
	gw.Put(large)
	if w := fetchOf(h); w.Code != 200 || !strings.Contains(w.Body.String(), `"videos":[{"gcsUri":"http://films.example/cdn/20261128/video.mp4?_jwt=`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAVideoWhoseFileIsGoneIsAnErrorOfTheOperation(t *testing.T) {
	gw, h := standing()
	gone := dialecttest.InState(finished(), task.Succeeded)
	gone.Artifacts[0].Files[0].Key = "cdn/20261128/gone.mp4"
	gw.Put(gone)
	if w := fetchOf(h); w.Code != 200 || !strings.Contains(w.Body.String(), `"done":true,"error":{"code":5,`) || strings.Contains(w.Body.String(), "response") || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestTheNameOfAnOperationOfVertexIsAtThePathOfItsModel(t *testing.T) {
	gw, _ := standing()
	o := Options{Log: slog.New(slog.DiscardHandler)}
	h := dialecttest.Mux(append(Routes(gw, o), dialect.Under("/google", Routes(gw, o))...))
	for _, at := range []string{"publishers", "projects/p/locations/us-central1/publishers"} {
		for _, base := range []string{"/v1beta1/", "/v1/", "/google/v1beta1/", "/google/v1/"} {
			w := send(h, request(http.MethodPost, base+at+"/google/models/veo-3.1-generate-001:predictLongRunning", `{"instances":[{"prompt":"x"}]}`))
			if !strings.HasPrefix(w.Body.String(), `{"name":"`+at+`/google/models/veo-3.1-generate-001/operations/00000000-`) {
				t.Errorf("%s%s: %d %s", base, at, w.Code, w.Body)
			}
		}
	}
}

func TestUnknownMethodsAreNotFound(t *testing.T) {
	_, h := standing()
	for _, target := range []string{"POST /v1beta/models/veo-3.1-generate-preview:generateContent", "POST /v1beta1/publishers/google/models/veo-3.1-generate-001:predict",
		"POST /v1beta1/publishers/google/models/veo-3.1-generate-001", "GET /v1beta/files/00000000000040008000000000000001"} {
		method, path, _ := strings.Cut(target, " ")
		if w := send(h, request(method, path, "{}")); w.Code != 404 || !strings.Contains(w.Body.String(), `"status":"NOT_FOUND"`) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestACreateWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	_, h := standing()
	first := send(h, request(http.MethodPost, predict, `{"instances":[{"prompt":"x"}]}`, "Idempotency-Key", "k"))
	again := send(h, request(http.MethodPost, predict, `{"instances":[{"prompt":"x"}]}`, "Idempotency-Key", "k"))
	if first.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
}

func TestARetryIsNeverAskedForAfterMoreThanAMinute(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.RateLimited, Detail: "Too many.", RetryAfter: time.Hour}
	if w := send(h, request(http.MethodPost, predict, `{"instances":[{"prompt":"x"}]}`)); w.Code != 429 || w.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := standing()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, request(http.MethodPost, predict, `{"instances":[{"prompt":"x"}]}`))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"status":"INTERNAL"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "seconds", Detail: "a"}, {Field: "aspect_ratio", Detail: "b"}}}
	w := send(h, request(http.MethodPost, predict, `{"instances":[{"prompt":"x"}]}`))
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"message":"parameters.durationSeconds: a; parameters.aspectRatio: b"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Any body is answered with an operation or with an error in words.
func FuzzPredict(f *testing.F) {
	f.Add([]byte(`{"instances":[{"prompt":"x","image":{"bytesBase64Encoded":"AAAA"}}],"parameters":{"seed":1e999}}`))
	f.Add([]byte(`{"instances":[{"video":{"uri":"gs://a"},"lastFrame":{"inlineData":[]}}],"operationName":"a/b"}`))
	f.Add([]byte(`{"instances":[null],"parameters":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, h := standing()
		for _, path := range []string{predict, fetch} {
			w := send(h, request(http.MethodPost, path, string(body)))
			var got struct {
				Name  string
				Error json.RawMessage
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == 200) != (got.Name != "") || (w.Code != 200) != (got.Error != nil) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

func BenchmarkEncodeFinished(b *testing.B) {
	b.ReportAllocs()
	done := dialecttest.InState(finished(), task.Succeeded)
	for b.Loop() {
		dialect.Marshal(encode(done, geminiName, fileURL))
	}
}
