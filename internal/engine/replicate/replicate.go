// Package replicate is the [engine.Engine] for Replicate's predictions: one API for the models of many makers, each with its
// own inputs.
//
// It holds the wire types of predictions and the table of models. Sources: replicate/replicate-python, replicate/
// {client,prediction,file,exceptions}.py, and the pages topics/predictions/{rate-limits,input-files} and topics/webhooks of
// replicate.com/docs. Unconfirmed: the list of codes in models' errors, and Replicate's values for resolutions and aspect
// ratios.
package replicate

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the URL of the API.
const BaseURL = "https://api.replicate.com/v1"

const (
	resultLife    = time.Hour // how long files of predictions created by the API are kept
	maxRetryAfter = time.Hour // a longer wait is cut to this
	inlineLimit   = 1 << 20   // bytes of the largest file sent inside a request (page "Input files")
)

// Options configures an Engine.
type Options struct {
	BaseURL string // "" = the constant BaseURL
	Key     string
	HTTP    *http.Client
	Now     func() time.Time  // nil = time.Now
	Models  engine.ModelTable // in addition to this package's; one with the same name replaces it
}

// Engine makes videos at Replicate.
type Engine struct {
	client  *engine.Client
	models  engine.ModelTable
	signing *webhookSecret
}

// New returns an Engine.
func New(o Options) *Engine {
	e := &Engine{models: engine.ReadHosted(table, DefaultInputs()).With(o.Models), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key),
		Fail: errorOf,
	}}
	e.signing = &webhookSecret{client: e.client, now: o.Now}
	if e.signing.now == nil {
		e.signing.now = time.Now
	}
	return e
}

// Capabilities returns the models. Predictions do not take an id of ours, so jobs cannot be found by task.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models.Models(), Cancel: true, Callbacks: engine.SignedCallbacks, PollEvery: 3 * time.Second, ResultLife: resultLife,
	}
}

// prediction holds the fields of a prediction that are read.
type prediction struct {
	ID     string          `json:"id"`
	Status string          `json:"status"`
	Output json.RawMessage `json:"output"` // null, a URL or a list of them, depending on the model
	Error  any             `json:"error"`  // null or a text
}

// Submit creates a prediction. The path of an official model is "owner/name", that of a community model also has a
// colon and the 64 hex digits of its version.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	endpoint, err := e.models.EndpointFor(job)
	if err == nil {
		err = e.uploadFiles(ctx, &job)
	}
	if err != nil {
		return engine.Submission{}, err
	}
	inputs, err := endpoint.Body(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	body := map[string]any{"input": inputs}
	path := "/models/" + endpoint.Path + "/predictions"
	if _, version, ok := strings.Cut(endpoint.Path, ":"); ok {
		path, body["version"] = "/predictions", version
	}
	if job.CallbackURL != "" {
		body["webhook"], body["webhook_events_filter"] = job.CallbackURL, []string{"completed"}
	}
	var out prediction
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: path, In: body, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// CheckPath returns an error if path cannot be the path of a model.
func CheckPath(path string) error {
	if !pathPattern.MatchString(path) {
		return fmt.Errorf("%q is no model of Replicate's, such as owner/name, with a colon and 64 hex digits for a version of it", path)
	}
	return nil
}

// pathPattern matches the path of a model.
var pathPattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*(:[0-9a-f]{64})?$`)

// uploadFiles uploads the files of a job that have no URL and are too large for the request, and puts the uploads' URLs in
// the job. Replicate's own client uploads all files (file.py).
func (e *Engine) uploadFiles(ctx context.Context, job *engine.Job) error {
	for _, at := range []**engine.Picture{&job.First, &job.Last} {
		p := *at
		if p == nil || p.URL != "" || len(p.Bytes) <= inlineLimit {
			continue
		}
		link, err := e.upload(ctx, "frame."+strings.TrimPrefix(p.Type, "image/"), p.Type, p.Bytes)
		if err != nil {
			return err
		}
		*at = &engine.Picture{Type: p.Type, URL: link}
	}
	var files []*engine.InputFile
	if job.Video != nil {
		v := *job.Video
		job.Video, files = &v, append(files, &v.InputFile)
	}
	job.ReferenceImages, job.ReferenceAudio = slices.Clone(job.ReferenceImages), slices.Clone(job.ReferenceAudio)
	for i := range job.ReferenceImages {
		files = append(files, &job.ReferenceImages[i].InputFile)
	}
	for i := range job.ReferenceAudio {
		files = append(files, &job.ReferenceAudio[i].InputFile)
	}
	for _, f := range files {
		if err := e.uploadFile(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// uploadFile uploads a file that has no URL and is too large for the request, and gives it the upload's URL.
func (e *Engine) uploadFile(ctx context.Context, f *engine.InputFile) error {
	if f.URL != "" || f.Size <= inlineLimit {
		return nil
	}
	b, err := f.Bytes(ctx)
	if err != nil {
		return err
	}
	f.URL, err = e.upload(ctx, engine.FileName("input", f.Type), f.Type, b)
	return err
}

func (e *Engine) upload(ctx context.Context, name, kind string, content []byte) (string, error) {
	call := engine.Call{Method: http.MethodPost, Path: "/files"}
	call.Body, call.Type = engine.MultipartForm(engine.FormPart{Name: "content", File: name, Type: kind, Bytes: content})
	var out struct {
		URLs struct {
			Get string `json:"get"`
		} `json:"urls"`
	}
	call.Out = &out
	_, err := e.client.Do(ctx, call)
	if err == nil && out.URLs.Get == "" {
		err = engine.InvalidResponseError("an upload without a URL")
	}
	if err != nil {
		return "", engine.NotSubmitted(err)
	}
	return out.URLs.Get, nil
}

// resetPattern matches the time to wait in the text of a 429.
var resetPattern = regexp.MustCompile(`resets in ~?(\d+)s`)

// errorOf classifies an answer by its problem document. A 429 has the time to wait in its body: as "retry_after", or in the
// text (page "Rate limits").
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Detail string  `json:"detail"`
		After  float64 `json:"retry_after"`
	}
	if !engine.DecodeObject(body, &resp) {
		return nil
	}
	switch status {
	case http.StatusTooManyRequests:
		if m := resetPattern.FindStringSubmatch(resp.Detail); m != nil && resp.After <= 0 {
			resp.After, _ = strconv.ParseFloat(m[1], 64) // the pattern matches only digits
		}
		return &engine.Error{Class: engine.Overloaded, RetryAfter: time.Duration(min(resp.After, maxRetryAfter.Seconds()) * float64(time.Second))}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return &engine.Error{Class: engine.Refused, Reason: reasonOf(resp.Detail)}
	}
	return nil
}

// stateTable maps Replicate's states to ours. An aborted prediction ended before it started.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"starting": task.Pending, "processing": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"canceled": task.Cancelled, "aborted": task.Failed,
	}
}

// status returns the prediction's status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var p prediction
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/predictions/" + url.PathEscape(handle), Out: &p}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(p.Status, stateTable())
	switch st.State {
	case task.Succeeded:
		st.Progress, link = 1, p.link()
	case task.Failed:
		st.Failure = p.failure()
	}
	return st, link, err
}

// Poll returns the status of the prediction.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the prediction's first output.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// link returns the URL of the video; "" if the output has none.
func (p prediction) link() string {
	var one string
	var many []string
	if json.Unmarshal(p.Output, &one) == nil {
		return one
	}
	if json.Unmarshal(p.Output, &many) == nil && len(many) > 0 {
		return many[0]
	}
	return ""
}

// reasonRules maps words in the errors of failed predictions to reasons, in the order they are tried. The texts come from the
// models' makers, and only some have a code.
func reasonRules() []struct {
	words  string
	reason task.Reason
} {
	return []struct {
		words  string
		reason task.Reason
	}{
		{"output is flagged", task.SafetyOutputVideo},
		{"e005", task.SafetyInputText}, // the input or output was flagged as sensitive
		{"sensitive", task.SafetyInputText},
		{"nsfw", task.SafetyInputText},
		{"moderation", task.SafetyInputText},
		{"safety", task.SafetyInputText},
		{"content policy", task.SafetyInputText},
		{"invalid image", task.AssetInvalid},
		{"image must", task.AssetInvalid},
		{"e003", task.VendorUnavailable}, // high demand
		{"high demand", task.VendorUnavailable},
		{"timed out", task.VendorUnavailable},
		{"timeout", task.VendorUnavailable},
	}
}

func (p prediction) failure() *task.Failure {
	text := fmt.Sprint(p.Error)
	reason := cmp.Or(reasonOf(text), task.VendorUnavailable)
	return &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: p.Status + ": " + text}
}

// reasonOf returns the reason for a text; "" if it says none.
func reasonOf(text string) task.Reason {
	lower := strings.ToLower(text)
	for _, r := range reasonRules() {
		if strings.Contains(lower, r.words) {
			return r.reason
		}
	}
	return ""
}

// Cancel cancels the prediction.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/predictions/" + url.PathEscape(handle) + "/cancel"})
	return engine.IgnoreEnded(err)
}
