package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
)

// cluster is a database and a bucket that several servers share.
type cluster struct{ settings []string }

func newCluster(t testing.TB) cluster {
	t.Helper()
	settings := []string{"FILMGATE_DATABASE_URL=" + postgres.Server(t).NewDatabase(t), "FILMGATE_BLOB_URL=" + s3test.Start(t).MakeBucket(t, "films")}
	return cluster{append(settings, s3test.Environment()...)}
}

// run starts a server of the cluster with a data folder of its own.
func (c cluster) run(t testing.TB, settings ...string) *process {
	t.Helper()
	return run(t, t.TempDir(), append(settings, c.settings...)...)
}

// command runs a command on the cluster's database.
func (c cluster) command(t *testing.T, line ...string) *session {
	t.Helper()
	s := &session{env: map[string]string{"FILMGATE_DATA": t.TempDir()}}
	for _, one := range c.settings {
		name, value, _ := strings.Cut(one, "=")
		s.env[name] = value
	}
	return s.run(t, line...)
}

// eventually calls ok until it reports true, for at most a minute and a half.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 20 * 90 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatalf("it did not come: %s", what)
}

func statusAt(t *testing.T, p *process, id string) string {
	t.Helper()
	return p.get(t, id).Task.Status
}

// assetOf returns the id of the asset of a task.
func assetOf(t *testing.T, p *process, id string) string {
	t.Helper()
	_, body := p.call(t, http.MethodGet, "/api/v1/tasks/"+id, "")
	var a struct{ Artifacts []struct{ ID string } }
	if err := json.Unmarshal(body, &a); err != nil || len(a.Artifacts) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	return a.Artifacts[0].ID
}

const longVideo = `{"text_prompt": "a lake", "model": "gen3a_turbo", "seconds": 5}`

// A caller does not notice which of the servers it calls.
func TestEveryServerKnowsEveryTask(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	a, b := c.run(t), c.run(t)

	var id string
	t.Run("a task that one made is read and cancelled at the other", func(t *testing.T) {
		id = a.create(t, longVideo)
		b.until(t, id, atWork)
		if code, body := b.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
			t.Fatalf("cancel: %d %s", code, body)
		}
		for name, p := range map[string]*process{"the first": a, "the second": b} {
			if got := statusAt(t, p, id); got != "CANCELLED" {
				t.Errorf("%s says %s, want CANCELLED", name, got)
			}
		}
	})
	t.Run("a retry at one is finished for the other, and edits are seen", func(t *testing.T) {
		code, body := a.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/retry", "")
		var again struct{ ID string }
		if err := json.Unmarshal(body, &again); err != nil || code >= 300 {
			t.Fatalf("retry: %d %s", code, body)
		}
		id = again.ID
		done := b.until(t, id, hasSucceeded)
		path := strings.TrimPrefix(done.Task.Artifacts[0].URL, b.base)
		for name, p := range map[string]*process{"the first": a, "the second": b} {
			if code, _ := p.call(t, http.MethodGet, path, ""); code != http.StatusOK {
				t.Errorf("the video at %s: %d", name, code)
			}
			if got := statusAt(t, p, id); got != "SUCCEEDED" { // and it is in the cache now
				t.Errorf("%s says %s", name, got)
			}
		}
		for _, private := range []bool{true, false} {
			edit := fmt.Sprintf(`{"private": %v}`, private)
			if code, body := a.call(t, http.MethodPatch, "/api/v1/assets/"+assetOf(t, a, id), edit); code != http.StatusOK {
				t.Fatalf("set private %v: %d %s", private, code, body)
			}
			eventually(t, "the other server shows and serves the video as it is now: "+edit, func() bool {
				sealed := strings.Contains(b.get(t, id).Task.Artifacts[0].URL, "/sealed/")
				code, _ := b.call(t, http.MethodGet, path, "")
				return sealed == private && (code == http.StatusOK) != private
			})
		}
		if code, body := a.call(t, http.MethodDelete, "/api/v1/tasks/"+id, ""); code != http.StatusNoContent {
			t.Fatalf("delete: %d %s", code, body)
		}
		eventually(t, "the deleted video is a 404 at the other server", func() bool {
			code, _ := b.call(t, http.MethodGet, path, "")
			return code == http.StatusNotFound
		})
	})
	t.Run("a key that is revoked is refused at all", func(t *testing.T) {
		made := c.command(t, "key", "create", "--name", "guest")
		made.expect(t, 0)
		key := strings.TrimSpace(made.out)
		id := regexp.MustCompile(`(key_\w+).*guest`).FindStringSubmatch(c.command(t, "key", "list").out)[1]
		call := func(p *process) int {
			code, _ := p.call(t, http.MethodGet, "/api/v1/tasks", "", "Authorization", "Bearer "+key)
			return code
		}
		for _, p := range []*process{a, b} {
			if code := call(p); code != http.StatusOK {
				t.Fatalf("the new key: %d", code)
			}
		}
		c.command(t, "key", "revoke", id).expect(t, 0)
		for _, p := range []*process{a, b} {
			eventually(t, "the revoked key is refused", func() bool { return call(p) == http.StatusUnauthorized })
		}
	})
}

// The server that works on a task is killed. Another one finishes it.
func TestAnotherServerFinishesTheTasksOfADeadOne(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	api, worker := c.run(t, "FILMGATE_ROLE=api"), c.run(t, "FILMGATE_ROLE=worker")
	if code, _ := worker.call(t, http.MethodGet, "/api/v1/tasks", ""); code != http.StatusNotFound {
		t.Errorf("a worker answers a call with %d", code)
	}
	for name, p := range map[string]*process{"the server of calls": api, "the worker": worker} {
		if code, body := p.call(t, http.MethodGet, "/readyz", ""); code != http.StatusOK {
			t.Errorf("%s is not ready: %d %s", name, code, body)
		}
	}
	id := api.create(t, longVideo)
	api.until(t, id, atWork)
	next := c.run(t, "FILMGATE_ROLE=worker")
	worker.end(syscall.SIGKILL)
	done := api.until(t, id, hasSucceeded)
	if code, video := api.call(t, http.MethodGet, strings.TrimPrefix(done.Task.Artifacts[0].URL, api.base), ""); code != http.StatusOK || len(video) < 10_000 {
		t.Errorf("the video: %d, %d bytes", code, len(video))
	}
	if !strings.Contains(next.errs.String(), "other processes died; their jobs run again") {
		t.Errorf("the other worker does not say that one died:\n%s", next.errs)
	}
}

func TestServersThatCantShareAreRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.run(t)
	alone := cluster{c.settings[:1]}
	alone.command(t, "serve", "--addr", "127.0.0.1:0").expect(t, exitFailure, "FILMGATE_DATABASE_URL (--database-url)",
		"another Filmgate server works on this database", "set FILMGATE_BLOB_URL (--blob-url) to the same bucket for all servers")
	for _, role := range []string{"api", "worker"} {
		alone.command(t, "serve", "--addr", "127.0.0.1:0", "--role", role).expect(t, exitUsage, "FILMGATE_ROLE (--role)", "FILMGATE_BLOB_URL (--blob-url)")
		cluster{}.command(t, "serve", "--addr", "127.0.0.1:0", "--role", role).expect(t, exitUsage, "FILMGATE_DATABASE_URL (--database-url)")
	}
	c.command(t, "serve", "--role", "boss").expect(t, exitUsage, "FILMGATE_ROLE (--role)", "all, api or worker")
	c.command(t, "migrate", "--to", t.TempDir()).expect(t, exitFailure, "another Filmgate server works on this database")
}

// A server that answers calls never sweeps. What it has of an upload when it is killed is gone after its next start.
func TestAServerThatIsKilledInAnUploadLeavesNoFile(t *testing.T) {
	c, data := newCluster(t), t.TempDir()
	settings := append([]string{"FILMGATE_ROLE=api"}, c.settings...)
	unfinished := func() []string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(data, "temp", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	p := run(t, data, settings...)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: video/mp4\r\nContent-Length: 1000\r\n\r\n\x00\x00\x00\x18ftypmp42", testKey)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the upload is in the temp folder", func() bool { return len(unfinished()) > 0 })
	p.end(syscall.SIGKILL)
	if len(unfinished()) == 0 {
		t.Error("the killed server left nothing: the test proves nothing")
	}
	run(t, data, settings...)
	if left := unfinished(); len(left) > 0 {
		t.Errorf("after the next start there are %v", left)
	}
}
