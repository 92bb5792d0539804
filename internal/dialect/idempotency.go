package dialect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// KeyLimit is the longest idempotency key, in characters.
const KeyLimit = 255

// wildcard matches a wildcard of a route's pattern.
var wildcard = regexp.MustCompile(`\{([^{}.$]+)(?:\.\.\.)?\}`)

// Sent returns what makes two requests of one call different: what the path has in place of wildcards, and the body. It copies
// nothing of the body, which may be large.
func Sent(r *http.Request, f *Fields) io.Reader {
	path := ""
	for _, m := range wildcard.FindAllStringSubmatch(r.Pattern, -1) {
		path += r.PathValue(m[1]) + "\x00"
	}
	return io.MultiReader(strings.NewReader(path), bytes.NewReader(f.body))
}

// Submit creates the request's task. If the caller sent an Idempotency-Key, a repeat with the same path and body gets the first
// answer again, with the header Idempotent-Replayed: true.
func Submit(w http.ResponseWriter, r *http.Request, gw Gateway, who apikey.Key, f *Fields, req task.Request) (task.Task, error) {
	return Once(w, r, Sent(r, f),
		func() (task.Task, error) { return gw.Submit(r.Context(), who, req) },
		func(key, fingerprint string) (task.Task, bool, error) {
			return gw.SubmitOnce(r.Context(), who, req, key, fingerprint)
		})
}

// Once creates something by plain, or by keyed if the caller sent an Idempotency-Key. what is what makes two requests of one call
// different, such as Sent, and is read only in the second case.
func Once[T any](w http.ResponseWriter, r *http.Request, what io.Reader, plain func() (T, error), keyed func(key, fingerprint string) (T, bool, error)) (made T, err error) {
	if len(r.Header.Values("Idempotency-Key")) == 0 {
		return plain()
	}
	key, err := idempotencyKey(r.Header)
	if err != nil {
		return made, err
	}
	sum := sha256.New()
	_, _ = sum.Write([]byte(r.Pattern + "\x00"))
	if _, err := io.Copy(sum, what); err != nil {
		return made, err
	}
	made, replayed, err := keyed(key, hex.EncodeToString(sum.Sum(nil)))
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	return made, err
}

// idempotencyKey reads the header as a Structured Field string, which is quoted
// (draft-ietf-httpapi-idempotency-key-header-07), or bare, as most callers send it.
func idempotencyKey(h http.Header) (string, error) {
	all := h.Values("Idempotency-Key")
	key := strings.TrimSpace(all[0])
	if inner, ok := strings.CutPrefix(key, `"`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			key = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(inner)
		}
	}
	printable := !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' })
	if len(all) > 1 || key == "" || len(key) > KeyLimit || !printable {
		return "", &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("The header Idempotency-Key must be one string of 1 to %d printable ASCII characters, quoted or bare.", KeyLimit)}
	}
	return key, nil
}
