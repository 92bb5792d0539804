package node

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/task"
)

// discard is a ResponseWriter that drops the body.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// TestAPollAllocatesLittle counts the allocations of a poll in all our layers, net/http's own apart. The ceilings are the counts
// of today, so whatever adds one to each poll fails here; times would say the same only on a quiet machine.
func TestAPollAllocatesLittle(t *testing.T) {
	n := openTest(t, Options{
		Settings: config.Settings{Data: t.TempDir(), Workers: 1}, Getenv: asEnv(nil), Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	key, err := keystore.Keys{Store: n.Store(), Now: n.Now, Random: n.Random}.Create(t.Context(), apikey.Key{Account: 1, Scopes: []apikey.Scope{apikey.Read}})
	if err != nil {
		t.Fatal(err)
	}
	web, err := n.server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const endedID, runningID = "0190c2ab-0000-7000-8000-000000000001", "0190c2ab-0000-7000-8000-000000000002"
	ended := task.Task{ID: endedID, Account: 1, State: task.Succeeded, Engine: "animatic", Created: n.Now(), Updated: n.Now(), Started: n.Now(), Finished: n.Now(),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: "a slow pan", Seconds: 5}}
	if _, err := n.Store().Apply(t.Context(), task.Change{Task: ended}); err != nil {
		t.Fatal(err)
	}
	running := ended
	running.ID, running.State, running.Progress, running.Finished = runningID, task.Running, 0.5, time.Time{}
	if _, err := n.Store().Apply(t.Context(), task.Change{Task: running}); err != nil {
		t.Fatal(err)
	}
	for path, most := range map[string]float64{
		"/api/v1/get_runway/" + endedID: 13, "/v1/videos/" + endedID: 12, "/v1/tasks/" + endedID: 13,
		"/api/v1/get_runway/" + runningID: 13, "/v1/videos/" + runningID: 15, "/v1/tasks/" + runningID: 13,
	} {
		t.Run(path, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+string(key))
			got := testing.AllocsPerRun(1000, func() {
				w := discard{header: make(http.Header)}
				web.ServeHTTP(&w, r)
				if w.status != http.StatusOK {
					t.Fatalf("status %d", w.status)
				}
			})
			if got > most {
				t.Errorf("%g allocations, at most %g are wanted", got, most)
			}
		})
	}
}

// TestACreateAllocatesLittle counts the allocations of a create from its request to its commit, net/http's own apart: those of a caller
// who is alone, and so pays for a whole transaction.
func TestACreateAllocatesLittle(t *testing.T) {
	n := openTest(t, Options{
		Settings: config.Settings{Data: t.TempDir(), Workers: 1}, Getenv: asEnv(nil), Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	key, err := keystore.Keys{Store: n.Store(), Now: n.Now, Random: n.Random}.Create(t.Context(), apikey.Key{Account: 1, Scopes: []apikey.Scope{apikey.Write}})
	if err != nil {
		t.Fatal(err)
	}
	web, err := n.server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(ffmpeg)) // each create looks whether ffmpeg is there, which costs the more the longer PATH is
	const most = 540                       // 520 with the race detector, 468 without
	got := testing.AllocsPerRun(200, func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/create_runway", strings.NewReader(`{"seconds":5,"text_prompt":"a cat walks","seed":3}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+string(key))
		w := discard{header: make(http.Header)}
		if web.ServeHTTP(&w, r); w.status != http.StatusOK {
			t.Fatalf("status %d", w.status)
		}
	})
	if got > most {
		t.Errorf("%g allocations, at most %d are wanted", got, most)
	}
}
