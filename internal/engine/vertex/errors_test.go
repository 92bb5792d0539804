package vertex_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/vertex"
	"github.com/filmgate/filmgate/internal/task"
)

// newWithAnswer returns an engine whose vendor answers every call with the given status and body.
func newWithAnswer(t *testing.T, status int, body string) engine.Engine {
	t.Helper()
	return enginetest.NewWithAnswer(t, func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return vertex.New(vertex.Options{Project: "p", Location: "l", Token: token, BaseURL: base, HTTP: hc, Now: now})
	}, status, body, nil)
}

func TestRefusedSubmitsAreClassified(t *testing.T) {
	for _, c := range []struct {
		status  int
		word    string
		message string
		class   engine.Class
		reason  task.Reason
	}{
		{400, "INVALID_ARGUMENT", "The prompt contains sensitive words that violate our practices.", engine.Refused, task.SafetyInputText},
		{400, "INVALID_ARGUMENT", "The input image violates our usage guidelines.", engine.Refused, task.SafetyInputImage},
		{400, "INVALID_ARGUMENT", "Unable to decode the image.", engine.Refused, task.AssetInvalid},
		{400, "INVALID_ARGUMENT", "Unsupported duration 7.", engine.Refused, task.VendorRefused},
		{400, "FAILED_PRECONDITION", "Billing is disabled for this project.", engine.AuthError, task.VendorRefused},
		{401, "UNAUTHENTICATED", "The token has expired.", engine.AuthError, task.VendorRefused},
		{403, "PERMISSION_DENIED", "Permission aiplatform.endpoints.predict denied.", engine.AuthError, task.VendorRefused},
		{404, "NOT_FOUND", "Publisher Model was not found.", engine.ModelError, task.VendorRefused},
		{429, "RESOURCE_EXHAUSTED", "Quota exceeded.", engine.Overloaded, task.VendorUnavailable},
		{500, "INTERNAL", "Internal error.", engine.Unreachable, task.VendorUnavailable},
		{503, "UNAVAILABLE", "The service is currently unavailable.", engine.Unreachable, task.VendorUnavailable},
	} {
		body := fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q}}`, c.status, c.message, c.word)
		_, err := newWithAnswer(t, c.status, body).Submit(t.Context(), engine.Job{Model: "veo-3.1-generate-001"})
		if e := engine.AsError(err); err == nil || e.Class != c.class || e.Reason != c.reason {
			t.Errorf("%d %s %q: %v", c.status, c.word, c.message, err)
		}
	}
}

func TestFailedOperationsAreClassified(t *testing.T) {
	for _, c := range []struct {
		code    int
		message string
		reason  task.Reason
	}{
		{3, "The prompt could not be submitted: it violates our policies.", task.SafetyInputText},
		{3, "The image must have an aspect ratio of 16:9.", task.AssetInvalid},
		{4, "Deadline exceeded.", task.VendorUnavailable},
		{8, "We are experiencing high load.", task.VendorUnavailable},
		{13, "Video generation failed. Please try again.", task.VendorUnavailable},
		{14, "Unavailable.", task.VendorUnavailable},
		{7, "Permission denied on the bucket.", task.VendorRefused},
	} {
		body := fmt.Sprintf(`{"name":%q,"done":true,"error":{"code":%d,"message":%q}}`, name, c.code, c.message)
		st, err := newWithAnswer(t, 200, body).Poll(t.Context(), name)
		if err != nil || st.State != task.Failed || st.Failure == nil || st.Failure.Reason != c.reason {
			t.Errorf("%d %q: %+v, %v", c.code, c.message, st.Failure, err)
		}
	}
}
