package kling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/task"
)

func TestModelLimits(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		model string
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{"kling-v2-1", task.Request{Seconds: 5, First: image, Resolution: "720p"}, ""},
		{"kling-v2-1", task.Request{Seconds: 5}, "first_frame"},
		{"kling-v2-master", task.Request{Seconds: 5, First: image, Last: image}, "last_frame"},
		{"kling-v2-1-master", task.Request{Seconds: 5, Resolution: "720p"}, "resolution"},
		{"kling-v2-5-turbo", task.Request{Seconds: 6}, "seconds"},
		{"kling-v2-6", task.Request{Seconds: 10, First: image, Last: image, Resolution: "1080p"}, ""},
		{"kling-v3", task.Request{Seconds: 3, Resolution: "4k"}, ""},
		{"kling-v3", task.Request{Seconds: 2}, "seconds"},
		{"kling-3.0-turbo", task.Request{Prompt: "x", Seconds: 15, First: image, Resolution: "1080p"}, ""},
		{"kling-3.0-turbo", task.Request{Prompt: "x", Seconds: 5, First: image, Last: image}, "last_frame"},
		{"kling-3.0-turbo", task.Request{Seconds: 5, First: image}, "prompt"},
		{"kling-3.0-omni", task.Request{Prompt: "x", Seconds: 3, First: image, Last: image, Resolution: "4k"}, ""},
		{"kling-o1", task.Request{Prompt: "x", Seconds: 6}, "seconds"},
		{"kling-4.0", task.Request{Prompt: "x", Seconds: 30, First: image, Last: image, Resolution: "1080p"}, ""},
		{"kling-4.0", task.Request{Prompt: "x", Seconds: 31}, "seconds"},
		{"kling-4.0-flash", task.Request{Prompt: "x", Seconds: 5, First: image}, "first_frame"},
		{"kling-v3", task.Request{Seconds: 15, AspectRatio: "4:3"}, "aspect_ratio"},
		{"kling-v2-6", task.Request{Seconds: 5, First: &task.Image{Width: 1000, Height: 399}}, "first_frame"},
		{"kling-v2-6", task.Request{Seconds: 5, First: &task.Image{Width: 1000, Height: 400}}, ""},
		{"kling-v2-6", task.Request{Seconds: 5, First: &task.Image{Type: "image/webp"}}, "first_frame"},
	} {
		if got := enginetest.RefusedField(t, kling.New(kling.Options{}), c.model, c.r); got != c.field {
			t.Errorf("%s, %+v: error in field %q, want %q", c.model, c.r, got, c.field)
		}
	}
}

func TestModeFollowsResolutionAndEndFrame(t *testing.T) {
	frame := &engine.Picture{Type: "image/png", Bytes: []byte("p")}
	for name, c := range map[string]struct {
		model string
		r     task.Request
		last  *engine.Picture
		want  string // "" = the field is left out
	}{
		"default":                       {"kling-v2-6", task.Request{}, nil, ""},
		"720p":                          {"kling-v2-6", task.Request{Resolution: "720p"}, nil, "std"},
		"1080p":                         {"kling-v2-6", task.Request{Resolution: "1080p"}, nil, "pro"},
		"4k":                            {"kling-v3", task.Request{Resolution: "4k"}, nil, "4k"},
		"a mode overrides a resolution": {"kling-v2-6", task.Request{Mode: "std", Resolution: "1080p"}, nil, "std"},
		"an end frame needs pro":        {"kling-v2-1", task.Request{}, frame, "pro"},
		"an end frame overrides std":    {"kling-v2-1", task.Request{Mode: "std"}, frame, "pro"},
		"an end frame in 4k stays 4k":   {"kling-v3", task.Request{Resolution: "4k"}, frame, "4k"},
		"a master model has only pro":   {"kling-v2-1-master", task.Request{Mode: "std"}, nil, "pro"},
	} {
		t.Run(name, func(t *testing.T) {
			var sent string
			e := enginetest.NewWithAnswer(t, newEngine, 200, `{"code":0,"data":{"task_id":"1"}}`, &sent)
			c.r.Prompt, c.r.Seconds = "a cat", 5
			job := engine.Job{Task: "t", Model: c.model, Request: c.r, Last: c.last}
			if c.last != nil {
				job.First = frame
			}
			if _, err := e.Submit(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(sent, `"mode"`); got != (c.want != "") || got && !strings.Contains(sent, `"mode":"`+c.want+`"`) {
				t.Errorf("sent %s, want mode %q", sent, c.want)
			}
		})
	}
}

// TestModelsOfNovember2026 holds the models of an API key, the default first; "-" is before one that has ended.
func TestModelsOfNovember2026(t *testing.T) {
	var got []string
	for _, m := range kling.New(kling.Options{}).Capabilities().Models {
		if m.Ended(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)) {
			m.Name = "-" + m.Name
		}
		got = append(got, m.Name)
	}
	if all := strings.Join(got, " "); all != "kling-v2-5-turbo kling-v2-6 kling-v3 kling-3.0-turbo kling-3.0-omni kling-o1 kling-4.0 kling-4.0-flash kling-v2-1-master kling-v2-master kling-v2-1 -kling-v1 -kling-v1-5 -kling-v1-6" {
		t.Error(all)
	}
	signed := kling.New(kling.Options{AccessKey: "a", SecretKey: "s"}).Capabilities().Models
	if n := len(signed); n != len(got)-5 {
		t.Errorf("%d models with a secret key, want five fewer than the %d with an API key", n, len(got))
	}
}

// TestEveryCodeHasAClass holds the codes of kling.ai/document-api/apiReference/commonInfo with their statuses.
func TestEveryCodeHasAClass(t *testing.T) {
	for _, c := range []struct {
		status, code int
		message      string
		class        engine.Class
		reason       task.Reason
		unconfirmed  bool
	}{
		{401, 1000, "authentication failed", engine.AuthError, task.VendorRefused, false},
		{401, 1001, "Authorization is empty", engine.AuthError, task.VendorRefused, false},
		{401, 1002, "Authorization is invalid", engine.AuthError, task.VendorRefused, false},
		{401, 1003, "Authorization is not yet valid", engine.Unreachable, task.VendorUnavailable, false},
		{401, 1004, "Authorization has expired", engine.Unreachable, task.VendorUnavailable, false},
		{429, 1100, "account exception", engine.AuthError, task.VendorRefused, false},
		{429, 1101, "account in arrears", engine.AuthError, task.VendorRefused, false},
		{429, 1102, "resource pack depleted", engine.AuthError, task.VendorRefused, false},
		{403, 1103, "no permission for the model", engine.ModelError, task.VendorRefused, false},
		{400, 1200, "invalid request parameters", engine.Refused, task.VendorRefused, false},
		{400, 1201, "duration is invalid", engine.Refused, task.VendorRefused, false},
		{400, 1201, "image size is too small", engine.Refused, task.AssetInvalid, false},
		{404, 1202, "method is invalid", engine.ModelError, task.VendorRefused, false},
		{404, 1203, "model is not found", engine.ModelError, task.VendorRefused, false},
		{400, 1300, "platform policy", engine.Refused, task.SafetyInputText, false},
		{400, 1301, "content security policy", engine.Refused, task.SafetyInputText, false},
		{429, 1302, "too many requests", engine.Overloaded, task.VendorUnavailable, false},
		{429, 1303, "parallel task over resource pack limit", engine.Overloaded, task.VendorUnavailable, false},
		{429, 1304, "IP whitelist", engine.AuthError, task.VendorRefused, false},
		{500, 5000, "internal error", engine.Unreachable, task.VendorUnavailable, false},
		{503, 5001, "under maintenance", engine.Unreachable, task.VendorUnavailable, false},
		{504, 5002, "internal timeout", engine.Unreachable, task.VendorUnavailable, true},
		{200, 9999, "an unknown code", engine.InvalidResponse, task.VendorUnavailable, false},
	} {
		e := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"code":%d,"message":%q,"request_id":"r"}`, c.code, c.message), nil)
		_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "kling-v2-6", Request: task.Request{Prompt: "a cat", Seconds: 5}})
		got := engine.AsError(err)
		if got.Class != c.class || got.Reason != c.reason || got.Unconfirmed != c.unconfirmed {
			t.Errorf("%d %q: %s %s, unconfirmed %v", c.code, c.message, got.Class, got.Reason, got.Unconfirmed)
		}
	}
}
