package makevid

import "github.com/filmgate/filmgate/internal/dialect"

const (
	runwayChapter dialect.Tag = "Runway family"
	lumaChapter   dialect.Tag = "Luma family"
	klingChapter  dialect.Tag = "Kling family"
)

// Chapters returns the families' chapters of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{
		{Tag: runwayChapter, Text: "Videos from a prompt, a picture, or both, in the words of Runway's web API. " +
			"Create a task, poll it by its id, and take the video from `task.artifacts` once `status` is `SUCCEEDED`."},
		{Tag: lumaChapter, Text: "The same in the words of Luma's Dream Machine. Create, poll, and take `video.url` once `state` is `completed`."},
		{Tag: klingChapter, Text: "The same in the words of Kling. Every answer is an envelope whose `code` is 0 where all is well. " +
			"Create, poll, and take `data.task_result.videos` once `data.task_status` is `succeed`."},
	}
}
