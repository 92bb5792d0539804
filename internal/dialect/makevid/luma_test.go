package makevid

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// mediaScene returns the hosts of the Luma and Kling examples.
func mediaScene(t *testing.T) scene {
	now := at("2024-09-08T11:05:00Z")
	return scene{server: "7d3f2b9c", request: dialecttest.RequestID, links: dialect.Links{Base: "https://media.example.com", Now: now,
		Token: func(_ string, until time.Time) string {
			if until != now.Add(time.Hour) {
				t.Errorf("a download lives until %v", until)
			}
			return "HEADER.PAYLOAD.SIGNATURE"
		}}}
}

// cdn returns a file of the examples, whose name is one letter thirty times.
func cdn(role task.Role, day, letter, ext string) task.File {
	return task.File{Role: role, Key: "cdn/" + day + "/" + strings.Repeat(letter, 30) + ext, Width: 1024, Height: 1024}
}

func lumaTaskOf() task.Task {
	return task.Task{ID: "70186a6f-e526-440e-b092-8d27d8b44dfc", Account: 9, State: task.Succeeded, Created: at("2024-09-08T11:03:12.483Z"),
		Request: task.Request{Dialect: "makevid/luma", Prompt: "camera pull out"},
		Artifacts: []task.Artifact{{Width: 1024, Height: 1024, Files: []task.File{cdn(task.Video, "20240908", "a", ".mp4"),
			cdn(task.Preview, "20240908", "b", ".jpg"), cdn(task.Preview, "20240908", "x", ".jpg"),
			cdn(task.Raw, "20240908", "c", ".mp4"), cdn(task.LastFrame, "20240908", "d", ".jpg")}}}}
}

func TestLumaAnswersAreThePublishedOnes(t *testing.T) {
	t.Run("get of a finished task", func(t *testing.T) {
		dialecttest.SameJSON(t, encodeLuma(lumaTaskOf(), mediaScene(t)), []byte(example(t, "get_luma.completed.json")))
	})
	t.Run("create", func(t *testing.T) {
		tk, s := lumaTaskOf(), mediaScene(t)
		tk.ID, tk.State, tk.Created, s.create = "08eba02a-91c1-48e1-9cbc-9eb91c21c7ce", task.Running, at("2024-09-18T18:47:39.965Z"), true
		// Filmgate computes the UUIDs of accounts and batches.
		want := []byte(example(t, "create_luma.response.json"))
		want = bytes.Replace(want, []byte("d16aa3f0-b570-4727-8288-27131a3d3f33"), []byte(derivedUUID("account", "9")), 1)
		want = bytes.Replace(want, []byte("46fccdf2-04ae-46d6-a042-29aea74de280"), []byte(derivedUUID("batch", tk.ID)), 1)
		dialecttest.SameJSON(t, encodeLuma(tk, s), want)
	})
}

func TestLumaTellsEachState(t *testing.T) {
	nothing := `"video":null,"prompt":"camera pull out","thumbnail":null,"video_raw":null,"created_at":"2024-09-08T11:03:12.483000Z","last_frame":null,"queue_state":null,`
	tests := []struct {
		name string
		set  func(*task.Task)
		want string
	}{
		{"queued, the wait rounded up", func(t *task.Task) { t.State, t.QueueWait = task.Queued, 1100*time.Millisecond },
			`"liked":null,"state":"pending",` + nothing + `"estimate_wait_seconds":2}`},
		{"throttled", func(t *task.Task) { t.State = task.Throttled }, `"state":"pending",` + nothing + `"estimate_wait_seconds":null}`},
		{"pending", func(t *task.Task) { t.State = task.Pending }, `"state":"pending",` + nothing + `"estimate_wait_seconds":null}`},
		{"running waits no more", func(t *task.Task) { t.State, t.QueueWait = task.Running, time.Second },
			`"state":"processing",` + nothing + `"estimate_wait_seconds":null}`},
		{"failed", func(t *task.Task) { t.State = task.Failed }, `"state":"failed",` + nothing + `"estimate_wait_seconds":null}`},
		{"cancelled", func(t *task.Task) { t.State = task.Cancelled }, `"state":"failed",` + nothing + `"estimate_wait_seconds":null}`},
		{"completed, and its files deleted since", func(t *task.Task) { t.Artifacts[0].Deleted = true }, `"state":"completed",` + nothing + `"estimate_wait_seconds":null}`},
		{"liked", func(t *task.Task) { t.Artifacts[0].Favorite = true }, `"liked":true,"state":"completed"`},
		{"a poster is the thumbnail", func(t *task.Task) {
			t.Artifacts[0].Files = append(t.Artifacts[0].Files, cdn(task.Poster, "20240908", "p", ".jpg"))
		}, `"thumbnail":{"url":"https://media.example.com/cdn/20240908/pppp`},
		{"without a watermark the video is its own raw", func(t *task.Task) { t.Artifacts[0].Files = t.Artifacts[0].Files[:2] },
			`"video_raw":{"url":"https://media.example.com/cdn/20240908/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4","width":1024,"height":1024},` +
				`"created_at":"2024-09-08T11:03:12.483000Z","last_frame":null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := lumaTaskOf()
			tt.set(&tk)
			if got := string(encodeLuma(tk, mediaScene(t))); !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	for _, s := range task.States() {
		if got := lumaState(s); !slices.Contains([]string{"pending", "processing", "completed", "failed"}, got) {
			t.Errorf("state %s is told as %q", s, got)
		}
	}
}

func TestLumaDecodes(t *testing.T) {
	prompt := "A long exposure shot of a desert landscape under a clear, starry sky, with the Milky Way arching across the horizon, and distant dunes bathed in moonlight."
	wide := task.Format{Width: 1360, Height: 752, FrameRate: 24, Frames: 121}
	own := task.Format{FrameRate: 24, Frames: 121}
	first, last := &task.Image{Source: "https://a.example/1.jpg", Field: "image_url"}, &task.Image{Source: "data:image/png;base64,AAAA", Field: "image_end_url"}
	tests := []struct {
		name, body string
		want       task.Request
	}{
		{"the published request", example(t, "create_luma.request.json"), task.Request{Model: "ray-v1", Prompt: prompt, ExpandPrompt: true, Seconds: 5, Format: wide, AssetGroup: "Generative Video"}},
		{"pictures give the shape", `{"user_prompt":"","expand_prompt":false,"image_url":"https://a.example/1.jpg","image_end_url":"data:image/png;base64,AAAA"}`,
			task.Request{Model: "ray-v1", Seconds: 5, Format: own, First: first, Last: last, AssetGroup: "Generative Video"}},
		{"an end alone", `{"user_prompt":"x","expand_prompt":false,"image_end_url":"data:image/png;base64,AAAA"}`,
			task.Request{Model: "ray-v1", Prompt: "x", Seconds: 5, Format: own, Last: last, AssetGroup: "Generative Video"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, faults := decoded(t, decodeLuma, tt.body); faults != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("faults %v\ngot  %+v\nwant %+v", faults, got, tt.want)
			}
		})
	}
}

func TestLumaRefuses(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"nothing given", `{}`, []string{"user_prompt: is required", "expand_prompt: is required"}},
		{"nothing to film", `{"user_prompt":" ","expand_prompt":true,"image_url":""}`, []string{"user_prompt: must not be empty where there is no picture"}},
		{"all faults at once", `{"user_prompt":3,"expand_prompt":"no","image_url":"ftp://a/b","image_end_url":5}`, []string{
			"user_prompt: must be a string, not a number", "expand_prompt: must be true or false, not a string",
			"image_url: must be an http or https URL, or a data URI of a picture", "image_end_url: must be a string, not a number"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := decoded(t, decodeLuma, tt.body); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestDerivedUUIDsAreUUIDsAndStay(t *testing.T) {
	if got := derivedUUID("account", "9"); got != derivedUUID("account", "9") || got == derivedUUID("batch", "9") || len(got) != 36 || got[14] != '8' {
		t.Errorf("%s", got)
	}
}

func TestAFailureIsNamedInAHeader(t *testing.T) {
	gw, h := standing()
	for state, want := range map[task.State]string{task.Failed: "SAFETY.INPUT.IMAGE", task.Cancelled: "CANCELLED", task.Running: ""} {
		tk := lumaTaskOf()
		tk.Account, tk.State, tk.Failure = 7, state, &task.Failure{Reason: task.SafetyInputImage}
		gw.Put(tk)
		w := send(h, "GET", "/api/v1/get_luma/"+tk.ID, "")
		if got := w.Header().Get("Filmgate-Failure"); w.Code != 200 || got != want || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %d %v", state, w.Code, w.Header())
		}
	}
}

func FuzzDecodeLuma(f *testing.F) { fuzz(f, decodeLuma) }
