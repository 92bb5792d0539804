package runway

import (
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// chapter is the developer API's chapter of the reference.
const chapter dialect.Tag = "Runway's developer API"

// Chapters returns the chapters of this dialect in the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: webChapter, Text: "The task API of Runway's web app, which many relays have. Uploads of pictures are under \"Datasets and uploads\"."}, {Tag: chapter, Text: "What `@runwayml/sdk` sends: point its `baseURL` here. Create from a text, a picture or a video, then read the task until its `status` is `SUCCEEDED`: " +
		"`output` holds the URL of the video. Every call needs the header `X-Runway-Version`."}}
}

// from is an exchange of testdata/developer.http, by what it shows.
func from(name, what string) []dialect.Example {
	return []dialect.Example{{Name: name, File: "internal/dialect/runway/testdata/developer.http#" + what}}
}

// developerDoc returns what the descriptions of all calls share.
func developerDoc(id, summary, text string, scope apikey.Scope) dialect.Doc {
	return dialect.Doc{ID: id, Tag: chapter, Summary: summary, Text: text, Scope: scope, Form: ErrorForm(),
		Params: []dialect.Param{{In: "header", Name: versionHeader, Required: true, Text: "The version of the API.", Schema: dialect.Words(version), Example: version}}}
}

// createDoc describes a create.
func (c calls) createDoc(name string, k kind) dialect.Doc {
	what := [...][2]string{fromText: {"Create a video from a text", "a text"}, fromImage: {"Create a video from a picture", "one or two pictures, its first and last frame"},
		fromVideo: {"Change a video", "a video; an engine that can change videos must be routed to"}}[k]
	id := "create_" + name
	if k == fromVideo {
		id = "change_video" // it needs an engine that can
	}
	d := developerDoc(id, what[0], "Creates a video from "+what[1]+". The answer is the task's id; read it every few seconds.", apikey.Write)
	d.Idempotent, d.Ignores = true, true
	texts := [][2]string{
		{"model", "Runway's name of the model, or one that the settings file routes."},
		{"promptText", "What the video shows. Its longest length depends on the model."},
		{"promptImage", "A picture: an http or https URL, a data URI or the `runwayUri` of an upload; or a list of up to two objects with `uri` and `position` (`first` or `last`)."},
		{"promptImage/uri", "A picture of a list."},
		{"promptImage/position", "Whether it is the first frame or the last. If no picture has a position, they are references with hailuo3, seedance2 and wan3 models. Else one without is the first frame."},
		{"videoUri", "The video: an http or https URL, a data URI or the `runwayUri` of an upload."},
		{"promptVideo", "The same, as some models name it."},
		{"references", "Pictures of who or what is in the video. Refused if no engine of the model takes them."},
		{"references/type", "What it is."},
		{"references/uri", "An http or https URL, a data URI or the `runwayUri` of an upload."},
		{"referenceAudio", "Recordings of what is heard in the video, likewise. " + dialect.AudioFormats + " of at most 32 MiB."},
		{"referenceAudio/type", "What it is."},
		{"referenceAudio/uri", "An http or https URL, a data URI or the `runwayUri` of an upload."},
		{"audio", "Whether the video has sound, refused if no engine of the model can fulfill it. Absent, it has none if the engine lets one choose."},
		{"duration", "Seconds; which are possible depends on the model. Some models take `auto`."},
		{"ratio", "The size in pixels, such as `1280:720`, a shape such as `16:9`, `adaptive`, or `auto_720p`; which are possible depends on the model."},
		{"targetAspectRatio", "The shape of a changed video."},
		{"resolution", "The resolution, with models that have no sizes."},
		{"seed", "The same seed gives the same video where the engine can do that."},
		{"negativePrompt", "What the video does not show."},
		{"watermark", "Whether the video has a watermark."},
		{"outputFormat", "Only MP4 is made."},
	}
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeVideo(f, k, nil) }, Limit: videoBodyLimit, Texts: textsOf(texts, k),
		Text: "A JSON object. Fields that are not named here are ignored, and named in `Filmgate-Ignored`.", Examples: append(from("create", "a "+name+" is created"), from("least", "a "+name+" with as little as possible")...)}
	d.Answers = []dialect.Answer{{Text: "The task is stored.", Of: created{}, Headers: [][2]string{{"Filmgate-Task-Id", "The task's id."}}, Examples: from("created", "a "+name+" is created")}}
	d.Errors = []task.Code{task.NotFound, task.Unreadable, task.NoSpace}
	return d
}

// textsOf returns the texts of the fields that a create of that kind has.
func textsOf(all [][2]string, k kind) [][2]string {
	var out [][2]string
	for _, t := range all {
		isImage, isVideo := strings.HasPrefix(t[0], "promptImage"), t[0] == "videoUri" || t[0] == "promptVideo"
		if isImage && k != fromImage || isVideo && k != fromVideo {
			continue
		}
		out = append(out, t)
	}
	return out
}

// taskID is the parameter of the calls of one task.
func taskID() dialect.Param {
	return dialect.Param{In: "path", Name: "id", Text: "The task's id, in the form of any dialect.", Example: "00000000-0000-4000-8000-000000000001"}
}

func readTaskDoc() dialect.Doc {
	d := developerDoc("get_task_of_runway", "Read a task", "Reads a task, whatever call created it. Read it every five seconds until its `status` is `SUCCEEDED`, `FAILED` or `CANCELLED`.", apikey.Read)
	d.Params = append(d.Params, taskID())
	d.Answers = []dialect.Answer{{Text: "The task.", Of: videoTask{}, Headers: [][2]string{{"Filmgate-Task-Id", "The task's id."}}, Examples: from("pending", "a task waits")}}
	d.Errors = []task.Code{task.NotFound}
	return d
}

func deleteTaskDoc() dialect.Doc {
	d := developerDoc("delete_task_of_runway", "Cancel or delete a task", "Cancels a task that has not ended; it stays readable as `CANCELLED`. Deletes one that has ended, with its video: it is not found after that.", apikey.Write)
	d.Params = append(d.Params, taskID())
	d.Answers = []dialect.Answer{{Status: http.StatusNoContent, Text: "It is done."}}
	d.Errors = []task.Code{task.NotFound}
	return d
}

func organizationDoc() dialect.Doc {
	d := developerDoc("get_organization", "Read the organization", "Reads how many tasks the account has created in the last 24 hours, by model. Filmgate sells no credits and has no limits by model.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "The organization.", Of: organization{}}}
	return d
}

func usageDoc() dialect.Doc {
	d := developerDoc("get_usage", "Read what was charged", "Sums what tasks have cost by day and model: of at most 90 days, by default the last 30.", apikey.Read)
	d.Ignores = true
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) {
		decodeDate(f, "startDate", time.Time{})
		decodeDate(f, "beforeDate", time.Time{})
	}, Limit: usageBody, Texts: [][2]string{
		{"startDate", "The first day, `2026-11-01`; without it, 30 days ago."},
		{"beforeDate", "The day after the last; without it, 30 days after `startDate`."},
	}, Examples: from("a_month", "what was charged in a month")}
	d.Answers = []dialect.Answer{{Text: "The report.", Of: usage{}, Examples: from("a_month", "what was charged in a month")}}
	return d
}

// beginFileDoc describes the upload of one file. The web app has another upload at the same path, which is documented there.
func beginFileDoc() dialect.Doc {
	d := developerDoc("begin_file", "Upload a file", "Opens an upload of one picture or video of up to 64 MiB. POST it to `uploadUrl`, then use `runwayUri` in a create. "+
		"Also at `/v1/uploads`, where an upload in parts begins if `type` is another.", apikey.Write)
	d.Operation, d.Ignores = "POST /runway/v1/uploads", true
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeBeginFile(f) }, Limit: bodyLimit, Texts: [][2]string{
		{"filename", "The file's name. It has no effect: the content decides."},
		{"type", "An upload of one file."},
	}, Examples: from("file", "an upload of one file is opened")}
	d.Answers = []dialect.Answer{{Text: "Where to send the file.", Of: fileUpload{}, Examples: from("opened", "an upload of one file is opened")}}
	d.Errors = []task.Code{task.RateLimited}
	return d
}

func putFileDoc() dialect.Doc {
	return dialect.Doc{ID: "put_file", Tag: chapter, Summary: "Send the file of an upload", Form: ErrorForm(),
		Text: "Stores the file of an upload, and checks it by its content. The URL is the `uploadUrl` of the upload; no key is needed.",
		Params: []dialect.Param{
			{In: "path", Name: "part", Text: "Of the URL as it was given.", Example: "00000000-0000-4000-8000-000000000001.1"},
			{In: "query", Name: "_jwt", Text: "The signature of the URL."},
		},
		Body:    &dialect.Body{Text: "A form whose part `file` is the file. The other fields come before it.", Limit: task.MaxUpload, Media: []dialect.Media{{Type: "multipart/form-data"}}},
		Answers: []dialect.Answer{{Status: http.StatusNoContent, Text: "It is stored."}},
		Errors:  []task.Code{task.Invalid, task.Forbidden, task.NotFound, task.Conflict, task.TooLarge, task.Unsupported, task.Unreadable, task.Unavailable, task.NoSpace}}
}
