package makevid

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// publishedToken is the token in the published example.
const publishedToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXlIYXNoIjoiYjE2NjVlNjNlNmNhNTljNyIsImJ1Y2tldCI6InJ1bndheS1kYXRhc2V0cyIsInN0YWdlIjoicHJvZCIsImV4cCI6MTcyNjAxMjgwMH0.04EhOwC05RyHBe3dL5ayrFGs0FMo4Nke8SE_fS9Szrs"

// publishedScene returns the hosts of the published example, except that datasets are served from the same host as all other files.
func publishedScene() scene {
	return scene{server: "7d3f2b9c", links: dialect.Links{Base: "https://filesystem.site", Now: at("2024-09-09T06:52:00Z"),
		Token: func(_ string, until time.Time) string {
			if until.Unix() != 1726012800 { // the exp claim of the published token
				return "wrong expiry " + until.String()
			}
			return publishedToken
		}}}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

// published returns an example file, in which all files have the one host that serves them here.
func published(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(b, []byte("https://d2jqrm6oza8nb6.cloudfront.net"), []byte("https://filesystem.site"))
}

// runwayTaskOf returns the task of the published example, finished.
func runwayTaskOf() task.Task {
	seed := uint32(3994113795)
	files := []task.File{{Role: task.Video, Key: "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4", Type: "video/mp4", Size: 7655707}}
	for _, name := range []string{"n0tdLRRqIqE3Hm1zNkPPuw4J1mpcmQ", "HeBbLtnDonVPeoaESgJ7Fl5nvzVTZ8", "FPt2dQEOBxMU8tk7x3LE8QAzK0gxUZ",
		"bO47PSLuGhIA23JDmQMiaG9xEqumNS", "R4RRzHVHERVhU6vhzSdOiOnoLYOj1n"} {
		files = append(files, task.File{Role: task.Preview, Key: "cdn/20240909/" + name + ".jpg", Type: "image/jpeg"})
	}
	return task.Task{
		ID: "d110cdd2-df84-4126-ba58-8416b86003eb", Account: 18924429, State: task.Succeeded, Engine: "animatic", Progress: 1,
		Created: at("2024-09-09T06:50:55.123Z"), Updated: at("2024-09-09T06:51:20.338Z"), Started: at("2024-09-09T06:50:56Z"),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Seconds: 10, ExpandPrompt: true, Seed: &seed,
			Prompt: "Hyperspeed shot: [scene]. Camera movement: fast zoom.", Resolution: "720p", AssetGroup: "Generative Video",
			First: &task.Image{Key: "datasets/54102233-04bf-4ab8-a6b0-21f60efb3a21.jpg"}},
		Artifacts: []task.Artifact{{
			ID: "738a0da6-4182-459c-b773-5d25c1391bd4", Task: "d110cdd2-df84-4126-ba58-8416b86003eb", Account: 18924429,
			Group: "18240e16-d534-4315-9c96-100a8d01a95a", Filename: ".mp4", Files: files, Width: 1280, Height: 768, FrameRate: 24,
			Duration: 253 * time.Second / 24, Created: at("2024-09-09T06:51:20.295Z"), Updated: at("2024-09-09T06:51:20.295999Z"),
			Unlisted: true, PrivateInTeam: true,
		}},
	}
}

func TestRunwayAnswersAreThePublishedOnes(t *testing.T) {
	t.Run("get of a finished task", func(t *testing.T) {
		dialecttest.SameJSON(t, encodeRunway(runwayTaskOf(), publishedScene()), published(t, "get_runway.succeeded.json"))
	})
	t.Run("create", func(t *testing.T) {
		tk, s := runwayTaskOf(), publishedScene()
		tk.State, tk.Started, tk.Updated, s.create = task.Queued, time.Time{}, at("2024-09-09T06:50:55.156Z"), true
		dialecttest.SameJSON(t, encodeRunway(tk, s), published(t, "create_runway.response.json"))
	})
}

func TestRunwayTellsEachState(t *testing.T) {
	failure := &task.Failure{Reason: task.SafetyInputText, Detail: "the vendor said: secret"}
	tests := []struct {
		name string
		task task.Task
		want string // the fields that depend on the state
	}{
		{"queued is PENDING with an honest wait, rounded up", task.Task{State: task.Queued, QueueWait: 1200 * time.Millisecond},
			`"status":"PENDING","error":null,"progressText":null,"progressRatio":null,"estimatedTimeToStartSeconds":2,"artifacts":[]`},
		{"throttled tells a wait too", task.Task{State: task.Throttled, QueueWait: 9 * time.Second},
			`"status":"THROTTLED","error":null,"progressText":null,"progressRatio":null,"estimatedTimeToStartSeconds":9,"artifacts":[]`},
		{"taken by an engine, not begun", task.Task{State: task.Pending},
			`"status":"PENDING","error":null,"progressText":null,"progressRatio":null,"estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"running with two decimals", task.Task{State: task.Running, Progress: 0.35, QueueWait: time.Second, Started: time.Unix(1, 0)},
			`"status":"RUNNING","error":null,"progressText":null,"progressRatio":"0.35","estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"running with a text", task.Task{State: task.Running, ProgressText: "drawing frames", Started: time.Unix(1, 0)},
			`"status":"RUNNING","error":null,"progressText":"drawing frames","progressRatio":"0.00","estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"nearly done is not done", task.Task{State: task.Running, Progress: 0.9999, Started: time.Unix(1, 0)},
			`"status":"RUNNING","error":null,"progressText":null,"progressRatio":"0.99","estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"failed before it began, in public words", task.Task{State: task.Failed, Failure: failure},
			`"status":"FAILED","error":{"errorMessage":"The prompt was refused by the engine's content rules. Change the prompt.","reason":"SAFETY.INPUT.TEXT","message":"The prompt was refused by the engine's content rules. Change the prompt."},"progressText":"The prompt was refused by the engine's content rules. Change the prompt.","progressRatio":null,"estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"failed while running keeps the last value", task.Task{State: task.Failed, Progress: 0.29, Started: time.Unix(1, 0), Failure: &task.Failure{Reason: task.VendorRefused, Text: "No money."}},
			`"status":"FAILED","error":{"errorMessage":"No money.","reason":"THIRD_PARTY.UNAVAILABLE","message":"No money."},"progressText":"No money.","progressRatio":"0.29","estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"failed for no known reason", task.Task{State: task.Failed},
			`"status":"FAILED","error":{"errorMessage":"Something went wrong on our side. Try again.","reason":"INTERNAL","message":"Something went wrong on our side. Try again."},"progressText":"Something went wrong on our side. Try again.","progressRatio":null,"estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"cancelled before it began", task.Task{State: task.Cancelled},
			`"status":"CANCELLED","error":null,"progressText":null,"progressRatio":null,"estimatedTimeToStartSeconds":0,"artifacts":[]`},
		{"cancelled while running keeps the last value", task.Task{State: task.Cancelled, Progress: 0.5, Started: time.Unix(1, 0)},
			`"status":"CANCELLED","error":null,"progressText":null,"progressRatio":"0.50","estimatedTimeToStartSeconds":0,"artifacts":[]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(encodeRunway(tt.task, publishedScene())); !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestRunwayStatesAndReasonsAreAllOfTheContract(t *testing.T) {
	statuses := []string{"PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}
	for _, s := range task.States() {
		if got := runwayStatus(s); !slices.Contains(statuses, got) {
			t.Errorf("state %s is told as %q", s, got)
		}
	}
	reasons := []string{"SAFETY.INPUT.TEXT", "SAFETY.INPUT.IMAGE", "SAFETY.INPUT.VIDEO", "SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.TEXT",
		"INPUT_PREPROCESSING.INTERNAL", "INTERNAL.BAD_OUTPUT.CODE01", "ASSET.INVALID", "THIRD_PARTY.UNAVAILABLE", "INTERNAL"}
	for _, r := range task.Reasons() {
		if got := runwayErrorOf(task.Failure{Reason: r}).Reason; !slices.Contains(reasons, got) {
			t.Errorf("reason %s is told as %q", r, got)
		}
	}
}

func TestRunwayOptionsTellWhatWasAsked(t *testing.T) {
	tk := runwayTaskOf()
	tk.Request.Name, tk.Request.First, tk.Request.Last = "take <1> & 2", nil, &task.Image{Key: "datasets/x.png"}
	tk.Request.LowPriority, tk.Request.Watermark, tk.Request.ExpandedPrompt = true, true, "a longer prompt"
	want := `"name":"take <1> & 2","image":null,"createdAt":"2024-09-09T06:50:55.123Z","updatedAt":"2024-09-09T06:51:20.338Z",` +
		`"taskType":"gen3a_turbo","options":{"name":"take <1> & 2","seconds":10,"text_prompt":"Hyperspeed shot: [scene]. Camera movement: fast zoom.",` +
		`"seed":3994113795,"exploreMode":true,"watermark":true,"enhance_prompt":true,"init_image":"https://filesystem.site/datasets/x.png?_jwt=` +
		publishedToken + `","resolution":"720p","image_as_end_frame":true,"assetGroupName":"Generative Video"}`
	if got := string(encodeRunway(tk, publishedScene())); !strings.Contains(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	tk.Request.Last = nil
	if got := string(encodeRunway(tk, publishedScene())); !strings.Contains(got, `"init_image":"","resolution":"720p","image_as_end_frame":false`) {
		t.Errorf("without a picture: %s", got)
	}
}

func BenchmarkEncodeRunway(b *testing.B) {
	tk, s := runwayTaskOf(), publishedScene()
	for b.Loop() {
		encodeRunway(tk, s)
	}
}
