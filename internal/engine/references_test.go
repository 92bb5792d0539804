package engine_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSoundIsRefusedOnlyIfItWasAskedFor(t *testing.T) {
	yes, no := true, false
	sends := []engine.Part{engine.PartAudio}
	for _, c := range []struct {
		name    string
		m       engine.Model
		text    string
		on, off string // what a wish is refused with
	}{
		{"as the request says", engine.Model{Sound: engine.SoundOptional, Sends: sends}, "optional", "", ""},
		{"never", engine.Model{Sound: engine.SoundNone}, "none", "model m makes no sound; allowed: false", ""},
		{"always", engine.Model{Sound: engine.SoundAlways}, "always", "", "model m always makes sound; allowed: true"},
		{"the vendor could be asked and is not", engine.Model{Sound: engine.SoundOptional}, "unknown",
			"model m can't be asked for sound; allowed: false", ""},
		{"nobody knows", engine.Model{}, "unknown", "model m can't be asked for sound; allowed: false", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Name = "m"
			if got := c.m.SoundText(); got != c.text {
				t.Errorf("%q, want %q", got, c.text)
			}
			for wish, want := range map[*bool]string{nil: "", &yes: c.on, &no: c.off} {
				got := ""
				for _, f := range c.m.Check(task.Request{Seconds: 5, Audio: wish}) {
					got += f.Field + ": " + f.Detail
				}
				if want != "" {
					want = "audio: " + want
				}
				if got != want {
					t.Errorf("%v: %q, want %q", wish, got, want)
				}
			}
		})
	}
}

func TestSoundMayBeForSomeVideosOnly(t *testing.T) {
	m := engine.Model{
		Name: "m", Limits: task.Limits{MaxSeconds: 10}, Sound: engine.SoundOptional, Sends: []engine.Part{engine.PartAudio},
		SoundIn: engine.SoundLimits{Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Resolutions: []string{"1080p"}},
	}
	frame := &task.Image{}
	for _, c := range []struct {
		name string
		r    task.Request
		want string
	}{
		{"at that resolution", task.Request{Resolution: "1080p", First: frame}, ""},
		{"at whatever resolution", task.Request{}, ""},
		{"at another", task.Request{Resolution: "720p"}, "model m makes no sound at 720p; with sound, resolution may be 1080p"},
		{"with a last frame", task.Request{Resolution: "1080p", First: frame, Last: frame}, "model m makes no sound from first and last frame; allowed: false"},
	} {
		for _, on := range []bool{true, false} {
			c.r.Seconds, c.r.Audio = 5, &on
			got := ""
			for _, f := range m.Check(c.r) {
				got += f.Field + ": " + f.Detail
			}
			want := ""
			if on && c.want != "" {
				want = "audio: " + c.want
			}
			if got != want {
				t.Errorf("%s, sound %v: %q, want %q", c.name, on, got, want)
			}
		}
	}
}

func TestReferencesAreRefusedByField(t *testing.T) {
	image := func(role task.ReferenceRole) task.ReferenceImage { return task.ReferenceImage{Role: role} }
	named := task.ReferenceImage{Role: task.RoleSubject, Image: task.Image{Field: "referenceImages/0/url", Type: "image/png", Width: 10, Height: 10}}
	song := task.InputAudio{Type: "audio/ogg", Size: 11, Duration: 3500 * time.Millisecond}
	frame := &task.Image{}
	m := engine.Model{
		Name: "m", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromLast, engine.FromReferences}, Images: task.InputImageLimits{MinSide: 300},
		References: task.ReferenceLimits{Images: 2, Audio: 1, Roles: []task.ReferenceRole{task.RoleStyle}, Beside: []string{"first_frame"}, NeedsImage: true,
			Recording: task.InputAudioLimits{Types: []string{"audio/wav"}, Bytes: 10, MinSeconds: 2, MaxSeconds: 3}},
	}
	for _, c := range []struct {
		name string
		r    task.Request
		want map[string]string
	}{
		{"as many as it takes", task.Request{ReferenceImages: []task.ReferenceImage{image(""), image(task.RoleStyle)}, ReferenceAudio: []task.InputAudio{{}}}, nil},
		{"beside a first frame", task.Request{First: frame, ReferenceImages: []task.ReferenceImage{image("")}}, nil},
		{"beside a last frame", task.Request{Last: frame, ReferenceImages: []task.ReferenceImage{image("")}}, map[string]string{"reference_images": "model m takes no references beside last frame"}},
		{"a recording beside a last frame", task.Request{Last: frame, ReferenceAudio: []task.InputAudio{{}}}, map[string]string{"reference_audio": "model m takes no references beside last frame"}},
		{"too many", task.Request{ReferenceImages: []task.ReferenceImage{image(""), image(""), image("")}, ReferenceAudio: []task.InputAudio{{}, {}}}, map[string]string{
			"reference_images": "there are 3; model m takes at most 2", "reference_audio": "there are 2; model m takes at most 1",
		}},
		{"a role that it has not", task.Request{ReferenceImages: []task.ReferenceImage{image(""), image(task.RoleSubject)}}, map[string]string{
			"reference_images/1/role": "subject is not possible with model m; allowed: general, style",
		}},
		{"the picture's own field name, and its limits", task.Request{ReferenceImages: []task.ReferenceImage{named}}, map[string]string{
			"referenceImages/0/role": "subject is not possible with model m; allowed: general, style",
			"referenceImages/0/url":  "10x10 pixels; model m needs at least 300 on each side",
		}},
		{"a recording alone", task.Request{ReferenceAudio: []task.InputAudio{{}}}, map[string]string{"reference_audio": "model m takes recordings only beside reference_images"}},
		{"a recording beyond all limits", task.Request{ReferenceImages: []task.ReferenceImage{image("")}, ReferenceAudio: []task.InputAudio{song}}, map[string]string{
			"reference_audio/0": "model m takes audio/wav, not audio/ogg; 11 bytes; model m takes at most 10; 3.5 seconds; model m takes at most 3",
		}},
		{"a short recording", task.Request{ReferenceImages: []task.ReferenceImage{image("")}, ReferenceAudio: []task.InputAudio{{Field: "audioUrl", Duration: time.Second}}}, map[string]string{
			"audioUrl": "1 seconds; model m needs at least 2",
		}},
	} {
		t.Run(c.name, func(t *testing.T) { checkFields(t, m.Check(c.r), c.want) })
	}
	for field, r := range map[string]task.Request{"reference_images": {ReferenceImages: make([]task.ReferenceImage, 1)}, "reference_audio": {ReferenceAudio: make([]task.InputAudio, 1)}} {
		plain := engine.Model{Name: "plain"}
		checkFields(t, plain.Check(r), map[string]string{field: "model plain can't make a video from references; allowed: text, first frame, last frame, first and last frame"})
	}
}

// checkFields compares field errors with the details that are wanted, by field.
func checkFields(t *testing.T, got []task.FieldError, want map[string]string) {
	t.Helper()
	for _, f := range got {
		if want[f.Field] != f.Detail {
			t.Errorf("%s: %q, want %q", f.Field, f.Detail, want[f.Field])
		}
	}
	if len(got) != len(want) {
		t.Errorf("errors %v, want %v", got, want)
	}
}
