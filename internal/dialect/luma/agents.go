package luma

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// agentsRoutes returns the calls of the Agents API.
func agentsRoutes(c calls) []dialect.Route {
	return []dialect.Route{
		{Pattern: "POST /v1/generations", Doc: agentsCreateDoc(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.submit(w, r, func(f *dialect.Fields) wanted { return decodeAgents(f, c.known(AgentsDialect)) }, agents())
		})},
		{Pattern: "GET /v1/generations/{id}", QuietLog: true, LongPoll: true, Doc: agentsGetDoc(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.get(w, r, agents())
		})},
	}
}

func agents() api {
	return api{name: AgentsDialect, encode: encodeAgents, fields: map[string]string{
		"seconds": "video/duration", "resolution": "video/resolution", "loop": "video/loop", "first_frame": "video/start_frame", "last_frame": "video/end_frame", "video": "source"}}
}

// agentsPromptLimit is the longest prompt, in characters.
const agentsPromptLimit = 6000

// The kinds of generations. Pictures are only named so that their refusal can say what is possible.
const (
	makeVideo    = "video"
	editVideo    = "video_edit"
	reframeVideo = "video_reframe"
)

// decodeAgents reads the body of POST /v1/generations. known are the models that it may name.
func decodeAgents(f *dialect.Fields, known []string) wanted {
	f.Require("prompt", "model", "type")
	kind := f.OneOf("type", "", makeVideo, editVideo, reframeVideo)
	w := wanted{request: task.Request{
		Model:       f.OneOf("model", "", known...),
		Prompt:      f.String("prompt", "", agentsPromptLimit),
		AspectRatio: f.OneOf("aspect_ratio", "", "1:1", "3:4", "4:3", "9:16", "16:9", "21:9"),
		AssetGroup:  dialect.AssetGroup,
		Echo:        `{"type":"` + kind + `"}`,
	}}
	f.String("user_id", "", 0) // an opaque name of the caller's own user: nothing here depends on it
	w.options(f, kind)
	w.source(f, kind)
	if kind == reframeVideo && w.request.AspectRatio == "" {
		f.AddError("aspect_ratio", "is required for type video_reframe")
	}
	return w
}

// options reads the options of the video.
func (w *wanted) options(f *dialect.Fields, kind string) {
	length, resolution := "5s", ""
	if f.Has("video") {
		v := f.Object("video")
		length = v.OneOf("duration", length, "5s", "10s")
		resolution = v.OneOf("resolution", resolution, "360p", "540p", "720p", "1080p")
		w.request.Loop = v.Bool("loop", false)
		for _, name := range []string{"hdr", "exr_export"} {
			if v.Bool(name, false) {
				f.AddError("video", "%s is not possible: videos here have no high dynamic range", name)
			}
		}
		w.frame(v, "start_frame", useLastFrame)
		last := w.frame(v, "end_frame", useFirstFrame)
		if w.request.Loop && last {
			v.AddError("loop", "is not possible with end_frame: a loop ends on its first frame")
		}
		w.edit(v)
	}
	if kind == editVideo || kind == reframeVideo {
		return // the result is as long as the source, and its size follows from that of the source
	}
	w.request.Seconds, w.request.Resolution = secondsOf(length), resolution
	if w.request.AspectRatio == "" && w.request.First == nil && w.request.Last == nil && len(w.refs) == 0 {
		w.request.AspectRatio = "16:9"
	}
}

// edit reads how much an edit may change.
func (w *wanted) edit(v *dialect.Fields) {
	if !v.Has("edit") {
		return
	}
	e := v.Object("edit")
	w.request.CfgScale = scaleOf(e.OneOf("strength", "", strengths()...))
	e.Bool("auto_controls", true)
}

// frame reads the first or the last frame. It returns whether there is one.
func (w *wanted) frame(v *dialect.Fields, name string, as use) bool {
	if !v.Has(name) {
		return false
	}
	f := v.Object(name)
	img := dialect.Picture(f, "url", false, task.ImageLimits{})
	if data := dialect.Picture(f, "data", true, task.ImageLimits{}); img == nil {
		img = data
	}
	f.String("media_type", "", idLimit) // the content decides
	switch id := f.String("generation_id", "", idLimit); {
	case !onlyOne(v, name, f):
	case id != "":
		w.refs = append(w.refs, reference{field: "video/" + name + "/generation_id", id: id, use: as})
	case as == useLastFrame:
		w.request.First = img
	default:
		w.request.Last = img
	}
	return true
}

// source reads the video that an edit or a reframe changes.
func (w *wanted) source(f *dialect.Fields, kind string) {
	changes := kind == editVideo || kind == reframeVideo
	if !f.Has("source") {
		if changes {
			f.AddError("source", "is required for type %s", kind)
		}
		return
	}
	s := f.Object("source")
	video := dialect.InputVideo(s, "url")
	if data := dialect.BareVideo(s, "data"); video == nil {
		video = data
	}
	s.String("media_type", "", idLimit) // the content decides
	id := s.String("generation_id", "", idLimit)
	if kind == makeVideo {
		f.AddError("source", "is only for the types video_edit and video_reframe")
	}
	if !onlyOne(f, "source", s) || !changes {
		return
	}
	if w.request.Video = video; id != "" {
		w.refs = append(w.refs, reference{field: "source/generation_id", id: id, use: useVideo})
	}
}

// onlyOne reports whether a reference to a picture or video, in a field of in, names exactly one. It notes an error if not.
func onlyOne(in *dialect.Fields, field string, f *dialect.Fields) bool {
	given := 0
	for _, name := range []string{"url", "data", "generation_id"} {
		if f.HasErrors(name) {
			return false
		}
		if f.Has(name) {
			given++
		}
	}
	if given != 1 {
		in.AddError(field, "give exactly one of url, data and generation_id")
	}
	return given == 1
}

// agentsGeneration is the answer about one task.
type agentsGeneration struct {
	ID            string         `json:"id" format:"uuid" doc:"Names the generation."`
	CreatedAt     string         `json:"created_at" format:"date-time" doc:"When it was made."`
	Model         string         `json:"model" doc:"The model as it was named."`
	State         agentsState    `json:"state" doc:"queued waits, processing is at work; completed and failed are its ends. A cancelled generation has failed."`
	Type          string         `json:"type" doc:"video, video_edit or video_reframe."`
	Output        []agentsOutput `json:"output" doc:"The video, once state is completed; empty before, and if its files were deleted."`
	FailureReason *string        `json:"failure_reason" doc:"Why it failed, for people; null if it has not."`
	FailureCode   *string        `json:"failure_code" doc:"Why it failed, for programs: content_moderated, corrupt_input, output_not_found or generation_failed; null if it has not."`
}

type agentsOutput struct {
	Type string `json:"type" doc:"Always video."`
	URL  string `json:"url" format:"uri" doc:"A signed link to the MP4, valid for at least a day."`
}

// agentsState is one of the words of agentsStateOf.
type agentsState string

// Words are all of them.
func (agentsState) Words() []string { return []string{"queued", "processing", "completed", "failed"} }

// agentsStateOf is the state table.
func agentsStateOf(s task.State) agentsState {
	if word := stateOf(s); word != "dreaming" {
		return agentsState(word)
	}
	return "processing"
}

// encodeAgents returns the answer about one task.
func encodeAgents(t task.Task, l dialect.Links) []byte {
	g := agentsGeneration{ID: t.ID, CreatedAt: dialect.Micros(t.Created), Model: t.Request.Model,
		State: agentsStateOf(t.State), Type: agentsType(t.Request), Output: []agentsOutput{}}
	switch t.State {
	case task.Succeeded:
		for _, f := range t.FilesOf(task.Video) {
			g.Output = append(g.Output, agentsOutput{Type: "video", URL: l.Signed(f.Key)})
		}
	case task.Failed, task.Cancelled:
		reason, code := reasonOf(t), failureCode(t)
		g.FailureReason, g.FailureCode = &reason, &code
	}
	return dialect.Marshal(g)
}

// agentsType returns what kind of generation the request is.
func agentsType(r task.Request) string {
	switch {
	case r.Dialect == AgentsDialect && r.Echo == `{"type":"`+reframeVideo+`"}`:
		return reframeVideo
	case r.Video != nil:
		return editVideo
	default:
		return makeVideo
	}
}

// failureCode is the table of failures.
func failureCode(t task.Task) string {
	if t.State == task.Cancelled {
		return "generation_failed"
	}
	switch t.WhyFailed().Reason {
	case task.SafetyInputText, task.SafetyInputImage, task.SafetyInputVideo, task.SafetyOutputVideo, task.PreprocessSafety:
		return "content_moderated"
	case task.AssetInvalid:
		return "corrupt_input"
	case task.BadOutput:
		return "output_not_found"
	default:
		return "generation_failed"
	}
}
