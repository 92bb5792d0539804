package ark

import (
	"encoding/json"
	"math"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// arkCreated is the answer of a create.
type arkCreated struct {
	ID string `json:"id" doc:"Names the task."`
}

// arkNothing is the answer of a delete.
type arkNothing struct{}

// arkTask is a task.
type arkTask struct {
	ID            string      `json:"id" doc:"Names the task. All other calls know it too."`
	Model         string      `json:"model" doc:"The model that the create named."`
	Status        arkStatus   `json:"status" doc:"queued, running, or one of the ends: succeeded, failed, cancelled and expired."`
	Error         *arkReason  `json:"error,omitempty" doc:"Why there is no video; of a get."`
	FailureReason *arkReason  `json:"failure_reason,omitempty" doc:"The same; of a list."`
	Content       *arkContent `json:"content,omitempty" doc:"The finished video."`
	Usage         *arkUsage   `json:"usage,omitempty" doc:"What Ark would count for the finished video."`
	CreatedAt     int64       `json:"created_at" doc:"When the task was made, in Unix seconds."`
	UpdatedAt     int64       `json:"updated_at" doc:"When it last changed, in Unix seconds."`
	Seed          *uint32     `json:"seed,omitempty" doc:"The seed."`
	Resolution    string      `json:"resolution,omitempty" doc:"The resolution that was asked for."`
	Ratio         string      `json:"ratio" doc:"The shape that was asked for; adaptive is that of the picture."`
	Duration      int         `json:"duration" doc:"The length in seconds."`
	Frames        int         `json:"frames,omitempty" doc:"The number of frames."`
	FrameRate     int         `json:"framespersecond,omitempty" doc:"Frames a second."`
	ServiceTier   string      `json:"service_tier" doc:"default, or flex for a task that may wait behind others."`
}

type arkContent struct {
	VideoURL  string `json:"video_url,omitempty" format:"uri" doc:"The video, an MP4. The link is signed for a day or more; each answer has a new one. Absent if its owner has deleted it."`
	LastFrame string `json:"last_frame_url,omitempty" format:"uri" doc:"The last frame, if the create asked for it."`
}

type arkUsage struct {
	CompletionTokens int64 `json:"completion_tokens" doc:"Width × height × frames / 1024."`
	TotalTokens      int64 `json:"total_tokens" doc:"The same."`
}

type arkReason struct {
	Code    string `json:"code" doc:"Ark's code."`
	Message string `json:"message" doc:"What happened, for people."`
}

// arkList is a page of tasks.
type arkList struct {
	Total int       `json:"total" doc:"How many tasks the filters select, of the last seven days and at most 5000."`
	Items []arkTask `json:"items" doc:"One page of them, newest first."`
}

// arkStatus is one of the words of statusOf.
type arkStatus string

// Words are all of them.
func (arkStatus) Words() []string { return statuses() }

func statuses() []string {
	return []string{"queued", "running", "succeeded", "failed", "cancelled", "expired"}
}

// statusOf is the state table. A task that has not ended by its deadline is expired.
func statusOf(t task.Task) arkStatus {
	switch t.State {
	case task.Running:
		return "running"
	case task.Succeeded:
		return "succeeded"
	case task.Failed:
		if t.WhyFailed().Reason == task.Overdue {
			return "expired"
		}
		return "failed"
	case task.Cancelled:
		return "cancelled"
	default:
		return "queued"
	}
}

// idOf writes a task's id in Ark's form.
func idOf(t task.Task) string { return "cgt-" + dialect.HexID(t.ID) }

// encode returns the answer of a get.
func encode(t task.Task, l dialect.Links) []byte { return dialect.Marshal(taskOf(t, l)) }

// listed returns a task as lists have it.
func listed(t task.Task, l dialect.Links) arkTask {
	out := taskOf(t, l)
	out.FailureReason, out.Error = out.Error, nil
	return out
}

func taskOf(t task.Task, l dialect.Links) arkTask {
	r := t.Request
	out := arkTask{ID: idOf(t), Model: r.Model, Status: statusOf(t), CreatedAt: t.Created.Unix(), UpdatedAt: t.Updated.Unix(), Seed: r.Seed,
		Resolution: r.Resolution, Ratio: r.AspectRatio, Duration: r.Seconds, Frames: r.Format.Frames, FrameRate: r.Format.FrameRate, ServiceTier: "default"}
	if out.Ratio == "" {
		out.Ratio = "adaptive"
	}
	if r.LowPriority {
		out.ServiceTier = "flex"
	}
	switch t.State {
	case task.Failed:
		f := t.WhyFailed()
		out.Error = &arkReason{Code: reasonCode(f.Reason), Message: f.Text}
	case task.Succeeded:
		out.Content, out.Usage = contentOf(t, l), usageOf(t)
	}
	return out
}

// contentOf returns the links of a finished video.
func contentOf(t task.Task, l dialect.Links) *arkContent {
	var told echo
	_ = json.Unmarshal([]byte(t.Request.Echo), &told) // of another dialect it is something else
	out := &arkContent{}
	for _, a := range t.Artifacts {
		if a.Deleted {
			continue
		}
		if video, ok := a.FirstFile(task.Video); ok {
			out.VideoURL = l.Signed(video.Key)
		}
		if last, ok := a.FirstFile(task.LastFrame); ok && told.LastFrame {
			out.LastFrame = l.Signed(last.Key)
		}
	}
	return out
}

// usageOf returns the tokens that Ark counts for a video of that size and length.
func usageOf(t task.Task) *arkUsage {
	var tokens int64
	for _, a := range t.Artifacts {
		tokens += int64(math.Round(float64(a.Width*a.Height) * a.FrameRate * a.Duration.Seconds() / 1024))
	}
	return &arkUsage{CompletionTokens: tokens, TotalTokens: tokens}
}

// reasonCode is Ark's code of a reason.
func reasonCode(r task.Reason) string {
	switch r {
	case task.SafetyInputText, task.PreprocessSafety:
		return "InputTextSensitiveContentDetected"
	case task.SafetyInputImage:
		return "InputImageSensitiveContentDetected"
	case task.SafetyInputVideo:
		return "InputVideoSensitiveContentDetected"
	case task.SafetyOutputVideo:
		return "OutputVideoSensitiveContentDetected"
	case task.AssetInvalid:
		return "InvalidParameter"
	case task.VendorUnavailable:
		return "ServerOverloaded"
	case task.VendorRefused:
		return "OperationDenied"
	case task.Overdue:
		return "TaskExpired"
	default:
		return "InternalServiceError"
	}
}

// Callback returns what the callback_url of a create is told of the task in each state: what a get answers.
func Callback(t task.Task, l dialect.Links) []byte { return encode(t, l) }
