package engine

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/task"
)

// Offer is a model at a vendor that serves many makers' models: what it can do, and how it is called for each mode.
type Offer struct {
	Model
	Ways map[Mode]Way
}

// Way is how a model is called for one mode: each may be a path of its own, whose inputs have their own names.
type Way struct {
	Path   string // as the vendor writes it: "fal-ai/veo3.1/image-to-video"
	Inputs Inputs
}

// Body are the job's inputs, its video too.
func (w Way) Body(ctx context.Context, job Job) (map[string]any, error) {
	body := w.Inputs.Of(job)
	return body, w.Inputs.Put(ctx, job, body)
}

// Alike are the ways of a model that is called the same for all of its modes.
func Alike(path string, in Inputs, modes ...Mode) map[Mode]Way {
	out := map[Mode]Way{}
	for _, m := range modes {
		out[m] = Way{Path: path, Inputs: in}
	}
	return out
}

// Offers are a vendor's models, in order of preference.
type Offers []Offer

// With are the offers and more of them: one with a known name takes its place.
func (all Offers) With(more Offers) Offers {
	var out Offers
	at := map[string]int{}
	for _, list := range []Offers{all, more} {
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
func (all Offers) Models() []Model {
	var out []Model
	for _, o := range all {
		out = append(out, o.Model)
	}
	return out
}

// Way is how the job's model is called for it. A model that there is not, or not for this mode, is Refused.
func (all Offers) Way(job Job) (Way, error) {
	for _, o := range all {
		if o.Name != job.Model {
			continue
		}
		mode := ModeOf(job.Request)
		way, ok := o.Ways[mode]
		if !ok {
			return Way{}, &Error{Class: Refused, Reason: task.AssetInvalid, Detail: fmt.Sprintf("model %s has no path for %s", o.Name, mode)}
		}
		return way, nil
	}
	return Way{}, &Error{Class: Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// Span is every length from one number of seconds to another.
func Span(from, to int) []int {
	var out []int
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}
