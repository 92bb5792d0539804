package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// answers returns a client of a server that answers every call with the status and body. 0 breaks the connection.
func answers(t *testing.T, status int, body string) Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return Client{Base: s.URL, HTTP: s.Client()}
}

func TestARefusalIsReadable(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		want       []string
	}{
		{"a problem document", `{"title":"Invalid request","detail":"1 field is wrong","errors":[{"pointer":"#/seconds","detail":"5 or 10"}]}`, 400,
			[]string{"Invalid request: 1 field is wrong", "seconds: 5 or 10"}},
		{"a proxy's page", "<html>", 502, []string{"the server answered 502"}},
		{"a missing key", `{"title":"Unauthorized"}`, 401, []string{"FILMGATE_API_KEY"}},
		{"an error of the server", `{"title":"Internal error","request_id":"r1"}`, 500, []string{"r1"}},
		{"no answer", "", 0, []string{"cannot reach the server at http://", "filmgate serve"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := answers(t, c.status, c.body).Call(t.Context(), http.MethodGet, "/x", nil)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			}
		})
	}
}

// poller returns a Poll that gives the statuses in turn, and a Watcher without pauses around it.
func poller(steps ...any) (w Watcher, pauses *[]time.Duration) {
	pauses = &[]time.Duration{}
	return Watcher{
		Wait: func(ctx context.Context, d time.Duration) error { *pauses = append(*pauses, d); return ctx.Err() },
		Poll: func(context.Context, string) (Status, error) {
			step := steps[0]
			if len(steps) > 1 {
				steps = steps[1:]
			}
			if err, ok := step.(error); ok {
				return Status{}, err
			}
			return Status{ID: "a", State: step.(string)}, nil
		},
		Show: func(Status) {},
	}, pauses
}

func TestWatch(t *testing.T) {
	down := &UnreachableError{"http://x", errors.New("refused")}
	gone := &RefusedError{}
	gone.Status = http.StatusNotFound
	for _, c := range []struct {
		name  string
		steps []any
		state string
		err   string
	}{
		{"the task ends", []any{"RUNNING", "SUCCEEDED"}, "SUCCEEDED", ""},
		{"a restart of the server", append(slices.Repeat([]any{down}, 14), "RUNNING", down, "FAILED"), "FAILED", ""},
		{"no server any more", []any{"RUNNING", down}, "RUNNING", "may go on"},
		{"no such task any more", []any{"RUNNING", gone, "SUCCEEDED"}, "RUNNING", "may go on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := poller(c.steps...)
			last, err := w.Watch(t.Context(), Status{ID: "a", State: "QUEUED"})
			if last.State != c.state || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s, %v; want %s, %q", last.State, err, c.state, c.err)
			}
		})
	}
}

func TestWatchPollsLessOftenWithTime(t *testing.T) {
	w, pauses := poller(append(slices.Repeat([]any{"RUNNING"}, 10), "SUCCEEDED")...)
	if _, err := w.Watch(t.Context(), Status{State: "QUEUED"}); err != nil {
		t.Fatal(err)
	}
	if p := *pauses; p[0] != 500*time.Millisecond || p[len(p)-1] != 2*time.Second || !slices.IsSorted(p) {
		t.Errorf("paused %v", p)
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	w, _ := poller("RUNNING")
	if _, err := w.Watch(ctx, Status{State: "QUEUED"}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("%v", err)
	}
	if _, err := answers(t, 200, "").Call(ctx, http.MethodGet, "/x", nil); !errors.Is(err, ErrInterrupted) {
		t.Errorf("a call: %v", err)
	}
}

func TestADownloadIsWholeOrNotThere(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		size   int64
		want   string // of the file, which held "old"
	}{
		{"whole", 200, 12, "a whole film"},
		{"of unknown size", 200, 0, "a whole film"},
		{"cut short", 200, 13, "old"},
		{"not found", 404, 12, "old"},
		{"broken off", 0, 12, "old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "out.mp4")
			if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			s := answers(t, c.status, "a whole film")
			err := s.Download(t.Context(), s.Base, name, c.size)
			got, readErr := os.ReadFile(name)
			if string(got) != c.want || readErr != nil || (err == nil) != (c.want != "old") {
				t.Errorf("the file holds %q, error %v", got, err)
			}
			if all, err := os.ReadDir(filepath.Dir(name)); err != nil || len(all) != 1 {
				t.Errorf("left behind %v, %v", all, err)
			}
			if info, err := os.Stat(name); err == nil && c.want != "old" && info.Mode().Perm() != 0o644 {
				t.Errorf("others can't read it: %v", info.Mode())
			}
		})
	}
}

func TestTasksFollowsPages(t *testing.T) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		rows := strings.TrimSuffix(strings.Repeat(`{"id":"a"},`, 100), ",")
		_, _ = fmt.Fprintf(w, `{"tasks":[%s],"next":"c%d"}`, rows, len(asked))
	}))
	t.Cleanup(s.Close)
	got, err := Client{Base: s.URL, HTTP: s.Client()}.Tasks(t.Context(), 150)
	if err != nil || len(got) != 150 || strings.Join(asked, " ") != "limit=100 cursor=c1&limit=50" {
		t.Errorf("%d tasks of %q, error %v", len(got), asked, err)
	}
}

func TestARequestIsCheckedWithoutTheServer(t *testing.T) {
	text := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(text, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Generation{Seed: "-1", Image: text}.Request()
	for _, want := range []string{"--seed", "--image", "no JPEG"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := (Generation{}).Request(); err == nil || !strings.Contains(err.Error(), "--prompt") {
		t.Errorf("without a prompt: %v", err)
	}
	if r, err := (Generation{Prompt: "a", Seed: "7"}).Request(); err != nil || *r.Seed != 7 {
		t.Errorf("%+v, %v", r, err)
	}
}
