package openai

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// variants are the files of a video that a caller may read.
func variants() []string { return []string{"video", "thumbnail", "spritesheet"} }

// part answers what is below a video's path.
func (c calls) part(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	switch {
	case r.PathValue("id") == "characters":
		return &task.Error{Code: task.NotFound, Detail: "There is no such character: characters are not supported here."}
	case r.PathValue("part") != "content":
		return &task.Error{Code: task.NotFound, Detail: "There is nothing at this path."}
	}
	q := &dialect.Query{Values: r.URL.Query()}
	variant := q.OneOf("variant", variants()[0], variants()...)
	if err := q.Err(); err != nil {
		return err
	}
	t, err := c.find(r, who)
	if err != nil {
		return err
	}
	if err := notCompleted(t); err != nil {
		return err
	}
	file, ok := fileOf(t, variant)
	switch {
	case !ok && (variant == "video" || len(t.Artifacts) == 0 || t.Artifacts[0].Deleted):
		return &task.Error{Code: task.NotFound, Detail: "The files of this video are no longer there."}
	case !ok:
		return &task.Error{Code: task.NotFound, Detail: "This video has no " + variant + "."}
	}
	dialect.ServeFile(w, r, c.Files, c.Origin.Links(r, c.gw), file, func(err error) { c.refuse(w, r, err) })
	return nil
}

// notCompleted returns an error if the task has no video, or not yet. It has status 400: SDKs repeat a 409.
func notCompleted(t task.Task) error {
	switch s := statusOf(t.State); s {
	case "completed":
		return nil
	case "failed":
		return &task.Error{Code: task.Conflict, Detail: "There is no video: its status is failed."}
	default:
		return &task.Error{Code: task.Conflict, Detail: "The video is not ready yet: its status is " + string(s) + ". Ask for it again later."}
	}
}

// videoOf returns the file of a task's video; ok is false if there is none, or no longer.
func videoOf(t task.Task) (f task.File, ok bool) { return fileOf(t, "video") }

// fileOf returns the file of a variant; ok is false if there is none, or no longer.
func fileOf(t task.Task, variant string) (f task.File, ok bool) {
	if len(t.Artifacts) == 0 || t.Artifacts[0].Deleted {
		return f, false
	}
	roles := []task.Role{task.Video}
	switch variant {
	case "thumbnail":
		roles = []task.Role{task.Poster, task.Preview, task.LastFrame}
	case "spritesheet":
		roles = []task.Role{task.Sprite}
	}
	for _, role := range roles {
		if f, ok = t.Artifacts[0].FirstFile(role); ok {
			return f, true
		}
	}
	return f, false
}
