package openai

import (
	"fmt"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// openaiVideo is a task on the wire. The order of fields is the SDK's.
type openaiVideo struct {
	ID                 string         `json:"id" doc:"Names the video: GET /v1/videos/{id} returns it as it stands."`
	CompletedAt        *int64         `json:"completed_at" doc:"When it was completed, in Unix seconds; null before."`
	CreatedAt          int64          `json:"created_at" doc:"When it was created, in Unix seconds."`
	Error              *openaiFailure `json:"error" doc:"Why it failed; null if it has not."`
	ExpiresAt          *int64         `json:"expires_at" doc:"Always null, also where the operator lets files expire: then the content answers 404."`
	Model              string         `json:"model" doc:"The model that the request named."`
	Object             string         `json:"object" doc:"Always video."`
	Progress           int            `json:"progress" doc:"How far the work is, 0 to 100."`
	Prompt             *string        `json:"prompt" doc:"The prompt; null if there is none."`
	RemixedFromVideoID *string        `json:"remixed_from_video_id" doc:"The video that it remixes; null if it is no remix."`
	Seconds            string         `json:"seconds" doc:"The length in seconds."`
	Size               string         `json:"size" doc:"Width and height in pixels, 1280x720."`
	Status             openaiStatus   `json:"status" doc:"Where it stands. A cancelled task has failed."`
}

type openaiFailure struct {
	Code    string `json:"code" doc:"Why, for programs: moderation_blocked, invalid_input_reference, engine_unavailable, timeout, cancelled or server_error."`
	Message string `json:"message" doc:"Why, for people."`
}

type openaiDeleted struct {
	ID      string `json:"id" doc:"The video's id."`
	Deleted bool   `json:"deleted" doc:"Always true."`
	Object  string `json:"object" doc:"Always video.deleted."`
}

type openaiList struct {
	Object  string        `json:"object" doc:"Always list."`
	Data    []openaiVideo `json:"data" doc:"The videos of this page."`
	FirstID *string       `json:"first_id" doc:"The id of the page's first video; null for an empty page."`
	LastID  *string       `json:"last_id" doc:"The id of the page's last video, which is after for the next page; null for an empty page."`
	HasMore bool          `json:"has_more" doc:"Whether there is another page."`
}

type openaiModel struct {
	ID      string `json:"id" doc:"The name that a request gives."`
	Object  string `json:"object" doc:"Always model."`
	Created int64  `json:"created" doc:"A time in Unix seconds, the same for all models."`
	OwnedBy string `json:"owned_by" doc:"Always filmgate."`
}

type openaiModels struct {
	Object string        `json:"object" doc:"Always list."`
	Data   []openaiModel `json:"data" doc:"The models."`
}

// openaiStatus is one of the words of statusOf.
type openaiStatus string

// Words are all of them.
func (openaiStatus) Words() []string { return []string{"queued", "in_progress", "completed", "failed"} }

// statusOf is the state table. The API has no word for a cancelled task; its error's code tells it apart.
func statusOf(s task.State) openaiStatus {
	switch s {
	case task.Queued, task.Throttled, task.Pending:
		return "queued"
	case task.Running:
		return "in_progress"
	case task.Succeeded:
		return "completed"
	default:
		return "failed"
	}
}

// videoID returns a task's id as the wire has it.
func videoID(uuid string) string { return "video_" + dialect.HexID(uuid) }

// encodeVideo returns a task of any dialect as a video.
func encodeVideo(t task.Task) openaiVideo {
	out := openaiVideo{ID: videoID(t.ID), CreatedAt: t.Created.Unix(), Error: failureOf(t), Model: t.Request.Model, Object: "video",
		Progress: progressOf(t), Seconds: secondsOf(t), Size: sizeOf(t), Status: statusOf(t.State)}
	if t.State == task.Succeeded {
		at := t.Finished.Unix()
		if t.Finished.IsZero() {
			at = t.Updated.Unix()
		}
		out.CompletedAt = &at
	}
	if t.Request.Prompt != "" {
		out.Prompt = &t.Request.Prompt
	}
	if t.Request.ParentID != "" {
		from := videoID(t.Request.ParentID)
		out.RemixedFromVideoID = &from
	}
	return out
}

// failureOf returns why the task failed; nil if it has not.
func failureOf(t task.Task) *openaiFailure {
	switch t.State {
	case task.Cancelled:
		return &openaiFailure{"cancelled", "The task was cancelled."}
	case task.Failed:
		f := t.WhyFailed()
		return &openaiFailure{failureCode(f.Reason), f.Text}
	default:
		return nil
	}
}

// progressOf returns whole percents, of which only a completed video has 100.
func progressOf(t task.Task) int {
	if t.State == task.Succeeded {
		return 100
	}
	return min(max(int(t.Progress*100), 0), 99)
}

// secondsOf returns the length that was asked for, or else that of the video.
func secondsOf(t task.Task) string {
	seconds := t.Request.Seconds
	if seconds == 0 && t.Request.Video != nil {
		seconds = t.Request.Video.WholeSeconds()
	}
	if seconds == 0 && len(t.Artifacts) > 0 {
		seconds = int(t.Artifacts[0].Duration.Round(time.Second).Seconds())
	}
	return strconv.Itoa(seconds)
}

// sizeOf returns the size that was asked for, or else that of the video; "" if neither is known.
func sizeOf(t task.Task) string {
	width, height := t.Request.Format.Width, t.Request.Format.Height
	if width == 0 && len(t.Artifacts) > 0 {
		width, height = t.Artifacts[0].Width, t.Artifacts[0].Height
	}
	if width == 0 {
		return ""
	}
	return fmt.Sprintf("%dx%d", width, height)
}

func encodeModel(name string) openaiModel {
	const announced = 1759708800 // 2025-10-06, the date of the first model
	return openaiModel{ID: name, Object: "model", Created: announced, OwnedBy: "filmgate"}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
