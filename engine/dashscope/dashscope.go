// Package dashscope is the engine for Alibaba's Wan models at Model Studio (DashScope).
//
// What may enter: the wire of video synthesis and the table of models. Wire facts: alibabacloud.com/help, Model Studio,
// text-to-video and image-to-video API reference.
package dashscope

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// Beijing is the BaseURL in mainland China; a key is of one region and is refused in another.
const Beijing = "https://dashscope.aliyuncs.com/api/v1"

const singapore = "https://dashscope-intl.aliyuncs.com/api/v1"

// Options is what an Engine is made of.
type Options struct {
	Key     string
	BaseURL string // "" = Singapore's
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at DashScope.
type Engine struct{ client *engine.Client }

// New makes an Engine.
func New(o Options) *Engine {
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, singapore), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: refused,
	}}
}

// variant is a model and how its inputs are written.
type variant struct {
	engine.Model
	media bool // pictures go as a list with roles; before wan2.7 each has a field of its own
	sizes bool // the frame is asked for as "1280*720", not by a resolution's name
	path  string
}

const synthesis, keyframes = "/services/aigc/video-generation/video-synthesis", "/services/aigc/image2video/video-synthesis"

func variants() []variant {
	const t, f, fl = engine.FromText, engine.FromFirst, engine.FromFirstLast
	model := func(name string, mode engine.Mode, resolutions []string, seconds ...int) engine.Model {
		m := engine.Model{Name: name, Modes: []engine.Mode{mode}, Resolutions: resolutions, Seconds: seconds, PromptLimit: 1500, Seed: true}
		if strings.HasPrefix(name, "wan2.2") {
			m.PromptLimit = 800
		}
		if mode == t {
			m.AspectRatios = []string{"16:9", "9:16", "1:1", "4:3", "3:4"}
			return m
		}
		m.ImageTypes, m.ImageBytes, m.ImageMinSide = []string{"image/jpeg", "image/png", "image/webp"}, 10<<20, 360
		return m
	}
	hd, full := []string{"720p", "1080p"}, []string{"480p", "720p", "1080p"}
	return []variant{
		{Model: model("wan2.6-t2v", t, hd, 5, 10, 15), sizes: true, path: synthesis},
		{Model: model("wan2.5-t2v-preview", t, full, 5, 10), sizes: true, path: synthesis},
		{Model: model("wan2.2-t2v-plus", t, []string{"480p", "1080p"}, 5), sizes: true, path: synthesis},
		{Model: model("wan2.7-i2v", f, hd, 5, 10, 15), media: true, path: synthesis},
		{Model: model("wan2.6-i2v", f, hd, 5, 10, 15), path: synthesis},
		{Model: model("wan2.5-i2v-preview", f, full, 5, 10), path: synthesis},
		{Model: model("wan2.2-i2v-plus", f, []string{"480p", "1080p"}, 5), path: synthesis},
		{Model: model("wan2.2-kf2v-flash", fl, full, 5), path: keyframes},
	}
}

// sizes are the frames of a resolution by their shape, as DashScope writes them.
func sizes() map[string]string {
	return map[string]string{
		"480p 16:9": "832*480", "480p 9:16": "480*832", "480p 1:1": "624*624", "480p 4:3": "832*480", "480p 3:4": "480*832",
		"720p 16:9": "1280*720", "720p 9:16": "720*1280", "720p 1:1": "960*960", "720p 4:3": "1088*832", "720p 3:4": "832*1088",
		"1080p 16:9": "1920*1080", "1080p 9:16": "1080*1920", "1080p 1:1": "1440*1440", "1080p 4:3": "1632*1248", "1080p 3:4": "1248*1632",
	}
}

// Capabilities says what Wan can do. Only work that has not begun can be cancelled; an id is known for a day.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, PollEvery: 15 * time.Second, ResultLife: 24 * time.Hour}
	for _, v := range variants() {
		c.Models = append(c.Models, v.Model)
	}
	return c
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
	Type string `json:"type"` // first_frame or last_frame
	URL  string `json:"url"`
}

type parameters struct {
	Size         string  `json:"size,omitempty"`
	Resolution   string  `json:"resolution,omitempty"`
	Duration     int     `json:"duration,omitempty"` // seconds
	PromptExtend bool    `json:"prompt_extend"`
	Seed         *uint32 `json:"seed,omitempty"` // at most 2^31-1
	Watermark    bool    `json:"watermark"`
}

type remote struct {
	Output struct {
		TaskID     string `json:"task_id"`
		TaskStatus string `json:"task_status"`
		VideoURL   string `json:"video_url"`
		fault
	} `json:"output"`
}

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Submit asks for the video.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (string, error) {
	for _, v := range variants() {
		if v.Name != job.Model {
			continue
		}
		var out remote
		_, err := e.client.Do(ctx, engine.Call{
			Method: http.MethodPost, Path: v.path, In: v.request(job), Out: &out, Header: http.Header{"X-Dashscope-Async": {"enable"}},
		})
		return engine.Accepted(out.Output.TaskID, err)
	}
	return "", &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// request writes the job in DashScope's words.
func (v variant) request(job engine.Job) synthesisRequest {
	r := job.Request
	in := synthesisRequest{
		Model:      job.Model,
		Input:      input{Prompt: job.Prompt(), NegativePrompt: r.NegativePrompt},
		Parameters: parameters{Duration: r.Seconds, PromptExtend: r.ExpandPrompt && r.ExpandedPrompt == "", Watermark: r.Watermark},
	}
	if r.Seed != nil {
		seed := *r.Seed & (1<<31 - 1)
		in.Parameters.Seed = &seed
	}
	resolution := cmp.Or(r.Resolution, v.Resolutions[0])
	if v.sizes {
		in.Parameters.Size = sizes()[resolution+" "+cmp.Or(r.AspectRatio, "16:9")]
	} else {
		in.Parameters.Resolution = strings.ToUpper(resolution)
	}
	switch {
	case job.First == nil:
	case v.media:
		in.Input.Media = []media{{"first_frame", job.First.Link()}}
	case job.Last != nil:
		in.Input.FirstFrameURL, in.Input.LastFrameURL = job.First.Link(), job.Last.Link()
	default:
		in.Input.ImgURL = job.First.Link()
	}
	return in
}

// states are DashScope's words but for UNKNOWN, which is a task that is gone or never was.
func states() map[string]task.State {
	return map[string]task.State{
		"PENDING": task.Pending, "RUNNING": task.Running, "SUCCEEDED": task.Succeeded, "FAILED": task.Failed, "CANCELED": task.Cancelled,
	}
}

// look asks for the task.
func (e *Engine) look(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var t remote
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/tasks/" + url.PathEscape(handle), Out: &t}); err != nil {
		return st, "", err
	}
	if t.Output.TaskStatus == "UNKNOWN" {
		return st, "", &engine.Error{Class: engine.Lost, Reason: task.VendorUnavailable, Detail: "task_status UNKNOWN"}
	}
	st.State, err = engine.StateOf(t.Output.TaskStatus, states())
	switch st.State {
	case task.Succeeded:
		st.Progress, link = 1, t.Output.VideoURL
	case task.Failed:
		st.Failure = t.Output.error().Failure()
	}
	return st, link, err
}

// Poll asks how the task stands.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.Look(e.look).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.Look(e.look).Open(ctx, e.client, handle, offset)
}

// Cancel takes a task back that has not begun.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks/" + url.PathEscape(handle) + "/cancel"})
	if err != nil {
		if c := engine.AsError(err).Class; c == engine.Refused || c == engine.Lost {
			return nil // unknown, running or done
		}
	}
	return err
}

// refused sorts an answer that is no success by DashScope's own code.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var f fault
	_ = json.Unmarshal(body, &f) // what is no JSON has no code
	switch {
	case strings.HasPrefix(f.Code, "Throttling"):
		return &engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, Detail: f.text()}
	case f.Code == "Arrearage", strings.HasPrefix(f.Code, "AllocationQuota"):
		return &engine.Error{Class: engine.Account, Reason: task.VendorRefused, Detail: f.text()}
	case f.Code != "" && status == http.StatusBadRequest:
		return f.error()
	default:
		return nil
	}
}

func (f fault) text() string { return f.Code + ": " + f.Message }

// error sorts a fault of a request or a task.
func (f fault) error() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: f.text()}
	switch {
	case strings.HasPrefix(f.Code, "DataInspectionFailed") && strings.Contains(strings.ToLower(f.Message), "output"):
		e.Reason = task.SafetyOutputVideo
	case strings.HasPrefix(f.Code, "DataInspectionFailed"), strings.HasPrefix(f.Code, "IPInfringementSuspect"):
		e.Reason = task.SafetyInputText
	case strings.HasPrefix(f.Code, "InvalidURL"), strings.HasPrefix(f.Code, "InvalidParameter.DataInspection"), strings.Contains(f.Code, "Image"):
		e.Reason = task.AssetInvalid
	case strings.HasPrefix(f.Code, "InternalError"), strings.HasPrefix(f.Code, "RequestTimeOut"):
		e.Reason = task.VendorUnavailable
	}
	return e
}
