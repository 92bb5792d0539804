package comfy_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/comfy"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
)

func open(t *testing.T, o comfy.Options) engine.Engine {
	t.Helper()
	e, err := comfy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSuite(t *testing.T) {
	enginetest.RunWorkflows(t, "comfy", func(base string, hc *http.Client, now func() time.Time, flows []engine.Workflow) (engine.Engine, error) {
		return comfy.New(comfy.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now, Workflows: flows})
	})
}

// At Comfy Cloud a job costs money and can't be looked up; on a server of one's own it costs nothing, and the proxy lists it.
func TestACloudJobIsNeverMadeTwice(t *testing.T) {
	for base, own := range map[string]bool{
		"": false, "https://cloud.comfy.org/api/v2": false, "https://dep-1.run.comfy.app": false, "http://127.0.0.1:8189": true, "http://gpu.example": true,
	} {
		e := open(t, comfy.Options{BaseURL: base, Workflows: []engine.Workflow{enginetest.Workflow(), enginetest.ReferencesWorkflow()}})
		_, finds := e.(engine.Finder)
		if c := e.Capabilities(); finds != own || c.Restartable != own || !c.ExternalID {
			t.Errorf("%q: finds %v, restartable %v, external id %v", base, finds, c.Restartable, c.ExternalID)
		}
	}
}

// cloud answers every request to Comfy Cloud, and keeps the latest.
type cloud struct {
	status int
	body   string
	last   *http.Request
	sent   string
}

func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	c.last, c.sent = r, string(b)
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(c.status)
	_, _ = w.WriteString(c.body)
	return w.Result(), err
}

func TestTheKeyOfAnAccountIsPassedToNodesThatPay(t *testing.T) {
	for key, want := range map[string]bool{"comfyui-0123456789": true, "a-token-of-a-proxy": false} {
		c := &cloud{status: http.StatusCreated, body: `{"id": "j", "status": "queued"}`}
		e := open(t, comfy.Options{Key: key, HTTP: &http.Client{Transport: c}, Workflows: []engine.Workflow{enginetest.Workflow(), enginetest.ReferencesWorkflow()}})
		if shown := fmt.Sprintf("%+v %#v", e, e); strings.Contains(shown, key) {
			t.Errorf("the engine prints its key: %s", shown)
		}
		if _, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "wan-i2v"}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(c.sent, `"extra_data":{"api_key_comfy_org":"`+key+`"}`); got != want || strings.Contains(c.sent, "metadata") {
			t.Errorf("%s: sent %s", key, c.sent)
		}
		if h := c.last.Header; h.Get("X-API-Key") != key || h.Get("Authorization") != "Bearer "+key || c.last.URL.String() != "https://cloud.comfy.org/api/v2/jobs" {
			t.Errorf("%s: %s with %v", key, c.last.URL, h)
		}
	}
}

func TestAUsedKeySaysThatAJobMayExist(t *testing.T) {
	c := &cloud{status: http.StatusUnprocessableEntity, body: `{"error": {"code": "idempotency_key_reuse", "message": "used", "details": null}}`}
	e := open(t, comfy.Options{HTTP: &http.Client{Transport: c}, Workflows: []engine.Workflow{enginetest.Workflow(), enginetest.ReferencesWorkflow()}})
	_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "wan-i2v"})
	if got := engine.AsError(err); got.Class != engine.Refused || !strings.HasPrefix(got.Text, "Submitted, unconfirmed") {
		t.Errorf("%v", err)
	}
}

func TestWithoutAWorkflowThereIsNoEngine(t *testing.T) {
	if e, err := comfy.New(comfy.Options{}); err == nil || e != nil || !strings.Contains(err.Error(), "workflows") {
		t.Errorf("%v, %v", e, err)
	}
}
