package filmgate

import (
	"regexp"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of references.
const (
	maxReferenceImages = 30 // what the model that takes most takes
	maxReferenceAudio  = 10
	recordingLimit     = 32 << 20 // bytes of a recording
)

// namePattern matches the name of a reference.
var namePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,31}$`)

const nameForm = "a letter, then at most 31 letters, digits and underscores"

// decodeReferences reads the references of a request. Lists that are absent are those of base.
func decodeReferences(f *dialect.Fields, r *task.Request) {
	names := map[string]bool{}
	nameOf := func(in *dialect.Fields) string {
		name := in.Matching("name", namePattern, nameForm)
		if names[name] && name != "" {
			in.AddError("name", "%q is the name of another reference", name)
		}
		names[name] = true
		return name
	}
	if f.Has("reference_images") {
		r.ReferenceImages = nil
		for _, in := range f.ObjectsOrTexts("reference_images", "url", maxReferenceImages) {
			in.Require("url")
			ref := task.ReferenceImage{Role: task.ReferenceRole(in.OneOf("role", roleGeneral, roles()...)), Name: nameOf(in)}
			if ref.Role == roleGeneral {
				ref.Role = task.RoleGeneral
			}
			if img := dialect.Picture(in, "url", false, task.ImageLimits{Bytes: pictureLimit}); img != nil {
				ref.Image = *img
			} else if in.Has("url") && !in.HasErrors("url") {
				in.AddError("url", "must not be empty")
			}
			r.ReferenceImages = append(r.ReferenceImages, ref)
		}
	}
	if f.Has("reference_audio") {
		r.ReferenceAudio = nil
		for _, in := range f.ObjectsOrTexts("reference_audio", "url", maxReferenceAudio) {
			in.Require("url")
			ref := task.InputAudio{}
			if a := dialect.InputAudio(in, "url"); a != nil {
				ref = *a
			} else if in.Has("url") && !in.HasErrors("url") {
				in.AddError("url", "must not be empty")
			}
			ref.Name = nameOf(in)
			r.ReferenceAudio = append(r.ReferenceAudio, ref)
		}
	}
}

const roleGeneral = "general"

func roles() []string {
	return []string{roleGeneral, string(task.RoleSubject), string(task.RoleStyle)}
}

// wireReferenceImage is a reference image of a task.
type wireReferenceImage struct {
	URL  string  `json:"url" format:"uri" doc:"A signed link to the stored picture."`
	Role string  `json:"role" doc:"What it is for: general, subject or style."`
	Name *string `json:"name" doc:"The name by which the prompt mentions it, null where it has none."`
}

// wireReferenceAudio is a reference recording of a task.
type wireReferenceAudio struct {
	URL  string  `json:"url" format:"uri" doc:"A signed link to the stored recording."`
	Name *string `json:"name" doc:"The name by which the prompt mentions it, null where it has none."`
}

func encodeReferences(r task.Request, l dialect.Links) ([]wireReferenceImage, []wireReferenceAudio) {
	images, recordings := []wireReferenceImage{}, []wireReferenceAudio{}
	for _, ref := range r.ReferenceImages {
		images = append(images, wireReferenceImage{l.Signed(ref.Key), ref.Role.String(), textOrNull(ref.Name)})
	}
	for _, a := range r.ReferenceAudio {
		recordings = append(recordings, wireReferenceAudio{l.Signed(a.Key), textOrNull(a.Name)})
	}
	return images, recordings
}

// wireReferences is what a model takes as references.
type wireReferences struct {
	MaxImages  int            `json:"max_images" doc:"The most reference images, 0 where it takes none."`
	Roles      []string       `json:"roles" doc:"The roles that reference images may have."`
	Names      bool           `json:"names" doc:"Whether the prompt may mention a reference by its name."`
	MaxAudio   int            `json:"max_audio" doc:"The most reference recordings, 0 where it takes none."`
	NeedsImage bool           `json:"needs_image" doc:"Whether a recording is taken only beside a reference image."`
	Beside     []string       `json:"beside" doc:"The modes in which references may be given, too. By themselves they are the mode references."`
	Recordings wireRecordings `json:"recordings" doc:"What it takes as recordings."`
}

type wireRecordings struct {
	Types      []string `json:"types" doc:"Media types."`
	MaxBytes   *int64   `json:"max_bytes" doc:"The largest recording, null where it sets no limit of its own."`
	MinSeconds *float64 `json:"min_seconds" doc:"The shortest recording, null where it sets no limit."`
	MaxSeconds *float64 `json:"max_seconds" doc:"The longest recording, null where it sets no limit."`
}

// encodeReferenceLimits returns what an offer takes as references; null for none.
func encodeReferenceLimits(l task.ReferenceLimits) *wireReferences {
	if l.Images == 0 && l.Audio == 0 {
		return nil
	}
	a := l.Recording
	out := &wireReferences{
		MaxImages: l.Images, Roles: []string{roleGeneral}, Names: l.Names, MaxAudio: l.Audio, NeedsImage: l.NeedsImage, Beside: append([]string{}, l.Beside...),
		Recordings: wireRecordings{Types: a.Types, MaxBytes: numberOrNull(a.Bytes), MinSeconds: numberOrNull(a.MinSeconds), MaxSeconds: numberOrNull(a.MaxSeconds)},
	}
	for _, role := range l.Roles {
		out.Roles = append(out.Roles, role.String())
	}
	if len(out.Recordings.Types) == 0 {
		out.Recordings.Types = []string{"audio/wav", "audio/mpeg", "audio/aac", "audio/mp4", "audio/ogg", "audio/flac"}
	}
	return out
}
