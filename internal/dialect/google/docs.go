package google

import (
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "Google"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "Veo as the Gemini API and Vertex AI have it: start an operation, ask for it until `done`, and take the video. The key is in " +
		"`x-goog-api-key`, in the parameter `key`, or a bearer token."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(file, name, what string) dialect.Example {
	return dialect.Shown("google", file, name, what)
}

func state(file string) []dialect.Example {
	return []dialect.Example{{Name: "done", Text: "The video is there", File: "internal/dialect/google/testdata/states/" + file + ".succeeded.json"}}
}

func predictTexts() [][2]string {
	out := [][2]string{
		{"instances", "What to make: one object."},
		{"instances/prompt", "What the video shows and how the camera moves. Needed without a picture or a video."},
	}
	for _, p := range [][2]string{{"image", "The first frame."}, {"lastFrame", "The last frame."}, {"referenceImages/image", "What is in the video, or how it looks."}} {
		path := "instances/" + p[0]
		out = append(out, [][2]string{
			{path, p[1] + " A picture of at most 16 MiB."}, {path + "/bytesBase64Encoded", "Base64."}, {path + "/mimeType", "The media type. The content decides."},
			{path + "/gcsUri", "An http or https URL; `gs://` can't be read."}, {path + "/inlineData", "The same as Base64, by other names."},
			{path + "/inlineData/data", "Base64."}, {path + "/inlineData/mimeType", "The media type. The content decides."},
		}...)
	}
	return append(out, [][2]string{
		{"instances/video", "The video to change."}, {"instances/video/bytesBase64Encoded", "Base64."}, {"instances/video/encodedVideo", "Base64."},
		{"instances/video/gcsUri", "An http or https URL."}, {"instances/video/uri", "An http or https URL."},
		{"instances/video/mimeType", "The media type. The content decides."}, {"instances/video/encoding", "The media type. The content decides."},
		{"instances/referenceImages", "Pictures of who or what is in the video, or of its style. Refused if no engine of the model takes them."},
		{"instances/referenceImages/referenceType", "`asset`, who or what is in the video, or `style`."},
		{"parameters", "How to make it."},
		{"parameters/sampleCount", "How many videos: 1."},
		{"parameters/durationSeconds", "The length in seconds; absent, 8, or that of the video to change."},
		{"parameters/aspectRatio", "The shape, `16:9`; absent, that of the picture."},
		{"parameters/resolution", "`720p`, `1080p` or `4k`, or pixels, `1280x720`."},
		{"parameters/fps", "Frames a second. Absent, 24."},
		{"parameters/seed", "The same seed and request make the same video again, as far as the engine can."},
		{"parameters/negativePrompt", "What the video must not show."},
		{"parameters/generateAudio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
		{"parameters/enhancePrompt", "The prompt may be expanded."},
	}...)
}

func keyParams() []dialect.Param {
	return []dialect.Param{{In: "header", Name: "x-goog-api-key", Text: "The key, instead of a bearer token."}, {In: "query", Name: "key", Text: "The key, instead of a header."}}
}

func model(example string) dialect.Param {
	return dialect.Param{In: "path", Name: "model", Text: "The model.", Example: example}
}

func predictDoc() dialect.Doc {
	return dialect.Doc{ID: "google_predict", Operation: "POST /v1beta/models/{model}:predictLongRunning", Tag: chapter, Summary: "Start an operation", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text:   "The path ends with `:predictLongRunning`. Ask for the operation by the name in the answer.",
		Params: append(keyParams(), model("veo-3.1-generate-preview")),
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodePredict(f) }, Limit: bodyLimit, Texts: predictTexts(),
			Examples: []dialect.Example{shows("gemini", "prompt", "a prompt alone makes eight seconds"), shows("gemini", "frame", "a first frame needs no prompt")}},
		Answers: []dialect.Answer{{Text: "The operation was started.", Of: operation{}}}, Errors: []task.Code{task.NotFound, task.NoSpace}}
}

func operationDoc() dialect.Doc {
	return dialect.Doc{ID: "google_get_operation", Tag: chapter, Summary: "Get an operation", Scope: apikey.Read, Form: ErrorForm(),
		Text: "Call it every few seconds until `done` is true. A video that was blocked for safety is no error: there is `raiMediaFilteredCount` and no sample.",
		Params: append(keyParams(), dialect.Param{In: "path", Name: "model", Text: "The model. Any will do.", Example: "veo-3.1-generate-preview"},
			dialect.Param{In: "path", Name: "id", Text: "The task's id, as any of our calls writes it."}),
		Answers: []dialect.Answer{{Text: "The operation as it stands.", Of: operation{}, Examples: state("gemini")}}, Errors: []task.Code{task.NotFound}}
}

func downloadDoc() dialect.Doc {
	return dialect.Doc{ID: "google_download", Operation: "GET /v1beta/files/{id}:download", Tag: chapter, Summary: "Download a video", Scope: apikey.Read, Form: ErrorForm(),
		Text: "The URI of a finished operation, which ends with `:download?alt=media`.",
		Params: append(keyParams(), dialect.Param{In: "path", Name: "id", Text: "The task's id.", Example: "00000000000040008000000000000001"},
			dialect.Param{In: "query", Name: "alt", Text: "`media`. The answer is the file in any case."},
			dialect.Param{In: "header", Name: "Range", Text: "The bytes that are wanted, one range."}),
		Answers: append([]dialect.Answer{{Text: "The video.", Media: []dialect.Media{{Type: "video/mp4"}}}, {Status: 206, Text: "The range of it.", Media: []dialect.Media{{Type: "video/mp4"}}}},
			dialect.FileErrors()...),
		Errors: []task.Code{task.NotFound}}
}

func vertexDoc() dialect.Doc {
	return dialect.Doc{ID: "google_vertex_predict", Operation: "POST /v1beta1/publishers/google/models/{model}:predictLongRunning", Tag: chapter,
		Summary: "Start an operation of Vertex AI", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(),
		Text: "Takes the body of the Gemini API's call. Fetch the operation by the name in the answer. The same is below " +
			"`/v1beta1/projects/{project}/locations/{location}`.",
		Params: append(keyParams(), model("veo-3.1-generate-001")),
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodePredict(f) }, Limit: bodyLimit, Texts: predictTexts(),
			Examples: []dialect.Example{shows("vertex", "predict", "an operation is started"), shows("vertex", "frame", "a first frame needs no prompt")}},
		Answers: []dialect.Answer{{Text: "The operation was started.", Of: operation{}}}, Errors: []task.Code{task.NotFound, task.NoSpace}}
}

func fetchDoc() dialect.Doc {
	return dialect.Doc{ID: "google_vertex_fetch", Operation: "POST /v1beta1/publishers/google/models/{model}:fetchPredictOperation", Tag: chapter,
		Summary: "Fetch an operation of Vertex AI", Scope: apikey.Read, Ignores: true, Form: ErrorForm(),
		Text:   "Call it every few seconds until `done` is true. The answer then holds the video in Base64.",
		Params: append(keyParams(), dialect.Param{In: "path", Name: "model", Text: "The model. Any will do.", Example: "veo-3.1-generate-001"}),
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeFetch(f) }, Limit: fetchLimit, Texts: [][2]string{{"operationName", "The operation's name."}},
			Examples: []dialect.Example{shows("vertex", "fetch", "an operation that is not done has no result")}},
		Answers: []dialect.Answer{{Text: "The operation as it stands.", Of: vertexOperation{}, Examples: state("vertex")}}, Errors: []task.Code{task.NotFound}}
}
