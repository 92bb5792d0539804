package webtask_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/webtask"
	"github.com/filmgate/filmgate/internal/task"
)

// TestEveryMessageHasAClass checks the texts that clients of 2024 looked for in the app's errors, and its statuses.
func TestEveryMessageHasAClass(t *testing.T) {
	for _, c := range []struct {
		status   int
		sentence string
		class    engine.Class
		reason   task.Reason
	}{
		{400, "Text prompt did not pass moderation", engine.Refused, task.SafetyInputText},
		{400, "Jobs are limited to 2 at a time", engine.Overloaded, task.VendorUnavailable},
		{429, "Jobs are limited to 2 at a time", engine.Overloaded, task.VendorUnavailable},
		{400, "You do not have enough credits", engine.AuthError, task.VendorRefused},
		{400, "id: The id specified in this URL must be a UUID", engine.NotFound, task.VendorUnavailable},
		{400, "options.init_image: invalid url", engine.Refused, task.AssetInvalid},
		{400, "options.seconds: must be 5 or 10", engine.Refused, task.VendorRefused},
		{401, "", engine.AuthError, task.VendorRefused},
		{403, "", engine.AuthError, task.VendorRefused},
		{429, "", engine.Overloaded, task.VendorUnavailable},
		{500, "", engine.Unreachable, task.VendorUnavailable},
		{502, "", engine.Unreachable, task.VendorUnavailable},
		{503, "", engine.Unreachable, task.VendorUnavailable},
		{504, "", engine.Unreachable, task.VendorUnavailable},
		{520, "", engine.Unreachable, task.VendorUnavailable}, // the proxy before the app
		{522, "", engine.Unreachable, task.VendorUnavailable},
	} {
		e := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"error":%q}`, c.sentence), nil)
		_, err := e.Submit(t.Context(), engine.Job{Model: "gen3a", Request: task.Request{Prompt: "a cat", Seconds: 5}})
		if got := engine.AsError(err); got.Class != c.class || got.Reason != c.reason {
			t.Errorf("%d %s: %s %s", c.status, c.sentence, got.Class, got.Reason)
		}
	}
}

func TestEveryFailureReasonIsClassified(t *testing.T) {
	for resp, reason := range map[string]task.Reason{
		`{"reason":"SAFETY.INPUT.TEXT"}`:                   task.SafetyInputText,
		`{"reason":"SAFETY.INPUT.IMAGE"}`:                  task.SafetyInputImage,
		`{"reason":"SAFETY.OUTPUT.VIDEO"}`:                 task.SafetyOutputVideo,
		`{"reason":"INPUT_PREPROCESSING.SAFETY.TEXT"}`:     task.PreprocessSafety,
		`{"reason":"INTERNAL.BAD_OUTPUT.CODE01"}`:          task.BadOutput,
		`{"reason":"INTERNAL.BAD_OUTPUT.CODE03"}`:          task.BadOutput,
		`{"reason":"","message":"x"}`:                      task.VendorUnavailable,
		`{"errorMessage":"x","tally_asimov":false}`:        task.VendorUnavailable,
		`"Text prompt did not pass moderation"`:            task.SafetyInputText,
		`"something else"`:                                 task.VendorUnavailable,
		`null`:                                             task.VendorUnavailable,
		`{"reason":"AN.UNKNOWN.REASON"}`:                   task.VendorUnavailable,
		`{"reason":"Text prompt did not pass moderation"}`: task.SafetyInputText,
	} {
		e := enginetest.NewWithAnswer(t, newEngine, 200, `{"task":{"id":"1","status":"FAILED","error":`+resp+`}}`, nil)
		st, err := e.Poll(t.Context(), "1")
		if err != nil || st.State != task.Failed || st.Failure == nil || st.Failure.Reason != reason {
			t.Errorf("%s: %+v, %v", resp, st, err)
		}
	}
}

func TestThePromptIsExpandedOnlyOnce(t *testing.T) {
	for _, c := range []struct {
		r    task.Request
		want bool
	}{
		{task.Request{}, false},
		{task.Request{ExpandPrompt: true}, true},
		{task.Request{ExpandPrompt: true, ExpandedPrompt: "a tabby cat"}, false},
	} {
		var sent string
		e := enginetest.NewWithAnswer(t, newEngine, 200, `{"task":{"id":"1","status":"PENDING"}}`, &sent)
		c.r.Prompt, c.r.Seconds = "a cat", 5
		if _, err := e.Submit(t.Context(), engine.Job{Model: "gen3a", Request: c.r}); err != nil {
			t.Fatal(err)
		}
		var in struct {
			Options struct {
				Enhance *bool `json:"enhance_prompt"`
			} `json:"options"`
		}
		if err := json.Unmarshal([]byte(sent), &in); err != nil || in.Options.Enhance == nil || *in.Options.Enhance != c.want {
			t.Errorf("%+v: sent %s, %v", c.r, sent, err)
		}
	}
}

func TestModelLimits(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		model string
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{"gen3a", task.Request{Seconds: 5}, ""},
		{"gen3a", task.Request{Seconds: 10, Last: image, AspectRatio: "3:5"}, ""},
		{"gen3a", task.Request{Seconds: 6}, "seconds"},
		{"gen3a", task.Request{Seconds: 5, AspectRatio: "16:9"}, "aspect_ratio"},
		{"gen3a", task.Request{Seconds: 5, Resolution: "1080p"}, "resolution"},
		{"gen3a", task.Request{Seconds: 5, Prompt: strings.Repeat("x", 513)}, "prompt"},
		{"gen3a", task.Request{Seconds: 5, First: image, Last: image}, "last_frame"},
		{"gen3a_turbo", task.Request{Seconds: 5}, "first_frame"},
		{"gen3a_turbo", task.Request{Seconds: 5, First: image}, ""},
		{"gen3a_turbo", task.Request{Seconds: 5, First: &task.Image{Type: "image/gif"}}, "first_frame"},
	} {
		if got := enginetest.RefusedField(t, webtask.New(webtask.Options{}), c.model, c.r); got != c.field {
			t.Errorf("%s, %.200v: error in field %q, want %q", c.model, c.r, got, c.field)
		}
	}
}
