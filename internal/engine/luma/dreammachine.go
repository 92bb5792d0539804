package luma

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// dreamMachine makes videos by the Dream Machine API, v1, which Luma has switched off and relays go on serving.
type dreamMachine struct {
	client *engine.Client
	models []engine.Model
}

// Capabilities describes the models. Luma published no prices; the configuration may set them.
func (e *dreamMachine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, Cancel: true, Cleanup: engine.DeletesCopy, Callbacks: engine.UnsignedCallbacks, PollEvery: 3 * time.Second}
}

// Submit creates a generation. Luma takes images and videos only by URL.
func (e *dreamMachine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if job.Video != nil {
		return e.modify(ctx, job)
	}
	r := job.Request
	in := generationRequest{
		Model: job.Model, Prompt: job.Prompt(), AspectRatio: r.AspectRatio, Resolution: r.Resolution,
		Duration: fmt.Sprintf("%ds", r.Seconds), CallbackURL: job.CallbackURL, Loop: r.Loop,
	}
	for name, p := range map[string]*engine.Picture{"frame0": job.First, "frame1": job.Last} {
		if p == nil {
			continue
		}
		if err := checkURL(p.URL); err != nil {
			return engine.Submission{}, err
		}
		if in.Keyframes == nil {
			in.Keyframes = map[string]keyframe{}
		}
		in.Keyframes[name] = keyframe{Type: "image", URL: p.URL}
	}
	var out generation
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/generations/video", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// checkURL refuses a URL that Luma cannot fetch.
func checkURL(url string) error {
	if strings.HasPrefix(url, "https://") {
		return nil
	}
	return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused,
		Text:   "It fetches pictures and videos only by https: the operator of this server must set FILMGATE_PUBLIC_URL.",
		Detail: "Luma fetches pictures and videos by https URL alone: set FILMGATE_PUBLIC_URL to an address that it can reach"}
}

func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "dreaming": task.Running, "completed": task.Succeeded, "failed": task.Failed,
	}
}

// status asks for the generation and returns its status and the link to its video, if it has one.
func (e *dreamMachine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var g generation
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/generations/" + url.PathEscape(handle), Out: &g}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(g.State, stateTable())
	if st.State == task.Failed {
		reason := cmp.Or(reasonOf(g.FailureReason), task.VendorUnavailable)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: g.FailureReason}
	}
	return st, g.Assets.Video, err
}

// Poll returns the status of the generation.
func (e *dreamMachine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the generation's video.
func (e *dreamMachine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel deletes the generation, which is Luma's only way to end one. Luma does not document what it then charges.
func (e *dreamMachine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/generations/" + url.PathEscape(handle)})
	return engine.IgnoreNotFound(err)
}
