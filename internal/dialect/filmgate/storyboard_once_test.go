package filmgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/task"
)

// failing is a gateway that can't write storyboards, and may die when it should delete the tasks that were made for one.
type failing struct {
	*gateway
	writes  bool
	deletes bool
}

func (f *failing) CreateStoryboardOnce(ctx context.Context, who apikey.Key, key, fingerprint string, edit func() (task.StoryboardEdit, error)) (task.Storyboard, bool, error) {
	if f.writes {
		return f.gateway.CreateStoryboardOnce(ctx, who, key, fingerprint, edit)
	}
	_, err := edit()
	return task.Storyboard{}, false, errors.Join(err, errors.New("the database is away"))
}

func (f *failing) Delete(ctx context.Context, who apikey.Key, id string) error {
	if !f.deletes {
		return errors.New("dead")
	}
	return f.gateway.Delete(ctx, who, id)
}

// post sends a request with an idempotency key, and returns the answer and the takes of the storyboard in it.
func post(t *testing.T, gw filmgate.Gateway, path, key, body string) (w *httptest.ResponseRecorder, takes string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	r.Header.Set("Idempotency-Key", key)
	w = httptest.NewRecorder()
	routesOf(gw).ServeHTTP(w, r)
	var board struct {
		Shots []struct{ Take string }
	}
	_ = json.Unmarshal(w.Body.Bytes(), &board) // a refusal has none
	for _, s := range board.Shots {
		takes += s.Take[30:] + " "
	}
	return w, takes
}

const twoShots = `{"shots":[{"request":{"prompt":"a lake"}},{"request":{"prompt":"a boat"}}]}`

func TestARepeatedCreateShowsTheFirstStoryboard(t *testing.T) {
	g := open()
	first, takes := post(t, g, "/api/v1/storyboards", "k", twoShots)
	again, same := post(t, g, "/api/v1/storyboards", "k", twoShots)
	if first.Code != http.StatusCreated || again.Code != http.StatusCreated || first.Body.String() != again.Body.String() || takes != same {
		t.Errorf("%d %s\nand then %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if again.Header().Get("Idempotent-Replayed") != "true" || again.Header().Get("Location") != first.Header().Get("Location") {
		t.Errorf("the repeat has the headers %v", again.Header())
	}
	if other, _ := post(t, g, "/api/v1/storyboards", "k", `{"shots":[]}`); other.Code != http.StatusUnprocessableEntity {
		t.Errorf("another body under the key: %d %s", other.Code, other.Body)
	}
	if _, others := post(t, g, "/api/v1/storyboards", "l", twoShots); others == takes {
		t.Errorf("another key has the takes %s too", others)
	}
}

// A server that dies before the storyboard is written leaves the tasks of its shots. The repeat uses them: nothing is paid twice.
func TestACreateRepeatedAfterACrashMakesNoTaskTwice(t *testing.T) {
	g := &failing{gateway: open()}
	if w, _ := post(t, g, "/api/v1/storyboards", "k", twoShots); w.Code != http.StatusInternalServerError {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	g.writes = true
	if w, takes := post(t, g, "/api/v1/storyboards", "k", twoShots); w.Code != http.StatusCreated || takes != "000004 000005 " {
		t.Errorf("%d, takes %s: %s", w.Code, takes, w.Body)
	}
}

// Tasks that were deleted again, since the storyboard could not be written, are made anew by a repeat.
func TestACreateRepeatedAfterAFailureMakesItsTasksAgain(t *testing.T) {
	g := &failing{gateway: open(), deletes: true}
	for range 2 {
		if w, _ := post(t, g, "/api/v1/storyboards", "k", twoShots); w.Code != http.StatusInternalServerError {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	g.writes = true
	if w, takes := post(t, g, "/api/v1/storyboards", "k", twoShots); w.Code != http.StatusCreated || takes != "000008 000009 " {
		t.Errorf("%d, takes %s: %s", w.Code, takes, w.Body)
	}
}

// A key stands for the render of one storyboard, and for its first answer whatever has become of the storyboard.
func TestARepeatedRenderIsTheFirstTask(t *testing.T) {
	g := open()
	const path = "/api/v1/storyboards/50000000-0000-4000-8000-000000000001"
	first, _ := post(t, g, path+"/renders", "k", "{}")
	if first.Code != http.StatusCreated {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	if other, _ := post(t, g, "/api/v1/storyboards/50000000-0000-4000-8000-000000000009/renders", "k", "{}"); other.Code != http.StatusUnprocessableEntity {
		t.Errorf("the key for another storyboard: %d %s", other.Code, other.Body)
	}
	if err := g.DeleteStoryboard(t.Context(), apikey.Key{Account: 7}, path[len("/api/v1/storyboards/"):], 0); err != nil {
		t.Fatal(err)
	}
	if again, _ := post(t, g, path+"/renders", "k", "{}"); again.Code != http.StatusCreated || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\nand then %d %s", first.Code, first.Body, again.Code, again.Body)
	}
}
