package filmgate_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/task"
)

// gateway is the tests' gateway. It also records the query of a list.
type gateway struct {
	*dialecttest.Gateway
	asked task.Query
}

// List records the query.
func (g *gateway) List(ctx context.Context, who apikey.Key, q task.Query) ([]task.Task, error) {
	g.asked = q
	return g.Gateway.List(ctx, who, q)
}

func open() *gateway {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	g := &gateway{Gateway: &dialecttest.Gateway{Time: at, Groups: []task.AssetGroup{
		{ID: "20000000-0000-4000-8000-000000000001", Account: 7, Name: "Generative Video", Created: at},
		{ID: "20000000-0000-4000-8000-000000000002", Account: 7, Name: "Lakes", Created: at.Add(time.Minute)},
		{ID: "20000000-0000-4000-8000-000000000003", Account: 8, Name: "Another's", Created: at},
	}}}
	g.Boards = []task.Storyboard{board(at), {ID: "50000000-0000-4000-8000-000000000002", Account: 8, Version: 1, Name: "Another's", Created: at, Updated: at}}
	g.Keys = []apikey.Key{
		{ID: "key_7", Hint: "fg_a1B2", Account: 7, Name: "first start", Scopes: []apikey.Scope{apikey.Read, apikey.Write, apikey.Admin}, Created: at},
		{ID: "key_8", Hint: "fg_c3D4", Account: 8, Name: "Another's", Scopes: []apikey.Scope{apikey.Read}, Created: at},
	}
	g.Engines = engines(at)
	g.Sums = []task.Usage{
		{Day: 1, Tasks: 4, Succeeded: 2, Failed: 1, Video: 10541666667 * time.Nanosecond, Begun: 3, WaitP50: 1500 * time.Millisecond, WaitP90: 4 * time.Second,
			Costs: []task.UsageCost{{Engine: "other", Currency: "credits", Cost: 12.5}, {Engine: "team", Currency: "USD", Cost: 0.25}}},
		{Model: "gen3a_turbo", Tasks: 1, Cancelled: 1},
	}
	seed := uint32(42)
	for n := 3; n >= 1; n-- {
		id := "00000000-0000-4000-8000-00000000000" + string(rune('0'+n))
		t := task.Task{
			ID: id, Account: 7, Version: 1, State: task.Queued, Engine: "animatic", EngineModel: "animatic",
			Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: "camera pull out", Seconds: 5, Seed: &seed,
				AssetGroup: "Generative Video"},
			Created: at.Add(time.Duration(n) * time.Second), Updated: at.Add(time.Duration(n) * time.Second), QueueWait: 1500 * time.Millisecond,
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
			t.QueueWait = 0
		}
		g.Put(t)
	}
	putWebhooks(g, at)
	return g
}

// engines are an engine that works and is paused by turns, one whose model server has ended, and the built-in renderer, which can't work now.
func engines(at time.Time) []task.EngineHealth {
	return []task.EngineHealth{
		{Name: "team", Type: "runway", Models: []string{"gen4_turbo"}, Routes: []string{"default", "gen4_turbo"}, Keys: []task.KeyHealth{
			{Name: "first", State: task.KeyWorking, InFlight: 1, MaxInFlight: 2},
			{Name: "second", State: task.KeyPaused, PausedUntil: at.Add(30 * time.Second), PauseReason: "repeated failures", MaxInFlight: 2,
				LastError: "unreachable (vendor_unavailable): status 503", LastErrorAt: at},
		}},
		{Name: "wan", Type: "sdcpp", Models: []string{"video"}, NotReady: "The engine's model server does not run at the moment.", Keys: []task.KeyHealth{{State: task.KeyWorking}},
			Server: &task.ModelServer{State: task.ModelServerWaiting, Since: at, Restarts: 2, Retry: at.Add(3 * time.Second),
				Failure: "it ended by itself 1.2s after its start (exit status 1); its last lines: [ERROR] new_sd_ctx_t failed"}},
		{Name: "animatic", Type: "animatic", Models: []string{"animatic"}, Routes: []string{"*"}, NotReady: "ffmpeg is not installed"},
	}
}

// board returns a storyboard of two shots: the first with a take that succeeded, the other with one that failed and one that is gone.
func board(at time.Time) task.Storyboard {
	return task.Storyboard{ID: "50000000-0000-4000-8000-000000000001", Account: 7, Version: 3, Name: "Harbour", Created: at, Updated: at.Add(time.Minute), Shots: []task.Shot{
		{ID: "60000000-0000-4000-8000-000000000001", Takes: []string{"00000000-0000-4000-8000-000000000001"}, Take: "00000000-0000-4000-8000-000000000001",
			Transition: task.Transition{Type: task.Cut}, Trim: task.Trim{Start: time.Second, End: 6500 * time.Millisecond}},
		{ID: "60000000-0000-4000-8000-000000000002", Takes: []string{"00000000-0000-4000-8000-000000000099", "00000000-0000-4000-8000-000000000002"},
			Take: "00000000-0000-4000-8000-000000000002", Transition: task.Transition{Type: task.Dissolve, Duration: 500 * time.Millisecond}},
	}}
}

// putWebhooks gives account 7 a webhook with a delivery in each state.
func putWebhooks(g *gateway, at time.Time) {
	url, who := "https://receiver.example/told", apikey.Key{Account: 7}
	w, _, _ := g.CreateWebhook(context.Background(), who, task.WebhookEdit{URL: &url})
	for n, state := range task.DeliveryStates() {
		when := at.Add(time.Duration(n) * time.Second)
		d := task.Delivery{ID: "60000000-0000-4000-8000-00000000000" + string(rune('1'+n)), Webhook: w.ID, Task: "00000000-0000-4000-8000-000000000001",
			Event: task.Event{At: when, Kind: "state", To: task.Succeeded}, Created: when, State: state, Tries: n}
		if n == 0 {
			d.Due = when
		}
		if n > 0 {
			d.Attempts = []task.DeliveryAttempt{{At: when, Took: 120 * time.Millisecond, Status: 200, Answer: "ok"}}
		}
		if n > 1 {
			d.Attempts = append([]task.DeliveryAttempt{{At: when, Took: 20 * time.Second, Error: "The server did not answer within 20 seconds."},
				{At: when, Took: time.Second, Status: 500, Answer: "<h1>oops</h1>", Error: "The server answered with status 500."}}, d.Attempts[1:]...)
		}
		g.PutDelivery(d)
	}
}

func succeed(t *task.Task, at time.Time) {
	t.State, t.Progress, t.Started, t.Finished, t.QueueWait = task.Succeeded, 1, at.Add(2*time.Second), at.Add(9*time.Second), 0
	t.Request.First = &task.Image{Key: "datasets/40000000-0000-4000-8000-000000000001.jpg"}
	t.Request.ExpandedPrompt = "camera pull out, cinematic"
	t.Understood = &task.Understood{Moves: []task.UnderstoodMove{{Name: "pull out", To: 5 * time.Second}}}
	t.Artifacts = []task.Artifact{{
		ID: "10000000-0000-4000-8000-000000000001", Task: t.ID, Account: 7, Group: "20000000-0000-4000-8000-000000000001",
		Filename: ".mp4", Width: 1280, Height: 768, FrameRate: 24, Duration: 10541666667 * time.Nanosecond, HasAudio: true,
		Files: []task.File{
			{Role: task.Video, Key: "cdn/20261124/QjuCC61ArJToRPixJsdoziwalcwLtU.mp4", Type: "video/mp4", Size: 7655707, Width: 1280, Height: 768, SHA256: "4c94485e0c21ae6c41ce1dfe7b6bfaceea5ab68e40a2476f50208e526f506080"},
			{Role: task.Preview, Key: "cdn/20261124/ms6QGvx8MkeUoSyP10RoME1fmpODkI.jpg", Type: "image/jpeg", Size: 48211, Width: 1280, Height: 768, SHA256: "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940"},
		},
		Created: at.Add(9 * time.Second), Updated: at.Add(9 * time.Second), Unlisted: true, PrivateInTeam: true,
	}}
}

func routes(g *gateway) http.Handler { return routesOf(g) }

func routesOf(g filmgate.Gateway) http.Handler {
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
		"http://x/api/v1/tasks?status=succeeded,FAILED&model=m&dialect=d&created_from=2026-01-01T00:00:00Z&created_to=2026-02-01T00:00:00%2B01:00&limit=100&q=a+lake", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+dialecttest.ReadKey)
	if code := answer(routes(g), req); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	q := g.asked
	if len(q.States) != 2 || q.States[0] != task.Succeeded || q.States[1] != task.Failed || q.Model != "m" || q.Prompt != "a lake" || q.Dialect != "d" ||
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
