package task_test

import (
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Every state can be reached from the first, and every live state can end.
func TestAllStatesCanBeReachedAndLeft(t *testing.T) {
	reached := map[task.State]bool{task.Queued: true}
	for range task.States() {
		for _, from := range task.States() {
			for _, to := range task.States() {
				if reached[from] && from.CanMoveTo(to) {
					reached[to] = true
				}
			}
		}
	}
	for _, s := range task.States() {
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
		if s.CanMoveTo(s) {
			t.Errorf("%s moves to itself", s)
		}
		if !s.Terminal() && (!s.CanMoveTo(task.Failed) || !s.CanMoveTo(task.Cancelled)) {
			t.Errorf("%s can't fail or be cancelled", s)
		}
	}
	for _, back := range [][2]task.State{{task.Running, task.Pending}, {task.Running, task.Queued}, {task.Pending, task.Throttled}, {task.Pending, task.Queued},
		{task.Queued, task.Running}, {task.Throttled, task.Succeeded}, {task.Queued, task.Succeeded}} {
		if back[0].CanMoveTo(back[1]) {
			t.Errorf("%s moves to %s", back[0], back[1])
		}
	}
}

func TestUnknownStatesDoNotMove(t *testing.T) {
	for _, unknown := range []task.State{"", "running", "DONE"} {
		if unknown.Terminal() {
			t.Errorf("%q is terminal", unknown)
		}
		for _, s := range task.States() {
			if unknown.CanMoveTo(s) || s.CanMoveTo(unknown) {
				t.Errorf("%q and %s move to one another", unknown, s)
			}
		}
	}
}

func TestListsAreCopies(t *testing.T) {
	task.States()[0], task.Codes()[0], task.Reasons()[0], task.Roles()[0] = "x", "x", "x", "x"
	if slices.Contains(task.States(), "x") || slices.Contains(task.Codes(), "x") || slices.Contains(task.Reasons(), "x") || slices.Contains(task.Roles(), "x") {
		t.Error("one caller's changes are visible to others")
	}
}

func TestFormatDurationEdges(t *testing.T) {
	for f, want := range map[task.Format]time.Duration{
		{FrameRate: 30, Frames: 1}:     33333333 * time.Nanosecond,
		{FrameRate: 25, Frames: 0}:     0,
		{FrameRate: 1, Frames: 90}:     90 * time.Second,
		{FrameRate: 24, Frames: 86400}: time.Hour,
		{Frames: 24}:                   0,
	} {
		if got := f.Duration(); got != want {
			t.Errorf("%+v: %v, want %v", f, got, want)
		}
	}
}

func TestPrices(t *testing.T) {
	for _, c := range []struct {
		name    string
		price   task.Price
		seconds int
		want    float64
	}{
		{"nothing known", task.Price{}, 10, 0},
		{"per second", task.Price{PerSecond: 0.05, Currency: "USD"}, 10, 0.5},
		{"per video", task.Price{PerClip: 1.25}, 10, 1.25},
		{"both", task.Price{PerSecond: 0.5, PerClip: 1}, 4, 3},
		{"0 seconds", task.Price{PerSecond: 0.5, PerClip: 1}, 0, 1},
	} {
		if got := c.price.Of(c.seconds); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFilesKeepTheirOrder(t *testing.T) {
	var a task.Artifact
	for i, r := range slices.Concat(task.Roles(), task.Roles()) {
		a.Files = append(a.Files, task.File{Role: r, Size: int64(i)})
	}
	for i, r := range task.Roles() {
		all := a.FilesOf(r)
		if len(all) != 2 || all[0].Size != int64(i) || all[1].Size != int64(i+len(task.Roles())) {
			t.Errorf("%s: %+v", r, all)
		}
		if f, ok := a.FirstFile(r); !ok || f != all[0] {
			t.Errorf("the first %s: %+v, %v", r, f, ok)
		}
	}
	if f, ok := (task.Artifact{}).FirstFile(task.Video); ok || f != (task.File{}) || (task.Artifact{}).FilesOf(task.Video) != nil {
		t.Errorf("an artifact without files has %+v", f)
	}
}

func TestUploading(t *testing.T) {
	for _, c := range []struct {
		name string
		d    task.Dataset
		want bool
	}{
		{"begun", task.Dataset{Upload: &task.Upload{Parts: 2}}, true},
		{"completed", task.Dataset{Key: "datasets/a.jpg", Upload: &task.Upload{Parts: 2, Sums: []string{"x", "y"}}}, false},
		{"not in parts", task.Dataset{Key: "datasets/a.jpg"}, false},
	} {
		if got := c.d.Uploading(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := task.PartKey("6a9b7e6c-1f87-40b0-b285-35a8b07ee18a", 12); got != "uploads/6a9b7e6c-1f87-40b0-b285-35a8b07ee18a.12" {
		t.Errorf("the key of part 12 is %q", got)
	}
}

func TestWhyFailedAlwaysHasAText(t *testing.T) {
	for name, one := range map[string]struct {
		stored *task.Failure
		want   task.Failure
	}{
		"no failure": {nil, task.Failure{Reason: task.Internal, Text: task.Internal.PublicText()}},
		"no text": {&task.Failure{Reason: task.SafetyInputText, Detail: "422"},
			task.Failure{Reason: task.SafetyInputText, Text: task.SafetyInputText.PublicText(), Detail: "422"}},
		"no reason":    {&task.Failure{}, task.Failure{Text: task.Internal.PublicText()}},
		"its own text": {&task.Failure{Reason: task.BadOutput, Text: "No."}, task.Failure{Reason: task.BadOutput, Text: "No."}},
	} {
		before := task.Failure{}
		if one.stored != nil {
			before = *one.stored
		}
		if got := (task.Task{Failure: one.stored}).WhyFailed(); got != one.want {
			t.Errorf("%s: %+v", name, got)
		}
		if one.stored != nil && *one.stored != before {
			t.Errorf("%s: the stored failure has changed", name)
		}
	}
}

func TestFilesOfLeavesOutDeletedArtifactsAndOtherRoles(t *testing.T) {
	made := func(id string, deleted bool, keys ...string) task.Artifact {
		a := task.Artifact{ID: id, Deleted: deleted, Files: []task.File{{Role: task.Poster, Key: id + "-poster"}}}
		for _, key := range keys {
			a.Files = append(a.Files, task.File{Role: task.Video, Key: key})
		}
		return a
	}
	for name, one := range map[string]struct {
		artifacts []task.Artifact
		want      []string
	}{
		"no artifact":         {nil, nil},
		"a deleted one":       {[]task.Artifact{made("a", true, "a1")}, nil},
		"one without a video": {[]task.Artifact{made("a", false)}, nil},
		"two files of one":    {[]task.Artifact{made("a", false, "a1", "a2")}, []string{"a a1"}},
		"two after others":    {[]task.Artifact{made("a", true, "a1"), made("b", false), made("c", false, "c1"), made("d", false, "d1")}, []string{"c c1", "d d1"}},
	} {
		t.Run(name, func(t *testing.T) {
			tk := task.Task{Artifacts: one.artifacts}
			var got []string
			for a, f := range tk.FilesOf(task.Video) {
				got = append(got, a.ID+" "+f.Key)
			}
			if !slices.Equal(got, one.want) {
				t.Errorf("files %q", got)
			}
			a, f, ok := tk.FirstFile(task.Video)
			if ok != (len(one.want) > 0) || ok && a.ID+" "+f.Key != one.want[0] || !ok && f.Key != "" {
				t.Errorf("the first is %q of %q, %v", f.Key, a.ID, ok)
			}
		})
	}
}

func TestDatasetsOfARequestAreListedOnce(t *testing.T) {
	for name, one := range map[string]struct {
		request task.Request
		want    []string
	}{
		"none":              {task.Request{First: &task.Image{Source: "https://example.com/a.jpg"}}, nil},
		"two pictures":      {task.Request{First: &task.Image{Dataset: "b"}, Last: &task.Image{Dataset: "a"}}, []string{"a", "b"}},
		"one picture twice": {task.Request{First: &task.Image{Dataset: "a"}, Last: &task.Image{Dataset: "a"}}, []string{"a"}},
		"a video":           {task.Request{Video: &task.InputVideo{Dataset: "v"}}, []string{"v"}},
	} {
		if got := one.request.Datasets(); !slices.Equal(got, one.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
