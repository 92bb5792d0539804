package dialect

import (
	"slices"

	"github.com/filmgate/filmgate/internal/task"
)

// Again returns the request of a stored task as one that can be made again: its inputs are the stored ones, and what belongs to that
// task only is left out.
func Again(made task.Request, l Links) task.Request {
	r := made
	r.ExternalID, r.CallbackURL, r.Echo, r.ExpandedPrompt = "", "", "", ""
	r.First, r.Last = imageAgain(r.First, l), imageAgain(r.Last, l)
	if v := r.Video; v != nil {
		r.Video = &task.InputVideo{Source: l.Signed(v.Key), Field: v.Field}
	}
	r.ReferenceImages = slices.Clone(r.ReferenceImages)
	for i, ref := range r.ReferenceImages {
		r.ReferenceImages[i].Image = *imageAgain(&ref.Image, l)
	}
	r.ReferenceAudio = slices.Clone(r.ReferenceAudio)
	for i, a := range r.ReferenceAudio {
		r.ReferenceAudio[i] = task.InputAudio{Source: l.Signed(a.Key), Field: a.Field, Name: a.Name}
	}
	return r
}

func imageAgain(img *task.Image, l Links) *task.Image {
	if img == nil {
		return nil
	}
	return &task.Image{Source: l.Signed(img.Key), Field: img.Field}
}
