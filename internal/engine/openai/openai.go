// Package openai is the [engine.Engine] for OpenAI's Videos API, POST /videos. OpenAI itself switched it off on 2026-09-24;
// open servers and gateways still serve it, each with its own differences, which are data here (flavor.go).
//
// It holds the API's wire types and the differences between its servers. Unconfirmed: how long OpenAI kept a result, and how
// LiteLLM's own providers report a refusal for content.
package openai

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL was the URL of OpenAI's own API. An open server has its own, such as "http://127.0.0.1:30000/v1".
const BaseURL = "https://api.openai.com/v1"

// Options configures an Engine.
type Options struct {
	Flavor  string         // one of Flavors; "" = "openai"
	Key     string         // "" = the server needs none
	Models  []engine.Model // what the server serves; nil = the flavor's usual ones
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

// Engine makes videos at one server that speaks this API.
type Engine struct {
	client *engine.Client
	flavor flavor
	models []engine.Model
}

// New returns an Engine. A flavor that is not in Flavors means OpenAI's own.
func New(o Options) *Engine {
	e := &Engine{flavor: flavorOf(o.Flavor)}
	e.models = e.flavor.limit(o.Models)
	if o.Models == nil {
		e.models = e.flavor.models
		if e.flavor.name == "openai" && strings.TrimSuffix(cmp.Or(o.BaseURL, BaseURL), "/") == BaseURL {
			e.models = ended(e.models)
		}
	}
	e.models = engine.Sending(e.models, e.flavor.sends()...)
	e.client = &engine.Client{HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Fail: errorOf}
	if o.Key != "" {
		e.client.Sign = engine.Bearer(o.Key)
	}
	return e
}

// Capabilities returns what the models can do.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: e.flavor.canDelete, Restartable: e.flavor.freeSubmit,
		PollEvery: 2 * time.Second, ResultLife: e.flavor.resultLife,
	}
	if e.flavor.canDelete {
		c.Cleanup = engine.DeletesCopy
	}
	return c
}

// Submit creates a video.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	fields := e.fields(job)
	call := engine.Call{Method: http.MethodPost, Path: "/videos"}
	if e.flavor.form == formAlways || e.flavor.form == formWithImage && job.First != nil {
		call.Body, call.Type = formBody(fields, job.First)
	} else {
		in := map[string]any{}
		for _, f := range fields {
			in[f.name] = f.value
		}
		if job.First != nil {
			in["input_reference"] = base64.StdEncoding.EncodeToString(job.First.Bytes)
		}
		call.In = in
	}
	var out video
	call.Out = &out
	_, err := e.client.Do(ctx, call)
	return engine.SubmitResult("", string(out.ID), err)
}

// field is one field of a create call. In a form its value is written as text.
type field struct {
	name  string
	value any
}

// fields returns the fields of the create call for the job, without those that the flavor does not take.
func (e *Engine) fields(job engine.Job) []field {
	r := job.Request
	out := []field{{"prompt", job.Prompt()}}
	if job.Model != anyModel {
		out = append(out, field{"model", job.Model})
	}
	if r.Seconds > 0 {
		out = append(out, field{"seconds", e.flavor.seconds(r.Seconds)})
	}
	if size := e.flavor.size(job); size != "" {
		out = append(out, field{"size", size})
	}
	if e.flavor.seed && r.Seed != nil {
		out = append(out, field{"seed", *r.Seed})
	}
	if e.flavor.negative && r.NegativePrompt != "" {
		out = append(out, field{"negative_prompt", r.NegativePrompt})
	}
	return out
}

// formBody returns the fields as a form, as the SDKs send it, with the image as a file, and the form's media type.
func formBody(fields []field, p *engine.Picture) (body []byte, kind string) {
	var parts []engine.FormPart
	for _, f := range fields {
		text, ok := f.value.(string)
		if !ok {
			b, _ := json.Marshal(f.value) // a number
			text = string(b)
		}
		parts = append(parts, engine.FormPart{Name: f.name, Value: text})
	}
	if p != nil {
		name := "first." + strings.TrimPrefix(p.Type, "image/")
		parts = append(parts, engine.FormPart{Name: "input_reference", File: name, Type: p.Type, Bytes: p.Bytes})
	}
	return engine.MultipartForm(parts...)
}

// stateTable maps the states of all flavors to ours; no state means different things in two of them. A job that SGLang is
// cancelling still runs for a moment. Gateways may pass on the states of the vendor behind them, which [engine.StateOf] reads
// by their usual meaning, or an empty state until the job is queued there.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "in_progress": task.Running, "generating": task.Running, "postprocessing": task.Running,
		"cancelling": task.Running, "completed": task.Succeeded, "failed": task.Failed, "deleted": task.Cancelled, "cancelled": task.Cancelled,
		"": task.Pending,
	}
}

// status returns the video's status; its bytes need the same key.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var v video
	path := "/videos/" + url.PathEscape(handle)
	h, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: path, Out: &v})
	if err != nil {
		return st, "", err
	}
	if v.Status == "" && (v.ID == "" || v.Error != apiError{}) {
		return st, "", engine.InvalidResponseError("a video without a status: %s", cmp.Or(v.Error.text(), "nor an id"))
	}
	st.State, err = engine.StateOf(string(v.Status), stateTable())
	st.Progress = float64(v.Progress) / 100
	if ms, err := strconv.Atoi(h.Get("openai-poll-after-ms")); err == nil {
		st.Next = min(time.Duration(ms)*time.Millisecond, time.Minute)
	}
	if st.State == task.Failed {
		reason := cmp.Or(v.Error.reason(), task.VendorUnavailable)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: v.Error.text()}
	}
	return st, path + "/content", err
}

// Poll returns the status of the video.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the video's content. Some servers say completed before the file exists.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	st, link, err := e.status(ctx, handle)
	if err != nil {
		return engine.Content{}, err
	}
	if st.State != task.Succeeded {
		return engine.Content{}, &engine.Error{Class: engine.NotReady, Reason: task.VendorUnavailable, Detail: "the video is " + string(st.State)}
	}
	content, err := e.client.Open(ctx, link, offset)
	if err != nil && engine.AsError(err).Class == engine.NotFound {
		none := engine.NoVideo("the video is completed, and its file is not there: %s", engine.AsError(err).Detail)
		none.Class = engine.NotReady
		return engine.Content{}, none
	}
	return content, err
}

// Cancel deletes the video if that cancels the job at this kind of server; else it does nothing.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	if !e.flavor.canDelete {
		return ctx.Err()
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/videos/" + url.PathEscape(handle)})
	return engine.IgnoreNotFound(err)
}

// errorOf classifies an error by its code, if it has one: moderation is a 400, too little credit a 429. A spent budget of a
// LiteLLM key is a 400 (proxy/auth/auth_exception_handler.py).
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	e, ok := readError(body)
	switch {
	case !ok:
		return nil
	case e.Code == "insufficient_quota", e.Code == "billing_hard_limit_reached", e.Type == "budget_exceeded":
		return &engine.Error{Class: engine.AuthError}
	case status != http.StatusBadRequest && status != http.StatusUnprocessableEntity:
		return nil
	case e.Param == "input_reference":
		return &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}
	}
	return &engine.Error{Class: engine.Refused, Reason: e.reason()}
}
