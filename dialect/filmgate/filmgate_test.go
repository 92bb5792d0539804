package filmgate_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/dialect/dialecttest"
	"github.com/filmgate/filmgate/dialect/filmgate"
	"github.com/filmgate/filmgate/task"
)

// gateway is the tests' gateway with the verbs that only our own calls need.
type gateway struct {
	*dialecttest.Gateway
	unasked
	asked task.Query
	all   []task.Task
}

// unasked are the verbs that the tests of this package never reach; calling one panics.
type unasked struct{ filmgate.Gateway }

// List gives the tasks after the cursor, as a store would.
func (g *gateway) List(_ context.Context, who apikey.Key, q task.Query) ([]task.Task, error) {
	g.asked = q
	var out []task.Task
	for _, t := range g.all {
		if t.Account == who.Account && (q.After.ID == "" || t.ID < q.After.ID) && len(out) < q.Limit {
			out = append(out, t)
		}
	}
	return out, nil
}

// Offers knows of one route: one engine with every limit, and one with none.
func (g *gateway) Offers(model string) []task.Offer {
	if model != "gen3a_turbo" {
		return nil
	}
	return []task.Offer{{
		Engine: "team", Model: "gen4_turbo", Weight: 3, Modes: []string{"first_frame"}, Seconds: []int{5, 10},
		AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"720p"}, PromptLimit: 1000, ImageTypes: []string{"image/jpeg"},
		ImageBytes: 16 << 20, ImageMinSide: 300, Seed: true, Cancel: true, Idempotent: true, LookUp: true, Callbacks: true,
		ResultLife: 24 * time.Hour, Price: task.Price{PerSecond: 0.05, PerClip: 0.01, Currency: "USD"},
	}, {Engine: "animatic", Model: "animatic", MaxSeconds: 60}}
}

// CalledBack knows two tokens, and a signature that is wrong.
func (g *gateway) CalledBack(_ context.Context, engine, token string, h http.Header, body []byte) ([]byte, error) {
	switch {
	case token == "silent-token":
		return nil, nil
	case token != "good-token":
		return nil, &task.Error{Code: task.NotFound, Detail: "There is nothing here."}
	case h.Get("X-Signature") == "wrong":
		return nil, &task.Error{Code: task.Unauthorized, Detail: "The callback is not signed as it must be."}
	}
	return fmt.Appendf(nil, `{"heard":%q,"signature":%q,"bytes":%d}`, engine, h.Get("X-Signature"), len(body)), nil
}

func open() *gateway {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	g := &gateway{Gateway: &dialecttest.Gateway{Time: at}}
	seed := uint32(42)
	for n := 3; n >= 1; n-- {
		id := "00000000-0000-4000-8000-00000000000" + string(rune('0'+n))
		t := task.Task{
			ID: id, Account: 7, Version: 1, State: task.Queued, Engine: "animatic", EngineModel: "animatic",
			Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: "camera pull out", Seconds: 5, Seed: &seed,
				AssetGroup: "Generative Video"},
			Created: at.Add(time.Duration(n) * time.Second), Updated: at.Add(time.Duration(n) * time.Second), Wait: 1500 * time.Millisecond,
		}
		switch n {
		case 1:
			succeed(&t, at)
		case 2:
			t.State, t.Failure, t.Finished = task.Failed, &task.Failure{Reason: task.AssetInvalid, Text: "a GIF", Detail: "for the operator"}, at.Add(time.Minute)
			t.Attempts = []task.Attempt{{
				Engine: "team", Model: "gen4_turbo", Key: "first", Begun: at, Ended: at.Add(30 * time.Second), Unconfirmed: true,
				Reason: task.VendorUnavailable, Failure: "Submitted, unconfirmed: the engine's answer never came.",
			}, {
				Engine: "animatic", Model: "animatic", Handle: "h", Begun: at, Ended: at.Add(time.Minute), Reason: task.AssetInvalid,
				Failure: "a GIF", Credits: 12.5, Cost: 0.25, Currency: "USD",
			}}
			t.Deadline = t.Created.Add(30 * time.Minute)
			t.Wait = 0
		}
		g.all = append(g.all, t)
		g.Put(t)
	}
	return g
}

func succeed(t *task.Task, at time.Time) {
	t.State, t.Progress, t.Started, t.Finished, t.Wait = task.Succeeded, 1, at.Add(2*time.Second), at.Add(9*time.Second), 0
	t.Request.First = &task.Image{Key: "datasets/a.jpg"}
	t.Request.ExpandedPrompt = "camera pull out, cinematic"
	t.Artifacts = []task.Artifact{{
		ID: "10000000-0000-4000-8000-000000000001", Task: t.ID, Account: 7, Group: "20000000-0000-4000-8000-000000000001",
		Filename: ".mp4", Width: 1280, Height: 768, FrameRate: 24, Duration: 10541666667 * time.Nanosecond,
		Files: []task.File{
			{Role: task.Video, Key: "cdn/20261124/v.mp4", Type: "video/mp4", Size: 7655707, Width: 1280, Height: 768, SHA256: "ab"},
			{Role: task.Preview, Key: "cdn/20261124/p.jpg", Type: "image/jpeg", Size: 100, Width: 1280, Height: 768, SHA256: "cd"},
		},
		Created: at.Add(9 * time.Second), Updated: at.Add(9 * time.Second), Private: true, PrivateInTeam: true,
	}}
}

func routes(g *gateway) http.Handler {
	return dialecttest.Mux(filmgate.Routes(g, filmgate.Options{
		Log:    slog.New(slog.DiscardHandler),
		Models: map[string][]string{"makevid/runway": {"gen3a_turbo"}, "makevid/luma": {"ray-v1"}, "runway": {"gen3a_turbo"}},
	}))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler { return routes(open()) })
}

func TestEveryFilterReachesTheGateway(t *testing.T) {
	g := open()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		"http://x/api/v1/tasks?status=succeeded,FAILED&model=m&dialect=d&created_from=2026-01-01T00:00:00Z&created_to=2026-02-01T00:00:00%2B01:00&limit=100", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+dialecttest.ReadKey)
	if code := answer(routes(g), req); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	q := g.asked
	if len(q.States) != 2 || q.States[0] != task.Succeeded || q.States[1] != task.Failed || q.Model != "m" || q.Dialect != "d" ||
		!q.CreatedFrom.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) ||
		!q.CreatedTo.Equal(time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC)) || q.Limit != 101 {
		t.Errorf("asked %+v", q)
	}
}

type status int

func (s *status) Header() http.Header         { return http.Header{} }
func (s *status) Write(b []byte) (int, error) { return len(b), nil }
func (s *status) WriteHeader(code int)        { *s = status(code) }

func answer(h http.Handler, r *http.Request) int {
	var s status
	h.ServeHTTP(&s, r)
	return int(s)
}

func TestACallbackIsReadToItsLimitAndNoFurther(t *testing.T) {
	for size, want := range map[int]int{1 << 20: http.StatusOK, 1<<20 + 1: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/callbacks/team/good-token", strings.NewReader(strings.Repeat("x", size)))
		w := httptest.NewRecorder()
		routes(open()).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%d bytes: %d %s, want %d", size, w.Code, w.Body, want)
		}
	}
}
