package xai

import (
	"fmt"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "xAI"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "xAI's video API below `/xai`, as the AI SDK's xAI provider calls it: create a video, get it by its `request_id` every few " +
		"seconds, and take `video.url` once `status` is `done`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(name, what string) dialect.Example {
	return dialect.Shown("xai", "videos", name, what)
}

// anyTexts describe the fields that all creates have.
func anyTexts() [][2]string {
	return [][2]string{
		{"model", "`grok-imagine-video` or `grok-imagine-video-1.5`, or a model of the settings file."},
		{"prompt", "What the video shows and how the camera moves, or what is to change. Needed without a picture or video."},
	}
}

func createDoc() dialect.Doc {
	return dialect.Doc{
		ID: "xai_create_video", Tag: chapter, Summary: "Create a video", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Takes the request and answers at once.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeCreate(f, Models()[Dialect]) }, Limit: bodyLimit, Texts: append(anyTexts(), [][2]string{
			{"duration", fmt.Sprintf("The length in seconds, %d if absent.", defaultSeconds)},
			{"aspect_ratio", "The shape; absent, that of the picture, else 16:9."},
			{"resolution", "The number of lines of a video of 16:9; other shapes have as many pixels. Absent, the engine's own: 720p for the animatic."},
			{"image", "The first frame."}, {"image/url", "An http or https URL, or a data URI in Base64. " + dialect.PictureFormats + " of at most 16 MiB."},
			{"last_frame", "The last frame."}, {"last_frame/url", "As that of `image`."},
			{"reference_images", "Pictures of who or what is in the video. Refused if no engine of the model takes them."}, {"reference_images/url", "As that of `image`."},
			{"reference_audios", "Recordings of what is heard in the video, likewise; a `voice_id` names a voice that only xAI has."},
			{"reference_audios/url", "An http or https URL, or a data URI in Base64. " + dialect.AudioFormats + " of at most 32 MiB."},
			{"generate_audio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
			{"keyframes", "Refused: no engine here takes more than a first and a last frame."},
		}...), Examples: []dialect.Example{shows("prompt", "a prompt alone makes eight seconds"), shows("frames", "from a first frame to a last one")}},
		Answers: []dialect.Answer{{Text: "The video was begun.", Of: xaiStarted{}, Examples: []dialect.Example{shows("started", "a prompt alone makes eight seconds")}}},
		Errors:  []task.Code{task.Unreadable, task.NoSpace},
	}
}

func editDoc() dialect.Doc {
	return dialect.Doc{
		ID: "xai_edit_video", Tag: chapter, Summary: "Change a video", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Makes another version of a video. It needs an engine that can change videos: without one, which the animatic is not, the answer is 400. " +
			"`POST /xai/v1/videos/extensions`, which continues a video, is refused.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeEdit(f, Models()[Dialect]) }, Limit: bodyLimit, Texts: append(anyTexts(),
			[2]string{"video", "The video to change."}, [2]string{"video/url", "An http or https URL, or a data URI in Base64."}),
			Examples: []dialect.Example{shows("edit", "a video is changed")}},
		Answers: []dialect.Answer{{Text: "The video was begun.", Of: xaiStarted{}}},
		Errors:  []task.Code{task.Unreadable, task.NoSpace},
	}
}

func readDoc() dialect.Doc {
	return dialect.Doc{
		ID: "xai_get_video", Tag: chapter, Summary: "Get a video", Scope: apikey.Read, Form: ErrorForm(), ETag: true,
		Text:   "Call it every few seconds until `status` is `done`, `failed` or `expired`.",
		Params: []dialect.Param{{In: "path", Name: "id", Text: "The `request_id` of the create.", Example: "00000000-0000-4000-8000-000000000001"}},
		Answers: []dialect.Answer{
			{Text: "The video has ended.", Of: xaiVideo{}, Examples: []dialect.Example{{Name: "done", Text: "The video is there", File: "internal/dialect/xai/testdata/states/video.succeeded.json"}}},
			{Status: http.StatusAccepted, Text: "The video is pending.", Of: xaiVideo{}, Examples: []dialect.Example{{Name: "pending", Text: "The video is at work",
				File: "internal/dialect/xai/testdata/states/video.running.json"}}},
		},
		Errors: []task.Code{task.NotFound},
	}
}
