package runway

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	webBodyLimit   = 24 << 20 // bytes: a picture of 16 MB as a data URI, and room
	webPromptLimit = 5000     // characters
	webWidth       = 1280     // pixels of a video from a text alone, as the app asks for it
	webHeight      = 768
	idLimit        = 100 // characters
)

// webTypes are the values of taskType that public clients of the app have sent (2024 to 2026).
func webTypes() []string {
	return []string{"gen3a_turbo", "gen3a", "europa", "gen2", "gen4", "gen4_turbo", "gen4.5"}
}

// decodeWebTask reads the body of POST /v1/tasks. What is wrong is noted in f. extends is the id of the task that the video
// goes on from, as the caller wrote it; "" if there is none.
func decodeWebTask(f *dialect.Fields, routed []string) (r task.Request, extends string) {
	f.Require("taskType", "options")
	types := dialect.AddModels(webTypes(), routed)
	r = task.Request{Dialect: WebDialect, Model: f.OneOf("taskType", "", types...), CallbackURL: dialect.CallbackURL(f, "notify_hook")}
	f.Bool("internal", false)
	f.Int("asTeamId", 0, 0, 1<<50)
	o := f.Object("options")
	if f.HasErrors("options") {
		return r, ""
	}
	r.Name = o.String("name", "", task.NameLimit)
	r.Seconds = int(o.Int("seconds", 5, 1, longest))
	r.LowPriority = o.Bool("exploreMode", false)
	r.ExpandPrompt = o.Bool("enhance_prompt", false)
	r.Resolution = o.OneOf("resolution", "", "480p", "720p", "1080p", "4k")
	r.AssetGroup = o.String("assetGroupName", dialect.AssetGroup, task.NameLimit)
	extends = decodeExtends(o)
	picture := decodeWebContent(o, &r)
	if o.Has("gen2Options") {
		if inner := decodeWebContent(o.Object("gen2Options"), &r); inner != nil {
			picture = inner
		}
	}
	placeWebImage(o, &r, picture, extends != "")
	return r, extends
}

// decodeWebContent reads the fields that gen2 has in an object of its own. One that is not given leaves r as it is. The picture is
// returned; nil if there is none.
func decodeWebContent(o *dialect.Fields, r *task.Request) *task.Image {
	r.Prompt = o.String("text_prompt", r.Prompt, webPromptLimit)
	r.Watermark = o.Bool("watermark", r.Watermark)
	if seed := dialect.Seed(o); seed != nil {
		r.Seed = seed
	}
	decodeWebSize(o, r)
	picture := dialect.Picture(o, "init_image", false, task.ImageLimits{Bytes: imageBytes})
	if prompt := dialect.Picture(o, "image_prompt", false, task.ImageLimits{Bytes: imageBytes}); picture == nil {
		picture = prompt
	}
	return picture
}

// decodeWebSize reads the size of a video from a text alone, or whether one from a picture is upright.
func decodeWebSize(o *dialect.Fields, r *task.Request) {
	width := cmp.Or(int(o.Int("width", 0, 64, 4096)), r.Format.Width, webWidth)
	height := cmp.Or(int(o.Int("height", 0, 64, 4096)), r.Format.Height, webHeight)
	if o.Bool("flip", false) && width > height {
		width, height = height, width
	}
	dialect.SetSize(r, width, height)
}

// placeWebImage makes the picture the first frame or the last one. A video that goes on from another one has its first frame
// already.
func placeWebImage(o *dialect.Fields, r *task.Request, picture *task.Image, extends bool) {
	atEnd := o.Bool("image_as_end_frame", false)
	none := picture == nil && !o.HasErrors("init_image") && !o.HasErrors("image_prompt")
	switch {
	case atEnd && none:
		o.AddError("image_as_end_frame", "needs an init_image to end on")
	case atEnd:
		r.Last = picture
	case extends && picture != nil:
		o.AddError("init_image", "is not possible with extended_from_task_id, whose last frame is the first one; allowed: image_as_end_frame")
	default:
		r.First = picture
	}
	if none && !extends && strings.TrimSpace(r.Prompt) == "" {
		o.AddError("text_prompt", "must not be empty without an init_image")
	}
}

// uuid matches the ids of tasks.
var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// decodeExtends reads which task the video goes on from. The app also sends the URL of that task's video, which adds nothing.
func decodeExtends(o *dialect.Fields) string {
	id := o.Matching("extended_from_task_id", uuid, "the id of a finished task of this server")
	if video := o.Raw()["init_video"]; len(video) > 0 && string(video) != "null" && id == "" {
		o.AddError("init_video", "is possible only with extended_from_task_id, a finished task of this server")
	}
	return id
}

// extend makes the request go on from the last frame of a finished task. Errors: Invalid, naming the field, for a task that is
// unknown, not finished, or whose files were deleted.
func (c calls) extend(ctx context.Context, who apikey.Key, r *task.Request, wire string) error {
	const field = "options/extended_from_task_id"
	id := dialect.CanonicalID(wire)
	t, err := c.gw.Read(ctx, who, id)
	switch {
	case task.CodeOf(err) == task.NotFound || err == nil && t.Deleted:
		return dialect.FieldError(task.Invalid, field, "there is no task with the id "+id)
	case err != nil:
		return err
	case t.State != task.Succeeded:
		return dialect.FieldError(task.Invalid, field, "the task is "+string(t.State)+"; only one that has SUCCEEDED can be continued")
	}
	_, f, ok := t.FirstFile(task.LastFrame)
	if !ok {
		return dialect.FieldError(task.Invalid, field, "the task's files were deleted")
	}
	r.First = &task.Image{Source: task.StoredSource(f.Key), Field: field}
	r.ParentID = t.ID
	return nil
}
