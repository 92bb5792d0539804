package makevid

import (
	"strings"
	"testing"
)

// Every create of every family makes one task for an Idempotency-Key.
func TestEveryCreateHonoursAnIdempotencyKey(t *testing.T) {
	for _, c := range []struct{ path, body, other string }{
		{"/api/v1/create_runway", `{"seconds":5,"text_prompt":"zoom"}`, `{"seconds":10,"text_prompt":"zoom"}`},
		{"/api/v1/create_luma", `{"user_prompt":"zoom","expand_prompt":false}`, `{"user_prompt":"zoom","expand_prompt":true}`},
		{"/api/v1/kling/text2video/create_kling", `{"prompt":"zoom"}`, `{"prompt":"pan"}`},
		{"/api/v1/kling/image2video/create_kling", `{"image":"https://a.example/a.jpg"}`, `{"image":"https://a.example/b.jpg"}`},
	} {
		t.Run(c.path, func(t *testing.T) {
			_, h := standing()
			first := send(h, "POST", c.path, c.body, "Idempotency-Key", `"a-key"`)
			if first.Code != 200 || first.Header().Get("Idempotent-Replayed") != "" {
				t.Fatalf("the first: %d %s", first.Code, first.Body)
			}
			again := send(h, "POST", c.path, c.body, "Idempotency-Key", "a-key")
			if again.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
				t.Errorf("the repeat: %d %v\n%s\nwant\n%s", again.Code, again.Header(), again.Body, first.Body)
			}
			for what, answer := range map[string]struct {
				body, key string
				status    int
				says      string
			}{
				"another key":             {c.body, "another", 200, ""},
				"another body":            {c.other, "a-key", 422, "Idempotency-Key"},
				"one that is under way":   {c.body, "busy", 409, "under way"},
				"a key of 255 characters": {c.body, strings.Repeat("k", 255), 200, ""},
				"a key of 256":            {c.body, strings.Repeat("k", 256), 400, "1 to 255 printable ASCII characters"},
				"an empty key":            {c.body, `""`, 400, "1 to 255 printable ASCII characters"},
				"a key that is not ASCII": {c.body, "ü", 400, "1 to 255 printable ASCII characters"},
			} {
				w := send(h, "POST", c.path, answer.body, "Idempotency-Key", answer.key)
				if w.Code != answer.status || !strings.Contains(w.Body.String(), answer.says) || w.Header().Get("Idempotent-Replayed") != "" {
					t.Errorf("%s: %d %s, want %d", what, w.Code, w.Body, answer.status)
				}
			}
		})
	}
}
