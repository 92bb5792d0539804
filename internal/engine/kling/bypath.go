package kling

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// pathFamily begins the handles of tasks of the API of 2026, whose paths have the model.
const pathFamily = "tasks"

// pathRequest is the body of text-to-video, image-to-video and omni-video.
type pathRequest struct {
	Prompt   string        `json:"prompt,omitempty"` // of text-to-video
	Contents []pathContent `json:"contents,omitempty"`
	Settings pathSettings  `json:"settings"`
	Options  pathOptions   `json:"options"`
}

type pathContent struct {
	Type string `json:"type"` // prompt, first_frame, last_frame or refer_image
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"` // or Base64
	ID   string `json:"id,omitempty"`  // by which the prompt mentions a refer_image: "hero" for "@hero"
}

type pathSettings struct {
	Resolution  string `json:"resolution,omitempty"`
	AspectRatio string `json:"aspect_ratio,omitempty"` // not beside a first frame
	Audio       string `json:"audio,omitempty"`        // native or off, which it is if absent
	Duration    int    `json:"duration"`               // seconds
}

type pathOptions struct {
	CallbackURL string     `json:"callback_url,omitempty"`
	External    string     `json:"external_task_id,omitempty"`
	Watermark   *watermark `json:"watermark_info,omitempty"`
}

// pathTask is a task of the API of 2026.
type pathTask struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Outputs []struct {
		Type         string `json:"type"`
		URL          string `json:"url"`
		WatermarkURL string `json:"watermark_url"`
	} `json:"outputs"`
	Billing []struct {
		ChargeType string `json:"charge_type"` // unit or cash
		Amount     string `json:"amount"`
	} `json:"billing"`
}

// submitByPath creates a task by a route of the API of 2026.
func (e *Engine) submitByPath(ctx context.Context, job engine.Job, row engine.Row[call]) (engine.Submission, error) {
	r, route := job.Request, row.Call.Route
	in := pathRequest{
		Settings: pathSettings{Resolution: r.Resolution, Duration: r.Seconds},
	}
	if row.Call.NoOptions {
		in.Settings.Resolution = cmp.Or(r.Resolution, "720p") // it has no default
	} else {
		in.Options.CallbackURL, in.Options.External = job.CallbackURL, job.Task
	}
	if r.Watermark {
		in.Options.Watermark = &watermark{Enabled: true}
	}
	if row.Sound == engine.SoundOptional {
		in.Settings.Audio = onOff(engine.WithSound(r), "native")
	}
	if job.First == nil {
		in.Settings.AspectRatio = cmp.Or(r.AspectRatio, "16:9")
	}
	path := "/" + route + "/" + job.Model
	if route == "to-video" {
		path = "/image-" + route + "/" + job.Model
	}
	if route == "to-video" && job.First == nil {
		path, in.Prompt = "/text-"+route+"/"+job.Model, job.Prompt()
	} else {
		in.Contents = append(in.Contents, pathContent{Type: "prompt", Text: job.Prompt()})
	}
	pictures, err := picturesOf(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	in.Contents = append(in.Contents, pictures...)
	t, err := do[pathTask](ctx, e.client, engine.Call{Method: http.MethodPost, Path: path, In: in})
	return engine.SubmitResult(pathFamily+"/", t.ID, err)
}

// picturesOf returns the job's pictures, the references behind the frames.
func picturesOf(ctx context.Context, job engine.Job) ([]pathContent, error) {
	var out []pathContent
	if job.First != nil {
		out = append(out, pathContent{Type: "first_frame", URL: base64Of(job.First)})
	}
	if job.Last != nil {
		out = append(out, pathContent{Type: "last_frame", URL: base64Of(job.Last)})
	}
	for i := range job.ReferenceImages {
		r := &job.ReferenceImages[i]
		b, err := r.Bytes(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, pathContent{Type: "refer_image", URL: base64.StdEncoding.EncodeToString(b), ID: r.Name})
	}
	return out, nil
}

// queryByPath returns the task that a query parameter names.
func (e *Engine) queryByPath(ctx context.Context, parameter, id string) (pathTask, error) {
	all, err := do[[]pathTask](ctx, e.client, engine.Call{Method: http.MethodGet, Path: "/tasks?" + parameter + "=" + url.QueryEscape(id)})
	if err == nil && len(all) == 0 {
		err = &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no task " + id}
	}
	if err != nil {
		return pathTask{}, err
	}
	return all[0], nil
}

// statusByPath asks for the task and returns its status and the link to its video, if it has one. Credits are units.
func (e *Engine) statusByPath(ctx context.Context, id string) (st engine.Status, link string, err error) {
	t, err := e.queryByPath(ctx, "task_ids", id)
	if err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(t.Status, map[string]task.State{
		"submitted": task.Pending, "processing": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
	})
	if st.State == task.Failed {
		st.Failure = failureOf(t.Message)
	}
	for _, b := range t.Billing {
		if amount, bad := strconv.ParseFloat(b.Amount, 64); bad == nil && b.ChargeType == "unit" {
			st.Credits += amount
		}
	}
	for _, o := range t.Outputs {
		if o.Type == "video" && link == "" {
			link = cmp.Or(o.WatermarkURL, o.URL)
		}
	}
	return st, link, err
}

// findByPath looks for the task by our task id.
func (e *Engine) findByPath(ctx context.Context, id string) (string, error) {
	t, err := e.queryByPath(ctx, "external_task_ids", id)
	if err == nil && t.ID == "" {
		err = engine.InvalidResponseError("a task without an id")
	}
	if err != nil {
		return "", err
	}
	return pathFamily + "/" + t.ID, nil
}
