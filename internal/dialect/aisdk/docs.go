package aisdk

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "AI SDK gateway"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "The wire of the AI SDK's gateway provider: `createGateway({baseURL})` with this server's address and `/v4/ai`. " +
		"Start a video, ask for its status with the operation of the answer, and take `videos[0].url` once `status` is `completed`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(file, name, what string) dialect.Example {
	return dialect.Shown("aisdk", file, name, what)
}

func modelParam() dialect.Param {
	return dialect.Param{In: "header", Name: modelHeader, Required: true, Text: "The model: one of those that `GET /v4/ai/config` lists.", Example: "google/veo-3.1-generate-001"}
}

func startBody() *dialect.Body {
	return &dialect.Body{Decode: func(f *dialect.Fields) { decodeStart(f) }, Limit: bodyLimit, Texts: startTexts(), Examples: []dialect.Example{
		shows("start", "prompt", "a prompt alone makes five seconds"),
		shows("start", "frames", "from a first frame to a last one"),
	}}
}

func startTexts() [][2]string {
	file := "A picture of at most 16 MiB: `{\"type\": \"url\", \"url\"}`, or `{\"type\": \"file\", \"data\", \"mediaType\"}` with Base64."
	parts := func(path string) [][2]string {
		return [][2]string{
			{path + "/type", "`url` or `file`."},
			{path + "/url", "An http or https URL, of type `url`."},
			{path + "/data", "Base64, of type `file`."},
			{path + "/mediaType", "The media type. The content decides."},
		}
	}
	out := [][2]string{
		{"prompt", "What the video shows and how the camera moves. Needed without a picture or a video."},
		{"duration", fmt.Sprintf("The length in seconds, %d if absent, or that of the video to change.", defaultSeconds)},
		{"aspectRatio", "The shape, `16:9`; `adaptive` or absent is that of the picture."},
		{"resolution", "The size in pixels, `1280x720`, or a name such as `720p`."},
		{"fps", "Frames a second. Absent, 24."},
		{"seed", "The same seed and request make the same video again, as far as the engine can."},
		{"image", "The first frame. " + file},
	}
	out = append(out, parts("image")...)
	out = append(out, [][2]string{
		{"frameImages", "The first and the last frame. The first one wins over `image`."},
		{"frameImages/frameType", "Which frame the picture is."},
		{"frameImages/image", file},
	}...)
	out = append(out, parts("frameImages/image")...)
	out = append(out, [2]string{"inputReferences", "Pictures and, with a `mediaType` that begins with `audio/`, recordings of what is in the video; they are refused if no engine of the model takes them. One with a `mediaType` that begins with `video/` is the video to change."})
	out = append(out, parts("inputReferences")...)
	return append(out, [][2]string{
		{"n", "How many videos. One is made whatever it is; a warning tells."},
		{"generateAudio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
		{"providerOptions", "Other providers' options. They are ignored."},
		{"callbackUrl", "An http or https URL that is told of the task's end: `{\"type\": \"video.generation.completed\", \"data\": {\"jobId\", \"status\"}}`."},
	}...)
}

func startDoc() dialect.Doc {
	return dialect.Doc{
		ID: "aisdk_start_video", Tag: chapter, Summary: "Start a video", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Takes the request and answers at once. The answer's `operation` goes to `POST /v4/ai/video-model/status`. Without `/start` in the path the call " +
			"answers when the video is there, with its `videos`: as JSON, or with `Accept: text/event-stream` as a stream of comments and one event. That is what " +
			"`generateVideo` calls if it is not told to poll.",
		Params: []dialect.Param{modelParam()}, Body: startBody(),
		Answers: []dialect.Answer{{Text: "The task was made.", Of: gatewayStarted{}, Examples: []dialect.Example{shows("start", "started", "a prompt alone makes five seconds")}}},
		Errors:  []task.Code{task.NotFound, task.NoSpace},
	}
}

func statusDoc() dialect.Doc {
	return dialect.Doc{
		ID: "aisdk_get_video_status", Tag: chapter, Summary: "Ask for a video", Scope: apikey.Read, Ignores: true, Form: ErrorForm(),
		Text: "Call it every few seconds until `status` is `completed`, `error` or `cancelled`.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeStatus(f) }, Limit: statusLimit, Texts: [][2]string{
			{"operation", "The `operation` of the start."}, {"operation/jobId", "The task's id."},
		}, Examples: []dialect.Example{shows("status", "started", "a task that waits is pending")}},
		Answers: []dialect.Answer{{Text: "The task as it stands.", Of: gatewayStatus{}, Examples: []dialect.Example{{Name: "completed", Text: "The video is there",
			File: "internal/dialect/aisdk/testdata/states/status.succeeded.json"}}}},
		Errors: []task.Code{task.NotFound},
	}
}

func configDoc() dialect.Doc {
	return dialect.Doc{
		ID: "aisdk_list_models", Tag: chapter, Summary: "List the video models", Scope: apikey.Read, Form: ErrorForm(),
		Text:    "What `getAvailableModels()` of the provider reads.",
		Answers: []dialect.Answer{{Text: "The models.", Of: gatewayModels{}}},
	}
}
