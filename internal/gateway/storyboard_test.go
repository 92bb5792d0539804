package gateway_test

import (
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAStoryboardIsMadeOnceForAKey(t *testing.T) {
	h := newHarness(t)
	h.joins()
	shot := h.submit(t, "a lake")
	edits := 0
	edit := func() (task.StoryboardEdit, error) {
		edits++
		return task.StoryboardEdit{Shots: []task.ShotEdit{{Add: []string{shot.ID}}}}, nil
	}
	if _, _, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "f", func() (task.StoryboardEdit, error) { return task.StoryboardEdit{}, errors.New("refused") }); err == nil {
		t.Fatal("the error of an edit is lost")
	}
	first, replayed, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "f", edit)
	if err != nil || replayed {
		t.Fatalf("%v, %v", replayed, err)
	}
	again, replayed, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "f", edit)
	if err != nil || !replayed || again.ID != first.ID || edits != 1 {
		t.Errorf("repeated: %s, %v, %v after %d edits, want %s", again.ID, replayed, err, edits, first.ID)
	}
	if _, _, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "g", edit); task.CodeOf(err) != task.Unreadable {
		t.Errorf("another request under the key: %v", err)
	}
	t.Run("and so is its video", func(t *testing.T) { h.renderedOnce(t, first.ID, shot.ID) })
	if _, _, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "f", edit); task.CodeOf(err) != task.NotFound {
		t.Errorf("repeated after it was deleted: %v", err)
	}
	h.pass(task.IdempotencyLife + time.Second)
	if next, replayed, err := h.CreateStoryboardOnce(t.Context(), h.who, "k", "f", edit); err != nil || replayed || next.ID == first.ID {
		t.Errorf("a day later: %s, %v, %v", next.ID, replayed, err)
	}
}

// renderedOnce checks that a storyboard of one shot is rendered once for a key, also after it was deleted.
func (h *harness) renderedOnce(t *testing.T, storyboard, shot string) {
	t.Helper()
	asked := task.Request{Dialect: "filmgate", AssetGroup: "Films", Name: "cut 1"}
	made, _, err := h.RenderOnce(t.Context(), h.who, storyboard, asked, "r", "f")
	if err != nil || made.Request.Name != "cut 1" || made.Request.AssetGroup != "Films" || made.Request.Sequence.Shots[0].Task != shot {
		t.Fatalf("%+v, %v", made, err)
	}
	if err := h.DeleteStoryboard(t.Context(), h.who, storyboard, 0); err != nil {
		t.Fatal(err)
	}
	if same, replayed, err := h.RenderOnce(t.Context(), h.who, storyboard, asked, "r", "f"); err != nil || !replayed || same.ID != made.ID {
		t.Errorf("repeated: %s, %v, %v, want %s", same.ID, replayed, err, made.ID)
	}
}
