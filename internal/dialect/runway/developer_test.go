package runway

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

func links() dialect.Links {
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	return dialect.Links{Base: "https://films.example", Token: new(dialecttest.Gateway).Token, Now: now}
}

// finished returns a task that has SUCCEEDED.
func finished() task.Task {
	created := time.Date(2026, 11, 28, 9, 0, 0, 123e6, time.UTC)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Created: created, Updated: created, State: task.Succeeded,
		Request:  task.Request{Dialect: developer, Model: "gen4.5", Prompt: "a lake", Seconds: 5},
		Attempts: []task.Attempt{{Engine: "team", Cost: 0.601, Currency: "USD"}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Files: []task.File{
			{Role: task.Video, Key: "cdn/20261128/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4"}}}}}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{"developer": func(s task.State) []byte {
		return encodeTask(dialecttest.InState(finished(), s), links(), 60)
	}})
}

func TestDeletedVideoHasNoURL(t *testing.T) {
	tk := finished()
	tk.Artifacts[0].Deleted = true
	if got := string(encodeTask(tk, links(), 0)); !strings.Contains(got, `"status":"SUCCEEDED"`) || !strings.Contains(got, `"output":[]`) {
		t.Errorf("got %s", got)
	}
}

func TestEveryErrorHasAStatusThatTheSDKDoesNotRepeatInVain(t *testing.T) {
	want := map[task.Code]int{task.Invalid: 400, task.Unauthorized: 401, task.BudgetSpent: 400, task.Forbidden: 403, task.NotFound: 404, task.NotAllowed: 405,
		task.Conflict: 400, task.Changed: 412, task.TooLarge: 413, task.Unsupported: 415, task.Unreadable: 400, task.RateLimited: 429, task.Unavailable: 503, task.NoSpace: 503, task.InternalError: 500}
	for _, code := range task.Codes() {
		form := ErrorForm()
		var body apiError
		if err := json.Unmarshal(form.Encode(&task.Error{Code: code, Detail: "why"}, ""), &body); err != nil || body.Error == "" {
			t.Errorf("%s: %+v, %v", code, body, err)
		}
		if got := form.Status(code); got != want[code] {
			t.Errorf("%s is %d, want %d", code, got, want[code])
		}
	}
}

// decode decodes a body of that kind.
func decode(t *testing.T, k kind, body string) (task.Request, error) {
	t.Helper()
	f, err := dialect.ParseFields([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := decodeVideo(f, k, []string{"house-model"})
	return r, f.Err()
}

func TestRequestsAreDecoded(t *testing.T) {
	seed := uint32(7)
	size := func(w, h int, ratio, resolution string) task.Request {
		return task.Request{Format: task.Format{Width: w, Height: h}, AspectRatio: ratio, Resolution: resolution}
	}
	for name, c := range map[string]struct {
		kind kind
		body string
		want task.Request
	}{
		"from a text": {fromText, `{"model":"gen4.5","promptText":"x","duration":10,"ratio":"720:1280","seed":7}`,
			func() task.Request {
				r := size(720, 1280, "9:16", "720p")
				r.Model, r.Prompt, r.Seconds, r.Seed = "gen4.5", "x", 10, &seed
				return r
			}()},
		"a shape and a resolution": {fromText, `{"model":"hailuo3","promptText":"x","ratio":"21:9","resolution":"2K"}`,
			task.Request{Model: "hailuo3", Prompt: "x", Seconds: 5, AspectRatio: "21:9", Resolution: "2k"}},
		"a resolution alone":                            {fromText, `{"model":"wan3","promptText":"x","ratio":"auto_1080p"}`, task.Request{Model: "wan3", Prompt: "x", Seconds: 5, Resolution: "1080p"}},
		"the operator's model has no limits of its own": {fromText, `{"model":"house-model","promptText":"x","duration":60}`, task.Request{Model: "house-model", Prompt: "x", Seconds: 60}},
		"a picture": {fromImage, `{"model":"gen4_turbo","promptImage":"https://example.com/a.jpg","ratio":"960:960"}`,
			func() task.Request {
				r := size(960, 960, "1:1", "1080p")
				r.Model, r.Seconds = "gen4_turbo", 5
				r.First = &task.Image{Source: "https://example.com/a.jpg", Field: "promptImage", Limits: task.ImageLimits{Bytes: imageBytes}}
				return r
			}()},
		"an uploaded last frame": {fromImage, `{"model":"gen4_turbo","promptImage":[{"uri":"runway://u","position":"last"}],"ratio":"adaptive"}`,
			task.Request{Model: "gen4_turbo", Seconds: 5, Last: &task.Image{Source: "runway://u", Field: "promptImage/0/uri", Limits: task.ImageLimits{Bytes: imageBytes}}}},
		"a video keeps its length": {fromVideo, `{"model":"aleph2","videoUri":"https://example.com/a.mp4","targetAspectRatio":"9:16"}`,
			task.Request{Model: "aleph2", AspectRatio: "9:16", Video: &task.InputVideo{Source: "https://example.com/a.mp4", Field: "videoUri"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Dialect, c.want.AssetGroup = developer, dialect.AssetGroup
			got, err := decode(t, c.kind, c.body)
			if strings.Contains(c.body, "adaptive") { // gen4_turbo takes no such ratio
				if err == nil {
					t.Error("a ratio that the model has not is accepted")
				}
			} else if err != nil {
				t.Errorf("%v", err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestEveryModelHasItsLimits(t *testing.T) {
	for _, m := range models() {
		for _, k := range []kind{fromText, fromImage, fromVideo} {
			body := `{"model":"` + m.name + `","promptText":"x","promptImage":"https://example.com/a.jpg","videoUri":"https://example.com/a.mp4"`
			if m.needsLength {
				body += `,"duration":2`
			}
			if m.needsRatio {
				body += `,"ratio":"1280:720"`
			}
			_, err := decode(t, k, body+"}")
			if (err == nil) != m.makes(k) {
				t.Errorf("%s, kind %d: %v", m.name, k, err)
			}
			long := strings.Repeat("x", m.prompt+1)
			if _, err := decode(t, k, strings.Replace(body, `"promptText":"x"`, `"promptText":"`+long+`"`, 1)+"}"); m.makes(k) && (err == nil || !strings.Contains(err.Error(), "promptText")) {
				t.Errorf("%s, kind %d: a prompt of %d characters: %v", m.name, k, len(long), err)
			}
		}
	}
}

func TestUsageIsReportedByDayAndModel(t *testing.T) {
	one := func(day int, model string, costs ...task.UsageCost) task.Usage {
		return task.Usage{Day: day, Model: model, Costs: costs}
	}
	dollars := func(amount float64) task.UsageCost { return task.UsageCost{Currency: "USD", Cost: amount} }
	got := string(dialect.Marshal(usageOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), []task.Usage{
		one(0, "b", task.UsageCost{Currency: "credits", Cost: 7}), one(1, "c"), one(2, "a", dollars(0.2)), one(2, "b", dollars(0.1), dollars(0.3))})))
	want := `{"results":[{"date":"2026-11-01","usedCredits":[{"model":"b","amount":7}]},{"date":"2026-11-03","usedCredits":[{"model":"a","amount":20},{"model":"b","amount":40}]}],"models":["a","b"]}` + "\n"
	if got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestUnknownFieldsAreNamed(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/v1/text_to_video", strings.NewReader(`{"model":"veo3.1","promptText":"x","ratio":"1280:720","contentModeration":{}}`))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	r.Header.Set(versionHeader, version)
	w := httptest.NewRecorder()
	dialecttest.Mux(Routes(&dialecttest.Gateway{}, Options{})).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Header().Get("Filmgate-Ignored") != "contentModeration" {
		t.Errorf("%d %s, ignored %q", w.Code, w.Body, w.Header().Get("Filmgate-Ignored"))
	}
}

func TestSoundAndReferencesAreDecoded(t *testing.T) {
	for _, c := range []struct {
		name, path, body string
		holds            func(task.Request) bool
	}{
		{"sound", "/v1/text_to_video", `"model":"veo3.1","promptText":"x","ratio":"1280:720","audio":true`, func(r task.Request) bool { return *r.Audio }},
		{"no sound", "/v1/text_to_video", `"model":"veo3.1","promptText":"x","ratio":"1280:720","audio":false`, func(r task.Request) bool { return !*r.Audio }},
		{"nothing about sound", "/v1/text_to_video", `"model":"veo3.1","promptText":"x","ratio":"1280:720"`, func(r task.Request) bool { return r.Audio == nil }},
		{"references", "/v1/text_to_video", `"model":"seedance2","promptText":"x","references":[{"uri":"https://a.example/a.jpg"}],"referenceAudio":[{"type":"audio","uri":"https://a.example/a.mp3"}]`,
			func(r task.Request) bool {
				return len(r.ReferenceImages) == 1 && r.ReferenceImages[0].Field == "references/0/uri" && len(r.ReferenceAudio) == 1 && r.ReferenceAudio[0].Field == "referenceAudio/0/uri"
			}},
		{"pictures without a position, with a model that takes references", "/v1/image_to_video", `"model":"seedance2","promptText":"x","promptImage":[{"uri":"https://a.example/a.jpg"},{"uri":"https://a.example/b.jpg"},{"uri":"https://a.example/c.jpg"}]`,
			func(r task.Request) bool { return len(r.ReferenceImages) == 3 && r.First == nil }},
		{"and one with a position", "/v1/image_to_video", `"model":"seedance2","promptText":"x","promptImage":[{"uri":"https://a.example/a.jpg"},{"uri":"https://a.example/b.jpg","position":"last"}]`,
			func(r task.Request) bool { return len(r.ReferenceImages) == 0 && r.First != nil && r.Last != nil }},
		{"a picture without a position, with another model", "/v1/image_to_video", `"model":"gen4_turbo","promptText":"x","ratio":"1280:720","promptImage":[{"uri":"https://a.example/a.jpg"}]`,
			func(r task.Request) bool { return len(r.ReferenceImages) == 0 && r.First != nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw := &dialecttest.Gateway{}
			r := httptest.NewRequest(http.MethodPost, c.path, strings.NewReader("{"+c.body+"}"))
			r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
			r.Header.Set(versionHeader, version)
			w := httptest.NewRecorder()
			dialecttest.Mux(Routes(gw, Options{})).ServeHTTP(w, r)
			made, err := gw.Last()
			if w.Code != http.StatusOK || err != nil || !c.holds(made.Request) {
				t.Errorf("%d %s: %+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestFaultyInputIsA400ThatNamesItsField(t *testing.T) {
	for _, code := range []task.Code{task.TooLarge, task.Unsupported, task.Unreadable} {
		for name, send := range map[string]*http.Request{
			"promptImage": httptest.NewRequest(http.MethodPost, "/v1/image_to_video", strings.NewReader(`{"model":"veo3.1","promptImage":"https://example.com/a.jpg","ratio":"1280:720"}`)),
			"file":        httptest.NewRequest(http.MethodPost, "/uploads/00000000-0000-4000-8000-000000000001.1", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ntext\r\n--x--")),
		} {
			send.Header.Set("Authorization", "Bearer "+dialecttest.Key)
			if name == "file" {
				send.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			} else {
				send.Header.Set(versionHeader, version)
			}
			field := map[string]string{"promptImage": "first_frame", "file": "parts"}[name] // as the gateway names it
			c := refusing{&dialecttest.Gateway{}, &task.Error{Code: code, Fields: []task.FieldError{{Field: field, Detail: "text; allowed: JPEG"}}}}
			w := httptest.NewRecorder()
			dialecttest.Mux(Routes(c, Options{})).ServeHTTP(w, send)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"path":["`+name+`"]`) {
				t.Errorf("%s, %s: %d %s", code, name, w.Code, w.Body)
			}
		}
	}
}

// refusing is a gateway that refuses every picture.
type refusing struct {
	*dialecttest.Gateway
	why error
}

func (r refusing) Submit(context.Context, apikey.Key, task.Request) (task.Task, error) {
	return task.Task{}, r.why
}

func (r refusing) PutUpload(context.Context, string, string, io.Reader) error { return r.why }

// FuzzDecode checks that any body is decoded or refused, and that each decoded request is within the limits.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{`{"model":"gen4.5","promptText":"x","duration":"auto","ratio":"1:1"}`, `{"promptImage":[{"uri":"runway://","position":"last"},{}]}`,
		`{"taskType":"gen2","options":{"seconds":4,"flip":true}}`, `{"startDate":"2026-11-28","beforeDate":null}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, read := range []func(*dialect.Fields) task.Request{
			func(f *dialect.Fields) task.Request { return decodeVideo(f, fromText, nil) },
			func(f *dialect.Fields) task.Request { return decodeVideo(f, fromImage, nil) },
			func(f *dialect.Fields) task.Request { return decodeVideo(f, fromVideo, nil) },
			func(f *dialect.Fields) task.Request { r, _ := decodeWebTask(f, nil); return r },
		} {
			fields, err := dialect.ParseFields([]byte(body))
			if err != nil {
				return
			}
			r := read(fields)
			if err := fields.Err(); err == nil && (r.Model == "" || r.Seconds < 0 || r.Seconds > longest || r.Format.Width > 4096 || r.Format.Height > 4096) {
				t.Errorf("%s is read as %+v", body, r)
			} else if err != nil && task.CodeOf(err) != task.Invalid {
				t.Errorf("%s: %v", body, err)
			}
		}
	})
}

func BenchmarkEncodeTask(b *testing.B) {
	tk, l := finished(), links()
	b.ReportAllocs()
	for b.Loop() {
		encodeTask(tk, l, 60)
	}
}
