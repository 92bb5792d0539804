package google

import (
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// operation is a task as an operation of the Gemini API.
type operation struct {
	Name     string           `json:"name" doc:"Names the operation: GET /v1beta/ and the name asks for it."`
	Metadata *veoMetadata     `json:"metadata,omitempty" doc:"How far it is."`
	Done     bool             `json:"done,omitempty" doc:"Whether it has ended. Absent before."`
	Error    *operationError  `json:"error,omitempty" doc:"Why there is no video, if it has failed or was cancelled."`
	Response *geminiOperation `json:"response,omitempty" doc:"The result, if it has not failed."`
}

type veoMetadata struct {
	State           task.State `json:"state" doc:"The task's state, as our own calls name it."`
	ProgressPercent int        `json:"progressPercent" doc:"From 0 to 100."`
}

// operationError is why an operation has failed, a google.rpc.Status.
type operationError struct {
	Code    int      `json:"code" doc:"A google.rpc.Code: 1 cancelled, 3 invalid argument, 4 deadline exceeded, 5 not found, 13 internal, 14 unavailable."`
	Message string   `json:"message" doc:"What happened, for people."`
	Details []string `json:"details" doc:"Empty."`
}

type geminiOperation struct {
	Type   string       `json:"@type" doc:"The type of the response."`
	Result geminiResult `json:"generateVideoResponse" doc:"The result."`
}

type geminiResult struct {
	Samples  []geminiSample `json:"generatedSamples,omitempty" doc:"The video. Absent if it was blocked for safety."`
	Filtered int            `json:"raiMediaFilteredCount,omitempty" doc:"1 if the video was blocked for safety."`
	Reasons  []string       `json:"raiMediaFilteredReasons,omitempty" doc:"Why it was blocked, for people."`
}

type geminiSample struct {
	Video geminiVideo `json:"video" doc:"The video."`
}

type geminiVideo struct {
	URI string `json:"uri" format:"uri" doc:"Where it is downloaded: with the key, as x-goog-api-key or as one more parameter key."`
}

// vertexOperation is a task as an operation of Vertex AI.
type vertexOperation struct {
	Name     string          `json:"name" doc:"The operation's name."`
	Metadata *veoMetadata    `json:"metadata,omitempty" doc:"How far it is."`
	Done     bool            `json:"done,omitempty" doc:"Whether it has ended. Absent before."`
	Error    *operationError `json:"error,omitempty" doc:"Why there is no video, if it has failed or was cancelled."`
	Response *vertexResult   `json:"response,omitempty" doc:"The result, if it has not failed."`
}

type vertexResult struct {
	Type     string        `json:"@type" doc:"The type of the response."`
	Filtered int           `json:"raiMediaFilteredCount,omitempty" doc:"1 if the video was blocked for safety."`
	Reasons  []string      `json:"raiMediaFilteredReasons,omitempty" doc:"Why it was blocked, for people."`
	Videos   []vertexVideo `json:"videos,omitempty" doc:"The video. Absent if it was blocked for safety."`
}

type vertexVideo struct {
	URI      string `json:"gcsUri,omitempty" format:"uri" doc:"A signed link to the video, if it has more than 32 MiB."`
	Bytes    string `json:"bytesBase64Encoded,omitempty" doc:"The video in Base64."`
	MimeType string `json:"mimeType" doc:"The media type."`
}

const (
	geminiType = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse"
	vertexType = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
)

// The codes of google.rpc.Code that are used.
const (
	codeCancelled   = 1
	codeInvalid     = 3
	codeDeadline    = 4
	codeNotFound    = 5
	codeInternal    = 13
	codeUnavailable = 14
)

// end is how a task has ended: with a video, blocked for safety, or with an error.
type end struct {
	done    bool
	video   task.File
	blocked string // why; "" = it was not
	err     *operationError
}

// endOf is the state table.
func endOf(t task.Task) end {
	switch t.State {
	case task.Succeeded:
		_, video, ok := t.FirstFile(task.Video)
		if !ok {
			return end{done: true, err: failed(codeNotFound, "The video has been deleted.")}
		}
		return end{done: true, video: video}
	case task.Failed:
		return endOfFailed(t)
	case task.Cancelled:
		return end{done: true, err: failed(codeCancelled, "The operation was cancelled.")}
	default:
		return end{}
	}
}

func endOfFailed(t task.Task) end {
	f := t.WhyFailed()
	reason, text := f.Reason, f.Text
	switch {
	case strings.HasPrefix(string(reason), "SAFETY.") || reason == task.PreprocessSafety:
		return end{done: true, blocked: text}
	case reason == task.AssetInvalid:
		return end{done: true, err: failed(codeInvalid, text)}
	case reason == task.Overdue:
		return end{done: true, err: failed(codeDeadline, text)}
	case reason == task.VendorUnavailable:
		return end{done: true, err: failed(codeUnavailable, text)}
	default:
		return end{done: true, err: failed(codeInternal, text)}
	}
}

func failed(code int, text string) *operationError {
	return &operationError{Code: code, Message: text, Details: []string{}}
}

func metadataOf(t task.Task) *veoMetadata {
	return &veoMetadata{State: t.State, ProgressPercent: int(min(max(t.Progress, 0), 1) * 100)}
}

// encode returns the task as an operation of the Gemini API. download is where its video is.
func encode(t task.Task, name, download string) operation {
	e := endOf(t)
	op := operation{Name: name, Metadata: metadataOf(t), Done: e.done, Error: e.err}
	if !e.done || e.err != nil {
		return op
	}
	op.Response = &geminiOperation{Type: geminiType}
	if e.blocked != "" {
		op.Response.Result.Filtered, op.Response.Result.Reasons = 1, []string{e.blocked}
	} else {
		op.Response.Result.Samples = []geminiSample{{geminiVideo{download}}}
	}
	return op
}

// encodeVertex returns the task as an operation of Vertex AI, with a link to its video.
func encodeVertex(t task.Task, name string, l dialect.Links) vertexOperation {
	e := endOf(t)
	op := vertexOperation{Name: name, Metadata: metadataOf(t), Done: e.done, Error: e.err}
	if !e.done || e.err != nil {
		return op
	}
	op.Response = &vertexResult{Type: vertexType}
	if e.blocked != "" {
		op.Response.Filtered, op.Response.Reasons = 1, []string{e.blocked}
	} else {
		op.Response.Videos = []vertexVideo{{URI: l.Signed(e.video.Key), MimeType: e.video.Type}}
	}
	return op
}
