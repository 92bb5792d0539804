package openai

import (
	"errors"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

func (c calls) remix(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	f, _, err := c.readBody(w, r, who)
	if err != nil {
		return err
	}
	prompt := decodeRemix(f)
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		return err
	}
	from, err := c.find(r, who)
	if err == nil {
		err = notCompleted(from)
	}
	if err != nil {
		return err
	}
	t, err := c.submitRemix(w, r, who, c.remixes(from, prompt, c.Origin.Links(r, c.gw)))
	if err != nil {
		return dialect.Rename(err, fieldNames())
	}
	c.answer(w, r, t)
	return nil
}

// decodeRemix reads the body of a remix.
func decodeRemix(f *dialect.Fields) (prompt string) {
	f.Require("prompt")
	return f.String("prompt", "", promptLimit)
}

// remixes returns the requests for a remix, in the order in which they are tried: the finished video with the new prompt, if an
// engine of the model takes a video, and the old request with the new prompt.
func (c calls) remixes(from task.Task, prompt string, l dialect.Links) []task.Request {
	again := dialect.Again(from.Request, l)
	again.Dialect, again.Prompt, again.ParentID = Dialect, prompt, from.ID
	var out []task.Request
	if video, ok := videoOf(from); ok && c.takesVideo(again.Model) {
		change := again
		change.First, change.Last, change.Camera, change.ReferenceImages, change.ReferenceAudio = nil, nil, nil, nil, nil
		change.Seconds, change.Format, change.AspectRatio, change.Resolution = 0, task.Format{}, "", ""
		change.Video = &task.InputVideo{Source: task.StoredSource(video.Key), Field: "video"}
		out = append(out, change)
	}
	return append(out, again)
}

// takesVideo reports whether an engine that makes the model takes an input video.
func (c calls) takesVideo(model string) bool {
	for _, o := range c.gw.Offers(model) {
		if o.Video != nil {
			return true
		}
	}
	return false
}

// submitRemix makes the first of the requests that can be carried out.
func (c calls) submitRemix(w http.ResponseWriter, r *http.Request, who apikey.Key, all []task.Request) (task.Task, error) {
	asked := all[0]
	what := strings.NewReader(asked.ParentID + "\x00" + asked.Prompt) // the pattern of the call lacks the id
	return dialect.Once(w, r, what,
		func() (t task.Task, err error) {
			for _, req := range all {
				if t, err = c.gw.Submit(r.Context(), who, req); !impossible(err) {
					return t, err
				}
			}
			return t, err
		},
		func(key, fingerprint string) (t task.Task, replayed bool, err error) {
			for _, req := range all {
				if t, replayed, err = c.gw.SubmitOnce(r.Context(), who, req, key, fingerprint); !impossible(err) {
					return t, replayed, err
				}
			}
			return t, replayed, err
		})
}

// impossible reports whether a request was refused for what it asks, so that another one may be carried out.
func impossible(err error) bool {
	var e *task.Error
	return errors.As(err, &e) && len(e.Fields) > 0
}
