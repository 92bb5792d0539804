package mcp_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/mcp"
)

// post sends a call of the protocol of 2026-07-28 to the handler, after the changes, and returns its result, or its error.
func post(t *testing.T, h http.Handler, method, params string, follows bool, changes ...func(*http.Request)) map[string]any {
	t.Helper()
	capabilities := `{}`
	if follows {
		capabilities = `{"extensions":{"io.modelcontextprotocol/tasks":{}}}`
	}
	meta := `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":` + capabilities + `}`
	body := `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":{` + params + meta + `}}`
	r := httptest.NewRequest(http.MethodPost, "https://public.example/mcp", strings.NewReader(body))
	for name, value := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Authorization": "Bearer secret",
		"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": method, "X-Forwarded-For": "198.51.100.7"} {
		r.Header.Set(name, value)
	}
	var names struct{ Name, TaskID string }
	if err := json.Unmarshal([]byte(`{`+strings.TrimSuffix(params, ",")+`}`), &names); err != nil {
		t.Fatal(err)
	}
	if name := names.Name + names.TaskID; name != "" {
		r.Header.Set("Mcp-Name", name)
	}
	for _, change := range changes {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return reply(t, w)
}

// reply reads the answer, which is JSON or a stream of events whose last one it is.
func reply(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	last := w.Body.String()
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
		for lines := bufio.NewScanner(strings.NewReader(last)); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				last = data
			}
		}
	}
	var m struct {
		Result, Error map[string]any
	}
	if err := json.Unmarshal([]byte(last), &m); err != nil {
		t.Fatalf("%v: %d %s", err, w.Code, last)
	}
	if m.Error != nil {
		return m.Error
	}
	return m.Result
}

func served(a *api) http.Handler {
	return mcp.Handler(mcp.HandlerOptions{Routes: a, Version: "v1", Now: noon,
		Key: func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") }})
}

const makeLake = `"name":"make_video","arguments":{"prompt":"a lake"},`

func TestClientsThatFollowTasksGetAHandle(t *testing.T) {
	a := &api{states: []string{"QUEUED", "RUNNING", "SUCCEEDED"}}
	h := served(a)
	discovered := post(t, h, "server/discover", "", true)
	capabilities, _ := discovered["capabilities"].(map[string]any)
	want(t, "capabilities", capabilities["extensions"], map[string]any{"io.modelcontextprotocol/tasks": map[string]any{}})

	made := post(t, h, "tools/call", makeLake, true)
	delete(made, "_meta")
	want(t, "handle", made, map[string]any{"resultType": "task", "taskId": videoID, "status": "working", "statusMessage": "QUEUED, 50 %",
		"createdAt": "2026-11-30T01:02:03Z", "lastUpdatedAt": "2026-11-30T01:02:04Z", "ttlMs": nil, "pollIntervalMs": 2000})
	want(t, "calls", a.calls(), []string{`POST /api/v1/tasks {"prompt":"a lake"} Authorization=Bearer secret`})

	get := `"taskId":"` + videoID + `",`
	polled := post(t, h, "tasks/get", get, true)
	want(t, "a poll", []any{polled["resultType"], polled["status"], polled["result"]}, []any{"complete", "working", nil})
	ended := post(t, h, "tasks/get", get, true)
	result, _ := ended["result"].(map[string]any)
	output, _ := result["structuredContent"].(map[string]any)
	want(t, "the end", []any{ended["status"], output["url"]}, []any{"completed", "http://public.example/cdn/1/v.mp4"})
}

func TestTasksFailAndAreCancelled(t *testing.T) {
	get := `"taskId":"` + videoID + `",`
	failed := post(t, served(&api{states: []string{"FAILED"}}), "tasks/get", get, true)
	result, _ := failed["result"].(map[string]any)
	want(t, "a failed video is a completed call with an error", []any{failed["status"], result["isError"]}, []any{"completed", true})

	a := &api{states: []string{"RUNNING"}}
	h := served(a)
	want(t, "cancel", post(t, h, "tasks/cancel", get, true)["resultType"], "complete")
	want(t, "then", post(t, h, "tasks/get", get, true)["status"], "cancelled")
	a.calls()
	want(t, "again", post(t, h, "tasks/cancel", get, true)["resultType"], "complete")
	want(t, "calls", a.calls(), []string{"GET /api/v1/tasks/" + videoID + "  Authorization=Bearer secret"})
	want(t, "unasked input", post(t, h, "tasks/update", get+`"inputResponses":{},`, true)["resultType"], "complete")
	want(t, "an unknown task", post(t, h, "tasks/get", `"taskId":"none",`, true)["code"], -32602)
	want(t, "no task", post(t, h, "tasks/get", ``, true)["message"], "taskId: is missing")
}

func TestCallsOfTasksAreRefusedThatNameAnotherInTheirHeader(t *testing.T) {
	h := served(&api{states: []string{"RUNNING"}})
	for _, method := range []string{"tasks/get", "tasks/cancel", "tasks/update"} {
		for name, code := range map[string]any{"another": -32020, "": nil, videoID: nil} {
			got := post(t, h, method, `"taskId":"`+videoID+`",`, true, func(r *http.Request) { r.Header.Set("Mcp-Name", name) })
			want(t, method+" as "+name, got["code"], code)
		}
	}
}

func TestListsThatNeverChangeAreDeclaredSo(t *testing.T) {
	capabilities, _ := post(t, served(&api{}), "server/discover", "", false)["capabilities"].(map[string]any)
	want(t, "tools and prompts", []any{capabilities["tools"], capabilities["prompts"]}, []any{map[string]any{}, map[string]any{}})
}

func TestOtherClientsGetNoHandle(t *testing.T) {
	for _, method := range []string{"tasks/get", "tasks/cancel", "tasks/update"} {
		refused := post(t, served(&api{states: []string{"RUNNING"}}), method, `"taskId":"`+videoID+`",`, false)
		want(t, method, []any{refused["code"], refused["data"]}, []any{-32021, map[string]any{"requiredCapabilities": map[string]any{
			"extensions": map[string]any{"io.modelcontextprotocol/tasks": map[string]any{}}}}})
	}
	made := post(t, served(&api{states: []string{"SUCCEEDED"}}), "tools/call", makeLake, false)
	output, _ := made["structuredContent"].(map[string]any)
	want(t, "the video", []any{made["resultType"], output["status"]}, []any{"complete", "SUCCEEDED"})
}
