package makevid

import (
	"fmt"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// familyDoc describes a family's two calls in the reference.
type familyDoc struct {
	name          string // of the calls: create_<name>, get_<name>
	tag           dialect.Tag
	summary       string // of create: "Create a video"
	create, get   string
	texts         [][2]string // of the create's fields
	requests      []dialect.Example
	created, read dialect.Answer
	id            string // of the task in the answers' examples
	form          *dialect.ErrorForm
}

func (f family) createDoc() dialect.Doc {
	d := f.doc
	created := d.created
	created.Text = "The task, made and stored: it will end in one of its final states whatever happens."
	created.Headers = taskHeaders()[:2] // what was just made has not failed
	return dialect.Doc{
		ID: "create_" + d.name, Tag: d.tag, Summary: d.summary, Text: d.create, Scope: apikey.Write, Idempotent: true, Ignores: true, Form: d.form,
		Body: &dialect.Body{Decode: func(in *dialect.Fields) { f.decode(in) }, Texts: d.texts, Limit: f.limit, Examples: d.requests,
			Text: "A JSON object. Fields that are not named here are ignored and told in `Filmgate-Ignored`, and null counts as absent."},
		Answers: []dialect.Answer{created},
		Errors:  []task.Code{task.NotFound, task.Unreadable, task.NoSpace}, // of a dataset that is none of the caller's
	}
}

func (f family) getDoc() dialect.Doc {
	d := f.doc
	read := d.read
	read.Text = "The task as it stands."
	read.Headers = taskHeaders()
	return dialect.Doc{
		ID: "get_" + d.name, Tag: d.tag, Summary: "Read a task", Text: d.get, Scope: apikey.Read, ETag: !f.fleeting, Form: d.form,
		Params:  []dialect.Param{{In: "path", Name: "id", Text: "The id that the create answered with. It may be of any dialect: every get finds every task.", Example: d.id}},
		Answers: []dialect.Answer{read},
		Errors:  []task.Code{task.NotFound},
	}
}

func taskHeaders() [][2]string {
	return [][2]string{
		{"Filmgate-Task-Id", "The task's UUID, by which `/api/v1/tasks/{id}` knows it."},
		{"Filmgate-Provider", "The engine that makes the video, once one is chosen."},
		{"Filmgate-Failure", "Why the task ended without a video: a reason such as `ASSET.INVALID`, or `CANCELLED`. Absent otherwise."},
	}
}

// exampleFile is a file of testdata.
func exampleFile(name, text, file string) dialect.Example {
	return dialect.Example{Name: name, Text: text, File: "internal/dialect/makevid/testdata/" + file}
}

const polling = "Poll it every few seconds until "

func runwayDoc() familyDoc {
	p := profiles.runway[0]
	return familyDoc{
		name: "runway", id: "d110cdd2-df84-4126-ba58-8416b86003eb", tag: runwayChapter, summary: "Create a video",
		create: fmt.Sprintf("Asks for a video of %d × %d pixels at %d frames a second, from a prompt, from a picture, or from both. "+
			"The answer comes at once and is the task; its `id` goes to `GET /api/v1/get_runway/{id}`. "+
			"A picture is fetched and stored before the task is made, so its URL need not live on.",
			p.sizes[""].width, p.sizes[""].height, p.frameRate),
		get: polling + "`task.status` is `SUCCEEDED`, `FAILED` or `CANCELLED`. Then `task.artifacts` holds the video with its previews and measured facts, " +
			"or `task.error` says why there is none.",
		texts: [][2]string{
			{"seconds", "The length of the video in seconds."},
			{"text_prompt", "What the video shows and how the camera moves. Needed where there is no `init_image`."},
			{"init_image", "A picture: an http or https URL, a `data:image/…;base64,…` URI, or the `url` of an uploaded dataset. " +
				fmt.Sprintf("%s of at most %d MiB. ", dialect.PictureFormats, runwayImageLimit>>20) +
				"It is the first frame, or the last with `image_as_end_frame`."},
			{"image_as_end_frame", "`true`: the video ends on the picture instead of beginning with it. Needs `init_image`."},
			{"enhance_prompt", "`true` lets the engine expand the prompt. The task keeps the original."},
			{"model", "The model."},
			{"seed", "The same seed and request make the same video again, as far as the engine can. Drawn at random where absent; the answer tells it."},
			{"exploreMode", "`true`: the task waits behind those without it."},
			{"watermark", "`true` puts a watermark on the video."},
			{"resolution", "The resolution. Absent, the engine makes what is usual there, and answers show 720p."},
			{"name", "A name for the task; downloads of its video bear it."},
			{"assetGroupName", "The asset group that the video joins. It is made where there is none of that name."},
		},
		requests: []dialect.Example{
			exampleFile("prompt_alone", "From a prompt alone", "create_runway.prompt.request.json"),
			exampleFile("picture", "From a picture on the web", "create_runway.request.json"),
		},
		created: dialect.Answer{Of: runwayAnswer{}, Examples: []dialect.Example{exampleFile("created", "The task has been taken", "create_runway.response.json")}},
		read:    dialect.Answer{Of: runwayAnswer{}, Examples: []dialect.Example{exampleFile("succeeded", "The video is there", "get_runway.succeeded.json")}},
	}
}

func lumaDoc() familyDoc {
	return familyDoc{
		name: "luma", id: "70186a6f-e526-440e-b092-8d27d8b44dfc", tag: lumaChapter, summary: "Create a video",
		create: fmt.Sprintf("Asks for a video of %d seconds from a prompt, from a first or a last frame, or from all of them. "+
			"The answer comes at once and is the task; its `id` goes to `GET /api/v1/get_luma/{id}`. "+
			"With a picture the video has the picture's shape.", lumaSeconds),
		get: polling + "`state` is `completed` or `failed`. Then `video.url` is the video, and `thumbnail` and `last_frame` are stills of it. " +
			"`video.download_url` is good for an hour; read the task again for a new one.",
		texts: [][2]string{
			{"user_prompt", "What the video shows and how the camera moves. May be empty where there is a picture."},
			{"expand_prompt", "`true` lets the engine expand the prompt. The task keeps the original."},
			{"image_url", "The first frame: an http or https URL, a `data:image/…;base64,…` URI, or the `url` of an uploaded dataset. Empty counts as absent."},
			{"image_end_url", "The last frame, in the same forms."},
		},
		requests: []dialect.Example{exampleFile("published", "From a prompt alone", "create_luma.request.json")},
		created:  dialect.Answer{Of: lumaCreated{}, Examples: []dialect.Example{exampleFile("created", "The task has been taken", "create_luma.response.json")}},
		read:     dialect.Answer{Of: lumaRead{}, Examples: []dialect.Example{exampleFile("completed", "The video is there", "get_luma.completed.json")}},
	}
}

// klingDoc returns what both families' descriptions share.
func klingDoc(kind string) familyDoc {
	return familyDoc{
		name: "kling_" + kind, id: "CmC9rGbtVzEAAAAAADQY-A", tag: klingChapter,
		get:     polling + "`data.task_status` is `succeed` or `failed`. Then `data.task_result.videos` holds the video, or `data.task_status_msg` says why there is none.",
		created: dialect.Answer{Of: klingAnswer{}, Examples: []dialect.Example{exampleFile("created", "The task has been taken", "kling_create.response.json")}},
		read:    dialect.Answer{Of: klingAnswer{}, Examples: []dialect.Example{exampleFile("succeed", "The video is there", "kling_get.succeed.json")}},
		form:    KlingErrors(),
	}
}

func klingTextDoc() familyDoc {
	d := klingDoc("text2video")
	d.summary = "Create a video from text"
	d.create = "Asks for a video from a prompt. The answer comes at once and holds the task; its `data.task_id` goes to " +
		"`GET /api/v1/kling/text2video/get_kling/{id}`."
	d.texts = append([][2]string{{"prompt", "What the video shows. Must not be empty."}}, klingTexts()...)
	var sizes []string
	for _, ratio := range klingRatios() {
		s := profiles.kling[0].sizes[ratio]
		sizes = append(sizes, fmt.Sprintf("`%s` is %d × %d", ratio, s.width, s.height))
	}
	d.texts = append(d.texts, [2]string{"aspect_ratio", "The shape of the video in pixels: " + strings.Join(sizes, ", ") + "."})
	d.requests = []dialect.Example{exampleFile("published", "From a prompt, with a move of the camera", "kling_text2video.request.json"),
		exampleFile("preset", "Ten seconds, upright, with a move that has a name", "kling_text2video.preset.request.json")}
	return d
}

func klingImageDoc() familyDoc {
	d := klingDoc("image2video")
	d.summary = "Create a video from a picture"
	d.create = "Asks for a video that begins with a picture, and ends on another where there is one. The video has the picture's shape. " +
		"The answer comes at once and holds the task; its `data.task_id` goes to `GET /api/v1/kling/image2video/get_kling/{id}`."
	d.texts = append([][2]string{
		{"image", "The first frame: an http or https URL, bare Base64, a `data:image/…;base64,…` URI, or the `url` of an uploaded dataset. " +
			fmt.Sprintf("JPEG or PNG of at most %d MiB, each side at least %d pixels.", KlingPictures().Bytes>>20, KlingPictures().MinSide)},
		{"image_tail", "The last frame, in the same forms. Not together with `camera_control`."},
		{"prompt", "What happens in the video."},
	}, klingTexts()...)
	d.requests = []dialect.Example{
		exampleFile("picture_within", "A picture within the request", "kling_image2video.inline.request.json"),
		exampleFile("published", "Pictures on the web", "kling_image2video.request.json"),
	}
	return d
}

func klingTexts() [][2]string {
	axis := "%s (minus) or %s (plus). Exactly one of the six must be other than 0."
	return [][2]string{
		{"negative_prompt", "What the video shall not show."},
		{"cfg_scale", "How closely to keep to the prompt: 1 is closest. The engine's own where absent."},
		{"mode", "`std` is the standard quality, `pro` the better one where the engine has one."},
		{"duration", "The length of the video in seconds, as text."},
		{"camera_control", "A move of the camera."},
		{"camera_control/type", "`simple` moves along one axis, by `config`; the others are moves of their own and take none."},
		{"camera_control/config", "How far to move, for `simple` alone."},
		{"camera_control/config/horizontal", fmt.Sprintf(axis, "Shifts the camera left", "right")},
		{"camera_control/config/vertical", fmt.Sprintf(axis, "Shifts the camera down", "up")},
		{"camera_control/config/pan", fmt.Sprintf(axis, "Turns the camera left", "right")},
		{"camera_control/config/tilt", fmt.Sprintf(axis, "Turns the camera down", "up")},
		{"camera_control/config/roll", fmt.Sprintf(axis, "Rolls the camera counterclockwise", "clockwise")},
		{"camera_control/config/zoom", fmt.Sprintf(axis, "Narrows the view", "widens it")},
	}
}
