package filmgate

import (
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// storyboardExample is an exchange of this package's tests, by what it shows.
func storyboardExample(name, shows string) []dialect.Example {
	return []dialect.Example{dialect.Shown("filmgate", "storyboards", name, shows)}
}

func (c calls) storyboardRoutes() []dialect.Route {
	return []dialect.Route{
		c.route("POST /api/v1/storyboards", c.createStoryboard, createStoryboardDoc()),
		c.route("GET /api/v1/storyboards", c.listStoryboards, dialect.Doc{
			ID: "list_storyboards", Tag: dialect.Storyboards, Summary: "List storyboards", Scope: apikey.Read, Params: pageParams(), Errors: []task.Code{task.Invalid},
			Text:    "Your storyboards, newest first, one page at a time: while `next` is not null, ask again with `cursor` set to it.",
			Answers: []dialect.Answer{{Text: "A page of storyboards.", Of: storyboardPage{}, Examples: storyboardExample("page", "a list of storyboards")}},
		}),
		c.route("GET /api/v1/storyboards/{id}", c.getStoryboard, dialect.Doc{
			ID: "get_storyboard", Tag: dialect.Storyboards, Summary: "Read a storyboard", Scope: apikey.Read, Params: storyboardID(), Errors: []task.Code{task.NotFound},
			Text:    "The storyboard with all takes of its shots, each as it stands.",
			Answers: []dialect.Answer{{Text: "The storyboard.", Of: wireStoryboard{}, Headers: etagHeader(), Examples: storyboardExample("storyboard", "a storyboard with its takes")}},
		}),
		c.route("POST /api/v1/storyboards/{id}/renders", c.renderStoryboard, renderStoryboardDoc()),
		c.route("GET /api/v1/storyboards/{id}/renders", c.listRenders, dialect.Doc{
			ID: "list_storyboard_renders", Tag: dialect.Storyboards, Summary: "List the renders of a storyboard", Scope: apikey.Read,
			Params: append(storyboardID(), pageParams()...), Errors: []task.Code{task.Invalid, task.NotFound},
			Text:    "The tasks that `POST` on this path has made, newest first, one page at a time: while `next` is not null, ask again with `cursor` set to it. A page may have fewer than `limit`.",
			Answers: []dialect.Answer{{Text: "A page of tasks.", Of: taskPage{}, Examples: storyboardExample("renders", "the renders of a storyboard")}},
		}),
		c.route("POST /api/v1/storyboards/{id}/shots/{shot}/takes", c.addTake, addTakeDoc()),
		c.route("GET /api/v1/storyboards/{id}/contact_sheet", c.contactSheet, contactSheetDoc()),
		c.route("PATCH /api/v1/storyboards/{id}", c.editStoryboard, editStoryboardDoc()),
		c.route("DELETE /api/v1/storyboards/{id}", c.deleteStoryboard, dialect.Doc{
			ID: "delete_storyboard", Tag: dialect.Storyboards, Summary: "Delete a storyboard", Scope: apikey.Write,
			Params: append(storyboardID(), ifMatchParam()), Errors: []task.Code{task.Invalid, task.NotFound, task.Changed},
			Text:    "Deletes the storyboard. Its tasks and their videos stay.",
			Answers: []dialect.Answer{{Status: 204, Text: "It is deleted."}},
		}),
	}
}

func createStoryboardDoc() dialect.Doc {
	return dialect.Doc{
		ID: "create_storyboard", Tag: dialect.Storyboards, Summary: "Create a storyboard", Scope: apikey.Write, Idempotent: true,
		Text: "Makes a storyboard. A shot begins with a task that you have (`task`), with one that is made for it (`request`), or with both: then the new one is " +
			"chosen. If one of the requests is refused, nothing is made. A repeat under its `Idempotency-Key` shows the storyboard as it is then, and makes no task again.",
		Body: &dialect.Body{
			Decode: func(f *dialect.Fields) { decodeStoryboard(f, false) }, Limit: createLimit, Texts: storyboardTexts(),
			Examples: slices.Concat(storyboardExample("request", "a storyboard of a new task and one that is there"), storyboardExample("picture", "a shot from a picture"), storyboardExample("empty", "a storyboard without shots")),
		},
		Answers: []dialect.Answer{{Status: 201, Text: "The storyboard.", Of: wireStoryboard{}, Headers: append(etagHeader(), [2]string{"Location", "Where to read the storyboard."}),
			Examples: storyboardExample("created", "a storyboard of a new task and one that is there")}},
		Errors: []task.Code{task.NotFound, task.Unreadable, task.NoSpace},
	}
}

func editStoryboardDoc() dialect.Doc {
	return dialect.Doc{
		ID: "edit_storyboard", Tag: dialect.Storyboards, Summary: "Change a storyboard", Scope: apikey.Write, Params: append(storyboardID(), ifMatchParam()),
		Text: "Changes the fields that are sent and leaves the others. `shots` is the whole list in its new order: a shot that you name by its `id` keeps what you do " +
			"not send of it, a shot that you leave out is removed, one without an `id` is new. With `If-Match`, nothing is changed if somebody else was faster.",
		Body: &dialect.Body{
			Decode: func(f *dialect.Fields) { decodeStoryboard(f, true) }, Limit: createLimit,
			Texts: append([][2]string{
				{"shots/id", "A shot that the storyboard has. Absent, the shot is new."},
				{"shots/take", "The take to choose: the id of the task of one of the shot's takes."},
			}, storyboardTexts()...),
			Examples: slices.Concat(storyboardExample("shots", "shots are reordered, retaken and removed"), storyboardExample("added", "a shot from a picture is added"), storyboardExample("name", "a storyboard gets another name")),
		},
		Answers: []dialect.Answer{{Text: "The storyboard as it is now.", Of: wireStoryboard{}, Headers: etagHeader(), Examples: storyboardExample("changed", "shots are reordered, retaken and removed")}},
		Errors:  []task.Code{task.NotFound, task.Changed, task.Unreadable, task.NoSpace},
	}
}

func renderStoryboardDoc() dialect.Doc {
	return dialect.Doc{
		ID: "render_storyboard", Tag: dialect.Storyboards, Summary: "Render a storyboard", Scope: apikey.Write, Params: storyboardID(), Idempotent: true,
		Text: fmt.Sprintf("Joins the chosen takes, as they are listed now, to one MP4 of at most %v. The answer is a task like any other: poll it, cancel it, retry it; its artifact has previews, "+
			"can be shared, and stays when the storyboard changes. Shots that have not ended are waited for; if one fails, so does the task, and says which. "+
			"Videos of another size are scaled, with black bars if their shape is another one; those of another frame rate have frames left out or repeated; "+
			"those without sound are silent if another has sound. A dissolve is no longer than its shots.", task.MaxJoined),
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeRender(f) }, Limit: editLimit, Texts: [][2]string{
			{"name", "A name for the task; downloads of its video bear it. Absent: that of the storyboard."},
			{"asset_group", "The asset group that the video joins. It is made if there is none of that name."},
			{"low_priority", "`true`: the task waits behind those without it."},
		}, Examples: slices.Concat(storyboardExample("plain", "a storyboard is rendered"), storyboardExample("named", "a render with a name and a group of its own"))},
		Answers: []dialect.Answer{{Status: 201, Text: "The task.", Of: wireTask{}, Headers: [][2]string{{"Location", "Where to read the task."}},
			Examples: storyboardExample("render", "a storyboard is rendered")}},
		Errors: []task.Code{task.NotFound, task.Conflict},
	}
}

func addTakeDoc() dialect.Doc {
	return dialect.Doc{
		ID: "add_take", Tag: dialect.Storyboards, Summary: "Make another take of a shot", Scope: apikey.Write, Idempotent: true,
		Params: append(storyboardID(), dialect.Param{In: "path", Name: "shot", Text: "The shot's UUID.", Example: "60000000-0000-4000-8000-000000000001"}),
		Text: "Makes a new task of the chosen take's request, which becomes a take of the shot and is chosen. The fields of the body are those of `POST /api/v1/tasks`; what is not sent " +
			"is as it was, but for the seed, which is drawn again. An empty text in place of a picture takes it away.",
		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeRequest(f, task.Request{}) }, Limit: createLimit, Texts: createTexts(),
			Examples: slices.Concat(storyboardExample("seed", "another take with another seed"), storyboardExample("picture", "another take from a picture"))},
		Answers: []dialect.Answer{{Status: 201, Text: "The new task.", Of: wireTask{}, Headers: [][2]string{{"Location", "Where to read the task."}},
			Examples: storyboardExample("take", "another take with another seed")}},
		Errors: []task.Code{task.NotFound, task.Conflict, task.Unreadable, task.NoSpace},
	}
}

func contactSheetDoc() dialect.Doc {
	format := dialect.Words("jpeg", "pdf")
	format.Default = "jpeg"
	return dialect.Doc{
		ID: "get_contact_sheet", Tag: dialect.Storyboards, Summary: "Get a contact sheet", Scope: apikey.Read, Errors: []task.Code{task.Invalid, task.NotFound},
		Params: append(storyboardID(), dialect.Param{In: "query", Name: "format", Text: "One picture of all shots, or pages of A4 with twelve shots each.", Schema: format}),
		Text: "A still of each chosen take with its number, length and prompt, as the storyboard is now; a shot without a video has an empty box. It is drawn for each request. " +
			"Prompts have Latin, Greek and Cyrillic letters; others are left out.",
		Answers: []dialect.Answer{{Text: "The sheet.", Media: []dialect.Media{{Type: "image/jpeg"}, {Type: "application/pdf"}}}},
	}
}

func storyboardTexts() [][2]string {
	texts := [][2]string{
		{"name", "A name for people."},
		{"shots", fmt.Sprintf("The shots in their order, %d at most.", task.MaxShots)},
		{"shots/task", "A task of yours, which becomes a take of the shot and is chosen."},
		{"shots/request", "A request as `POST /api/v1/tasks` takes it. Its task is made, becomes a take of the shot and is chosen."},
		{"shots/transition", "How the shot before turns into this one. Absent: a cut."},
		{"shots/transition/type", "`cut`, or `dissolve`: for a while both shots are seen, one through the other."},
		{"shots/transition/seconds", "The length of a dissolve. A cut has none."},
		{"shots/trim", "The part of the take that is used. Absent: all of it."},
		{"shots/trim/start", "Seconds from the beginning of the take."},
		{"shots/trim/end", "Seconds from the beginning of the take; 0 or absent for its end."},
		{"width", "Pixels of the joined video, at least 64; 0 or absent: as the first shot. If only one of `width` and `height` is given, the other follows from the first shot's shape."},
		{"height", "Pixels of the joined video, at least 64; 0 or absent: as the first shot."},
		{"frame_rate", "Frames per second of the joined video; 0 or absent: as the first shot."},
	}
	for _, t := range createTexts() {
		texts = append(texts, [2]string{"shots/request/" + t[0], t[1]})
	}
	return texts
}

func storyboardID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The storyboard's UUID.", Example: "50000000-0000-4000-8000-000000000001"}}
}

func ifMatchParam() dialect.Param {
	return dialect.Param{In: "header", Name: "If-Match", Text: "The `ETag` of the answer that the change is based on, such as `\"3\"`: 412 if the storyboard has changed since. Absent, it is changed whatever its version."}
}

func etagHeader() [][2]string {
	return [][2]string{{"ETag", "The storyboard's version in quotes, for `If-Match`."}}
}
