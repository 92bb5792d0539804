package comfyui

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Workflow is an operator's workflow, used as a model: its limits, its graph in the API's format ("Export (API)"), and the
// inputs that the parts of a job go to.
type Workflow struct {
	engine.Model
	Graph json.RawMessage
	// Slots maps each part of a job to the inputs that receive it, as "node.input": {"prompt": ["6.text"], "seed": ["3.seed"]}.
	// The parts are prompt, negative_prompt, seed, seconds, frames, frame_rate, width, height, first_frame and last_frame.
	Slots map[string][]string
}

// graph holds a workflow's nodes by id.
type graph map[string]map[string]any

func slotNames() []string {
	return []string{"prompt", "negative_prompt", "seed", "seconds", "frames", "frame_rate", "width", "height", "first_frame", "last_frame"}
}

// check returns an error that names every slot without an input in the graph, and every mode without a slot for its prompt
// or image.
func (w Workflow) check() error {
	problem := func(format string, a ...any) error {
		return fmt.Errorf("comfyui: workflow %q: %s", w.Name, fmt.Sprintf(format, a...))
	}
	var g graph
	if err := json.Unmarshal(w.Graph, &g); err != nil {
		return problem("graph is not in the API's format: %v", err)
	}
	var all []error
	for _, part := range slices.Sorted(maps.Keys(w.Slots)) {
		if !slices.Contains(slotNames(), part) {
			all = append(all, problem("slots: %q is no part of a job; allowed: %s", part, strings.Join(slotNames(), ", ")))
		}
		for _, at := range w.Slots[part] {
			if _, err := g.inputs(at); err != nil {
				all = append(all, problem("slots: %s: %v", part, err))
			}
		}
	}
	for mode, needed := range map[engine.Mode][]string{
		engine.FromText: {"prompt"}, engine.FromFirst: {"first_frame"}, engine.FromLast: {"last_frame"}, engine.FromFirstLast: {"first_frame", "last_frame"},
	} {
		for _, part := range needed {
			if slices.Contains(w.Modes, mode) && len(w.Slots[part]) == 0 {
				all = append(all, problem("slots: mode %s needs one for %s", mode, part))
			}
		}
	}
	return errors.Join(all...)
}

// inputs returns the inputs of the node that the slot names. It fails if the graph has no such node or input.
func (g graph) inputs(slot string) (map[string]any, error) {
	id, input, ok := strings.Cut(slot, ".")
	if !ok {
		return nil, fmt.Errorf("%q is not of the form node.input", slot)
	}
	inputs, ok := g[id]["inputs"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%q: there is no node %s", slot, id)
	}
	if _, ok := inputs[input]; !ok {
		return nil, fmt.Errorf("%q: node %s has no input %s", slot, id, input)
	}
	return inputs, nil
}

// fill returns the graph with the job's parts in its slots; files holds the names of uploaded images by part. Slots for
// parts that the job does not have keep the workflow's value.
func (w Workflow) fill(job engine.Job, files map[string]string) (graph, error) {
	var g graph
	if err := json.Unmarshal(w.Graph, &g); err != nil {
		return nil, &engine.Error{Class: engine.Refused, Reason: task.Internal, Err: err}
	}
	for part, value := range slotValues(job, files) {
		for _, slot := range w.Slots[part] {
			inputs, err := g.inputs(slot)
			if err != nil {
				return nil, &engine.Error{Class: engine.Refused, Reason: task.Internal, Err: err}
			}
			_, input, _ := strings.Cut(slot, ".")
			inputs[input] = value
		}
	}
	return g, nil
}

// slotValues returns the parts that the job has.
func slotValues(job engine.Job, files map[string]string) map[string]any {
	r := job.Request
	out := map[string]any{"prompt": job.Prompt()}
	if r.NegativePrompt != "" {
		out["negative_prompt"] = r.NegativePrompt
	}
	if r.Seed != nil {
		out["seed"] = *r.Seed
	}
	for part, n := range map[string]int{
		"seconds": r.Seconds, "frames": r.Format.Frames, "frame_rate": r.Format.FrameRate, "width": r.Format.Width, "height": r.Format.Height,
	} {
		if n > 0 {
			out[part] = n
		}
	}
	for part, name := range files {
		out[part] = name
	}
	return out
}
