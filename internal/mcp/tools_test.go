package mcp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/mcp"
)

// session connects the official client to a server over a.
func session(t *testing.T, a *api, o *sdk.ClientOptions) *sdk.ClientSession {
	t.Helper()
	here, there := sdk.NewInMemoryTransports()
	c := client.Client{Base: "http://films.example", Key: "secret", HTTP: &http.Client{Transport: a}}
	served, err := mcp.New(mcp.Options{Client: c, Version: "v1", Now: noon}).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "v1"}, o).Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(); _ = served.Wait() })
	return s
}

// call calls a tool. Its input and output hold to the tool's schemas, or the client refuses them.
func call(t *testing.T, s *sdk.ClientSession, name string, in any) *sdk.CallToolResult {
	t.Helper()
	params := &sdk.CallToolParams{Name: name, Arguments: in}
	params.SetProgressToken("p")
	r, err := s.CallTool(t.Context(), params)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

func text(r *sdk.CallToolResult) string {
	if len(r.Content) == 0 {
		return ""
	}
	said, _ := r.Content[0].(*sdk.TextContent)
	return said.Text
}

// links returns the URIs of a result's files.
func links(r *sdk.CallToolResult) (out []string) {
	for _, c := range r.Content {
		if l, ok := c.(*sdk.ResourceLink); ok {
			out = append(out, l.MIMEType+" "+l.URI)
		}
	}
	return out
}

func TestAVideoIsMadeAndAwaited(t *testing.T) {
	a := &api{states: []string{"QUEUED", "RUNNING", "SUCCEEDED"}}
	told := make(chan sdk.ProgressNotificationParams, 9)
	s := session(t, a, &sdk.ClientOptions{ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) {
		told <- *r.Params
	}})
	r := call(t, s, "make_video", map[string]any{"prompt": "a lake", "seconds": 5, "audio": false, "idempotency_key": "k1"})
	want(t, "calls", a.calls(), []string{
		`POST /api/v1/tasks {"prompt":"a lake","seconds":5,"audio":false} Authorization=Bearer secret Idempotency-Key=k1`,
		"GET /api/v1/tasks/" + videoID + "  Authorization=Bearer secret Prefer=wait=20",
		"GET /api/v1/tasks/" + videoID + "  Authorization=Bearer secret Prefer=wait=20",
	})
	if r.IsError || !strings.Contains(text(r), "1280 x 768 pixels, 5.2 seconds") {
		t.Errorf("%v, %s", r.IsError, text(r))
	}
	want(t, "links", links(r), []string{"video/mp4 http://films.example/cdn/1/v.mp4", "image/jpeg http://films.example/cdn/1/p.jpg"})
	v, _ := r.StructuredContent.(map[string]any)
	want(t, "output", []any{v["id"], v["status"], v["url"], v["has_audio"]}, []any{videoID, "SUCCEEDED", "http://films.example/cdn/1/v.mp4", true})
	progress := map[string]float64{}
	for range 2 { // they may come after the answer, in any order
		p := <-told
		progress[p.Message] = p.Progress
	}
	want(t, "progress", progress, map[string]float64{"QUEUED": 0.5, "RUNNING": 0.5})
}

func TestACallNeedNotWait(t *testing.T) {
	a := &api{states: []string{"RUNNING"}}
	r := call(t, session(t, a, nil), "make_video", map[string]any{"prompt": "a lake", "wait_for_seconds": 0})
	if n := len(a.calls()); n != 1 || r.IsError || !strings.Contains(text(r), "is not finished: RUNNING, 50 %. Call get_video with this id.") {
		t.Errorf("%d calls, %s", n, text(r))
	}
}

func TestWhatGoesWrongIsSaidInWords(t *testing.T) {
	field := refusal{422, `{"type":"/problems/invalid","title":"Invalid request","status":422,"errors":[{"pointer":"#/seconds","detail":"must be 1 to 30"}]}`}
	for name, x := range map[string]struct {
		a    *api
		tool string
		in   map[string]any
		want string
	}{
		"a field":             {&api{refusals: map[string]refusal{"POST /api/v1/tasks": field}}, "make_video", map[string]any{"prompt": "a", "seconds": 99}, "seconds: must be 1 to 30"},
		"a failed video":      {&api{states: []string{"FAILED"}}, "make_video", map[string]any{"prompt": "a"}, "failed. THIRD_PARTY.UNAVAILABLE: no engine answered"},
		"too long a wait":     {&api{states: []string{"RUNNING"}}, "get_video", map[string]any{"id": videoID, "wait_for_seconds": 600}, "wait_for_seconds: must be from 0 to 50, not 600"},
		"no such video":       {&api{}, "get_video", map[string]any{"id": "none"}, "Not found"},
		"nothing to share":    {&api{states: []string{"RUNNING"}}, "share_video", map[string]any{"id": videoID}, "only a finished video can be shared"},
		"an unknown argument": {&api{}, "make_video", map[string]any{"prompt": "a", "image": "x"}, "image"},
		"a missing argument":  {&api{}, "cancel_video", map[string]any{}, "id"},
	} {
		t.Run(name, func(t *testing.T) {
			r := call(t, session(t, x.a, nil), x.tool, x.in)
			if !r.IsError || !strings.Contains(text(r), x.want) {
				t.Errorf("%v, %s", r.IsError, text(r))
			}
		})
	}
}

func TestVideosAreListedCancelledAndShared(t *testing.T) {
	a := &api{states: []string{"SUCCEEDED"}}
	s := session(t, a, nil)
	page, _ := call(t, s, "list_videos", map[string]any{"query": "lake at dusk", "status": "SUCCEEDED"}).StructuredContent.(map[string]any)
	videos, _ := page["videos"].([]any)
	models, _ := call(t, s, "list_models", nil).StructuredContent.(map[string]any)
	if len(videos) != 1 || page["next"] != "more" || len(models["models"].([]any)) != 1 {
		t.Errorf("%v, %v", page, models)
	}
	shared := links(call(t, s, "share_video", map[string]any{"id": videoID}))
	want(t, "link", shared[len(shared)-1], "text/html http://films.example/share/token")
	want(t, "calls", strings.Join(a.calls(), "\n"), strings.ReplaceAll(`GET /api/v1/tasks?limit=20&q=lake+at+dusk&status=SUCCEEDED  Authorization=Bearer secret
GET /api/v1/models  Authorization=Bearer secret
GET /api/v1/tasks/ID  Authorization=Bearer secret
POST /api/v1/assets/asset-1/share  Authorization=Bearer secret
GET /api/v1/tasks/ID  Authorization=Bearer secret`, "ID", videoID))
	if r := call(t, s, "cancel_video", map[string]any{"id": videoID}); !strings.Contains(text(r), "was cancelled") {
		t.Error(text(r))
	}
}

func TestPromptsHoldTheWordsOfTheCamera(t *testing.T) {
	s := session(t, &api{}, nil)
	for name, x := range map[string]struct{ prompt, argument, value, want string }{
		"a move":    {"camera_move", "subject", "a lighthouse", "Subject: a lighthouse"},
		"a choice":  {"camera_move", "subject", "a lighthouse", "orbit left"},
		"a story":   {"shot_list", "story", "a boat comes home", "into 3 shots"},
		"a subject": {"camera_move", "move", "pan left", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := s.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: x.prompt, Arguments: map[string]string{x.argument: x.value}})
			if x.want == "" {
				if err == nil || !strings.Contains(err.Error(), "subject: say what the shot shows") {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if said, _ := r.Messages[0].Content.(*sdk.TextContent); !strings.Contains(said.Text, x.want) {
				t.Error(said.Text)
			}
		})
	}
	done, err := s.Complete(t.Context(), &sdk.CompleteParams{Ref: &sdk.CompleteReference{Type: "ref/prompt", Name: "camera_move"},
		Argument: sdk.CompleteParamsArgument{Name: "move", Value: "Pan"}})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "completion", done.Completion.Values, []string{"pan left", "pan right"})
}
