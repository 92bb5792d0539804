package dialect

import (
	"net/http"
	"testing"

	"github.com/filmgate/filmgate/task"
)

// A key is 1 to 255 printable characters, or refused.
func FuzzIdempotencyKey(f *testing.F) {
	f.Fuzz(func(t *testing.T, header string) {
		key, err := idempotencyKey(http.Header{"Idempotency-Key": {header}})
		if err != nil {
			if task.CodeOf(err) != task.Invalid {
				t.Errorf("%q: %v", header, err)
			}
			return
		}
		if len(key) < 1 || len(key) > 255 {
			t.Errorf("%q is the key %q", header, key)
		}
		for _, c := range []byte(key) {
			if c < ' ' || c > '~' {
				t.Errorf("%q is the key %q", header, key)
			}
		}
	})
}
