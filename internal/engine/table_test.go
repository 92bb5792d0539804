package engine_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// calling is how an engine of the tests calls a model.
type calling struct {
	Path string `yaml:"path"`
}

const table = `
source: the vendor's page, read 2026-11-28
sends: [audio]
shared:
  images: &images {types: [jpeg, png], bytes: 100, min_side: 300, max_side: 6000, max_ratio: 2.5}
models:
  - &new
    name: new
    modes: [text, first_frame, video]
    seconds: 3-6
    aspect_ratios: ["16:9"]
    resolutions: [720p]
    prompt_limit: 9
    prompt_unit: utf16_units
    images: *images
    video: {types: [mp4], bytes: 7, min_seconds: 2, max_seconds: 8.5, max_frame_rate: 30, free_length: true}
    by_mode: {first_frame: {seconds: [5], needs_prompt: true}}
    sound: optional
    sound_in: {modes: [text], resolutions: [720p]}
    references:
      {images: 9, videos: 3, audio: 1, roles: [style], names: true, beside: [video], needs_image: true, recording: {types: [wav], bytes: 5, min_seconds: 1, max_seconds: 2}}
    seed: true
    loop: true
    price: {per_second: 0.5, per_clip: 1}
    since: 2026-01-02
    call: {path: /new}
  - <<: *new
    name: newer
    price: {}
    sends: []
    source: another page
  - {name: old, until: 2026-07-30, successor: new}
`

func TestATableIsRead(t *testing.T) {
	rows := engine.ReadTable[calling]([]byte(table))
	want := engine.Model{
		Name: "new", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromVideo},
		Limits:     task.Limits{Seconds: []int{3, 4, 5, 6}, AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}, PromptLimit: 9},
		PromptUnit: engine.UTF16Units,
		Images:     task.InputImageLimits{Types: []string{"image/jpeg", "image/png"}, Bytes: 100, MinSide: 300, MaxSide: 6000, MaxRatio: 2.5},
		Video:      task.InputVideoLimits{Types: []string{"video/mp4"}, Bytes: 7, MinSeconds: 2, MaxSeconds: 8.5, MaxFrameRate: 30, FreeLength: true},
		ByMode:     map[engine.Mode]task.Limits{engine.FromFirst: {Seconds: []int{5}, NeedsPrompt: true}},
		Sound:      engine.SoundOptional, SoundIn: engine.SoundLimits{Modes: []engine.Mode{engine.FromText}, Resolutions: []string{"720p"}}, Sends: []engine.Part{engine.PartAudio}, Seed: true, Loop: true,
		References: task.ReferenceLimits{Images: 9, Videos: 3, Audio: 1, Roles: []task.ReferenceRole{task.RoleStyle}, Names: true, Beside: []string{"video"}, NeedsImage: true,
			Recording: task.InputAudioLimits{Types: []string{"audio/wav"}, Bytes: 5, MinSeconds: 1, MaxSeconds: 2}},
		Price: task.Price{PerSecond: 0.5, PerClip: 1, Currency: "USD"}, Since: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		Source: "the vendor's page, read 2026-11-28",
	}
	if len(rows) != 3 || !reflect.DeepEqual(rows[0].Model, want) || rows[0].Call.Path != "/new" {
		t.Fatalf("%d rows; the first %+v\nwant %+v", len(rows), rows[0], want)
	}
	if m := rows[1]; m.Name != "newer" || m.Price != (task.Price{}) || m.Source != "another page" || len(m.Sends) != 0 || m.Call.Path != "/new" || !m.Seed {
		t.Errorf("a row that is like another: %+v", m)
	}
	if m := engine.ModelsOf(rows)[2]; m.Name != "old" || m.Successor != "new" || m.Until != time.Date(2026, 7, 30, 0, 0, 0, 0, time.UTC) {
		t.Errorf("a model that has ended: %+v", m)
	}
	if row, err := engine.RowOf(rows, "newer"); err != nil || row.Name != "newer" {
		t.Errorf("%+v, %v", row, err)
	}
	if _, err := engine.RowOf(rows, "none"); engine.AsError(err).Class != engine.ModelError {
		t.Errorf("an unknown model: %v", err)
	}
}

func TestAMistakeInATableIsNoticed(t *testing.T) {
	for _, mistake := range []string{"models: [{naem: x}]", "models: [{name: x, call: {paht: y}}]", "models: [{name: x, seconds: many}]", "models: [{name: x, until: soon}]", "models: 3"} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.HasPrefix(said, "engine: a table of models: ") {
					t.Errorf("%s: %s", mistake, said)
				}
			}()
			engine.ReadTable[calling]([]byte(mistake))
		}()
	}
}

func TestAModelEndsOnItsDay(t *testing.T) {
	end := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		now   time.Time
		m     engine.Model
		ended bool
		text  string
	}{
		{end.Add(-1), engine.Model{Name: "a", Until: end, Successor: "b"}, false, "model a ends on 2026-12-24; its successor is b"},
		{end, engine.Model{Name: "a", Until: end, Successor: "b"}, true, "model a ended on 2026-12-24; its successor is b"},
		{end, engine.Model{Name: "a", Until: end}, true, "model a ended on 2026-12-24"},
	} {
		if got, text := c.m.Ended(c.now), c.m.EndText(c.now); got != c.ended || text != c.text {
			t.Errorf("%v: %v, %q, want %v, %q", c.now, got, text, c.ended, c.text)
		}
	}
	if (engine.Model{}).Ended(end) {
		t.Error("a model without an end has ended")
	}
}

func TestAModelThatHasEndedIsRefusedBeforeTheVendorIsAsked(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a")
	end := s.Now().Add(time.Hour)
	for _, v := range s.keys { // wrapped again below, since the models are read once
		v.Caps.Models[0].Until, v.Caps.Models[0].Successor = end, "next"
	}
	e, err := engine.Wrap(engine.Policy{Now: s.Now}, engine.Key{Name: "a", Engine: s.keys["a"]})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Submit(t.Context(), job("1", "a cat")); err != nil {
		t.Fatalf("before its end: %v", err)
	}
	s.pass(time.Hour)
	_, err = e.Submit(t.Context(), job("2", "a cat"))
	got := errorOfClass(t, err, engine.ModelError)
	if want := "Its model fake ended on " + end.UTC().Format(time.DateOnly) + "; its successor is next. Ask for another model."; got.Text != want || got.Unconfirmed {
		t.Errorf("%q, unconfirmed %v, want %q", got.Text, got.Unconfirmed, want)
	}
	if n := s.keys["a"].counts["submit"]; n != 1 {
		t.Errorf("the vendor was asked %d times, want once", n)
	}
}
