package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// A server has made one video when the operator asks, beside it, what other times would delete. Nothing is.
func TestRetentionPrintsWhatWouldBeDeleted(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	ask := func(args ...string) *session {
		return (&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, append([]string{"retention"}, args...)...)
	}
	ask().expect(t, 1, "FILMGATE_DATA (--data): there is no database")
	p := run(t, data)
	id := p.createShort(t)
	made := p.until(t, id, hasSucceeded)
	ask().expect(t, 0, "files             forever   nothing", "tasks             forever   nothing",
		"events            30d       0 events", "idempotency keys  1d        0 keys", "Nothing was deleted.")
	ask("--keep-files", "90d", "--keep-tasks", "2161h").expect(t, 0, "files             90d       0 videos, 0 files, 0.0 MiB",
		"tasks             2161h     0 tasks that have ended, and besides the files above 0 videos")
	ask("--keep-files", "soon").expect(t, 2, `FILMGATE_KEEP_FILES (--keep-files) is "soon"`, "30d or 720h")
	if code, _ := p.call(t, http.MethodGet, strings.TrimPrefix(made.Task.Artifacts[0].URL, p.base), ""); code != http.StatusOK {
		t.Errorf("the video: %d", code)
	}
	p.end(syscall.SIGTERM)
}
