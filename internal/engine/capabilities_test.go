package engine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestCheckNamesEveryField(t *testing.T) {
	m := engine.Model{
		Name: "m", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{Seconds: []int{5, 10}, AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 5},

		Images: task.InputImageLimits{Types: []string{"image/jpeg"}, MinSide: 300},
	}
	picture := func(kind string, w, h int) *task.Image { return &task.Image{Type: kind, Width: w, Height: h} }
	for _, c := range []struct {
		name string
		r    task.Request
		want map[string]string
	}{
		{"all is possible", task.Request{Prompt: "a cat", Seconds: 5, AspectRatio: "16:9", Resolution: "720p"}, nil},
		{"characters are counted, not bytes", task.Request{Prompt: "äöüßé", Seconds: 5}, nil},
		{"a length between", task.Request{Seconds: 7}, map[string]string{"seconds": "7 is not possible with model m; allowed: 5, 10"}},
		{"several at once", task.Request{Seconds: 11, AspectRatio: "1:1", Resolution: "4k", Prompt: "a long one"}, map[string]string{
			"seconds":      "11 is not possible with model m; allowed: 5, 10",
			"aspect_ratio": `"1:1" is not possible with model m; allowed: 16:9`,
			"resolution":   `"4k" is not possible with model m; allowed: 720p`,
			"prompt":       "10 characters; model m takes at most 5",
		}},
		{"a mode it has not", task.Request{Seconds: 5, Last: picture("image/jpeg", 300, 300)}, map[string]string{
			"last_frame": "model m can't make a video from last frame; allowed: text, first frame",
		}},
		{"a small picture of another type", task.Request{Seconds: 5, First: picture("image/png", 299, 4000)}, map[string]string{
			"first_frame": "299x4000 pixels; model m needs at least 300 on each side",
		}},
		{"the picture's own field name", task.Request{Seconds: 5, First: &task.Image{Field: "init_image", Type: "image/png"}}, map[string]string{
			"init_image": "model m takes image/jpeg, not image/png",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for _, f := range m.Check(c.r) {
				got[f.Field] = f.Detail
			}
			for field, detail := range c.want {
				if got[field] != detail {
					t.Errorf("%s: %q, want %q", field, got[field], detail)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
		})
	}
}

func TestCheckImageSizes(t *testing.T) {
	m := engine.Model{Name: "m", Images: task.InputImageLimits{MinSide: 300, MaxSide: 2000, MaxRatio: 2.5}}
	for _, c := range []struct {
		w, h int
		want string
	}{
		{300, 750, ""}, {2000, 800, ""}, {0, 0, ""}, // 0 = size unknown
		{299, 400, "299x400 pixels; model m needs at least 300 on each side"},
		{900, 2001, "900x2001 pixels; model m takes at most 2000 on each side"},
		{1001, 400, "1001x400 pixels; model m takes pictures whose longer side is at most 2.5 times the shorter"},
		{400, 1001, "400x1001 pixels; model m takes pictures whose longer side is at most 2.5 times the shorter"},
	} {
		var got []string
		for _, f := range m.Check(task.Request{Last: &task.Image{Width: c.w, Height: c.h}}) {
			got = append(got, f.Field+": "+f.Detail)
		}
		if c.want != "" {
			c.want = "last_frame: " + c.want
		}
		if all := strings.Join(got, "; "); all != c.want {
			t.Errorf("%dx%d: %q, want %q", c.w, c.h, all, c.want)
		}
	}
}

func TestMaxSeconds(t *testing.T) {
	m := engine.Model{Name: "m", Limits: task.Limits{MaxSeconds: 60}}
	for seconds, faults := range map[int]int{1: 0, 60: 0, 61: 1} {
		if got := m.Check(task.Request{Seconds: seconds}); len(got) != faults {
			t.Errorf("%d s: %v, want %d faults", seconds, got, faults)
		}
	}
}

func TestModeOf(t *testing.T) {
	img := &task.Image{}
	for want, r := range map[engine.Mode]task.Request{
		engine.FromVideo: {Video: &task.InputVideo{}, First: img}, engine.FromText: {}, engine.FromFirst: {First: img}, engine.FromLast: {Last: img}, engine.FromFirstLast: {First: img, Last: img},
		engine.FromReferences: {ReferenceImages: []task.ReferenceImage{{}}},
	} {
		if got := engine.ModeOf(r); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestLimitsByMode(t *testing.T) {
	m := engine.Model{
		Name: "m", Modes: engine.Modes(), Limits: task.Limits{Seconds: []int{5}, AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 3},
		ByMode: map[engine.Mode]task.Limits{
			engine.FromFirst: {MaxSeconds: 20, AspectRatios: []string{"1:1"}},
			engine.FromLast:  {Seconds: []int{8}, Resolutions: []string{"1080p"}, PromptLimit: 9},
		},
	}
	img := &task.Image{}
	for _, c := range []struct {
		name   string
		r      task.Request
		fields string
	}{
		{"from text, by its own", task.Request{Seconds: 5, AspectRatio: "16:9", Prompt: "abc"}, ""},
		{"from text, by another mode's", task.Request{Seconds: 8, AspectRatio: "1:1", Resolution: "1080p", Prompt: "abcd"}, "seconds aspect_ratio resolution prompt"},
		{"what the mode sets", task.Request{First: img, Seconds: 20, AspectRatio: "1:1", Prompt: "abc"}, ""},
		{"what the mode sets is all there is", task.Request{First: img, Seconds: 21, AspectRatio: "16:9"}, "seconds aspect_ratio"},
		{"what the mode leaves is the model's", task.Request{First: img, Seconds: 1, Resolution: "1080p", Prompt: "abcd"}, "resolution prompt"},
		{"each limit can be a mode's", task.Request{Last: img, Seconds: 8, Resolution: "1080p", AspectRatio: "16:9", Prompt: "abcdefghi"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fieldsOf(m.Check(c.r)); got != c.fields {
				t.Errorf("faults of %q, want %q", got, c.fields)
			}
		})
	}
	if len(m.ForMode(engine.FromFirst).Seconds) != 0 || len(m.Seconds) != 1 {
		t.Error("the mode's limit on length does not stand alone, or has changed the model")
	}
}

func fieldsOf(faults []task.FieldError) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.Field)
	}
	return strings.Join(out, " ")
}

func TestPromptUnits(t *testing.T) {
	prompt := "a 🎬" // three characters, four UTF-16 units
	for unit, want := range map[engine.PromptUnit]string{
		engine.Characters: "", engine.UTF16Units: "4 UTF-16 units; model m takes at most 3",
	} {
		got := engine.Model{Name: "m", Limits: task.Limits{PromptLimit: 3}, PromptUnit: unit}.Check(task.Request{Prompt: prompt})
		if (want == "") != (len(got) == 0) || want != "" && got[0].Detail != want {
			t.Errorf("%s: %v, want %q", unit, got, want)
		}
	}
	if got := (engine.Model{Name: "m", Limits: task.Limits{PromptLimit: 2}}).Check(task.Request{Prompt: prompt}); got[0].Detail != "3 characters; model m takes at most 2" {
		t.Errorf("%v", got)
	}
}

func TestCheckCaption(t *testing.T) {
	r := task.Request{Prompt: "a cat", Seconds: 5, Caption: true}
	if got := (engine.Model{Name: "m", Caption: true}).Check(r); len(got) > 0 {
		t.Errorf("%v", got)
	}
	got := (engine.Model{Name: "m"}).Check(r)
	if len(got) != 1 || got[0] != (task.FieldError{Field: "caption", Detail: "model m can't write the prompt into the video"}) {
		t.Errorf("%v", got)
	}
}

func TestCheckLoop(t *testing.T) {
	last := &task.Image{}
	for _, c := range []struct {
		name string
		m    engine.Model
		r    task.Request
		want string
	}{
		{"a model that loops", engine.Model{Name: "m", Loop: true}, task.Request{Prompt: "a cat", Seconds: 5, Loop: true}, ""},
		{"a model that does not", engine.Model{Name: "m"}, task.Request{Prompt: "a cat", Seconds: 5, Loop: true}, "model m can't make a video that loops"},
		{"a last frame", engine.Model{Name: "m", Loop: true}, task.Request{Prompt: "a cat", Seconds: 5, Loop: true, Last: last}, "is not possible with a last frame or an input video"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.m.Check(c.r)
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0] != (task.FieldError{Field: "loop", Detail: c.want})) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestCheckInputVideo(t *testing.T) {
	takes := engine.Model{Name: "m", Modes: []engine.Mode{engine.FromText, engine.FromVideo}, Limits: task.Limits{Seconds: []int{5}},
		Video: task.InputVideoLimits{Types: []string{"video/mp4"}, Bytes: 1000, MinSeconds: 2, MaxSeconds: 10}}
	free := takes
	free.Video.FreeLength = true
	fast := engine.Model{Name: "m", Modes: []engine.Mode{engine.FromVideo}, Limits: task.Limits{AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}},
		Video: task.InputVideoLimits{MaxFrameRate: 30, KeepsShape: true, KeepsResolution: true}}
	video := func(kind string, size int64, long time.Duration) *task.InputVideo {
		return &task.InputVideo{Field: "clip", Type: kind, Size: size, Duration: long}
	}
	good := video("video/mp4", 1000, 8208*time.Millisecond)
	for _, c := range []struct {
		name  string
		model engine.Model
		r     task.Request
		want  string // "field: detail"
	}{
		{"one that fits", takes, task.Request{Video: good}, ""},
		{"one whose facts are not known yet", takes, task.Request{Video: &task.InputVideo{}}, ""},
		{"one whose length is asked for", takes, task.Request{Video: good, Seconds: 8}, ""},
		{"another length", takes, task.Request{Video: good, Seconds: 5}, "seconds: 5 is not possible with model m: the result is as long as the input video, 8.208 seconds"},
		{"another length, where the model is free", free, task.Request{Video: good, Seconds: 5}, ""},
		{"a length that the free model has not", free, task.Request{Video: good, Seconds: 8}, "seconds: 8 is not possible with model m; allowed: 5"},
		{"no length, where the model is free", free, task.Request{Video: good}, ""},
		{"another type", takes, task.Request{Video: video("video/quicktime", 1, 8*time.Second)}, "clip: model m takes video/mp4, not video/quicktime"},
		{"too many bytes", takes, task.Request{Video: video("video/mp4", 1001, 8*time.Second)}, "clip: 1001 bytes; model m takes at most 1000"},
		{"too short", takes, task.Request{Video: video("video/mp4", 1, 1999*time.Millisecond)}, "clip: 1.999 seconds; model m needs at least 2"},
		{"too long", takes, task.Request{Video: video("video/mp4", 1, 10001*time.Millisecond)}, "clip: 10.001 seconds; model m takes at most 10"},
		{"too many frames", fast, task.Request{Video: &task.InputVideo{Field: "clip", FrameRate: 60000.0 / 1001}}, "clip: 59.94 frames a second; model m takes at most 30"},
		{"nearly as many frames as there may be", fast, task.Request{Video: &task.InputVideo{FrameRate: 30.004}}, ""},
		{"a shape and a resolution of its own", fast, task.Request{Video: good, AspectRatio: "1:1", Resolution: "4k"}, `aspect_ratio: "1:1" is not possible: model m keeps the input video's aspect ratio; ` +
			`resolution: "4k" is not possible: model m takes the resolution from the input video`},
		{"several faults of one video", takes, task.Request{Video: video("video/quicktime", 1001, time.Second)},
			"clip: model m takes video/mp4, not video/quicktime; 1001 bytes; model m takes at most 1000; 1 seconds; model m needs at least 2"},
		{"a picture besides", takes, task.Request{Video: good, First: &task.Image{}}, "first_frame: can't be combined with a video"},
		{"a last picture besides, by its own name", takes, task.Request{Video: good, Last: &task.Image{Field: "tail"}}, "tail: can't be combined with a video"},
		{"a model that makes none of videos", engine.Model{Name: "m", Modes: []engine.Mode{engine.FromText}}, task.Request{Video: good},
			"clip: model m can't make a video from another video; allowed: text"},
		{"a model that says nothing of it", engine.Model{Name: "m"}, task.Request{Video: &task.InputVideo{}},
			"video: model m can't make a video from another video; allowed: text, first frame, last frame, first and last frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range c.model.Check(c.r) {
				got = append(got, f.Field+": "+f.Detail)
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("%q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWholeSecondsOfAVideoAreRounded(t *testing.T) {
	for long, want := range map[time.Duration]int{0: 0, time.Millisecond: 1, 1499 * time.Millisecond: 1, 1500 * time.Millisecond: 2, 8208 * time.Millisecond: 8} {
		if got := (task.InputVideo{Duration: long}).WholeSeconds(); got != want {
			t.Errorf("%v: %d, want %d", long, got, want)
		}
	}
}

func TestOtherErrorsAreUnreachable(t *testing.T) {
	cause := errors.New("connection reset")
	e := engine.AsError(cause)
	if e.Class != engine.Unreachable || !errors.Is(e, cause) {
		t.Errorf("%+v", e)
	}
	known := &engine.Error{Class: engine.Overloaded, RetryAfter: time.Minute}
	if got := engine.AsError(errors.Join(cause, known)); got != known {
		t.Errorf("%+v, want the one inside", got)
	}
}

func TestFailureAlwaysHasAReasonAndAPublicText(t *testing.T) {
	for _, c := range []struct {
		in   engine.Error
		want task.Failure
	}{
		{engine.Error{Class: engine.Refused}, task.Failure{Reason: task.VendorRefused, Text: task.VendorRefused.PublicText(), Detail: "engine: refused ()"}},
		{engine.Error{Class: engine.Refused, Reason: task.AssetInvalid, Text: "a GIF", Detail: "code 7"},
			task.Failure{Reason: task.AssetInvalid, Text: "a GIF", Detail: "engine: refused (ASSET.INVALID): code 7"}},
	} {
		if got := c.in.Failure(); *got != c.want {
			t.Errorf("%+v, want %+v", *got, c.want)
		}
	}
}
