package enginetest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func fieldErrors(t *testing.T, h Harness) {
	for _, m := range offered(h.Engine) {
		r := h.Job(taskID(1)).Request
		if faults := m.Check(r); len(faults) > 0 && m.Name == h.Job(taskID(1)).Model {
			t.Errorf("the harness's own job is refused: %+v", faults)
		}
		for _, mode := range engine.Modes() {
			blank := inMode(r, mode)
			blank.Prompt = " "
			if m.Supports(mode) && m.ForMode(mode).NeedsPrompt && !slices.ContainsFunc(m.Check(blank), func(f task.FieldError) bool { return f.Field == "prompt" }) {
				t.Errorf("model %s, from %s: no prompt is not refused by its name", m.Name, mode)
			}
			for field, bad := range badRequests(m.ForMode(mode), inMode(r, mode)) {
				if m.Supports(mode) && !slices.ContainsFunc(m.Check(bad), func(f task.FieldError) bool { return f.Field == field && f.Detail != "" }) {
					t.Errorf("model %s, from %s: %s out of bounds is not refused by its name", m.Name, mode, field)
				}
			}
		}
		bads := badImages(m, r)
		maps.Copy(bads, badVideos(m, r))
		maps.Copy(bads, badReferences(m, r))
		maps.Copy(bads, badSound(m, r))
		for limit, bad := range bads {
			if !slices.ContainsFunc(m.Check(bad.Request), func(f task.FieldError) bool { return f.Field == bad.field && f.Detail != "" }) {
				t.Errorf("model %s: %s is not refused", m.Name, limit)
			}
		}
	}
}

// badRequests returns one request just outside each limit that the model declares, by field.
func badRequests(m engine.Model, good task.Request) map[string]task.Request {
	out := map[string]task.Request{}
	bad := good
	bad.Seconds = slices.Max(append([]int{m.MaxSeconds}, m.Seconds...)) + 1
	if good.Video != nil && !m.Video.FreeLength {
		bad.Seconds = good.Video.WholeSeconds() + 1
	}
	out["seconds"] = bad
	if !m.Caption {
		bad := good
		bad.Caption = true
		out["caption"] = bad
	}
	if !m.Loop {
		bad := good
		bad.Loop = true
		out["loop"] = bad
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
		if m.PromptUnit == engine.UTF16Units {
			bad.Prompt = strings.Repeat("🎬", m.PromptLimit/2+1)
		}
		out["prompt"] = bad
	}
	return out
}

// badImages returns one request for each limit on images, with an image just outside it in each place, and one for each mode
// that the model lacks. The key names the limit.
func badImages(m engine.Model, good task.Request) map[string]badInput {
	out := map[string]badInput{}
	side := max(m.Images.MinSide, 1)
	fits := task.Image{Type: "image/jpeg", Width: side, Height: side}
	if len(m.Images.Types) > 0 {
		fits.Type = m.Images.Types[0]
	}
	for _, place := range []string{"first_frame", "last_frame"} {
		put := func(limit string, img task.Image) {
			bad := good
			if place == "first_frame" {
				bad.First = &img
			} else {
				bad.Last = &img
			}
			out[place+": "+limit] = badInput{field: place, Request: bad}
		}
		if m.Images.MinSide > 0 {
			narrow := fits
			narrow.Width = m.Images.MinSide - 1
			put("too narrow", narrow)
		}
		if m.Images.MaxSide > 0 {
			wide := fits
			wide.Width, wide.Height = m.Images.MaxSide+1, m.Images.MaxSide+1
			put("too wide", wide)
		}
		if m.Images.MaxRatio > 0 {
			long := fits
			long.Width = int(float64(side)*m.Images.MaxRatio) + 1
			put("too long for its height", long)
		}
		if m.Images.Bytes > 0 {
			heavy := fits
			heavy.Size = m.Images.Bytes + 1
			put("too many bytes", heavy)
		}
		if len(m.Images.Types) > 0 {
			strange := fits
			strange.Type = "image/gif"
			put("of another type", strange)
		}
	}
	for _, mode := range engine.FrameModes() {
		if m.Supports(mode) {
			continue
		}
		field := "first_frame"
		if mode == engine.FromLast || mode == engine.FromFirstLast {
			field = "last_frame"
		}
		out["mode "+string(mode)] = badInput{field: field, Request: inMode(good, mode)}
	}
	return out
}

// inMode returns the request in another mode, with inputs of unknown size and type.
func inMode(r task.Request, mode engine.Mode) task.Request {
	r.First, r.Last, r.Video, r.ReferenceImages, r.ReferenceAudio = nil, nil, nil, nil, nil
	switch mode {
	case engine.FromReferences:
		r.ReferenceImages = []task.ReferenceImage{{}}
	case engine.FromFirst, engine.FromFirstLast:
		r.First = &task.Image{}
	case engine.FromVideo:
		r.Video, r.Seconds = &task.InputVideo{Duration: 5 * time.Second}, 0
	}
	if mode == engine.FromLast || mode == engine.FromFirstLast {
		r.Last = &task.Image{}
	}
	return r
}

// badVideos returns one request just outside each limit on input videos that the model declares, and one with a video if the
// model takes none.
func badVideos(m engine.Model, good task.Request) map[string]badInput {
	out := map[string]badInput{}
	put := func(limit, field string, edit func(*task.Request)) {
		bad := inMode(good, engine.FromVideo)
		edit(&bad)
		out["video: "+limit] = badInput{field, bad}
	}
	put("with a picture", "first_frame", func(r *task.Request) { r.First = &task.Image{} })
	if !m.Supports(engine.FromVideo) {
		put("at all", "video", func(*task.Request) {})
		return out
	}
	if m.Video.MaxFrameRate > 0 {
		put("too many frames", "video", func(r *task.Request) { r.Video.FrameRate = m.Video.MaxFrameRate + 1 })
	}
	if m.Video.KeepsShape {
		put("with a shape", "aspect_ratio", func(r *task.Request) { r.AspectRatio = "16:9" })
	}
	if m.Video.KeepsResolution {
		put("with a resolution", "resolution", func(r *task.Request) { r.Resolution = "720p" })
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	if m.Video.Bytes > 0 {
		put("too many bytes", "video", func(r *task.Request) { r.Video.Size = m.Video.Bytes + 1 })
	}
	if len(m.Video.Types) > 0 {
		put("of another type", "video", func(r *task.Request) { r.Video.Type = "video/x-flv" })
	}
	if m.Video.MinSeconds > 0 {
		put("too short", "video", func(r *task.Request) { r.Video.Duration = seconds(m.Video.MinSeconds) - time.Millisecond })
	}
	if m.Video.MaxSeconds > 0 {
		put("too long", "video", func(r *task.Request) { r.Video.Duration = seconds(m.Video.MaxSeconds) + time.Millisecond })
	}
	return out
}

// badSound returns the requests for sound, or for none, that the model can't fulfill.
func badSound(m engine.Model, good task.Request) map[string]badInput {
	out := map[string]badInput{}
	for _, on := range []bool{true, false} {
		bad := good
		bad.Audio = &on
		if takes := map[bool][]string{true: {"always", "optional"}, false: {"none", "optional", "unknown"}}[on]; !slices.Contains(takes, m.SoundText()) {
			out[fmt.Sprintf("audio: %v", on)] = badInput{"audio", bad}
		}
	}
	return out
}

// badReferences returns one request just outside each limit on references, and one with a reference of each kind if the model takes
// none.
func badReferences(m engine.Model, good task.Request) map[string]badInput {
	out := map[string]badInput{}
	put := func(limit, field string, mode engine.Mode, edit func(*task.Request)) {
		bad := inMode(good, mode)
		edit(&bad)
		out[fmt.Sprintf("%s from %s: %s", field, mode, limit)] = badInput{field, bad}
	}
	for _, mode := range engine.Modes() {
		takes := m.Supports(mode) && (mode == engine.FromReferences || slices.Contains(m.References.Beside, string(mode)))
		if mode == engine.FromText || !m.Supports(mode) && mode != engine.FromReferences {
			continue // references make it another mode, and a mode that it has not is refused by itself
		}
		images, recordings := m.References.Images+1, m.References.Audio+1
		if !takes {
			images, recordings = 1, 1
		}
		put("too many", "reference_images", mode, func(r *task.Request) { r.ReferenceImages = make([]task.ReferenceImage, images) })
		put("too many", "reference_audio", mode, func(r *task.Request) { r.ReferenceImages, r.ReferenceAudio = nil, make([]task.InputAudio, recordings) })
		if takes && m.References.Images > 0 && !slices.Contains(m.References.Roles, task.RoleSubject) {
			put("a role", "reference_images/0/role", mode, func(r *task.Request) { r.ReferenceImages = []task.ReferenceImage{{Role: task.RoleSubject}} })
		}
		if a := m.References.Recording; takes && m.References.Audio > 0 && a.MaxSeconds > 0 {
			put("too long", "reference_audio/0", mode, func(r *task.Request) {
				r.ReferenceAudio = []task.InputAudio{{Duration: time.Duration((a.MaxSeconds + 1) * float64(time.Second))}}
			})
		}
	}
	return out
}

// badInput is a request that must be refused with that field.
type badInput struct {
	field string
	task.Request
}
