// Package makevid is the [engine.Engine] for the makevid API's Runway family: another Filmgate, or any other server of that
// API. Jobs with an input video, with references, or with a word about sound, for which the family has no field, use Filmgate's own
// POST /tasks, which only a Filmgate has.
//
// It holds the wire types of both.
package makevid

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of a Filmgate on this machine.
const BaseURL = "http://127.0.0.1:8080"

// apiPath is where the API is below an address.
const apiPath = "/api/v1"

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // with or without /api/v1 at its end; "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

// Engine makes videos at another server of the makevid API.
type Engine struct{ client *engine.Client }

// New returns an Engine.
func New(o Options) *Engine {
	address := strings.TrimSuffix(strings.TrimRight(cmp.Or(o.BaseURL, BaseURL), "/"), apiPath)
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: address + apiPath, Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

// Capabilities describes the family's model. It has no price, since the other server sets it; the configuration may name one.
func (e *Engine) Capabilities() engine.Capabilities {
	// A Filmgate checks itself what its engines can do with what it takes.
	own := task.Limits{MaxSeconds: 60, Resolutions: []string{"480p", "512p", "540p", "720p", "768p", "1080p", "2k", "4k"}}
	makevidLacks := []engine.Part{engine.PartNegative, engine.PartAspectRatio, engine.PartCamera, engine.PartCfgScale, engine.PartMode} // of create_runway
	return engine.Capabilities{
		Lane: task.Remote, Cancel: true, ExternalID: true, PollEvery: 2 * time.Second,
		Models: []engine.Model{{
			Name: "gen3a_turbo", Limits: task.Limits{Seconds: []int{5, 10}, Resolutions: []string{"720p"}}, Seed: true,
			Modes:  []engine.Mode{engine.FromFirst, engine.FromLast, engine.FromFirstLast, engine.FromText, engine.FromReferences, engine.FromVideo},
			Video:  task.InputVideoLimits{Types: []string{"video/mp4", "video/quicktime"}, Bytes: task.MaxUpload, FreeLength: true},
			ByMode: map[engine.Mode]task.Limits{engine.FromFirstLast: own, engine.FromReferences: own, engine.FromVideo: own},
			Images: task.InputImageLimits{Types: []string{"image/jpeg", "image/png", "image/webp"}},
			Sound:  engine.SoundOptional, Sends: engine.Parts(),
			Omits: map[engine.Mode][]engine.Part{engine.FromFirst: makevidLacks, engine.FromLast: makevidLacks, engine.FromText: makevidLacks},
			References: task.ReferenceLimits{
				Images: 30, Audio: 10, Roles: []task.ReferenceRole{task.RoleSubject, task.RoleStyle}, Names: true,
				Beside:    []string{string(engine.FromFirst), string(engine.FromLast), string(engine.FromFirstLast), string(engine.FromVideo)},
				Recording: task.InputAudioLimits{Bytes: 32 << 20, MaxSeconds: 15 * 60},
			},
		}},
	}
}

// Submit creates a task. Our task id is sent as Idempotency-Key, so that a Filmgate answers a second submit with the same task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if needsTasks(job) {
		return e.submitTask(ctx, job)
	}
	r := job.Request
	in := request{
		Seconds: r.Seconds, TextPrompt: job.Prompt(), Seed: r.Seed, Explore: r.LowPriority, Watermark: r.Watermark,
		Resolution: r.Resolution, Name: r.Name, AssetGroupName: r.AssetGroup, Model: job.Model,
	}
	image := job.First
	if job.Last != nil {
		image, in.EndFrame = job.Last, true
	}
	if image != nil {
		in.InitImage = engine.DataURI(image.Type, image.Bytes)
	}
	var out taskResponse
	_, err := e.client.Do(ctx, engine.Call{
		Method: http.MethodPost, Path: "/create_runway", In: in, Out: &out, Header: http.Header{"Idempotency-Key": {job.Task}},
	})
	return engine.SubmitResult("", out.Task.ID, err)
}

// status asks for the task and returns its status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	if id, own := parseHandle(handle); own {
		return e.filmgateStatus(ctx, id)
	}
	var out taskResponse
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/get_runway/" + url.PathEscape(handle), Out: &out}); err != nil {
		return st, "", err
	}
	t := out.Task
	st.State, err = engine.StateOf(t.Status, engine.RunwayStates())
	st.Progress, _ = strconv.ParseFloat(t.ProgressRatio, 64) // "" before it runs
	st.Text = t.ProgressText
	if st.State == task.Failed {
		reason := engine.DottedReason(t.Error.Reason)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: t.Error.Reason + ": " + t.Error.Message}
	}
	if len(t.Artifacts) > 0 {
		link = t.Artifacts[0].URL
	}
	return st, link, err
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's first artifact.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel cancels the task by Filmgate's own call. Other servers of the API have no such call, and their task goes on.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	id, _ := parseHandle(handle)
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks/" + url.PathEscape(id) + "/cancel"})
	return engine.IgnoreEnded(err)
}

// errorOf classifies what the status does not tell: an unusable image or video, and a submit that is still in progress.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	switch {
	case status == http.StatusUnprocessableEntity, status == http.StatusUnsupportedMediaType,
		status == http.StatusBadRequest && (strings.Contains(string(body), "#/init_image") || strings.Contains(string(body), "#/video")):
		return &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}
	case status == http.StatusConflict && strings.Contains(string(body), "Idempotency-Key"):
		return &engine.Error{Class: engine.Overloaded, RetryAfter: time.Second}
	}
	return nil
}
