package enginetest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

func refusals(t *testing.T, h Harness) {
	for _, m := range h.Engine.Capabilities().Models {
		r := h.Job(id(1)).Request
		if faults := m.Check(r); len(faults) > 0 && m.Name == h.Job(id(1)).Model {
			t.Errorf("the harness's own job is refused: %+v", faults)
		}
		for field, bad := range badRequests(m, r) {
			if !slices.ContainsFunc(m.Check(bad), func(f task.Fault) bool { return f.Field == field && f.Detail != "" }) {
				t.Errorf("model %s: %s out of bounds is not refused by its name", m.Name, field)
			}
		}
		for limit, bad := range badPictures(m, r) {
			if !slices.ContainsFunc(m.Check(bad.Request), func(f task.Fault) bool { return f.Field == bad.field && f.Detail != "" }) {
				t.Errorf("model %s: %s is not refused", m.Name, limit)
			}
		}
	}
}

// badRequests makes one request just outside of each limit that the model declares.
func badRequests(m engine.Model, good task.Request) map[string]task.Request {
	out := map[string]task.Request{}
	if len(m.Seconds) > 0 {
		bad := good
		bad.Seconds = slices.Max(m.Seconds) + 1
		out["seconds"] = bad
	} else {
		bad := good
		bad.Seconds = m.MaxSeconds + 1
		out["seconds"] = bad
	}
	if len(m.Resolutions) > 0 {
		bad := good
		bad.Resolution = "1p"
		out["resolution"] = bad
	}
	if len(m.AspectRatios) > 0 {
		bad := good
		bad.AspectRatio = "1:1000"
		out["aspect_ratio"] = bad
	}
	if m.PromptLimit > 0 {
		bad := good
		bad.Prompt = string(bytes.Repeat([]byte("x"), m.PromptLimit+1))
		out["prompt"] = bad
	}
	return out
}

// badPictures makes one request for each limit on pictures and each mode that the model declares: a picture just outside
// of it, in each place. The name says which limit it is.
func badPictures(m engine.Model, good task.Request) map[string]badPicture {
	out := map[string]badPicture{}
	fits := task.Image{Type: "image/jpeg", Width: 4096, Height: 4096}
	if len(m.ImageTypes) > 0 {
		fits.Type = m.ImageTypes[0]
	}
	for _, place := range []string{"first_frame", "last_frame"} {
		put := func(limit string, img task.Image) {
			bad := good
			if place == "first_frame" {
				bad.First = &img
			} else {
				bad.Last = &img
			}
			out[place+": "+limit] = badPicture{field: place, Request: bad}
		}
		if m.ImageMinSide > 0 {
			narrow := fits
			narrow.Width = m.ImageMinSide - 1
			put("too narrow", narrow)
		}
		if m.ImageBytes > 0 {
			heavy := fits
			heavy.Size = m.ImageBytes + 1
			put("too many bytes", heavy)
		}
		if len(m.ImageTypes) > 0 {
			strange := fits
			strange.Type = "image/gif"
			put("of another type", strange)
		}
	}
	for _, mode := range []engine.Mode{engine.FromText, engine.FromFirst, engine.FromLast, engine.FromFirstLast} {
		if len(m.Modes) == 0 || slices.Contains(m.Modes, mode) {
			continue
		}
		bad := good
		bad.First, bad.Last = nil, nil
		field := "first_frame"
		if mode == engine.FromFirst || mode == engine.FromFirstLast {
			bad.First = &fits
		}
		if mode == engine.FromLast || mode == engine.FromFirstLast {
			bad.Last, field = &fits, "last_frame"
		}
		out["mode "+string(mode)] = badPicture{field: field, Request: bad}
	}
	return out
}

// badPicture is a request that must be refused by the field.
type badPicture struct {
	field string
	task.Request
}
