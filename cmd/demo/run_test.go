package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// demoFolder returns a new folder with the demo's request and picture. A run may write to it.
func demoFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{request, picture} {
		b, err := os.ReadFile(filepath.Join("..", "..", "demo", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// fakeServer starts a server that answers created and artifacts. It returns a script that pretends to be the program: serve
// prints the server's address, and task runs watch. keys gets the Authorization header of each request.
func fakeServer(t *testing.T, created string, artifacts any, watch string) (program string, keys *[]string) {
	t.Helper()
	keys = &[]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*keys = append(*keys, r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/api/v1/create_runway":
			_, _ = io.WriteString(w, created)
		case "/api/v1/get_runway/t-1":
			_ = json.NewEncoder(w).Encode(map[string]any{"task": map[string]any{"id": "t-1", "artifacts": artifacts}})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return script(t, fmt.Sprintf(`case "$1" in
serve) trap 'exit 0' TERM
	echo listening on %s
	while :; do sleep 0.01; done;;
task) %s;;
esac`, s.URL, watch)), keys
}

func TestTheDemoMakesAVideoAndAContactSheet(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	name, still := testVideo(t, 25), filepath.Join(t.TempDir(), "still.jpg")
	if err := contactSheet(t.Context(), name, still); err != nil {
		t.Fatal(err)
	}
	folder := demoFolder(t)
	program, keys := fakeServer(t, `{"task":{"id":"t-1"}}`, []any{serveFiles(t, name, still)}, `echo "watching $3 at $FILMGATE_URL with $FILMGATE_API_KEY"`)
	var out strings.Builder
	if err := (demo{out: &out, program: program, folder: folder, key: "k"}).run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"listening on http://127.0.0.1:", "POST /api/v1/create_runway\n{\n", "watching t-1 at http://127.0.0.1:", " with k\n", "GET /api/v1/get_runway/t-1\n{\n", `"fileSize": "`, "contact-sheet.jpg shows nine of its frames."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not show %q:\n%s", want, out.String())
		}
	}
	for _, made := range []string{"out.mp4", "contact-sheet.jpg"} {
		if info, err := os.Stat(filepath.Join(folder, made)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", made, err)
		}
	}
	for _, key := range *keys {
		if key != "Bearer k" {
			t.Errorf("a request had the key %q", key)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "filmgate-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestErrorsOfTheDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, c := range map[string]struct {
		created, watch, want string
		change               func(folder string) error
	}{
		"a task that failed":          {`{"task":{"id":"t-1"}}`, "exit 7", "filmgate task watch: exit status 7", nil},
		"an answer without an id":     {`{"task":{}}`, "true", "no task id in {", nil},
		"an answer that is not JSON":  {`<html>`, "true", "create_runway: invalid character '<'", nil},
		"an unknown task":             {`{"task":{"id":"t-2"}}`, "true", "404 Not Found", nil},
		"no video in the answer":      {`{"task":{"id":"t-1"}}`, "true", "the answer has 0 artifacts, not one", nil},
		"no picture":                  {"", "true", picture, func(f string) error { return os.Remove(filepath.Join(f, picture)) }},
		"no request":                  {"", "true", request, func(f string) error { return os.Remove(filepath.Join(f, request)) }},
		"a request without a picture": {"", "true", "does not contain https://example.com/image.jpg", func(f string) error { return os.WriteFile(filepath.Join(f, request), []byte(`{}`), 0o600) }},
		"a request that is not JSON": {"", "true", "create_runway: ", func(f string) error {
			return os.WriteFile(filepath.Join(f, request), []byte(`"https://example.com/image.jpg`), 0o600)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := demoFolder(t)
			if c.change != nil {
				if err := c.change(folder); err != nil {
					t.Fatal(err)
				}
			}
			program, _ := fakeServer(t, c.created, []any{}, c.watch)
			expectError(t, demo{out: io.Discard, program: program, folder: folder, key: "k"}.run(t.Context()), c.want)
			if _, err := os.Stat(filepath.Join(folder, "contact-sheet.jpg")); err == nil {
				t.Error("a sheet was written")
			}
		})
	}
}

// The picture is served as a website would serve it, and only until stop is called.
func TestThePictureIsServedUntilStop(t *testing.T) {
	url, stop, err := servePicture(t.Context(), filepath.Join("..", "..", "demo", picture))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if want, _ := os.ReadFile(filepath.Join("..", "..", "demo", picture)); err != nil || string(b) != string(want) || res.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.HasSuffix(url, "/"+picture) {
		t.Errorf("%s gave %d bytes of %s, %v", url, len(b), res.Header.Get("Content-Type"), err)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if res, err := http.Get(url); err == nil {
		_ = res.Body.Close()
		t.Error("it is still served")
	}
}
