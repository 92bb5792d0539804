// Package replicate is the engine for Replicate's predictions: one wire for the models of many makers, each with inputs
// of its own.
//
// What may enter: the wire of predictions and the table of models. Wire facts: the client replicate 1.4.0 and
// replicate.com/docs.
package replicate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// resultLife is how long files of predictions made through the API are kept.
const resultLife = time.Hour

// Options is what an Engine is made of.
type Options struct {
	BaseURL string // "" = https://api.replicate.com/v1
	Key     string
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
	Models  []Model          // nil = those this package knows
}

// Model is one model at Replicate.
type Model struct {
	engine.Model        // Name is "owner/name"
	Version      string // of a community model, 64 hex digits; "" for an official one
	Inputs       engine.Inputs
}

// Engine makes videos at Replicate.
type Engine struct {
	client  *engine.Client
	models  []Model
	signing *signing
}

// New makes an Engine.
func New(o Options) *Engine {
	e := &Engine{models: o.Models, client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, "https://api.replicate.com/v1"), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key),
	}}
	if e.models == nil {
		e.models = models()
	}
	e.signing = &signing{client: e.client, now: o.Now}
	if e.signing.now == nil {
		e.signing.now = time.Now
	}
	return e
}

// Capabilities lists the models. Predictions take no id of ours.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, Callbacks: engine.Signed, PollEvery: 3 * time.Second, ResultLife: resultLife}
	for _, m := range e.models {
		c.Models = append(c.Models, m.Model)
	}
	return c
}

// prediction is as much of one as we read.
type prediction struct {
	ID     string          `json:"id"`
	Status string          `json:"status"`
	Output json.RawMessage `json:"output"` // null, a URL or a list of them, as the model likes
	Error  any             `json:"error"`  // null or a text
}

// Submit creates a prediction.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (string, error) {
	for _, m := range e.models {
		if m.Name != job.Model {
			continue
		}
		call := engine.Call{Method: http.MethodPost, Path: "/models/" + m.Name + "/predictions"}
		input := m.Inputs.Of(job)
		if err := m.Inputs.Put(ctx, job, input); err != nil {
			return "", err
		}
		body := map[string]any{"input": input}
		if m.Version != "" {
			call.Path, body["version"] = "/predictions", m.Version
		}
		if job.CallbackURL != "" {
			body["webhook"], body["webhook_events_filter"] = job.CallbackURL, []string{"completed"}
		}
		var out prediction
		call.In, call.Out = body, &out
		_, err := e.client.Do(ctx, call)
		return engine.Accepted(out.ID, err)
	}
	return "", &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// states are Replicate's words. An aborted prediction ended before it began.
func states() map[string]task.State {
	return map[string]task.State{
		"starting": task.Pending, "processing": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"canceled": task.Cancelled, "aborted": task.Failed,
	}
}

// look asks for the prediction.
func (e *Engine) look(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var p prediction
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/predictions/" + url.PathEscape(handle), Out: &p}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(p.Status, states())
	switch st.State {
	case task.Succeeded:
		st.Progress, link = 1, p.link()
	case task.Failed:
		st.Failure = p.failure()
	}
	return st, link, err
}

// Poll asks how the prediction stands.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.Look(e.look).Poll(ctx, handle)
}

// Open opens the prediction's first output.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.Look(e.look).Open(ctx, e.client, handle, offset)
}

// link is where the video lies; "" where the output is none.
func (p prediction) link() string {
	var one string
	var many []string
	if json.Unmarshal(p.Output, &one) == nil {
		return one
	}
	if json.Unmarshal(p.Output, &many) == nil && len(many) > 0 {
		return many[0]
	}
	return ""
}

// reasons sorts the texts of failed predictions. They come from the models' makers; only some carry a code in brackets.
func reasons() []struct {
	words  string
	reason task.Reason
} {
	return []struct {
		words  string
		reason task.Reason
	}{
		{"output is flagged", task.SafetyOutputVideo},
		{"e005", task.SafetyInputText}, // the input or output was flagged as sensitive
		{"sensitive", task.SafetyInputText},
		{"nsfw", task.SafetyInputText},
		{"moderation", task.SafetyInputText},
		{"safety", task.SafetyInputText},
		{"content policy", task.SafetyInputText},
		{"invalid image", task.AssetInvalid},
		{"image must", task.AssetInvalid},
		{"e003", task.VendorUnavailable}, // high demand
		{"high demand", task.VendorUnavailable},
		{"timed out", task.VendorUnavailable},
		{"timeout", task.VendorUnavailable},
	}
}

func (p prediction) failure() *task.Failure {
	text := fmt.Sprint(p.Error)
	f := &task.Failure{Reason: task.Internal, Detail: p.Status + ": " + text}
	if p.Status == "aborted" {
		f.Reason = task.VendorUnavailable
	}
	low := strings.ToLower(text)
	for _, r := range reasons() {
		if strings.Contains(low, r.words) {
			f.Reason = r.reason
			break
		}
	}
	f.Text = f.Reason.PublicText()
	return f
}

// Cancel ends the prediction.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/predictions/" + url.PathEscape(handle) + "/cancel"})
	var bad *engine.Error
	if errors.As(err, &bad) && bad.Class == engine.Refused {
		return nil // unknown, or done already
	}
	return err
}
