package runway

import (
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/task"
)

const webChapter dialect.Tag = "Runway's web app"

func createWebDoc() dialect.Doc {
	d := dialect.Doc{ID: "create_web_task", Tag: webChapter, Summary: "Create a task", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: WebErrorForm(),
		Text: "What Runway's web app sends, and the relays that copied it, which have it at `/runway/tasks`. The answer is the task."}
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeWebTask(f, nil) }, Limit: webBodyLimit, Texts: [][2]string{
		{"taskType", "The model."},
		{"options", "What to make."},
		{"options/text_prompt", "What the video shows. Needed without an `init_image`."},
		{"options/init_image", "A picture: an http or https URL, a data URI or the `url` of an upload."},
		{"options/image_prompt", "Another name of `init_image`."},
		{"options/image_as_end_frame", "Whether the picture is the last frame, not the first."},
		{"options/extended_from_task_id", "A finished task, whose last frame becomes the first one."},
		{"options/gen2Options", "Of gen2: the prompt, the picture, the seed and the size can also be given in here."},
		{"options/gen2Options/text_prompt", "What the video shows."},
		{"options/gen2Options/init_image", "A picture, which is the first frame."},
		{"options/gen2Options/image_prompt", "Another name of `init_image`."},
		{"options/gen2Options/seed", "The seed."},
		{"options/gen2Options/width", "Pixels."},
		{"options/gen2Options/height", "Pixels."},
		{"options/gen2Options/flip", "Whether the video is upright."},
		{"options/gen2Options/watermark", "Whether the video has a watermark."},
		{"options/seconds", "The length in seconds."},
		{"options/width", "Pixels; 1280 by default."},
		{"options/height", "Pixels; 768 by default."},
		{"options/flip", "Whether the video is upright."},
		{"options/seed", "The same seed gives the same video where the engine can do that."},
		{"options/name", "The name of the task and its video."},
		{"options/enhance_prompt", "Whether the prompt may be expanded."},
		{"options/watermark", "Whether the video has a watermark."},
		{"options/exploreMode", "Whether the task may wait behind others."},
		{"options/resolution", "The resolution."},
		{"options/assetGroupName", "The asset group that the video joins."},
		{"internal", "It has no effect."},
		{"asTeamId", "It has no effect."},
		{"notify_hook", "An http or https URL that is told of the task when it runs and when it has ended, as a get answers."},
	}, Examples: append(webExample("create"), dialect.Example{Name: "to_a_picture", File: "internal/dialect/runway/testdata/web.http#a video that ends on a picture, without a prompt"})}
	d.Answers = []dialect.Answer{{Text: "The task.", Of: makevid.TaskAnswer(), Headers: [][2]string{{"Filmgate-Task-Id", "The task's id."}}, Examples: webExample("created")}}
	d.Errors = []task.Code{task.NotFound, task.Unreadable, task.NoSpace}
	return d
}

func webExample(name string) []dialect.Example {
	return []dialect.Example{{Name: name, File: "internal/dialect/runway/testdata/web.http#a task of the web app's is created"}}
}

func readWebDoc() dialect.Doc {
	return dialect.Doc{ID: "get_web_task", Tag: webChapter, Summary: "Read a task", Scope: apikey.Read, ETag: true, Form: WebErrorForm(),
		Text:    "Reads a task, whatever call created it. The web app has it at `/v1/tasks/{id}`, where requests without `X-Runway-Version` get this answer.",
		Params:  []dialect.Param{taskID()},
		Answers: []dialect.Answer{{Text: "The task.", Of: makevid.TaskAnswer(), Headers: [][2]string{{"Filmgate-Task-Id", "The task's id."}}}},
		Errors:  []task.Code{task.Invalid, task.NotFound}}
}
