package ark

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "Ark"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "The video calls of Volcengine's Ark and BytePlus ModelArk, which serve Seedance. Create a task with `content`, ask for it " +
		"every few seconds, and take `content.video_url` once `status` is `succeeded`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(name, what string) dialect.Example {
	return dialect.Shown("ark", "tasks", name, what)
}

func createDoc() dialect.Doc {
	return dialect.Doc{
		ID: "ark_create_task", Tag: chapter, Summary: "Create a video", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Takes the request and answers at once with the task's id. Settings may also stand within a text, as older models take them: `--resolution 720p --dur 5 " +
			"--ratio 16:9 --frames 121 --fps 24 --seed 7 --wm true`. Fields win over them.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeCreate(f, names) }, Limit: bodyLimit, Texts: [][2]string{
			{"model", "The model: one of these, or one with a route in the operator's settings."},
			{"content", "What to make the video from: a text, a first and a last frame, or a video to change; and references to pictures and recordings."},
			{"content/type", "What the entry is."},
			{"content/text", "What the video shows and how the camera moves, of type `text`."},
			{"content/image_url", "A picture, of type `image_url`."},
			{"content/image_url/url", "An http or https URL, or a `data:image/…;base64,…` URI, of at most 16 MiB."},
			{"content/video_url", "A video, of type `video_url`."},
			{"content/video_url/url", "An http or https URL, or a data URI."},
			{"content/audio_url", "A recording of what is heard in the video, of type `audio_url`."},
			{"content/audio_url/url", "An http or https URL, or a data URI. " + dialect.AudioFormats + " of at most 32 MiB."},
			{"content/role", "Of a picture: the first frame, also without a role, the last one, or `reference_image`, which shows what is in the video. References are refused if no engine of the model takes them."},
			{"resolution", "The resolution, or pixels such as `1280x720`."},
			{"ratio", "The shape, `16:9`; `adaptive` or absent is that of the picture."},
			{"duration", fmt.Sprintf("The length in seconds; -1 or absent is %d.", defaultSeconds)},
			{"frames", "The number of frames. It decides over the length."},
			{"framespersecond", "Frames a second. Absent, 24."},
			{"seed", "The same seed and request make the same video again, as far as the engine can. -1 is any."},
			{"watermark", "`true` puts a watermark on the video."},
			{"generate_audio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
			{"return_last_frame", "`true`: the finished task has the last frame's link."},
			{"service_tier", "`flex`: the task waits behind those without it."},
			{"callback_url", "An http or https URL that is told of each new state with what a get answers."},
		}, Examples: []dialect.Example{shows("text", "a text alone makes five seconds"), shows("frames", "from a first frame to a last one")}},
		Answers: []dialect.Answer{{Text: "The task was made.", Of: arkCreated{}, Examples: []dialect.Example{shows("created", "a text alone makes five seconds")}}},
		Errors:  []task.Code{task.NotFound, task.NoSpace},
	}
}

func idParam() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The task's `id`.", Example: "cgt-00000000000040008000000000000001"}}
}

func readDoc() dialect.Doc {
	return dialect.Doc{
		ID: "ark_get_task", Tag: chapter, Summary: "Ask for a video", Scope: apikey.Read, Form: ErrorForm(),
		Text:   "Call it every few seconds until `status` is `succeeded`, `failed`, `cancelled` or `expired`.",
		Params: idParam(),
		Answers: []dialect.Answer{{Text: "The task as it stands.", Of: arkTask{}, Examples: []dialect.Example{{Name: "succeeded", Text: "The video is there",
			File: "internal/dialect/ark/testdata/states/get.succeeded.json"}}}},
		Errors: []task.Code{task.NotFound},
	}
}

func listDoc() dialect.Doc {
	return dialect.Doc{
		ID: "ark_list_tasks", Tag: chapter, Summary: "List tasks", Scope: apikey.Read, Form: ErrorForm(),
		Text: fmt.Sprintf("The account's tasks of the last %d days, newest first, whatever call made them.", listDays),
		Params: []dialect.Param{
			{In: "query", Name: "page_num", Text: "Which page, from 1.", Schema: dialect.Between("integer", 1, mostPages)},
			{In: "query", Name: "page_size", Text: fmt.Sprintf("Tasks of a page; %d if absent.", defaultPage), Schema: dialect.Between("integer", 1, mostItems)},
			{In: "query", Name: "filter.status", Text: "Tasks with this status.", Schema: dialect.Words(statuses()...)},
			{In: "query", Name: "filter.model", Text: "Tasks of this model."},
			{In: "query", Name: "filter.service_tier", Text: "Tasks of this tier.", Schema: dialect.Words("default", "flex")},
			{In: "query", Name: "filter.task_ids", Text: "Tasks with one of these ids; given once for each, or separated by commas."},
		},
		Answers: []dialect.Answer{{Text: "One page.", Of: arkList{}, Examples: []dialect.Example{shows("page", "one page of two tasks")}}},
		Errors:  []task.Code{task.Invalid},
	}
}

func removeDoc() dialect.Doc {
	return dialect.Doc{
		ID: "ark_delete_task", Tag: chapter, Summary: "Cancel or delete a task", Scope: apikey.Write, Form: ErrorForm(),
		Text:    "Cancels a task that has not ended; it stays readable, as `cancelled`. A task that has ended is deleted with its files, and is not found from then on.",
		Params:  idParam(),
		Answers: []dialect.Answer{{Text: "It is done.", Of: arkNothing{}}},
		Errors:  []task.Code{task.NotFound},
	}
}
