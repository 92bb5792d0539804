package luma

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

func now() time.Time { return time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC) }

// standing returns the routes on a gateway whose clock stands. It knows a finished generation, one at work, one that was deleted,
// and one whose files were deleted.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: now()}
	gw.Put(finished())
	for i, change := range []func(*task.Task){
		func(t *task.Task) { *t = dialecttest.InState(*t, task.Running) },
		func(t *task.Task) { t.Deleted = true },
		func(t *task.Task) { t.Artifacts[0].Deleted = true },
	} {
		t := finished()
		t.ID = "00000000-0000-4000-8000-00000000000" + strconv.Itoa(i+2)
		t.Created = t.Created.Add(-time.Duration(i+1) * time.Minute)
		change(&t)
		gw.Put(t)
	}
	return gw, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
}

// finished returns a task with its video.
func finished() task.Task {
	at := time.Date(2026, 11, 28, 9, 0, 0, 123456000, time.UTC)
	file := func(role task.Role, name string) task.File { return task.File{Role: role, Key: "cdn/20261128/" + name} }
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, State: task.Succeeded, Engine: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "ray-2", Prompt: "a lake, push in", Seconds: 5, CallbackURL: "https://example.com/told",
			First: &task.Image{Key: "datasets/first.jpg"},
			Echo:  `{"generation_type":"video","model":"","aspect_ratio":"16:9","resolution":"720p","duration":"5s","keyframes":{"frame0":{"type":"image"}},"concepts":[{"key":"push_in"}]}`},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Account: 7, Files: []task.File{
			file(task.Video, "video.mp4"), file(task.Preview, "first.jpg"), file(task.Preview, "second.jpg"), file(task.LastFrame, "last.jpg"), file(task.Poster, "poster.jpg")}}}}
}

func links() dialect.Links {
	gw := &dialecttest.Gateway{Time: now()}
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

// detail returns the text of an error.
func detail(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e lumaError
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%v: %s %s", err, w.Header().Get("Content-Type"), w.Body)
	}
	return e.Detail
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler {
		_, h := standing()
		return h
	})
}

func TestCallsThatMakeNoVideoAreRefused(t *testing.T) {
	_, h := standing()
	for path, want := range map[string]string{
		"/generations/image": "makes pictures", "/generations/image/reframe": "changes pictures",
		"/generations/00000000-0000-4000-8000-000000000001/upscale": "makes a video larger", "/generations/00000000-0000-4000-8000-000000000001/audio": "adds sound",
	} {
		w := send(h, "POST", base+path, `{"prompt":"a lake"}`)
		if got := detail(t, w); w.Code != 400 || got != "This server makes videos; it has no call that "+want+"." {
			t.Errorf("%s: %d %s", path, w.Code, got)
		}
		if w := send(h, "POST", base+path, "{}", "Authorization", "Bearer nobody"); w.Code != 401 || detail(t, w) == "" {
			t.Errorf("%s with an unknown key: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestTheOldPathAndAnOperatorsModelMakeVideosToo(t *testing.T) {
	gw, h := standing()
	w := send(h, "POST", base+"/generations", `{"model":"house-model","keyframes":{"frame0":{"type":"generation","id":"AAAAAAAAQACAAAAAAAAAAQ"}},"seed":5}`)
	last, err := gw.Last()
	if w.Code != 201 || err != nil || last.Request.Model != "house-model" || last.Request.ParentID != finished().ID || last.Request.First == nil {
		t.Errorf("%d %s: %+v, %v", w.Code, w.Body, last.Request, err)
	}
	if got := w.Header().Get(dialect.IgnoredHeader); got != "seed" {
		t.Errorf("ignored %q", got)
	}
}

func TestReferencesTakeTheRightFiles(t *testing.T) {
	plain := finished()
	plain.Request.First = nil
	for _, c := range []struct {
		name string
		t    task.Task
		use  use
		want string
	}{
		{"the last frame", finished(), useLastFrame, "cdn/20261128/last.jpg"},
		{"the picture that it was made from", finished(), useFirstFrame, "datasets/first.jpg"},
		{"its first preview", plain, useFirstFrame, "cdn/20261128/first.jpg"},
		{"the video", finished(), useVideo, "cdn/20261128/video.mp4"},
		{"nothing is there", task.Task{}, useVideo, ""},
		{"no such file", task.Task{Artifacts: []task.Artifact{{}}}, useLastFrame, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w wanted
			ok := w.take(reference{field: "f", use: c.use}, c.t)
			var got string
			for _, img := range []*task.Image{w.request.First, w.request.Last} {
				if img != nil {
					got = img.Source
				}
			}
			if w.request.Video != nil {
				got = w.request.Video.Source
			}
			if ok != (c.want != "") || ok && got != task.StoredSource(c.want) {
				t.Errorf("%v, %q", ok, got)
			}
		})
	}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"generation": func(s task.State) []byte { return encodeGeneration(dialecttest.InState(finished(), s), links()) },
		"agents":     func(s task.State) []byte { return encodeAgents(dialecttest.InState(finished(), s), links()) },
	})
}

func TestACallbackTellsOfWorkAndEnd(t *testing.T) {
	for _, s := range task.States() {
		tk := dialecttest.InState(finished(), s)
		got := Callback(tk, links())
		if waits := stateOf(s) == "queued"; waits != (got == nil) || !waits && string(got) != string(encodeGeneration(tk, links())) {
			t.Errorf("%s: %s", s, got)
		}
	}
}

func TestEveryErrorHasADetailAndNoStatusThatIsSentAgainInVain(t *testing.T) {
	want := map[task.Code]int{task.Invalid: 400, task.Unauthorized: 401, task.BudgetSpent: 402, task.Forbidden: 403, task.NotFound: 404, task.NotAllowed: 405, task.Conflict: 400, task.Changed: 412,
		task.TooLarge: 413, task.Unsupported: 415, task.Unreadable: 422, task.RateLimited: 429, task.Unavailable: 503, task.NoSpace: 503, task.InternalError: 500}
	for _, c := range task.Codes() {
		form := ErrorForm()
		if got := form.Status(c); got != want[c] {
			t.Errorf("%s: status %d, want %d", c, got, want[c])
		}
		if got := string(form.Encode(&task.Error{Code: c, Detail: "Why <not>."}, "id")); got != "{\"detail\":\"Why <not>.\"}\n" {
			t.Errorf("%s: %s", c, got)
		}
	}
}

func TestEveryFailureHasAReasonAndACode(t *testing.T) {
	codes := []string{"content_moderated", "generation_failed", "budget_exhausted", "output_not_found", "image_too_large", "unsupported_format", "corrupt_input", "invalid_request"}
	begins := map[task.Reason]string{task.SafetyInputText: "advanced prompt moderation failed: ", task.SafetyInputImage: "frame moderation failed: ",
		task.AssetInvalid: "failed to read user input frames: ", task.PreprocessFailed: "prompt processing failed: "}
	for _, r := range task.Reasons() {
		tk := dialecttest.InState(finished(), task.Failed)
		tk.Failure = &task.Failure{Reason: r, Detail: "for the operator"}
		if got, want := reasonOf(tk), begins[r]+r.PublicText(); begins[r] != "" && got != want || !strings.HasSuffix(got, r.PublicText()) {
			t.Errorf("%s: %q", r, got)
		}
		if got := failureCode(tk); !slices.Contains(codes, got) {
			t.Errorf("%s: %q is no code of the API", r, got)
		}
	}
	bare := dialecttest.InState(finished(), task.Failed)
	bare.Failure = nil
	if got := reasonOf(bare); got != task.Internal.PublicText() {
		t.Errorf("without a failure: %q", got)
	}
}

func TestTasksOfOtherDialectsAreToldInLumasWords(t *testing.T) {
	first, last := &task.Image{Key: "datasets/a.jpg"}, &task.Image{Key: "datasets/b.jpg"}
	for _, c := range []struct {
		name string
		r    task.Request
		want string
	}{
		{"nothing at all", task.Request{}, `{"generation_type":"video","model":""}`},
		{"a prompt", task.Request{Dialect: "kling", Model: "kling-v3", Prompt: "a lake", Seconds: 7, AspectRatio: "1:1", Resolution: "1080p"},
			`{"generation_type":"video","model":"kling-v3","prompt":"a lake","aspect_ratio":"1:1","resolution":"1080p","duration":"7s"}`},
		{"pictures", task.Request{First: first, Last: last}, `{"generation_type":"video","model":"","keyframes":{"frame0":{"type":"image","url":"http://films.example/datasets/a.jpg?_jwt=datasets/a.jpg~1795996800"},` +
			`"frame1":{"type":"image","url":"http://films.example/datasets/b.jpg?_jwt=datasets/b.jpg~1795996800"}}}`},
		{"a video", task.Request{Video: &task.InputVideo{Key: "datasets/v.mp4"}, Seconds: 3},
			`{"generation_type":"modify_video","model":"","duration":"3s","media":{"url":"http://films.example/datasets/v.mp4?_jwt=datasets/v.mp4~1795996800"}}`},
		{"its own, with an echo that can't be read", task.Request{Dialect: Dialect, Echo: "x"}, `{"generation_type":"video","model":""}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dialecttest.SameJSON(t, dialect.Marshal(echoOf(task.Task{Request: c.r}, links())), []byte(c.want))
		})
	}
}

func TestEncodersAreTotal(t *testing.T) {
	for _, s := range task.States() {
		for _, artifacts := range [][]task.Artifact{nil, {{}}, {{Deleted: true}}} {
			tk := dialecttest.InState(task.Task{}, s)
			tk.Artifacts = artifacts
			for _, body := range [][]byte{encodeGeneration(tk, links()), encodeAgents(tk, links())} {
				if !json.Valid(body) {
					t.Errorf("%s: %s", s, body)
				}
			}
		}
	}
}

func TestAnInternalErrorIsLoggedAndNotTold(t *testing.T) {
	var log strings.Builder
	gw := &dialecttest.Gateway{Time: now(), Fail: errors.New("disk /secret is full")}
	h := dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	w := send(h, "POST", base+"/generations", `{"model":"ray-2","prompt":"a lake"}`)
	if got := detail(t, w); w.Code != 500 || strings.Contains(got, "secret") || !strings.Contains(log.String(), "/secret") {
		t.Errorf("%d %s\n%s", w.Code, got, log.String())
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	for ours, wire := range map[string][2]string{
		"seconds": {"duration: no", "video.duration: no"}, "first_frame": {"keyframes.frame0: no", "video.start_frame: no"}, "last_frame": {"keyframes.frame1: no", "video.end_frame: no"},
		"prompt": {"prompt: no", "prompt: no"}, "loop": {"loop: no", "video.loop: no"}, "resolution": {"resolution: no", "video.resolution: no"},
	} {
		gw.Fail = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: ours, Detail: "no"}}}
		if w := send(h, "POST", base+"/generations", `{"model":"ray-2","prompt":"a lake"}`); w.Code != 400 || detail(t, w) != wire[0] {
			t.Errorf("%s: %d %s", ours, w.Code, w.Body)
		}
		if w := send(h, "POST", "/v1/generations", `{"model":"ray-3.2","type":"video","prompt":"a lake"}`); w.Code != 400 || detail(t, w) != wire[1] {
			t.Errorf("%s: %d %s", ours, w.Code, w.Body)
		}
	}
}

func TestAFinishedGenerationIsPolledCheaply(t *testing.T) {
	_, h := standing()
	for _, path := range []string{base + "/generations/", "/v1/generations/"} {
		first := send(h, "GET", path+finished().ID, "")
		again := send(h, "GET", path+finished().ID, "", "If-None-Match", first.Header().Get("ETag"))
		if first.Code != 200 || again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("%s: %d, then %d", path, first.Code, again.Code)
		}
	}
}

func TestEveryFormOfAnIDFindsTheTask(t *testing.T) {
	_, h := standing()
	for _, id := range []string{"00000000-0000-4000-8000-000000000001", "00000000000040008000000000000001", "video_00000000000040008000000000000001", "AAAAAAAAQACAAAAAAAAAAQ"} {
		if w := send(h, "GET", base+"/generations/"+id, ""); w.Code != 200 {
			t.Errorf("%s: %d", id, w.Code)
		}
	}
}

func TestTheListIsReadPageByPage(t *testing.T) {
	gw := &dialecttest.Gateway{Time: now()}
	h := dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
	for i := range 25 {
		tk := finished()
		tk.ID = "00000000-0000-4000-8000-0000000000" + strconv.Itoa(10+i)
		tk.Created = tk.Created.Add(-time.Duration(i) * time.Second)
		gw.Put(tk)
	}
	var seen []string
	for offset := 0; ; offset += 10 {
		w := send(h, "GET", base+"/generations?limit=10&offset="+strconv.Itoa(offset), "")
		var got struct {
			Generations          []struct{ ID string }
			HasMore              bool `json:"has_more"`
			Count, Limit, Offset int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Count != len(got.Generations) || got.Limit != 10 || got.Offset != offset || got.HasMore != (offset < 20) {
			t.Fatalf("%v %s", err, w.Body)
		}
		for _, g := range got.Generations {
			seen = append(seen, g.ID)
		}
		if !got.HasMore {
			break
		}
	}
	if len(seen) != 25 || !slices.IsSorted(seen) {
		t.Errorf("%d generations: %v", len(seen), seen)
	}
}

func BenchmarkEncodeFinished(b *testing.B) {
	tk, l := finished(), links()
	for name, encode := range map[string]func(task.Task, dialect.Links) []byte{"dream_machine": encodeGeneration, "agents": encodeAgents} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				encode(tk, l)
			}
		})
	}
}

func FuzzCreate(f *testing.F) {
	fuzz(f, func(f *dialect.Fields) wanted { return decodeCreate(f, Models()[Dialect]) })
}

func FuzzAgents(f *testing.F) {
	fuzz(f, func(f *dialect.Fields) wanted { return decodeAgents(f, Models()[AgentsDialect]) })
}

func FuzzReframe(f *testing.F) {
	fuzz(f, func(f *dialect.Fields) wanted { return decodeReframe(f, Models()[Dialect]) })
}

// fuzz checks that a decoder refuses any body, or returns a request that can be stored and answered.
func fuzz(f *testing.F, decode func(*dialect.Fields) wanted) {
	for _, seed := range []string{
		`{"model":"ray-2","prompt":"a lake","duration":"9s","loop":true,"concepts":[{"key":"push_in"}]}`,
		`{"model":"ray-2","keyframes":{"frame0":{"type":"image","url":"https://a.example/x.jpg"},"frame1":{"type":"generation","id":"00000000-0000-4000-8000-000000000001"}}}`,
		`{"generation_type":"reframe_video","aspect_ratio":"1:1","model":"ray-2","media":{"url":"https://a.example/v.mp4"},"x_start":-3}`,
		`{"model":"ray-3.2","type":"video_edit","prompt":"x","source":{"generation_id":"00000000-0000-4000-8000-000000000001"},"video":{"edit":{"strength":"flex_1"},"end_frame":{"data":"AAAA"}}}`,
		`{"keyframes":null,"concepts":[],"model":1}`, `[]`, `{`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := dialect.ParseFields(body)
		if err != nil {
			return
		}
		w := decode(fields)
		if fields.Err() != nil {
			return
		}
		r := w.request
		if len(r.Echo) > task.EchoLimit || strings.Contains(r.Echo, "data:") && strings.Contains(r.Echo, ";base64,") || r.Model == "" {
			t.Errorf("%+v", r)
		}
		for _, body := range [][]byte{encodeGeneration(task.Task{Request: r}, links()), encodeAgents(task.Task{Request: r}, links())} {
			if !json.Valid(body) {
				t.Errorf("%s", body)
			}
		}
	})
}
