package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	validator "github.com/pb33f/libopenapi-validator"

	"github.com/filmgate/filmgate/internal/dialect"
)

// validatingClient calls a running server and checks each request and answer against the document.
type validatingClient struct {
	*process
	validator.Validator
}

// ask sends a request with the key. header lists names and values. The answer must have the status, and follow the document.
func (c validatingClient) ask(t *testing.T, status int, method, path string, body []byte, header ...string) (*http.Response, []byte) {
	t.Helper()
	send := func() *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), method, c.base+strings.TrimPrefix(path, c.base), bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+testKey)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	if status < 400 {
		if ok, errs := c.ValidateHttpRequestSync(send()); !ok {
			t.Errorf("%s %s: the request: %s", method, path, violations(errs))
		}
	}
	resp, err := http.DefaultClient.Do(send())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %.300s, %v", method, path, resp.StatusCode, status, got, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	if ok, errs := c.ValidateHttpResponse(send(), resp); !ok {
		t.Errorf("%s %s: the answer: %s", method, path, violations(errs))
	}
	if resp.Header.Get("X-Request-Id") == "" {
		t.Errorf("%s %s: no X-Request-Id", method, path)
	}
	return resp, got
}

// read is ask for a JSON answer, which it decodes into out.
func (c validatingClient) read(t *testing.T, out any, method, path, body string, header ...string) *http.Response {
	t.Helper()
	var raw []byte
	if body != "" {
		raw, header = []byte(body), append(header, "Content-Type", "application/json")
	}
	resp, got := c.ask(t, http.StatusOK, method, path, raw, header...)
	if err := json.Unmarshal(got, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp
}

func TestARunningServerIsWhatItsDocumentSays(t *testing.T) {
	c := validatingClient{run(t, t.TempDir()), documentValidator(t)}
	for _, path := range []string{"/openapi.json", "/healthz", "/readyz", "/metrics"} {
		c.ask(t, http.StatusOK, http.MethodGet, path, nil)
	}
	c.examples(t)
	image := c.uploads(t)
	id := c.creates(t, image)
	a := c.until(t, id, hasSucceeded)
	c.files(t, a.Task.Artifacts[0].URL, a.Task.Options.Image)
	c.tasks(t, id)
	c.storyboards(t, id)
	c.webhooks(t)
	c.keys(t)
	c.assets(t)
	c.ask(t, http.StatusNoContent, http.MethodDelete, "/api/v1/tasks/"+id, nil)
}

// examples sends the first example of each create, and cancels the tasks.
func (c validatingClient) examples(t *testing.T) {
	t.Helper()
	for _, o := range operations(t) {
		if !strings.HasPrefix(o.ID, "create_") || o.ID == "create_storyboard" || o.ID == "create_webhook" || o.ID == "create_key" { // they make no task
			continue
		}
		header := []string{"Content-Type", "application/json"}
		for _, p := range o.Parameters {
			if p.In == "header" && p.Required && p.Example != nil {
				header = append(header, p.Name, fmt.Sprint(p.Example))
			}
		}
		made, _ := c.ask(t, o.succeeds(), o.method, o.path, dialect.Marshal(o.examples(t)[0]), header...)
		task := made.Header.Get("Location")
		if task == "" {
			task = "/api/v1/tasks/" + made.Header.Get("Filmgate-Task-Id")
		}
		c.ask(t, http.StatusOK, http.MethodGet, task, nil)
		c.ask(t, http.StatusOK, http.MethodPost, task+"/cancel", nil)
	}
}

// uploads uploads a picture in both ways and returns its URL.
func (c validatingClient) uploads(t *testing.T) string {
	t.Helper()
	picture, err := os.ReadFile("../../demo/first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	kind, form := formOf(t, picture)
	c.ask(t, http.StatusOK, http.MethodPost, "/api/v1/datasets", form, "Content-Type", kind)
	c.ask(t, http.StatusUnsupportedMediaType, http.MethodPost, "/api/v1/datasets", []byte("GIF89a"), "Content-Type", "image/png")
	_, raw := c.ask(t, http.StatusOK, http.MethodPost, "/api/v1/datasets", picture, "Content-Type", "image/jpeg")
	var dataset struct{ URL string }
	if err := json.Unmarshal(raw, &dataset); err != nil {
		t.Fatal(err)
	}
	return dataset.URL
}

// creates sends one create twice under an idempotency key, and several creates that are refused.
func (c validatingClient) creates(t *testing.T, image string) string {
	t.Helper()
	body := `{"seconds":5,"text_prompt":"slow push in","init_image":"` + image + `"}`
	once := []string{"Idempotency-Key", `"a key of the test"`}
	var first, second struct{ Task struct{ ID string } }
	c.read(t, &first, http.MethodPost, "/api/v1/create_runway", body, once...)
	if again := c.read(t, &second, http.MethodPost, "/api/v1/create_runway", body, once...); again.Header.Get("Idempotent-Replayed") != "true" || first != second {
		t.Errorf("the repeat made %s, the first %s", second.Task.ID, first.Task.ID)
	}
	typed := append(once, "Content-Type", "application/json")
	c.ask(t, http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/create_runway", []byte(`{"seconds":5,"text_prompt":"x"}`), typed...)
	c.ask(t, http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/create_luma",
		[]byte(`{"user_prompt":"","expand_prompt":false,"image_url":"http://127.0.0.1:1/x.jpg"}`), "Content-Type", "application/json")
	c.ask(t, http.StatusUnsupportedMediaType, http.MethodPost, "/api/v1/kling/text2video/create_kling", []byte("x"), "Content-Type", "text/plain")
	c.ask(t, http.StatusUnauthorized, http.MethodGet, "/api/v1/tasks", nil, "Authorization", "Bearer nobody's")
	return first.Task.ID
}

// files fetches the video and the picture as players and browsers do.
func (c validatingClient) files(t *testing.T, video, image string) {
	t.Helper()
	whole, _ := c.ask(t, http.StatusOK, http.MethodGet, video+"?download=a+lake", nil)
	c.ask(t, http.StatusPartialContent, http.MethodGet, video, nil, "Range", "bytes=0-99")
	c.ask(t, http.StatusRequestedRangeNotSatisfiable, http.MethodGet, video, nil, "Range", "bytes=999999999-")
	c.ask(t, http.StatusNotModified, http.MethodGet, video, nil, "If-None-Match", whole.Header.Get("ETag"))
	c.ask(t, http.StatusPreconditionFailed, http.MethodGet, video, nil, "If-Match", `"another"`)
	c.ask(t, http.StatusNotFound, http.MethodGet, strings.Replace(video, ".mp4", "0.mp4", 1), nil)
	c.ask(t, http.StatusOK, http.MethodGet, image, nil)
	c.ask(t, http.StatusForbidden, http.MethodGet, image[:len(image)-3]+"AAA", nil)
}

func (c validatingClient) tasks(t *testing.T, id string) {
	t.Helper()
	var none any
	polled := c.read(t, &none, http.MethodGet, "/api/v1/get_runway/"+id, "")
	c.ask(t, http.StatusNotModified, http.MethodGet, "/api/v1/get_runway/"+id, nil, "If-None-Match", polled.Header.Get("ETag"))
	c.read(t, &none, http.MethodGet, "/api/v1/tasks?status=SUCCEEDED&limit=1", "")
	c.read(t, &none, http.MethodGet, "/api/v1/tasks/"+id, "")
	c.ask(t, http.StatusConflict, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", nil)
	c.ask(t, http.StatusConflict, http.MethodPost, "/api/v1/tasks/"+id+"/retry", nil)
	c.ask(t, http.StatusOK, http.MethodGet, "/api/v1/get_luma/"+id, nil)
	models := c.read(t, &none, http.MethodGet, "/api/v1/models", "")
	c.ask(t, http.StatusNotModified, http.MethodGet, "/api/v1/models", nil, "If-None-Match", models.Header.Get("ETag"))
}

// webhooks makes, tests, replays and deletes a webhook, which nobody answers.
func (c validatingClient) webhooks(t *testing.T) {
	t.Helper()
	created, _ := c.ask(t, http.StatusCreated, http.MethodPost, "/api/v1/webhooks", []byte(`{"url":"http://127.0.0.1:1/"}`), "Content-Type", "application/json")
	hook := strings.TrimPrefix(created.Header.Get("Location"), c.base)
	var seen any
	c.read(t, &seen, http.MethodGet, "/api/v1/webhooks", "")
	c.read(t, &seen, http.MethodGet, hook, "")
	c.read(t, &seen, http.MethodPost, hook+"/secret", `{"overlap_seconds":60}`)
	var d struct{ ID string }
	c.read(t, &d, http.MethodPost, hook+"/test", "")
	c.read(t, &seen, http.MethodGet, hook+"/deliveries?limit=1", "")
	c.read(t, &seen, http.MethodGet, hook+"/deliveries/"+d.ID, "")
	c.ask(t, http.StatusConflict, http.MethodPost, hook+"/deliveries/"+d.ID+"/replay", nil)
	c.read(t, &seen, http.MethodPost, hook+"/replay", `{"since":"2026-11-24T10:00:00Z"}`)
	c.read(t, &seen, http.MethodPatch, hook, `{"enabled":false,"types":["task.failed"]}`)
	c.ask(t, http.StatusNoContent, http.MethodDelete, hook, nil)
}

// keys makes, lists and revokes a key, and reads how the engines do.
func (c validatingClient) keys(t *testing.T) {
	t.Helper()
	created, _ := c.ask(t, http.StatusCreated, http.MethodPost, "/api/v1/keys", []byte(`{"name":"the shop","scopes":["read"]}`), "Content-Type", "application/json")
	var seen any
	c.read(t, &seen, http.MethodGet, "/api/v1/keys", "")
	c.read(t, &seen, http.MethodGet, "/api/v1/engines", "")
	c.ask(t, http.StatusNoContent, http.MethodDelete, strings.TrimPrefix(created.Header.Get("Location"), c.base), nil)
}

// storyboards makes, changes and deletes a storyboard of a finished task.
func (c validatingClient) storyboards(t *testing.T, id string) {
	t.Helper()
	created, _ := c.ask(t, http.StatusCreated, http.MethodPost, "/api/v1/storyboards", []byte(`{"name":"Harbour","shots":[{"task":"`+id+`"}]}`), "Content-Type", "application/json")
	path, tag := created.Header.Get("Location"), created.Header.Get("ETag")
	var board struct{ Shots []struct{ ID string } }
	c.read(t, &board, http.MethodGet, path, "")
	c.read(t, &board, http.MethodGet, "/api/v1/storyboards", "")
	change := `{"shots":[{"id":"` + board.Shots[0].ID + `","transition":{"type":"dissolve","seconds":0.5}}]}`
	c.read(t, &board, http.MethodPatch, path, change, "If-Match", tag)
	c.ask(t, http.StatusPreconditionFailed, http.MethodPatch, path, []byte(change), "Content-Type", "application/json", "If-Match", tag)
	for _, format := range []string{"", "?format=pdf"} {
		c.ask(t, http.StatusOK, http.MethodGet, path+"/contact_sheet"+format, nil)
	}
	c.ask(t, http.StatusBadRequest, http.MethodGet, path+"/contact_sheet?format=png", nil)
	take, _ := c.ask(t, http.StatusCreated, http.MethodPost, path+"/shots/"+board.Shots[0].ID+"/takes", []byte(`{"seconds":10}`), "Content-Type", "application/json")
	c.ask(t, http.StatusOK, http.MethodPost, take.Header.Get("Location")+"/cancel", nil)
	c.ask(t, http.StatusConflict, http.MethodPost, path+"/renders", []byte(`{}`), "Content-Type", "application/json") // its take was cancelled
	c.read(t, &board, http.MethodGet, path+"/renders", "")
	c.ask(t, http.StatusNoContent, http.MethodDelete, path, nil)
	c.ask(t, http.StatusNotFound, http.MethodGet, path, nil)
}

func (c validatingClient) assets(t *testing.T) {
	t.Helper()
	var page struct{ Assets []struct{ ID string } }
	c.read(t, &page, http.MethodGet, "/api/v1/assets", "")
	if len(page.Assets) != 1 { // what was cancelled made none
		t.Fatalf("%d assets", len(page.Assets))
	}
	path := "/api/v1/assets/" + page.Assets[0].ID
	var one struct {
		URL      string
		ShareURL string `json:"share_url"`
	}
	c.read(t, &one, http.MethodPost, path+"/share", "")
	c.ask(t, http.StatusOK, http.MethodGet, one.ShareURL, nil)
	c.read(t, &one, http.MethodPatch, path, `{"name":"lake","favorite":true,"private":true}`)
	c.ask(t, http.StatusPartialContent, http.MethodGet, one.URL, nil, "Range", "bytes=-10")
	c.ask(t, http.StatusForbidden, http.MethodGet, strings.Split(one.URL, "?")[0], nil)
	shared := one.ShareURL
	c.read(t, &one, http.MethodDelete, path+"/share", "")
	c.ask(t, http.StatusNotFound, http.MethodGet, shared, nil)
	c.ask(t, http.StatusBadRequest, http.MethodPatch, path, []byte(`{"name":"a/b"}`), "Content-Type", "application/json")
	var groups struct {
		Groups []struct{ ID string } `json:"asset_groups"`
	}
	c.read(t, &groups, http.MethodGet, "/api/v1/asset_groups", "")
	c.read(t, &one, http.MethodPatch, "/api/v1/asset_groups/"+groups.Groups[0].ID, `{"name":"Lakes"}`)
	c.ask(t, http.StatusNoContent, http.MethodDelete, path, nil)
}
