package task_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestMoves(t *testing.T) {
	allowed := map[task.State][]task.State{
		task.Queued:    {task.Throttled, task.Pending, task.Failed, task.Cancelled},
		task.Throttled: {task.Queued, task.Pending, task.Failed, task.Cancelled},
		task.Pending:   {task.Running, task.Succeeded, task.Failed, task.Cancelled},
		task.Running:   {task.Succeeded, task.Failed, task.Cancelled},
	}
	for _, from := range task.States() {
		may := map[task.State]bool{}
		for _, to := range allowed[from] {
			may[to] = true
		}
		for _, to := range task.States() {
			if got := from.CanMoveTo(to); got != may[to] {
				t.Errorf("%s to %s: %v, want %v", from, to, got, may[to])
			}
		}
		if from.Terminal() != (len(may) == 0) {
			t.Errorf("%s: terminal is %v with %d moves", from, from.Terminal(), len(may))
		}
	}
}

func TestPublicTextsDiffer(t *testing.T) {
	seen := map[string]task.Code{}
	for _, c := range task.Codes() {
		if other, twice := seen[c.Title()]; twice || c.Title() == "" {
			t.Errorf("%s and %s share the title %q", c, other, c.Title())
		}
		seen[c.Title()] = c
	}
	for _, r := range task.Reasons() {
		if r.PublicText() == "" {
			t.Errorf("%s has no public text", r)
		}
		if r != task.Internal && r.PublicText() == task.Internal.PublicText() {
			t.Errorf("%s has the text of INTERNAL", r)
		}
	}
}

func TestRefusalsAreNotRetryable(t *testing.T) {
	for r, want := range map[task.Reason]bool{
		task.SafetyInputText: false, task.SafetyInputImage: false, task.SafetyInputVideo: false, task.SafetyOutputVideo: false, task.PreprocessSafety: false,
		task.AssetInvalid: false, task.VendorRefused: false, task.VendorUnavailable: true, task.Internal: true,
		task.BadOutput: true, task.PreprocessFailed: true,
	} {
		if r.Retryable() != want {
			t.Errorf("%s: retryable is %v", r, !want)
		}
	}
}

func TestCodeOfFindsTheErrorInTheChain(t *testing.T) {
	e := &task.Error{Code: task.TooLarge, Detail: "big", Fields: []task.FieldError{{Field: "a", Detail: "b"}}}
	if got := task.CodeOf(fmt.Errorf("while reading: %w", e)); got != task.TooLarge {
		t.Errorf("got %s", got)
	}
	if got := task.CodeOf(errors.New("disk full")); got != task.InternalError {
		t.Errorf("got %s for an error without a code", got)
	}
	if e.Error() != "too_large: big; a: b" {
		t.Errorf("got %q", e.Error())
	}
}

func TestFormatDuration(t *testing.T) {
	for f, want := range map[task.Format]time.Duration{
		{FrameRate: 24, Frames: 253}: 10541666666 * time.Nanosecond,
		{FrameRate: 24, Frames: 120}: 5 * time.Second,
		{}:                           0,
	} {
		if got := f.Duration(); got != want {
			t.Errorf("%+v: %v, want %v", f, got, want)
		}
	}
}

func TestArtifactFilesByRole(t *testing.T) {
	a := task.Artifact{Files: []task.File{{Role: task.Video, Key: "v"}, {Role: task.Preview, Key: "1"}, {Role: task.Preview, Key: "2"}}}
	if f, ok := a.FirstFile(task.Preview); !ok || f.Key != "1" {
		t.Errorf("first preview %+v, %v", f, ok)
	}
	if _, ok := a.FirstFile(task.Raw); ok {
		t.Error("found a file of a role without files")
	}
	if got := a.FilesOf(task.Preview); len(got) != 2 || got[1].Key != "2" {
		t.Errorf("previews %+v", got)
	}
}
