package mcp

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
)

// makeVideo is the name of the tool whose calls may become tasks.
const makeVideo = "make_video"

// request is the part of make_video's input that is the body of the API's create. What is left out has the API's default.
type request struct {
	Prompt         string   `json:"prompt,omitempty" jsonschema:"What the video shows and how the camera moves. Needed if there is no first_frame."`
	NegativePrompt string   `json:"negative_prompt,omitempty" jsonschema:"What the video shall not show."`
	Model          string   `json:"model,omitempty" jsonschema:"One of list_models; the server chooses if it is left out."`
	Seconds        int      `json:"seconds,omitempty" jsonschema:"The length. Models differ in what they make; 5 is common."`
	AspectRatio    string   `json:"aspect_ratio,omitempty" jsonschema:"Such as 16:9, 9:16 or 1:1."`
	Resolution     string   `json:"resolution,omitempty" jsonschema:"Such as 720p or 1080p."`
	FirstFrame     string   `json:"first_frame,omitempty" jsonschema:"The picture that the video starts on: an https URL, a data URI, or a url that an upload answered."`
	LastFrame      string   `json:"last_frame,omitempty" jsonschema:"The picture that the video ends on, likewise."`
	Audio          *bool    `json:"audio,omitempty" jsonschema:"Whether the video shall have sound."`
	Caption        bool     `json:"caption,omitempty" jsonschema:"Whether the prompt is written along the lower edge; few models can."`
	Seed           *float64 `json:"seed,omitempty" jsonschema:"0 to 4294967295: the same seed makes the same video, with models that have one."`
	Name           string   `json:"name,omitempty" jsonschema:"What the video is called in lists and downloads."`
}

// makeInput is what make_video takes.
type makeInput struct {
	request

	IdempotencyKey string `json:"idempotency_key,omitempty" jsonschema:"Any text of your own. A second call with it, within a day, answers with the first call's video."`
	WaitFor        *int   `json:"wait_for_seconds,omitempty" jsonschema:"How long to wait for the end, 0 to 50 seconds; 50 if it is left out. Clients that follow tasks need not wait."`
}

// asTask is the key of a context whose call of make_video becomes a task, and must not wait. Its value is the *video to fill.
type asTask struct{}

func (s *service) makeVideo(ctx context.Context, req *sdk.CallToolRequest, in makeInput) (*sdk.CallToolResult, video, error) {
	wait := maxWait * time.Second
	if in.WaitFor != nil {
		var err error
		if wait, err = waitOf(*in.WaitFor); err != nil {
			return nil, video{}, err
		}
	}
	body, err := s.api.CreateTask(ctx, in.request, in.IdempotencyKey)
	if err != nil {
		return nil, video{}, err
	}
	v, err := readVideo(body)
	if err != nil {
		return nil, video{}, err
	}
	if made, ok := ctx.Value(asTask{}).(*video); ok {
		*made = v
	} else if v, err = s.await(ctx, req, v, wait); err != nil {
		return nil, video{}, err
	}
	return v.made(), v, nil
}

// waitOf reads how long a call shall wait.
func waitOf(seconds int) (time.Duration, error) {
	if seconds < 0 || seconds > maxWait {
		return 0, fmt.Errorf("wait_for_seconds: must be from 0 to %d, not %d", maxWait, seconds)
	}
	return time.Duration(seconds) * time.Second, nil
}

// await reads the video at each of its changes, and tells the caller of its progress, until it has ended or the wait is over.
// The caller's leaving ends nothing but the wait.
func (s *service) await(ctx context.Context, req *sdk.CallToolRequest, v video, wait time.Duration) (video, error) {
	end := s.now().Add(wait)
	for !v.ended() {
		left := end.Sub(s.now()).Round(time.Second)
		if left <= 0 {
			break
		}
		notify(ctx, req, v)
		body, err := s.api.AwaitTask(ctx, v.ID, min(left, client.MaxAwait))
		if err != nil {
			return v, err
		}
		if v, err = readVideo(body); err != nil {
			return v, err
		}
	}
	return v, nil
}

// notify tells the caller of the progress, if it has asked for that. A caller that can't be told finds out at the end.
func notify(ctx context.Context, req *sdk.CallToolRequest, v video) {
	token := req.Params.GetProgressToken()
	if token == nil {
		return
	}
	_ = req.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{ProgressToken: token, Progress: v.Progress, Total: 1, Message: v.Status})
}
