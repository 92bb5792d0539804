package luma

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// agents makes videos by the Agents API.
type agents struct {
	client *engine.Client
	models []engine.Model
}

// Capabilities describes the models. The API cannot cancel a generation and calls nobody; a link to a result is valid for an hour.
func (e *agents) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, PollEvery: 5 * time.Second, ResultLife: time.Hour}
}

// agentsRequest is the body of POST /v1/generations.
type agentsRequest struct {
	Model       string      `json:"model"`
	Type        string      `json:"type"` // video or video_edit
	Prompt      string      `json:"prompt"`
	AspectRatio string      `json:"aspect_ratio,omitempty"`
	Source      *mediaRef   `json:"source,omitempty"` // of video_edit
	Video       agentsVideo `json:"video"`
}

type agentsVideo struct {
	Resolution string      `json:"resolution,omitempty"`
	Duration   string      `json:"duration,omitempty"` // "5s"
	StartFrame *mediaRef   `json:"start_frame,omitempty"`
	EndFrame   *mediaRef   `json:"end_frame,omitempty"`
	Loop       bool        `json:"loop,omitempty"`
	Edit       *agentsEdit `json:"edit,omitempty"`
}

// agentsEdit says how much of the source an edit keeps: by a strength, or as the model thinks best.
type agentsEdit struct {
	AutoControls bool   `json:"auto_controls,omitempty"`
	Strength     string `json:"strength,omitempty"`
}

// mediaRef is a picture or a video: a URL, or Base64.
type mediaRef struct {
	URL       string `json:"url,omitempty"`
	Data      string `json:"data,omitempty"`
	MediaType string `json:"media_type,omitempty"`
}

// agentsGeneration holds the fields of a generation that we read.
type agentsGeneration struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Code    string `json:"failure_code"`
	Failure string `json:"failure_reason"`
	Output  []struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"output"`
}

// Submit creates a generation.
func (e *agents) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	in := agentsRequest{
		Model: job.Model, Type: "video", Prompt: job.Prompt(), AspectRatio: r.AspectRatio,
		Video: agentsVideo{Resolution: r.Resolution, StartFrame: pictureRef(job.First), EndFrame: pictureRef(job.Last), Loop: r.Loop},
	}
	switch {
	case job.Video != nil:
		source, err := videoRef(ctx, job.Video)
		if err != nil {
			return engine.Submission{}, err
		}
		in.Type, in.Source, in.Video.Edit = "video_edit", source, &agentsEdit{AutoControls: true}
		if r.CfgScale != nil {
			in.Video.Edit = &agentsEdit{Strength: modifyMode(r.CfgScale)}
		}
	case r.Loop && r.Seconds > 5:
		return engine.Submission{}, &engine.Error{Class: engine.Refused, Reason: task.VendorRefused, Detail: "a loop of ten seconds",
			Text: "With this model a video that loops is 5 seconds long."}
	default:
		in.Video.Duration = fmt.Sprintf("%ds", r.Seconds)
	}
	var out agentsGeneration
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v1/generations", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// pictureRef returns a picture as Luma takes it; nil for nil.
func pictureRef(p *engine.Picture) *mediaRef {
	switch {
	case p == nil:
		return nil
	case strings.HasPrefix(p.URL, "https://"):
		return &mediaRef{URL: p.URL}
	default:
		return &mediaRef{Data: base64.StdEncoding.EncodeToString(p.Bytes), MediaType: p.Type}
	}
}

// videoRef returns an input video as Luma takes it. The error is that of reading it.
func videoRef(ctx context.Context, v *engine.InputVideo) (*mediaRef, error) {
	if strings.HasPrefix(v.URL, "https://") {
		return &mediaRef{URL: v.URL, MediaType: v.Type}, nil
	}
	data, err := v.Bytes(ctx)
	return &mediaRef{Data: base64.StdEncoding.EncodeToString(data), MediaType: v.Type}, err
}

func agentsStates() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "processing": task.Running, "completed": task.Succeeded, "failed": task.Failed,
	}
}

// agentsReasons maps Luma's failure codes to reasons; other codes say only that Luma failed.
func agentsReasons() map[string]task.Reason {
	return map[string]task.Reason{
		"content_moderated": task.SafetyInputText, "budget_exhausted": task.VendorRefused, "output_not_found": task.BadOutput,
		"image_too_large": task.AssetInvalid, "unsupported_format": task.AssetInvalid, "corrupt_input": task.AssetInvalid,
		"rate_limited": task.VendorUnavailable, "invalid_request": task.VendorRefused,
	}
}

// status asks for the generation and returns its status and a fresh link to its video, if it has one.
func (e *agents) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var g agentsGeneration
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/generations/" + url.PathEscape(handle), Out: &g}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(g.State, agentsStates())
	if st.State == task.Failed {
		reason, ok := agentsReasons()[g.Code]
		if !ok {
			reason = task.VendorUnavailable
		}
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: g.Code + ": " + g.Failure}
	}
	for _, o := range g.Output {
		if o.Type == "video" {
			link = o.URL
		}
	}
	return st, link, err
}

// Poll returns the status of the generation.
func (e *agents) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the generation's video.
func (e *agents) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: generations cannot be cancelled.
func (e *agents) Cancel(ctx context.Context, _ string) error { return ctx.Err() }
