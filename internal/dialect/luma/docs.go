package luma

import (
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	chapter       dialect.Tag = "Luma Dream Machine"
	agentsChapter dialect.Tag = "Luma Agents"
)

// Chapters returns the dialect's chapters of the reference.
func Chapters() []dialect.Chapter {
	return []dialect.Chapter{
		{Tag: chapter, Text: "The API that the package `lumaai` calls. Create a generation, get it until `state` is `completed`, and take the video from `assets.video`."},
		{Tag: agentsChapter, Text: "Luma's newer API, that the package `luma-agents` calls. Create a generation, get it until `state` is `completed`, and take the video from `output[0].url`."},
	}
}

// shows is an exchange of this package's tests, by what it shows.
func shows(file, name, what string) []dialect.Example {
	return []dialect.Example{dialect.Shown("luma", file, name, what)}
}

// state is a file of an encoder's answer in one state.
func state(name, text string) []dialect.Example {
	return []dialect.Example{{Name: "completed", Text: text, File: "internal/dialect/luma/testdata/states/" + name + ".succeeded.json"}}
}

// doc returns what the descriptions of all calls share.
func doc(id, summary, text string, scope apikey.Scope) dialect.Doc {
	return dialect.Doc{ID: "luma_" + id, Tag: chapter, Summary: summary, Text: text, Scope: scope, Form: ErrorForm()}
}

// createErrors are those of a create besides those that follow from its Doc.
func createErrors() []task.Code { return []task.Code{task.Unreadable, task.NoSpace} }

func generationID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The generation's `id`.", Example: "00000000-0000-4000-8000-000000000001"}}
}

// sharedTexts describe the fields that all creates of Dream Machine have.
func sharedTexts() [][2]string {
	return [][2]string{
		{"model", "`ray-2` or `ray-flash-2`, or a model of the settings file."},
		{"prompt", "What the video shows and how the camera moves."},
		{"callback_url", "An http or https URL that is told of the generation when it is dreaming, completed or failed, by a POST of the generation."},
	}
}

const shapeText = "The shape of the video."

func createDoc() dialect.Doc {
	d := doc("create_generation", "Create a generation", "Makes a video of a prompt, of one or two keyframes, or of both. `POST "+base+"/generations` is the same. "+
		"The prompt is needed without keyframes. Get the generation by its `id` every few seconds.", apikey.Write)
	frame := func(name, what, other string) [][2]string {
		path := "keyframes/" + name
		return [][2]string{{path, what}, {path + "/type", "`image` or `generation`."},
			{path + "/url", "Of type `image`: an http or https URL, or a data URI in Base64. " + dialect.PictureFormats + " of at most 16 MiB."},
			{path + "/id", "Of type `generation`: a completed generation of the account. " + other}}
	}
	texts := append(sharedTexts(), [2]string{"aspect_ratio", shapeText}, [2]string{"keyframes", "What the video begins and ends with."})
	texts = append(texts, frame("frame0", "The first frame.", "The video goes on from its last frame.")...)
	texts = append(texts, frame("frame1", "The last frame.", "The video leads to its first frame.")...)
	texts = append(texts, [][2]string{
		{"duration", "The length."}, {"resolution", "The number of lines of a video of 16:9; other shapes have as many pixels. Absent, the engine's own: 720p for the animatic."},
		{"loop", "The video ends on its first frame. It is not possible with `frame1`."},
		{"concepts", "Movements of the camera and kinds of shots; `GET " + base + "/generations/concepts/list` has them all. They are added to the prompt as words."},
		{"concepts/key", "The concept's name."}, {"generation_type", "`video`."},
	}...)
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeCreate(f, Models()[Dialect]) }, Limit: bodyLimit, Texts: texts,
		Examples: append(shows("create", "prompt", "a prompt alone"), shows("create", "keyframes", "every field, with a picture as data")...)}
	d.Answers = []dialect.Answer{{Status: 201, Text: "The generation, queued.", Of: lumaGeneration{}, Examples: shows("create", "queued", "a prompt alone")}}
	d.Idempotent, d.Ignores, d.Errors = true, true, createErrors()
	return d
}

func changeDoc(id, summary, text string, decode func(*dialect.Fields, []string) wanted, texts [][2]string) dialect.Doc {
	d := doc(id, summary, text+" It needs an engine that can change videos: without one, which the animatic is not, the answer is 400.", apikey.Write)
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decode(f, Models()[Dialect]) }, Limit: bodyLimit, Texts: append(append(sharedTexts(), [][2]string{
		{"media", "The video to change."}, {"media/url", "An http or https URL, or a data URI in Base64."},
		{"first_frame", "A picture that the result begins with."}, {"first_frame/url", "An http or https URL, or a data URI in Base64."},
	}...), texts...)}
	d.Answers = []dialect.Answer{{Status: 201, Text: "The generation, queued.", Of: lumaGeneration{}}}
	d.Idempotent, d.Ignores, d.Errors = true, true, createErrors()
	return d
}

func modifyDoc() dialect.Doc {
	d := changeDoc("modify_video", "Change a video", "Makes another version of a video, as long as the video itself.", decodeModify, [][2]string{
		{"generation_type", "`modify_video`."}, {"mode", "How far the result may depart from the video: from `adhere_1`, which keeps most, to `reimagine_3`."}})
	d.Body.Examples = shows("change", "modify", "a video is changed")
	return d
}

func reframeDoc() dialect.Doc {
	texts := [][2]string{{"generation_type", "`reframe_video`."}, {"aspect_ratio", shapeText}}
	for _, name := range []string{"grid_position_x", "grid_position_y", "resized_height", "resized_width", "x_end", "x_start", "y_end", "y_start"} {
		texts = append(texts, [2]string{name, "Where Luma places the video. It is only repeated in answers: engines place the video themselves."})
	}
	d := changeDoc("reframe_video", "Change a video's shape", "Makes the same video in another shape.", decodeReframe, texts)
	d.Body.Examples = shows("change", "reframe", "a video gets another shape")
	return d
}

func getDoc() dialect.Doc {
	d := doc("get_generation", "Get a generation", "Finds every task of the account, whatever call made it.", apikey.Read)
	d.Params, d.ETag, d.Errors = generationID(), true, []task.Code{task.NotFound}
	d.Answers = []dialect.Answer{{Text: "The generation as it stands.", Of: lumaGeneration{}, Examples: state("generation", "The video is there")}}
	return d
}

func listDoc() dialect.Doc {
	d := doc("list_generations", "List generations", "The newest first. A list that changes while it is read may repeat or miss a generation.", apikey.Read)
	d.Params = []dialect.Param{
		{In: "query", Name: "limit", Text: "How many at most; 100 if absent.", Schema: dialect.Between("integer", 1, mostLimit)},
		{In: "query", Name: "offset", Text: "How many of the newest to leave out.", Schema: dialect.Between("integer", 0, mostOffset)},
	}
	d.Errors = []task.Code{task.Invalid}
	d.Answers = []dialect.Answer{{Text: "The generations.", Of: lumaGenerations{}, Examples: shows("list", "page", "a page of the list")}}
	return d
}

func deleteDoc() dialect.Doc {
	d := doc("delete_generation", "Delete a generation", "Deletes the generation and its files. One that has not ended is cancelled.", apikey.Write)
	d.Params, d.Errors = generationID(), []task.Code{task.NotFound}
	d.Answers = []dialect.Answer{{Status: 204, Text: "It is deleted. There is no body."}}
	return d
}

func conceptsDoc() dialect.Doc {
	d := doc("list_concepts", "List concepts", "The concepts that a create takes.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "Their names.", Of: []string{}}}
	return d
}

func creditsDoc() dialect.Doc {
	d := doc("get_credits", "Get the credits", "There are no credits here. The answer is always the same, for programs that ask before they go on.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "The balance.", Of: lumaCredits{}}}
	return d
}

func pingDoc() dialect.Doc {
	d := doc("ping", "Ping", "Whether the server answers and knows the key.", apikey.Read)
	d.Answers = []dialect.Answer{{Text: "It does.", Of: lumaPong{}}}
	return d
}
