// Package dashscope is the [engine.Engine] for Alibaba's Wan and HappyHorse models at Model Studio (DashScope).
//
// It holds the wire types of video synthesis and the models (models.yaml). Sources: alibabacloud.com/help/en/model-studio,
// text-to-video-api-reference, image-to-video-general-api-reference, legacy-image-to-video-api-reference,
// image-to-video-by-first-and-last-frame-api-reference, wan3-video-generation-api-reference, happyhorse-text-to-video- and
// happyhorse-image-to-video-api-reference, error-code; and dashscope-sdk-python @c0d7a0b. Callbacks are not used: they go
// through EventBridge, which is set up per account and not per task. Not confirmed by the vendor's docs: how large the
// images for wan3.0-video may be.
package dashscope

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Base URLs of the API: BaseURL is that in Singapore, Beijing that in mainland China. A key works in one region only.
const (
	BaseURL = "https://dashscope-intl.aliyuncs.com/api/v1"
	Beijing = "https://dashscope.aliyuncs.com/api/v1"
)

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // "" = the constant BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at DashScope.
type Engine struct {
	client *engine.Client
	models []engine.Row[call]
}

// New returns an Engine.
func New(o Options) *Engine {
	return &Engine{models: rows(), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

type synthesisRequest struct {
	Model      string     `json:"model"`
	Input      input      `json:"input"`
	Parameters parameters `json:"parameters"`
}

type input struct {
	Prompt         string  `json:"prompt,omitempty"`
	NegativePrompt string  `json:"negative_prompt,omitempty"`
	ImgURL         string  `json:"img_url,omitempty"`
	FirstFrameURL  string  `json:"first_frame_url,omitempty"`
	LastFrameURL   string  `json:"last_frame_url,omitempty"`
	Media          []media `json:"media,omitempty"`
}

type media struct {
	Type string `json:"type"` // first_frame, last_frame, reference_image or reference_audio
	URL  string `json:"url"`
}

type parameters struct {
	Size         string  `json:"size,omitempty"`
	Resolution   string  `json:"resolution,omitempty"`
	Ratio        string  `json:"ratio,omitempty"`
	Duration     int     `json:"duration,omitempty"` // seconds
	PromptExtend *bool   `json:"prompt_extend,omitempty"`
	Seed         *uint32 `json:"seed,omitempty"` // at most 2^31-1
	Watermark    bool    `json:"watermark"`
	Audio        *bool   `json:"audio,omitempty"` // on if absent
}

type taskResponse struct {
	Output struct {
		TaskID     string `json:"task_id"`
		TaskStatus string `json:"task_status"`
		VideoURL   string `json:"video_url"`
		apiError
	} `json:"output"`
}

// Submit creates a task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	row, err := engine.RowOf(e.models, job.Model)
	v := variant{row}
	if err == nil {
		err = v.check(job.Request)
	}
	if err != nil {
		return engine.Submission{}, err
	}
	in := v.request(job)
	if err = addReferences(ctx, job, &in.Input); err != nil {
		return engine.Submission{}, err
	}
	var out taskResponse
	_, err = e.client.Do(ctx, engine.Call{
		Method: http.MethodPost, Path: cmp.Or(v.Call.Path, synthesisPath), In: in, Out: &out, Header: http.Header{"X-Dashscope-Async": {"enable"}},
	})
	return engine.SubmitResult("", out.Output.TaskID, err)
}

// addReferences adds the job's references to the input.
func addReferences(ctx context.Context, job engine.Job, in *input) error {
	images, recordings, err := job.ReferenceLinks(ctx)
	for _, l := range images {
		in.Media = append(in.Media, media{"reference_image", l})
	}
	for _, l := range recordings {
		in.Media = append(in.Media, media{"reference_audio", l})
	}
	return err
}

// request returns the body of the create call for the job, without its references.
func (v variant) request(job engine.Job) synthesisRequest {
	r := job.Request
	in := synthesisRequest{
		Model: job.Model, Input: input{Prompt: job.PromptWith(v.Call.ImageMention, v.Call.AudioMention)},
		Parameters: parameters{Duration: r.Seconds, Watermark: r.Watermark},
	}
	if v.Sound == engine.SoundOptional {
		in.Parameters.Audio = new(engine.WithSound(r))
	}
	if !v.Call.PromptOnly {
		expand := r.ExpandPrompt && r.ExpandedPrompt == ""
		in.Input.NegativePrompt, in.Parameters.PromptExtend = r.NegativePrompt, &expand
	}
	if r.Seed != nil {
		seed := *r.Seed & (1<<31 - 1)
		in.Parameters.Seed = &seed
	}
	if resolution := v.resolution(r); v.Call.BySize {
		in.Parameters.Size = sizeTable()[resolution+" "+cmp.Or(r.AspectRatio, "16:9")]
	} else {
		in.Parameters.Resolution = strings.ToUpper(resolution)
	}
	if v.Call.TakesRatio && job.First == nil {
		in.Parameters.Ratio = r.AspectRatio
	}
	v.addFrames(job, &in.Input)
	return in
}

// addFrames adds the job's frames to the input.
func (v variant) addFrames(job engine.Job, in *input) {
	switch {
	case job.First == nil:
	case v.Call.MediaList:
		in.Media = []media{{"first_frame", job.First.Link()}}
		if job.Last != nil {
			in.Media = append(in.Media, media{"last_frame", job.Last.Link()})
		}
	case v.Call.Path == keyframesPath:
		in.FirstFrameURL = job.First.Link()
		if job.Last != nil {
			in.LastFrameURL = job.Last.Link()
		}
	default:
		in.ImgURL = job.First.Link()
	}
}

// stateTable maps DashScope's states (dashscope-sdk-python, common/constants.py) to ours. UNKNOWN is not in it: it means a
// task that has expired or never existed.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"PENDING": task.Pending, "SUSPENDED": task.Pending, "RUNNING": task.Running, "SUCCEEDED": task.Succeeded,
		"FAILED": task.Failed, "CANCELED": task.Cancelled,
	}
}

// status asks for the task and returns its status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var t taskResponse
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/tasks/" + url.PathEscape(handle), Out: &t}); err != nil {
		return st, "", err
	}
	if t.Output.TaskStatus == "UNKNOWN" {
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "task_status UNKNOWN"}
	}
	st.State, err = engine.StateOf(t.Output.TaskStatus, stateTable())
	switch st.State {
	case task.Succeeded:
		st.Progress, link = 1, t.Output.VideoURL
	case task.Failed:
		st.Failure = t.Output.engineError().JobFailure()
	}
	return st, link, err
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel cancels a task that has not started.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks/" + url.PathEscape(handle) + "/cancel"})
	return engine.IgnoreEnded(err)
}
