package dialect

// Introduction is what a stranger reads first in the reference.
const Introduction = `Filmgate makes videos. A program asks for one, gets a **task** at once, polls it, and finds the finished MP4 with its
previews and measured facts on the server's own storage.

1. **Create.** ` + "`POST /api/v1/tasks`" + ` takes all that can be asked for, in plain words. The Runway, Luma and Kling families take the same job
   in the words of three vendors: use one of those if your program speaks it already.
2. **Poll.** ` + "`GET`" + ` the task by the id in the answer, every few seconds, until it has ended.
3. **Take the video** by the URL in the answer.

**Key.** Calls under ` + "`/api/v1`" + ` want ` + "`Authorization: Bearer <key>`" + `. The server's first start prints a key.

**Repeats.** A create honours ` + "`Idempotency-Key`" + ` for 24 hours: send one, and it is safe to send the request again when no answer came.

**Errors** are problem documents (RFC 9457) that name every field at fault; the Kling family tells them in its own envelope. Every answer
bears ` + "`X-Request-Id`" + `, which names the request in the server's log.

**Conventions.** Bodies are JSON in UTF-8, and null counts as absent. Of our own calls, a field or a parameter that is not known is refused, with the
name that was likely meant; the Runway, Luma and Kling families and Runway's uploads ignore it, and name it in ` + "`Filmgate-Ignored`" + `. A number may be sent as a
text (` + "`\"5\"`" + `), and so may true and false; a UUID has either case of letters. Times are RFC 3339 in UTC. Answers may gain fields: ignore those that you do not know.`

// Tag is a chapter of the reference.
type Tag string

// The chapters.
const (
	RunwayFamily Tag = "Runway family"
	LumaFamily   Tag = "Luma family"
	KlingFamily  Tag = "Kling family"
	Tasks        Tag = "Tasks"
	Assets       Tag = "Assets"
	Datasets     Tag = "Datasets and uploads"
	Files        Tag = "Files"
	Callbacks    Tag = "Callbacks of vendors"
	Health       Tag = "Health"
)

// Tags are all chapters in order, each with what it is about.
func Tags() [][2]string {
	return [][2]string{
		{string(RunwayFamily), "Videos from a prompt, a picture, or both, in the words of Runway's web API. " +
			"Create a task, poll it by its id, and take the video from `task.artifacts` once `status` is `SUCCEEDED`."},
		{string(LumaFamily), "The same in the words of Luma's Dream Machine. Create, poll, and take `video.url` once `state` is `completed`."},
		{string(KlingFamily), "The same in the words of Kling. Every answer is an envelope whose `code` is 0 where all is well. " +
			"Create, poll, and take `data.task_result.videos` once `data.task_status` is `succeed`."},
		{string(Tasks), "Filmgate's own create, and every task, whatever family made it: lists, what was tried and why it failed, cancel, retry, delete. " +
			"Create, poll the task by its id, and take the video from `artifacts` once `status` is `SUCCEEDED`."},
		{string(Assets), "The finished videos: their names, marks, groups and public pages."},
		{string(Datasets), "Pictures and videos of your own, uploaded ahead. A create takes the URL of one in place of a picture's or a video's."},
		{string(Files), "Videos, previews and pictures by their URLs, which answers tell; there is no need to build one."},
		{string(Callbacks), "Where the vendors behind the server say that work has moved on. There is nothing here for a caller."},
		{string(Health), "For whoever runs the server: is it alive, is it ready, how is it doing. No key is needed."},
	}
}
