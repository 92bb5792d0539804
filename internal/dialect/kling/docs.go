package kling

import (
	"slices"

	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const chapter dialect.Tag = "Kling"

// Chapters returns the chapter of this dialect in the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{{Tag: chapter, Text: "Kling's own API. Create, read the task every few seconds, and take `data.task_result.videos` once `data.task_status` is `succeed`. " +
		"The key is an API key, or a token that is signed with a secret key (`filmgate key kling`)."}}
}

// example is an exchange of testdata/calls.http, by what it shows.
func example(name, what string) []dialect.Example {
	return []dialect.Example{{Name: name, File: "internal/dialect/kling/testdata/calls.http#" + what}}
}

// ids returns the names of a kind's calls in the document.
func ids(k kind) string {
	return map[kind]string{fromText: "kling_text", fromPicture: "kling_picture", fromPictures: "kling_pictures"}[k]
}

func createDoc(k kind) dialect.Doc {
	what := map[kind]string{fromText: "a text", fromPicture: "a picture: its first frame, its last frame, or both", fromPictures: "one or two pictures: its first and last frame"}[k]
	texts := [][2]string{
		{"model_name", "Kling's name of the model, or one that the settings file routes."},
		{"model", "The same, as older clients name it."},
		{"prompt", "What the video shows. A video from a picture can do without, and so can `multi_shot`."},
		{"multi_shot", "Whether `multi_prompt` takes the place of an empty prompt."},
		{"multi_prompt", "Shots. Their prompts make one prompt for one video; their durations are ignored."},
		{"multi_prompt/prompt", "What the shot shows."},
		{"negative_prompt", "What the video does not show."},
		{"image", "The first frame: an http or https URL, or Base64 without `data:`."},
		{"image_tail", "The last frame, in the same forms."},
		{"image_list", "The pictures."},
		{"image_list/image", "A picture: an http or https URL, or Base64 without `data:`."},
		{"duration", "Seconds, as text: `5` or `10`; kling-v3 models and those of the settings file have every length."},
		{"aspect_ratio", "The shape."},
		{"mode", "The quality, where the engine has a choice."},
		{"cfg_scale", "How closely to follow the prompt."},
		{"camera_control", "How the camera moves."},
		{"camera_control/type", "A movement by name, or `simple` with a `config`."},
		{"camera_control/config", "Exactly one axis that is not 0; only with `simple`."},
		{"camera_control/config/horizontal", "Shift to the left (-) or right (+)."},
		{"camera_control/config/vertical", "Shift down (-) or up (+)."},
		{"camera_control/config/pan", "Turn to the left (-) or right (+)."},
		{"camera_control/config/tilt", "Turn down (-) or up (+)."},
		{"camera_control/config/roll", "Turn counter-clockwise (-) or clockwise (+)."},
		{"camera_control/config/zoom", "Longer (-) or shorter (+) focal length."},
		{"sound", "Whether the video has sound: `on` or `off`, refused if no engine of the model can fulfill it. Absent, it has none if the engine lets one choose."},
		{"watermark_info", "The watermark."},
		{"watermark_info/enabled", "Whether the video has one."},
		{"external_task_id", "Your own id of the task, unique in the account; reads find the task by it."},
		{"callback_url", "An http or https URL that is told of the task when it runs and when it has ended."},
	}
	id := "create_" + ids(k)
	examples := slices.Concat(example("create", "a "+string(k)+" is created"), example("least", "a "+string(k)+" with as little as possible"),
		example("shots", "a "+string(k)+" of several shots"))
	return dialect.Doc{ID: id, Tag: chapter, Summary: "Create a video from " + map[kind]string{fromText: "a text", fromPicture: "a picture", fromPictures: "pictures"}[k], Scope: apikey.Write,
		Idempotent: true, Ignores: true, Form: ErrorForm(), Text: "Creates a video from " + what + ". The answer is the task.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decode(f, k, nil) }, Limit: bodyLimit, Texts: used(texts, k),
			Text:     "A JSON object. Fields that are not named here are ignored, and named in `Filmgate-Ignored`.",
			Examples: examples},
		Answers: []dialect.Answer{{Text: "The task is stored.", Of: taskAnswer{}, Headers: taskHeader(), Examples: example("created", "a "+string(k)+" is created")}},
		Errors:  []task.Code{task.NotFound, task.Unreadable, task.NoSpace}}
}

// used returns the texts of the fields that a create of that kind has.
func used(all [][2]string, k kind) [][2]string {
	schema := dialect.Describe(func(f *dialect.Fields) { decode(f, k, nil) }, nil)
	names := map[string]bool{}
	for _, f := range schema.Fields {
		names[f.Name] = true
	}
	var out [][2]string
	for _, t := range all {
		if names[strings.Split(t[0], "/")[0]] {
			out = append(out, t)
		}
	}
	return out
}

func taskHeader() [][2]string { return [][2]string{{"Filmgate-Task-Id", "The task's UUID."}} }

func readDoc(k kind) dialect.Doc {
	return dialect.Doc{ID: "get_" + ids(k), Operation: "GET /v1/videos/" + string(k) + "/{id}", Tag: chapter, Summary: "Read a task", Scope: apikey.Read, Form: ErrorForm(),
		Text:    "Reads a task, whatever call created it. Read it every few seconds until `data.task_status` is `succeed` or `failed`.",
		Params:  []dialect.Param{{In: "path", Name: "id", Text: "The task's id in the form of any dialect, or its `external_task_id`.", Example: "AAAAAAAAQACAAAAAAAAAAQ"}},
		Answers: []dialect.Answer{{Text: "The task.", Of: taskAnswer{}, Headers: taskHeader()}}, Errors: []task.Code{task.NotFound}}
}

func listDoc(k kind) dialect.Doc {
	return dialect.Doc{ID: "list_" + ids(k), Tag: chapter, Summary: "List tasks", Scope: apikey.Read, Form: ErrorForm(), Text: "Lists the account's tasks of this call, newest first.",
		Params: []dialect.Param{
			{In: "query", Name: "pageNum", Text: "Which page, from 1.", Schema: dialect.Between("integer", 1, maxPage)},
			{In: "query", Name: "pageSize", Text: "How many tasks a page has; without it, 30.", Schema: dialect.Between("integer", 1, maxPageSize)}},
		Answers: []dialect.Answer{{Text: "The tasks.", Of: listAnswer{}}}, Errors: []task.Code{task.Invalid}}
}
