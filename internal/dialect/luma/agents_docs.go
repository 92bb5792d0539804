package luma

import (
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

func agentsCreateDoc() dialect.Doc {
	d := doc("agents_create_generation", "Create a generation", "Makes a video, or changes one. Pictures are not made here. "+
		"Get the generation by its `id` every few seconds.", apikey.Write)
	input := func(path, what, generation string) [][2]string {
		return [][2]string{
			{path, what + " Give exactly one of `url`, `data` and `generation_id`."},
			{path + "/url", "An http or https URL, or a data URI in Base64."}, {path + "/data", "Base64."},
			{path + "/media_type", "The media type. The content decides."}, {path + "/generation_id", "A completed generation of the account. " + generation},
		}
	}
	texts := [][2]string{
		{"prompt", "What the video shows and how the camera moves, or what is to change."}, {"model", "`ray-3.2`, or a model of the settings file."},
		{"type", "`video` makes a video; `video_edit` and `video_reframe` change one, which needs an engine that can."},
		{"aspect_ratio", "The shape; absent, that of the first picture, else 16:9."}, {"user_id", "A name for the caller's own user. Nothing depends on it."},
		{"video", "Options of the video."}, {"video/duration", "The length."}, {"video/resolution", "The number of lines of a video of 16:9; other shapes have as many pixels. Absent, the engine's own: 720p for the animatic."},
		{"video/loop", "The video ends on its first frame. It is not possible with `end_frame`."},
		{"video/hdr", "Is refused if it is true: videos here have no high dynamic range."}, {"video/exr_export", "Is refused if it is true."},
	}
	texts = append(texts, input("video/start_frame", "The first frame.", "The video goes on from its last frame.")...)
	texts = append(texts, input("video/end_frame", "The last frame.", "The video leads to its first frame.")...)
	texts = append(texts, [][2]string{
		{"video/edit", "How a video is changed."}, {"video/edit/strength", "How far the result may depart from the video: from `adhere_1`, which keeps most, to `reimagine_3`."},
		{"video/edit/auto_controls", "Has no effect."},
	}...)
	texts = append(texts, input("source", "The video to change, of the types `video_edit` and `video_reframe`.", "Its video is changed.")...)
	d.Tag, d.Idempotent, d.Ignores, d.Errors = agentsChapter, true, true, createErrors()
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeAgents(f, Models()[AgentsDialect]) }, Limit: bodyLimit, Texts: texts,
		Examples: append(shows("agents", "prompt", "a prompt alone makes five seconds"), shows("agents", "frames", "from a first frame to a last one")...)}
	d.Answers = []dialect.Answer{{Status: 201, Text: "The generation, queued.", Of: agentsGeneration{}, Examples: shows("agents", "queued", "a prompt alone makes five seconds")}}
	return d
}

func agentsGetDoc() dialect.Doc {
	d := doc("agents_get_generation", "Get a generation", "Finds every task of the account, whatever call made it.", apikey.Read)
	d.Tag, d.Params, d.ETag, d.Errors = agentsChapter, generationID(), true, []task.Code{task.NotFound}
	d.Answers = []dialect.Answer{{Text: "The generation as it stands.", Of: agentsGeneration{}, Examples: state("agents", "The video is there")}}
	return d
}
