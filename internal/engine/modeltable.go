package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/task"
)

// TableModel is a model at a vendor that serves many makers' models: its limits, and how it is called in each mode.
type TableModel struct {
	Model
	Endpoints map[Mode]Endpoint
}

// Endpoint is how a model is called in one mode. Each mode may have its own path, and its own names for the inputs.
type Endpoint struct {
	Path   string // as the vendor writes it: "fal-ai/veo3.1/image-to-video"
	Inputs Inputs
}

// Body returns the job's inputs, its video and its references included.
func (e Endpoint) Body(ctx context.Context, job Job) (map[string]any, error) {
	body := e.Inputs.Fields(job)
	if err := e.Inputs.AddReferences(ctx, job, body); err != nil {
		return nil, err
	}
	return body, e.Inputs.AddVideo(ctx, job, body)
}

// SameEndpoint returns the endpoints of a model that is called in the same way in all of its modes.
func SameEndpoint(path string, in Inputs, modes ...Mode) map[Mode]Endpoint {
	out := map[Mode]Endpoint{}
	for _, m := range modes {
		out[m] = Endpoint{Path: path, Inputs: in}
	}
	return out
}

// ModelTable is a vendor's models, in order of preference.
type ModelTable []TableModel

// With returns the table with more models: one with a known name replaces it.
func (all ModelTable) With(more ModelTable) ModelTable {
	return merge(all, more, func(m TableModel) string { return m.Name })
}

// MergeModels returns models with more of them: one with a known name replaces it.
func MergeModels(known, more []Model) []Model {
	return merge(known, more, func(m Model) string { return m.Name })
}

// merge returns a list with more elements: one with a known name replaces it, others come last.
func merge[T any](known, more []T, name func(T) string) []T {
	var out []T
	at := map[string]int{}
	for _, m := range slices.Concat(known, more) {
		if i, ok := at[name(m)]; ok {
			out[i] = m
			continue
		}
		at[name(m)] = len(out)
		out = append(out, m)
	}
	return out
}

// Models returns the models as Capabilities lists them.
func (all ModelTable) Models() []Model {
	var out []Model
	for _, o := range all {
		out = append(out, o.Model)
	}
	return out
}

// EndpointFor returns how the job's model is called in the job's mode. An unknown model is an error of class ModelError, a mode that
// it does not have one of class Refused.
func (all ModelTable) EndpointFor(job Job) (Endpoint, error) {
	for _, o := range all {
		if o.Name != job.Model {
			continue
		}
		mode := ModeOf(job.Request)
		endpoint, ok := o.Endpoints[mode]
		if !ok {
			return Endpoint{}, &Error{Class: Refused, Reason: task.AssetInvalid, Detail: fmt.Sprintf("model %s has no path for %s", o.Name, mode)}
		}
		return endpoint, nil
	}
	return Endpoint{}, unknownModel(job.Model)
}

// SecondsRange returns every whole number of seconds from one to another, both included.
func SecondsRange(from, to int) []int {
	var out []int
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}
