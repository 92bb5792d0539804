package aisdk

import (
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// gatewayStarted is the answer of a start.
type gatewayStarted struct {
	Operation        gatewayOperation `json:"operation" doc:"What a status asks with. Keep it as it is."`
	Warnings         []gatewayWarning `json:"warnings" doc:"What was asked for and has no effect."`
	ProviderMetadata gatewayMetadata  `json:"providerMetadata" doc:"The task's ids and facts."`
}

type gatewayOperation struct {
	JobID string `json:"jobId" format:"uuid" doc:"The task's id, which all other calls know too."`
}

// gatewayStatus is the answer of a status.
type gatewayStatus struct {
	Status           gatewayState    `json:"status" doc:"pending, or one of three ends: completed, error and cancelled."`
	Videos           *[]gatewayVideo `json:"videos,omitempty" doc:"The finished video, once status is completed. Empty if its owner has deleted it."`
	Error            string          `json:"error,omitempty" doc:"Why there is no video, if status is error."`
	ProviderMetadata gatewayMetadata `json:"providerMetadata" doc:"The task's ids and facts."`
}

// gatewayResult is the answer of the blocking call as JSON, and with its type an event.
type gatewayResult struct {
	Type             string           `json:"type,omitempty" doc:"result, in an event stream."`
	Videos           []gatewayVideo   `json:"videos" doc:"The finished video."`
	Warnings         []gatewayWarning `json:"warnings" doc:"What was asked for and has no effect."`
	ProviderMetadata gatewayMetadata  `json:"providerMetadata" doc:"The task's ids and facts."`
}

// gatewayFailure is the event of a blocking call that ends without a video.
type gatewayFailure struct {
	Type       string    `json:"type"`
	Message    string    `json:"message"`
	ErrorType  string    `json:"errorType"`
	StatusCode int       `json:"statusCode"`
	Param      *struct{} `json:"param"`
}

type gatewayVideo struct {
	Type      string `json:"type" doc:"url."`
	URL       string `json:"url" format:"uri" doc:"The video, an MP4. The link is signed for a day or more; each status has a new one."`
	MediaType string `json:"mediaType" doc:"video/mp4."`
}

// gatewayMetadata is what the SDK hands on as providerMetadata.
type gatewayMetadata struct {
	Gateway  gatewayJobMetadata `json:"gateway" doc:"What the provider's own gateway tells."`
	Filmgate filmgateMetadata   `json:"filmgate" doc:"What this server tells besides."`
}

type gatewayJobMetadata struct {
	AsyncJob gatewayOperation `json:"asyncJob" doc:"The task."`
}

type filmgateMetadata struct {
	State    task.State      `json:"state" doc:"The task's state, as our own calls name it."`
	Progress float64         `json:"progress" doc:"From 0 to 1."`
	Reason   task.Reason     `json:"reason,omitempty" doc:"Why the task failed, for programs."`
	Videos   []filmgateVideo `json:"videos,omitempty" doc:"Facts of the finished video, in the order of videos."`
}

type filmgateVideo struct {
	Width     int     `json:"width" doc:"Pixels."`
	Height    int     `json:"height" doc:"Pixels."`
	Seconds   float64 `json:"seconds" doc:"The length, to a millisecond."`
	FrameRate float64 `json:"fps" doc:"Frames a second."`
	LastFrame string  `json:"lastFrameUrl,omitempty" format:"uri" doc:"The last frame, a JPEG."`
}

// gatewayState is one of the words of stateOf.
type gatewayState string

// Words are all of them.
func (gatewayState) Words() []string { return []string{"pending", "completed", "error", "cancelled"} }

// stateOf is the state table.
func stateOf(s task.State) gatewayState {
	switch s {
	case task.Succeeded:
		return "completed"
	case task.Failed:
		return "error"
	case task.Cancelled:
		return "cancelled"
	default:
		return "pending"
	}
}

func encodeStart(t task.Task, warnings []gatewayWarning) gatewayStarted {
	return gatewayStarted{Operation: gatewayOperation{t.ID}, Warnings: warnings, ProviderMetadata: metadataOf(t, dialect.Links{})}
}

// encodeStatus returns the answer of a status.
func encodeStatus(t task.Task, l dialect.Links) []byte {
	out := gatewayStatus{Status: stateOf(t.State), ProviderMetadata: metadataOf(t, l)}
	switch t.State {
	case task.Succeeded:
		videos := videosOf(t, l)
		out.Videos = &videos
	case task.Failed:
		out.Error = t.WhyFailed().Text
	}
	return dialect.Marshal(out)
}

// encodeResult returns the end of a blocking call whose task has succeeded.
func encodeResult(t task.Task, l dialect.Links, warnings []gatewayWarning) gatewayResult {
	return gatewayResult{Videos: videosOf(t, l), Warnings: warnings, ProviderMetadata: metadataOf(t, l)}
}

func videosOf(t task.Task, l dialect.Links) []gatewayVideo {
	out := []gatewayVideo{}
	for _, video := range t.FilesOf(task.Video) {
		out = append(out, gatewayVideo{Type: "url", URL: l.Signed(video.Key), MediaType: video.Type})
	}
	return out
}

func metadataOf(t task.Task, l dialect.Links) gatewayMetadata {
	m := gatewayMetadata{Gateway: gatewayJobMetadata{AsyncJob: gatewayOperation{t.ID}}, Filmgate: filmgateMetadata{State: t.State, Progress: t.Progress}}
	if t.State == task.Failed {
		m.Filmgate.Reason = t.WhyFailed().Reason
	}
	for a := range t.FilesOf(task.Video) {
		one := filmgateVideo{Width: a.Width, Height: a.Height, Seconds: a.Duration.Round(time.Millisecond).Seconds(), FrameRate: a.FrameRate}
		if last, ok := a.FirstFile(task.LastFrame); ok {
			one.LastFrame = l.Signed(last.Key)
		}
		m.Filmgate.Videos = append(m.Filmgate.Videos, one)
	}
	return m
}

// gatewayEvent is what a callback URL is told. It has the end of the task and no URLs, as the provider's own gateway has it: the
// receiver asks for the status.
type gatewayEvent struct {
	Type      string           `json:"type"`
	CreatedAt string           `json:"createdAt"`
	Data      gatewayEventData `json:"data"`
}

type gatewayEventData struct {
	JobID            string          `json:"jobId"`
	Status           string          `json:"status"`
	Error            string          `json:"error,omitempty"`
	ProviderMetadata gatewayMetadata `json:"providerMetadata"`
}

// Callback returns what the callbackUrl of a start is told of the task: its end, once. It returns nil for a task that has not
// ended.
func Callback(t task.Task, l dialect.Links) []byte {
	if !t.State.Terminal() {
		return nil
	}
	word := map[task.State]string{task.Succeeded: "completed", task.Failed: "failed", task.Cancelled: "cancelled"}[t.State]
	data := gatewayEventData{JobID: t.ID, Status: word, ProviderMetadata: metadataOf(t, l)}
	data.ProviderMetadata.Filmgate.Videos = nil // they have URLs
	if t.State == task.Failed {
		data.Error = t.WhyFailed().Text
	}
	return dialect.Marshal(gatewayEvent{Type: "video.generation." + word, CreatedAt: t.Updated.UTC().Format(time.RFC3339), Data: data})
}
