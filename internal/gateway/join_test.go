package gateway_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// joins lets the harness's engine join shots, too.
func (h *harness) joins() {
	h.fake.Caps.Models = append(h.fake.Caps.Models, engine.Model{Name: task.SequenceModel, Modes: []engine.Mode{engine.FromShots}})
}

// join submits the join of the videos of tasks.
func (h *harness) join(t *testing.T, shots ...string) task.Task {
	t.Helper()
	r := task.Request{Dialect: "filmgate", Model: task.SequenceModel, Seconds: 1, AssetGroup: "Generative Video", Sequence: &task.Sequence{Storyboard: "b"}}
	for _, id := range shots {
		r.Sequence.Shots = append(r.Sequence.Shots, task.CutShot{Task: id})
	}
	made, err := h.Submit(t.Context(), h.who, r)
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	return made
}

func TestAJoinGetsTheVideosOfItsShots(t *testing.T) {
	h := newHarness(t)
	h.joins()
	first, second := h.run(t, h.submit(t, "a lake").ID), h.run(t, h.submit(t, "a boat").ID)
	got := h.run(t, h.join(t, second.ID, first.ID, second.ID).ID)
	if got.State != task.Succeeded || got.EngineModel != task.SequenceModel || len(got.Artifacts) != 1 {
		t.Fatalf("ended %s, %+v", got.State, got.Failure)
	}
	var shots []string
	for _, s := range h.fake.Job(got.ID).Shots {
		shots = append(shots, s.Task)
		body, err := s.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(body)
		if err != nil || int64(len(whole)) != s.Size || s.Size == 0 {
			t.Errorf("%d of %d bytes, %v", len(whole), s.Size, err)
		}
		_ = body.Close()
	}
	if !slices.Equal(shots, []string{second.ID, first.ID, second.ID}) {
		t.Errorf("the shots are %q", shots)
	}
}

func TestAJoinWaitsForItsShotsAndIsWokenByThem(t *testing.T) {
	h := newHarness(t)
	h.joins()
	shot := h.submit(t, "a lake")
	j := h.join(t, shot.ID)
	next, err := h.Advance(t.Context(), j.ID)
	if err != nil || next.Done || next.After <= time.Minute { // a worker is kept for a minute at most
		t.Fatalf("%+v, %v", next, err)
	}
	if got := h.read(t, j.ID); got.State != task.Queued || got.ProgressText != "waiting for shot 1" || h.fake.Submits(j.ID) != 0 {
		t.Errorf("it is %s %q", got.State, got.ProgressText)
	}
	h.wakes = nil
	h.run(t, shot.ID)
	if !slices.ContainsFunc(h.wakes, func(w task.Wake) bool { return w.Task == j.ID && w.At.IsZero() }) {
		t.Errorf("the end of the shot wakes %+v", h.wakes)
	}
	if next, err = h.Advance(t.Context(), j.ID); err != nil || h.fake.Submits(j.ID) != 1 {
		t.Errorf("woken, it was submitted %d times: %+v, %v", h.fake.Submits(j.ID), next, err)
	}
	if got := h.run(t, j.ID); got.State != task.Succeeded {
		t.Errorf("ended %s, %+v", got.State, got.Failure)
	}
}

// A step of a join that another server runs does not hear by itself that its shots have ended here.
func TestAJoinIsWokenByAShotThatAnotherServerEnds(t *testing.T) {
	h := newHarness(t)
	h.joins()
	other := h.config.build()
	for name, tell := range map[string]func(shot task.Task){
		"by the news of its end": func(shot task.Task) {
			ended := []store.TaskNews{{ID: shot.ID, Version: shot.Version}}
			if waited := len(h.wakes) == 0; other.NeedsShots(ended) != waited || other.NeedsShots([]store.TaskNews{{ID: "b"}}) {
				t.Errorf("while it is %v that a task waits, it does not know which news it needs", waited)
			}
			other.HearShots(t.Context(), ended)
		},
		"after news may have been missed": func(task.Task) { other.MissedShots(t.Context()) },
	} {
		shot := h.submit(t, "a lake")
		j := h.join(t, shot.ID)
		if next, err := other.Advance(t.Context(), j.ID); err != nil || next.After <= time.Minute {
			t.Fatalf("%+v, %v", next, err)
		}
		shot = h.run(t, shot.ID)
		h.wakes = nil
		tell(shot)
		if len(h.wakes) != 1 || h.wakes[0].Task != j.ID || !h.wakes[0].At.IsZero() {
			t.Errorf("%s: woken are %+v", name, h.wakes)
		}
		if tell(shot); len(h.wakes) != 1 {
			t.Errorf("%s, told twice: woken are %+v", name, h.wakes)
		}
		if got := h.run(t, j.ID); got.State != task.Succeeded {
			t.Errorf("%s: ended %s, %+v", name, got.State, got.Failure)
		}
	}
}

func TestAJoinFailsWithTheShotThatHasNoVideo(t *testing.T) {
	for want, spoil := range map[string]func(h *harness, t *testing.T, id string){
		"The video of shot 2 was deleted.": func(h *harness, t *testing.T, id string) {
			h.run(t, id)
			if err := h.Delete(t.Context(), h.who, id); err != nil {
				t.Fatal(err)
			}
		},
		"Shot 2 has no video: its task is CANCELLED.": func(h *harness, t *testing.T, id string) {
			if _, err := h.Cancel(t.Context(), h.who, id); err != nil {
				t.Fatal(err)
			}
		},
	} {
		h := newHarness(t)
		h.joins()
		waits, shot := h.submit(t, "a lake"), h.submit(t, "a boat")
		spoil(h, t, shot.ID)
		got := h.run(t, h.join(t, waits.ID, shot.ID).ID)
		if got.State != task.Failed || got.Failure.Text != want || got.Failure.Reason != task.AssetInvalid {
			t.Errorf("ended %s, %+v; want %s", got.State, got.Failure, want)
		}
	}
}

func TestAShotOfAnotherAccountIsUnknownToAJoin(t *testing.T) {
	h := newHarness(t)
	h.joins()
	shot := h.run(t, h.submit(t, "a lake").ID)
	h.who.Account++
	if got := h.run(t, h.join(t, shot.ID).ID); got.State != task.Failed || got.Failure.Text != "The video of shot 1 was deleted." {
		t.Errorf("ended %s, %+v", got.State, got.Failure)
	}
}

func TestAJoinGoesToTheBuiltInRendererWhateverTheRoutes(t *testing.T) {
	h := newHarness(t)
	h.joins()
	h.config.Registry.Routes = map[string][]registry.Target{"*": {{Engine: "elsewhere"}}, task.SequenceModel: {{Engine: "elsewhere"}}}
	h.use(h.fake)
	if got := h.join(t, "gone"); got.Engine != "fake" {
		t.Errorf("it goes to %s", got.Engine)
	}
	if offers := h.Offers("x"); len(offers) != 0 {
		t.Errorf("offers of another engine: %+v", offers)
	}
	h.config.Registry.Routes = nil
	h.use(h.fake)
	for _, o := range h.Offers("x") {
		if o.Model == task.SequenceModel {
			t.Error("callers are offered the model of joins")
		}
	}
}
