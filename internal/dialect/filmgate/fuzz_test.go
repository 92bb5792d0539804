package filmgate

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// A cursor is decoded to what was encoded, or refused.
func FuzzCursor(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parseCursor(s)
		if !ok {
			return
		}
		if again, ok := parseCursor(cursor(at)); !ok || again != at || at.ID == "" {
			t.Errorf("%q is %+v, and written again %+v", s, at, again)
		}
	})
}

// willing is a gateway that accepts every change and returns the changed value.
type willing struct{ Gateway }

// Admit accepts every key.
func (willing) Admit(context.Context, string, apikey.Scope) (apikey.Key, error) {
	return apikey.Key{Account: 7}, nil
}

// EditAsset returns an asset with the change.
func (willing) EditAsset(_ context.Context, _ apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error) {
	a := task.Artifact{ID: id}
	if e.Name != nil {
		a.Filename = *e.Name
	}
	return a, nil
}

// RenameGroup returns a group with the name.
func (willing) RenameGroup(_ context.Context, _ apikey.Key, id, name string) (task.AssetGroup, error) {
	return task.AssetGroup{ID: id, Name: name}, nil
}

// List returns no tasks.
func (willing) List(context.Context, apikey.Key, task.Query) ([]task.Task, error) { return nil, nil }

// Assets returns no assets.
func (willing) Assets(context.Context, apikey.Key, task.ArtifactQuery) ([]task.Artifact, error) {
	return nil, nil
}

// Token returns no token.
func (willing) Token(string, time.Time) string { return "" }

// Now returns the zero time.
func (willing) Now() time.Time { return time.Time{} }

// answered sends a request. The answer must be JSON, and its status below 500.
func answered(t *testing.T, method, target, body string) {
	t.Helper()
	h := dialecttest.Mux(Routes(willing{}, Options{Log: slog.New(slog.DiscardHandler)}))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
	h.ServeHTTP(w, r)
	if w.Code >= http.StatusInternalServerError || !json.Valid(w.Body.Bytes()) || !utf8.Valid(w.Body.Bytes()) {
		t.Errorf("%s %s %q: %d %s", method, target, body, w.Code, w.Body)
	}
}

// Any body of a change and any query of a list is answered with JSON.
func FuzzRequests(f *testing.F) {
	f.Fuzz(func(t *testing.T, call byte, text string) {
		switch call % 4 {
		case 0:
			answered(t, http.MethodPatch, "/api/v1/assets/a", text)
		case 1:
			answered(t, http.MethodPatch, "/api/v1/asset_groups/a", text)
		case 2:
			answered(t, http.MethodGet, "/api/v1/tasks?"+text, "")
		case 3:
			answered(t, http.MethodGet, "/api/v1/assets?"+text, "")
		}
	})
}
