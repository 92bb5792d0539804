package fal

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "fal's queue"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "The wire of fal's queue below `/fal`. Submit an input to a model's path, ask for the status until it is `COMPLETED`, and read the result, whose `video.url` is the video. " +
		"The key is sent as `Authorization: Key …`, or as a bearer token."}}
}

// example is an exchange of testdata/queue.http, by what it shows.
func example(name, what string) []dialect.Example {
	return []dialect.Example{{Name: name, File: "internal/dialect/fal/testdata/queue.http#" + what}}
}

// application are the parameters of all paths.
func application() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "owner", Text: "The first part of the model's name.", Example: "fal-ai"},
		{In: "path", Name: "alias", Text: "The second part.", Example: "veo3.1"}}
}

func request() []dialect.Param {
	return append(application(), dialect.Param{In: "path", Name: "id", Text: "The `request_id`.", Example: "00000000-0000-4000-8000-000000000001"})
}

// status are the parameters of the calls that tell a status.
func status() []dialect.Param {
	return append(request(), dialect.Param{In: "query", Name: "logs", Text: "It has no effect: there are no logs."})
}

func submitDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_submit", Operation: "POST /{owner}/{alias}", Tag: chapter, Summary: "Submit a request", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text:   "Creates a task of a model's input. A model's name may have further parts, which follow in the path.",
		Params: append(application(), dialect.Param{In: "query", Name: "fal_webhook", Text: "An http or https URL that is told of the end."}),
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decode(f) }, Limit: bodyLimit, Texts: [][2]string{
			{"prompt", "What the video shows. Needed without a picture or a video."},
			{"negative_prompt", "What the video does not show."},
			{"image_url", "The first frame: an http or https URL, a data URI or the `file_url` of an upload."},
			{"first_frame_url", "The same, as some models name it."},
			{"start_image_url", "The same, as some models name it."},
			{"end_image_url", "The last frame."},
			{"tail_image_url", "The same, as some models name it."},
			{"last_frame_url", "The same, as some models name it."},
			{"video_url", "The video that is to be changed."},
			{"image_urls", "Pictures of who or what is in the video, in the same forms. Refused if no engine of the model takes them."},
			{"reference_image_urls", "The same, as some models name it."},
			{"audio_url", "A recording of what is heard in the video, likewise. " + dialect.AudioFormats + " of at most 32 MiB."},
			{"generate_audio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
			{"duration", "Seconds: `5` or `5s`."},
			{"aspect_ratio", "The shape."},
			{"resolution", "The resolution."},
			{"seed", "The same seed gives the same video where the engine can do that."},
			{"cfg_scale", "How closely to follow the prompt."},
		}, Examples: append(example("prompt", "a request is submitted"), example("frames", "from a first frame to a last one, without a prompt")...)},
		Answers: []dialect.Answer{{Text: "The request is stored.", Of: falStatus{}, Headers: [][2]string{{"Filmgate-Task-Id", "The task's id."}}, Examples: example("submitted", "a request is submitted")}},
		Errors:  []task.Code{task.NotFound, task.Unreadable, task.NoSpace}}
}

func statusDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_status", Operation: "GET /{owner}/{alias}/requests/{id}/status", Tag: chapter, Summary: "Ask for the status", Scope: apikey.Read, Form: ErrorForm(),
		Text: "Reads the status of any task of the account. 202 until it has ended.", Params: status(),
		Answers: []dialect.Answer{{Text: "It has ended.", Of: falStatus{}, Headers: requestHeader()}, {Status: http.StatusAccepted, Text: "It has not ended.", Of: falStatus{}, Headers: requestHeader()}}, Errors: []task.Code{task.NotFound}}
}

func streamDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_stream_status", Operation: "GET /{owner}/{alias}/requests/{id}/status/stream", Tag: chapter, Summary: "Follow the status", Scope: apikey.Read, Form: ErrorForm(),
		Text: "Streams the status as server-sent events: the one that the request has, then each other one, until it is `COMPLETED`. The data of an event is what a status answers. " +
			"A comment every 15 seconds keeps the connection. The stream ends after an hour in any case.", Params: status(),
		Answers: []dialect.Answer{{Text: "The statuses.", Media: []dialect.Media{{Type: "text/event-stream", Schema: dialect.Schema{Type: "string"}}}, Headers: requestHeader()}}, Errors: []task.Code{task.NotFound}}
}

func resultDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_result", Operation: "GET /{owner}/{alias}/requests/{id}", Tag: chapter, Summary: "Read the result", Scope: apikey.Read, Form: ErrorForm(),
		Text: "The result of a request. 400 while it is in progress, and 422 or 500 if it has failed.", Params: request(),
		Answers: []dialect.Answer{{Text: "The result.", Of: falOutput{}, Headers: requestHeader()}}, Errors: []task.Code{task.Invalid, task.Conflict, task.NotFound}}
}

func cancelDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_cancel", Operation: "PUT /{owner}/{alias}/requests/{id}/cancel", Tag: chapter, Summary: "Cancel a request", Scope: apikey.Write, Form: ErrorForm(),
		Text: "Cancels a request that has not ended.", Params: request(),
		Answers: []dialect.Answer{{Status: http.StatusAccepted, Text: "It is cancelled.", Of: falCancel{}}, {Status: http.StatusBadRequest, Text: "It has ended already.", Of: falCancel{}}},
		Errors:  []task.Code{task.NotFound}}
}

func uploadDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_begin_upload", Tag: chapter, Summary: "Upload a file", Scope: apikey.Write, Ignores: true, Form: ErrorForm(),
		Text: "Opens an upload of one picture or video of up to 64 MiB: PUT it to `upload_url`, then use `file_url` in an input.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeUpload(f) }, Limit: uploadBody, Texts: [][2]string{
			{"file_name", "The file's name. It has no effect: the content decides."}, {"content_type", "It has no effect."}}, Examples: example("upload", "an upload is opened")},
		Answers: []dialect.Answer{{Text: "Where to send the file.", Of: falUpload{}, Examples: example("opened", "an upload is opened")}}, Errors: []task.Code{task.RateLimited}}
}

func requestHeader() [][2]string { return [][2]string{{"X-Fal-Request-Id", "The request's id."}} }

func putFileDoc() dialect.Doc {
	return dialect.Doc{ID: "fal_put_file", Tag: chapter, Summary: "Send the file of an upload", Form: ErrorForm(),
		Text: "Stores the file of an upload, and checks it by its content. The URL is the `upload_url` of the upload; no key is needed.",
		Params: []dialect.Param{
			{In: "path", Name: "part", Text: "Of the URL as it was given.", Example: "00000000-0000-4000-8000-000000000001.1"},
			{In: "query", Name: "_jwt", Text: "The signature of the URL."},
		},
		Body: &dialect.Body{Text: "The bytes of the file.", Limit: task.MaxUpload, Media: []dialect.Media{{Type: "application/octet-stream"}, {Type: "image/jpeg"}, {Type: "image/png"},
			{Type: "image/webp"}, {Type: "image/avif"}, {Type: "image/heic"}, {Type: "video/mp4"}, {Type: "video/quicktime"}}},
		Answers: []dialect.Answer{{Text: "It is stored. There is no body."}},
		Errors:  []task.Code{task.Forbidden, task.NotFound, task.Conflict, task.Unreadable, task.Unavailable, task.NoSpace}}
}
