package filmgate

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// createExample is an exchange of this package's tests, by what it shows.
func createExample(name, shows string) dialect.Example {
	return dialect.Shown("filmgate", "create", name, shows)
}

func createDoc() dialect.Doc {
	return dialect.Doc{
		ID: "create_task", Tag: dialect.Tasks, Summary: "Create a task", Scope: apikey.Write, Idempotent: true,
		Text: "Asks for a video from a prompt, from a first or a last frame, or from a video. It is the create that takes all that can be asked for, in plain words; " +
			"the families of the vendors take less of it, in theirs. The answer comes at once and is the task; read it at `Location`. " +
			"Pictures and videos are fetched and stored before the task is made, so their URLs need not live on. " +
			"What none of the model's engines can do is refused by the fields at fault; `GET /api/v1/models` tells what each can.",
		Body: &dialect.Body{
			Decode: func(f *dialect.Fields) { decodeCreate(f) }, Limit: createLimit, Texts: createTexts(),
			Text: "A JSON object. Fields that are not named here are refused, and null counts as absent.",
			Examples: []dialect.Example{
				createExample("prompt", "a video from a prompt alone"),
				createExample("picture", "a video from a picture on the web, with a move of the camera"),
				createExample("video", "a video from another, as long as that is"),
				createExample("references", "a video of a person and a place in pictures, with sound"),
				createExample("everything", "all that can be asked for"),
			},
		},
		Answers: []dialect.Answer{{Status: 201, Text: "The task, made and stored: it will end in one of its final states whatever happens.", Of: wireTask{},
			Headers:  [][2]string{{"Location", "Where to read the task."}},
			Examples: []dialect.Example{createExample("created", "a video from a prompt alone")}}},
		Errors: []task.Code{task.NotFound, task.Unreadable, task.NoSpace}, // of a dataset that is none of the caller's
	}
}

func createTexts() [][2]string {
	axis := "%s (minus) or %s (plus)."
	input := "%s: an http or https URL, a `data:%s/…;base64,…` URI, or the `url` of an uploaded dataset. "
	return [][2]string{
		{"prompt", "What the video shows and how the camera moves. Needed where there is nothing else to start from."},
		{"negative_prompt", "What the video shall not show."},
		{"model", "A model that `GET /api/v1/models` lists for `filmgate`; other names are refused."},
		{"seconds", fmt.Sprintf("The length of the video in seconds. Where it is absent: %d, or the length of `video`.", defaultSeconds)},
		{"aspect_ratio", "The shape of the video. Absent, it is the picture's or the video's own, else 16:9 or what is usual at the engine."},
		{"resolution", "The resolution. Absent, the engine makes what is usual there."},
		{"first_frame", fmt.Sprintf(input, "The picture that the video begins with", "image") + fmt.Sprintf("%s of at most %d MiB.", dialect.PictureFormats, pictureLimit>>20)},
		{"last_frame", "The picture that the video ends on, in the same forms."},
		{"video", fmt.Sprintf(input, "A video to make into another", "video") + fmt.Sprintf("MP4 or QuickTime of at most %d MiB, %d MiB within the request. Not together with pictures.", fileLimit>>20, inlineLimit>>20)},
		{"reference_images", fmt.Sprintf("Pictures of who or what is in the video, or of its style, which need not be a frame of it: at most %d, in the same forms as `first_frame`. The prompt says what becomes of them. A text is the `url` alone.", maxReferenceImages)},
		{"reference_images/url", "The picture."},
		{"reference_images/role", "`subject`: who or what is to look the same in the video; `style`: how the video is to look. Refused where the model has no such roles."},
		{"reference_images/name", "The name by which the prompt mentions it: `hero` for `@hero`. It is a letter and at most 31 letters, digits and underscores."},
		{"reference_audio", fmt.Sprintf("Recordings of what is heard in the video: at most %d, each an http or https URL, a `data:audio/…;base64,…` URI, or the `url` of an uploaded dataset. %s of at most %d MiB and 15 minutes. A text is the `url` alone.", maxReferenceAudio, dialect.AudioFormats, recordingLimit>>20)},
		{"reference_audio/url", "The recording."},
		{"reference_audio/name", "The name by which the prompt mentions it."},
		{"audio", "`true` asks for sound, `false` for none. Absent, it is none where the model lets one choose, since sound costs more; else what the model makes. Refused where the model can't."},
		{"camera", "A move of the camera: a `preset`, or axes."},
		{"camera/preset", "A whole move that has a name. The axes are left out beside it."},
		{"camera/horizontal", fmt.Sprintf(axis, "Shifts the camera left", "right")},
		{"camera/vertical", fmt.Sprintf(axis, "Shifts the camera down", "up")},
		{"camera/pan", fmt.Sprintf(axis, "Turns the camera left", "right")},
		{"camera/tilt", fmt.Sprintf(axis, "Turns the camera down", "up")},
		{"camera/roll", fmt.Sprintf(axis, "Rolls the camera counterclockwise", "clockwise")},
		{"camera/zoom", fmt.Sprintf(axis, "Narrows the view", "widens it")},
		{"seed", "The same seed and request make the same video again, as far as the engine can. Drawn at random where absent; the answer tells it."},
		{"cfg_scale", "How closely to keep to the prompt: 1 is closest. The engine's own where absent."},
		{"mode", "`std` is the standard quality, `pro` the better one where the engine has one."},
		{"expand_prompt", "`true` lets the engine expand the prompt. The task keeps the original."},
		{"caption", "`true` writes the prompt along the lower edge of the video. Refused where the model can't. The animatic has Latin, Greek and Cyrillic letters, and leaves others out."},
		{"watermark", "`true` puts a watermark on the video."},
		{"low_priority", "`true`: the task waits behind those without it."},
		{"name", "A name for the task; downloads of its video bear it."},
		{"callback_url", "An http or https URL that is told when the work begins and when it has ended, unsigned, in the form of the events of a webhook. A webhook (`POST /api/v1/webhooks`) is told of all tasks, signed and with a log. Answers do not show it."},
		{"asset_group", "The asset group that the video joins. It is made where there is none of that name."},
	}
}
