package fal_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/task"
)

// recorder is a vendor that accepts every submit and keeps the last request.
type recorder struct {
	path string
	body map[string]any
}

func (h *recorder) serve(t *testing.T, more ...engine.TableModel) engine.Engine {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.path, h.body = r.URL.Path, nil
		if err := json.NewDecoder(r.Body).Decode(&h.body); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"request_id":"r1"}`))
	}))
	t.Cleanup(s.Close)
	return fal.New(fal.Options{BaseURL: s.URL, Key: "a key", HTTP: s.Client(), Models: more})
}

func TestAConfiguredModelUsesItsOwnPathsAndInputs(t *testing.T) {
	var h recorder
	in := engine.Inputs{Prompt: "text", First: "start"}
	e := h.serve(t, engine.TableModel{
		Model:     engine.Model{Name: "mine", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{MaxSeconds: 5}},
		Endpoints: map[engine.Mode]engine.Endpoint{engine.FromText: {Path: "comfy/me/films/make", Inputs: in}, engine.FromFirst: {Path: "me/films", Inputs: in}},
	})
	for _, c := range []struct {
		job          engine.Job
		path, handle string
		body         map[string]any
	}{
		{engine.Job{Model: "mine", Request: task.Request{Prompt: "a cat"}}, "/comfy/me/films/make", "comfy/me/films/requests/r1", map[string]any{"text": "a cat"}},
		{engine.Job{Model: "mine", Request: task.Request{First: &task.Image{}}, First: &engine.Picture{URL: "https://p/1"}}, "/me/films", "me/films/requests/r1", map[string]any{"start": "https://p/1"}},
	} {
		sub, err := e.Submit(t.Context(), c.job)
		if err != nil || sub.Handle != c.handle || h.path != c.path {
			t.Errorf("handle %q, %v; asked %s", sub.Handle, err, h.path)
		}
		for name, want := range c.body {
			if h.body[name] != want || len(h.body) != len(c.body) {
				t.Errorf("%s: sent %v, want %v", c.path, h.body, c.body)
			}
		}
	}
	_, err := e.Submit(t.Context(), engine.Job{Model: "mine", Request: task.Request{Last: &task.Image{}}})
	if got := engine.AsError(err); err == nil || got.Class != engine.Refused {
		t.Errorf("a mode without a path: %v", err)
	}
}

func TestAConfiguredModelReplacesTheKnownOne(t *testing.T) {
	keys := fal.New(fal.Options{}).Capabilities().Models
	mine := engine.Model{Name: keys[1].Name, Limits: task.Limits{MaxSeconds: 99}}
	got := fal.New(fal.Options{Models: engine.ModelTable{{Model: mine}, {Model: engine.Model{Name: "new"}}}}).Capabilities().Models
	if len(got) != len(keys)+1 || got[1].MaxSeconds != 99 || got[len(got)-1].Name != "new" {
		t.Errorf("%d of %d models, the second %+v", len(got), len(keys), got[1])
	}
}

// TestModelTableIsConsistent checks that each mode of a model has a path, that each image has an input there, and that only
// what the request has is sent.
func TestModelTableIsConsistent(t *testing.T) {
	var h recorder
	e := h.serve(t)
	seen := map[string]bool{}
	for _, m := range e.Capabilities().Models {
		edits := slices.Equal(m.Modes, []engine.Mode{engine.FromVideo}) // as long as its input
		if seen[m.Name] || (len(m.Seconds) == 0) != edits || !slices.IsSorted(m.Seconds) {
			t.Errorf("%s: listed twice, or without lengths: %v", m.Name, m.Seconds)
		}
		seen[m.Name] = true
		for _, mode := range m.Modes {
			j := engine.Job{Model: m.Name, Request: task.Request{Prompt: "a cat"}}
			if !edits {
				j.Request.Seconds = m.Seconds[0]
			}
			inputs := 1
			switch mode {
			case engine.FromFirstLast:
				j.Request.Last, j.Last = &task.Image{}, &engine.Picture{URL: "https://p/last"}
				inputs++
				fallthrough
			case engine.FromFirst:
				j.Request.First, j.First = &task.Image{}, &engine.Picture{URL: "https://p/first"}
			case engine.FromVideo:
				j.Request.Video, j.Video = &task.InputVideo{}, &engine.InputVideo{InputFile: engine.InputFile{URL: "https://p/video"}}
			case engine.FromReferences:
				j.Request.ReferenceImages, inputs = []task.ReferenceImage{{}}, 0 // they are in lists
			default:
				inputs = 0
			}
			if _, err := e.Submit(t.Context(), j); err != nil {
				t.Errorf("%s from %s: %v", m.Name, mode, err)
				continue
			}
			got := 0
			for _, v := range h.body {
				if link, ok := v.(string); ok && strings.HasPrefix(link, "https://p/") {
					got++
				}
			}
			if _, sized := h.body["duration"]; h.body["prompt"] != "a cat" || got != inputs || sized == edits {
				t.Errorf("%s from %s: %s %v", m.Name, mode, h.path, h.body)
			}
		}
	}
}
