package gateway_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
)

func TestInputsInTheMakingHaveSoMuchSpaceTogether(t *testing.T) {
	h := newHouse(t)
	h.config.TempSpace = 100 << 20 // for one video and not for two
	h.takesVideos()
	video := aClip(t)
	for range 3 { // each gives back what it took
		if _, err := h.Upload(t.Context(), h.who, bytes.NewReader(video)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.submitVideo(t, dataURI("video/mp4", video)); err != nil {
			t.Fatal(err)
		}
	}
	h.config.TempSpace = 1 << 20
	h.takesVideos()
	_, uploading := h.Upload(t.Context(), h.who, bytes.NewReader(video))
	_, asking := h.submitVideo(t, dataURI("video/mp4", video))
	for name, err := range map[string]error{"an upload": uploading, "a create": asking} {
		if e := (*task.Error)(nil); !errors.As(err, &e) || e.Code != task.NoSpace || e.RetryAfter <= 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48))); err != nil {
		t.Errorf("a picture: %v", err)
	}
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
}

func TestAResultThatFindsNoSpaceWaitsAtItsEngine(t *testing.T) {
	h := newHouse(t)
	h.config.TempSpace = int64(len(aClip(t))) - 1
	h.use(h.fake)
	id := h.submit(t, "a lake").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	h.pass(h.fake.Takes)
	for range 30 {
		if _, err := h.Advance(t.Context(), id); !errors.Is(err, blob.ErrUnavailable) || !blob.IsFull(err) {
			t.Fatalf("%v", err)
		}
	}
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
	h.config.TempSpace++
	h.use(h.fake)
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s, %+v, %d attempts", got.State, got.Failure, len(got.Attempts))
	}
}
