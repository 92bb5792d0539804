package enginetest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/task"
)

// spy is an engine for the fake vendor, and what it sent there last.
type spy struct {
	engine.Engine
	http.RoundTripper

	mu   sync.Mutex
	sent []string
	more chan struct{}
}

// newSpy starts a fake vendor with an engine that is watched.
func (v Vendor) newSpy(t *testing.T) *spy {
	server := httptest.NewServer(fakevendor.New(fakevendor.Options{Takes: shortJobTime}))
	t.Cleanup(server.Close)
	client := loopback(t)
	s := &spy{RoundTripper: client.Transport, more: make(chan struct{}, 1000)}
	client.Transport = s
	s.Engine = v.New(server.URL+"/"+v.Wire, client, time.Now)
	if c, ok := s.Engine.(interface{ Close() }); ok {
		t.Cleanup(c.Close)
	}
	return s
}

// RoundTrip notes the request and sends it.
func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		text := string(body)
		if _, boundary, ok := strings.Cut(r.Header.Get("Content-Type"), "boundary="); ok {
			text = strings.ReplaceAll(text, boundary, "BOUNDARY") // it is random
		}
		s.mu.Lock()
		s.sent = append(s.sent, r.URL.Path+" "+text)
		s.mu.Unlock()
		s.more <- struct{}{}
	}
	return s.RoundTripper.RoundTrip(r)
}

// submitted returns what the engine sends to submit a job, without the task's id; "" if it refuses the job itself.
func (s *spy) submitted(t *testing.T, id byte, j engine.Job, background bool) string {
	t.Helper()
	j.Task = taskID(id)
	s.mu.Lock()
	s.sent = nil
	s.mu.Unlock()
	for len(s.more) > 0 {
		<-s.more
	}
	sub, err := s.Submit(t.Context(), j)
	if background && err == nil {
		<-s.more // the call goes on after Submit
	}
	s.mu.Lock()
	all := strings.Join(s.sent, "\n")
	s.mu.Unlock()
	_ = s.Cancel(context.WithoutCancel(t.Context()), sub.Handle)
	return strings.ReplaceAll(all, j.Task, "TASK")
}

// optionalParts checks that each optional part of a request is sent if, and only if, the model declares it, so that what a task says
// of ignored wishes is true.
func optionalParts(t *testing.T, v Vendor) {
	s := v.newSpy(t)
	id := byte(0)
	for _, m := range offered(s.Engine) {
		for _, mode := range engine.Modes() {
			if !m.Supports(mode) {
				continue
			}
			base := modelJob(m, mode, "", "a cat walks")
			base.Request.Format = formatOf(base.Request)
			id++
			plain := s.submitted(t, id, base, v.Sync)
			for part, wished := range wishes(m.ForMode(mode), base) {
				id++
				sent := s.submitted(t, id, wished, v.Sync)
				declared := slices.Contains(m.Sends, part) && !slices.Contains(m.Omits[mode], part)
				if changed := sent != plain; changed != declared {
					t.Errorf("model %s, from %s: %s is sent: %v, declared: %v\n%.600s\n%.600s", m.Name, mode, part, changed, declared, plain, sent)
				}
			}
		}
	}
}

// wishes returns the job with each of the optional parts.
func wishes(m engine.Model, base engine.Job) map[engine.Part]engine.Job {
	scale, on := 0.9, true
	out := map[engine.Part]engine.Job{}
	put := func(part engine.Part, edit func(*task.Request)) {
		j := base
		edit(&j.Request)
		j.Request.Format = formatOf(j.Request)
		out[part] = j
	}
	put(engine.PartNegative, func(r *task.Request) { r.NegativePrompt = "people" })
	put(engine.PartCamera, func(r *task.Request) { r.Camera = &task.Camera{Zoom: 3} })
	put(engine.PartCfgScale, func(r *task.Request) { r.CfgScale = &scale })
	put(engine.PartMode, func(r *task.Request) { r.Mode = "pro" })
	put(engine.PartWatermark, func(r *task.Request) { r.Watermark = true })
	sounding := base.Request
	sounding.Audio = &on
	if m.SoundText() == "optional" && len(m.Check(sounding)) == 0 {
		put(engine.PartAudio, func(r *task.Request) { r.Audio = &on })
	}
	video := base.Request.Video != nil
	if other := another(m.AspectRatios, base.Request.AspectRatio, "9:16", "16:9"); other != "" && (!video || !m.Video.KeepsShape) {
		put(engine.PartAspectRatio, func(r *task.Request) { r.AspectRatio = other })
	}
	if other := another(m.Resolutions, base.Request.Resolution, "1080p", "720p"); other != "" && (!video || !m.Video.KeepsResolution) {
		put(engine.PartResolution, func(r *task.Request) { r.Resolution = other })
	}
	return out
}

// formatOf returns the format that the gateway fills in.
func formatOf(r task.Request) task.Format {
	r.Format = task.Format{Width: 16, Height: 9}
	w, h := engine.FrameSize(r)
	return task.Format{Width: w, Height: h, FrameRate: 24, Frames: 24 * r.Seconds}
}

// another returns a value that the model allows, but not the one given; "" if there is none. usual are the values of a model that
// allows any.
func another(allowed []string, given string, usual ...string) string {
	if len(allowed) == 0 {
		allowed = usual
	}
	for _, v := range allowed {
		if v != given {
			return v
		}
	}
	return ""
}

// shapes match what asks for a frame: "16:9", "1280x720", "1280*720", or a width and a height in one object. The names of the groups are
// those of the sides, by a letter.
var shapes = regexp.MustCompile(`\b(?P<w>\d+)[:x*](?P<h>\d+)\b|"width":(?P<w>\d+),"height":(?P<h>\d+)|"height":(?P<h>\d+),(?:"\w+":[^{}]*,)?"width":(?P<w>\d+)`)

// sides returns the frame that a match of shapes asks for.
func sides(match []string) (width, height int) {
	for i, name := range shapes.SubexpNames() {
		if n, err := strconv.Atoi(match[i]); err == nil && name == "w" {
			width = n
		} else if err == nil && name == "h" {
			height = n
		}
	}
	return width, height
}

// portraits checks that a portrait as first frame, without an aspect ratio, never has the vendor asked for another shape, and that the
// vendor is told the shape if it takes one and does not follow the frame by itself.
func portraits(t *testing.T, v Vendor) {
	s := v.newSpy(t)
	id := byte(0)
	for _, m := range offered(s.Engine) {
		for _, mode := range []engine.Mode{engine.FromFirst, engine.FromFirstLast} {
			if !m.Supports(mode) {
				continue
			}
			j := modelJob(m, mode, "", "a cat walks")
			j.First.Width, j.First.Height = 720, 1280
			j.Request.First.Width, j.Request.First.Height = 720, 1280
			j.Request.AspectRatio, j.Request.Format = "", task.Format{Width: 720, Height: 1280, FrameRate: 24, Frames: 24 * j.Request.Seconds}
			j.Request = m.WithShape(j.Request)
			id++
			sent := s.submitted(t, id, j, v.Sync)
			tall := false
			for _, found := range shapes.FindAllStringSubmatch(sent, -1) {
				w, h := sides(found)
				if tall = tall || w < h; w > h {
					t.Errorf("model %s, from %s: a portrait is asked for as %s: %.600s", m.Name, mode, found[0], sent)
				}
			}
			sends := slices.Contains(m.Sends, engine.PartAspectRatio) && !slices.Contains(m.Omits[mode], engine.PartAspectRatio)
			if sends && !m.FollowsFrame && !tall {
				t.Errorf("model %s, from %s: the vendor is not told that a portrait is wanted: %.600s", m.Name, mode, sent)
			}
		}
	}
}
