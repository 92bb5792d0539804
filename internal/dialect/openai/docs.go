package openai

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "OpenAI videos"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "OpenAI's video API, which vLLM-Omni, SGLang, LiteLLM and n8n speak too. Create a video, get it by its id until `status` is " +
		"`completed` or `failed`, and read its bytes from `/content`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(file, name, what string) dialect.Example {
	return dialect.Shown("openai", file, name, what)
}

// state is the file of a video in a state.
func state(name, text, state string) dialect.Example {
	return dialect.Example{Name: name, Text: text, File: "internal/dialect/openai/testdata/states/video." + state + ".json"}
}

// doc returns what all calls' descriptions share.
func doc(id, summary, text string, scope apikey.Scope) dialect.Doc {
	return dialect.Doc{ID: "openai_" + id, Tag: chapter, Summary: summary, Text: text, Scope: scope, Form: ErrorForm()}
}

func idParam() dialect.Param {
	return dialect.Param{In: "path", Name: "id", Text: "The video's `id`. A task's id in the form of any other family finds it too.", Example: "video_00000000000040008000000000000001"}
}

// unfinished is the header that asks clients to wait.
func unfinished() [][2]string {
	return [][2]string{{"openai-poll-after-ms", "In how many milliseconds to ask again, as long as the video is not finished."}}
}

func referenceTexts(path, what string) [][2]string {
	return [][2]string{
		{path, what + " A text is read as `image_url`. In a form it may be a file."},
		{path + "/image_url", "An http or https URL, or a data URI in Base64, of a picture of at most 16 MiB."},
		{path + "/file_id", "The `id` of an uploaded picture or video, with or without `file-` before it."},
	}
}

func createTexts() [][2]string {
	out := [][2]string{
		{"prompt", "What the video shows and how the camera moves."},
		{"model", "The model. The names of the settings file are allowed too."},
		{"seconds", fmt.Sprintf("The length: a number, or its text, as SDKs send it. %d if absent.", defaultSeconds)},
		{"size", fmt.Sprintf("Width and height in pixels, both even, from %d to %d. Absent, it is that of the picture, or 720x1280 without one.", minSide, maxSide)},
	}
	out = append(out, referenceTexts("input_reference", "The picture that the video starts from, or a video to change, if an engine takes one.")...)
	out = append(out, [][2]string{
		{"negative_prompt", "What the video must not show, for models that read it (vLLM-Omni's field)."},
		{"seed", "The same seed and request make the same video again, as far as the engine can (vLLM-Omni's and SGLang's field)."},
		{"fps", "Frames a second; 24 if absent (vLLM-Omni's and SGLang's field)."},
		{"num_frames", fmt.Sprintf("The number of frames, which decides the length, of at most %d seconds (vLLM-Omni's and SGLang's field).", longest)},
		{"width", "With `height`, the same as `size`, which wins. Even (vLLM-Omni's field)."},
		{"height", "See `width`."},
	}...)
	return append(out, referenceTexts("image_reference", "vLLM-Omni's name of `input_reference`, which wins.")...)
}

func createDoc() dialect.Doc {
	d := doc("create_video", "Create a video", "Takes the request and answers at once. Get the video by its `id` until its `status` is `completed` or `failed`. "+
		"The body is JSON or a form with the same names (`input_reference[image_url]` for what is nested), in which `input_reference` may be a file; its content decides what it is, and not its declared type.", apikey.Write)
	d.Idempotent, d.Ignores = true, true
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeCreate(f, vendorModels()) }, Limit: bodyLimit, Texts: createTexts(),
		Media: []dialect.Media{{Type: "multipart/form-data", Schema: dialect.Schema{Type: "object"}}},
		Examples: []dialect.Example{
			shows("create", "prompt", "a prompt alone makes four seconds"),
			shows("create", "picture", "a picture is given by its URL"),
			shows("create", "frames", "fields of vLLM-Omni and SGLang are read"),
		}}
	d.Answers = []dialect.Answer{{Text: "The video, queued.", Of: openaiVideo{}, Headers: unfinished(), Examples: []dialect.Example{shows("create", "queued", "a prompt alone makes four seconds")}}}
	d.Errors = []task.Code{task.NoSpace}
	return d
}

func getDoc() dialect.Doc {
	d := doc("get_video", "Get a video", "Call it every few seconds until `status` is `completed` or `failed`.", apikey.Read)
	d.Params = []dialect.Param{idParam()}
	d.Answers = []dialect.Answer{{Text: "The video as it stands.", Of: openaiVideo{}, Headers: unfinished(), Examples: []dialect.Example{
		state("in_progress", "It is being made", "running"), state("completed", "It is there", "succeeded"), state("failed", "It failed", "failed")}}}
	d.Errors = []task.Code{task.NotFound}
	return d
}

func listDoc() dialect.Doc {
	limit := dialect.Between("integer", 1, largestPage)
	limit.Default = defaultPage
	order := dialect.Words("desc", "asc")
	order.Default = "desc"
	d := doc("list_videos", "List videos", "The account's tasks, whatever family of calls made them.", apikey.Read)
	d.Params = []dialect.Param{
		{In: "query", Name: "after", Text: "The `last_id` of the page before. Absent for the first page."},
		{In: "query", Name: "limit", Text: "How many a page has at most.", Schema: limit},
		{In: "query", Name: "order", Text: "By the time of creation: `desc` is newest first.", Schema: order},
	}
	d.Answers = []dialect.Answer{{Text: "A page of them.", Of: openaiList{}, Examples: []dialect.Example{shows("list", "page", "a page begins after the last video of the one before")}}}
	d.Errors = []task.Code{task.Invalid}
	return d
}

func deleteDoc() dialect.Doc {
	d := doc("delete_video", "Delete a video", "Deletes the video and its files for good. One that is not finished is cancelled first.", apikey.Write)
	d.Params = []dialect.Param{idParam()}
	d.Answers = []dialect.Answer{{Text: "It is deleted.", Of: openaiDeleted{}, Examples: []dialect.Example{shows("delete", "deleted", "a video is deleted")}}}
	d.Errors = []task.Code{task.NotFound}
	return d
}

func contentDoc() dialect.Doc {
	variant := dialect.Words(variants()...)
	variant.Default = "video"
	d := doc("read_content", "Read a video's bytes", "The finished video, or a picture of it: 400 with the code `not_ready` as long as it is not `completed`.", apikey.Read)
	d.Operation = "GET /v1/videos/{id}/content"
	d.Params = []dialect.Param{idParam(),
		{In: "query", Name: "variant", Text: "`thumbnail` is one frame, `spritesheet` many small ones; which videos have one depends on what made them.", Schema: variant},
		{In: "header", Name: "Range", Text: "The bytes that are wanted, one range: `bytes=0-1048575`."},
		{In: "header", Name: "If-None-Match", Text: "The `ETag` of what the caller has: 304 and no body if it is the file."},
		{In: "header", Name: "If-Range", Text: "The `ETag` that a range must belong to; the whole file is sent if it does not."},
	}
	media := []dialect.Media{{Type: "video/mp4"}, {Type: "image/jpeg"}, {Type: "image/webp"}}
	headers := [][2]string{{"ETag", "The SHA-256 of the file."}, {"Accept-Ranges", "`bytes`."}, {"Cache-Control", "How long the caller may keep it."}, {"Last-Modified", "When it was stored."}}
	part := append([][2]string{{"Content-Range", "Which bytes these are, and how many there are."}}, headers...)
	d.Answers = []dialect.Answer{
		{Text: "The whole file.", Media: media, Headers: headers},
		{Status: 206, Text: "The range that was asked for.", Media: media, Headers: part},
		{Status: 304, Text: "The caller has the file already.", Headers: headers},
	}
	d.Answers = append(d.Answers, dialect.FileErrors()...)
	d.Errors = []task.Code{task.Invalid, task.NotFound}
	return d
}

func remixDoc() dialect.Doc {
	d := doc("remix_video", "Remix a video", "Makes a completed video again with another prompt. If an engine of its model takes a video, it changes the finished one; if none does, the old request is "+
		"carried out with the new prompt and the same seed.", apikey.Write)
	d.Idempotent, d.Ignores = true, true
	d.Params = []dialect.Param{idParam()}
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeRemix(f) }, Limit: bodyLimit, Texts: [][2]string{{"prompt", "What is to be different."}},
		Examples: []dialect.Example{shows("remix", "prompt", "a remix has a new prompt and names its source")}}
	d.Answers = []dialect.Answer{{Text: "The new video, queued.", Of: openaiVideo{}, Headers: unfinished(), Examples: []dialect.Example{shows("remix", "queued", "a remix has a new prompt and names its source")}}}
	d.Errors = []task.Code{task.NotFound}
	return d
}

func modelsDoc() dialect.Doc {
	d := doc("list_models", "List the models", "The models that a create may name: the API's own, and those of the settings file.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "The models.", Of: openaiModels{}, Examples: []dialect.Example{shows("models", "models", "the models are listed")}}}
	return d
}

func modelDoc() dialect.Doc {
	d := doc("get_model", "Get a model", "One of the models that a create may name.", apikey.Read)
	d.Params = []dialect.Param{{In: "path", Name: "id", Text: "The model's name.", Example: "sora-2"}}
	d.Answers = []dialect.Answer{{Text: "The model.", Of: openaiModel{}, Examples: []dialect.Example{shows("models", "model", "a model is found by its name")}}}
	d.Errors = []task.Code{task.NotFound}
	return d
}
