// Package samples_test opens the API reference of a running server in a browser, and runs the samples that it shows with
// their languages' own tools.
package samples_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

const testKey = servertest.Key

// programs holds the program, built once for all tests.
var programs servertest.Programs

func TestMain(m *testing.M) { os.Exit(programs.Run(m)) }

// server is a running server.
type server struct{ *servertest.Server }

func start(t *testing.T) *server {
	t.Helper()
	return &server{programs.Start(t, t.TempDir())}
}

// printed returns the task in a program's output.
func printed(t *testing.T, out string) map[string]any {
	t.Helper()
	_, after, found := strings.Cut(out, `{"task":`)
	var task map[string]any
	if err := json.NewDecoder(strings.NewReader(after)).Decode(&task); err != nil || !found {
		t.Fatalf("no task was printed: %v\n%s", err, out)
	}
	return task
}

// task reads a task from the server.
func (s *server) task(t *testing.T, id string) map[string]any {
	t.Helper()
	code, b := s.Call(t, http.MethodGet, "/api/v1/get_runway/"+id, "")
	if code != http.StatusOK {
		t.Fatalf("get: %d %s", code, b)
	}
	return printed(t, string(b))
}

// ended creates a task and cancels it, so that it no longer changes.
func (s *server) ended(t *testing.T) string {
	t.Helper()
	code, b := s.Call(t, http.MethodPost, "/api/v1/create_runway", `{"seconds":5,"text_prompt":"slow pan over dunes"}`)
	if code != http.StatusOK {
		t.Fatalf("create: %d %s", code, b)
	}
	id, _ := printed(t, string(b))["id"].(string)
	s.cancel(t, id)
	return id
}

func (s *server) cancel(t *testing.T, id string) {
	t.Helper()
	if code, b := s.Call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
		t.Fatalf("cancel: %d %s", code, b)
	}
}

// upload uploads the demo's picture and returns its URL.
func (s *server) upload(t *testing.T) string {
	t.Helper()
	picture, err := os.ReadFile(servertest.InTree(t, "demo/first-frame.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(picture)
	w.Close()
	code, b := s.Call(t, http.MethodPost, "/api/v1/datasets", form.String(), "Content-Type", w.FormDataContentType())
	var answer struct{ URL string }
	if err := json.Unmarshal(b, &answer); err != nil || code != http.StatusOK || answer.URL == "" {
		t.Fatalf("upload: %d %s", code, b)
	}
	return answer.URL
}
