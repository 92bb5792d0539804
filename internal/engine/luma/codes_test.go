package luma_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/task"
)

// TestEveryMessageHasAClass holds the messages of docs.lumalabs.ai/docs/errors. Luma has no error codes.
func TestEveryMessageHasAClass(t *testing.T) {
	for _, c := range []struct {
		status   int
		sentence string
		class    engine.Class
		reason   task.Reason
		text     bool // the error has a text for the caller
	}{
		{400, "Prompt is required", engine.Refused, task.VendorRefused, true},
		{400, "Prompt is too short, minimum length is 3 characters", engine.Refused, task.VendorRefused, true},
		{400, "Prompt is too long, maximum length is 5000 characters", engine.Refused, task.VendorRefused, true},
		{400, "Contains blacklisted words", engine.Refused, task.SafetyInputText, false},
		{400, "Failed to read user input frames", engine.Refused, task.AssetInvalid, false},
		{400, "Frame moderation failed", engine.Refused, task.SafetyInputImage, false},
		{400, "Advanced prompt moderation failed", engine.Refused, task.SafetyInputText, false},
		{400, "Prompt processing failed", engine.Refused, task.PreprocessFailed, false},
		{400, "Insufficient credits", engine.AuthError, task.VendorRefused, false},
		{400, "An unknown sentence", engine.Refused, task.VendorRefused, false},
		{401, "Invalid API key", engine.AuthError, task.VendorRefused, false},
		{402, "Insufficient credits", engine.AuthError, task.VendorRefused, false},
		{403, "Not authenticated", engine.AuthError, task.VendorRefused, false},
		{429, "Too many concurrent generations", engine.Overloaded, task.VendorUnavailable, false},
		{500, "Internal server error", engine.Unreachable, task.VendorUnavailable, false},
	} {
		e := enginetest.NewWithAnswer(t, newDreamMachine, c.status, fmt.Sprintf(`{"detail":%q}`, c.sentence), nil)
		_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "ray-2", Request: task.Request{Prompt: "a cat", Seconds: 5}})
		got := engine.AsError(err)
		if got.Class != c.class || got.Reason != c.reason || (got.Text != "") != c.text || got.Unconfirmed {
			t.Errorf("%d %s: %s %s %q, unconfirmed %v", c.status, c.sentence, got.Class, got.Reason, got.Text, got.Unconfirmed)
		}
		if c.status != 400 || c.class == engine.AuthError {
			continue
		}
		jobReason := c.reason
		if c.reason == task.VendorRefused && !c.text { // a job that was accepted may succeed another time
			jobReason = task.VendorUnavailable
		}
		failed := enginetest.NewWithAnswer(t, newDreamMachine, 200, fmt.Sprintf(`{"id":"1","state":"failed","failure_reason":%q,"assets":null}`, c.sentence), nil)
		st, err := failed.Poll(t.Context(), "1")
		if err != nil || st.State != task.Failed || st.Failure == nil || st.Failure.Reason != jobReason || st.Failure.Detail != c.sentence {
			t.Errorf("%s, failed generation: %+v, %v", c.sentence, st, err)
		}
	}
}

func TestModelLimits(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{task.Request{Seconds: 5, First: image}, ""},
		{task.Request{Seconds: 9, Last: image, Resolution: "540p"}, ""},
		{task.Request{Seconds: 9, First: image, Last: image, Resolution: "4k", AspectRatio: "9:21"}, ""},
		{task.Request{Seconds: 10}, "seconds"},
		{task.Request{Seconds: 5, Resolution: "480p"}, "resolution"},
		{task.Request{Seconds: 5, AspectRatio: "5:3"}, "aspect_ratio"},
		{task.Request{Seconds: 5, Prompt: strings.Repeat("x", 5001)}, "prompt"},
	} {
		for _, model := range []string{"ray-2", "ray-flash-2"} {
			if got := enginetest.RefusedField(t, luma.New(luma.Options{Flavor: "dream-machine-v1"}), model, c.r); got != c.field {
				t.Errorf("%s, %.200v: error in field %q, want %q", model, c.r, got, c.field)
			}
		}
	}
}

func TestLimitsOfRay32(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{task.Request{Prompt: "x", Seconds: 10, Resolution: "1080p", AspectRatio: "21:9"}, ""},
		{task.Request{Prompt: "x", Seconds: 5, First: image, Last: image}, ""},
		{task.Request{Prompt: "x", Seconds: 10, First: image}, "seconds"},
		{task.Request{Prompt: "x", Seconds: 9}, "seconds"},
		{task.Request{Prompt: "x", Seconds: 5, Resolution: "4k"}, "resolution"},
		{task.Request{Seconds: 5, First: image}, "prompt"},
		{task.Request{Prompt: "x", Video: &task.InputVideo{Duration: 30 * time.Second}, Resolution: "540p"}, ""},
		{task.Request{Prompt: "x", Video: &task.InputVideo{Duration: 31 * time.Second}}, "video"},
		{task.Request{Prompt: "x", Video: &task.InputVideo{}, AspectRatio: "1:1"}, "aspect_ratio"},
	} {
		if got := enginetest.RefusedField(t, luma.New(luma.Options{}), "ray-3.2", c.r); got != c.field {
			t.Errorf("%.200v: error in field %q, want %q", c.r, got, c.field)
		}
	}
}

// TestEveryFailureCodeHasAReason holds GenerationFailureCode of the official client.
func TestEveryFailureCodeHasAReason(t *testing.T) {
	for code, reason := range map[string]task.Reason{
		"content_moderated": task.SafetyInputText, "generation_failed": task.VendorUnavailable, "budget_exhausted": task.VendorRefused, "output_not_found": task.BadOutput,
		"image_too_large": task.AssetInvalid, "unsupported_format": task.AssetInvalid, "corrupt_input": task.AssetInvalid, "invalid_request": task.VendorRefused,
		"rate_limited": task.VendorUnavailable, "another": task.VendorUnavailable,
	} {
		e := enginetest.NewWithAnswer(t, newEngine, 200, fmt.Sprintf(`{"id":"1","state":"failed","failure_code":%q,"failure_reason":"why"}`, code), nil)
		st, err := e.Poll(t.Context(), "1")
		if err != nil || st.Failure == nil || st.Failure.Reason != reason || st.Failure.Detail != code+": why" {
			t.Errorf("%s: %+v, %v", code, st, err)
		}
	}
}
