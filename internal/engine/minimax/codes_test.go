package minimax_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/task"
)

func submit(t *testing.T, e engine.Engine, model string) *engine.Error {
	t.Helper()
	_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: model, Request: task.Request{Prompt: "a cat", Seconds: 6}})
	if err == nil {
		t.Fatal("it was accepted")
	}
	return engine.AsError(err)
}

// TestEveryCodeHasAClass holds the codes of platform.minimax.io/docs/api-reference/errorcode, where they appear: in version
// 1 with HTTP 200, in version 2 at the end of a message and as the code of a failed task.
func TestEveryCodeHasAClass(t *testing.T) {
	for _, c := range []struct {
		code, status int // status in version 2; 0 = version 2 does not have the code
		message      string
		class        engine.Class
		reason       task.Reason
	}{
		{1000, 500, "unknown error", engine.Unreachable, task.VendorUnavailable},
		{1001, 500, "request timeout", engine.Unreachable, task.VendorUnavailable},
		{1002, 429, "rate limit", engine.Overloaded, task.VendorUnavailable},
		{1004, 401, "not authorized", engine.AuthError, task.VendorRefused},
		{1008, 402, "insufficient balance", engine.AuthError, task.VendorRefused},
		{1013, 500, "internal service error", engine.Unreachable, task.VendorUnavailable},
		{1024, 500, "internal error", engine.Unreachable, task.VendorUnavailable},
		{1026, 422, "input new_sensitive", engine.Refused, task.SafetyInputText},
		{1027, 422, "output new_sensitive", engine.Refused, task.SafetyOutputVideo},
		{1028, 0, "quota", engine.AuthError, task.VendorRefused},
		{1030, 0, "quota", engine.AuthError, task.VendorRefused},
		{1033, 500, "system error", engine.Unreachable, task.VendorUnavailable},
		{1039, 429, "token limit", engine.Overloaded, task.VendorUnavailable},
		{1041, 529, "conn limit", engine.Overloaded, task.VendorUnavailable},
		{1042, 400, "invisible character ratio limit", engine.Refused, task.VendorRefused},
		{2013, 400, "invalid params", engine.Refused, task.VendorRefused},
		{2013, 400, "invalid params, image size", engine.Refused, task.AssetInvalid},
		{2038, 0, "real-name verification", engine.AuthError, task.VendorRefused},
		{2045, 429, "rate growth limit", engine.Overloaded, task.VendorUnavailable},
		{2049, 401, "invalid API Key", engine.AuthError, task.VendorRefused},
		{2056, 429, "usage limit exceeded", engine.AuthError, task.VendorRefused},
		{2061, 0, "not in your plan", engine.ModelError, task.VendorRefused},
		{3999, 400, "an unknown code", engine.Refused, ""},
	} {
		one := enginetest.NewWithAnswer(t, newEngine, 200, fmt.Sprintf(`{"task_id":"","base_resp":{"status_code":%d,"status_msg":%q}}`, c.code, c.message), nil)
		if got := submit(t, one, "MiniMax-Hailuo-02"); got.Class != c.class || got.Reason != c.reason || got.Unconfirmed != (c.code == 1001) {
			t.Errorf("%d %s, version 1: %s %s, unconfirmed %v", c.code, c.message, got.Class, got.Reason, got.Unconfirmed)
		}
		if c.status == 0 {
			continue
		}
		two := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"type":"error","error":{"type":"x","message":"%s (%d)","http_code":"%d"},"request_id":"r"}`, c.message, c.code, c.status), nil)
		if got := submit(t, two, "MiniMax-H3"); got.Class != c.class || got.Reason != cmp.Or(c.reason, task.VendorRefused) || got.Unconfirmed != (c.code == 1001) {
			t.Errorf("%d %s, version 2: %s %s, unconfirmed %v", c.code, c.message, got.Class, got.Reason, got.Unconfirmed)
		}
		failed := enginetest.NewWithAnswer(t, newEngine, 200, fmt.Sprintf(`{"task":{"id":"1","status":"failed","error":{"code":"%d","message":%q},"usage":{}}}`, c.code, c.message), nil)
		st, err := failed.Poll(t.Context(), "v2/1")
		if err != nil || st.State != task.Failed || st.Failure == nil || st.Failure.Reason != cmp.Or(c.reason, task.VendorUnavailable) || !strings.Contains(st.Failure.Detail, c.message) {
			t.Errorf("%d %s, failed task: %+v, %v", c.code, c.message, st, err)
		}
	}
}

func TestAnErrorWithoutACodeIsClassifiedByStatus(t *testing.T) {
	for status, class := range map[int]engine.Class{
		400: engine.Refused, 401: engine.AuthError, 402: engine.AuthError, 403: engine.AuthError, 422: engine.Refused, 429: engine.Overloaded,
		500: engine.Unreachable, 529: engine.Overloaded,
	} {
		for _, body := range []string{`{"type":"error","error":{"type":"x","message":"no (code) here"}}`, `{"type":"error","error":{"message":"( "}}`, `<html>`, `{}`} {
			if got := submit(t, enginetest.NewWithAnswer(t, newEngine, status, body, nil), "MiniMax-H3").Class; got != class {
				t.Errorf("%d %s: %s, want %s", status, body, got, class)
			}
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
		{"MiniMax-H3", task.Request{Seconds: 5, Resolution: "2k"}, ""},
		{"MiniMax-H3", task.Request{Seconds: 4}, "seconds"},
		{"MiniMax-H3", task.Request{Seconds: 3}, "seconds"},
		{"MiniMax-H3", task.Request{Seconds: 5, Last: image}, ""},
		{"MiniMax-H3", task.Request{Seconds: 5, First: &task.Image{Width: 5761, Height: 5000}}, "first_frame"},
		{"MiniMax-H3", task.Request{Seconds: 5, First: &task.Image{Width: 1000, Height: 399}}, "first_frame"},
		{"MiniMax-H3-Max", task.Request{Seconds: 4}, "seconds"},
		{"MiniMax-H3-Max", task.Request{Seconds: 5, Resolution: "2k"}, "resolution"},
		{"MiniMax-H3-Max", task.Request{Seconds: 15, Resolution: "480p"}, ""},
		{"MiniMax-Hailuo-2.3", task.Request{Seconds: 6, First: image, Last: image}, "last_frame"},
		{"MiniMax-Hailuo-2.3", task.Request{Seconds: 6, First: image, Resolution: "512p"}, "resolution"},
		{"MiniMax-Hailuo-2.3-Fast", task.Request{Seconds: 6}, "first_frame"},
		{"MiniMax-Hailuo-02", task.Request{Seconds: 6, First: image, Resolution: "512p"}, ""},
		{"MiniMax-Hailuo-02", task.Request{Seconds: 6, Resolution: "512p"}, "resolution"},
		{"MiniMax-Hailuo-02", task.Request{Seconds: 6, First: image, Last: image, Resolution: "512p"}, "resolution"},
		{"MiniMax-Hailuo-02", task.Request{Seconds: 6, First: &task.Image{Width: 300, Height: 400}}, "first_frame"},
		{"MiniMax-Hailuo-02", task.Request{Seconds: 6, First: &task.Image{Size: 20 << 20}}, "first_frame"},
		{"T2V-01", task.Request{Seconds: 6, Resolution: "720p"}, ""},
		{"T2V-01", task.Request{Seconds: 6, First: image}, "first_frame"},
		{"T2V-01-Director", task.Request{Seconds: 10}, "seconds"},
		{"I2V-01-live", task.Request{Seconds: 6}, "first_frame"},
	} {
		if got := enginetest.RefusedField(t, minimax.New(minimax.Options{}), c.model, c.r); got != c.field {
			t.Errorf("%s, %+v: error in field %q, want %q", c.model, c.r, got, c.field)
		}
	}
}
