package examples_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// receivers returns the commands of the receivers of webhooks, by their language.
func receivers(t *testing.T) map[string][]string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "webhook")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-C", "go", "-o", program, "./webhook").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return map[string][]string{"Go": {program}, "TypeScript": {servertest.Node(t), filepath.Join("typescript", "webhook", "receiver.ts")}}
}

// listen starts a receiver with a secret, and returns the lines that it prints and its URL.
func listen(t *testing.T, command []string, secret string) (lines <-chan string, url string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Env = append(os.Environ(), "WEBHOOK_SECRET="+secret, "PORT=0", "NODE_NO_WARNINGS=1")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	printed := make(chan string, 100)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			printed <- s.Text()
		}
		close(printed)
	}()
	return printed, strings.TrimPrefix(next(t, printed), "listening on ")
}

// next returns the next line. The time limit only guards against a hanging test.
func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line, ok := <-lines:
		if !ok {
			t.Fatal("the receiver has ended")
		}
		return line
	case <-time.After(time.Minute):
		t.Fatal("the receiver prints nothing")
	}
	panic("not reached")
}

func TestReceiversOfWebhooks(t *testing.T) {
	servertest.Need(t, "nodejs npm")
	s := programs.Start(t, t.TempDir(), "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8")
	call := func(method, path, body string) (out struct{ ID, Secret string }) {
		t.Helper()
		code, answer := s.Call(t, method, path, body, "Content-Type", "application/json")
		if err := json.Unmarshal(answer, &out); err != nil || code/100 != 2 {
			t.Fatalf("%s %s: %d %s", method, path, code, answer)
		}
		return out
	}
	for language, command := range receivers(t) {
		t.Run(language, func(t *testing.T) {
			hook := call(http.MethodPost, "/api/v1/webhooks", `{"url":"http://127.0.0.1:1/"}`)
			lines, url := listen(t, command, hook.Secret)
			path := "/api/v1/webhooks/" + hook.ID
			call(http.MethodPatch, path, fmt.Sprintf(`{"url":%q}`, url))
			call(http.MethodPost, path+"/test", "")
			if got := next(t, lines); got != "webhook.test" {
				t.Fatalf("it printed %q", got)
			}
			made := call(http.MethodPost, "/api/v1/tasks", `{"prompt":"a lighthouse","seconds":1}`)
			for _, want := range []string{"task.created ", "task.running ", "task.succeeded "} {
				if got := next(t, lines); got != want+made.ID {
					t.Errorf("it printed %q, want %s%s", got, want, made.ID)
				}
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"type":"task.failed","data":{}}`))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{"id": "forged", "timestamp": fmt.Sprint(time.Now().Unix()), "signature": "v1,AAAA"} {
				r.Header.Set("webhook-"+name, value)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("a forged event: %d", answer.StatusCode)
			}
			if code, answer := s.Call(t, http.MethodDelete, path, ""); code != http.StatusNoContent {
				t.Errorf("delete: %d %s", code, answer)
			}
		})
	}
}
