package openrouter

import (
	"fmt"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "OpenRouter"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "OpenRouter's video API below `/openrouter`: create a job, ask for it at its `polling_url` every few seconds, and take " +
		"`unsigned_urls[0]` once `status` is `completed`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(name, what string) dialect.Example {
	return dialect.Shown("openrouter", "videos", name, what)
}

func createDoc() dialect.Doc {
	return dialect.Doc{
		ID: "openrouter_create_video", Tag: chapter, Summary: "Create a video", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Takes the request and answers at once.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeCreate(f, names) }, Limit: bodyLimit, Texts: [][2]string{
			{"model", "The model: one of these, or one with a route in the operator's settings."},
			{"prompt", "What the video shows and how the camera moves. May be empty with frame_images."},
			{"duration", fmt.Sprintf("The length in seconds, %d if absent.", defaultSeconds)},
			{"aspect_ratio", "The shape, `16:9`. Absent, that of the first frame."},
			{"resolution", "The resolution."},
			{"size", "The size in pixels, `1280x720`. It decides over the two above."},
			{"seed", "The same seed and request make the same video again, as far as the engine can."},
			{"frame_images", "The first and the last frame, each at most once."},
			{"frame_images/type", "What the picture is given as."},
			{"frame_images/image_url", "The picture."},
			{"frame_images/image_url/url", "An http or https URL, or a `data:image/…;base64,…` URI, of at most 16 MiB."},
			{"frame_images/frame_type", "Which frame it is."},
			{"input_references", "Pictures and recordings of what is in the video, which are refused if no engine of the model takes them, and one video to change."},
			{"input_references/type", "What the reference is given as."},
			{"input_references/video_url", "The video."},
			{"input_references/video_url/url", "An http or https URL, or a data URI."},
			{"input_references/image_url", "The picture."}, {"input_references/image_url/url", "As that of a frame."},
			{"input_references/audio_url", "The recording."}, {"input_references/audio_url/url", "An http or https URL, or a data URI. " + dialect.AudioFormats + " of at most 32 MiB."},
			{"generate_audio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
			{"callback_url", "An http or https URL that is told of the job's end: `{\"type\": \"video.generation.completed\", \"created_at\", \"data\"}` with the job as `data`."},
		}, Examples: []dialect.Example{shows("prompt", "a prompt alone makes five seconds"), shows("frames", "from a first frame to a last one")}},
		Answers: []dialect.Answer{{Status: http.StatusAccepted, Text: "The job was made.", Of: routerVideo{}, Examples: []dialect.Example{shows("created", "a prompt alone makes five seconds")}}},
		Errors:  []task.Code{task.NotFound, task.NoSpace},
	}
}

func idParam() dialect.Param {
	return dialect.Param{In: "path", Name: "id", Text: "The job's `id`.", Example: "00000000-0000-4000-8000-000000000001"}
}

func readDoc() dialect.Doc {
	return dialect.Doc{
		ID: "openrouter_get_video", Tag: chapter, Summary: "Ask for a video", Scope: apikey.Read, Form: ErrorForm(),
		Text:   "Call it every few seconds until `status` is `completed`, `failed`, `cancelled` or `expired`.",
		Params: []dialect.Param{idParam()},
		Answers: []dialect.Answer{{Text: "The job as it stands.", Of: routerVideo{}, Examples: []dialect.Example{{Name: "completed", Text: "The video is there",
			File: "internal/dialect/openrouter/testdata/states/video.succeeded.json"}}}},
		Errors: []task.Code{task.NotFound},
	}
}

func contentDoc() dialect.Doc {
	ranged := dialect.Param{In: "header", Name: "Range", Text: "The bytes that are wanted, one range: `bytes=0-1048575`."}
	video := []dialect.Media{{Type: "video/mp4"}}
	return dialect.Doc{
		ID: "openrouter_get_video_content", Tag: chapter, Summary: "Read a video's bytes", Scope: apikey.Read, Form: ErrorForm(),
		Text:   "The finished video itself, with the key.",
		Params: []dialect.Param{idParam(), {In: "query", Name: "index", Text: "Which video, from 0. There is one.", Schema: dialect.Schema{Type: "integer"}, Example: 0}, ranged},
		Answers: append([]dialect.Answer{{Text: "The video.", Media: video}, {Status: http.StatusPartialContent, Text: "The range that was asked for.", Media: video},
			{Status: http.StatusNotModified, Text: "The caller has it already."}}, dialect.FileErrors()...),
		Errors: []task.Code{task.Invalid, task.NotFound},
	}
}

func modelsDoc() dialect.Doc {
	return dialect.Doc{
		ID: "openrouter_list_video_models", Tag: chapter, Summary: "List the video models", Scope: apikey.Read, Form: ErrorForm(),
		Text:    "The models that a create may name, with what their first engine makes.",
		Answers: []dialect.Answer{{Text: "The models.", Of: routerModels{}}},
	}
}
