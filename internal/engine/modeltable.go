package engine

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/task"
)

// TableModel is a model at a vendor that serves many makers' models: what it can do, and how it is called for each mode.
type TableModel struct {
	Model
	Endpoints map[Mode]Endpoint
}

// Endpoint is how a model is called for one mode: each may be a path of its own, whose inputs have their own names.
type Endpoint struct {
	Path   string // as the vendor writes it: "fal-ai/veo3.1/image-to-video"
	Inputs Inputs
}

// Body are the job's inputs, its video too.
func (w Endpoint) Body(ctx context.Context, job Job) (map[string]any, error) {
	body := w.Inputs.Fields(job)
	return body, w.Inputs.AddVideo(ctx, job, body)
}

// SameEndpoint are the ways of a model that is called the same for all of its modes.
func SameEndpoint(path string, in Inputs, modes ...Mode) map[Mode]Endpoint {
	out := map[Mode]Endpoint{}
	for _, m := range modes {
		out[m] = Endpoint{Path: path, Inputs: in}
	}
	return out
}

// ModelTable are a vendor's models, in order of preference.
type ModelTable []TableModel

// With are the offers and more of them: one with a known name takes its place.
func (all ModelTable) With(more ModelTable) ModelTable {
	var out ModelTable
	at := map[string]int{}
	for _, list := range []ModelTable{all, more} {
		for _, o := range list {
			if i, ok := at[o.Name]; ok {
				out[i] = o
				continue
			}
			at[o.Name] = len(out)
			out = append(out, o)
		}
	}
	return out
}

// Models are the offers as Capabilities lists them.
func (all ModelTable) Models() []Model {
	var out []Model
	for _, o := range all {
		out = append(out, o.Model)
	}
	return out
}

// EndpointFor is how the job's model is called for it. A model that there is not, or not for this mode, is Refused.
func (all ModelTable) EndpointFor(job Job) (Endpoint, error) {
	for _, o := range all {
		if o.Name != job.Model {
			continue
		}
		mode := ModeOf(job.Request)
		way, ok := o.Endpoints[mode]
		if !ok {
			return Endpoint{}, &Error{Class: Refused, Reason: task.AssetInvalid, Detail: fmt.Sprintf("model %s has no path for %s", o.Name, mode)}
		}
		return way, nil
	}
	return Endpoint{}, &Error{Class: Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// SecondsRange is every length from one number of seconds to another.
func SecondsRange(from, to int) []int {
	var out []int
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}
