package storyboard_test

import (
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestARenderIsAskedForWhatTheStoryboardIsNow(t *testing.T) {
	b := open(t)
	board := create(t, b, 1, 2)
	dissolve, trim := task.Transition{Type: task.Dissolve, Duration: time.Second}, task.Trim{Start: time.Second}
	board, err := edit(t, b, board, task.ShotEdit{ID: board.Shots[1].ID}, task.ShotEdit{ID: board.Shots[0].ID, Transition: &dissolve, Trim: &trim})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.RenderRequest(t.Context(), owner, board.ID)
	if err != nil || r.Name != "Harbour" || r.Model != task.SequenceModel || r.Seconds != 8 || r.Sequence.Storyboard != board.ID || len(r.Sequence.Shots) != 2 {
		t.Fatalf("%+v %+v, %v", r, r.Sequence, err)
	}
	if s := r.Sequence.Shots[0]; s.Task != id(2) || s.Transition.Type != task.Cut {
		t.Errorf("the first shot is %+v", s)
	}
	if s := r.Sequence.Shots[1]; s != (task.CutShot{Task: id(1), Transition: dissolve, Trim: trim}) {
		t.Errorf("the second shot is %+v", s)
	}
}

func TestAStoryboardThatCanNotBeRenderedSaysWhy(t *testing.T) {
	b := open(t)
	late := task.Trim{Start: 6 * time.Second}
	for want, shots := range map[string][]task.ShotEdit{
		"The storyboard has no shots.":                                        {},
		"Shot 2 has no video, since its task is FAILED: choose another take.": {{Add: []string{id(1)}}, {Add: []string{id(20)}}},
		"The video of shot 1 was deleted: choose another take.":               {{Add: []string{id(21)}}},
		"Shot 1 begins at 6s, and its video is only 5s long: trim it less.":   {{Add: []string{id(1)}, Trim: &late}},
		"The video would be 11m40s long; at most 10m0s are possible.":         {{Add: []string{id(22)}}, {Add: []string{id(22)}}},
	} {
		made, err := b.CreateStoryboard(t.Context(), owner, task.StoryboardEdit{Shots: shots})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.RenderRequest(t.Context(), owner, made.ID)
		var e *task.Error
		if !errors.As(err, &e) || e.Code != task.Conflict || e.Detail != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := b.RenderRequest(t.Context(), other, create(t, b, 1).ID); task.CodeOf(err) != task.NotFound || err == nil {
		t.Errorf("another account: %v", err)
	}
}

func TestShotsThatHaveNotEndedCanBeRendered(t *testing.T) {
	b := open(t)
	r, err := b.RenderRequest(t.Context(), owner, create(t, b, 23, 1).ID)
	if err != nil || r.Seconds != 12 {
		t.Errorf("%+v, %v", r, err)
	}
}
