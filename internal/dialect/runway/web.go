package runway

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/task"
)

// WebDialect is the Request.Dialect of tasks of the web app's API.
const WebDialect = "runway/web"

const (
	webBodyLimit   = 24 << 20 // bytes: a picture of 16 MB as a data URI, and room
	webPromptLimit = 5000     // characters
	webWidth       = 1280     // pixels of a video from a text alone, as the app asks for it
	webHeight      = 768
)

// webTypes are the values of taskType that public clients of the app have sent (2024 to 2026).
func webTypes() []string {
	return []string{"gen3a_turbo", "gen3a", "europa", "gen2", "gen4", "gen4_turbo", "gen4.5"}
}

// webRoutes returns the calls of the app's tasks: its own, and the relays' form of them.
func (c calls) webRoutes() []dialect.Route {
	var out []dialect.Route
	for _, base := range []string{"/v1", "/runway"} {
		out = append(out,
			dialect.Route{Pattern: "POST " + base + "/tasks", Handler: http.HandlerFunc(c.createWebTask), Doc: createWebDoc(), Undocumented: base == "/runway"},
			dialect.Route{Pattern: "GET " + base + "/tasks/{id}", Handler: http.HandlerFunc(c.readWebTask), QuietLog: true, Doc: readWebDoc(), Undocumented: base == "/v1"})
	}
	return out
}

// decodeWebTask reads the body of POST /v1/tasks. What is wrong is noted in f.
func decodeWebTask(f *dialect.Fields, routed []string) task.Request {
	f.Require("taskType", "options")
	types := webTypes()
	for _, name := range routed {
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	r := task.Request{Dialect: WebDialect, Model: f.OneOf("taskType", "", types...), CallbackURL: dialect.CallbackURL(f, "notify_hook")}
	f.Bool("internal", false)
	f.Int("asTeamId", 0, 0, 1<<50)
	o := f.Object("options")
	if f.HasErrors("options") {
		return r
	}
	r.Name = o.String("name", "", task.NameLimit)
	r.Prompt = o.String("text_prompt", "", webPromptLimit)
	r.Seconds = int(o.Int("seconds", 5, 1, longest))
	r.LowPriority = o.Bool("exploreMode", false)
	r.Watermark = o.Bool("watermark", false)
	r.ExpandPrompt = o.Bool("enhance_prompt", false)
	r.Resolution = o.OneOf("resolution", "", "480p", "720p", "1080p", "4k")
	r.AssetGroup = o.String("assetGroupName", dialect.AssetGroup, task.NameLimit)
	if o.Has("seed") {
		seed := uint32(o.Int("seed", 0, 0, math.MaxUint32)) //nolint:gosec // Int keeps it within the range
		r.Seed = &seed
	}
	decodeWebImage(o, &r)
	decodeWebSize(o, &r)
	return r
}

// decodeWebImage reads the picture, which is the first frame or the last one.
func decodeWebImage(o *dialect.Fields, r *task.Request) {
	img := dialect.Picture(o, "init_image", false, task.ImageLimits{Bytes: imageBytes})
	none := img == nil && !o.HasErrors("init_image")
	if o.Bool("image_as_end_frame", false) {
		r.Last = img
		if none {
			o.AddError("image_as_end_frame", "needs an init_image to end on")
		}
	} else {
		r.First = img
	}
	if none && strings.TrimSpace(r.Prompt) == "" {
		o.AddError("text_prompt", "must not be empty without an init_image")
	}
}

// decodeWebSize reads the size of a video from a text alone, or whether one from a picture is upright.
func decodeWebSize(o *dialect.Fields, r *task.Request) {
	width := int(o.Int("width", webWidth, 64, 4096))
	height := int(o.Int("height", webHeight, 64, 4096))
	if o.Bool("flip", false) && width > height {
		width, height = height, width
	}
	dialect.SetSize(r, width, height)
}

func (c calls) createWebTask(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	f, err := dialect.ReadFields(w, r, webBodyLimit)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	req := decodeWebTask(f, c.gw.RoutedModels())
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	if err != nil {
		c.refuseWeb(w, r, dialect.Rename(err, map[string]string{"prompt": "options/text_prompt", "seconds": "options/seconds", "first_frame": "options/init_image",
			"last_frame": "options/init_image", "model": "taskType"}))
		return
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	dialect.WriteJSON(w, r, http.StatusOK, makevid.EncodeTask(t, c.links(r)), false)
}

func (c calls) readWebTask(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	if _, ok := dialect.ParseID(r.PathValue("id")); !ok {
		c.refuseWeb(w, r, &task.Error{Code: task.Invalid, Detail: "id: The id specified in this URL must be a UUID"})
		return
	}
	t, err := c.read(r.Context(), r, who)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	dialect.WriteJSON(w, r, http.StatusOK, makevid.EncodeTask(t, c.links(r)), t.State.Terminal())
}

// WebCallback returns what the notify_hook of the web app's tasks is told: the task, as a get answers.
func WebCallback(t task.Task, l dialect.Links) []byte { return makevid.EncodeTask(t, l) }

// WebModels returns the values of taskType, by the Request.Dialect of the web app's API.
func WebModels() map[string][]string { return map[string][]string{WebDialect: webTypes()} }

const webChapter dialect.Tag = "Runway's web app"

func createWebDoc() dialect.Doc {
	d := dialect.Doc{ID: "create_web_task", Tag: webChapter, Summary: "Create a task", Scope: apikey.Write, Idempotent: true, Ignores: true, Form: WebErrorForm(),
		Text: "What Runway's web app sends, and the relays that copied it, which have it at `/runway/tasks`. The answer is the task."}
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeWebTask(f, nil) }, Limit: webBodyLimit, Texts: [][2]string{
		{"taskType", "The model."},
		{"options", "What to make."},
		{"options/text_prompt", "What the video shows. Needed without an `init_image`."},
		{"options/init_image", "A picture: an http or https URL, a data URI or the `url` of an upload."},
		{"options/image_as_end_frame", "Whether the picture is the last frame, not the first."},
		{"options/seconds", "The length in seconds."},
		{"options/width", "Pixels."},
		{"options/height", "Pixels."},
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
