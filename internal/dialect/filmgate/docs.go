package filmgate

import (
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// taskExample and assetExample are exchanges of this package's tests, by what they show.
func taskExample(name, shows string) dialect.Example {
	return dialect.Shown("filmgate", "tasks", name, shows)
}

func assetExample(name, shows string) dialect.Example {
	return dialect.Shown("filmgate", "assets", name, shows)
}

func (c calls) taskRoutes() []dialect.Route {
	ended := dialect.Answer{Text: "The task as it stands.", Of: wireTask{}, Examples: []dialect.Example{taskExample("succeeded", "a task that has ended may be kept by the caller")}}
	get := c.route("GET /api/v1/tasks/{id}", c.getTask, dialect.Doc{
		ID: "get_task", Tag: dialect.Tasks, Summary: "Read a task", Scope: apikey.Read, ETag: true, Params: taskID(),
		Text:    "Everything about a task, whatever family made it: what was asked, every attempt with its engine, and the artifacts.",
		Answers: []dialect.Answer{ended}, Errors: []task.Code{task.NotFound},
	})
	get.QuietLog, get.LongPoll = true, true
	return []dialect.Route{
		c.route("POST /api/v1/tasks", c.createTask, createDoc()),
		c.route("GET /api/v1/tasks", c.listTasks, dialect.Doc{
			ID: "list_tasks", Tag: dialect.Tasks, Summary: "List tasks", Scope: apikey.Read, Params: slices.Concat(taskFilters(), pageParams()),
			Text: "Your tasks, newest first, one page at a time: while `next` is not null, ask again with `cursor` set to it. Deleted tasks are not among them.",
			Answers: []dialect.Answer{{Text: "A page of tasks.", Of: taskPage{}, Examples: []dialect.Example{
				taskExample("last_page", "the cursor leads to the rest, and there is no next")}}},
			Errors: []task.Code{task.Invalid},
		}),
		get,
		c.statesRoute(),
		c.followTaskRoute(),
		c.followAccountRoute(),
		c.route("POST /api/v1/tasks/{id}/cancel", c.cancelTask, dialect.Doc{
			ID: "cancel_task", Tag: dialect.Tasks, Summary: "Cancel a task", Scope: apikey.Write, Params: taskID(),
			Text: "Ends a task that has not ended. What is under way at an engine is given up, and cancelled there where the engine can. There is no body.",
			Answers: []dialect.Answer{{Text: "The task, cancelled.", Of: wireTask{}, Examples: []dialect.Example{
				taskExample("cancelled", "cancel ends the task and shows it")}}},
			Errors: []task.Code{task.NotFound, task.Conflict},
		}),
		c.route("POST /api/v1/tasks/{id}/retry", c.retryTask, dialect.Doc{
			ID: "retry_task", Tag: dialect.Tasks, Summary: "Retry a task", Scope: apikey.Write, Params: taskID(), Idempotent: true,
			Text: "Makes a new task of the request of one that failed or was cancelled; `retry_of` of the new one names the old. There is no body.",
			Answers: []dialect.Answer{{Text: "The new task.", Of: wireTask{}, Examples: []dialect.Example{
				taskExample("retried", "retry makes a new task of the same request")}}},
			Errors: []task.Code{task.Invalid, task.NotFound, task.Conflict},
		}),
		c.route("DELETE /api/v1/tasks/{id}", c.deleteTask, dialect.Doc{
			ID: "delete_task", Tag: dialect.Tasks, Summary: "Delete a task", Scope: apikey.Write, Params: taskID(),
			Text:    "Takes a task out of all lists and removes its files for good. One that has not ended is cancelled first. It can still be read by its id.",
			Answers: []dialect.Answer{{Status: 204, Text: "It is deleted."}}, Errors: []task.Code{task.NotFound},
		}),
	}
}

func (c calls) followTaskRoute() dialect.Route {
	r := c.route("GET /api/v1/tasks/{id}/events", c.followTask, dialect.Doc{
		ID: "follow_task", Tag: dialect.Tasks, Summary: "Follow a task", Scope: apikey.Read, Params: append(taskID(), resumeParams()...),
		Text: "The task's events as server-sent events: those that have happened, then each as it happens, and `task.progress` at most four times a second. " +
			"The stream ends after the event of the task's end. `data` of each is JSON with a `type`, a `timestamp`, and as `data` the task as it was then. " +
			"Events that are stored have an `id`: resume after the last one with `Last-Event-ID`, as browsers do by themselves. A comment comes every 15 seconds.",
		Answers: []dialect.Answer{
			{Text: "The stream.", Media: []dialect.Media{{Type: "text/event-stream", Schema: dialect.Schema{Type: "string"}}}},
			{Status: 204, Text: "The task has ended, and the caller has its last event already."},
		},
		Errors: []task.Code{task.Invalid, task.NotFound},
	})
	r.QuietLog, r.Waits = true, true
	return r
}

func (c calls) followAccountRoute() dialect.Route {
	r := c.route("GET /api/v1/events", c.followAccount, dialect.Doc{
		ID: "follow_account", Tag: dialect.Tasks, Summary: "Follow all tasks", Scope: apikey.Read, Params: resumeParams(),
		Text: "The events of all your tasks as server-sent events, in the order in which they were stored, in the form of `follow_task`. Without `Last-Event-ID` it begins with what " +
			"happens from now on; with `0` it begins with the oldest event that is kept, which is for 30 days. The ids are not those of a task's own stream. It does not end.",
		Answers: []dialect.Answer{{Text: "The stream.", Media: []dialect.Media{{Type: "text/event-stream", Schema: dialect.Schema{Type: "string"}}}}},
		Errors:  []task.Code{task.Invalid},
	})
	r.QuietLog, r.Waits = true, true
	return r
}

func resumeParams() []dialect.Param {
	return []dialect.Param{
		{In: "header", Name: "Last-Event-ID", Text: "The `id` of the last event that you have: the stream goes on after it.", Example: "3"},
		{In: "query", Name: "last_event_id", Text: "The same for a program that can't set the header, such as a browser's first request; the header takes precedence.", Example: "3"},
	}
}

func taskID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The task's UUID: `id` of a task, or the header `Filmgate-Task-Id` of a create.",
		Example: "00000000-0000-4000-8000-000000000001"}}
}

func taskFilters() []dialect.Param {
	when, states := dialect.Schema{Type: "string", Format: "date-time"}, dialect.Words(task.States()...)
	words := dialect.Schema{Type: "string", MaxLength: searchLimit}
	return []dialect.Param{
		{In: "query", Name: "q", Text: "Only tasks whose prompt has all of these words, in any order and also as parts of words; the case of letters does not matter, in any script.",
			Schema: words, Example: "harbour"},
		{In: "query", Name: "status", Text: "Only tasks in one of these states, comma-separated; the case of letters does not matter.",
			Schema: dialect.Schema{Type: "array", Items: &states}},
		{In: "query", Name: "model", Text: "Only tasks of this model.", Example: "gen3a_turbo"},
		{In: "query", Name: "dialect", Text: "Only tasks that this family of calls made: `filmgate`, `makevid/runway`, `makevid/luma`, `makevid/kling.text2video` or `makevid/kling.image2video`."},
		{In: "query", Name: "created_from", Text: "Only tasks made then or later.", Schema: when},
		{In: "query", Name: "created_to", Text: "Only tasks made before then.", Schema: when},
	}
}

func assetID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The asset's UUID: `id` of an artifact.", Example: "10000000-0000-4000-8000-000000000001"}}
}

func (c calls) assetRoutes() []dialect.Route {
	shows := func(text, name, exchange string) []dialect.Answer {
		return []dialect.Answer{{Text: text, Of: wireArtifact{}, Examples: []dialect.Example{assetExample(name, exchange)}}}
	}
	none := []task.Code{task.NotFound}
	return []dialect.Route{
		c.route("GET /api/v1/assets", c.listAssets, dialect.Doc{
			ID: "list_assets", Tag: dialect.Assets, Summary: "List assets", Scope: apikey.Read, Params: slices.Concat(assetFilters(), pageParams()),
			Text:    "Your finished videos, newest first, one page at a time: while `next` is not null, ask again with `cursor` set to it.",
			Answers: []dialect.Answer{{Text: "A page of assets.", Of: assetPage{}, Examples: []dialect.Example{assetExample("page", "a list of what was made")}}},
			Errors:  []task.Code{task.Invalid},
		}),
		c.route("GET /api/v1/assets/{id}", c.getAsset, dialect.Doc{
			ID: "get_asset", Tag: dialect.Assets, Summary: "Read an asset", Scope: apikey.Read, Params: assetID(), Errors: none,
			Text: "One video with all its files, each with its size and SHA-256.", Answers: shows("The asset.", "asset", "one asset"),
		}),
		c.route("PATCH /api/v1/assets/{id}", c.editAsset, dialect.Doc{
			ID: "edit_asset", Tag: dialect.Assets, Summary: "Change an asset", Scope: apikey.Write, Params: assetID(), Errors: none,
			Text: "Changes the fields that are sent and leaves the others. `private: true` seals the files: they move to where signed links alone reach, " +
				"and the plain links that were given out are dead. `private: false` brings them back.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeEdit(f) }, Limit: editLimit, Texts: [][2]string{
				{"name", "The name of the file, without its ending. Not empty, without slashes or control characters."},
				{"asset_group", "Moves it to the asset group of this name, which is made if you have none. Not empty, without slashes or control characters."},
				{"favorite", "Marks it as a favorite."},
				{"private", "Seals its files, or unseals them."},
				{"private_in_team", "Lists it for nobody else in the team."},
				{"reported", "Marks it as reported."},
			}, Examples: []dialect.Example{assetExample("marks", "the fields that are sent are changed"), assetExample("moves", "an asset moves to another group")}},
			Answers: shows("The asset as it is now.", "asset", "the fields that are sent are changed"),
		}),
		c.route("DELETE /api/v1/assets/{id}", c.deleteAsset, dialect.Doc{
			ID: "delete_asset", Tag: dialect.Assets, Summary: "Delete an asset", Scope: apikey.Write, Params: assetID(), Errors: none,
			Text:    "Removes the asset's files for good. Its task still tells what it was.",
			Answers: []dialect.Answer{{Status: 204, Text: "It is deleted."}},
		}),
		c.route("POST /api/v1/assets/{id}/share", c.shareAsset, dialect.Doc{
			ID: "share_asset", Tag: dialect.Assets, Summary: "Share an asset", Scope: apikey.Write, Params: assetID(), Errors: none,
			Text:    "Gives the asset a public page with a player, at `share_url`. One that has a page keeps it. There is no body.",
			Answers: shows("The asset with its `share_url`.", "shared", "a share has a public page"),
		}),
		c.route("DELETE /api/v1/assets/{id}/share", c.unshareAsset, dialect.Doc{
			ID: "unshare_asset", Tag: dialect.Assets, Summary: "End a share", Scope: apikey.Write, Params: assetID(), Errors: none,
			Text:    "Ends the asset's public page. A new share has another address.",
			Answers: shows("The asset without a `share_url`.", "unshared", "the page can be ended"),
		}),
	}
}

func assetFilters() []dialect.Param {
	return []dialect.Param{
		{In: "query", Name: "asset_group_id", Text: "Only assets of this group."},
		{In: "query", Name: "task_id", Text: "Only assets of this task."},
		{In: "query", Name: "favorite", Text: "Only favorites, or with `false` only others.", Schema: dialect.Schema{Type: "boolean"}},
	}
}

func (c calls) groupRoutes() []dialect.Route {
	return []dialect.Route{
		c.route("GET /api/v1/asset_groups", c.listGroups, dialect.Doc{
			ID: "list_asset_groups", Tag: dialect.Assets, Summary: "List asset groups", Scope: apikey.Read,
			Text:    "Your asset groups, oldest first. A create makes one by naming it.",
			Answers: []dialect.Answer{{Text: "All groups.", Of: groupList{}, Examples: []dialect.Example{assetExample("groups", "all groups, oldest first")}}},
		}),
		c.route("PATCH /api/v1/asset_groups/{id}", c.renameGroup, dialect.Doc{
			ID: "rename_asset_group", Tag: dialect.Assets, Summary: "Rename an asset group", Scope: apikey.Write,
			Params: []dialect.Param{{In: "path", Name: "id", Text: "The group's UUID.", Example: "20000000-0000-4000-8000-000000000001"}},
			Text:   "Gives a group another name. Its assets stay in it.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeName(f) }, Limit: editLimit, Texts: [][2]string{
				{"name", "The new name, which no other group of yours has. Not empty, without slashes or control characters."},
			}, Examples: []dialect.Example{assetExample("name", "a group gets another name")}},
			Answers: []dialect.Answer{{Text: "The group as it is now.", Of: wireGroup{}, Examples: []dialect.Example{assetExample("renamed", "a group gets another name")}}},
			Errors:  []task.Code{task.NotFound, task.Conflict},
		}),
	}
}

func (c calls) datasetRoutes() []dialect.Route {
	media := []dialect.Media{}
	for _, kind := range []string{"image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "video/mp4", "video/quicktime",
		"audio/wav", "audio/mpeg", "audio/aac", "audio/mp4", "audio/ogg", "audio/flac"} {
		media = append(media, dialect.Media{Type: kind})
	}
	media = append(media, dialect.Media{Type: "multipart/form-data", Schema: dialect.Schema{Type: "object",
		Fields: []dialect.Field{{Name: "file", Required: true, Text: "The picture, video or recording. The field may have any name; the first file counts."}}}})
	return []dialect.Route{c.route("POST /api/v1/datasets", c.upload, dialect.Doc{
		ID: "upload_dataset", Tag: dialect.Datasets, Summary: "Upload a picture, a video or a recording", Scope: apikey.Write,
		Text: "Keeps a picture, upright, in sRGB and without its metadata, or a video or a recording without its metadata, for later creates: send the answer's `url` as " +
			"`init_image`, `image_url` or `image`, or of our own create as `first_frame`, `last_frame` or `video`, or in `reference_images` or `reference_audio`. " +
			"The body is the file itself, or a form with one file; a form's other fields are ignored.",
		Body: &dialect.Body{
			Text: fmt.Sprintf("%s of at most %d MiB; an MP4 or QuickTime video of at most %d MiB; or %s of at most %d MiB. Content tells which it is; the `Content-Type` of a raw body is not looked at.",
				dialect.PictureFormats, pictureLimit>>20, fileLimit>>20, dialect.AudioFormats, recordingLimit>>20),
			Media: media,
		},
		Answers: []dialect.Answer{{Text: "What is stored.", Of: wireDataset{}, Examples: []dialect.Example{
			assetExample("picture", "a picture is uploaded"), assetExample("video", "a video is uploaded")}}},
		Errors: []task.Code{task.Unreadable, task.NoSpace},
	}), c.route("POST /api/v1/datasets/fetch", c.fetchDataset, dialect.Doc{
		ID: "fetch_dataset", Tag: dialect.Datasets, Summary: "Keep a picture, a video or a recording by its URL", Scope: apikey.Write,
		Text: "Fetches a picture, a video or a recording and keeps it as an upload is kept. Creates take its URL as well and fetch it themselves; this shows what is there before one is made, " +
			"and many creates can use it while it is fetched once.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeSource(f) }, Limit: editLimit, Texts: [][2]string{
			{"url", "An http or https URL of a picture, a video or a recording, with the limits of an upload."},
		}, Examples: []dialect.Example{assetExample("fetch", "a picture is fetched")}},
		Answers: []dialect.Answer{{Text: "What is stored.", Of: wireDataset{}, Examples: []dialect.Example{assetExample("fetched", "a picture is fetched")}}},
		Errors:  []task.Code{task.NotFound, task.Unreadable, task.NoSpace}, // of a dataset that is none of the caller's
	})}
}

func (c calls) modelRoutes() []dialect.Route {
	shows := "every model that a caller may name, with who makes it, in order"
	return []dialect.Route{c.route("GET /api/v1/models", c.listModels, dialect.Doc{
		ID: "list_models", Tag: dialect.Tasks, Summary: "List models", Scope: apikey.Read,
		Text: "Every model that a request may name, with the engines that make it and what each of them can do. A request that none of them can do is refused " +
			"by the fields at fault.",
		Params: []dialect.Param{{In: "header", Name: "If-None-Match", Text: "The `ETag` of what the caller has: 304 and no body where nothing has changed."}},
		Answers: []dialect.Answer{
			{Text: "All models.", Of: modelList{}, Headers: [][2]string{{"ETag", "Changes with the models."}}, Examples: []dialect.Example{dialect.Shown("filmgate", "models", "models", shows)}},
			{Status: 304, Text: "The caller has it already.", Headers: [][2]string{{"ETag", "Of what the caller has."}}},
		},
	})}
}
