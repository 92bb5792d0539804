package replicate

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "Replicate"

// Chapters returns the dialect's chapter of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "Replicate's predictions and files: `new Replicate({baseUrl})` with this server's address and `/v1`. Create a prediction, " +
		"get it until `status` is `succeeded`, and take the video from `output`."}}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(name, what string) dialect.Example {
	return dialect.Shown("replicate", "create", name, what)
}

func inputTexts() [][2]string {
	picture := "A picture of at most 16 MiB: an http or https URL, the link of an uploaded file, or a data URI."
	return [][2]string{
		{"input", "What the model is given. Names differ between models; these are read, and others are ignored."},
		{"input/prompt", "What the video shows and how the camera moves. Needed without a picture or a video."},
		{"input/negative_prompt", "What it must not show."},
		{"input/image", "The first frame. " + picture},
		{"input/start_image", "The same."}, {"input/first_frame_image", "The same."}, {"input/first_frame", "The same."}, {"input/input_image", "The same."}, {"input/input_reference", "The same."},
		{"input/start_image_url", "The same."},
		{"input/last_frame_image", "The last frame, as `image`."},
		{"input/end_image", "The same."}, {"input/last_frame", "The same."}, {"input/last_image", "The same."}, {"input/end_image_url", "The same."},
		{"input/video", "The video to change: a URL or a data URI."},
		{"input/video_url", "The same."}, {"input/input_video", "The same."},
		{"input/reference_images", "Pictures of who or what is in the video. Refused if no engine of the model takes them."},
		{"input/generate_audio", "Whether the video has sound. Absent, it has none if the engine lets one choose."},
		{"input/duration", "The length in seconds; absent, 5, or that of the video to change."},
		{"input/seconds", "The same."},
		{"input/num_frames", "The length in frames, if there is no `duration`: at `fps`, or 16 a second."},
		{"input/fps", "Frames a second. Absent, 24."},
		{"input/frames_per_second", "The same."},
		{"input/aspect_ratio", "The shape, `16:9`, `landscape` or `portrait`; `auto` or absent is that of the picture."},
		{"input/resolution", "A name such as `720p`, Sora's `standard` or `high`, or pixels, `1280x720`."},
		{"input/size", "The same."},
		{"input/seed", "The same seed and request make the same video again, as far as the engine can; -1 is a random one."},
		{"input/cfg_scale", "How closely to follow the prompt."},
		{"input/mode", "Kling's quality mode, `standard` or `pro`. Other modes have no effect."},
		{"input/loop", "The video ends on the frame that it begins with."},
		{"input/prompt_optimizer", "The prompt may be expanded."},
		{"webhook", "An http or https URL that is sent the prediction at its events."},
		{"webhook_events_filter", "The events: `start`, `output`, `logs` (never comes) and `completed`. Absent, `output` and `completed`."},
		{"stream", "Has no effect: a video has no stream."},
	}
}

func preferParam() dialect.Param {
	return dialect.Param{In: "header", Name: "Prefer", Text: "`wait`, or `wait=n` with n from 1 to 60 seconds: answer when the prediction has ended. If it has not by then, the answer is 202, and `status` is " +
		"`starting` whether or not the engine has begun, because the SDK polls only then.", Example: "wait=5"}
}

func createDocOf(id, summary, text string, texts [][2]string, decode func(*dialect.Fields), examples ...dialect.Example) dialect.Doc {
	return dialect.Doc{
		ID: id, Tag: chapter, Summary: summary, Scope: apikey.Write, Idempotent: true, Ignores: true, Form: ErrorForm(), Text: text, Params: []dialect.Param{preferParam()},
		Body: &dialect.Body{Decode: decode, Limit: bodyLimit, Texts: append(texts, inputTexts()...), Examples: examples},
		Answers: []dialect.Answer{
			{Status: http.StatusCreated, Text: "The prediction was made, and with `Prefer: wait` has ended.", Of: prediction{}},
			{Status: http.StatusAccepted, Text: "The prediction was made and has not ended in the time that `Prefer` says.", Of: prediction{}},
		},
		Errors: []task.Code{task.NoSpace, task.NotFound, task.RateLimited},
	}
}

// named adds the parameters owner and name of the path.
func named(d dialect.Doc, what, owner, name string) dialect.Doc {
	d.Params = append(d.Params, dialect.Param{In: "path", Name: "owner", Text: "Who owns the " + what + ".", Example: owner},
		dialect.Param{In: "path", Name: "name", Text: "The " + what + "'s name.", Example: name})
	return d
}

func createDoc() dialect.Doc {
	return createDocOf("replicate_create_prediction", "Create a prediction", "The version names the model. Get the prediction by `urls.get` until `status` is `succeeded`, `failed` or `canceled`.",
		[][2]string{{"version", "A version's 64 hexadecimal digits, `owner/name`, or both with a colon between. " +
			"Digits alone name no model here: their own route makes the video, or that of the model `default`."}},
		func(f *dialect.Fields) { decodeVersion(f); decodeCreate(f) }, shows("version", "a version that is a model's name"), shows("digits", "a version's digits name no model and are made by the default one"))
}

func createOfModelDoc() dialect.Doc {
	return named(createDocOf("replicate_create_prediction_of_model", "Create a prediction of a model", "The path names the model. Its version is `hidden`.", nil,
		func(f *dialect.Fields) { decodeCreate(f) }, shows("prompt", "a prompt alone makes five seconds"), shows("frame", "a first frame needs no prompt")), "model", "google", "veo-3.1")
}

func createOfDeploymentDoc() dialect.Doc {
	return named(createDocOf("replicate_create_prediction_of_deployment", "Create a prediction of a deployment",
		"A route of the settings may have the deployment's name, `owner/name`; without one the model `default` makes the video.", nil,
		func(f *dialect.Fields) { decodeCreate(f) }, shows("deployment", "a deployment without a route is made by the default model"), shows("frame", "a first frame needs no prompt")), "deployment", "acme", "clips")
}

func predictionDoc(id, summary, text string, scope apikey.Scope) dialect.Doc {
	return dialect.Doc{ID: id, Tag: chapter, Summary: summary, Text: text, Scope: scope, Form: ErrorForm(), Errors: []task.Code{task.NotFound},
		Params:  []dialect.Param{{In: "path", Name: "id", Text: "The task's id, as any of our calls writes it."}},
		Answers: []dialect.Answer{{Text: "The prediction as it stands.", Of: prediction{}}}}
}

func getDoc() dialect.Doc {
	d := predictionDoc("replicate_get_prediction", "Get a prediction", "Call it every few seconds until `status` is `succeeded`, `failed` or `canceled`. It knows the tasks of all other calls too.", apikey.Read)
	d.Answers[0].Examples = []dialect.Example{{Name: "succeeded", Text: "The video is there", File: "internal/dialect/replicate/testdata/states/prediction.succeeded.json"}}
	return d
}

func cancelDoc() dialect.Doc {
	return predictionDoc("replicate_cancel_prediction", "Cancel a prediction", "A prediction that has ended is answered as it is.", apikey.Write)
}

func listDoc() dialect.Doc {
	return dialect.Doc{ID: "replicate_list_predictions", Tag: chapter, Summary: "List predictions", Scope: apikey.Read, Form: ErrorForm(),
		Text:    "All tasks of the account, newest first, 100 a page, whichever call made them.",
		Params:  []dialect.Param{{In: "query", Name: "cursor", Text: "From the URL in `next` or `previous` of another page."}},
		Answers: []dialect.Answer{{Text: "A page.", Of: predictionPage{}}}, Errors: []task.Code{task.Unreadable}}
}

func createFileDoc() dialect.Doc {
	return dialect.Doc{ID: "replicate_create_file", Tag: chapter, Summary: "Upload a file", Scope: apikey.Write, Form: ErrorForm(),
		Text: "Stores a picture or video of at most 64 MiB. `urls.get` is good as an input for a day or more.",
		Body: &dialect.Body{Text: "A form with the file as `content`, and optionally a JSON object as `metadata`.", Limit: task.MaxUpload,
			Media: []dialect.Media{{Type: "multipart/form-data", Schema: dialect.Schema{Type: "object", Fields: []dialect.Field{
				{Name: "content", Text: "The file. Its content decides what it is.", Required: true, Schema: dialect.Schema{Type: "string", Format: "binary"}},
				{Name: "metadata", Text: "A JSON object of at most 16 KiB, which the answer repeats.", Schema: dialect.Schema{Type: "string"}}}}}}},
		Answers: []dialect.Answer{{Status: http.StatusCreated, Text: "The file was stored.", Of: predictionFile{}}}, Errors: []task.Code{task.Unreadable, task.NoSpace}}
}

func fileDoc(id, summary, text string, scope apikey.Scope) dialect.Doc {
	return dialect.Doc{ID: id, Tag: chapter, Summary: summary, Text: text, Scope: scope, Form: ErrorForm(), Errors: []task.Code{task.NotFound},
		Params: []dialect.Param{{In: "path", Name: "id", Text: "The file's id.", Schema: dialect.Schema{Type: "string", Format: "uuid"}}}}
}

func getFileDoc() dialect.Doc {
	d := fileDoc("replicate_get_file", "Get a file", "Answers with a new link. It knows the pictures and videos of all other uploads too.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "The file.", Of: predictionFile{}}}
	return d
}

func deleteFileDoc() dialect.Doc {
	d := fileDoc("replicate_delete_file", "Delete a file", "A file that a task uses stays for that task.", apikey.Write)
	d.Answers = []dialect.Answer{{Status: http.StatusNoContent, Text: "The file is deleted, or goes with its tasks."}}
	return d
}
