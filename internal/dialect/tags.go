package dialect

// Introduction is the first text of the API reference.
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

// Tag is the name of a chapter of the reference.
type Tag string

// The chapters that belong to no single dialect. A dialect has its own in its package.
const (
	Tasks       Tag = "Tasks"
	Assets      Tag = "Assets"
	Storyboards Tag = "Storyboards"
	Datasets    Tag = "Datasets and uploads"
	Files       Tag = "Files"
	Webhooks    Tag = "Webhooks"
	Keys        Tag = "API keys"
	Engines     Tag = "Engines"
	Usage       Tag = "Usage"
	Callbacks   Tag = "Callbacks of vendors"
	Health      Tag = "Health"
)

// Chapter is a chapter of the reference with its description in Markdown.
type Chapter struct {
	Tag  Tag
	Text string
}

// Chapters returns the chapters that belong to no single dialect, in the order of the reference.
func Chapters() []Chapter {
	return []Chapter{
		{Tasks, "Filmgate's own create, and every task, whatever family made it: lists, what was tried and why it failed, cancel, retry, delete. " +
			"Create, poll the task by its id, and take the video from `artifacts` once `status` is `SUCCEEDED`."},
		{Assets, "The finished videos: their names, marks, groups and public pages."},
		{Storyboards, "Ordered lists of shots, each with the tasks that are its takes. " +
			"Change one with `If-Match`, and two people can work on it without undoing one another's work."},
		{Datasets, "Pictures and videos of your own, uploaded ahead. A create takes the URL of one in place of a picture's or a video's."},
		{Files, "Videos, previews and pictures by their URLs, which answers tell; there is no need to build one."},
		{Webhooks, "Be told instead of asking: a webhook is a URL of yours to which each event of your tasks is sent, signed by the " +
			"[Standard Webhooks](https://www.standardwebhooks.com) scheme, with retries over three days and a log of every attempt."},
		{Keys, "The API keys of your account: make one for each program, with no more rights than it needs, and revoke it when it is no longer needed. The key that does so needs the scope admin."},
		{Engines, "How the engines behind the server do, for its operator."},
		{Usage, "How much your account has asked for and what became of it: sums that the server's database makes, for reports and plots."},
		{Callbacks, "Where the vendors behind the server say that work has moved on. There is nothing here for a caller."},
		{Health, "For whoever runs the server: is it alive, is it ready, how is it doing. No key is needed."},
	}
}
