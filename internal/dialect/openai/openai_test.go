package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// files serves each stored file with its key as the content. A key that contains "gone" does not exist.
func files() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "gone") {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"title":"Not found"}`)
			return
		}
		http.ServeContent(w, r, r.URL.Path, time.Time{}, strings.NewReader(r.URL.Path))
	})
}

// started returns the routes, on a gateway whose clock stands.
func started() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	return gw, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler), Files: files()}))
}

// finished returns a task with its video.
func finished(n int) task.Task {
	at := time.Date(2026, 11, 28, 9, 0, n, 0, time.UTC)
	seed := uint32(7)
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	return task.Task{ID: id, Account: 7, Version: 4, Engine: "animatic", EngineModel: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "sora-2", Prompt: "a lake", Seconds: 4, Seed: &seed, Format: task.Format{Width: 720, Height: 1280, FrameRate: 24, Frames: 96},
			First: &task.Image{Field: "input_reference", Dataset: "30000000-0000-4000-8000-000000000001", Key: "datasets/30000000-0000-4000-8000-000000000001.jpg", Type: "image/jpeg"}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Task: id, Account: 7, Width: 720, Height: 1280, FrameRate: 24,
			Duration: 4 * time.Second, Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"},
				{Role: task.Preview, Key: "cdn/20261128/preview.jpg", Type: "image/jpeg"}, {Role: task.Sprite, Key: "cdn/20261128/sprite.jpg", Type: "image/jpeg"}}}}}
}

// life returns a gateway with a task in each state: 111 is QUEUED, 115 SUCCEEDED, and so on. 120 and 122 have lost their files,
// and 121 is deleted.
func life() http.Handler {
	gw, h := started()
	for i, s := range task.States() {
		gw.Put(dialecttest.InState(finished(111+i), s))
	}
	lost := dialecttest.InState(finished(120), task.Succeeded)
	lost.Artifacts[0].Deleted = true
	gw.Put(lost)
	deleted := dialecttest.InState(finished(121), task.Succeeded)
	deleted.Deleted = true
	gw.Put(deleted)
	gone := dialecttest.InState(finished(122), task.Succeeded)
	gone.Artifacts[0].Files[0].Key = "cdn/20261128/gone.mp4"
	gw.Put(gone)
	return h
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", life)
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"video": func(s task.State) []byte { return dialect.Marshal(encodeVideo(dialecttest.InState(finished(1), s))) },
	})
}

func TestEveryErrorIsInTheFormAndHasNoStatusThatClientsRepeatInVain(t *testing.T) {
	for _, c := range task.Codes() {
		e := &task.Error{Code: c, Detail: "Why."}
		var got openaiError
		if err := json.Unmarshal(ErrorForm().Encode(e, "id"), &got); err != nil || got.Error.Message != "Why." || got.Error.Code == "" || got.Error.Param != nil ||
			!slices.Contains(openaiErrorType("").Words(), string(got.Error.Type)) {
			t.Errorf("%s: %+v, %v", c, got, err)
		}
		if s := ErrorForm().Status(c); s < 400 || s == http.StatusConflict || s == http.StatusRequestTimeout {
			t.Errorf("%s has status %d", c, s)
		}
	}
}

func TestEveryReasonOfAFailureHasACodeAndAText(t *testing.T) {
	for _, r := range append(task.Reasons(), "") {
		tk := dialecttest.InState(finished(1), task.Failed)
		tk.Failure = &task.Failure{Reason: r}
		if f := failureOf(tk); f == nil || f.Code == "" || f.Message == "" {
			t.Errorf("%q: %+v", r, f)
		}
	}
	tk := dialecttest.InState(finished(1), task.Failed)
	tk.Failure = nil
	if f := failureOf(tk); f == nil || f.Code != "server_error" {
		t.Errorf("without a failure: %+v", f)
	}
}

// request returns a call with a key.
func request(method, target, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, "http://films.example"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
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

// field is a part of a form: a file if it has a name.
type field struct{ name, value, file, media string }

// multi returns a request with a form.
func multi(t *testing.T, target string, fields ...field) *http.Request {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range fields {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + f.name + `"`}}
		if f.file != "" {
			h.Set("Content-Disposition", `form-data; name="`+f.name+`"; filename="`+f.file+`"`)
		}
		if f.media != "" {
			h.Set("Content-Type", f.media)
		}
		w, err := m.CreatePart(h)
		if err == nil {
			_, err = io.WriteString(w, f.value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := request(http.MethodPost, target, body.String())
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestACreateIsDecoded(t *testing.T) { //nolint:gocyclo // a table of conditions
	data := "data:image/png;base64," + strings.Repeat("A", 128)
	for _, c := range []struct {
		name, body string
		holds      func(task.Request) bool
	}{
		{"a prompt alone is four seconds upright", `{"prompt":"x"}`, func(r task.Request) bool {
			return r.Model == "sora-2" && r.Seconds == 4 && r.Format.Width == 720 && r.Format.Height == 1280 && r.AspectRatio == "9:16" && r.Resolution == "720p"
		}},
		{"seconds as a text", `{"prompt":"x","seconds":"12"}`, func(r task.Request) bool { return r.Seconds == 12 }},
		{"seconds as a number", `{"prompt":"x","seconds":8}`, func(r task.Request) bool { return r.Seconds == 8 }},
		{"any length that an engine may make", `{"prompt":"x","seconds":"60"}`, func(r task.Request) bool { return r.Seconds == 60 }},
		{"any size that an engine may make", `{"prompt":"x","size":"832x480"}`, func(r task.Request) bool { return r.Format.Width == 832 && r.Format.Height == 480 }},
		{"width and height in place of a size", `{"prompt":"x","width":"832","height":480}`, func(r task.Request) bool { return r.Format.Width == 832 && r.Format.Height == 480 }},
		{"a size that wins over width and height", `{"prompt":"x","size":"1280x720","width":832,"height":480}`, func(r task.Request) bool { return r.Format.Width == 1280 }},
		{"frames that decide the length", `{"prompt":"x","num_frames":81,"fps":16}`, func(r task.Request) bool {
			return r.Seconds == 6 && r.Format.Frames == 81 && r.Format.FrameRate == 16
		}},
		{"a seed and what must not be seen", `{"prompt":"x","seed":4294967295,"negative_prompt":"rain"}`, func(r task.Request) bool {
			return *r.Seed == 4294967295 && r.NegativePrompt == "rain"
		}},
		{"a model of the settings file", `{"prompt":"x","model":"house-model"}`, func(r task.Request) bool { return r.Model == "house-model" }},
		{"a picture's URL", `{"prompt":"x","input_reference":{"image_url":"https://a.example/a.png"}}`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "input_reference/image_url" && r.Format.Width == 0
		}},
		{"a picture's data", `{"prompt":"x","input_reference":{"image_url":"` + data + `"}}`, func(r task.Request) bool { return r.First != nil }},
		{"a picture as a text", `{"prompt":"x","input_reference":"` + data + `"}`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "input_reference"
		}},
		{"a picture by the other name", `{"prompt":"x","image_reference":{"image_url":"https://a.example/a.png"}}`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "image_reference/image_url"
		}},
		{"a picture and a size", `{"prompt":"x","size":"1280x720","input_reference":"https://a.example/a.png"}`, func(r task.Request) bool { return r.Format.Width == 1280 }},
		{"nothing in place of a reference", `{"prompt":"x","input_reference":null}`, func(r task.Request) bool { return r.First == nil && r.Format.Width == 720 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := started()
			w := send(h, request(http.MethodPost, "/v1/videos", c.body))
			made, err := gw.Last()
			if w.Code != 200 || err != nil || made.Request.Dialect != Dialect || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestAFormIsReadAsTheObjectThatSaysTheSame(t *testing.T) {
	picture := field{"input_reference", strings.Repeat("P", 90), "a.png", "image/png"}
	for _, c := range []struct {
		name   string
		fields []field
		holds  func(task.Request) bool
	}{
		{"texts", []field{{name: "prompt", value: "x"}, {name: "seconds", value: "8"}, {name: "size", value: "1280x720"}, {name: "model", value: "sora-2-pro"}},
			func(r task.Request) bool {
				return r.Seconds == 8 && r.Format.Width == 1280 && r.Model == "sora-2-pro"
			}},
		{"empty texts are absent", []field{{name: "prompt", value: "x"}, {name: "seconds"}, {name: "size"}, {name: "input_reference"}},
			func(r task.Request) bool { return r.Seconds == 4 && r.Format.Width == 720 }},
		{"a prompt that looks like a number", []field{{name: "prompt", value: "42"}}, func(r task.Request) bool { return r.Prompt == "42" }},
		{"a file before the prompt", []field{picture, {name: "prompt", value: "x"}}, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "input_reference/file_id" && r.Format.Width == 0
		}},
		{"a file without a type", []field{{name: "prompt", value: "x"}, {"input_reference", picture.value, "anonymous_file", "application/octet-stream"}},
			func(r task.Request) bool { return r.First != nil }},
		{"a file of another type than it says", []field{{name: "prompt", value: "x"}, {"input_reference", picture.value, "a.mp4", "video/mp4"}},
			func(r task.Request) bool { return r.First != nil && r.Video == nil }},
		{"a file that is a video", []field{{name: "prompt", value: "x"}, {"input_reference", "ftyp" + picture.value, "a.png", "image/png"}},
			func(r task.Request) bool { return r.First == nil && r.Video != nil && r.Seconds == 0 }},
		{"a video and a length", []field{{name: "prompt", value: "x"}, {name: "seconds", value: "5"}, {"input_reference", "ftyp" + picture.value, "a.mp4", ""}},
			func(r task.Request) bool { return r.Video != nil && r.Seconds == 5 }},
		{"a URL in brackets", []field{{name: "prompt", value: "x"}, {name: "input_reference[image_url]", value: "https://a.example/a.png"}},
			func(r task.Request) bool { return r.First != nil && r.First.Field == "input_reference/image_url" }},
		{"a URL", []field{{name: "prompt", value: "x"}, {name: "input_reference", value: "https://a.example/a.png"}}, func(r task.Request) bool { return r.First != nil }},
		{"a list that is ignored", []field{{name: "prompt", value: "x"}, {name: "tags[]", value: "a"}, {name: "tags[]", value: "b"}}, func(r task.Request) bool { return r.Prompt == "x" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := started()
			w := send(h, multi(t, "/v1/videos", c.fields...))
			made, err := gw.Last()
			if w.Code != 200 || err != nil || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestAFileIsFoundByItsID(t *testing.T) {
	gw, h := started()
	send(h, multi(t, "/v1/videos", field{"prompt", "x", "", ""}, field{"input_reference", strings.Repeat("P", 90), "a.png", ""}))
	for _, id := range []string{"30000000-0000-4000-8000-000000000001", "file-30000000000040008000000000000001", "file_30000000-0000-4000-8000-000000000001"} {
		w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x","input_reference":{"file_id":"`+id+`"}}`))
		if made, _ := gw.Last(); w.Code != 200 || made.Request.First == nil {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
	}
	other := request(http.MethodPost, "/v1/videos", `{"prompt":"x","input_reference":{"file_id":"30000000-0000-4000-8000-000000000001"}}`, "Authorization", "Bearer "+dialecttest.OtherKey)
	if w := send(h, other); w.Code != 400 || !strings.Contains(w.Body.String(), `"param":"input_reference.file_id"`) {
		t.Errorf("another account's: %d %s", w.Code, w.Body)
	}
}

func TestWhatAFormMustNotHoldIsRefused(t *testing.T) {
	var many []field
	for i := range partsLimit + 1 {
		many = append(many, field{name: fmt.Sprint("f", i), value: "x"})
	}
	for _, c := range []struct {
		name   string
		fields []field
		status int
		want   string
	}{
		{"no prompt", []field{{name: "seconds", value: "4"}}, 400, `prompt: is required`},
		{"a field twice", []field{{name: "prompt", value: "x"}, {name: "prompt", value: "y"}}, 400, `prompt: is there twice`},
		{"a text and an object", []field{{name: "input_reference", value: "x"}, {name: "input_reference[image_url]", value: "y"}}, 400, `input_reference: is there twice`},
		{"a file twice", []field{{name: "prompt", value: "x"}, {"input_reference", "P", "a", ""}, {"input_reference", "P", "a", ""}}, 400, `file_id: is there twice`},
		{"an empty file", []field{{name: "prompt", value: "x"}, {"input_reference", "", "a.png", "image/png"}}, 400, `input_reference: is empty`},
		{"a file elsewhere", []field{{name: "prompt", value: "x"}, {"video", "P", "a.mp4", ""}}, 400, `video: can't be a file`},
		{"bytes that are no text", []field{{name: "prompt", value: "\xff\xfe"}}, 400, `prompt: is not UTF-8`},
		{"too many parts", many, 400, `more than the 100 parts`},
		{"a long name", []field{{name: strings.Repeat("n", nameLimit+1), value: "x"}}, 400, `has a name of more than 200 bytes`},
		{"too long texts", []field{{name: "a", value: strings.Repeat("x", bodyLimit)}, {name: "b", value: "x"}}, 413, `texts of the form are larger`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, h := started()
			w := send(h, multi(t, "/v1/videos", c.fields...))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %.300s, want %s", w.Code, w.Body, c.want)
			}
		})
	}
}

func TestABrokenFormIsRefused(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"without a boundary": request(http.MethodPost, "/v1/videos", "x", "Content-Type", "multipart/form-data"),
		"that ends early":    request(http.MethodPost, "/v1/videos", "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx", "Content-Type", "multipart/form-data; boundary=b"),
	} {
		_, h := started()
		if w := send(h, r); w.Code != 400 || !strings.Contains(w.Body.String(), "The form can't be read") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	long := request(http.MethodPost, "/v1/videos", "x", "Content-Type", "multipart/form-data; boundary=b")
	long.ContentLength = 1 << 40
	_, h := started()
	if w := send(h, long); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that says it is huge: %d %s", w.Code, w.Body)
	}
}

func TestARepeatedFormWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	gw, h := started()
	fields := []field{{name: "prompt", value: "x"}, {"input_reference", strings.Repeat("P", 90), "a.png", ""}}
	repeat := func(fields []field) *httptest.ResponseRecorder {
		r := multi(t, "/v1/videos", fields...)
		r.Header.Set("Idempotency-Key", "one")
		return send(h, r)
	}
	first, again := repeat(fields), repeat(fields)
	if first.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
	fields[1].value += "Q"
	if other := repeat(fields); other.Code != http.StatusUnprocessableEntity {
		t.Errorf("another file: %d %s", other.Code, other.Body)
	}
	if made, _ := gw.Last(); made.ID != "00000000-0000-4000-8000-000000000001" {
		t.Errorf("a second task: %s", made.ID)
	}
}

func TestAnIdempotencyKeyWhoseRequestIsStillRunningIsNoConflict(t *testing.T) {
	_, h := started()
	w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x"}`, "Idempotency-Key", "busy"))
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"code":"not_ready"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestARemixChangesTheVideoIfAnEngineTakesOne(t *testing.T) {
	gw, h := started()
	source := dialecttest.InState(finished(1), task.Succeeded)
	source.Request.Model = "gen3a_turbo"
	source.Request.ExternalID, source.Request.CallbackURL, source.Request.Echo = "order 5", "https://a.example/told", "{}"
	gw.Put(source)
	w := send(h, request(http.MethodPost, "/v1/videos/"+videoID(source.ID)+"/remix", `{"prompt":"at night"}`))
	made, _ := gw.Last()
	r := made.Request
	if w.Code != 200 || r.Video == nil || r.First != nil || r.Seconds != 0 || r.Format.Width != 0 || r.Prompt != "at night" || r.ParentID != source.ID ||
		r.ExternalID != "" || r.CallbackURL != "" || r.Echo != "" || *r.Seed != 7 || r.Dialect != Dialect || r.Model != "gen3a_turbo" {
		t.Errorf("%d %s\n%+v", w.Code, w.Body, r)
	}
}

func TestARemixRepeatsTheRequestIfNoEngineTakesAVideo(t *testing.T) {
	gw, h := started()
	source := dialecttest.InState(finished(1), task.Succeeded)
	gw.Put(source)
	w := send(h, request(http.MethodPost, "/v1/videos/"+videoID(source.ID)+"/remix", `{"prompt":"at night"}`))
	made, _ := gw.Last()
	r := made.Request
	if w.Code != 200 || r.Video != nil || r.First == nil || r.Seconds != 4 || r.Format.Width != 720 || r.Prompt != "at night" || r.ParentID != source.ID {
		t.Errorf("%d %s\n%+v", w.Code, w.Body, r)
	}
}

// picky is a gateway that refuses requests with a video.
type picky struct{ *dialecttest.Gateway }

// Submit implements Gateway.
func (p picky) Submit(ctx context.Context, who apikey.Key, r task.Request) (task.Task, error) {
	if r.Video != nil {
		return task.Task{}, tooLong()
	}
	return p.Gateway.Submit(ctx, who, r)
}

// SubmitOnce implements Gateway.
func (p picky) SubmitOnce(ctx context.Context, who apikey.Key, r task.Request, key, fingerprint string) (task.Task, bool, error) {
	if r.Video != nil {
		return task.Task{}, false, tooLong()
	}
	return p.Gateway.SubmitOnce(ctx, who, r, key, fingerprint)
}

func tooLong() error {
	return &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "video", Detail: "is too long"}}}
}

func TestARemixThatNoEngineCanMakeOfTheVideoRepeatsTheRequest(t *testing.T) {
	for _, key := range []string{"", "one"} {
		gw, _ := started()
		h := dialecttest.Mux(Routes(picky{gw}, Options{Log: slog.New(slog.DiscardHandler), Files: files()}))
		source := dialecttest.InState(finished(1), task.Succeeded)
		source.Request.Model = "gen3a_turbo"
		gw.Put(source)
		r := request(http.MethodPost, "/v1/videos/"+videoID(source.ID)+"/remix", `{"prompt":"at night"}`)
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		w := send(h, r)
		if made, _ := gw.Last(); w.Code != 200 || made.Request.Video != nil || made.Request.First == nil {
			t.Errorf("%d %s\n%+v", w.Code, w.Body, made.Request)
		}
	}
}

func TestRemixesOfTwoVideosUnderOneIdempotencyKeyAreTwoRequests(t *testing.T) {
	gw, h := started()
	gw.Put(dialecttest.InState(finished(1), task.Succeeded))
	gw.Put(dialecttest.InState(finished(2), task.Succeeded))
	remix := func(id string) int {
		return send(h, request(http.MethodPost, "/v1/videos/"+id+"/remix", `{"prompt":"at night"}`, "Idempotency-Key", "one")).Code
	}
	if a, b, c := remix(videoID(finished(1).ID)), remix(videoID(finished(1).ID)), remix(videoID(finished(2).ID)); a != 200 || b != 200 || c != 422 {
		t.Errorf("%d %d %d", a, b, c)
	}
}

func TestAPartOfAVideoIsReadByRange(t *testing.T) {
	h := life()
	path := "/v1/videos/" + videoID(finished(115).ID) + "/content"
	for _, c := range []struct {
		name, query, want string
		header            []string
		status            int
	}{
		{"the video", "", "/cdn/20261128/video.mp4", nil, 200},
		{"the video by name", "?variant=video", "/cdn/20261128/video.mp4", nil, 200},
		{"a thumbnail", "?variant=thumbnail", "/cdn/20261128/preview.jpg", nil, 200},
		{"a sprite sheet", "?variant=spritesheet", "/cdn/20261128/sprite.jpg", nil, 200},
		{"a range", "", "cdn", []string{"Range", "bytes=1-3"}, 206},
	} {
		if w := send(h, request(http.MethodGet, path+c.query, "", c.header...)); w.Code != c.status || w.Body.String() != c.want {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	if w := send(h, request(http.MethodHead, path, "")); w.Code != 200 || w.Header().Get("Content-Length") != "23" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	gw, h := started()
	for n := range 5 {
		gw.Put(dialecttest.InState(finished(n+1), task.Succeeded))
	}
	for order, want := range map[string]string{"": "54321", "&order=desc": "54321", "&order=asc": "12345"} {
		var ids, after string
		for page := 0; page == 0 || after != ""; page++ {
			w := send(h, request(http.MethodGet, "/v1/videos?limit=2"+order+after, ""))
			var got struct {
				Data    []struct{ ID string }
				FirstID *string `json:"first_id"`
				LastID  *string `json:"last_id"`
				HasMore bool    `json:"has_more"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || page > 3 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			for _, v := range got.Data {
				ids += v.ID[len(v.ID)-1:]
			}
			if *got.FirstID != got.Data[0].ID || *got.LastID != got.Data[len(got.Data)-1].ID {
				t.Errorf("%s", w.Body)
			}
			if after = ""; got.HasMore {
				after = "&after=" + *got.LastID
			}
		}
		if ids != want {
			t.Errorf("%q: %s, want %s", order, ids, want)
		}
	}
}

func TestClientsAreAskedToWaitAsLongAsAVideoIsNotFinished(t *testing.T) {
	h := life()
	for i, s := range task.States() {
		w := send(h, request(http.MethodGet, "/v1/videos/"+videoID(finished(111+i).ID), ""))
		if got, want := w.Header().Get("openai-poll-after-ms"), map[bool]string{false: "2000", true: ""}[s.Terminal()]; got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}

func TestEditsExtensionsAndCharactersAreRefusedInTheForm(t *testing.T) {
	h := life()
	for call, status := range map[string]int{
		"POST /v1/videos/edits": 400, "POST /v1/videos/extensions": 400, "POST /v1/videos/characters": 400,
		"GET /v1/videos/characters/char_1": 404, "GET /v1/videos/" + videoID(finished(115).ID) + "/frames": 404,
	} {
		method, path, _ := strings.Cut(call, " ")
		w := send(h, request(method, path, ""))
		var got openaiError
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != status || got.Error.Type != "invalid_request_error" || got.Error.Message == "" {
			t.Errorf("%s: %d %s", call, w.Code, w.Body)
		}
	}
}

func TestWhatIsKlingsIsLeftToIt(t *testing.T) {
	kling := dialect.Route{Pattern: "GET /v1/videos/{id}/{part}", Match: func(r *http.Request) bool { return r.PathValue("id") == "text2video" },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })}
	gw, _ := started()
	h := dialecttest.Mux(append([]dialect.Route{kling}, Routes(gw, Options{Files: files(), Log: slog.New(slog.DiscardHandler)})...))
	for path, status := range map[string]int{"text2video/content1": http.StatusTeapot, "text2video/876": http.StatusTeapot, "video_x/content": 404} {
		if w := send(h, request(http.MethodGet, "/v1/videos/"+path, "")); w.Code != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestUnknownFieldsAreIgnoredAndNamed(t *testing.T) {
	_, h := started()
	w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x","quality":"high","input_reference":{"image_url":"https://a.example/a","detail":"low"},"guidance_scale":7}`))
	if got := w.Header().Get("Filmgate-Ignored"); w.Code != 200 || got != "guidance_scale, input_reference/detail, quality" {
		t.Errorf("%d %q %s", w.Code, got, w.Body)
	}
}

func TestEveryBaseURLReachesTheSameCalls(t *testing.T) {
	gw, _ := started()
	o := Options{Log: slog.New(slog.DiscardHandler), Files: files()}
	h := dialecttest.Mux(slices.Concat(Routes(gw, o), dialect.Under("/openai", Routes(gw, o)), dialect.OnlyUnder("/openai", BareRoutes(gw, o))))
	for _, base := range []string{"/v1", "/openai/v1", "/openai"} {
		if w := send(h, request(http.MethodPost, base+"/videos", `{"prompt":"x"}`)); w.Code != 200 {
			t.Errorf("%s: %d %s", base, w.Code, w.Body)
		}
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := started()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x"}`))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"type":"server_error"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := started()
	gw.Fail = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "resolution", Detail: "a"}, {Field: "seconds", Detail: "b"}}}
	w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x"}`))
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"message":"size: a; seconds: b","type":"invalid_request_error","param":"size"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNoClientIsAskedToWaitLongerThanItsSDKDoes(t *testing.T) {
	gw, h := started()
	gw.Fail = &task.Error{Code: task.RateLimited, RetryAfter: time.Hour, Detail: "Later."}
	w := send(h, request(http.MethodPost, "/v1/videos", `{"prompt":"x"}`))
	if w.Code != 429 || w.Header().Get("Retry-After") != "60" || !strings.Contains(w.Body.String(), `"code":"rate_limit_exceeded"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// Any body is answered with a video or with an error in words.
func FuzzCreate(f *testing.F) {
	f.Add([]byte(`{"prompt":"x","input_reference":{"image_url":"https://a.example/a"},"seconds":"4","size":"1x1"}`), false)
	f.Add([]byte(`{"prompt":"x","num_frames":7200,"fps":1,"width":64,"image_reference":"data:,"}`), false)
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a\"\r\n\r\nftyp\r\n--b--"), true)
	f.Add([]byte("--b\nContent-Disposition: form-data; name=\"a[][]\"\n\nx\n--b\nContent-Disposition: form-data; name=\"[a]\"\n\nx\n--b--"), true)
	f.Fuzz(func(t *testing.T, body []byte, form bool) {
		_, h := started()
		r := request(http.MethodPost, "/v1/videos", string(body))
		if form {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		}
		w := send(h, r)
		var got struct {
			ID    string
			Error json.RawMessage
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == 200) != (got.ID != "") || w.Code != 200 && got.Error == nil {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func BenchmarkEncodeFinished(b *testing.B) {
	t := dialecttest.InState(finished(1), task.Succeeded)
	b.ReportAllocs()
	for b.Loop() {
		_ = dialect.Marshal(encodeVideo(t))
	}
}
