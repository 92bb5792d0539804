package makevid

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// filmgatePrefix begins the handles of jobs created by Filmgate's own POST /tasks, which get_runway does not find.
const filmgatePrefix = "tasks/"

// createTask is the body of Filmgate's own POST /tasks.
type createTask struct {
	Model       string      `json:"model"`
	Name        string      `json:"name,omitempty"`
	Prompt      string      `json:"prompt,omitempty"`
	Negative    string      `json:"negative_prompt,omitempty"`
	Seconds     int         `json:"seconds,omitempty"`
	AspectRatio string      `json:"aspect_ratio,omitempty"`
	Resolution  string      `json:"resolution,omitempty"`
	Seed        *uint32     `json:"seed,omitempty"`
	Video       string      `json:"video,omitempty"`
	First       string      `json:"first_frame,omitempty"`
	Last        string      `json:"last_frame,omitempty"`
	Images      []reference `json:"reference_images,omitempty"`
	Recordings  []reference `json:"reference_audio,omitempty"`
	Audio       *bool       `json:"audio,omitempty"`
	Watermark   bool        `json:"watermark,omitempty"`
	LowPriority bool        `json:"low_priority,omitempty"`
	AssetGroup  string      `json:"asset_group,omitempty"`
}

// reference is a reference of a createTask.
type reference struct {
	URL  string             `json:"url"`
	Role task.ReferenceRole `json:"role,omitempty"` // of an image
	Name string             `json:"name,omitempty"`
}

// filmgateTask is a task as GET /tasks/{id} returns it.
type filmgateTask struct {
	ID           string     `json:"id"`
	Status       task.State `json:"status"`
	Progress     float64    `json:"progress"`
	ProgressText string     `json:"progress_text"`
	Failure      struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"failure"`
	Artifacts []struct {
		URL string `json:"url"`
	} `json:"artifacts"`
}

// needsTasks reports whether create_runway has no field for something that the job needs.
func needsTasks(job engine.Job) bool {
	return job.Video != nil || job.First != nil && job.Last != nil || len(job.ReferenceImages)+len(job.ReferenceAudio) > 0 || job.Request.Audio != nil
}

// submitTask uploads the job's inputs to a Filmgate and creates a task for them there. If the job asks for its input video's
// own length, no length is sent, and the other Filmgate's model decides it.
func (e *Engine) submitTask(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	in := createTask{
		Model: job.Model, Name: r.Name, Prompt: job.Prompt(), Negative: r.NegativePrompt, AspectRatio: r.AspectRatio, Resolution: r.Resolution,
		Seed: r.Seed, Audio: r.Audio, Watermark: r.Watermark, LowPriority: r.LowPriority, AssetGroup: r.AssetGroup,
	}
	if r.Video == nil || r.Seconds != r.Video.WholeSeconds() {
		in.Seconds = r.Seconds
	}
	if err := e.uploadInputs(ctx, job, &in); err != nil {
		return engine.Submission{}, err
	}
	var out filmgateTask
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks", In: in, Out: &out, Header: http.Header{"Idempotency-Key": {job.Task}}})
	return engine.SubmitResult(filmgatePrefix, out.ID, err)
}

// uploadInputs uploads the job's inputs, and writes their URLs to in.
func (e *Engine) uploadInputs(ctx context.Context, job engine.Job, in *createTask) (err error) {
	for _, frame := range []struct {
		image *engine.Picture
		url   *string
	}{{job.First, &in.First}, {job.Last, &in.Last}} {
		if frame.image == nil {
			continue
		}
		if *frame.url, err = e.upload(ctx, frame.image.Type, frame.image.Bytes); err != nil {
			return err
		}
	}
	if job.Video != nil {
		if in.Video, err = e.uploadFile(ctx, &job.Video.InputFile); err != nil {
			return err
		}
	}
	for i := range job.ReferenceImages {
		ref := &job.ReferenceImages[i]
		link, err := e.uploadFile(ctx, &ref.InputFile)
		if err != nil {
			return err
		}
		in.Images = append(in.Images, reference{URL: link, Role: ref.Role, Name: ref.Name})
	}
	for i := range job.ReferenceAudio {
		ref := &job.ReferenceAudio[i]
		link, err := e.uploadFile(ctx, &ref.InputFile)
		if err != nil {
			return err
		}
		in.Recordings = append(in.Recordings, reference{URL: link, Name: ref.Name})
	}
	return nil
}

func (e *Engine) uploadFile(ctx context.Context, f *engine.InputFile) (string, error) {
	data, err := f.Bytes(ctx)
	if err != nil {
		return "", err
	}
	return e.upload(ctx, f.Type, data)
}

// upload stores a file at the Filmgate and returns its URL there.
func (e *Engine) upload(ctx context.Context, kind string, data []byte) (string, error) {
	var stored struct {
		URL string `json:"url"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/datasets", Body: data, Type: kind, Out: &stored})
	if err != nil {
		return "", engine.NotSubmitted(err)
	}
	return stored.URL, nil
}

// filmgateStatus asks for a task by Filmgate's own call.
func (e *Engine) filmgateStatus(ctx context.Context, id string) (st engine.Status, link string, err error) {
	var t filmgateTask
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/tasks/" + url.PathEscape(id), Out: &t}); err != nil {
		return st, "", err
	}
	states := engine.RunwayStates()
	states["QUEUED"] = task.Pending
	st.State, err = engine.StateOf(string(t.Status), states)
	st.Progress, st.Text = t.Progress, t.ProgressText
	if st.State == task.Failed {
		reason := engine.DottedReason(t.Failure.Reason)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: t.Failure.Reason + ": " + t.Failure.Message}
	}
	if len(t.Artifacts) > 0 {
		link = t.Artifacts[0].URL
	}
	return st, link, err
}

// parseHandle returns the task id of a handle; own reports whether it was created by Filmgate's own POST /tasks.
func parseHandle(handle string) (id string, own bool) {
	return strings.CutPrefix(handle, filmgatePrefix)
}
