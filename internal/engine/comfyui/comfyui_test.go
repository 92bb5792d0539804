package comfyui_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/comfyui"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSuite(t *testing.T) {
	enginetest.RunWorkflows(t, "comfyui", func(base string, hc *http.Client, now func() time.Time, flows []engine.Workflow) (engine.Engine, error) {
		return comfyui.New(comfyui.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now, Workflows: flows})
	})
}

func TestWorkflowErrorsNameEverySlot(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*engine.Workflow)
		want   []string
	}{
		{"a graph that is not JSON", func(w *engine.Workflow) { w.Graph = json.RawMessage("{") }, []string{"not in the API's format"}},
		{"a graph in the editor's format", func(w *engine.Workflow) { w.Graph = json.RawMessage(`{"nodes": [], "version": 0.4}`) }, []string{"not in the API's format"}},
		{"slots without an input", func(w *engine.Workflow) {
			w.Slots = map[string][]string{"prompt": {"6.text", "99.text", "6.words", "6"}, "first_frame": {"52.image"}, "colour": {"6.text"}}
		}, []string{`"99.text": there is no node 99`, `"6.words": node 6 has no input words`, `"6" is not of the form node.input`, `"colour" is no part of a job`}},
		{"a mode without its slot", func(w *engine.Workflow) { w.Modes = append(w.Modes, engine.FromFirstLast) }, []string{"mode first_and_last_frame needs one for last_frame"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := enginetest.Workflow()
			c.change(&w)
			_, err := comfyui.New(comfyui.Options{Workflows: []engine.Workflow{w}})
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range append(c.want, `workflow "wan-i2v"`) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %s", err, want)
				}
			}
		})
	}
	if _, err := comfyui.New(comfyui.Options{}); err == nil || !strings.Contains(err.Error(), "workflows") {
		t.Errorf("without workflows: %v", err)
	}
}

func TestOutOfMemoryIsFinal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"b": {"prompt": [4, "b", {}, {}, ["60"]], "outputs": {}, "status": {"status_str": "error", "messages": [
			["execution_error", {"prompt_id": "b", "node_id": "3", "node_type": "KSampler", "exception_message": "CUDA out of memory"}]]}}}`)
	}))
	defer s.Close()
	e, err := comfyui.New(comfyui.Options{BaseURL: s.URL, HTTP: s.Client(), Workflows: []engine.Workflow{enginetest.Workflow(), enginetest.ReferencesWorkflow()}})
	if err != nil {
		t.Fatal(err)
	}
	if st, err := e.Poll(t.Context(), "b"); err != nil || st.State != task.Failed || !st.Final || st.Failure.Reason != task.VendorUnavailable {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestValidationErrorsOfTheServerAreReported(t *testing.T) {
	for _, c := range []struct {
		answer string
		class  engine.Class
		detail string
	}{
		{`{"error": {"type": "x", "message": "Prompt outputs failed validation", "details": "", "extra_info": {}}, "node_errors": {
			"9": {"class_type": "Save", "errors": []},
			"52": {"class_type": "LoadImage", "errors": [{"message": "Custom validation failed for node", "details": "image - Invalid image file"}]},
			"3": {"class_type": "KSampler", "errors": [{"message": "Value 99 bigger than max of 50", "details": "steps"}]}}}`, engine.ModelError,
			"Prompt outputs failed validation; node 3 (KSampler): Value 99 bigger than max of 50: steps; node 52 (LoadImage): Custom validation failed for node: image - Invalid image file"},
		{`{"error": "no prompt", "node_errors": []}`, engine.Refused, `answered 400 application/json "{\"error\": \"no prompt\", \"node_errors\": []}"`},
		{`no JSON`, engine.Refused, `answered 400 application/json "no JSON"`},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, c.answer)
		}))
		e, err := comfyui.New(comfyui.Options{BaseURL: s.URL, HTTP: s.Client(), Workflows: []engine.Workflow{enginetest.Workflow(), enginetest.ReferencesWorkflow()}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.Submit(t.Context(), engine.Job{Task: "00000000-0000-4000-8000-000000000001", Model: "wan-i2v"})
		if got := engine.AsError(err); got.Class != c.class || got.Detail != c.detail {
			t.Errorf("%s %q, want %s %q", got.Class, got.Detail, c.class, c.detail)
		}
		s.Close()
	}
}
