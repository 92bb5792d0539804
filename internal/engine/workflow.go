package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Workflow is an operator's workflow for ComfyUI, used as a model: its limits, its graph in the API's format ("Export (API)"),
// and the inputs that the parts of a job go to.
type Workflow struct {
	Model
	Graph json.RawMessage
	// Slots maps each part of a job to the inputs that receive it, as "node.input": {"prompt": ["6.text"], "seed": ["3.seed"]}.
	// The parts are prompt, negative_prompt, seed, seconds, frames, frame_rate, width, height, first_frame, last_frame, audio (true or
	// false), reference_images and reference_audio. Each input of the last two receives another file: the workflow takes as many as it
	// has inputs for. If a request has fewer, the others receive its last.
	Slots map[string][]string
}

// WorkflowGraph holds a workflow's nodes by id.
type WorkflowGraph map[string]map[string]any

func slotNames() []string {
	return []string{
		"prompt", "negative_prompt", "seed", "seconds", "frames", "frame_rate", "width", "height", "first_frame", "last_frame",
		"audio", "reference_images", "reference_audio",
	}
}

// PrepareWorkflows returns the workflows with what their slots say about the models. It fails if there is none, or one is wrong. The
// error names every slot without an input in the graph, and every mode without a slot for its prompt or files.
func PrepareWorkflows(all []Workflow) ([]Workflow, error) {
	if len(all) == 0 {
		return nil, errors.New("workflows: at least one is needed")
	}
	out := make([]Workflow, len(all))
	for i, w := range all {
		if err := w.check(); err != nil {
			return nil, err
		}
		out[i] = w.withSlots()
	}
	return out, nil
}

// withSlots returns the workflow with what its slots say about the model: whether it can be asked for sound, and how many references it
// takes, also beside its frames.
func (w Workflow) withSlots() Workflow {
	w.Sends = []Part{}
	if len(w.Slots["negative_prompt"]) > 0 {
		w.Sends = append(w.Sends, PartNegative)
	}
	if len(w.Slots["width"]) > 0 && len(w.Slots["height"]) > 0 {
		w.Sends = append(w.Sends, PartAspectRatio, PartResolution)
	}
	if len(w.Slots["audio"]) > 0 {
		w.Sound, w.Sends = SoundOptional, append(slices.Clip(w.Sends), PartAudio)
	}
	w.References = task.ReferenceLimits{Images: len(w.Slots["reference_images"]), Audio: len(w.Slots["reference_audio"])}
	for _, mode := range FrameModes() {
		if mode != FromText && w.Supports(mode) {
			w.References.Beside = append(w.References.Beside, string(mode))
		}
	}
	return w
}

// WorkflowNamed returns the workflow of that name. Without one, the error is of class ModelError.
func WorkflowNamed(all []Workflow, name string) (Workflow, error) {
	for _, w := range all {
		if w.Name == name {
			return w, nil
		}
	}
	return Workflow{}, &Error{Class: ModelError, Reason: task.VendorRefused, Detail: "no workflow " + name}
}

// check returns the error of one workflow.
func (w Workflow) check() error {
	problem := func(format string, a ...any) error {
		return fmt.Errorf("workflow %q: %s", w.Name, fmt.Sprintf(format, a...))
	}
	var g WorkflowGraph
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
	for mode, needed := range map[Mode][]string{
		FromText: {"prompt"}, FromFirst: {"first_frame"}, FromLast: {"last_frame"}, FromFirstLast: {"first_frame", "last_frame"},
	} {
		for _, part := range needed {
			if slices.Contains(w.Modes, mode) && len(w.Slots[part]) == 0 {
				all = append(all, problem("slots: mode %s needs one for %s", mode, part))
			}
		}
	}
	if slices.Contains(w.Modes, FromReferences) && len(w.Slots["reference_images"])+len(w.Slots["reference_audio"]) == 0 {
		all = append(all, problem("slots: mode %s needs one for reference_images or reference_audio", FromReferences))
	}
	return errors.Join(all...)
}

// inputs returns the inputs of the node that the slot names. It fails if the graph has no such node or input.
func (g WorkflowGraph) inputs(slot string) (map[string]any, error) {
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

// Fill returns the graph with the job's parts in its slots; files holds what stands for the job's files, by part. Slots for
// parts that the job does not have keep the workflow's value.
func (w Workflow) Fill(job Job, files map[string][]any) (WorkflowGraph, error) {
	var g WorkflowGraph
	if err := json.Unmarshal(w.Graph, &g); err != nil {
		return nil, &Error{Class: Refused, Reason: task.Internal, Err: err}
	}
	for part, values := range slotValues(job, files) {
		for i, slot := range w.Slots[part] {
			inputs, err := g.inputs(slot)
			if err != nil {
				return nil, &Error{Class: Refused, Reason: task.Internal, Err: err}
			}
			_, input, _ := strings.Cut(slot, ".")
			inputs[input] = values[min(i, len(values)-1)]
		}
	}
	return g, nil
}

// slotValues returns the parts that the job has, each with the values of its inputs, of which the last is that of all others.
func slotValues(job Job, files map[string][]any) map[string][]any {
	r := job.Request
	out := map[string][]any{"prompt": {job.Prompt()}, "audio": {WithSound(r)}}
	if r.NegativePrompt != "" {
		out["negative_prompt"] = []any{r.NegativePrompt}
	}
	if r.Seed != nil {
		out["seed"] = []any{*r.Seed}
	}
	for part, n := range map[string]int{
		"seconds": r.Seconds, "frames": r.Format.Frames, "frame_rate": r.Format.FrameRate, "width": r.Format.Width, "height": r.Format.Height,
	} {
		if n > 0 {
			out[part] = []any{n}
		}
	}
	maps.Copy(out, files)
	return out
}

// UploadFiles uploads the job's frames and references by a function, and returns what stands for each in the graph, by part. The errors
// are marked as not submitted.
func UploadFiles(ctx context.Context, job Job, upload func(name, kind string, b []byte) (any, error)) (map[string][]any, error) {
	out := map[string][]any{}
	put := func(part, name, kind string, b []byte) error {
		file, err := upload(FileName(job.Task+"-"+name, kind), kind, b)
		out[part] = append(out[part], file)
		return NotSubmitted(err)
	}
	for _, in := range []struct {
		part string
		*Picture
	}{{"first_frame", job.First}, {"last_frame", job.Last}} {
		if in.Picture == nil {
			continue
		}
		if err := put(in.part, in.part, in.Type, in.Bytes); err != nil {
			return nil, err
		}
	}
	for _, in := range []struct {
		part, name string
		files      []*InputFile
	}{{"reference_images", "reference_image", job.imageFiles()}, {"reference_audio", "reference_audio", job.audioFiles()}} {
		for i, f := range in.files {
			b, err := f.Bytes(ctx)
			if err != nil {
				return nil, err
			}
			if err := put(in.part, fmt.Sprintf("%s%d", in.name, i+1), f.Type, b); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// WorkflowError classifies the exception of a node. Nodes that call a vendor's API pass on the vendor's own words. Only what ran out of
// memory has a Text.
func WorkflowError(node, kind, raised string) *Error {
	e := &Error{Class: Unreachable, Reason: task.VendorUnavailable, Detail: fmt.Sprintf("node %s (%s): %s", node, kind, strings.TrimSpace(raised))}
	raised = strings.ToLower(raised)
	switch {
	case slices.ContainsFunc([]string{"safety", "moderat", "content polic", "sensitive content", "nsfw"}, func(w string) bool { return strings.Contains(raised, w) }):
		e.Class, e.Reason = Refused, task.SafetyInputText
	case strings.Contains(raised, "out of memory"):
		e.Text = "It ran out of memory. Ask for a shorter or smaller video, or for another model."
	}
	return e
}

// FirstVideo returns the index of the first MP4 among the names of files, or else of the first video in another container, which
// is converted, or else of the first WebP; -1 if there is none.
func FirstVideo(names []string) int {
	for _, endings := range []string{".mp4", ".m4v .mov .webm .mkv .avi", ".webp"} {
		i := slices.IndexFunc(names, func(n string) bool { return slices.Contains(strings.Fields(endings), strings.ToLower(path.Ext(n))) })
		if i >= 0 {
			return i
		}
	}
	return -1
}

// NoVideoSaved returns the status of a workflow that succeeded according to the server but saved no video; seen says what it
// has saved. It is final: the same workflow would save nothing again.
func NoVideoSaved(seen []string) Status {
	detail := "it has no outputs: either no node saves a video, or every result was taken from the server's cache"
	if len(seen) > 0 {
		detail = "of its outputs none is a saved video: " + strings.Join(seen[:min(len(seen), 5)], ", ")
	}
	text := "The workflow saved no video: " + Quote(detail) + ". The operator of this server must mend the workflow; until then, ask for another model."
	return Status{State: task.Failed, Final: true, Failure: &task.Failure{Reason: task.BadOutput, Text: text, Detail: detail}}
}
