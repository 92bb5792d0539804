package replicate

import (
	"encoding/json"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// dataLimit is the longest text of an input that is repeated, in bytes. Longer ones are data.
const dataLimit = 2048

// echo is what a prediction repeats of its create, apart from the prompt, which the task holds itself.
type echo struct {
	Input      map[string]json.RawMessage `json:"input,omitempty"`
	Version    string                     `json:"version,omitempty"`
	Deployment string                     `json:"deployment,omitempty"`
	Events     []string                   `json:"events,omitempty"`
}

// echoInput returns the inputs that are repeated: all but the prompt and data.
func echoInput(raw map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range raw {
		if name != "prompt" && len(name) <= task.NameLimit && len(value) <= dataLimit && !strings.HasPrefix(strings.ToLower(string(value)), `"data:`) {
			out[name] = value
		}
	}
	return out
}

// text returns the echo for Request.Echo. Inputs that are too many are left out.
func (e echo) text() string {
	out := strings.TrimSpace(string(dialect.Marshal(e)))
	if len(out) > task.EchoLimit {
		e.Input = nil
		out = strings.TrimSpace(string(dialect.Marshal(e)))
	}
	return out
}

// echoOf returns what the task's create said. A task of another dialect has none.
func echoOf(r task.Request) echo {
	var e echo
	if r.Dialect != Dialect || json.Unmarshal([]byte(r.Echo), &e) != nil {
		return echo{}
	}
	return e
}

// inputOf returns the task's request as the input of a prediction, whatever dialect made it. Files that were sent as data are
// links to our copies.
func inputOf(r task.Request, e echo, l dialect.Links) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	set := func(name string, value any) {
		out[name] = json.RawMessage(strings.TrimSpace(string(dialect.Marshal(value))))
	}
	for name, value := range e.Input {
		out[name] = value
	}
	if r.Prompt != "" {
		set("prompt", r.Prompt)
	}
	if r.Dialect != Dialect {
		setOthers(r, set)
	}
	for _, file := range []struct {
		field, fallback, key string
	}{
		{fieldOf(r.First), "image", keyOf(r.First)}, {fieldOf(r.Last), "last_frame_image", keyOf(r.Last)}, videoFile(r.Video),
	} {
		name, own := strings.CutPrefix(file.field, "input/")
		if !own {
			name = file.fallback
		}
		if _, there := out[name]; !there && file.key != "" {
			set(name, l.Signed(file.key))
		}
	}
	return out
}

// setOthers sets the inputs of a task that another dialect made.
func setOthers(r task.Request, set func(string, any)) {
	if r.Seconds > 0 {
		set("duration", r.Seconds)
	}
	if r.AspectRatio != "" {
		set("aspect_ratio", r.AspectRatio)
	}
	if r.Resolution != "" {
		set("resolution", r.Resolution)
	}
	if r.NegativePrompt != "" {
		set("negative_prompt", r.NegativePrompt)
	}
	if r.Seed != nil {
		set("seed", *r.Seed)
	}
}

func fieldOf(img *task.Image) string {
	if img == nil {
		return ""
	}
	return img.Field
}

func keyOf(img *task.Image) string {
	if img == nil {
		return ""
	}
	return img.Key
}

func videoFile(v *task.InputVideo) (out struct{ field, fallback, key string }) {
	if v != nil {
		out.field, out.fallback, out.key = v.Field, "video", v.Key
	}
	return out
}
