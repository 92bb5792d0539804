package config

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// models is an engine that only lists its models.
type models []engine.Model

func (m models) Capabilities() engine.Capabilities { return engine.Capabilities{Models: m} }

func (models) Submit(context.Context, engine.Job) (engine.Submission, error) {
	return engine.Submission{}, nil
}
func (models) Poll(context.Context, string) (engine.Status, error) { return engine.Status{}, nil }
func (models) Open(context.Context, string, int64) (engine.Content, error) {
	return engine.Content{}, nil
}
func (models) Cancel(context.Context, string) error { return nil }

func TestEndingsNameWhatTheFileUses(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	in := func(days int) time.Time { return now.AddDate(0, 0, days).Truncate(24 * time.Hour) }
	vendor := models{
		{Name: "gone", Until: in(-1), Successor: "kept"}, {Name: "soon", Until: in(60)}, {Name: "later", Until: in(61)}, {Name: "kept"},
	}
	closed := models{{Name: "last", Until: in(-2)}}
	l := Loaded{Engines: map[string]engine.Engine{"a": vendor, "b": vendor, "c": vendor, "d": closed}, File: File{
		Engines: []Engine{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}},
		Models:  map[string][]Target{"x": {{To: "a/gone"}, {To: "a/soon"}, {To: "a/later"}, {To: "a/kept"}, {To: "animatic"}}, "y": {{To: "b"}, {To: "d"}}},
	}}
	want := []string{
		"models.x[0]: model gone ended on 2026-11-28; its successor is kept",
		"models.x[1]: model soon ends on 2027-01-28",
		"engines[1] (b): model soon ends on 2027-01-28", // those that have ended are not used, since the route names none
		"engines[3] (d): model last ended on 2026-11-27",
	}
	if got := l.Endings(now); !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
