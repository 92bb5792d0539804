// Package kling is the [engine.Engine] for Kling's official APIs: text2video and image2video of /v1, and the routes of 2026 that have
// the model in the path.
//
// It holds the API's wire types, its models (models.yaml) and its tokens. Sources: kling.ai/document-api,
// apiReference/model/{textToVideo,imageToVideo}, apiReference/commonInfo (errors) and guides/capability-map/video; for keys,
// vercel/ai @ed857f5 packages/klingai/src/klingai-auth.ts. Unconfirmed: the paths of kling-4.0, which are those of the model before it with
// another name.
package kling

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

var _ engine.Finder = (*Engine)(nil)

// Base URLs of the API: BaseURL for callers outside China, Beijing for callers in it.
const (
	BaseURL = "https://api-singapore.klingai.com"
	Beijing = "https://api-beijing.klingai.com"
)

const (
	tokenTTL    = 30 * time.Minute
	tokenLeeway = 5 * time.Second // a token is valid from this long before it was made, in case our clock is fast
	codeSuccess = 0               // code of a successful response
)

// Options configures an Engine.
type Options struct {
	AccessKey string // an access key, or an API key, which is sent as it is
	SecretKey string // signs tokens and is never sent; "" = AccessKey is an API key
	BaseURL   string // "" = BaseURL
	HTTP      *http.Client
	Now       func() time.Time // nil = time.Now
}

// Engine makes videos at Kling. A handle is "text2video/", "image2video/" or "tasks/" and Kling's task id, because only the route that
// created a task finds it.
type Engine struct {
	client *engine.Client
	models []engine.Row[call]
}

// New returns an Engine.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &tokens{access: o.AccessKey, secret: []byte(o.SecretKey), now: o.Now}
	c := &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.SecretKey}, Sign: t.sign, Fail: t.errorOf,
	}
	if o.SecretKey == "" {
		c.Secrets, c.Sign = []string{o.AccessKey}, engine.Bearer(o.AccessKey)
	}
	return &Engine{client: c, models: rows(o.SecretKey == "")}
}

// tokens makes the JWTs that authenticate calls.
type tokens struct {
	access string
	secret []byte
	now    func() time.Time
	skew   atomic.Int64 // seconds that Kling's clock is ahead of ours
}

func (t *tokens) sign(r *http.Request) error {
	now := t.now().Add(time.Duration(t.skew.Load()) * time.Second)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": t.access, "exp": now.Add(tokenTTL).Unix(), "nbf": now.Add(-tokenLeeway).Unix(),
	}).SignedString(t.secret)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// errorOf classifies an error response by Kling's code. If Kling calls a token not yet valid or expired, the clocks differ,
// and the next token follows Kling's clock.
func (t *tokens) errorOf(_ int, body []byte, h http.Header) *engine.Error {
	var resp envelope
	if !engine.DecodeObject(body, &resp) {
		return nil
	}
	e := errorOf(resp)
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil && (resp.Code == 1003 || resp.Code == 1004) {
		t.skew.Store(int64(theirs.Sub(t.now()) / time.Second))
		e = &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the clocks differ: " + resp.Message}
	}
	return e
}

// errorOf classifies a response by its code; nil if the code is unknown.
func errorOf(resp envelope) *engine.Error {
	lower := strings.ToLower(resp.Message)
	switch code := resp.Code; {
	case code == 1302 || code == 1303:
		return &engine.Error{Class: engine.Overloaded}
	case code >= 1000 && code <= 1004, code >= 1100 && code <= 1102, code == 1304:
		return &engine.Error{Class: engine.AuthError}
	case code == 1103: // the account may not use the API or the model
		return &engine.Error{Class: engine.ModelError}
	case code == 1300 || code == 1301:
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	case (code == 1200 || code == 1201) && (strings.Contains(lower, "not found") || strings.Contains(lower, "not exist")):
		return &engine.Error{Class: engine.NotFound}
	case (code == 1200 || code == 1201) && strings.Contains(lower, "image"):
		return &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}
	case code == 1200 || code == 1201:
		return &engine.Error{Class: engine.Refused}
	case code >= 5000 && code <= 5002:
		return &engine.Error{Class: engine.Unreachable}
	}
	return nil
}

// Submit creates a task. Our task id is sent as external_task_id; Kling refuses a second task with the same one.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	row, _ := engine.RowOf(e.models, job.Model) // Kling itself refuses a model that there is not
	if row.Call.Route != "" {
		return e.submitByPath(ctx, job, row)
	}
	r := job.Request
	in := request{
		Model: job.Model, Prompt: job.Prompt(), NegativePrompt: r.NegativePrompt, Mode: modeOf(job, row), Duration: strconv.Itoa(r.Seconds),
		Image: base64Of(job.First), ImageTail: base64Of(job.Last), External: job.Task, CallbackURL: job.CallbackURL,
	}
	if r.Watermark {
		in.Watermark = &watermark{Enabled: true}
	}
	if row.Sound == engine.SoundOptional {
		in.Sound = onOff(engine.WithSound(r), "on")
	}
	family := "image2video"
	if job.First == nil && job.Last == nil {
		family, in.AspectRatio = "text2video", r.AspectRatio
	}
	t, err := do[apiTask](ctx, e.client, engine.Call{Method: http.MethodPost, Path: "/v1/videos/" + family, In: in})
	return engine.SubmitResult(family+"/", t.ID, err)
}

// onOff returns a word for sound that is asked for, or "off".
func onOff(sound bool, on string) string {
	if sound {
		return on
	}
	return "off"
}

// base64Of returns the image as Kling takes it, in Base64 without a prefix; "" for nil.
func base64Of(p *engine.Picture) string {
	if p == nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(p.Bytes)
}

// do makes a call and returns the data of its response. A code other than success is an error.
func do[T any](ctx context.Context, client *engine.Client, c engine.Call) (T, error) {
	var out struct {
		envelope
		Data T `json:"data"`
	}
	c.Out = &out
	if _, err := client.Do(ctx, c); err != nil {
		return out.Data, err
	}
	if out.Code != codeSuccess {
		err := errorOf(out.envelope)
		if err == nil {
			err = engine.InvalidResponseError("a code %d", out.Code)
		}
		err.Detail, err.Said = "code "+strconv.Itoa(out.Code)+": "+out.Message, engine.Quote(out.Message)
		return out.Data, err
	}
	return out.Data, nil
}

func stateTable() map[string]task.State {
	return map[string]task.State{
		"submitted": task.Pending, "processing": task.Running, "succeed": task.Succeeded, "failed": task.Failed,
	}
}

// status asks for the task and returns its status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	family, id, _ := strings.Cut(handle, "/")
	if family == pathFamily {
		return e.statusByPath(ctx, id)
	}
	if family != "text2video" && family != "image2video" {
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no handle of Kling's: " + handle}
	}
	t, err := do[apiTask](ctx, e.client, engine.Call{Method: http.MethodGet, Path: "/v1/videos/" + family + "/" + url.PathEscape(id)})
	if err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(t.Status, stateTable())
	st.Credits, _ = strconv.ParseFloat(t.Units, 64) // "" until it is done
	if st.State == task.Failed {
		st.Failure = failureOf(t.Message)
	}
	if len(t.Result.Videos) > 0 { // there is one with a watermark if it was asked for
		link = cmp.Or(t.Result.Videos[0].WatermarkURL, t.Result.Videos[0].URL)
	}
	return st, link, err
}

// failureOf returns the failure of a task by Kling's message.
func failureOf(message string) *task.Failure {
	reason := task.VendorUnavailable // Kling has no codes for it
	if lower := strings.ToLower(message); strings.Contains(lower, "risk control") || strings.Contains(lower, "policy") || strings.Contains(lower, "sensitive") {
		reason = task.SafetyInputText
	}
	return &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: message}
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's first video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: Kling cannot cancel tasks.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }

// Find looks for the job of a task by our task id, on all routes.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	var notFound error
	for _, family := range []string{"text2video", "image2video"} {
		t, err := do[apiTask](ctx, e.client, engine.Call{Method: http.MethodGet, Path: "/v1/videos/" + family + "/" + url.PathEscape(id)})
		if err == nil && t.ID == "" {
			err = engine.InvalidResponseError("a task without an id")
		}
		if err == nil {
			return family + "/" + t.ID, nil
		}
		if engine.AsError(err).Class != engine.NotFound {
			return "", err
		}
		notFound = err
	}
	if !slices.ContainsFunc(e.models, func(r engine.Row[call]) bool { return r.Call.Route != "" }) {
		return "", notFound
	}
	return e.findByPath(ctx, id)
}
