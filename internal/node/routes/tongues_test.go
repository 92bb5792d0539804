package routes_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// at returns the text at a path of names, "task.status", in a JSON object.
func at(t *testing.T, body []byte, path string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for name := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return fmt.Sprint(v)
}

// made returns tasks as callers of different dialects make them: with everything, and with as little as possible.
func made() map[string]task.Request {
	seed, scale := uint32(7), 0.5
	picture := func(field string) *task.Image {
		return &task.Image{Field: field, Dataset: "30000000-0000-4000-8000-000000000001", Key: "datasets/30000000-0000-4000-8000-000000000001.jpg", Type: "image/jpeg",
			Size: 7, Width: 640, Height: 480}
	}
	return map[string]task.Request{
		"with everything": {Dialect: "filmgate", Model: "default", Name: "lake", Prompt: "a lake <&>\u2028", ExpandPrompt: true, ExpandedPrompt: "a calm lake", NegativePrompt: "rain",
			Seconds: 8, Format: task.Format{Width: 1280, Height: 720, FrameRate: 24, Frames: 192}, Seed: &seed, First: picture("first_frame"), Last: picture("last_frame"),
			LowPriority: true, Watermark: true, Caption: true, Resolution: "720p", AspectRatio: "16:9", AssetGroup: "Lakes", Camera: &task.Camera{Zoom: 5}, CfgScale: &scale,
			Mode: "pro", ExternalID: "order 5", ParentID: "00000000-0000-4000-8000-000000000009", CallbackURL: "https://example.com/told", Echo: `{"x":[1,{"y":"z"}]}`},
		"with a prompt alone": {Dialect: "filmgate", Model: "default", Prompt: "a lake", Seconds: 5},
		"of a video": {Dialect: "filmgate", Model: "default", Seconds: 3, Video: &task.InputVideo{Field: "video", Dataset: "30000000-0000-4000-8000-000000000001",
			Key: "datasets/30000000-0000-4000-8000-000000000001.mp4", Type: "video/mp4", Size: 9, Width: 640, Height: 480, FrameRate: 30, Duration: 3 * time.Second}},
		"of a dialect that is gone": {Dialect: "none", Model: "", Prompt: "", Seconds: 0, Echo: "not JSON"},
	}
}

// artifact returns a finished video, with every file or with the video alone.
func artifact(id string, everything bool) task.Artifact {
	a := task.Artifact{ID: "10000000-0000-4000-8000-000000000001", Task: id, Account: 7, Filename: ".mp4", Width: 1280, Height: 720, FrameRate: 24, Duration: 8 * time.Second,
		Created: now(), Updated: now(), Files: []task.File{{Role: task.Video, Key: "cdn/20261128/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4", Type: "video/mp4", Size: 9, Width: 1280, Height: 720}}}
	if everything {
		for _, r := range task.Roles()[1:] {
			a.Files = append(a.Files, task.File{Role: r, Key: "cdn/20261128/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.jpg", Type: "image/jpeg", Size: 9, Width: 640, Height: 360})
		}
	}
	return a
}

func now() time.Time { return time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC) }

func TestEveryDialectTellsOfEveryTaskInEveryState(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	gw, rows := &dialecttest.Gateway{Time: now()}, databases.Open(t, t.TempDir(), nil)
	s := servedOver(t, gw)
	for kind, request := range made() {
		for i, state := range task.States() {
			for _, artifacts := range [][]task.Artifact{{artifact(id, true)}, {artifact(id, false)}, {{ID: "10000000-0000-4000-8000-000000000001", Task: id, Account: 7, Deleted: true}}, nil} {
				tk := dialecttest.InState(task.Task{ID: id, Account: 7, Version: 3, Request: request, Engine: "team", EngineModel: "m", Created: now(), Updated: now(), Artifacts: artifacts,
					Attempts: []task.Attempt{{Engine: "team", Cost: 0.4, Currency: "USD"}}}, state)
				gw.Put(stored(t, rows, tk))
				for _, r := range dialecttest.Readers() {
					w := read(s, r, id, dialecttest.Key)
					if w.Code/100 != 2 {
						t.Fatalf("%s of a task %s that is %s: %d %s", r.Name, kind, state, w.Code, w.Body)
					}
					if got := at(t, w.Body.Bytes(), r.Status); got != r.Words[i] {
						t.Errorf("%s of a task %s that is %s: %s, want %s", r.Name, kind, state, got, r.Words[i])
					}
				}
			}
		}
	}
}

// A finished task whose files were deleted, by its owner or because their time was over, has the state it had. Where an answer
// still names the files, it says that they are deleted.
func TestNoDialectLinksToDeletedFilesWithoutSayingSo(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	gw := &dialecttest.Gateway{Time: now()}
	s := servedOver(t, gw)
	gone := artifact(id, true)
	gone.Deleted = true
	gw.Put(dialecttest.InState(task.Task{ID: id, Account: 7, Version: 3, Request: made()["with a prompt alone"], Engine: "team", Created: now(), Updated: now(),
		Artifacts: []task.Artifact{gone}}, task.Succeeded))
	for _, r := range dialecttest.Readers() {
		body := read(s, r, id, dialecttest.Key).Body.String()
		if strings.Contains(body, "cdn/") && !strings.Contains(body, `"deleted":true`) {
			t.Errorf("%s links to files that are gone: %s", r.Name, body)
		}
	}
}

func TestEveryDialectsGetWaitsForAChangeIfItIsAskedTo(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	for _, r := range dialecttest.Readers() {
		for prefer, want := range map[string]task.State{"wait=30": task.Running, "respond-async": task.Queued} {
			gw := &dialecttest.Gateway{Time: now()} // its tasks begin to run while somebody waits for them
			gw.Put(task.Task{ID: id, Account: 7, Version: 1, State: task.Queued, Request: made()["with a prompt alone"], Created: now(), Updated: now()})
			q := r.Request("http://films.example", id, dialecttest.Key)
			q.Header.Set("Prefer", prefer)
			w := httptest.NewRecorder()
			servedOver(t, gw).ServeHTTP(w, q)
			got, applied := at(t, w.Body.Bytes(), r.Status), w.Header().Get("Preference-Applied")
			if i := slices.Index(task.States(), want); got != r.Words[i] || (applied == "wait") != (want == task.Running) {
				t.Errorf("%s with Prefer: %s: %d %s, applied %q", r.Name, prefer, w.Code, got, applied)
			}
		}
	}
}

func TestEveryDialectRefusesAWaitThatItCannotRead(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	gw := &dialecttest.Gateway{Time: now()}
	gw.Put(task.Task{ID: id, Account: 7, Version: 1, State: task.Queued, Request: made()["with a prompt alone"], Created: now(), Updated: now()})
	s := servedOver(t, gw)
	for _, r := range dialecttest.Readers() {
		q := r.Request("http://films.example", id, dialecttest.Key)
		q.Header.Set("Prefer", "wait=never")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, q)
		if w.Code/100 != 4 || !strings.Contains(w.Body.String(), "Prefer") {
			t.Errorf("%s: %d %s", r.Name, w.Code, w.Body)
		}
	}
}

// read asks the dialect for the task.
func read(h http.Handler, r dialecttest.Reader, id, key string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.Request("http://films.example", id, key))
	return w
}

func TestUnknownTasksAndKeysAreRefusedByEveryDialect(t *testing.T) {
	s := servedOver(t, &dialecttest.Gateway{Time: now()})
	for _, r := range dialecttest.Readers() {
		if w := read(s, r, "00000000-0000-4000-8000-000000000001", dialecttest.Key); w.Code != http.StatusNotFound || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s of an unknown task: %d %s", r.Name, w.Code, w.Body)
		}
		if w := read(s, r, "00000000-0000-4000-8000-000000000001", "nobody's"); !slices.Contains([]int{401, 400}, w.Code) || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s with an unknown key: %d %s", r.Name, w.Code, w.Body)
		}
	}
}
